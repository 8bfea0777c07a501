//! From an export declaration to a draft of the import declaration of the same goods.
//!
//! In: the export as it stands and what is known of who sent it. Out: a draft with what the export
//! knows, where each value came from, what is left for the importer, and what was not carried over.
//!
//! Holds always: a value of the draft stands in the export, is its number, or follows from what the
//! message is; nothing of the importer's own law is guessed.

use std::collections::BTreeMap;

use crate::draft::{Draft, NodeId, NodeRef};
use crate::finding::Place;
use crate::model::{ElementId, Model};

/// What is known of an export besides its declaration.
#[derive(Clone, Copy, Debug)]
pub struct Export<'a> {
    /// Its number, given by the house it was released by.
    pub mrn: &'a str,
    /// The country of that house.
    pub country: &'a str,
    /// The country the goods are imported into.
    pub to: &'a str,
}

/// Where a value of the draft came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// The export states it: where.
    Export(String),
    /// The first six digits of the code the export states: where. They are those of the Harmonized
    /// System, which both countries share.
    SixDigits(String),
    /// The number of the export.
    Number,
    /// The country of the house that released the export.
    Country,
    /// The country the goods are imported into.
    To,
    /// It follows from what the message is.
    Message,
}

impl From {
    /// Its name, as the API has it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Export(_) => "export",
            Self::SixDigits(_) => "export-six-digits",
            Self::Number => "export-number",
            Self::Country => "export-country",
            Self::To => "import-country",
            Self::Message => "message",
        }
    }

    /// Where in the export; empty where it stands nowhere in it.
    #[must_use]
    pub fn place(&self) -> &str {
        match self {
            Self::Export(at) | Self::SixDigits(at) => at,
            Self::Number | Self::Country | Self::To | Self::Message => "",
        }
    }
}

/// Why a field is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// It is a reference, a number or a person of the importer's side.
    Importer,
    /// An office or a place of the country of import.
    Place,
    /// The digits behind the sixth are of the importer's own tariff.
    Digits,
    /// The importer chooses it by the law of the country of import.
    Law,
    /// The export does not state it.
    NotStated,
}

impl Open {
    /// Its name, as the API has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Importer => "importer",
            Self::Place => "place",
            Self::Digits => "digits",
            Self::Law => "law",
            Self::NotStated => "not-stated",
        }
    }

    /// Why, in English, Chinese and Russian.
    #[must_use]
    pub fn text(self) -> [&'static str; 3] {
        match self {
            Self::Importer => {
                ["The importer's own to state.", "由进口方自行填写。", "Указывает сам импортёр."]
            }
            Self::Place => [
                "An office or a place of the country of import.",
                "进口国的机关或地点。",
                "Орган или место в стране ввоза.",
            ],
            Self::Digits => [
                "The first six digits are from the export; those behind are of the tariff of the country of import.",
                "前六位取自出口报关单；其后各位依进口国税则填写。",
                "Первые шесть цифр взяты из экспортной декларации; следующие — по тарифу страны ввоза.",
            ],
            Self::Law => [
                "To be chosen by the law of the country of import.",
                "依进口国法律选定。",
                "Выбирается по праву страны ввоза.",
            ],
            Self::NotStated => [
                "The export does not state it.",
                "出口报关单未载明。",
                "В экспортной декларации не указано.",
            ],
        }
    }
}

/// A draft of an import.
#[derive(Clone, Debug)]
pub struct Bridged {
    /// The declaration, as far as it is known.
    pub draft: Draft,
    /// Each value of it, in the order of the draft, with where it came from.
    pub filled: Vec<(NodeId, From)>,
    /// What is open, in the order of the draft, and why.
    pub open: Vec<(Place, Open)>,
    /// What the export states and the draft has not, by its nodes in the export: numbers of another
    /// register, and what only the law of the country of export asks for.
    pub left: Vec<NodeId>,
}

