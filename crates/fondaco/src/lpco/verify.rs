//! Whether a document that is shown is good for goods.

use super::{Record, Standing};
use crate::day::Day;
use crate::finding::Trilingual;
use crate::money::{Currency, Decimal};
use crate::token::Token;

/// What could not be told, so that a document could not be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untold {
    /// How many there are in the unit of the document.
    Quantity,
    /// What they are worth in the currency of the document.
    Value,
    /// Where they come from or go to.
    Country,
    /// Who shows it.
    Holder,
}

/// Why a document is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The register that keeps documents of its type has none of its number.
    NotFound,
    /// It is not good yet.
    NotYet,
    /// It is no longer good.
    Expired,
    /// It is suspended.
    Suspended,
    /// It was revoked.
    Revoked,
    /// It was given to another.
    OtherHolder,
    /// It is for other goods.
    OtherGoods,
    /// It is for goods from elsewhere, or that go elsewhere.
    OtherCountry,
    /// Too little is left on it.
    Exhausted,
    /// It is good for one declaration, and another used it.
    UsedBefore,
    /// Less is to be written off than the goods are.
    Short,
    /// It is stated without a number: which it is nobody can tell.
    NoNumber,
    /// It is stated not to be there.
    Unavailable,
    /// It is stated not to be required.
    Waived,
    /// It could not be checked.
    NotChecked(Untold),
}

impl Doubt {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::NotYet => "not-yet-valid",
            Self::Expired => "expired",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
            Self::OtherHolder => "other-holder",
            Self::OtherGoods => "other-goods",
            Self::OtherCountry => "other-country",
            Self::Exhausted => "exhausted",
            Self::UsedBefore => "used-before",
            Self::Short => "writes-off-too-little",
            Self::NoNumber => "no-number",
            Self::Unavailable => "not-available",
            Self::Waived => "exemption-claimed",
            Self::NotChecked(_) => "not-checked",
        }
    }

    /// Whether it hangs on what others wrote off.
    #[must_use]
    pub fn hangs_on_use(self) -> bool {
        matches!(self, Self::Exhausted | Self::UsedBefore)
    }

    /// Why the document with this number is not good, in words.
    #[must_use]
    pub fn text(self, number: &str) -> Trilingual {
        let [en, zh, ru] = match self {
            Self::NotFound => [
                "is not in the register that keeps such documents",
                "不在登记此类证件的登记簿中",
                "нет в реестре, который ведёт такие документы",
            ],
            Self::NotYet => ["is not valid yet", "尚未生效", "ещё не действует"],
            Self::Expired => ["is no longer valid", "已过有效期", "больше не действует"],
            Self::Suspended => ["is suspended", "已被暂停", "приостановлен"],
            Self::Revoked => ["was revoked", "已被撤销", "аннулирован"],
            Self::OtherHolder => {
                ["was given to another holder", "的持有人不符", "выдан другому лицу"]
            }
            Self::OtherGoods => ["is for other goods", "适用于其他货物", "выдан на другой товар"],
            Self::OtherCountry => [
                "is for goods from or to another country",
                "适用于其他国家（地区）的货物",
                "выдан на товары из другой страны или в другую страну",
            ],
            Self::Exhausted => [
                "has too little left for these goods",
                "余额不足以覆盖该货物",
                "не имеет достаточного остатка для этого товара",
            ],
            Self::UsedBefore => [
                "is good for one declaration, and another used it",
                "仅限一份报关单使用，且已被使用",
                "действует для одной декларации и уже использован",
            ],
            Self::Short => [
                "is to be written off by less than the goods are",
                "申报的核销数量少于货物数量",
                "списывается на меньшее количество, чем заявлено товара",
            ],
            Self::NoNumber => ["is stated without a number", "未注明编号", "указан без номера"],
            Self::Unavailable => {
                ["is stated not to be available", "已申报为无法提供", "заявлен как отсутствующий"]
            }
            Self::Waived => [
                "is stated not to be required: the agency has to say",
                "已申报为无需提交：待主管机构确认",
                "заявлен как не требующийся: решает ведомство",
            ],
            Self::NotChecked(Untold::Quantity) => [
                "could not be checked: the quantity in its unit is not stated",
                "无法核验：未申报其计量单位的数量",
                "не проверен: количество в его единице не указано",
            ],
            Self::NotChecked(Untold::Value) => [
                "could not be checked: the value in its currency cannot be told",
                "无法核验：无法确定其币种的价值",
                "не проверен: стоимость в его валюте неизвестна",
            ],
            Self::NotChecked(Untold::Country) => [
                "could not be checked: the country of the goods is not stated",
                "无法核验：未申报货物的国家（地区）",
                "не проверен: страна товара не указана",
            ],
            Self::NotChecked(Untold::Holder) => [
                "could not be checked: no party is named by a number",
                "无法核验：未以编号注明任何当事人",
                "не проверен: ни одно лицо не указано по номеру",
            ],
        };
        Trilingual {
            en: format!("Document {number} {en}"),
            zh: format!("证件 {number} {zh}"),
            ru: format!("Документ {number} {ru}"),
        }
    }
}

