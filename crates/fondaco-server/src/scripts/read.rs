//! What a folder of a scenario holds, and what the administration's own list of scenarios says was told.
//!
//! A folder may not be whole: a notification is missing where the numbers its files begin with have a
//! gap and the list names more of a kind than there are files; an amendment is missing where it was
//! answered and is in no file. What is missing is made up of what the administration says elsewhere, and
//! said: [`Script::lacks`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use fondaco::day::Day;
use roxmltree::{Document, Node};

use crate::assess::expand;

/// The first element of this name within a node, whatever its prefix.
pub(super) fn within<'d>(node: Node<'d, 'd>, name: &str) -> Option<Node<'d, 'd>> {
    node.descendants().find(|n| n.tag_name().name() == name)
}

fn all<'d>(node: Node<'d, 'd>, name: &'static str) -> impl Iterator<Item = Node<'d, 'd>> {
    node.descendants().filter(move |n| n.tag_name().name() == name)
}

fn text_of<'d>(node: Node<'d, 'd>, name: &str) -> &'d str {
    within(node, name).and_then(|n| n.text()).unwrap_or_default().trim()
}

/// A notification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// Second of issue; `None` of one that is in no file.
    pub(super) at: Option<i64>,
    /// The day of issue.
    pub(super) day: Option<Day>,
    /// Its function code.
    pub(super) function: String,
    /// Its name code.
    pub(super) name: String,
    /// The items it lists.
    pub(super) items: BTreeSet<u32>,
    /// Every tax with its amounts, in order.
    pub(super) figures: Vec<String>,
}

/// What a scenario holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Script {
    /// The declaration.
    pub(super) declaration: Option<String>,
    /// Amendments, in order.
    pub(super) amendments: Vec<String>,
    /// Cancellations.
    pub(super) cancellations: Vec<String>,
    /// Notifications, as issued; those that are in no file last.
    pub(super) told: Vec<Told>,
    /// What is not in the folder, and was made up.
    pub(super) lacks: Vec<String>,
}

/// Seconds of `YYYYMMDDhhmmss…`, good enough to tell which are near.
fn seconds(stamp: &str) -> i64 {
    let n = |from: usize, to: usize| stamp.get(from..to).and_then(|t| t.parse::<i64>().ok());
    let day = n(0, 4).unwrap_or(0) * 372 + n(4, 6).unwrap_or(0) * 31 + n(6, 8).unwrap_or(0);
    day * 86_400
        + n(8, 10).unwrap_or(0) * 3600
        + n(10, 12).unwrap_or(0) * 60
        + n(12, 14).unwrap_or(0)
}

fn day(stamp: &str) -> Option<Day> {
    let part = |from: usize, to: usize| stamp.get(from..to);
    format!("{}-{}-{}", part(0, 4)?, part(4, 6)?, part(6, 8)?).parse().ok()
}

/// The day of acceptance a declaration states.
pub(super) fn stated_acceptance(declaration: &str) -> Option<Day> {
    let document = Document::parse(declaration.trim_start_matches('\u{feff}')).ok()?;
    within(document.root(), "AcceptanceDateTime").and_then(|at| day(text_of(at, "DateTimeString")))
}

/// The notification a response is.
fn notification(response: Node<'_, '_>) -> Told {
    let issued = within(response, "IssueDateTime");
    let stamp = issued.map_or("", |n| text_of(n, "DateTimeString"));
    let tax = |tax: Node<'_, '_>| {
        let amount = |name| text_of(tax, name);
        format!("{} {}", amount("TypeCode"), amount("TaxAssessedAmount"))
    };
    let item = |item: Node<'_, '_>| text_of(item, "SequenceNumeric").parse().ok();
    Told {
        at: Some(seconds(stamp)),
        day: day(stamp),
        function: text_of(response, "FunctionCode").to_owned(),
        name: within(response, "Status").map_or("", |n| text_of(n, "NameCode")).to_owned(),
        items: all(response, "GovernmentAgencyGoodsItem").filter_map(item).collect(),
        figures: all(response, "DutyTaxFee").map(tax).collect(),
    }
}

/// The number a file's name begins with.
fn number(file: &Path) -> Option<u32> {
    let name = file.file_name()?.to_str()?;
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    name.get(..digits)?.parse().ok()
}