/// What is carried over to the same place, with all within, by its path below the declaration.
pub const CARRIED: &[&str] = &[
    "GoodsItemQuantity",
    "InvoiceAmount",
    "TotalGrossMassMeasure",
    "TotalPackageQuantity",
    "BorderTransportMeans",
    "Consignment/Carrier/Name",
    "Consignment/Carrier/Address",
    "Consignment/Itinerary",
    "Exporter/Name",
    "Exporter/Address",
    "Exporter/Contact",
    "Exporter/Communication",
    "GoodsShipment/TransactionNatureCode",
    "GoodsShipment/Buyer",
    "GoodsShipment/Consignee",
    "GoodsShipment/Consignment/ContainerCode",
    "GoodsShipment/Consignment/LoadingLocation",
    "GoodsShipment/Consignment/TransportEquipment",
    "GoodsShipment/Consignor/Name",
    "GoodsShipment/Consignor/Address",
    "GoodsShipment/Destination/CountryCode",
    "GoodsShipment/ExportCountry/ID",
    "GoodsShipment/Invoice",
    "GoodsShipment/Seller/Name",
    "GoodsShipment/Seller/Address",
    "GoodsShipment/Seller/Contact",
    "GoodsShipment/Seller/Communication",
    "GoodsShipment/TradeTerms/ConditionCode",
    "GoodsShipment/TradeTerms/Description",
    "GoodsShipment/TradeTerms/LocationID",
    "GoodsShipment/TradeTerms/LocationName",
    "GoodsShipment/UCR",
    "GoodsShipment/GovernmentAgencyGoodsItem/SequenceNumeric",
    "GoodsShipment/GovernmentAgencyGoodsItem/TransactionNatureCode",
    "GoodsShipment/GovernmentAgencyGoodsItem/Buyer",
    "GoodsShipment/GovernmentAgencyGoodsItem/Commodity/Description",
    "GoodsShipment/GovernmentAgencyGoodsItem/Commodity/DangerousGoods",
    "GoodsShipment/GovernmentAgencyGoodsItem/Commodity/GoodsMeasure",
    "GoodsShipment/GovernmentAgencyGoodsItem/Commodity/InvoiceLine",
    "GoodsShipment/GovernmentAgencyGoodsItem/Commodity/TransportEquipment",
    "GoodsShipment/GovernmentAgencyGoodsItem/Consignee",
    "GoodsShipment/GovernmentAgencyGoodsItem/Consignor/Name",
    "GoodsShipment/GovernmentAgencyGoodsItem/Consignor/Address",
    "GoodsShipment/GovernmentAgencyGoodsItem/Destination/CountryCode",
    "GoodsShipment/GovernmentAgencyGoodsItem/ExportCountry/ID",
    "GoodsShipment/GovernmentAgencyGoodsItem/Origin/CountryCode",
    "GoodsShipment/GovernmentAgencyGoodsItem/Origin/TypeCode",
    "GoodsShipment/GovernmentAgencyGoodsItem/Packaging",
    "GoodsShipment/GovernmentAgencyGoodsItem/Seller/Name",
    "GoodsShipment/GovernmentAgencyGoodsItem/Seller/Address",
    "GoodsShipment/GovernmentAgencyGoodsItem/UCR",
];

/// What an import usually states and an export cannot know.
const OF_THE_IMPORTER: &[(&str, Open)] = &[
    ("FunctionalReferenceID", Open::Importer),
    ("DeclarationOfficeID", Open::Place),
    ("Declarant", Open::Importer),
    ("GoodsShipment/Consignment/GoodsLocation/Name", Open::Place),
    ("GoodsShipment/Importer/ID", Open::Importer),
];

/// The same of each item.
const OF_THE_IMPORTER_IN_ITEMS: &[(&str, Open)] = &[
    ("Commodity/Classification/ID", Open::Digits),
    ("Commodity/DutyTaxFee/DutyRegimeCode", Open::Law),
    ("CustomsValuation/MethodCode", Open::Law),
    ("GovernmentProcedure/CurrentCode", Open::Law),
];

