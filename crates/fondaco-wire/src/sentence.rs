//! A tax line as a sentence a person can follow: what is charged, on which figures, how it was
//! rounded and relieved, and by which act, in three languages.

use std::fmt;

use fondaco::assessment::TaxLine;
use fondaco::finding::Language;
use fondaco::formula::Formula;
use fondaco::money::Decimal;
use fondaco::reference::Pack;

use crate::report::{LineView, Texts};

/// Words of one language, in the order of [`WORDS`].
struct Words {
    nothing: &'static str,
    of_base: &'static str,
    of: &'static str,
    each: &'static str,
    plus: &'static str,
    less: &'static str,
    greatest: &'static str,
    least: &'static str,
    for_each: &'static str,
    /// Before where a band begins: of an entry price, of the customs value, of another base.
    from: [&'static str; 3],
    /// Before where the lowest band ends, likewise.
    below: [&'static str; 3],
    otherwise: &'static str,
    in_short: &'static str,
    up_to: &'static str,
    text: &'static str,
    base: &'static str,
    made_of: &'static str,
    value: &'static str,
    quantity: &'static str,
    comes_to: &'static str,
    rounded: &'static str,
    deducted: &'static str,
    secured: &'static str,
    suspended: &'static str,
    exempt: &'static str,
    payable: &'static str,
    act: &'static str,
    /// Instead of a rate: who says so.
    determined: &'static str,
    stop: &'static str,
}

const WORDS: [Words; 3] = [
    Words {
        nothing: "nothing to pay",
        of_base: " % of the base",
        of: " % of",
        each: "for each",
        plus: " plus ",
        less: " less ",
        greatest: "the greater of",
        least: "the lesser of",
        for_each: "for each of",
        from: ["from an entry price of", "from a customs value of", "from a base of"],
        below: ["below an entry price of", "below a customs value of", "below a base of"],
        otherwise: "otherwise",
        in_short: "by bands from {lowest} to {highest}",
        up_to: "as much as brings it together with {tax} to",
        text: "as a text of the law says",
        base: "the base is",
        made_of: "made of",
        value: "customs value",
        quantity: "quantity",
        comes_to: "That is",
        rounded: "rounded to",
        deducted: "Relieved",
        secured: "Secured",
        suspended: "Suspended",
        exempt: "Not charged",
        payable: "Payable",
        act: "By",
        determined: "stated by an officer",
        stop: ". ",
    },
    Words {
        nothing: "免税",
        of_base: "%（按计税基础）",
        of: "%，计自",
        each: "每",
        plus: "加",
        less: "减",
        greatest: "取较高者：",
        least: "取较低者：",
        for_each: "乘以",
        from: ["入境价格达到", "完税价格达到", "计税基础达到"],
        below: ["入境价格低于", "完税价格低于", "计税基础低于"],
        otherwise: "否则",
        in_short: "分档（{lowest} 至 {highest}）",
        up_to: "与{tax}合计补足至",
        text: "按法律文本所定",
        base: "计税基础为",
        made_of: "其中",
        value: "完税价格",
        quantity: "数量",
        comes_to: "计得",
        rounded: "舍入为",
        deducted: "减免",
        secured: "担保",
        suspended: "暂缓缴纳",
        exempt: "不予征收",
        payable: "应缴",
        act: "依据：",
        determined: "由关员核定",
        stop: "。",
    },
    Words {
        nothing: "ничего не взимается",
        of_base: " % от основы",
        of: " % от",
        each: "за каждые",
        plus: " плюс ",
        less: " минус ",
        greatest: "большее из",
        least: "меньшее из",
        for_each: "за каждую единицу показателя",
        from: ["при входной цене от", "при таможенной стоимости от", "при основе от"],
        below: ["при входной цене ниже", "при таможенной стоимости ниже", "при основе ниже"],
        otherwise: "иначе",
        in_short: "по ступеням от {lowest} до {highest}",
        up_to: "столько, чтобы вместе с {tax} вышло",
        text: "как сказано в тексте акта",
        base: "основа",
        made_of: "из них",
        value: "таможенная стоимость",
        quantity: "количество",
        comes_to: "Это",
        rounded: "с округлением до",
        deducted: "Освобождено",
        secured: "Обеспечено",
        suspended: "Уплата приостановлена",
        exempt: "Не взимается",
        payable: "К уплате",
        act: "Основание:",
        determined: "указано должностным лицом",
        stop: ". ",
    },
];

/// What a formula by bands looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum On {
    /// The price at which goods enter: so much for so many of a unit.
    EntryPrice,
    /// The customs value.
    Value,
    /// Another tax base.
    Base,
}

/// A formula that is said: in which words, and how its figures are written.
struct Voice<'a> {
    w: &'a Words,
    /// What a sum of money as the beginning of a band is held against.
    on: On,
    figure: &'a dyn Fn(&str) -> String,
}