/// The function codes a list of the administration names, in its order, such as `DMSTAX(1)`.
pub(super) fn functions(listed: &str) -> Vec<&'static str> {
    const NAMES: [(&str, &str); 19] = [
        ("ACC", "01"),
        ("RCV", "02"),
        ("REJ", "03"),
        ("CTL", "05"),
        ("DOC", "06"),
        ("RES", "07"),
        ("ROG", "08"),
        ("CLE", "09"),
        ("INV", "10"),
        ("REQ", "11"),
        ("TAX", "13"),
        ("CPI", "14"),
        ("CPR", "15"),
        ("EOG", "16"),
        ("EXT", "17"),
        ("GER", "18"),
        ("ALV", "50"),
        ("QRY", "51"),
        ("DET", "52"),
    ];
    // What a port's system is told is told in other messages.
    let traders = listed.split("CSP").next().unwrap_or_default().replace("DSM", "DMS");
    let named = |part: &str| NAMES.iter().find(|(name, _)| part.starts_with(name)).map(|(_, f)| *f);
    traders.split("DMS").skip(1).filter_map(named).collect()
}

/// The notifications the administration's list names, by scenario.
pub(super) fn listed(root: &Path) -> BTreeMap<String, Vec<&'static str>> {
    let Ok(mut rows) = csv::Reader::from_path(root.join("SCENARIOS.csv")) else {
        return BTreeMap::new();
    };
    let header = rows.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|h| h.trim_start_matches('\u{feff}') == name);
    let (scenario, told) =
        (at("Annotated Sample Reference").unwrap(), at("Notification Messages").unwrap());
    let rows = rows.records().map(Result::unwrap);
    rows.map(|row| (row[scenario].to_owned(), functions(&row[told]))).collect()
}

