//! Licences, permits, certificates and others (LPCO): a document of the register and its life, whether one
//! that is shown is good for goods, and what goods take of it.
//!
//! In: acts of the agencies that issue documents, what was written off before, a declaration. Out: the
//! document as it stands, a verdict on each one shown, and what is to be written off.
//!
//! Holds always:
//! - of no line more is taken than it allows;
//! - what could not be checked is never good; of a type the register does not keep nothing is said;
//! - a document that was revoked stays so.
//!
//! Source: WCO Data Model 3.6, classes 02A (AdditionalDocument) and 22C (WriteOff); WTO TFA, article 10.4.

mod shown;
mod stated;
mod verify;

use crate::day::Validity;
use crate::finding::Trilingual;
use crate::money::{Decimal, Money};
use crate::quantity::Quantity;
use crate::reference::LpcoKind;
use crate::token::Token;

pub use shown::{Checked, EMPTY, Empty, Looked, check, programmes};
pub use stated::stated;
pub use verify::{Asked, Doubt, Figure, Take, Untold, verify};

/// Most lines of a document.
pub const MOST_LINES: usize = 999;
/// Longest number of a document, in characters. Source: WCO DM 3.6, D005.
pub const LONGEST_NUMBER: usize = 70;
/// Most decimals of an allowance: what is written off is counted to a millionth.
pub const MOST_DECIMALS: u32 = 6;

/// What a document allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Commodity codes or their beginnings; empty is every code.
    pub codes: Vec<Token>,
    /// How much of them, in a unit of Recommendation 20; `None` where that is not counted.
    pub quantity: Option<Quantity>,
    /// For how much; `None` where that is not counted.
    pub value: Option<Money>,
}

impl Line {
    /// Whether it is for goods of this code.
    #[must_use]
    pub fn is_for(&self, code: &str) -> bool {
        self.codes.is_empty() || self.codes.iter().any(|c| code.starts_with(c.as_str()))
    }
}

/// What a document says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Whom it was given to: a registration number; empty is whoever shows it.
    pub holder: String,
    /// The days it is good on.
    pub validity: Validity,
    /// Where the goods have their origin; empty is anywhere.
    pub origin: Token,
    /// Where they go; empty is anywhere.
    pub destination: Token,
    /// What it allows; nothing here is any goods, uncounted.
    pub lines: Vec<Line>,
    /// Whether it is good for one declaration only.
    pub once: bool,
}

impl Terms {
    /// Whether they are for goods of this code, from this origin to this destination.
    ///
    /// # Errors
    /// [`Doubt::OtherGoods`], [`Doubt::OtherCountry`], or that a country is not stated.
    pub(crate) fn fit(&self, code: &str, origin: &str, destination: &str) -> Result<(), Doubt> {
        if !self.lines.is_empty() && !self.lines.iter().any(|line| line.is_for(code)) {
            return Err(Doubt::OtherGoods);
        }
        for (wanted, stated) in [(self.origin, origin), (self.destination, destination)] {
            match (wanted.is_empty(), stated) {
                (true, _) => {}
                (false, "") => return Err(Doubt::NotChecked(Untold::Country)),
                (false, stated) if wanted == stated => {}
                (false, _) => return Err(Doubt::OtherCountry),
            }
        }
        Ok(())
    }

    /// What is wrong with them, if anything.
    #[must_use]
    pub fn wrong(&self) -> Option<&'static str> {
        let above_zero =
            |amount: Decimal| amount > Decimal::ZERO && amount.normalize().scale() <= MOST_DECIMALS;
        let bad_quantity =
            |line: &Line| line.quantity.is_some_and(|q| q.unit.is_empty() || !above_zero(q.value));
        let digits = |code: &Token| code.bytes().all(|b| b.is_ascii_digit()) && !code.is_empty();
        let validity = &self.validity;
        if validity.from.zip(validity.until).is_some_and(|(from, until)| from > until) {
            Some("until")
        } else if self.lines.len() > MOST_LINES {
            Some("lines")
        } else if self.lines.iter().any(|line| !line.codes.iter().all(digits)) {
            Some("codes")
        } else if self.lines.iter().any(bad_quantity) {
            Some("quantity")
        } else if self.lines.iter().any(|l| l.value.is_some_and(|v| !above_zero(v.amount))) {
            Some("value")
        } else {
            None
        }
    }
}

