//! Conditions as users write them: a subset of CEL, parsed by a kept CEL parser and typed here.
//!
//! Taken: `&&`, `||`, `!`, `==`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `+ - * /` on figures,
//! `x.startsWith("…")`, `x.contains("…")`, `list.exists(x, …)`, `"…" in list`, and
//! `listed("list", field)`, which asks whether a code is in force on a list of the pack, and
//! `stated(figure)`.
//! See `docs/conditions.md`.

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue};
use fondaco::condition::{
    Comparison, Condition, ListField, Number, NumberField, Operation, Test, TextField,
};
use fondaco::money::decimal;
use fondaco::token::Token;

/// Reads a condition; an empty text is always true.
///
/// # Errors
/// What is wrong, in words.
pub fn parse(text: &str) -> Result<Condition, String> {
    if text.trim().is_empty() {
        return Ok(Condition::ALWAYS);
    }
    let tree = cel::parser::Parser::default().parse(text).map_err(|e| e.to_string())?;
    condition(&tree)
}

fn token(text: &str) -> Result<Token, String> {
    Token::new(text).map_err(|e| format!("“{text}”: {e}"))
}

/// `a.b` as one name.
fn name(expr: &IdedExpr) -> Option<String> {
    match &expr.expr {
        Expr::Ident(name) => Some(name.clone()),
        Expr::Select(select) if !select.test => {
            Some(format!("{}.{}", name(&select.operand)?, select.field))
        }
        _ => None,
    }
}

fn string(expr: &IdedExpr) -> Option<String> {
    match &expr.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner().to_owned()),
        _ => None,
    }
}

fn text_field(expr: &IdedExpr) -> Option<TextField> {
    TextField::named(&name(expr)?)
}

fn list_field(expr: &IdedExpr) -> Option<ListField> {
    ListField::named(&name(expr)?)
}

fn condition(expr: &IdedExpr) -> Result<Condition, String> {
    match &expr.expr {
        Expr::Literal(LiteralValue::Boolean(value)) => {
            Ok(if *value.inner() { Condition::ALWAYS } else { Condition::Any(Vec::new()) })
        }
        Expr::Call(call) => from_call(call),
        Expr::Comprehension(all) if matches!(all.iter_range.expr, Expr::List(_)) => {
            let parts = strings(&all.iter_range)?;
            let wanted = "over a list of texts exists() takes field.contains() of its variable";
            let step = match &all.loop_step.expr {
                Expr::Call(step) if step.func_name == "_||_" => step.args.get(1),
                _ => None,
            };
            let Some(Expr::Call(call)) = step.map(|s| &s.expr) else { return Err(wanted.into()) };
            let of_variable = matches!(call.args.as_slice(), [IdedExpr { expr: Expr::Ident(name), .. }] if *name == all.iter_var);
            let field = call.target.as_deref().and_then(text_field);
            match field {
                Some(field) if call.func_name == "contains" && of_variable => {
                    Ok(Condition::Text(field, Test::Contains(parts)))
                }
                _ => Err(wanted.into()),
            }
        }
        Expr::Comprehension(all) => {
            let list = list_field(&all.iter_range)
                .ok_or("exists() is for item.statements, item.documents and other lists")?;
            let Expr::Call(step) = &all.loop_step.expr else {
                return Err("only exists() is taken over a list".to_owned());
            };
            match (step.func_name.as_str(), step.args.as_slice()) {
                ("_||_", [_, predicate]) => {
                    Ok(Condition::List(list, test(predicate, &all.iter_var)?))
                }
                _ => Err("only exists() is taken over a list".to_owned()),
            }
        }
        _ => Err(match name(expr) {
            Some(name) => format!("“{name}” is not true or false"),
            None => "a condition is wanted".to_owned(),
        }),
    }
}

