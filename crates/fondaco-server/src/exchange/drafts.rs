//! Drafts of imports, made of envelopes that were taken whenever they are asked for.

use fondaco::allotment::nothing_drawn;
use fondaco::bridge::{self, Bridged, Export};
use fondaco::draft::NodeRef;
use fondaco::finding::{Place, Trilingual};
use fondaco::measure::Direction;
use fondaco::reference::Pack;
use fondaco_wire::envelope::{Envelope, Sender};
use fondaco_wire::report::Texts;
use fondaco_wire::{Decoded, Limits};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::cli::today;
use crate::consider::{self, NO_DRAW, When};
use crate::exchange::crossed::DraftStanding;
use crate::house::House;
use crate::store::{Fault, Kept};

/// A value of a draft.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Filled {
    /// Where in the draft, RFC 6901.
    pub(crate) path: String,
    /// The same as a WCO pointer.
    pub(crate) wco: String,
    /// What stands there.
    pub(crate) value: String,
    /// `export`, `export-six-digits`, `export-number`, `export-country`, `import-country` or `message`.
    pub(crate) from: &'static str,
    /// Where in the export, XPath; empty where it stands nowhere in it.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) at: String,
}

/// What is to be filled in yet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Open {
    /// Where in the draft, RFC 6901.
    pub(crate) path: String,
    /// The same as a WCO pointer.
    pub(crate) wco: String,
    /// `importer`, `place`, `digits`, `law` or `not-stated`.
    pub(crate) why: &'static str,
    /// Why, in the three languages.
    #[schema(value_type = Object)]
    pub(crate) text: Value,
}

/// What the export states and the draft has not.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Left {
    /// Where in the export, XPath.
    pub(crate) at: String,
    /// What stands there.
    pub(crate) value: String,
}

/// A draft of an import, as lists show it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Draft {
    /// The id of the envelope it is made of.
    pub(crate) id: String,
    /// The neighbour, by its name here.
    pub(crate) partner: String,
    /// Its house, its pack and its country.
    #[schema(value_type = Object)]
    pub(crate) sender: Sender,
    /// The number of the export.
    pub(crate) mrn: String,
    /// Where the export stood: `released` or `cleared`.
    pub(crate) state: String,
    /// The how manieth envelope of that neighbour.
    pub(crate) sequence: i64,
    /// When the envelope was made.
    pub(crate) issued_at: String,
    /// When it was taken.
    pub(crate) taken_at: String,
    /// `sha-256:` and the digest of the envelope.
    pub(crate) digest: String,
    /// What the house signed when it took it: a JWS.
    pub(crate) receipt: String,
    /// How it stands to what that house told since.
    pub(crate) standing: DraftStanding,
    /// Imports that were filed of this export.
    pub(crate) filed: Vec<String>,
    /// Who exports, as stated.
    pub(crate) exporter: String,
    /// Who imports, as far as it is known.
    pub(crate) importer: String,
    /// The first goods, as described.
    pub(crate) goods: String,
    /// How many items.
    pub(crate) items: usize,
    /// Each value with where it came from.
    pub(crate) filled: Vec<Filled>,
    /// What is open, and why.
    pub(crate) open: Vec<Open>,
    /// What was not carried over.
    pub(crate) left: Vec<Left>,
    /// What the law in force still has against the draft.
    #[schema(value_type = Vec<Object>)]
    pub(crate) findings: Value,
}

/// The type of declaration an import is drafted as: of goods that are still to come (D013, `D`).
pub(crate) fn kind(pack: &Pack) -> String {
    let imports = pack.profile.types.iter().filter(|t| t.direction == Direction::Import);
    // Longer ones are of a kind of their own, such as a supplementary declaration.
    let import = imports.min_by_key(|t| t.prefix.len());
    import.map(|t| format!("{}D", t.prefix)).unwrap_or_default()
}

/// What an envelope that was taken says. It was verified when it was taken.
fn said(kept: &Kept) -> Result<Envelope, Fault> {
    let unread = || Fault::Engine(format!("the envelope {} cannot be read", kept.id));
    let jws = std::str::from_utf8(&kept.jws).map_err(|_| unread())?;
    fondaco_wire::envelope::peek(jws).ok_or_else(unread)
}

/// The draft of the import of an envelope's goods.
fn bridged(pack: &Pack, envelope: &Envelope) -> Result<(fondaco::draft::Draft, Bridged), Fault> {
    let format = fondaco_wire::sniff(b"<");
    let read = (format.decode)(envelope.xml.as_bytes(), &Limits::default()).draft;
    let export = read.ok_or_else(|| Fault::Engine(format!("{} cannot be read", envelope.id)))?;
    let known =
        Export { mrn: &envelope.mrn, country: &envelope.from.country, to: &envelope.to.country };
    let bridged = bridge::import(&export, known, &kind(pack));
    Ok((export, bridged))
}