/// Whether a document is good, for who issued it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    Active,
    /// Not until it is resumed.
    Suspended,
    /// Never again.
    Revoked,
}

impl Standing {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
        }
    }
}

/// What was written off on a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// In the unit of the line.
    pub quantity: Decimal,
    /// In the currency of the line.
    pub value: Decimal,
}

/// A document as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What it says now.
    pub terms: Terms,
    /// Whether it is good.
    pub standing: Standing,
}

/// What an agency does about a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Gives it.
    Issue(Terms),
    /// Changes what it says.
    Amend(Terms),
    /// Makes it not good for a while.
    Suspend,
    /// Makes it good again.
    Resume,
    /// Ends it.
    Revoke,
}

impl Act {
    /// The name on the wire.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Issue(_) => "issue",
            Self::Amend(_) => "amend",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Revoke => "revoke",
        }
    }
}

/// Why an act cannot be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotDone {
    /// There is no such document.
    NotIssued,
    /// There is one of this number already.
    Issued,
    /// It was revoked.
    Revoked,
    /// It is suspended already.
    Suspended,
    /// It is not suspended.
    NotSuspended,
    /// The terms allow less than was written off, or count otherwise.
    BelowUsed,
    /// The terms are not what they may be: which field.
    Unfit(&'static str),
    /// The register of this house does not keep documents of this type.
    NotKept,
    /// Another agency issues documents of this type, or issued this one.
    OtherIssuer,
}

impl NotDone {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotIssued => "not-issued",
            Self::Issued => "issued-already",
            Self::Revoked => "revoked",
            Self::Suspended => "suspended-already",
            Self::NotSuspended => "not-suspended",
            Self::BelowUsed => "below-used",
            Self::Unfit(_) => "unfit",
            Self::NotKept => "not-kept",
            Self::OtherIssuer => "other-issuer",
        }
    }

    /// In words.
    #[must_use]
    pub fn text(self) -> Trilingual {
        let [en, zh, ru] = match self {
            Self::NotIssued => {
                ["There is no such document.", "没有该证件。", "Такого документа нет."]
            }
            Self::Issued => [
                "A document of this type and number was issued already.",
                "该类型和编号的证件已签发。",
                "Документ этого вида с этим номером уже выдан.",
            ],
            Self::Revoked => [
                "The document was revoked; issue another.",
                "证件已撤销，请另行签发。",
                "Документ аннулирован; выдайте другой.",
            ],
            Self::Suspended => [
                "The document is suspended already.",
                "证件已处于暂停状态。",
                "Документ уже приостановлен.",
            ],
            Self::NotSuspended => {
                ["The document is not suspended.", "证件未被暂停。", "Документ не приостановлен."]
            }
            Self::BelowUsed => [
                "More was written off already than the new terms allow, or it was counted otherwise. \
                 Keep the lines that were used, with their units and currencies.",
                "已核销的数量或金额超过新条款，或计量方式不同。请保留已使用的行及其单位和币种。",
                "Списано уже больше, чем позволяют новые условия, либо счёт вёлся иначе. Сохраните \
                 использованные строки с их единицами и валютами.",
            ],
            Self::Unfit(_) => [
                "A field of the document is not what it may be.",
                "证件的某个字段不符合要求。",
                "Одно из полей документа недопустимо.",
            ],
            Self::NotKept => [
                "The register of this house does not keep documents of this type; rows of lpcos.csv say \
                 which it keeps.",
                "本系统的登记簿不登记该类证件；登记的类型由 lpcos.csv 的行规定。",
                "Реестр этого дома не ведёт документы этого вида; какие ведёт, говорят строки lpcos.csv.",
            ],
            Self::OtherIssuer => [
                "Another agency issues documents of this type, or issued this one.",
                "该类证件或该证件由其他机构签发。",
                "Документы этого вида выдаёт или этот документ выдало другое ведомство.",
            ],
        };
        Trilingual { en: en.to_owned(), zh: zh.to_owned(), ru: ru.to_owned() }
    }
}

