//! The rows of a data pack as they stand in its CSV files.
//!
//! Every file is UTF-8 CSV with a header line, plain (`x.csv`) or compressed (`x.csv.zst`). A field
//! left empty means "any" in a condition and "not stated" in a fact. `from` and `until` are days
//! (`YYYY-MM-DD`), both within. A published row is never edited: a change is a new row.

use serde::{Deserialize, Serialize};

/// `lines*.csv`: a line of the nomenclature.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LineRow {
    /// Digits only, as long as the jurisdiction declares it.
    pub code: String,
    /// Supplementary unit of UN/ECE Rec 20; empty where the tariff asks for none.
    pub unit: String,
    /// Second supplementary unit, where the tariff has two.
    pub unit2: String,
    /// Official name in English; empty where the source has none.
    pub name_en: String,
    /// Official name in Chinese.
    pub name_zh: String,
    /// Official name in Russian.
    pub name_ru: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub until: String,
    /// The part of every year it is for, `MM-DD/MM-DD`; empty is all of it.
    pub season: String,
}

/// `measures*.csv`, and the file of `--measures`: a rate of a duty or tax.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MeasureRow {
    /// A commodity code or the beginning of one; empty means every code.
    pub code: String,
    /// `import` or `export`; empty means both.
    pub direction: String,
    /// Country codes or groups (`~name`) joined by `|`; `!` before one excludes it.
    pub origin: String,
    /// Duty regimes (preference codes, programmes) joined by `|`.
    pub regime: String,
    /// The tax type of the pack's profile, such as `A00`.
    pub tax_type: String,
    /// A plain percentage. Either this or `formula`; neither means the rate is not known.
    pub rate: String,
    /// A formula in the notation of `fondaco::formula`.
    pub formula: String,
    /// The supplementary unit, where the row states one.
    pub unit: String,
    /// The order number of the tariff quota the rate is for.
    pub quota: String,
    /// A condition in the subset of CEL of `docs/conditions.md`; empty is always.
    pub when: String,
    /// The part of every year it applies in, `MM-DD/MM-DD`.
    pub season: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub until: String,
    /// The act: an id of `law.csv`, optionally followed by `, ` and the place in it. In a file of
    /// `--measures` any text.
    pub basis: String,
    /// `ours` where this project added the row from the law; `illustrative` where no act was at
    /// hand (never applied silently); `note X` where a note of the tariff bears on the line and is
    /// not in its rate.
    pub mark: String,
}

/// `requirements*.csv`: what must be shown, done or refused before goods may move.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequirementRow {
    /// Short id.
    pub id: String,
    /// `certificate`, `licence`, `permit`, `inspection`, `notice`, `prohibition`.
    pub kind: String,
    /// Who decides, in English.
    pub agency_en: String,
    /// Who decides, in Chinese.
    pub agency_zh: String,
    /// Who decides, in Russian.
    pub agency_ru: String,
    /// Commodity codes or their beginnings joined by `|`; empty means every code.
    pub codes: String,
    /// `import` or `export`; empty means both.
    pub direction: String,
    /// Whose goods, as in [`MeasureRow`].
    pub origin: String,
    /// A condition; empty is always.
    pub when: String,
    /// Codes of the documents any of which satisfies it, joined by `|`; empty where none can.
    pub documents: String,
    /// What is wanted, in English.
    pub text_en: String,
    /// What is wanted, in Chinese.
    pub text_zh: String,
    /// What is wanted, in Russian.
    pub text_ru: String,
    /// The act.
    pub basis: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub until: String,
}

/// `quotas*.csv`: a period of a tariff quota.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct QuotaRow {
    /// Its order number, which is claimed.
    pub order: String,
    /// The number of the period.
    pub definition: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub until: String,
    /// How much there was.
    pub volume: String,
    /// In this unit.
    pub unit: String,
    /// `Y` where it is critical: what is drawn may no longer be there, and is secured.
    pub critical: String,
    /// Per cent drawn from which it is critical.
    pub threshold: String,
    /// How much is left; empty where nothing was told since it opened.
    pub balance: String,
    /// The day the balance was told.
    pub balance_on: String,
    /// `open`, `exhausted` or `closed`.
    pub state: String,
    /// Spans in which nothing is drawn, `from/until` joined by `|`.
    pub closed: String,
    /// The order number of the larger quota it is part of; empty where of none.
    pub part_of: String,
    /// The number of the period of that one.
    pub part_of_definition: String,
    /// How much of the larger one a unit of this one takes; empty is 1.
    pub coefficient: String,
}

/// `incoterms.csv`: a delivery term.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TermRow {
    /// Its three letters.
    pub term: String,
    /// The edition it is of, or last was of.
    pub edition: String,
    /// The costs a price on this term has in it, joined by `|`.
    pub in_price: String,
}

/// `decision-reasons.csv`: why an officer decides against the trader.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReasonRow {
    /// Its code, at most 23 characters.
    pub code: String,
    /// The acts it goes with, joined by `|`: `refuse`, `deny`, `cancel`, `hand-over`, or `hold` and the
    /// kind of hold.
    pub acts: String,
    /// Why, in English.
    pub text_en: String,
    /// In Chinese.
    pub text_zh: String,
    /// In Russian.
    pub text_ru: String,
    /// What to do, in English.
    pub remedy_en: String,
    /// In Chinese.
    pub remedy_zh: String,
    /// In Russian.
    pub remedy_ru: String,
}

