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
    /// hand (never applied silently); `note X` where a note of the tariff bears on the line.
    pub mark: String,
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
}