/// What an export usually states; where it does not, it is open.
const EXPECTED: &[&str] = &[
    "GoodsItemQuantity",
    "InvoiceAmount",
    "TotalGrossMassMeasure",
    "TotalPackageQuantity",
    "BorderTransportMeans/ID",
    "BorderTransportMeans/ModeCode",
    "Exporter/Name",
    "GoodsShipment/TransactionNatureCode",
    "GoodsShipment/Consignment/ContainerCode",
    "GoodsShipment/Destination/CountryCode",
    "GoodsShipment/Importer/Name",
    "GoodsShipment/Invoice/ID",
    "GoodsShipment/Invoice/IssueDateTime",
    "GoodsShipment/TradeTerms/ConditionCode",
    "GoodsShipment/TradeTerms/LocationName",
];

/// The same of each item.
const EXPECTED_IN_ITEMS: &[&str] = &[
    "Commodity/Description",
    "Commodity/GoodsMeasure/GrossMassMeasure",
    "Commodity/GoodsMeasure/NetNetWeightMeasure",
    "Commodity/InvoiceLine/ItemChargeAmount",
    "Origin/CountryCode",
    "Packaging/QuantityQuantity",
    "Packaging/TypeCode",
];

/// The category of documents whose codes are those of UN/EDIFACT 1001, which no country made.
/// Source: WCO DM 3.6, D031, as the DEC-DMS profile and the corpus use it.
const INTERNATIONAL: &str = "N";

/// Of a code in parts, the part that has the first digits; without a scheme it is the whole code. See
/// `admission`.
const CODE_BEGINS: [&str; 4] = ["TSP", "SRZ", "HS", ""];

/// Goods declaration for exportation. Source: UN/EDIFACT 1001.
pub const EXPORT_DECLARATION: &str = "830";

/// Original message. Source: UN/EDIFACT 1225.
const ORIGINAL: &str = "9";

const ITEM: &str = "GoodsShipment/GovernmentAgencyGoodsItem";

/// Most lines of an export that are named one by one. Ours.
const MOST_LINES: usize = 99;

/// An element that is being made.
struct Made<'a> {
    element: ElementId,
    text: String,
    attributes: Vec<(&'a str, &'a str)>,
    from: From,
    children: Vec<Made<'a>>,
}

/// Which of the table an element is: carried whole, a class something within which is, or not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Carried {
    Whole,
    Within,
    Not,
}

fn carried(path: &str) -> Carried {
    let mut best = Carried::Not;
    for row in CARRIED {
        if *row == path {
            return Carried::Whole;
        }
        if row.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')) {
            best = Carried::Within;
        }
    }
    best
}

struct Bridge<'a> {
    model: &'static Model,
    left: Vec<NodeId>,
    export: Export<'a>,
}

fn texts<'a>(node: NodeRef<'a>, name: &str) -> &'a str {
    node.child(name).map_or("", |c| c.text())
}