impl Voice<'_> {
    fn figure(&self, figure: &Decimal) -> String {
        (self.figure)(&figure.normalize().to_string())
    }

    fn on(&self, bands: &[(Formula, Formula)]) -> On {
        let is_sum = |(from, _): &(Formula, Formula)| matches!(from, Formula::Flat { .. });
        if bands.iter().all(is_sum) { self.on } else { On::EntryPrice }
    }

    fn from(&self, bands: &[(Formula, Formula)]) -> &'static str {
        self.w.from[self.on(bands) as usize]
    }

    /// Each band and what it charges, the highest first.
    fn bands(&self, bands: &[(Formula, Formula)], otherwise: &Formula) -> Vec<Band> {
        let word = self.from(bands);
        let all = bands.iter().map(|(from, one)| (format!("{word} {}", self.said(from)), one));
        let rest = match bands.last() {
            // A sum tells where the rest ends; of goods in bulk that hangs on how many there are.
            Some((from @ Formula::Flat { .. }, _)) if self.on(bands) != On::EntryPrice => {
                format!("{} {}", self.w.below[self.on as usize], self.said(from))
            }
            _ => self.w.otherwise.to_owned(),
        };
        all.chain([(rest, otherwise)])
            .map(|(when, one)| Band { when, amount: self.said(one), applies: false })
            .collect()
    }

    fn said(&self, formula: &Formula) -> String {
        let w = self.w;
        let list = |all: &[Formula], name: &str| {
            let each: Vec<String> = all.iter().map(|one| self.said(one)).collect();
            format!("{name} ({})", each.join("; "))
        };
        match formula {
            Formula::Free => w.nothing.to_owned(),
            Formula::AdValorem { percent, part: None } => {
                format!("{}{}", self.figure(percent), w.of_base)
            }
            Formula::AdValorem { percent, part: Some(part) } => {
                format!("{}{} “{part}”", self.figure(percent), w.of)
            }
            Formula::Specific { amount, currency, per, unit, part } => {
                let per = match *per == Decimal::ONE {
                    true => String::new(),
                    false => format!("{} ", self.figure(per)),
                };
                let part = part.as_ref().map(|p| format!(" “{p}”")).unwrap_or_default();
                format!("{} {currency} {} {per}{unit}{part}", self.figure(amount), w.each)
            }
            Formula::Flat { amount, currency } => format!("{} {currency}", self.figure(amount)),
            Formula::Sum(all) => {
                let each: Vec<String> = all.iter().map(|one| self.said(one)).collect();
                each.join(w.plus)
            }
            // What is taken off as a sum is taken off whole.
            Formula::Less(a, b) => match b.as_ref() {
                Formula::Sum(_) | Formula::Less(..) => {
                    format!("{}{}({})", self.said(a), w.less, self.said(b))
                }
                _ => format!("{}{}{}", self.said(a), w.less, self.said(b)),
            },
            Formula::Greatest(all) => list(all, w.greatest),
            Formula::Least(all) => list(all, w.least),
            Formula::Times(one, fact) => format!("{} {} “{fact}”", self.said(one), w.for_each),
            Formula::Entry(bands, otherwise) => {
                let each = self.bands(bands, otherwise);
                let each: Vec<String> = each.into_iter().map(|b| b.to_string()).collect();
                each.join("; ")
            }
            Formula::UpTo(one, tax) => {
                format!("{} {}", w.up_to.replace("{tax}", tax), self.said(one))
            }
            Formula::Note(_) => w.text.to_owned(),
        }
    }
}

