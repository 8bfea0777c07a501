//! The register of licences, permits, certificates and others: what agencies do about a document, and what
//! is told of one.
//!
//! An act comes as a message of its own and is lodged like any other, with a receipt; whether it can be done
//! is asked by the one writer, in the commit that writes it.

mod ephyto;
pub(crate) mod form;
mod known;

use fondaco::day::Day;
use fondaco::finding::Trilingual;
use fondaco::lpco::{
    Act, Asked, Doubt, LONGEST_NUMBER, NotDone, Record, Take, Untold, uncounted, verify,
};
use fondaco::money::{Currency, Decimal};
use fondaco::quantity::{Count, Quantity};
use fondaco::reference::{LpcoKind, Pack};
use fondaco::token::Token;
use fondaco_wire::receipt;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use crate::cli::today;
use crate::house::{self, House};
use crate::store::lpco::{ActRow, Acted, DrawRow, Registered, Sight};
use crate::store::{self, Fault, Filing, Lodged};
pub(crate) use ephyto::ImportQuery;
use form::TermsForm;
pub(crate) use known::Known;

/// The format of an act about a document in the store.
pub(crate) const FORMAT: &str = "lpco";

/// A document to be issued.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct IssueMessage {
    /// Its type as it stands on declarations, category and code run together: `N851`.
    pub(crate) kind: String,
    /// Its number, 1 to 70 characters.
    pub(crate) number: String,
    /// The agency that issues it, by its id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) issuer: String,
    /// Who does it: the person's or the system's own id.
    pub(crate) by: String,
    /// What it says.
    #[serde(default)]
    pub(crate) terms: TermsForm,
    /// Anything more, as written.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) note: String,
}

/// An act about a document that was issued.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LpcoActMessage {
    /// `amend`, `suspend`, `resume` or `revoke`.
    pub(crate) act: String,
    /// Its type; wanted where documents of two types have the number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) kind: String,
    /// The agency that does it, by its id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) issuer: String,
    /// Who does it.
    pub(crate) by: String,
    /// What it says from now on, of an amendment: all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) terms: Option<TermsForm>,
    /// Why, as the holder is told; wanted where it is suspended or revoked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) note: String,
}

/// What became of an act.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = LpcoActDone)]
pub(crate) struct ActDone {
    /// The act's id.
    pub(crate) id: String,
    /// The type of the document.
    pub(crate) kind: String,
    /// Its number.
    pub(crate) number: String,
    /// `active`, `suspended` or `revoked`: how it stands by the act.
    pub(crate) state: String,
    /// Signed receipt: a JWS, EdDSA.
    pub(crate) receipt: String,
    /// Whether it was answered before.
    #[serde(skip)]
    pub(crate) repeated: bool,
}

/// Why an act about a document is not done, or a question not answered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    /// There is no such document.
    #[error("there is no such document")]
    Unknown,
    /// The message says something there is not: which field.
    #[error("{0} is not what it may be")]
    Field(&'static str),
    /// A certificate cannot be read: why, and where.
    #[error("the certificate cannot be read")]
    Unreadable(Vec<fondaco_wire::sps::Problem>),
    /// Documents of these types have the number.
    #[error("documents of several types have this number")]
    Ambiguous(Vec<String>),
    /// It cannot be done.
    #[error("{}", .0.name())]
    NotDone(NotDone),
    /// The Idempotency-Key was used with other bytes.
    #[error("this Idempotency-Key was used for another message")]
    KeyUsed,
    /// The store failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// A document, with all there is to tell of it.
pub(crate) struct Told {
    pub(crate) kind: Token,
    pub(crate) number: String,
    pub(crate) record: Record,
    /// The acts, oldest first.
    pub(crate) acts: Vec<ActRow>,
    /// The last write-offs, newest first.
    pub(crate) draws: Vec<DrawRow>,
}

/// Most write-offs of one document that are told at once.
pub(crate) const MOST_DRAWS: usize = 1_000;

/// What a document would be shown for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct VerifyQuery {
    /// Its type; wanted where documents of two types have the number, or none has it.
    pub(crate) kind: String,
    /// The commodity code.
    pub(crate) code: String,
    /// The origin of the goods.
    pub(crate) origin: String,
    /// Where they go.
    pub(crate) destination: String,
    /// Who shows it: a registration number.
    pub(crate) holder: String,
    /// How much there is, a decimal.
    pub(crate) quantity: String,
    /// Its unit of Recommendation 20.
    pub(crate) unit: String,
    /// What it is worth, a decimal.
    pub(crate) value: String,
    /// Its currency.
    pub(crate) currency: String,
    /// The day, YYYY-MM-DD; today where not given.
    pub(crate) on: String,
}