fn from_call(call: &CallExpr) -> Result<Condition, String> {
    let args = call.args.as_slice();
    match (call.func_name.as_str(), args) {
        ("_&&_", [a, b]) => {
            let mut all = flat(condition(a)?, true);
            all.extend(flat(condition(b)?, true));
            Ok(Condition::All(all))
        }
        ("_||_", [a, b]) => {
            let mut all = flat(condition(a)?, false);
            all.extend(flat(condition(b)?, false));
            Ok(Condition::Any(all))
        }
        ("!_", [a]) => Ok(Condition::Not(Box::new(condition(a)?))),
        ("startsWith" | "contains", [_]) => {
            let on = call.target.as_deref().ok_or("startsWith() and contains() are for a field")?;
            let field = text_field(on).ok_or_else(|| unknown(on))?;
            Ok(Condition::Text(field, affix(call)?))
        }
        ("listed", [list, field]) => {
            let list = string(list).ok_or("listed() takes the name of a list first")?;
            let field = text_field(field).ok_or_else(|| unknown(field))?;
            Ok(Condition::Listed(token(&list)?, field))
        }
        ("stated", [field]) => {
            let name = name(field).ok_or("stated() takes a figure")?;
            let field =
                NumberField::named(&name).ok_or_else(|| format!("there is no figure “{name}”"))?;
            Ok(Condition::Stated(field))
        }
        ("@in", [one, many]) => {
            if let Some(list) = list_field(many) {
                let one = string(one).ok_or("a text is wanted before “in”")?;
                return Ok(Condition::List(list, Test::OneOf(vec![token(&one)?])));
            }
            let field = text_field(one).ok_or_else(|| unknown(one))?;
            Ok(Condition::Text(field, Test::OneOf(tokens(many)?)))
        }
        ("_==_" | "_!=_", [a, b]) if is_text(a) || is_text(b) => {
            let not = call.func_name == "_!=_";
            let equal = match (text_field(a), text_field(b), string(a), string(b)) {
                (Some(a), Some(b), _, _) => Condition::Same(a, b),
                (Some(field), _, _, Some(text)) | (_, Some(field), Some(text), _) => {
                    Condition::Text(field, Test::OneOf(vec![token(&text)?]))
                }
                (None, _, None, _) => return Err(unknown(a)),
                _ => return Err(unknown(b)),
            };
            Ok(if not { Condition::Not(Box::new(equal)) } else { equal })
        }
        (operator, [a, b]) => {
            let comparison = match operator {
                "_==_" => Comparison::Equal,
                "_!=_" => Comparison::NotEqual,
                "_<_" => Comparison::Below,
                "_<=_" => Comparison::AtMost,
                "_>_" => Comparison::Above,
                "_>=_" => Comparison::AtLeast,
                other => return Err(format!("“{other}” is not taken here")),
            };
            Ok(Condition::Compare(number(a)?, comparison, number(b)?))
        }
        (other, _) => Err(format!("“{other}” is not taken here")),
    }
}

fn flat(condition: Condition, all: bool) -> Vec<Condition> {
    match condition {
        Condition::All(inner) if all && !inner.is_empty() => inner,
        Condition::Any(inner) if !all && !inner.is_empty() => inner,
        other => vec![other],
    }
}

fn is_text(expr: &IdedExpr) -> bool {
    text_field(expr).is_some() || string(expr).is_some()
}

fn unknown(expr: &IdedExpr) -> String {
    match name(expr) {
        Some(name) => format!("there is no text field “{name}”"),
        None => "a field is wanted".to_owned(),
    }
}

fn tokens(expr: &IdedExpr) -> Result<Vec<Token>, String> {
    strings(expr)?.iter().map(|t| token(t)).collect()
}

fn strings(expr: &IdedExpr) -> Result<Vec<String>, String> {
    let Expr::List(list) = &expr.expr else {
        return Err("a list is wanted after “in”".to_owned());
    };
    let texts = list.elements.iter().map(string);
    texts.map(|text| text.ok_or("the list holds texts only".to_owned())).collect()
}

fn affix(call: &CallExpr) -> Result<Test, String> {
    let text = call.args.first().and_then(string).ok_or("a text is wanted in the brackets")?;
    Ok(if call.func_name == "contains" {
        Test::Contains(vec![text])
    } else {
        Test::StartsWith(token(&text)?)
    })
}

