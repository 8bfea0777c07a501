//! Components of a duty to a formula, by the Commission's tables of duty expressions and units.

use fondaco::money::{Decimal, decimal};

use super::Record;

/// Money for so many of a unit, in the notation of formulas; a percentage where neither is stated.
pub(super) fn amount(
    figure: Decimal,
    currency: &str,
    unit: &str,
    qualifier: &str,
) -> Option<String> {
    let figure = figure.normalize();
    let qualified = |unit: &str| {
        if qualifier.is_empty() { unit.to_owned() } else { format!("{unit}#{qualifier}") }
    };
    // The Commission's codes of units that are so many of another.
    let (per, unit) = match unit {
        "DTN" => ("100 ", "KGM"),
        "HLT" => ("100 ", "LTR"),
        "TNE" => ("1000 ", "KGM"),
        "MIL" => ("1000 ", "NMB"),
        "CEN" => ("100 ", "NMB"),
        "NAR" => ("", "NMB"),
        other => ("", other),
    };
    match (currency, unit) {
        ("", "") => Some(format!("{figure}%")),
        ("EUC", unit) if !unit.is_empty() => {
            let euro = figure.checked_div(Decimal::ONE_HUNDRED)?.normalize();
            Some(format!("{euro} EUR/{per}{}", qualified(unit)))
        }
        (_, "") | ("", _) => None,
        (currency, unit) => Some(format!("{figure} {currency}/{per}{}", qualified(unit))),
    }
}

/// The duty that components come to, in the order of their expressions; `None` where one is not
/// read. Source: table of duty expressions.
pub(super) fn formula(components: &[&Record]) -> Option<String> {
    let expression = |c: &Record| format!("{:0>2}", c.field("duty.expression.id"));
    let mut sorted: Vec<&Record> = components.to_vec();
    sorted.sort_by_key(|c| expression(c));
    let (mut duty, mut least, mut most): (Vec<String>, Vec<String>, Vec<Vec<String>>) =
        (Vec::new(), Vec::new(), Vec::new());
    let mut nothing = false;
    for component in sorted {
        let expression = expression(component);
        let figure = decimal(component.field("duty.amount"));
        let stated = figure.and_then(|figure| {
            amount(
                figure,
                component.field("monetary.unit.code"),
                component.field("measurement.unit.code"),
                component.field("measurement.unit.qualifier.code"),
            )
        });
        let note = |what: &str| Some(format!("note(\"{what}\")"));
        let term = match expression.as_str() {
            "12" | "14" => note("agricultural component"),
            "21" | "25" => note("additional duty on sugar"),
            "27" | "29" => note("additional duty on flour"),
            "37" => {
                nothing = true;
                continue;
            }
            // A supplementary unit says no duty.
            "99" => continue,
            _ => stated,
        }?;
        match expression.as_str() {
            "01" => duty.push(term),
            "15" => least.push(term),
            "17" | "35" => most.push(vec![term]),
            // What is taken off stands behind what it is taken off from.
            "02" | "36" => duty.push(format!("-{term}")),
            "04" | "12" | "14" | "19" | "20" | "21" | "25" | "27" | "29" => {
                if let Some(limit) = most.last_mut() {
                    limit.push(term);
                } else if !least.is_empty() {
                    least.push(term);
                } else {
                    duty.push(term);
                }
            }
            _ => return None,
        }
    }
    if duty.is_empty() {
        return nothing.then(|| "free".to_owned());
    }
    let sum = |terms: &[String]| {
        let mut text = String::new();
        for (n, term) in terms.iter().enumerate() {
            match term.strip_prefix('-') {
                Some(term) => text.push_str(&format!(" - {term}")),
                None if n > 0 => text.push_str(&format!(" + {term}")),
                None => text.push_str(term),
            }
        }
        text
    };
    let mut whole = sum(&duty);
    if !least.is_empty() {
        whole = format!("max({whole}, {})", sum(&least));
    }
    for limit in &most {
        whole = format!("min({whole}, {})", sum(limit));
    }
    Some(whole)
}