/// Whether a document is good for goods.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Verified {
    /// Its type.
    pub(crate) kind: String,
    /// Its number.
    pub(crate) number: String,
    /// `valid`; `not-kept` where the register does not keep documents of the type and nothing is said of
    /// this one; or the word for why it is not good.
    pub(crate) status: &'static str,
    /// The same in words.
    #[schema(value_type = Object)]
    pub(crate) text: fondaco_wire::report::Texts,
    /// The line it would be written off on, from 1; 0 where it is not good.
    pub(crate) line: usize,
}

/// The row by which the register keeps documents of a type today, or else the next one by which it will.
fn kept(pack: &Pack, kind: Token) -> Option<&LpcoKind> {
    let (rows, today) = (pack.lpcos.iter().filter(|row| row.kept && row.document == kind), today());
    let from = |row: &&LpcoKind| row.validity.from;
    let next = || rows.clone().filter(|row| from(row).is_some_and(|f| today < f)).min_by_key(from);
    rows.clone().find(|row| row.validity.covers(today)).or_else(next)
}

impl House {
    /// Issues a document; waits until it is on the disk.
    pub(crate) async fn issue(
        &self,
        message: &IssueMessage,
        bytes: &[u8],
        key: &str,
    ) -> Result<ActDone, Refused> {
        let number = message.number.as_str();
        let visible = number.chars().all(|c| !c.is_control()) && number.trim() == number;
        if number.is_empty() || number.chars().count() > LONGEST_NUMBER || !visible {
            return Err(Refused::Field("number"));
        }
        let kind = form::token(&message.kind, "kind").map_err(Refused::Field)?;
        if kind.is_empty() {
            return Err(Refused::Field("kind"));
        }
        let act = Act::Issue(message.terms.terms().map_err(Refused::Field)?);
        let terms = json!(message.terms).to_string();
        let said = (message.issuer.as_str(), message.by.as_str(), message.note.as_str());
        self.registered(kind, number, act, terms, said, bytes, key).await
    }

    /// Does an act about a document that was issued; waits until it is on the disk.
    pub(crate) async fn lpco_act(
        &self,
        number: &str,
        message: &LpcoActMessage,
        bytes: &[u8],
        key: &str,
    ) -> Result<ActDone, Refused> {
        let kind = self.kind_of(number, &message.kind)?;
        let wants_note = || {
            let note = message.note.trim();
            if note.is_empty() { Err(Refused::Field("note")) } else { Ok(()) }
        };
        let mut terms = String::new();
        let act = match (message.act.as_str(), &message.terms) {
            ("amend", Some(form)) => {
                terms = json!(form).to_string();
                Act::Amend(form.terms().map_err(Refused::Field)?)
            }
            ("amend", None) | (_, Some(_)) => return Err(Refused::Field("terms")),
            ("suspend", None) => wants_note().map(|()| Act::Suspend)?,
            ("resume", None) => Act::Resume,
            ("revoke", None) => wants_note().map(|()| Act::Revoke)?,
            _ => return Err(Refused::Field("act")),
        };
        let said = (message.issuer.as_str(), message.by.as_str(), message.note.as_str());
        self.registered(kind, number, act, terms, said, bytes, key).await
    }