impl<'a> Bridge<'a> {
    /// An element as the export has it, with all within.
    fn whole(&self, node: NodeRef<'a>) -> Made<'a> {
        self.as_element(node, node.element_id())
    }

    /// The same under another element that has the same within by name; what it has not is left out.
    fn as_element(&self, node: NodeRef<'a>, element: ElementId) -> Made<'a> {
        let children = node.children().filter_map(|child| {
            let (_, id) = self.model.child(element, child.name(), 0)?;
            Some(self.as_element(child, id))
        });
        Made {
            element,
            text: node.raw_text().to_owned(),
            attributes: node.attributes().collect(),
            from: From::Export(node.place().xpath),
            children: children.collect(),
        }
    }

    fn class(&self, element: ElementId, children: Vec<Made<'a>>) -> Made<'a> {
        Made { element, text: String::new(), attributes: Vec::new(), from: From::Message, children }
    }

    fn leaf(&self, parent: ElementId, name: &str, text: &str, from: From) -> Option<Made<'a>> {
        let (_, element) = self.model.child(parent, name, 0)?;
        let (text, attributes, children) = (text.to_owned(), Vec::new(), Vec::new());
        Some(Made { element, text, attributes, from, children })
    }

    /// What is carried over of a class and of all within it.
    fn class_of(&mut self, node: NodeRef<'a>, path: &str) -> Made<'a> {
        let mut children = Vec::new();
        let mut code = false;
        for child in node.children() {
            let at = if path.is_empty() {
                child.name().to_owned()
            } else {
                format!("{path}/{}", child.name())
            };
            let in_item = at.strip_prefix(ITEM).unwrap_or_default();
            let document = at == "AdditionalDocument" || in_item == "/AdditionalDocument";
            match carried(&at) {
                _ if document && texts(child, "CategoryCode") == INTERNATIONAL => {
                    children.extend(self.document(child));
                }
                _ if in_item == "/Commodity/Classification" => {
                    match self.six_digits(child).filter(|_| !code) {
                        Some(made) => {
                            code = true;
                            children.push(made);
                        }
                        None => self.leave(child),
                    }
                }
                Carried::Whole => children.push(self.whole(child)),
                Carried::Within => {
                    let made = self.class_of(child, &at);
                    if !made.children.is_empty() {
                        children.push(made);
                    }
                }
                Carried::Not => self.leave(child),
            }
        }
        self.class(node.element_id(), children)
    }

    /// A document of an international kind: what it is and its number. Whether it will do there and
    /// how much of it is used is the importer's to say.
    fn document(&mut self, node: NodeRef<'a>) -> Option<Made<'a>> {
        let mut made = self.whole(node);
        let model = self.model;
        let of_export = ["LPCOExemptionCode", "WriteOff"];
        made.children.retain(|c| !of_export.contains(&model.element(c.element).name.as_str()));
        for child in node.children().filter(|c| of_export.contains(&c.name())) {
            self.leave(child);
        }
        Some(made)
    }

    /// The code both countries share.
    fn six_digits(&self, node: NodeRef<'a>) -> Option<Made<'a>> {
        if !CODE_BEGINS.contains(&texts(node, "IdentificationTypeCode")) {
            return None;
        }
        let mut made = self.whole(node);
        let model = self.model;
        let id = made.children.iter_mut().find(|c| model.element(c.element).name == "ID")?;
        let six = id.text.trim().get(..6)?.to_owned();
        if !six.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        id.text = six;
        let From::Export(at) = std::mem::replace(&mut id.from, From::Message) else { return None };
        id.from = From::SixDigits(at);
        Some(made)
    }

    /// Notes what is not carried over.
    fn leave(&mut self, node: NodeRef<'a>) {
        if node.element().value.is_some() {
            if !node.text().is_empty() {
                self.left.push(node.id());
            }
        } else {
            node.children().for_each(|child| self.leave(child));
        }
    }

    /// What stands elsewhere in an export, or nowhere, and in every import.
    fn derived(&self, root: &mut Made<'a>, export: NodeRef<'a>, kind: &str) {
        let at = self.model.root();
        root.children.extend(self.leaf(at, "FunctionCode", ORIGINAL, From::Message));
        root.children.extend(self.leaf(at, "TypeCode", kind, From::Message));
        let Some((_, shipment)) = self.model.child(at, "GoodsShipment", 0) else { return };
        let model = self.model;
        if !root.children.iter().any(|c| c.element == shipment) {
            root.children.push(self.class(shipment, Vec::new()));
        }
        let Some(made) = root.children.iter_mut().find(|c| c.element == shipment) else { return };
        let has = |made: &Made<'_>, name: &str| {
            made.children.iter().any(|c| model.element(c.element).name == name)
        };
        let from_shipment = |name: &str| export.child("GoodsShipment").and_then(|s| s.child(name));
        let party = |name: &str, of: NodeRef<'a>, number: bool| {
            let (_, element) = model.child(shipment, name, 0)?;
            let mut party = self.as_element(of, element);
            // A number of the exporter is one of the register of the exporter's country.
            party.children.retain(|c| number || model.element(c.element).name != "ID");
            (!party.children.is_empty()).then_some(party)
        };
        let importer = from_shipment("Consignee").or_else(|| from_shipment("Buyer"));
        let importer = importer.and_then(|of| party("Importer", of, true));
        made.children.extend(importer);
        if !has(made, "Seller") {
            made.children
                .extend(export.child("Exporter").and_then(|of| party("Seller", of, false)));
        }
        if !has(made, "ExportCountry")
            && let Some((_, class)) = model.child(shipment, "ExportCountry", 0)
            && let Some(leaf) = self.leaf(class, "ID", self.export.country, From::Country)
        {
            made.children.push(self.class(class, vec![leaf]));
        }
        // Goods are declared where they are: in the country they are imported into. Which place of it is
        // the importer's to say.
        let place = ["Consignment", "GoodsLocation", "Address", "CountryCode"];
        self.put(made, &place, self.export.to, From::To);
        if let Some((_, class)) = model.child(shipment, "PreviousDocument", 0) {
            let document = |line: Option<NodeRef<'a>>| {
                let line = line.and_then(|number| {
                    let from = From::Export(number.place().xpath);
                    self.leaf(class, "LineNumeric", number.text(), from)
                });
                let leaves = [
                    self.leaf(class, "CategoryCode", "Z", From::Message),
                    self.leaf(class, "ID", self.export.mrn, From::Number),
                    line,
                    self.leaf(class, "TypeCode", EXPORT_DECLARATION, From::Message),
                ];
                self.class(class, leaves.into_iter().flatten().collect())
            };
            // Each item of the export by its line; of very many, or where one has no number, the export
            // alone.
            let items: Vec<_> = export.goods_items().collect();
            let lines: Vec<_> = items.iter().filter_map(|i| i.child("SequenceNumeric")).collect();
            if lines.is_empty() || lines.len() < items.len() || lines.len() > MOST_LINES {
                made.children.push(document(None));
            } else {
                made.children.extend(lines.into_iter().map(|line| document(Some(line))));
            }
        }
    }

    /// Puts a value at a path below an element, with the classes on the way; nothing where something
    /// stands there.
    fn put(&self, made: &mut Made<'a>, path: &[&str], text: &str, from: From) {
        let [name, rest @ ..] = path else { return };
        let Some((_, element)) = self.model.child(made.element, name, 0) else { return };
        let at = made.children.iter().position(|c| c.element == element);
        if rest.is_empty() {
            if at.is_none() {
                made.children.extend(self.leaf(made.element, name, text, from));
            }
            return;
        }
        let at = at.unwrap_or_else(|| {
            made.children.push(self.class(element, Vec::new()));
            made.children.len().saturating_sub(1)
        });
        if let Some(child) = made.children.get_mut(at) {
            self.put(child, rest, text, from);
        }
    }
}

/// Writes what was made in the order of the model.
fn written(
    made: &Made<'_>,
    parent: Option<NodeId>,
    position: u16,
    into: &mut Draft,
    filled: &mut Vec<(NodeId, From)>,
) {
    let id = into.open(made.element, parent, position);
    for (name, value) in &made.attributes {
        into.attribute(name, value);
    }
    into.set_text(id, &made.text);
    if !crate::model::trim(&made.text).is_empty() {
        filled.push((id, made.from.clone()));
    }
    let order = &into.model().element(made.element).children;
    let mut children: Vec<&Made<'_>> = made.children.iter().collect();
    children.sort_by_key(|c| order.iter().position(|id| *id == c.element));
    let mut count = BTreeMap::new();
    for child in children {
        let position = count.entry(child.element).or_insert(0_u16);
        *position = position.saturating_add(1);
        written(child, Some(id), *position, into, filled);
    }
    into.close(id);
}

/// The place of a path below an element, whether something stands there or not.
fn place_of(model: &Model, node: NodeRef<'_>, path: &str) -> Place {
    let mut at = node;
    let mut names = path.split('/').peekable();
    while let Some(name) = names.peek()
        && let Some(child) = at.child(name)
    {
        at = child;
        names.next();
    }
    let mut place = at.place();
    let mut class = at.element_id();
    for name in names {
        let Some((_, id)) = model.child(class, name, 0) else { break };
        let element = model.element(id);
        let many = element.repeats();
        place.pointer.push('/');
        place.pointer.push_str(&element.wco);
        place.pointer.push_str(if many { "[1]" } else { "" });
        place.xpath.push_str(&format!("/{name}[1]"));
        place.json.push_str(&format!("/{name}{}", if many { "/0" } else { "" }));
        class = id;
    }
    place
}

/// Whether something is stated at a path below an element.
#[must_use]
pub fn is_stated(node: NodeRef<'_>, path: &str) -> bool {
    match path.split_once('/') {
        _ if path.is_empty() => !node.said().is_empty(),
        None => node.children().any(|c| c.name() == path && !c.said().is_empty()),
        Some((name, rest)) => {
            node.children().filter(|c| c.name() == name).any(|c| is_stated(c, rest))
        }
    }
}

/// What is open of a draft, in the order of the draft.
fn open(draft: &Draft) -> Vec<(Place, Open)> {
    let Some(root) = draft.root() else { return Vec::new() };
    let mut open = Vec::new();
    let mut look = |node: NodeRef<'_>, own: &[(&str, Open)], expected: &[&str]| {
        for (path, why) in own {
            if *why == Open::Digits || !is_stated(node, path) {
                open.push((place_of(draft.model(), node, path), *why));
            }
        }
        for path in expected {
            if !is_stated(node, path) {
                open.push((place_of(draft.model(), node, path), Open::NotStated));
            }
        }
    };
    look(root, OF_THE_IMPORTER, EXPECTED);
    for item in root.goods_items() {
        look(item, OF_THE_IMPORTER_IN_ITEMS, EXPECTED_IN_ITEMS);
    }
    open
}

/// The draft of the import of the goods of an export; `kind` is the type of declaration, of the
/// importer's house (D013).
#[must_use]
pub fn import(export: &Draft, known: Export<'_>, kind: &str) -> Bridged {
    let model = export.model();
    let mut draft = Draft::new(model, 0);
    let mut filled = Vec::new();
    let mut left = Vec::new();
    if let Some(root) = export.root() {
        let mut bridge = Bridge { model, left, export: known };
        let mut made = bridge.class_of(root, "");
        bridge.derived(&mut made, root, kind);
        written(&made, None, 1, &mut draft, &mut filled);
        left = bridge.left;
    }
    Bridged { open: open(&draft), draft, filled, left }
}

/// The country the goods of an export go to: that of the shipment, else the one country of all items,
/// else that of who receives them; `None` where none is stated or the items go to several.
#[must_use]
pub fn destination(export: &Draft) -> Option<&str> {
    let root = export.root()?;
    let shipment = root.child("GoodsShipment")?;
    if is_stated(shipment, "Destination/CountryCode") {
        return shipment.child("Destination").map(|d| texts(d, "CountryCode"));
    }
    let mut of_items: Vec<&str> = root
        .goods_items()
        .filter_map(|item| item.child("Destination"))
        .map(|d| texts(d, "CountryCode"))
        .filter(|country| !country.is_empty())
        .collect();
    of_items.dedup();
    match of_items.as_slice() {
        [one] => Some(one),
        [] => {
            let address = shipment.child("Consignee")?.child("Address")?;
            Some(texts(address, "CountryCode")).filter(|country| !country.is_empty())
        }
        _ => None,
    }
}
