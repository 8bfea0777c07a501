//! A tax line as a sentence a person can follow: what is charged, on which figures, how it was
//! rounded and relieved, and by which act, in three languages.

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
    from: &'static str,
    otherwise: &'static str,
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
        from: "from an entry price of",
        otherwise: "otherwise",
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
        from: "入境价格达到",
        otherwise: "否则",
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
        from: "при входной цене от",
        otherwise: "иначе",
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
        stop: ". ",
    },
];

fn said(formula: &Formula, w: &Words) -> String {
    let list = |all: &[Formula], name: &str| {
        let each: Vec<String> = all.iter().map(|one| said(one, w)).collect();
        format!("{name} ({})", each.join("; "))
    };
    match formula {
        Formula::Free => w.nothing.to_owned(),
        Formula::AdValorem { percent, part: None } => {
            format!("{}{}", percent.normalize(), w.of_base)
        }
        Formula::AdValorem { percent, part: Some(part) } => {
            format!("{}{} “{part}”", percent.normalize(), w.of)
        }
        Formula::Specific { amount, currency, per, unit, part } => {
            let per =
                if *per == Decimal::ONE { String::new() } else { format!("{} ", per.normalize()) };
            let part = part.as_ref().map(|p| format!(" “{p}”")).unwrap_or_default();
            format!("{} {currency} {} {per}{unit}{part}", amount.normalize(), w.each)
        }
        Formula::Flat { amount, currency } => format!("{} {currency}", amount.normalize()),
        Formula::Sum(all) => {
            let each: Vec<String> = all.iter().map(|one| said(one, w)).collect();
            each.join(w.plus)
        }
        // What is taken off as a sum is taken off whole.
        Formula::Less(a, b) => match b.as_ref() {
            Formula::Sum(_) | Formula::Less(..) => {
                format!("{}{}({})", said(a, w), w.less, said(b, w))
            }
            _ => format!("{}{}{}", said(a, w), w.less, said(b, w)),
        },
        Formula::Greatest(all) => list(all, w.greatest),
        Formula::Least(all) => list(all, w.least),
        Formula::Times(one, fact) => format!("{} {} “{fact}”", said(one, w), w.for_each),
        Formula::Entry(bands, otherwise) => {
            let mut each: Vec<String> = bands
                .iter()
                .map(|(from, one)| format!("{} {}: {}", w.from, said(from, w), said(one, w)))
                .collect();
            each.push(format!("{}: {}", w.otherwise, said(otherwise, w)));
            each.join("; ")
        }
        Formula::UpTo(one, tax) => {
            format!("{} {}", w.up_to.replace("{tax}", tax), said(one, w))
        }
        Formula::Note(_) => w.text.to_owned(),
    }
}

/// The line in three languages; `currency` is that of the assessment.
#[must_use]
pub fn of_line(line: &LineView, currency: &str, pack: &Pack) -> Texts {
    Texts::each(|language| {
        let [en, zh, ru] = &WORDS;
        let w = match language {
            Language::En => en,
            Language::Zh => zh,
            Language::Ru => ru,
        };
        sentence(line, currency, pack, language, w)
    })
}

fn sentence(line: &LineView, currency: &str, pack: &Pack, language: Language, w: &Words) -> String {
    let formula = line.formula.parse::<Formula>();
    let formula = formula.map_or_else(|_| line.formula.clone(), |f| said(&f, w));
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
            (_, "") => format!("{} {value} {currency}", w.from),
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
            let got: Vec<String> = WORDS.iter().map(|w| said(&formula, w)).collect();
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
