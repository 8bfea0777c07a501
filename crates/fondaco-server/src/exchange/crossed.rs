//! What became of a neighbour's export here: which imports were filed of it, and what its house told of
//! it since.

use std::sync::PoisonError;
use std::time::Instant;

use fondaco::bridge::EXPORT_DECLARATION;
use fondaco::measure::Direction;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::AT_A_TIME;
use super::stuck::Passed;
use crate::house::House;
use crate::http::words::texts;
use crate::store::{Declared, Fault, Last};

/// Declarations looked at in one go.
const AT_ONCE: usize = 200;

/// How far imports were followed.
#[derive(Default)]
pub(super) struct Followed {
    after: i64,
    passed: Passed,
}

/// How a draft stands to what its house told since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct DraftStanding {
    /// `live`; `replaced`: the export was changed, and told anew; `gone`: it does not come; `doubt`: what
    /// was told of it since is put aside.
    pub(crate) is: &'static str,
    /// Where a `gone` export stands: `cancelled`, `withdrawn`, `refused`, `recalled`, `handed-over`,
    /// `not-departed`, or `elsewhere`, where the goods no longer go here. Else empty.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) state: String,
    /// The message that says so; empty where it is live.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) by: String,
    /// When that was taken.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) at: String,
    /// The same in the three languages.
    #[schema(value_type = Object)]
    pub(crate) text: Value,
}

impl DraftStanding {
    /// By what came last of the export, and what came of it after that and is put aside: its id, and when.
    pub(super) fn of(id: &str, last: Option<Last>, aside: Option<(String, String)>) -> Self {
        let live = |text| Self {
            is: "live",
            state: String::new(),
            by: String::new(),
            at: String::new(),
            text,
        };
        match last {
            Some(Last { id: by, at, gone: Some(state), .. }) => {
                let text = texts("draft-gone", &state);
                Self { is: "gone", state, by, at, text }
            }
            Some(Last { id: by, at, .. }) if by != id => {
                Self { is: "replaced", by, at, ..live(texts("draft-standing", "replaced")) }
            }
            _ => match aside {
                Some((by, at)) => {
                    Self { is: "doubt", by, at, ..live(texts("draft-standing", "doubt")) }
                }
                None => live(texts("draft-standing", "live")),
            },
        }
    }
}

/// What a neighbour told of an export since an import was filed of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct WordOfExport {
    /// The neighbour, by its name here.
    pub(crate) partner: String,
    /// The export.
    pub(crate) export: String,
    /// The draft the import was made of, as far as is known: that of the last envelope before it was filed,
    /// else of the first one after.
    pub(crate) draft: String,
    /// How the export stands.
    pub(crate) standing: DraftStanding,
}

impl House {
    /// Writes down which exports imports name as previous documents, as they are accepted and amended. Who
    /// sent the export is not asked: it may come after its import, where the line was cut. What cannot be
    /// read is passed over. It ends after a second or so and goes on the next time.
    ///
    /// # Errors
    /// [`Fault`].
    pub(crate) fn follow_imports(&self) -> Result<(), Fault> {
        if self.partners()?.is_empty() {
            return Ok(());
        }
        let mut followed = self.looked_for.imports.lock().unwrap_or_else(PoisonError::into_inner);
        let Followed { after, passed } = &mut *followed;
        if *after == 0 {
            *after = self.store.imports_followed()?;
        }
        let begun = Instant::now();
        while let Some((cursor, mrn)) = passed.again(self)? {
            let declared = Declared { at: self.store.event_at(cursor)?, cursor, mrn };
            if let Some(named) = self.named(&declared, passed)? {
                self.store.written_here(move |w| w.imports_named(cursor, &[(declared, named)]))?;
            }
            if begun.elapsed() > AT_A_TIME {
                return Ok(());
            }
        }
        loop {
            let upto = self.store.last_event()?;
            let some = self.store.declared_since(*after, AT_ONCE)?;
            let mut named = Vec::new();
            let mut last = *after;
            let mut is_late = false;
            for declared in &some {
                last = declared.cursor;
                if let Some(exports) = self.named(declared, passed)? {
                    named.push((declared.clone(), exports));
                    is_late = begun.elapsed() > AT_A_TIME;
                }
                if is_late {
                    break;
                }
            }
            let is_all = !is_late && some.len() < AT_ONCE;
            // How far it came is written with what was found, or once it is far.
            if !named.is_empty() || !is_all {
                self.store.written_here(move |writing| writing.imports_named(last, &named))?;
            }
            *after = if is_all { last.max(upto) } else { last };
            if is_all || is_late {
                return Ok(());
            }
        }
    }

    /// The exports an import names; `None` of what is no import, and of what cannot be read, which is
    /// passed over.
    fn named(
        &self,
        declared: &Declared,
        passed: &mut Passed,
    ) -> Result<Option<Vec<String>>, Fault> {
        let pack = self.pack();
        let import = |kind: &str| {
            pack.profile.type_of(kind).is_some_and(|t| t.direction == Direction::Import)
        };
        let filing = self.store.filing(&declared.mrn);
        let read = filing.map(|filing| filing.filter(|filing| import(&filing.kind)));
        let read = read.and_then(|import| import.map(|filing| self.previous(&filing)).transpose());
        match read {
            Ok(named) => {
                passed.read(self, &declared.mrn)?;
                Ok(named)
            }
            Err(fault) => {
                passed.pass(self, &declared.mrn, declared.cursor, &fault.to_string())?;
                Ok(None)
            }
        }
    }

    /// The exports a declaration names as previous documents: by their type, or because a neighbour sent
    /// one of that number.
    fn previous(&self, filing: &crate::store::Filing) -> Result<Vec<String>, Fault> {
        let unread = || Fault::Engine("the declaration cannot be read".to_owned());
        let draft = self.as_it_stands(filing)?.draft.ok_or_else(unread)?;
        let Some(root) = draft.root() else { return Ok(Vec::new()) };
        let shipment = root.child("GoodsShipment");
        let all = shipment.into_iter().chain(root.goods_items()).flat_map(|s| s.children());
        let mut found: Vec<String> = Vec::new();
        for document in all.filter(|n| n.name() == "PreviousDocument") {
            let Some(id) = document.child("ID").map(|n| n.text().to_owned()) else { continue };
            if id.is_empty() || found.contains(&id) {
                continue;
            }
            let kind = document.child("TypeCode").map(|n| n.text());
            if kind == Some(EXPORT_DECLARATION) || !self.store.sent_by(&id)?.is_empty() {
                found.push(id);
            }
        }
        Ok(found)
    }

    /// What neighbours told of the exports an import was filed of, where they do not stand as they did
    /// when it was filed.
    ///
    /// # Errors
    /// [`Fault`].
    pub(crate) fn words_of_exports(&self, import: &str) -> Result<Vec<WordOfExport>, Fault> {
        let mut words = Vec::new();
        for (partner, export) in self.store.exports_of(import)? {
            let Some(last) = self.store.last_of_export(&partner, &export)? else { continue };
            let drafted = self.store.last_envelope_of(&partner, &export, import)?;
            // Who never sent the export has nothing to say of it.
            if drafted.is_empty() {
                continue;
            }
            let aside = self.store.aside_of_export(&partner, &export, last.sequence)?;
            let standing = DraftStanding::of(&drafted, Some(last), aside);
            if standing.is != "live" {
                words.push(WordOfExport { partner, export, draft: drafted, standing });
            }
        }
        Ok(words)
    }
}
