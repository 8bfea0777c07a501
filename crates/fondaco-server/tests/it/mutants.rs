//! Accepted declarations broken in one place: each must come back, saying where and what.

use std::collections::BTreeMap;
use std::ops::Range;

use roxmltree::{Document, Node};

use crate::{corpus, errors, reports, submissions};

/// Mutants of a kind, at most.
const EACH: usize = 20;

/// What is done to an element.
#[derive(Clone, Copy)]
enum Do {
    /// Taken out, with its like beside it.
    Remove,
    /// Its text becomes this.
    Say(&'static str),
    /// Its attribute becomes this.
    Attribute(&'static str, &'static str),
    /// Put there twice.
    Twice,
    /// A number, one more.
    OneMore,
    /// A number, a thousand times as much.
    Thousandfold,
}

/// A kind of mutant: its class, the element by its path below the Declaration, what is done.
type Kind = (&'static str, &'static str, Do);

const ITEM: &str = "GoodsShipment/GovernmentAgencyGoodsItem";

#[rustfmt::skip]
const KINDS: &[Kind] = &[
    ("missing", "FunctionCode", Do::Remove),
    ("missing", "FunctionalReferenceID", Do::Remove),
    ("missing", "TypeCode", Do::Remove),
    ("missing", "Declarant", Do::Remove),
    ("missing", "Declarant/ID", Do::Remove),
    ("missing", "BorderTransportMeans", Do::Remove),
    ("missing", "BorderTransportMeans/ModeCode", Do::Remove),
    ("missing", "ExitOffice", Do::Remove),
    ("missing", "ExitOffice/ID", Do::Remove),
    ("missing", "Exporter", Do::Remove),
    ("missing", "GoodsShipment", Do::Remove),
    ("missing", "GoodsShipment/Consignment", Do::Remove),
    ("missing", "GoodsShipment/Consignment/GoodsLocation", Do::Remove),
    ("missing", "GoodsShipment/Importer", Do::Remove),
    ("missing", "GoodsShipment/Importer/ID", Do::Remove),
    ("missing", "GoodsShipment/GovernmentAgencyGoodsItem", Do::Remove),
    ("missing", "@/SequenceNumeric", Do::Remove),
    ("missing", "@/Commodity", Do::Remove),
    ("missing", "@/Commodity/Description", Do::Remove),
    ("missing", "@/Commodity/Classification", Do::Remove),
    ("missing", "@/Commodity/DutyTaxFee", Do::Remove),
    ("missing", "@/Commodity/GoodsMeasure", Do::Remove),
    ("missing", "@/Commodity/GoodsMeasure/GrossMassMeasure", Do::Remove),
    ("missing", "@/Commodity/GoodsMeasure/NetNetWeightMeasure", Do::Remove),
    ("missing", "@/Commodity/InvoiceLine", Do::Remove),
    ("missing", "@/CustomsValuation", Do::Remove),
    ("missing", "@/GovernmentProcedure", Do::Remove),
    ("missing", "@/Origin", Do::Remove),
    ("missing", "@/Packaging", Do::Remove),
    ("missing", "@/Packaging/TypeCode", Do::Remove),
    ("missing", "GoodsShipment/PreviousDocument", Do::Remove),
    ("missing", "@/PreviousDocument", Do::Remove),
    ("missing", "@/Destination", Do::Remove),

    ("wrong type", "AcceptanceDateTime/DateTimeString", Do::Say("yesterday")),
    ("wrong type", "FunctionCode", Do::Say("IX")),
    ("wrong type", "GoodsItemQuantity", Do::Say("one")),
    ("wrong type", "TotalPackageQuantity", Do::Say("12 boxes")),
    ("wrong type", "InvoiceAmount", Do::Say("1,000.00")),
    ("wrong type", "TotalGrossMassMeasure", Do::Say("1e3")),
    ("wrong type", "BorderTransportMeans/RegistrationNationalityCode", Do::Say("12")),
    ("wrong type", "GoodsShipment/Destination/CountryCode", Do::Say("12")),
    ("wrong type", "GoodsShipment/ExportCountry/ID", Do::Say("12")),
    ("wrong type", "@/SequenceNumeric", Do::Say("first")),
    ("wrong type", "@/StatisticalValueAmount", Do::Say("abc")),
    ("wrong type", "@/Commodity/GoodsMeasure/GrossMassMeasure", Do::Say("heavy")),
    ("wrong type", "@/Commodity/GoodsMeasure/NetNetWeightMeasure", Do::Say("1 000")),
    ("wrong type", "@/Commodity/GoodsMeasure/TariffQuantity", Do::Say("NaN")),
    ("wrong type", "@/Commodity/InvoiceLine/ItemChargeAmount", Do::Say("£100")),
    ("wrong type", "@/Commodity/Classification{TSP}/ID", Do::Say("44O71110")),
    ("wrong type", "@/Packaging/QuantityQuantity", Do::Say("ten")),
    ("wrong type", "@/Origin/CountryCode", Do::Say("12")),
    ("wrong type", "@/Commodity/InvoiceLine/ItemChargeAmount", Do::Attribute("currencyID", "123")),
    ("wrong type", "@/Commodity/GoodsMeasure/GrossMassMeasure", Do::Say("-5")),

    ("unknown code", "BorderTransportMeans/RegistrationNationalityCode", Do::Say("QQ")),
    ("unknown code", "BorderTransportMeans/ModeCode", Do::Say("X")),
    ("unknown code", "TypeCode", Do::Say("QQA")),
    ("unknown code", "FunctionCode", Do::Say("77")),
    ("unknown code", "ExitOffice/ID", Do::Say("QQ999999")),
    ("unknown code", "SupervisingOffice/ID", Do::Say("QQ999999")),
    ("unknown code", "PresentationOffice/ID", Do::Say("QQ999999")),
    ("unknown code", "InvoiceAmount", Do::Attribute("currencyID", "ZZZ")),
    ("unknown code", "Agent/FunctionCode", Do::Say("Q")),
    ("unknown code", "AuthorisationHolder/CategoryCode", Do::Say("QQQQ")),
    ("unknown code", "Exporter/Address/CountryCode", Do::Say("QQ")),
    ("unknown code", "Declarant/Address/CountryCode", Do::Say("QQ")),
    ("unknown code", "Agent/Address/CountryCode", Do::Say("QQ")),
    ("unknown code", "Consignment/Carrier/Address/CountryCode", Do::Say("QQ")),
    ("unknown code", "Consignment/Itinerary/RoutingCountryCode", Do::Say("QQ")),
    ("unknown code", "GoodsShipment/Consignee/Address/CountryCode", Do::Say("QQ")),
    ("unknown code", "GoodsShipment/Buyer/Address/CountryCode", Do::Say("QQ")),
    ("unknown code", "GoodsShipment/Seller/Address/CountryCode", Do::Say("QQ")),
    ("unknown code", "GoodsShipment/Importer/Address/CountryCode", Do::Say("QQ")),
    ("unknown code", "GoodsShipment/Destination/CountryCode", Do::Say("QQ")),
    ("unknown code", "GoodsShipment/ExportCountry/ID", Do::Say("QQ")),
    ("unknown code", "GoodsShipment/TradeTerms/ConditionCode", Do::Say("ZZZ")),
    ("unknown code", "GoodsShipment/Consignment/ArrivalTransportMeans/ModeCode", Do::Say("X")),
    ("unknown code", "GoodsShipment/Consignment/DepartureTransportMeans/ModeCode", Do::Say("X")),
    ("unknown code", "GoodsShipment/Consignment/GoodsLocation/Address/CountryCode", Do::Say("QQ")),
    ("unknown code", "GoodsShipment/Consignment/GoodsLocation/Name", Do::Say("QQQQQQQQQ")),
    ("unknown code", "GoodsShipment/PreviousDocument/CategoryCode", Do::Say("!")),
    ("unknown code", "GoodsShipment/PreviousDocument/TypeCode", Do::Say("!!!")),
    ("unknown code", "@/Destination/CountryCode", Do::Say("QQ")),
    ("unknown code", "@/ExportCountry/ID", Do::Say("QQ")),
    ("unknown code", "@/Origin/CountryCode", Do::Say("QQ")),
    ("unknown code", "@/Packaging/TypeCode", Do::Say("!!")),
    ("unknown code", "@/PreviousDocument/CategoryCode", Do::Say("!")),
    ("unknown code", "@/PreviousDocument/TypeCode", Do::Say("!!!")),
    ("unknown code", "@/AdditionalDocument/CategoryCode", Do::Say("!")),
    ("unknown code", "@/AdditionalDocument/TypeCode", Do::Say("!!!")),
    ("unknown code", "@/AdditionalDocument/LPCOExemptionCode", Do::Say("!!")),
    ("unknown code", "@/AdditionalInformation/StatementCode", Do::Say("!!!!!")),
    ("unknown code", "@/GovernmentProcedure/CurrentCode", Do::Say("!!")),
    ("unknown code", "@/GovernmentProcedure/PreviousCode", Do::Say("!!")),
    ("unknown code", "@/GovernmentProcedure[2]/CurrentCode", Do::Say("!!!")),
    ("unknown code", "@/CustomsValuation/MethodCode", Do::Say("9")),
    ("unknown code", "@/CustomsValuation/ChargeDeduction/ChargesTypeCode", Do::Say("QQ")),
    ("unknown code", "@/Commodity/DutyTaxFee/DutyRegimeCode", Do::Say("999")),
    ("unknown code", "@/Commodity/DutyTaxFee/TypeCode", Do::Say("!!!")),
    ("unknown code", "@/Commodity/DutyTaxFee/Payment/MethodCode", Do::Say("!")),
    ("unknown code", "@/Commodity/InvoiceLine/ItemChargeAmount", Do::Attribute("currencyID", "ZZZ")),
    ("unknown code", "@/Commodity/GoodsMeasure/GrossMassMeasure", Do::Attribute("unitCode", "!!!")),
    ("unknown code", "@/StatisticalValueAmount", Do::Attribute("currencyID", "ZZZ")),
    ("unknown code", "@/Commodity/Classification{TSP}/ID", Do::Say("1")),

    ("broken sum", "GoodsItemQuantity", Do::OneMore),
    ("broken sum", "InvoiceAmount", Do::OneMore),
    ("broken sum", "@/Commodity/GoodsMeasure/NetNetWeightMeasure", Do::Thousandfold),
    ("broken sum", "@/SequenceNumeric", Do::OneMore),

    ("date", "AcceptanceDateTime/DateTimeString", Do::Say("20260230")),
    ("date", "AcceptanceDateTime/DateTimeString", Do::Say("20261301")),
    ("date", "AcceptanceDateTime/DateTimeString", Do::Say("2026-02-01")),
    ("date", "AcceptanceDateTime/DateTimeString", Do::Say("01.02.2026")),
    ("date", "AcceptanceDateTime/DateTimeString", Do::Say("20260201256060Z")),
    ("date", "AcceptanceDateTime/DateTimeString", Do::Attribute("formatCode", "203")),
    ("date", "@/AdditionalDocument/EffectiveDateTime/DateTimeString", Do::Say("20260230")),

    ("duplicate", "FunctionCode", Do::Twice),
    ("duplicate", "TypeCode", Do::Twice),
    ("duplicate", "InvoiceAmount", Do::Twice),
    ("duplicate", "Declarant", Do::Twice),
    ("duplicate", "Declarant/ID", Do::Twice),
    ("duplicate", "GoodsShipment", Do::Twice),
    ("duplicate", "AuthorisationHolder", Do::Twice),
    ("duplicate", "GoodsShipment/Importer", Do::Twice),
    ("duplicate", "GoodsShipment/PreviousDocument", Do::Twice),
    ("duplicate", "GoodsShipment/GovernmentAgencyGoodsItem", Do::Twice),
    ("duplicate", "@/Commodity", Do::Twice),
    ("duplicate", "@/AdditionalDocument", Do::Twice),
    ("duplicate", "@/PreviousDocument", Do::Twice),
    ("duplicate", "@/Packaging", Do::Twice),
    ("duplicate", "@/GovernmentProcedure", Do::Twice),
    ("duplicate", "@/Commodity/Description", Do::Twice),
    ("duplicate", "@/Commodity/Classification", Do::Twice),
    ("duplicate", "@/Origin", Do::Twice),
];

/// Kinds whose finding stands at a neighbour, and why.
const ELSEWHERE: &[(&str, &str)] =
    &[("GoodsShipment/PreviousDocument removed", "it may stand at the item, and is asked there")];

/// A broken declaration.
struct Mutant {
    class: &'static str,
    what: String,
    from: String,
    /// Where it was broken, as a path from the Declaration.
    at: String,
    text: String,
}

fn name<'a>(node: &Node<'a, '_>) -> &'a str {
    node.tag_name().name()
}

/// `/Declaration[1]/GoodsShipment[1]/…`, as findings write it.
fn path_of(node: &Node<'_, '_>) -> String {
    let mut steps = Vec::new();
    for n in node.ancestors().filter(Node::is_element) {
        if name(&n) == "Declaration" {
            steps.push("/Declaration[1]".to_owned());
            break;
        }
        let like = n.prev_siblings().filter(|s| s.is_element() && name(s) == name(&n)).count();
        // A date and its own child are one element of the model.
        if name(&n) != "DateTimeString" {
            steps.push(format!("/{}[{like}]", name(&n)));
        }
    }
    steps.reverse();
    steps.concat()
}

/// The first element with this path below the Declaration.
fn find<'a, 'd>(declaration: Node<'a, 'd>, path: &str) -> Option<Node<'a, 'd>> {
    let path = path.replace('@', ITEM);
    fn walk<'a, 'd>(node: Node<'a, 'd>, steps: &[&str]) -> Option<Node<'a, 'd>> {
        let Some((step, rest)) = steps.split_first() else { return Some(node) };
        // `Name[2]` is the second of them, `Name{TSP}` the one of that scheme.
        let (step, scheme) = step.split_once('{').map_or((*step, None), |(s, t)| (s, Some(t)));
        let (step, skip) = step.split_once('[').map_or((step, 0), |(s, _)| (s, 1));
        let of_scheme = |c: &Node<'_, '_>| {
            scheme.is_none_or(|scheme| {
                text_at(*c, "IdentificationTypeCode") == scheme.trim_end_matches('}')
            })
        };
        let like = node.children().filter(|c| c.is_element() && name(c) == step && of_scheme(c));
        like.skip(skip).find_map(|child| walk(child, rest))
    }
    walk(declaration, &path.split('/').collect::<Vec<_>>())
}

fn text_at<'a>(node: Node<'a, '_>, path: &str) -> &'a str {
    find(node, path).and_then(|n| n.text()).unwrap_or_default().trim()
}

fn each<'a, 'd>(node: Node<'a, 'd>, step: &str) -> Vec<Node<'a, 'd>> {
    node.children().filter(|c| c.is_element() && name(c) == step).collect()
}

/// Whether the element is asked for in such a declaration, or the rule can be told to be broken.
fn applies(declaration: Node<'_, '_>, (_, path, what): &Kind) -> bool {
    let said = |path: &str| text_at(declaration, path);
    let kind = said("TypeCode");
    let (way, additional) = (kind.get(..2).unwrap_or_default(), kind.get(2..).unwrap_or_default());
    let full = "ABCDEFYZ".contains(additional);
    let complete = "ADYZ".contains(additional) && way != "CO";
    let Some(shipment) = find(declaration, "GoodsShipment") else { return false };
    let items = each(shipment, "GovernmentAgencyGoodsItem");
    let Some(item) = items.first() else { return false };
    let procedures: Vec<_> =
        each(*item, "GovernmentProcedure").into_iter().map(|p| text_at(p, "CurrentCode")).collect();
    let free = procedures.first().is_some_and(|p| ["40", "44"].contains(p));
    // Bulk imports of low value are declared by a data set of their own.
    let small = procedures.iter().any(|p| ["1H7", "1EN", "1EL", "1ES"].contains(p));
    match (what, *path) {
        (Do::Remove, "ExitOffice" | "ExitOffice/ID" | "Exporter") => way == "EX",
        (Do::Remove, "GoodsShipment/Importer") => way == "IM" && additional != "Q",
        // A party may be known by its name.
        (Do::Remove, "GoodsShipment/Importer/ID") => {
            way == "IM" && additional != "Q" && said("GoodsShipment/Importer/Name").is_empty()
        }
        (Do::Remove, "Declarant/ID") => said("Declarant/Name").is_empty(),
        (Do::Remove, "@/Commodity" | "@/Commodity/Description" | "@/Commodity/Classification") => {
            full
        }
        (Do::Remove, "@/Commodity/GoodsMeasure" | "@/Commodity/GoodsMeasure/GrossMassMeasure") => {
            complete
        }
        (Do::Remove, "@/Packaging" | "@/Packaging/TypeCode") => complete && !small,
        // The administration takes exports, occasional and transit data sets without them.
        (Do::Remove, "@/Commodity/GoodsMeasure/NetNetWeightMeasure" | "@/CustomsValuation") => {
            way == "IM" && "AYZ".contains(additional) && free && !small
        }
        (Do::Remove, "@/Destination") => way == "IM" && complete && !procedures.contains(&"1H7"),
        (Do::Remove, "@/Origin") => way == "IM" && full && free && !procedures.contains(&"1H7"),
        (Do::Remove, "@/Commodity/DutyTaxFee") => {
            way == "IM" && "ABEFYZ".contains(additional) && free && !small
        }
        (Do::Remove, "@/Commodity/InvoiceLine") => {
            let by_price = ["1", "2", "3"].contains(&text_at(*item, "CustomsValuation/MethodCode"));
            way == "IM" && complete && free && by_price && !procedures.contains(&"1SV")
        }
        (Do::Remove, "@/PreviousDocument") => each(shipment, "PreviousDocument").is_empty(),
        (Do::Remove, "GoodsShipment/PreviousDocument") => {
            items.iter().any(|i| each(*i, "PreviousDocument").is_empty())
        }
        (Do::Say(_), "GoodsShipment/Consignment/GoodsLocation/Name") => {
            let at = |step: &str| {
                said(&format!("GoodsShipment/Consignment/GoodsLocation/Address/{step}"))
            };
            (at("TypeCode"), at("CountryCode")) == ("U", "GB")
        }
        (Do::OneMore, "InvoiceAmount") => {
            let amount = |n: Option<Node<'_, '_>>| {
                n.map(|n| n.attribute("currencyID").unwrap_or("GBP").to_owned())
            };
            let total = amount(find(declaration, "InvoiceAmount"));
            items
                .iter()
                .all(|i| amount(find(*i, "Commodity/InvoiceLine/ItemChargeAmount")) == total)
        }
        (Do::Thousandfold, _) => find(*item, "Commodity/GoodsMeasure/GrossMassMeasure").is_some(),
        _ => true,
    }
}

/// Whether a finding at `path` points at what was broken: the element or its copy, the class next
/// to it, or what is missing within it.
fn points(path: &str, at: &str) -> bool {
    let steps = |p: &str| p.split('/').skip(1).map(str::to_owned).collect::<Vec<_>>();
    let (mut a, mut b) = (steps(path), steps(at));
    let shared = a.len().min(b.len());
    for steps in [&mut a, &mut b] {
        // The last they share may be the copy, or not there to be counted.
        if let Some(step) = steps.get_mut(shared.saturating_sub(1)) {
            *step = step.split('[').next().unwrap_or_default().to_owned();
        }
    }
    shared > 1 && a[..shared] == b[..shared] && a.len().abs_diff(b.len()) <= 2
}

/// Where the text between the tags stands.
fn inner(text: &str, node: &Node<'_, '_>) -> Option<Range<usize>> {
    let whole = node.range();
    let start = whole.start + text[whole.clone()].find('>')? + 1;
    let end = whole.start + text[whole].rfind("</")?;
    (start <= end).then_some(start..end)
}

/// Breaks a declaration; where, and what comes of it.
fn break_one(text: &str, declaration: Node<'_, '_>, kind: &Kind) -> Option<(String, String)> {
    let (_, path, what) = kind;
    let node = find(declaration, path)?;
    if !applies(declaration, kind) {
        return None;
    }
    let at = path_of(&node);
    let put =
        |range: Range<usize>, with: &str| [&text[..range.start], with, &text[range.end..]].concat();
    let figure = || node.text().unwrap_or_default().trim().parse::<f64>().ok();
    let broken = match what {
        Do::Remove => {
            let mut out = text.to_owned();
            let like = |n: &Node<'_, '_>| n.is_element() && name(n) == name(&node);
            let parent = node.parent()?;
            for one in parent.children().filter(like).collect::<Vec<_>>().into_iter().rev() {
                out.replace_range(one.range(), "");
            }
            out
        }
        Do::Say(value) => put(inner(text, &node)?, value),
        Do::Attribute(key, value) => {
            let tag = node.range().start..inner(text, &node)?.start;
            let was = node.attribute(*key)?;
            let quoted = format!("{key}=\"{was}\"");
            let at = tag.start + text[tag].find(&quoted)?;
            put(at..at + quoted.len(), &format!("{key}=\"{value}\""))
        }
        Do::Twice => put(node.range(), &text[node.range()].repeat(2)),
        Do::OneMore => put(inner(text, &node)?, &format!("{}", figure()? + 1.0)),
        Do::Thousandfold => put(inner(text, &node)?, &format!("{}", (figure()? + 1.0) * 1000.0)),
    };
    Some((at, broken))
}

fn shown((_, path, what): &Kind) -> String {
    match what {
        Do::Remove => format!("{path} removed"),
        Do::Say(value) => format!("{path} = {value}"),
        Do::Attribute(key, value) => format!("{path} @{key} = {value}"),
        Do::Twice => format!("{path} twice"),
        Do::OneMore => format!("{path} + 1"),
        Do::Thousandfold => format!("{path} x 1000"),
    }
}

#[test]
fn a_broken_declaration_comes_back_with_what_is_broken() {
    let mut sources: Vec<_> = submissions().unwrap_or_default();
    sources.retain(|(_, row)| row["function"] == "9");
    let mut sources: Vec<_> = sources.into_iter().map(|(path, _)| path).collect();
    sources.extend(
        corpus("gb")
            .into_iter()
            .filter(|(_, row)| row["expect"] == "accepted")
            .map(|(path, _)| path),
    );
    if sources.is_empty() {
        return println!("skipped: neither ../shared/data/cds-dms nor data/corpus is here");
    }
    let mut args: Vec<_> = ["check", "--pack", "gb"].map(Into::into).to_vec();
    args.extend(sources.iter().map(|p| p.clone().into_os_string()));
    let whole = reports(&args);
    sources.retain(|p| whole[p]["outcome"] == "accepted" && whole[p]["message"] == "original");
    let texts: Vec<_> = sources.iter().map(|p| std::fs::read_to_string(p).unwrap()).collect();
    let documents: Vec<_> = texts
        .iter()
        .map(|text| Document::parse(text.trim_start_matches('\u{feff}')).unwrap())
        .collect();
    let mut mutants = Vec::new();
    for (k, kind) in KINDS.iter().enumerate() {
        let turned = (0..sources.len()).map(|n| (n + k * 37) % sources.len());
        let of_kind = turned.filter_map(|n| {
            let all = documents[n].descendants();
            let declaration = all.into_iter().find(|e| name(e) == "Declaration")?;
            let (at, text) = break_one(documents[n].input_text(), declaration, kind)?;
            let from = sources[n].file_name()?.to_string_lossy().into_owned();
            Some(Mutant { class: kind.0, what: shown(kind), from, at, text })
        });
        mutants.extend(of_kind.take(EACH));
    }
    let dir = tempfile::tempdir().unwrap();
    let file = |n: usize| dir.path().join(format!("{n:05}.xml"));
    for (n, mutant) in mutants.iter().enumerate() {
        std::fs::write(file(n), &mutant.text).unwrap();
    }
    let args = ["check".as_ref(), dir.path().as_os_str(), "--pack".as_ref(), "gb".as_ref()];
    let reports = reports(&args);

    let (mut wrong, mut accepted) = (Vec::new(), BTreeMap::<&str, usize>::new());
    let mut numbers = BTreeMap::<&str, (usize, usize)>::new();
    for (n, mutant) in mutants.iter().enumerate() {
        let report = &reports[&file(n)];
        let count = numbers.entry(mutant.class).or_default();
        count.0 += 1;
        let Mutant { what, from, at, .. } = mutant;
        if report["outcome"] == "accepted" {
            *accepted.entry(what).or_default() += 1;
            continue;
        }
        count.1 += 1;
        let findings = errors(report);
        let known = |list: &[(&str, &str)]| list.iter().any(|(one, _)| one == what);
        if !findings.iter().any(|(_, path)| points(path, at)) && !known(ELSEWHERE) {
            wrong.push(format!("{what} in {from}: at {at}, said {:?}", findings.first()));
        }
        for finding in report["findings"].as_array().unwrap() {
            let empty =
                |part: &str, tongue: &str| finding[part][tongue].as_str().is_none_or(str::is_empty);
            if ["text", "remedy"].iter().any(|p| ["en", "zh", "ru"].iter().any(|t| empty(p, t))) {
                wrong.push(format!(
                    "{what} in {from}: {} is not said in three languages",
                    finding["code"]
                ));
            }
        }
    }
    println!("{} sources, {} mutants", sources.len(), mutants.len());
    for (class, (made, returned)) in &numbers {
        println!("{class}: {made}, returned {returned}");
    }
    for (what, count) in &accepted {
        println!("accepted: {what} ({count})");
    }
    assert!(mutants.len() >= 300, "only {} mutants", mutants.len());
    let shown = wrong.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} wrong:\n{shown}", wrong.len());
    assert!(accepted.is_empty(), "accepted, though broken: {accepted:#?}");
}