/// A band of a formula, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Band {
    /// From where, or below what.
    pub when: String,
    /// What is charged there.
    pub amount: String,
    /// Whether it is the band of the line that is looked at.
    pub applies: bool,
}

impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.when, self.amount)
    }
}

/// A formula in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The whole of it; the notation itself where it cannot be read.
    pub text: String,
    /// Its bands, where it is by bands and nothing else.
    pub bands: Vec<Band>,
}

impl Said {
    /// Whether the band that applied is marked.
    #[must_use]
    pub fn is_marked(&self) -> bool {
        self.bands.iter().any(|band| band.applies)
    }

    /// Of bands what the last and the first of them charge; else the whole of it.
    #[must_use]
    pub fn in_short(&self, language: Language) -> String {
        let (Some(highest), Some(lowest)) = (self.bands.first(), self.bands.last()) else {
            return self.text.clone();
        };
        let text = words(language).in_short.replace("{lowest}", &lowest.amount);
        text.replace("{highest}", &highest.amount)
    }
}

fn words(language: Language) -> &'static Words {
    let [en, zh, ru] = &WORDS;
    match language {
        Language::En => en,
        Language::Zh => zh,
        Language::Ru => ru,
    }
}

fn formula_said(formula: &str, voice: &Voice<'_>) -> Said {
    let Ok(formula) = formula.parse::<Formula>() else {
        return Said { text: formula.to_owned(), bands: Vec::new() };
    };
    let bands = match &formula {
        Formula::Entry(bands, otherwise) => voice.bands(bands, otherwise),
        _ => Vec::new(),
    };
    Said { text: voice.said(&formula), bands }
}

/// A formula of a tax in the words of a language; `figure` writes its figures.
#[must_use]
pub fn of_formula(
    formula: &str,
    tax: &str,
    pack: &Pack,
    language: Language,
    figure: &dyn Fn(&str) -> String,
) -> Said {
    let tax = pack.profile.taxes.iter().find(|t| t.code == tax);
    let on = match tax {
        Some(tax) if tax.base.iter().all(|term| term.term == "value") => On::Value,
        _ => On::Base,
    };
    formula_said(formula, &Voice { w: words(language), on, figure })
}

/// What the bands of a line are bands of.
fn on(line: &LineView) -> On {
    let is_value = line.base_terms.iter().all(|(term, _)| term == "value");
    if is_value { On::Value } else { On::Base }
}

/// The formula of a line in the words of a language, with the band that applied; `figure` writes its
/// figures.
#[must_use]
pub fn of_formula_of(line: &LineView, language: Language, figure: &dyn Fn(&str) -> String) -> Said {
    let mut said = formula_said(&line.formula, &Voice { w: words(language), on: on(line), figure });
    if let Some(band) = reached(line).and_then(|at| said.bands.get_mut(at)) {
        band.applies = true;
    }
    said
}

/// The formula of a line on a line of text: of bands the one that applied, in words, or in short where
/// that cannot be told; any other in its notation.
#[must_use]
pub fn in_a_line(line: &LineView, language: Language) -> String {
    let said = of_formula_of(line, language, &str::to_owned);
    match said.bands.iter().find(|band| band.applies) {
        Some(band) => band.to_string(),
        None if said.bands.is_empty() => line.formula.clone(),
        None => said.in_short(language),
    }
}

/// Which band of a line applied, where that can be told of what is stored: the last is that of the
/// rest.
fn reached(line: &LineView) -> Option<usize> {
    let Ok(Formula::Entry(bands, _)) = line.formula.parse() else { return None };
    let mut inputs = line.inputs.iter();
    let Some(threshold) = inputs.find(|i| i.what() == ("threshold", "")) else {
        return Some(bands.len());
    };
    let value: Decimal = threshold.value.parse().ok()?;
    // In another currency, or of an entry price, it is not the figure of the formula.
    bands
        .iter()
        .position(|(from, _)| matches!(from, Formula::Flat { amount, .. } if *amount == value))
}