/// What goods take of a line of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Take {
    /// The line, from 0. Of a document without lines it is the first, and nothing is counted.
    pub line: usize,
    /// In the unit of the line; `None` where that is not counted.
    pub quantity: Option<Decimal>,
    /// In the currency of the line; `None` where that is not counted.
    pub value: Option<Decimal>,
}

/// How much of something there is, in a unit or currency.
pub type Figure<'a, U> = dyn Fn(U) -> Result<Decimal, Doubt> + 'a;

/// What a document is shown for.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The commodity code.
    pub code: &'a str,
    /// The origin; empty where not stated.
    pub origin: &'a str,
    /// Where the goods go; empty where not stated.
    pub destination: &'a str,
    /// Registration numbers of who may show it.
    pub holders: &'a [&'a str],
    /// How many there are in a unit.
    pub quantity: &'a Figure<'a, Token>,
    /// What they are worth in a currency.
    pub value: &'a Figure<'a, Currency>,
}

/// Whether the document is good for the goods on the day, and what they take of it.
///
/// Of several lines that are for the goods, the first is taken that has enough left.
///
/// # Errors
/// [`Doubt`], the gravest first.
pub fn verify(record: Option<&Record>, asked: &Asked<'_>, day: Day) -> Result<Take, Doubt> {
    let record = record.ok_or(Doubt::NotFound)?;
    let terms = &record.document.terms;
    match record.document.standing {
        Standing::Active => {}
        Standing::Suspended => return Err(Doubt::Suspended),
        Standing::Revoked => return Err(Doubt::Revoked),
    }
    if terms.validity.from.is_some_and(|from| day < from) {
        return Err(Doubt::NotYet);
    }
    if !terms.validity.covers(day) {
        return Err(Doubt::Expired);
    }
    if !terms.holder.is_empty() {
        if asked.holders.is_empty() {
            return Err(Doubt::NotChecked(Untold::Holder));
        }
        if !asked.holders.contains(&terms.holder.as_str()) {
            return Err(Doubt::OtherHolder);
        }
    }
    terms.fit(asked.code, asked.origin, asked.destination)?;
    if terms.once && record.in_use {
        return Err(Doubt::UsedBefore);
    }
    let mut doubt = None;
    for (n, line) in terms.lines.iter().enumerate().filter(|(_, l)| l.is_for(asked.code)) {
        let quantity = line.quantity.map(|q| (asked.quantity)(q.unit)).transpose();
        let value = line.value.map(|v| (asked.value)(v.currency)).transpose();
        match quantity.and_then(|quantity| Ok(Take { line: n, quantity, value: value? })) {
            Ok(take) if record.has(&take) => return Ok(take),
            Ok(_) => doubt = doubt.or(Some(Doubt::Exhausted)),
            // A line that could not be counted may be the one that has enough.
            Err(untold) => doubt = Some(untold),
        }
    }
    doubt.map_or(Ok(Take { line: 0, quantity: None, value: None }), Err)
}