/// What is in a folder; `listed` is what the administration's list says was told.
pub(super) fn script(dir: &Path, listed: &[&'static str]) -> Script {
    let mut script = Script::default();
    let mut seen = BTreeSet::new();
    let mut told: BTreeMap<String, Vec<Told>> = BTreeMap::new();
    let mut numbers = BTreeSet::new();
    let files = expand(&[dir.to_owned()]).unwrap();
    let texts = files.iter().map(|f| (number(f), std::fs::read_to_string(f).unwrap()));
    let texts: Vec<_> = texts.collect();
    for (number, text) in &texts {
        // One is not well formed as published.
        let Ok(document) = Document::parse(text.trim_start_matches('\u{feff}')) else { continue };
        let root = document.root();
        if let Some(response) = within(root, "Response") {
            numbers.extend(*number);
            let one = notification(response);
            // A copy of a notification under another name is the same one; some folders hold one or two
            // of another declaration.
            let own = text_of(response, "FunctionalReferenceID").to_owned();
            let about = within(response, "Declaration").map_or("", |n| text_of(n, "ID"));
            // A report of what is on file is no notification.
            if one.function.len() == 2 && seen.insert((one.function.clone(), own, one.at)) {
                told.entry(about.to_owned()).or_default().push(one);
            }
        } else if within(root, "MetaData").is_some()
            && let Some(declaration) = within(root, "Declaration")
        {
            let xml = || document.input_text().to_owned();
            match (text_of(declaration, "FunctionCode"), text_of(declaration, "TypeCode")) {
                ("9", _) => {
                    script.declaration.get_or_insert_with(xml);
                }
                ("13", "COR") => script.amendments.push(xml()),
                ("13", "INV") => script.cancellations.push(xml()),
                _ => {}
            }
        }
    }
    script.told = told.into_values().max_by_key(Vec::len).unwrap_or_default();
    script.told.sort_by_key(|one| one.at);
    let gap = numbers.last().is_some_and(|last| numbers.len() < *last as usize);
    if gap {
        script.complete(listed);
    }
    script.make_up_amendment();
    script
}

impl Script {
    /// Adds what the administration's list names and no file has.
    fn complete(&mut self, listed: &[&'static str]) {
        let mut left: Vec<&str> = self.told.iter().map(|one| &*one.function).collect();
        let mut missing = Vec::new();
        for function in listed {
            match left.iter().position(|have| have == function) {
                Some(at) => drop(left.remove(at)),
                None => missing.push((*function).to_owned()),
            }
        }
        if !missing.is_empty() {
            self.lacks.push(format!("notifications {}", missing.join(" ")));
        }
        let made_up = |function| Told { function, ..Told::default() };
        self.told.extend(missing.into_iter().map(made_up));
    }

    /// Makes up an amendment that was answered and is in no file: the items that were no longer assessed
    /// after it were taken off.
    fn make_up_amendment(&mut self) {
        let answered = self.told.iter().position(|one| one.function == "11");
        let Some(at) =
            answered.filter(|_| self.amendments.is_empty() && self.cancellations.is_empty())
        else {
            return;
        };
        let assessed = |one: &&Told| one.function == "13" && !one.items.is_empty();
        let before = self.told.iter().take(at).rev().find(assessed);
        let after = self.told.iter().skip(at).find(assessed);
        let (Some(before), Some(after)) = (before, after) else { return };
        let off: Vec<u32> = before.items.difference(&after.items).copied().collect();
        let Some(declaration) = self.declaration.as_ref().filter(|_| !off.is_empty()) else {
            return;
        };
        self.amendments.push(without_items(declaration, &off));
        let off: Vec<String> = off.iter().map(u32::to_string).collect();
        self.lacks.push(format!("the amendment, which took off item {}", off.join(", ")));
    }
}

/// An amendment that takes items off a declaration, with its totals as they are then.
fn without_items(declaration: &str, off: &[u32]) -> String {
    let document = Document::parse(declaration.trim_start_matches('\u{feff}')).unwrap();
    let (mut items, mut packages, mut price, mut currency) = (0, 0, 0.0, "");
    for item in all(document.root(), "GovernmentAgencyGoodsItem") {
        let number = text_of(item, "SequenceNumeric").parse().unwrap();
        if !off.contains(&number) {
            items += 1;
            let counted = all(item, "Packaging").map(|p| text_of(p, "QuantityQuantity"));
            packages += counted.filter_map(|n| n.parse::<u32>().ok()).sum::<u32>();
            price += text_of(item, "ItemChargeAmount").parse::<f64>().unwrap_or_default();
            let charge = within(item, "ItemChargeAmount");
            currency = charge.and_then(|n| n.attribute("currencyID")).unwrap_or(currency);
        }
    }
    let step = |class: &str, number: u32, element: &str| {
        format!(
            "<Pointer><SequenceNumeric>{number}</SequenceNumeric><DocumentSectionCode>{class}\
             </DocumentSectionCode>{element}</Pointer>"
        )
    };
    let mut amendments = String::new();
    for number in off {
        let place = [step("42A", 1, ""), step("67A", 1, ""), step("68A", *number, "")].concat();
        let reason = "<ChangeReasonCode>30</ChangeReasonCode>";
        write!(amendments, "<Amendment>{reason}{place}</Amendment>").unwrap();
    }
    for element in ["228", "109", "146"] {
        let place = step("42A", 1, &format!("<TagID>{element}</TagID>"));
        let reason = "<ChangeReasonCode>28</ChangeReasonCode>";
        write!(amendments, "<Amendment>{reason}{place}</Amendment>").unwrap();
    }
    format!(
        "<Declaration xmlns=\"urn:wco:datamodel:WCO:DEC-DMS:2\"><FunctionCode>13</FunctionCode>\
         <FunctionalReferenceID>MADE-UP</FunctionalReferenceID><ID>MRN</ID>\
         <TypeCode>COR</TypeCode><GoodsItemQuantity>{items}</GoodsItemQuantity>\
         <InvoiceAmount currencyID=\"{currency}\">{price}</InvoiceAmount>\
         <TotalPackageQuantity>{packages}</TotalPackageQuantity>{amendments}</Declaration>"
    )
}

/// The message with another reference of its own and the number of the declaration it is about.
pub(super) fn readdressed(xml: &str, lrn: &str, mrn: &str) -> String {
    let document = Document::parse(xml).unwrap();
    let declaration = within(document.root(), "Declaration").unwrap();
    let own = |name: &str| declaration.children().find(|n| n.tag_name().name() == name);
    let text = |name: &str| own(name).and_then(|n| n.first_child()).map(|n| n.range());
    let mut places: Vec<_> = [("FunctionalReferenceID", lrn), ("ID", mrn)]
        .into_iter()
        .filter_map(|(name, value)| Some((text(name)?, value)))
        .collect();
    places.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut xml = xml.to_owned();
    for (range, value) in places {
        xml.replace_range(range, value);
    }
    xml
}