/// What the figure at which a band of a line begins is a figure of, in the words of a language.
#[must_use]
pub fn band_word(line: &LineView, language: Language) -> &'static str {
    fn first(formula: &Formula) -> Option<&[(Formula, Formula)]> {
        match formula {
            Formula::Entry(bands, _) => Some(bands),
            Formula::Sum(all) | Formula::Greatest(all) | Formula::Least(all) => {
                all.iter().find_map(first)
            }
            Formula::Less(a, b) => first(a).or_else(|| first(b)),
            Formula::Times(one, _) | Formula::UpTo(one, _) => first(one),
            Formula::Free
            | Formula::AdValorem { .. }
            | Formula::Specific { .. }
            | Formula::Flat { .. }
            | Formula::Note(_) => None,
        }
    }
    let voice = Voice { w: words(language), on: on(line), figure: &str::to_owned };
    let formula = line.formula.parse::<Formula>();
    voice.from(formula.as_ref().ok().and_then(first).unwrap_or_default())
}

/// The line in three languages; `currency` is that of the assessment.
#[must_use]
pub fn of_line(line: &LineView, currency: &str, pack: &Pack) -> Texts {
    Texts::each(|language| sentence(line, currency, pack, language, words(language)))
}

fn sentence(line: &LineView, currency: &str, pack: &Pack, language: Language, w: &Words) -> String {
    let said = of_formula_of(line, language, &str::to_owned);
    // Of many bands the one that applied is enough.
    let applied = said.bands.into_iter().find(|band| band.applies);
    let is_said = applied.is_some();
    let formula = match applied {
        _ if line.mark == TaxLine::DETERMINED => w.determined.to_owned(),
        Some(band) => band.to_string(),
        None => said.text,
    };
    let mut figures = Vec::new();
    for input in &line.inputs {
        let (value, unit) = (&input.value, &input.unit);
        let name = |tax: &str| pack.profile.taxes.iter().find(|t| t.code == tax);
        figures.push(match input.what() {
            ("base", "") => {
                let terms: Vec<String> = line
                    .base_terms
                    .iter()
                    .map(|(term, amount)| match term.as_str() {
                        "value" => format!("{} {amount}", w.value),
                        tax => {
                            let name = name(tax).map_or(tax, |t| t.name.get(language));
                            format!("{name} {amount}")
                        }
                    })
                    .collect();
                let made = if terms.len() > 1 {
                    format!(" ({} {})", w.made_of, terms.join(" + "))
                } else {
                    String::new()
                };
                format!("{} {value} {currency}{made}", w.base)
            }
            ("quantity", "") => format!("{} {value} {unit}", w.quantity),
            ("threshold", "") if is_said => continue,
            (_, "") => format!("{} {value} {currency}", band_word(line, language)),
            ("rate", foreign) => format!("1 {foreign} = {value} {currency}"),
            ("tax", tax) => {
                format!("{} {value} {currency}", name(tax).map_or(tax, |t| t.name.get(language)))
            }
            (_, own) => format!("“{own}” = {value}"),
        });
    }
    let mut parts = vec![match figures.is_empty() {
        true => format!("{}: {formula}", line.name.get(language)),
        false => format!("{}: {formula}; {}", line.name.get(language), figures.join(", ")),
    }];
    let figure = |text: &str| text.parse::<Decimal>().unwrap_or_default();
    let due = [&line.assessed, &line.deducted, &line.secured];
    // What a relief takes elsewhere is the amount itself; what a critical quota secures comes on top.
    let amount = match line.relief {
        Some(_) => due.iter().map(|t| figure(t)).max().unwrap_or_default(),
        None => figure(&line.assessed),
    };
    let exact = figure(&line.exact);
    parts.push(if exact == amount || amount.is_zero() {
        format!("{} {} {currency}", w.comes_to, exact.normalize())
    } else {
        format!("{} {} {currency}, {} {amount}", w.comes_to, exact.normalize(), w.rounded)
    });
    let why = line.relief.as_ref().map(|(_, basis)| format!(" ({basis})")).unwrap_or_default();
    for (word, text) in [(w.deducted, &line.deducted), (w.secured, &line.secured)] {
        if !figure(text).is_zero() {
            parts.push(format!("{word} {text} {currency}{why}"));
        }
    }
    if line.relief.is_some() && due.iter().all(|text| figure(text).is_zero()) && !exact.is_zero() {
        parts.push(format!("{}{why}", w.exempt));
    }
    if figure(&line.assessed) > figure(&line.payable) {
        parts.push(format!("{}{why}", w.suspended));
    }
    parts.push(format!("{} {} {currency}", w.payable, line.payable));
    let (id, place) = line.basis.split_once(',').unwrap_or((&line.basis, ""));
    let act = match pack.law.get(id.trim()) {
        Some(act) if place.is_empty() => act.title.get(language).to_owned(),
        Some(act) => format!("{}, {}", act.title.get(language), place.trim()),
        None => line.basis.clone(),
    };
    parts.push(format!("{} {act}", w.act));
    let mut text = parts.join(w.stop);
    text.push_str(w.stop.trim_end());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_construct_is_said_in_each_language() {
        let check = |formula: &str, wanted: [&str; 3]| {
            let formula: Formula = formula.parse().unwrap();
            let voice = |w| Voice { w, on: On::Value, figure: &str::to_owned };
            let got: Vec<String> = WORDS.iter().map(|w| voice(w).said(&formula)).collect();
            assert_eq!(got, wanted, "{formula}");
        };
        check("free", ["nothing to pay", "免税", "ничего не взимается"]);
        check("12.5%", ["12.5 % of the base", "12.5%（按计税基础）", "12.5 % от основы"]);
        check("6% of \"case\"", ["6 % of “case”", "6%，计自 “case”", "6 % от “case”"]);
        check(
            "8.4 EUR/100 KGM",
            ["8.4 EUR for each 100 KGM", "8.4 EUR 每 100 KGM", "8.4 EUR за каждые 100 KGM"],
        );
        check("flat(1067 RUB)", ["1067 RUB"; 3]);
        check(
            "max(10%, 0.5 EUR/KGM)",
            [
                "the greater of (10 % of the base; 0.5 EUR for each KGM)",
                "取较高者： (10%（按计税基础）; 0.5 EUR 每 KGM)",
                "большее из (10 % от основы; 0.5 EUR за каждые KGM)",
            ],
        );
        check(
            "5% + 1 EUR/KGM - 1%",
            [
                "5 % of the base plus 1 EUR for each KGM less 1 % of the base",
                "5%（按计税基础）加1 EUR 每 KGM减1%（按计税基础）",
                "5 % от основы плюс 1 EUR за каждые KGM минус 1 % от основы",
            ],
        );
        check(
            "entry(84 EUR/100 KGM: 5%, else: 9%)",
            [
                "from an entry price of 84 EUR for each 100 KGM: 5 % of the base; otherwise: 9 % of the base",
                "入境价格达到 84 EUR 每 100 KGM: 5%（按计税基础）; 否则: 9%（按计税基础）",
                "при входной цене от 84 EUR за каждые 100 KGM: 5 % от основы; иначе: 9 % от основы",
            ],
        );
        check(
            "entry(flat(200000.01 RUB): flat(2 RUB), else: flat(1 RUB))",
            [
                "from a customs value of 200000.01 RUB: 2 RUB; below a customs value of 200000.01 RUB: 1 RUB",
                "完税价格达到 200000.01 RUB: 2 RUB; 完税价格低于 200000.01 RUB: 1 RUB",
                "при таможенной стоимости от 200000.01 RUB: 2 RUB; при таможенной стоимости ниже 200000.01 RUB: 1 RUB",
            ],
        );
        check(
            "upto(15%, DTY)",
            [
                "as much as brings it together with DTY to 15 % of the base",
                "与DTY合计补足至 15%（按计税基础）",
                "столько, чтобы вместе с DTY вышло 15 % от основы",
            ],
        );
        check(
            "note(\"x\")",
            ["as a text of the law says", "按法律文本所定", "как сказано в тексте акта"],
        );
    }
}