fn value(node: NodeRef<'_>) -> String {
    let unit = node.attribute("unitCode").or_else(|| node.attribute("currencyID"));
    match unit {
        Some(unit) => format!("{} {unit}", node.text()),
        None => node.text().to_owned(),
    }
}

fn open((Place { pointer, json, .. }, why): (Place, bridge::Open)) -> Open {
    let [en, zh, ru] = why.text().map(str::to_owned);
    let text = serde_json::json!(Texts::from(&Trilingual { en, zh, ru }));
    Open { path: json, wco: pointer, why: why.name(), text }
}

fn text_at<'a>(root: Option<NodeRef<'a>>, path: &str) -> &'a str {
    let node = path.split('/').try_fold(root, |at, name| Some(at?.child(name)));
    node.flatten().map_or("", |n| n.text())
}

impl House {
    /// The draft that came of an envelope; `None` where none of this id was taken.
    pub(crate) fn draft(&self, id: &str) -> Result<Option<Draft>, Fault> {
        self.drawn(id)?.map(|kept| self.draft_of(kept)).transpose()
    }

    /// An envelope of an export; of a notice, and of what is put aside, no draft is made.
    fn drawn(&self, id: &str) -> Result<Option<Kept>, Fault> {
        let kept = self.store.taken(id)?.filter(|kept| kept.aside.is_none());
        Ok(kept.filter(|kept| said(kept).is_ok()))
    }

    /// The drafts that came last, newest first, with the place of each; `before` is the place to go
    /// back from.
    pub(crate) fn drafts(&self, before: i64, most: usize) -> Result<Vec<(i64, Draft)>, Fault> {
        let taken = self.store.newest_taken(false, before, most)?;
        taken.into_iter().map(|(seq, kept)| Ok((seq, self.draft_of(kept)?))).collect()
    }

    /// The declaration of a draft, to be completed and filed, in a format.
    pub(crate) fn drafted(
        &self,
        id: &str,
        format: &fondaco_wire::Format,
    ) -> Result<Option<String>, Fault> {
        let Some(kept) = self.drawn(id)? else { return Ok(None) };
        let (_, bridged) = bridged(&self.pack(), &said(&kept)?)?;
        Ok(Some((format.encode)(&bridged.draft)))
    }

    fn draft_of(&self, kept: Kept) -> Result<Draft, Fault> {
        let envelope = said(&kept)?;
        let pack = self.pack();
        let (export, bridged) = bridged(&pack, &envelope)?;
        let Bridged { draft, filled, open: left_open, left } = bridged;
        let findings = findings(&pack, &draft);
        let last = self.store.last_of_export(&kept.partner, &kept.mrn)?;
        let after = last.as_ref().map_or(kept.sequence, |last| last.sequence);
        let aside = self.store.aside_of_export(&kept.partner, &kept.mrn, after)?;
        let standing = DraftStanding::of(&kept.id, last, aside);
        let filed = self.store.imports_of(&kept.mrn)?;
        let root = draft.root();
        let items: Vec<_> = root.into_iter().flat_map(|r| r.goods_items()).collect();
        let filled = filled.iter().map(|(id, from)| {
            let node = draft.node(*id);
            let Place { pointer, json, .. } = node.place();
            let (from, at) = (from.name(), from.place().to_owned());
            Filled { path: json, wco: pointer, value: value(node), from, at }
        });
        let left = left.iter().map(|id| {
            let node = export.node(*id);
            Left { at: node.place().xpath, value: value(node) }
        });
        Ok(Draft {
            exporter: text_at(root, "Exporter/Name").to_owned(),
            importer: text_at(root, "GoodsShipment/Importer/Name").to_owned(),
            goods: text_at(items.first().copied(), "Commodity/Description").to_owned(),
            items: items.len(),
            filled: filled.collect(),
            open: left_open.into_iter().map(open).collect(),
            left: left.collect(),
            findings,
            id: kept.id,
            partner: kept.partner,
            sender: envelope.from,
            mrn: kept.mrn,
            state: envelope.state,
            sequence: kept.sequence,
            issued_at: envelope.issued_at,
            taken_at: kept.at,
            digest: kept.digest,
            receipt: kept.receipt,
            standing,
            filed,
        })
    }
}

/// What the law in force has against a draft, as it stands in opinions. Quotas are not asked: nothing
/// is drawn by a draft.
fn findings(pack: &Pack, draft: &fondaco::draft::Draft) -> Value {
    let decoded = Decoded { draft: Some(draft.clone()), findings: Vec::new() };
    let when = When { on: None, today: today(), window: true };
    let considered = consider::considered(decoded, pack, when, NO_DRAW, &nothing_drawn);
    let opinion: Value = serde_json::from_slice(&considered.report.to_bytes()).unwrap_or_default();
    opinion["findings"].clone()
}