/// What becomes of a document by an act. `used` is what was written off on its lines, in their order.
///
/// # Errors
/// [`NotDone`].
pub fn next(before: Option<Document>, act: &Act, used: &[Used]) -> Result<Document, NotDone> {
    use Standing::{Active, Revoked, Suspended};
    if let Act::Issue(terms) | Act::Amend(terms) = act
        && let Some(field) = terms.wrong()
    {
        return Err(NotDone::Unfit(field));
    }
    let Some(before) = before else {
        return match act {
            Act::Issue(terms) => Ok(Document { terms: terms.clone(), standing: Active }),
            _ => Err(NotDone::NotIssued),
        };
    };
    let stands = |standing| Ok(Document { standing, ..before.clone() });
    match (act, before.standing) {
        (Act::Issue(_), _) => Err(NotDone::Issued),
        (_, Revoked) => Err(NotDone::Revoked),
        (Act::Amend(terms), standing) => {
            if !counts_on(&before.terms, terms, used) {
                return Err(NotDone::BelowUsed);
            }
            Ok(Document { terms: terms.clone(), standing })
        }
        (Act::Suspend, Suspended) => Err(NotDone::Suspended),
        (Act::Suspend, Active) => stands(Suspended),
        (Act::Resume, Suspended) => stands(Active),
        (Act::Resume, Active) => Err(NotDone::NotSuspended),
        (Act::Revoke, Active | Suspended) => stands(Revoked),
    }
}

/// What terms of a document of this type have to count and do not; `None` where nothing is wanted of them.
#[must_use]
pub fn uncounted(kind: &LpcoKind, terms: &Terms) -> Option<&'static str> {
    if kind.illustrative || !(kind.by_quantity || kind.by_value) {
        return None;
    }
    if terms.lines.is_empty() {
        Some("lines")
    } else if kind.by_quantity && terms.lines.iter().any(|line| line.quantity.is_none()) {
        Some("quantity")
    } else if kind.by_value && terms.lines.iter().any(|line| line.value.is_none()) {
        Some("value")
    } else {
        None
    }
}

/// Whether what was written off still fits terms that take the place of others.
fn counts_on(before: &Terms, after: &Terms, used: &[Used]) -> bool {
    used.iter().enumerate().all(|(n, used)| {
        let none = Line::default();
        let old = before.lines.get(n).unwrap_or(&none);
        // A line that nothing was taken of may be anything, or gone.
        let new = after.lines.get(n).unwrap_or(&none);
        let quantity = used.quantity.is_zero()
            || old
                .quantity
                .zip(new.quantity)
                .is_some_and(|(old, new)| old.unit == new.unit && used.quantity <= new.value);
        let value = used.value.is_zero()
            || old
                .value
                .zip(new.value)
                .is_some_and(|(old, new)| old.currency == new.currency && used.value <= new.amount);
        quantity && value
    })
}

/// A document and all that is told of its use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The document.
    pub document: Document,
    /// What was written off on its lines, in their order; what is not told is nothing.
    pub used: Vec<Used>,
    /// Whether another declaration uses it.
    pub in_use: bool,
}

impl Record {
    /// What was written off on a line.
    #[must_use]
    pub fn used(&self, line: usize) -> Used {
        self.used.get(line).copied().unwrap_or_default()
    }

    /// What a line has left: a quantity and a value, as far as each is counted.
    #[must_use]
    pub fn left(&self, line: usize) -> (Option<Decimal>, Option<Decimal>) {
        let used = self.used(line);
        let Some(line) = self.document.terms.lines.get(line) else { return (None, None) };
        let left = |allowed: Decimal, used| allowed.checked_sub(used).unwrap_or_default();
        (
            line.quantity.map(|q| left(q.value, used.quantity)),
            line.value.map(|v| left(v.amount, used.value)),
        )
    }

    /// Whether this much can be taken of a line.
    #[must_use]
    pub fn has(&self, take: &Take) -> bool {
        let (quantity, value) = self.left(take.line);
        let fits = |wanted: Option<Decimal>, left: Option<Decimal>| match (wanted, left) {
            (None, _) => true,
            (Some(wanted), Some(left)) => wanted <= left,
            (Some(_), None) => false,
        };
        fits(take.quantity, quantity) && fits(take.value, value)
    }

    /// Takes it.
    pub fn take(&mut self, take: &Take) {
        if self.used.len() <= take.line {
            self.used.resize(take.line.saturating_add(1), Used::default());
        }
        if let Some(used) = self.used.get_mut(take.line) {
            let more = |before: Decimal, taken: Option<Decimal>| {
                before.checked_add(taken.unwrap_or_default()).unwrap_or(Decimal::MAX)
            };
            used.quantity = more(used.quantity, take.quantity);
            used.value = more(used.value, take.value);
        }
    }
}