/// `groups*.csv`: a country of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupRow {
    /// The group, `~` before its name.
    pub group: String,
    /// The country; empty where who is in the group is not held.
    pub country: String,
    /// First day in it.
    pub from: String,
    /// Last day in it.
    pub until: String,
}

/// `law.csv`: an act that rows cite.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LawRow {
    /// Short id, unique in the pack.
    pub id: String,
    /// Title in English.
    pub title_en: String,
    /// Title in Chinese.
    pub title_zh: String,
    /// Title in Russian.
    pub title_ru: String,
    /// Number and date of the act.
    pub reference: String,
    /// Where the text was read.
    pub source: String,
}

/// `lists/*.csv`: a code of a code list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListRow {
    /// Which list: `country`, `currency`, `package`, `office`, `goods-location`, `procedure`,
    /// `additional-procedure`, `document`, `document-status`, `authorisation` …
    pub list: String,
    /// The code.
    pub code: String,
    /// Name in English.
    pub name_en: String,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in Russian.
    pub name_ru: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub until: String,
}

/// `lists.csv`: what a code list is called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListNameRow {
    /// Which list, as in `lists/*.csv`.
    pub list: String,
    /// Name in English.
    pub name_en: String,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in Russian.
    pub name_ru: String,
}

/// `rates.csv`, and the file of `--rates`: a rate of exchange.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RateRow {
    /// The currency.
    pub currency: String,
    /// One unit of it in the currency of the pack.
    pub per_unit: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub until: String,
    /// Who published it.
    pub source: String,
}

/// `names*.csv`: a party on a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NameRow {
    /// The entry's id on its list.
    pub id: String,
    /// `person`, `entity` or `vessel`.
    pub kind: String,
    /// One name of the entry; a row for each name and alias.
    pub name: String,
    /// Country codes joined by `|`, where stated.
    pub country: String,
    /// The list, such as `UN Security Council Consolidated List`.
    pub list: String,
    /// First day on the list.
    pub from: String,
    /// `yes` where the list is made up for tests and demonstrations: who is on it is found, and nobody is
    /// clear by it.
    pub illustrative: String,
}

/// `origin-schemes*.csv`: an agreement or a unilateral preference under which origin is claimed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SchemeRow {
    /// Its id.
    pub scheme: String,
    /// The territory it is claimed into: a word of the pack's own.
    pub scope: String,
    /// As published.
    pub title: String,
    /// `Y` where one side gives it.
    pub unilateral: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub until: String,
    /// The act its rules stand in: an id of the law.
    pub basis: String,
    /// Proofs it accepts, `class=summary` joined by `|`.
    pub proofs: String,
    /// Whose materials count, `method=AA BB` joined by `|`.
    pub cumulation: String,
    /// Whose goods may claim, joined by `|`.
    pub countries: String,
    /// Per cent of the ex-works price that materials failing a change may be worth; empty where the
    /// source states none.
    pub tolerance: String,
    /// A remark, as published.
    pub note: String,
}

/// `origin-rules*.csv`: a rule of origin; rows of one set and scheme are its rules, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OriginRow {
    /// The scheme.
    pub scheme: String,
    /// The number of the set in its scheme, from 1.
    pub set: String,
    /// First code, ten digits.
    pub from: String,
    /// Last code, ten digits.
    pub until: String,
    /// The heading, as published.
    pub heading: String,
    /// Which goods of the codes, as published.
    pub goods: String,
    /// `unsaid` where the source does not say how the rules of the set go together; empty where any
    /// of them will do.
    pub join: String,
    /// `or` where the source says so before this rule.
    pub operator: String,
    /// Classes, as published, joined by `|`.
    pub classes: String,
    /// What it asks, in the notation of `docs/origin.md`.
    pub read: String,
    /// As published.
    pub text: String,
    /// Keys of notes that bear on it, joined by `|`.
    pub notes: String,
    /// `import` or `export` where it is for one way only.
    pub direction: String,
    /// `Y` where it holds within a quota only.
    pub quota: String,
}

/// `origin-notes*.csv`: a note that rules name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NoteRow {
    /// The scheme and the key, with `:` between them.
    pub note: String,
    /// As published.
    pub text: String,
}

/// `origin-proofs*.csv`: documents that show a class of proof.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProofRow {
    /// The class.
    pub class: String,
    /// Only under this scheme, in the place of what is so for any; empty for any.
    pub scheme: String,
    /// Document codes, joined by `|`.
    pub documents: String,
    /// The act.
    pub basis: String,
    /// `ours`, or empty.
    pub mark: String,
}

/// `origin-claims*.csv`: what a regime claims.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClaimRow {
    /// The regime, or the beginning of one with `*` behind it.
    pub regime: String,
    /// `Y` where a preference given by one side is claimed.
    pub unilateral: String,
    /// The territory it is claimed into.
    pub scope: String,
    /// Only where this holds; empty is always.
    pub when: String,
    /// The act.
    pub basis: String,
    /// `ours`, or empty.
    pub mark: String,
}