/// What `exists` asks of each entry.
fn test(expr: &IdedExpr, variable: &str) -> Result<Test, String> {
    let is_variable = |e: &IdedExpr| matches!(&e.expr, Expr::Ident(name) if name == variable);
    let Expr::Call(call) = &expr.expr else { return Err("a test of one entry is wanted".into()) };
    match (call.func_name.as_str(), call.args.as_slice()) {
        ("startsWith" | "contains", [_]) if call.target.as_deref().is_some_and(is_variable) => {
            affix(call)
        }
        ("_==_", [a, b]) if is_variable(a) || is_variable(b) => {
            let text = string(a).or_else(|| string(b)).ok_or("a text is wanted")?;
            Ok(Test::OneOf(vec![token(&text)?]))
        }
        ("@in", [a, many]) if is_variable(a) => Ok(Test::OneOf(tokens(many)?)),
        _ => Err("exists() takes ==, in, startsWith() or contains() of its variable".to_owned()),
    }
}

fn number(expr: &IdedExpr) -> Result<Number, String> {
    match &expr.expr {
        Expr::Literal(LiteralValue::Int(value)) => Ok(Number::Constant((*value.inner()).into())),
        Expr::Literal(LiteralValue::Double(value)) => {
            // The shortest text that reads back as the same literal is what was written.
            let text = value.inner().to_string();
            decimal(&text).map(Number::Constant).ok_or(format!("“{text}” is not a plain figure"))
        }
        Expr::Call(call) => {
            let operation = match call.func_name.as_str() {
                "_+_" => Operation::Plus,
                "_-_" => Operation::Minus,
                "_*_" => Operation::Times,
                "_/_" => Operation::Over,
                other => return Err(format!("“{other}” gives no figure")),
            };
            let [a, b] = call.args.as_slice() else { return Err("two figures are wanted".into()) };
            Ok(Number::Operation(operation, Box::new(number(a)?), Box::new(number(b)?)))
        }
        _ => {
            let name = name(expr).ok_or("a figure is wanted")?;
            NumberField::named(&name)
                .map(Number::Field)
                .ok_or_else(|| format!("there is no figure “{name}”"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, wanted: &str) {
        let got = match parse(text) {
            Ok(condition) => condition.to_string(),
            Err(e) => format!("error: {e}"),
        };
        assert_eq!(got, wanted, "{text}");
    }

    #[test]
    fn the_subset_is_read_and_shown() {
        check("", "true");
        check("!stated(item.net_mass)", "!stated(item.net_mass)");
        check("item.code.startsWith(\"27\")", "item.code.startsWith(\"27\")");
        check(
            "\"NIREM\" in item.statements && !(item.regime == \"100\")",
            "(item.statements.exists(x, x == \"NIREM\") && !item.regime == \"100\")",
        );
        check(
            "item.statements.exists(s, s.startsWith(\"NI\"))",
            "item.statements.exists(x, x.startsWith(\"NI\"))",
        );
        check("item.origin in [\"CU\", \"KP\"]", "item.origin in [\"CU\", \"KP\"]");
        check("item.value / item.net_mass < 2.5", "(item.value / item.net_mass) < 2.5");
        check("item.origin == item.destination", "item.origin == item.destination");
        check(
            "!listed(\"goods-location\", declaration.location)",
            "!listed(\"goods-location\", declaration.location)",
        );
        check(
            "item.value > 1000 || item.net_mass >= 5 || declaration.mode == \"4\"",
            "(item.value > 1000 || item.net_mass >= 5 || declaration.mode == \"4\")",
        );
    }

    #[test]
    fn what_does_not_type_is_refused_in_words() {
        check("item.colour == \"red\"", "error: there is no text field “item.colour”");
        check("item.value > item.weight", "error: there is no figure “item.weight”");
        check("item.code", "error: “item.code” is not true or false");
        check("item.statements.all(x, x == \"A\")", "error: only exists() is taken over a list");
        assert!(parse("item.code ==").is_err());
    }
}