    #[expect(clippy::too_many_arguments, reason = "an act as it was said, and as it was sent")]
    async fn registered(
        &self,
        kind: Token,
        number: &str,
        act: Act,
        terms: String,
        (issuer, by, note): (&str, &str, &str),
        bytes: &[u8],
        key: &str,
    ) -> Result<ActDone, Refused> {
        if by.trim().is_empty() {
            return Err(Refused::Field("by"));
        }
        // Answered before is answered so again, whatever came since.
        if let Some(before) = self.store.by_key(key)? {
            return match before.digest == receipt::digest(bytes) {
                true => self.registered_before(before, kind, number, (issuer, by, &terms)),
                false => Err(Refused::KeyUsed),
            };
        }
        let pack = self.pack();
        let row = kept(&pack, kind);
        let competent = row.filter(|row| !row.illustrative).map(|row| row.issuer.to_string());
        let competent = competent.unwrap_or_default();
        // What was issued can be ended also where its type is kept no more: it is still taken as good for
        // what is judged by the law of a day before.
        if let Act::Issue(terms) | Act::Amend(terms) = &act {
            let row = row.ok_or(Refused::NotDone(NotDone::NotKept))?;
            if let Some(field) = uncounted(row, terms) {
                return Err(Refused::NotDone(NotDone::Unfit(field)));
            }
        }
        let mut filing = Filing {
            lrn: number.to_owned(),
            declarant: by.to_owned(),
            kind: act.name().to_owned(),
            ..house::sent(FORMAT, &pack.digest, bytes, key)?
        };
        filing.receipt = self.receipt(&filing, "");
        let acted = Acted {
            kind,
            number: number.to_owned(),
            act,
            issuer: issuer.to_owned(),
            competent,
            by: by.to_owned(),
            terms,
            note: note.to_owned(),
            at: filing.at.clone(),
        };
        let (id, receipt) = (filing.id.clone(), filing.receipt.clone());
        let said = (acted.issuer.clone(), acted.by.clone(), acted.terms.clone());
        let registered = self.store.written(move |writing| {
            // How the document stands by it is what is answered, also when it is asked again.
            let stands = |state: &str| {
                let said =
                    json!({"kind": acted.kind.as_str(), "number": acted.number, "state": state});
                store::pack(said.to_string().as_bytes())
            };
            writing.register(filing, &acted, stands)
        });
        match registered.await? {
            Registered::Written(document) => Ok(ActDone {
                id,
                kind: kind.to_string(),
                number: number.to_owned(),
                state: document.standing.name().to_owned(),
                receipt,
                repeated: false,
            }),
            Registered::NotDone(NotDone::NotIssued) => Err(Refused::Unknown),
            Registered::NotDone(why) => Err(Refused::NotDone(why)),
            Registered::Before(Lodged::Repeated(before)) => {
                self.registered_before(*before, kind, number, (&said.0, &said.1, &said.2))
            }
            Registered::Before(_) => Err(Refused::KeyUsed),
        }
    }

    /// The answer that was given before to the same message about the same document, of the same issuer, by
    /// the same person and with the same terms: of a certificate the last three stand beside the message.
    fn registered_before(
        &self,
        before: Filing,
        kind: Token,
        number: &str,
        (issuer, by, terms): (&str, &str, &str),
    ) -> Result<ActDone, Refused> {
        let said: serde_json::Value = serde_json::from_slice(&before.opinion).unwrap_or_default();
        let same =
            before.format == FORMAT && said["kind"] == kind.as_str() && said["number"] == number;
        if !same {
            return Err(Refused::KeyUsed);
        }
        let acts = self.store.lpco_acts(&kind, number)?;
        let is_so = |act: &ActRow| act.issuer == issuer && act.by == by && act.terms == terms;
        if !acts.iter().any(|act| act.filing == before.id && is_so(act)) {
            return Err(Refused::KeyUsed);
        }
        Ok(ActDone {
            id: before.id,
            kind: kind.to_string(),
            number: number.to_owned(),
            state: said["state"].as_str().unwrap_or_default().to_owned(),
            receipt: before.receipt,
            repeated: true,
        })
    }

    /// The type of the document with this number, where it is not stated.
    fn kind_of(&self, number: &str, stated: &str) -> Result<Token, Refused> {
        if !stated.is_empty() {
            return form::token(stated, "kind").map_err(Refused::Field);
        }
        let kinds = self.store.lpco_kinds(number)?;
        match kinds.as_slice() {
            [] => Err(Refused::Unknown),
            [kind] => Ok(Token::lossy(kind)),
            _ => Err(Refused::Ambiguous(kinds)),
        }
    }

    /// A document, with all there is to tell of it.
    pub(crate) fn lpco(&self, number: &str, kind: &str) -> Result<Told, Refused> {
        let kind = self.kind_of(number, kind)?;
        let record = self.store.lpco(kind, number, Sight::ALL, "")?.ok_or(Refused::Unknown)?;
        let acts = self.store.lpco_acts(&kind, number)?;
        let draws = self.store.lpco_draws(&kind, number, MOST_DRAWS)?;
        Ok(Told { kind, number: number.to_owned(), record, acts, draws })
    }

    /// Whether a document would be good for goods; nothing is written off.
    pub(crate) fn verified(&self, number: &str, query: &VerifyQuery) -> Result<Verified, Refused> {
        let kind = match self.kind_of(number, &query.kind) {
            Err(Refused::Unknown) => return Err(Refused::Field("kind")),
            kind => kind?,
        };
        let day: Day = match query.on.as_str() {
            "" => today(),
            on => on.parse().map_err(|_| Refused::Field("on"))?,
        };
        if query.code.is_empty() {
            return Err(Refused::Field("code"));
        }
        let quantity = form::figure::<Token>(&query.quantity, &query.unit, ["quantity", "unit"]);
        let value = form::figure::<Currency>(&query.value, &query.currency, ["value", "currency"]);
        let (quantity, value) = (quantity.map_err(Refused::Field)?, value.map_err(Refused::Field)?);
        // Of nothing, or less, no document would be too small.
        if quantity.is_some_and(|(amount, _)| amount <= Decimal::ZERO) {
            return Err(Refused::Field("quantity"));
        }
        if value.is_some_and(|(amount, _)| amount <= Decimal::ZERO) {
            return Err(Refused::Field("value"));
        }
        let pack = self.pack();
        let reference = pack.on(day);
        let told = |status, text: Trilingual, line| Verified {
            kind: kind.to_string(),
            number: number.to_owned(),
            status,
            text: (&text).into(),
            line,
        };
        if !reference.keeps(kind) {
            return Ok(told("not-kept", NotDone::NotKept.text(), 0));
        }
        let record = self.store.lpco(kind, number, Sight::ALL, "")?;
        let holders: Vec<&str> =
            Some(query.holder.as_str()).into_iter().filter(|h| !h.is_empty()).collect();
        let asked = Asked {
            code: &query.code,
            origin: &query.origin,
            destination: &query.destination,
            holders: &holders,
            quantity: &|unit| {
                let stated = quantity.map(|(value, unit)| Quantity { value, unit });
                let converted = stated.and_then(|q| pack.units.convert(q, unit));
                converted.and_then(Count::value).ok_or(Doubt::NotChecked(Untold::Quantity))
            },
            value: &|currency| {
                let of = |(amount, from): (Decimal, Currency)| {
                    if from == currency {
                        return Some(amount);
                    }
                    amount
                        .checked_mul(reference.rate(from)?)?
                        .checked_div(reference.rate(currency)?)
                };
                value.and_then(of).ok_or(Doubt::NotChecked(Untold::Value))
            },
        };
        Ok(match verify(record.as_ref(), &asked, day) {
            Ok(Take { line, .. }) => told("valid", good(number), line.saturating_add(1)),
            Err(doubt) => told(doubt.name(), doubt.text(number), 0),
        })
    }
}

fn good(number: &str) -> Trilingual {
    Trilingual {
        en: format!("Document {number} is good for these goods"),
        zh: format!("证件 {number} 适用于该货物"),
        ru: format!("Документ {number} действует для этого товара"),
    }
}
