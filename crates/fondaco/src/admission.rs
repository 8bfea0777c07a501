//! From a draft to a declaration, or back to the sender with everything that is wrong.
//!
//! A [`Draft`] is what was sent; [`admit`] makes a [`Declaration`] of it or says everything that
//! stands against it.
//!
//! Holds always:
//! - a declaration with an error is returned whole, never admitted in part;
//! - nothing here knows a country: rules, lists and required fields are rows of the pack.

use crate::day::Day;
use crate::declaration::{
    Charge, Declaration, DeclaredTax, Document, Item, ItemFacts, Message, Party,
};
use crate::draft::{Draft, NodeId, NodeRef};
use crate::finding::{Code, Finding, MOST, Severity};
use crate::model::Base;
use crate::money::{Decimal, Money, decimal};
use crate::quantity::Quantity;
use crate::reference::{Check, Reference};
use crate::token::Token;

/// The roles that are read, by the name of their class.
const ROLES: &[&str] = &[
    "Declarant",
    "Agent",
    "Submitter",
    "Importer",
    "Exporter",
    "Consignor",
    "Consignee",
    "Buyer",
    "Seller",
    "Carrier",
    "NotifyParty",
    "Surety",
    "Manufacturer",
];

/// Classes of which two alike say one thing twice.
const MAY_NOT_REPEAT: &[&str] = &[
    "AdditionalDocument",
    "AdditionalInformation",
    "AuthorisationHolder",
    "GovernmentAgencyGoodsItem",
    "GovernmentProcedure",
    "Origin",
    "Packaging",
    "PreviousDocument",
    "TransportEquipment",
];

/// What became of a draft.
#[derive(Clone, Debug)]
pub enum Admission {
    /// It is a declaration; what is said of it does not stand against it.
    Accepted(Box<Declaration>, Vec<Finding>),
    /// It is returned, with everything that is wrong.
    Returned(Vec<Finding>),
}

/// Reads a draft into a declaration, or says everything that stands against it.
///
/// `said` is what the decoder found. `filed` is the day of filing where the law's window for the
/// acceptance date is to be kept; without it a past message can be looked at again.
#[must_use]
pub fn admit(
    draft: &Draft,
    said: Vec<Finding>,
    reference: Reference<'_>,
    filed: Option<Day>,
) -> Admission {
    Reader { reference, filed, come: false, findings: said }.admit(draft)
}

/// The same of goods that were lodged before they came, and are here now: what waits for the day they come
/// is held against them.
#[must_use]
pub fn admit_come(draft: &Draft, said: Vec<Finding>, reference: Reference<'_>) -> Admission {
    Reader { reference, filed: None, come: true, findings: said }.admit(draft)
}

struct Reader<'a> {
    reference: Reference<'a>,
    filed: Option<Day>,
    /// Whether goods that were to come are here.
    come: bool,
    findings: Vec<Finding>,
}

/// Letters and digits of any script, and the few signs that codes in use have (`A+`, `KGM#G`).
fn is_code_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '+' | '*' | '#' | '-' | '/' | '.')
}

/// Whether the calendar and the clock have it, and it is of the form its format code says.
/// Source: UN/EDIFACT 2379, 102 (a day) and 304 (with the time and the zone).
fn is_moment(text: &str, format: &str) -> bool {
    let two = |at: usize| text.get(at..at + 2).and_then(|t| t.parse::<u8>().ok());
    let time = text.len() == 8
        || (two(8).is_some_and(|h| h < 24)
            && two(10).is_some_and(|m| m < 60)
            && two(12).is_some_and(|s| s <= 60));
    let form = match format {
        "102" => text.len() == 8,
        "304" => text.len() > 8,
        _ => true,
    };
    Day::compact(text).is_ok() && time && form
}

fn token(node: NodeRef<'_>) -> Token {
    Token::lossy(node.text())
}

fn money(node: NodeRef<'_>, default: crate::money::Currency) -> Option<Money> {
    let amount = decimal(node.text())?;
    let currency = match node.attribute("currencyID") {
        Some(code) => code.parse().ok()?,
        None => default,
    };
    Some(Money { amount, currency })
}

fn quantity(node: NodeRef<'_>) -> Option<Quantity> {
    let unit = Token::lossy(node.attribute("unitCode").unwrap_or_default());
    Some(Quantity { value: decimal(node.text())?, unit })
}

/// The class's first child of this name, as a code.
fn code_in(node: NodeRef<'_>, name: &str) -> Token {
    node.child(name).map(token).unwrap_or_default()
}

fn text_in<'a>(node: NodeRef<'a>, name: &str) -> &'a str {
    node.child(name).map(|c| c.text()).unwrap_or_default()
}

impl<'a> Reader<'a> {
    fn admit(mut self, draft: &Draft) -> Admission {
        let Some(root) = draft.root() else { return Admission::Returned(self.findings) };
        self.values(draft);
        let declaration = self.declaration(root);
        if declaration.message == Message::Original {
            self.original(root, &declaration);
        } else {
            self.about_another(root, &declaration);
        }
        let mut findings = self.findings;
        findings.truncate(MOST);
        if findings.iter().any(|f| f.severity() == Severity::Error) {
            Admission::Returned(findings)
        } else {
            Admission::Accepted(Box::new(declaration), findings)
        }
    }

    fn find(&mut self, finding: Finding) {
        if self.findings.len() < MOST {
            self.findings.push(finding);
        }
    }

    /// What can be told of each value by itself: lists in force, days that exist, figures not
    /// below zero.
    fn values(&mut self, draft: &Draft) {
        let lists = &self.reference.pack.profile.lists_at;
        for n in 0..draft.len() {
            let node = draft.node(NodeId(n as u32));
            let element = node.element();
            let Some(value) = &element.value else { continue };
            let text = node.text();
            if value.base == Base::DateTime && value.check(node.raw_text()).is_ok() {
                if !is_moment(text, node.attribute("formatCode").unwrap_or_default()) {
                    self.find(Finding::new(Code::DateImpossible, node.place()).value(text));
                }
            } else if value.base.is_number() && text.starts_with('-') {
                let figure = Finding::new(Code::Negative, node.place());
                self.find(figure.name(node.name()).value(text));
            }
            if value.base == Base::Code && !text.chars().all(is_code_char) {
                let finding = Finding::new(Code::CodeUnknown, node.place());
                self.find(finding.value(text).wanted(node.name()));
            }
            if let Some(code) = node.attribute("currencyID")
                && self.reference.listed("currency", code) == Some(false)
            {
                self.unlisted(node, code, "currency");
            }
            if let Some(code) = node.attribute("unitCode")
                && !self.reference.pack.units.may_be(code)
            {
                self.unlisted(node, code, "unit");
            }
            let Ok(at) = lists.binary_search_by_key(&node.element_id(), |(id, _)| *id) else {
                continue;
            };
            if let Some((_, list)) = lists.get(at)
                && !text.is_empty()
                && self.reference.listed(list, text) == Some(false)
            {
                self.unlisted(node, text, list);
            }
        }
    }

    /// A code that is on no list in force.
    fn unlisted(&mut self, node: NodeRef<'_>, code: &str, list: &str) {
        let name = self.reference.pack.list_names.get(&Token::lossy(list));
        let finding = Finding::new(Code::CodeUnknown, node.place());
        self.find(finding.value(code).wanted(list).named(name));
    }

    /// What is wanted and lacks. A value that stands there and could not be read is no lack: it was
    /// said to be none.
    fn lacking(&mut self, finding: Finding) {
        let unread = |f: &Finding| f.code.is_of_form() && f.place.json == finding.place.json;
        if !self.findings.iter().any(unread) {
            self.find(finding);
        }
    }

    /// The same thing said twice: two siblings of a class that may repeat, alike in everything.
    fn duplicates(&mut self, node: NodeRef<'_>) {
        let classes: Vec<NodeRef<'_>> =
            node.children().filter(|c| c.element().value.is_none()).collect();
        for (n, one) in classes.iter().enumerate() {
            let part = |n: NodeRef<'_>| CODE_PARTS.contains(&text_in(n, "IdentificationTypeCode"));
            let alike = |other: &&NodeRef<'_>| {
                other.element_id() == one.element_id() && other.says_the_same(*one)
            };
            if (MAY_NOT_REPEAT.contains(&one.name()) || part(*one))
                && one.element().repeats()
                && one.children().next().is_some()
                && classes.iter().take(n).any(|other| alike(&other))
            {
                let finding = Finding::new(Code::Duplicate, one.place()).name(one.name());
                self.find(finding.value(&one.said()));
            }
            self.duplicates(*one);
        }
    }

    fn declaration(&mut self, root: NodeRef<'_>) -> Declaration {
        let pack = self.reference.pack;
        let own = pack.profile.currency;
        let mut d = Declaration::default();
        let mut function = "";
        let mut shipment = None;
        for node in root.children() {
            match node.name() {
                "FunctionCode" => function = node.text(),
                "TypeCode" => d.kind = token(node),
                "FunctionalReferenceID" => node.text().clone_into(&mut d.reference),
                "ID" => node.text().clone_into(&mut d.mrn),
                "AcceptanceDateTime" => d.acceptance = Day::compact(node.text()).ok(),
                "DeclarationOfficeID" => d.office = token(node),
                "ExitOffice" => d.exit_office = code_in(node, "ID"),
                "PresentationOffice" if d.office.is_empty() => d.office = code_in(node, "ID"),
                "InvoiceAmount" => d.invoice_total = money(node, own),
                "AdditionalDocument" => d.documents.push(document(node, own)),
                "AdditionalInformation" => d.statements.push(code_in(node, "StatementCode")),
                "AuthorisationHolder" => {
                    let holder = text_in(node, "ID").to_owned();
                    d.authorisations.push((code_in(node, "CategoryCode"), holder));
                }
                "BorderTransportMeans" => d.mode = code_in(node, "ModeCode"),
                "GoodsShipment" => shipment = Some(node),
                _ => {}
            }
            if node.name() == "Agent" {
                d.representation = code_in(node, "FunctionCode");
            }
            party(node, &mut d.parties);
        }
        d.message = Message::of(function, &d.kind);
        d.direction = pack.profile.type_of(&d.kind).map(|rule| rule.direction);
        let mut export_country = Token::EMPTY;
        let mut destination = Token::EMPTY;
        if let Some(shipment) = shipment {
            for node in shipment.children() {
                match node.name() {
                    "Consignment" => {
                        for inner in node.children() {
                            if inner.name() == "GoodsLocation" {
                                location(inner, &mut d);
                            }
                            party(inner, &mut d.parties);
                        }
                    }
                    "Destination" => destination = code_in(node, "CountryCode"),
                    "ExportCountry" => export_country = code_in(node, "ID"),
                    "TradeTerms" => d.incoterm = code_in(node, "ConditionCode"),
                    "CustomsValuation" => charges(node, own, &mut d.charges),
                    "PreviousDocument" => d.previous_documents.push(document(node, own).code),
                    _ => {}
                }
                party(node, &mut d.parties);
            }
            for node in shipment.children().filter(|n| n.name() == "GovernmentAgencyGoodsItem") {
                let item = item(node, own, destination, export_country, &mut d.parties);
                d.items.push(item);
            }
        }
        d
    }

    /// A message about another declaration: it must say which.
    fn about_another(&mut self, root: NodeRef<'_>, d: &Declaration) {
        if d.mrn.is_empty() {
            self.lacking(Finding::new(Code::FieldMissing, root.place_of("ID")).value("ID (MRN)"));
        }
        if d.message == Message::Request {
            let function = text_in(root, "FunctionCode").to_owned();
            let finding = Finding::new(Code::TypeFunction, root.place_of("TypeCode"));
            self.find(finding.value(&d.kind).wanted(function));
        }
    }

    fn original(&mut self, root: NodeRef<'_>, d: &Declaration) {
        self.duplicates(root);
        if d.direction.is_none() {
            let place = root.place_of("TypeCode");
            if d.kind.is_empty() {
                self.lacking(Finding::new(Code::FieldMissing, place).value("TypeCode"));
            } else {
                self.find(Finding::new(Code::TypeFunction, place).value(&d.kind).wanted("9"));
            }
        }
        self.acceptance(root, d);
        self.totals(root, d);
        let shipment = root.child("GoodsShipment");
        self.charge_kinds(shipment.and_then(|s| s.child("CustomsValuation")));
        if d.items.is_empty() {
            let place = root.place_of("GoodsShipment");
            self.find(Finding::new(Code::FieldMissing, place).value("GovernmentAgencyGoodsItem"));
        }
        for (index, item) in d.items.iter().enumerate() {
            self.item(root, index, item, d.is_pre_lodged() && !self.come);
        }
        let whole =
            ItemFacts { declaration: d, item: None, reference: self.reference, value: None };
        for check in &self.reference.pack.checks {
            if !check.validity.covers(self.reference.day) {
                continue;
            }
            if check.per_item {
                for item in &d.items {
                    let facts = ItemFacts {
                        item: Some(item),
                        value: rough_value(item, self.reference),
                        ..whole
                    };
                    if check.when.holds(&facts) == Some(true) {
                        self.broken(check, root.sibling(item.node));
                    }
                }
            } else if check.when.holds(&whole) == Some(true) {
                self.broken(check, root);
            }
        }
    }

    fn broken(&mut self, check: &Check, at: NodeRef<'_>) {
        let place = check
            .at
            .split('/')
            .filter(|s| !s.is_empty())
            .try_fold(at, |node, name| node.child(name).ok_or((node, name)));
        let (place, said) = match place {
            Ok(node) => (node.place(), node.said()),
            Err((node, name)) => (node.place_of(name), String::new()),
        };
        let mut finding = Finding::new(Code::Rule, place).value(&said).wanted(&check.wanted);
        check.id.clone_into(&mut finding.rule);
        check.basis.clone_into(&mut finding.basis);
        finding.said = Some(Box::new((check.text.clone(), check.remedy.clone())));
        if check.when.is_of_lack() { self.lacking(finding) } else { self.find(finding) }
    }

    fn acceptance(&mut self, root: NodeRef<'_>, d: &Declaration) {
        let (Some(filed), Some(accepted)) = (self.filed, d.acceptance) else { return };
        let place = root.place_of("AcceptanceDateTime");
        let stated = accepted.to_string();
        if accepted > filed {
            let finding = Finding::new(Code::DateInFuture, place).name("AcceptanceDateTime");
            self.find(finding.value(&stated).wanted(filed));
            return;
        }
        let kind = self.reference.pack.profile.type_of(&d.kind);
        let Some(most) = kind.and_then(|kind| kind.acceptance_days) else { return };
        if filed.days_since(accepted) > i32::from(most) {
            let finding = Finding::new(Code::DateTooOld, place).name("AcceptanceDateTime");
            self.find(finding.value(&stated).wanted(most));
        }
    }

    /// Charges of a kind this jurisdiction does not have.
    fn charge_kinds(&mut self, valuation: Option<NodeRef<'_>>) {
        let charges = valuation.into_iter().flat_map(|v| v.children());
        for charge in charges.filter(|n| n.name() == "ChargeDeduction") {
            let Some(kind) = charge.child("ChargesTypeCode") else { continue };
            let known = self.reference.pack.profile.charge(token(kind));
            if known.is_none() && !kind.text().is_empty() {
                let name = self.reference.pack.list_names.get(&Token::lossy("charge"));
                let finding = Finding::new(Code::CodeUnknown, kind.place());
                self.find(finding.value(kind.text()).wanted(kind.name()).named(name));
            }
        }
    }

    fn totals(&mut self, root: NodeRef<'_>, d: &Declaration) {
        if let Some(node) = root.child("GoodsItemQuantity")
            && let Some(stated) = decimal(node.text())
            && stated != Decimal::from(d.items.len())
        {
            let finding = Finding::new(Code::TotalMismatch, node.place());
            self.find(finding.name("GoodsItemQuantity").value(node.text()).wanted(d.items.len()));
        }
        if let Some(node) = root.child("TotalPackageQuantity")
            && let Some(stated) = decimal(node.text())
            && let Some(sum) = d.items.iter().map(|i| i.packages).sum::<Option<Decimal>>()
            && stated != sum
        {
            let code = if self.reference.pack.profile.packages_must_add_up {
                Code::TotalMismatch
            } else {
                Code::TotalUnlikely
            };
            let finding = Finding::new(code, node.place());
            self.find(
                finding.name("TotalPackageQuantity").value(node.text()).wanted(sum.normalize()),
            );
        }
        if let Some(node) = root.child("InvoiceAmount")
            && let Some(stated) = d.invoice_total
            && let Some(sum) = d
                .items
                .iter()
                .map(|i| i.price.filter(|p| p.currency == stated.currency).map(|p| p.amount))
                .sum::<Option<Decimal>>()
            && stated.amount != sum
        {
            let finding = Finding::new(Code::TotalMismatch, node.place());
            self.find(finding.name("InvoiceAmount").value(node.text()).wanted(sum.normalize()));
        }
    }

    fn item(&mut self, root: NodeRef<'_>, index: usize, item: &Item, to_come: bool) {
        let node = root.sibling(item.node);
        if item.number as usize != index + 1 {
            let finding = Finding::new(Code::SequenceBroken, node.place_of("SequenceNumeric"));
            self.find(finding.value(&item.number.to_string()).wanted(index + 1));
        }
        if let (Some(gross), Some(net)) = (item.gross_mass, item.net_mass)
            && net > gross
        {
            let measure = node.child("Commodity").and_then(|c| c.child("GoodsMeasure"));
            let place = measure.unwrap_or(node).place_of("NetNetWeightMeasure");
            let finding = Finding::new(Code::NetAboveGross, place);
            self.find(finding.value(&net.to_string()).wanted(gross));
        }
        self.charge_kinds(node.child("CustomsValuation"));
        let profile = &self.reference.pack.profile;
        let place = || {
            let class = node.child("Commodity").and_then(|c| c.child("Classification"));
            class.map_or_else(|| node.place_of("Commodity"), |c| c.place_of("ID"))
        };
        let lengths =
            || profile.code_lengths.iter().map(u8::to_string).collect::<Vec<_>>().join("/");
        // Whether a code is wanted at all is a rule of the pack.
        if item.code.is_empty() {
            return;
        }
        if !item.code.bytes().all(|b| b.is_ascii_digit())
            || !profile.code_lengths.contains(&(item.code.len() as u8))
        {
            let finding = Finding::new(Code::CommodityForm, place());
            self.find(finding.value(&item.code).wanted(lengths()));
        } else if profile.lines_complete && self.reference.line(&item.code).is_none() {
            let finding = Finding::new(Code::CommodityUnknown, place());
            self.find(finding.value(&item.code).wanted(lengths()));
        } else if let Some(season) = self.reference.line(&item.code).and_then(|line| line.season)
            && !season.covers(self.reference.day)
            // Goods that are still to come may come in another part of the year.
            && !to_come
        {
            let finding = Finding::new(Code::CommoditySeason, place());
            self.find(finding.value(&item.code).wanted(season));
        }
    }
}

/// The item's price in the currency of assessment, for rules that look at it before assessment.
fn rough_value(item: &Item, reference: Reference<'_>) -> Option<Decimal> {
    let price = item.price?;
    price.amount.checked_mul(reference.rate(price.currency)?)
}

fn party(node: NodeRef<'_>, parties: &mut Vec<Party>) {
    let Some(role) = ROLES.iter().find(|r| **r == node.name()) else { return };
    let address = node.child("Address");
    parties.push(Party {
        role,
        id: text_in(node, "ID").to_owned(),
        name: text_in(node, "Name").to_owned(),
        country: address.map(|a| code_in(a, "CountryCode")).unwrap_or_default(),
        node: node.id(),
    });
}

fn location(node: NodeRef<'_>, d: &mut Declaration) {
    let address = node.child("Address");
    let in_address = |name| address.map(|a| text_in(a, name)).unwrap_or_default();
    d.location_qualifier = Token::lossy(in_address("TypeCode"));
    d.location = [
        in_address("CountryCode"),
        text_in(node, "TypeCode"),
        in_address("TypeCode"),
        text_in(node, "Name"),
        text_in(node, "ID"),
    ]
    .concat();
}

fn document(node: NodeRef<'_>, own: crate::money::Currency) -> Document {
    let write_off = |name| node.child("WriteOff").and_then(|w| w.child(name));
    let mut code = text_in(node, "CategoryCode").to_owned();
    code.push_str(text_in(node, "TypeCode"));
    Document {
        code: Token::lossy(&code),
        id: text_in(node, "ID").to_owned(),
        status: code_in(node, "LPCOExemptionCode"),
        written_off: write_off("QuantityQuantity").and_then(quantity),
        written_off_value: write_off("AmountAmount").and_then(|amount| money(amount, own)),
    }
}

fn charges(node: NodeRef<'_>, own: crate::money::Currency, into: &mut Vec<Charge>) {
    for charge in node.children().filter(|n| n.name() == "ChargeDeduction") {
        let amount = charge.child("OtherChargeDeductionAmount").and_then(|a| money(a, own));
        if let Some(amount) = amount {
            into.push(Charge { kind: code_in(charge, "ChargesTypeCode"), amount });
        }
    }
}

fn item(
    node: NodeRef<'_>,
    own: crate::money::Currency,
    destination: Token,
    export_country: Token,
    parties: &mut Vec<Party>,
) -> Item {
    let mut item = Item { node: node.id(), export_country, destination, ..Item::default() };
    for child in node.children() {
        match child.name() {
            "SequenceNumeric" => item.number = child.text().parse().unwrap_or(0),
            "StatisticalValueAmount" => item.statistical_value = money(child, own),
            "CustomsValueAmount" => item.customs_value = money(child, own),
            "AdditionalDocument" => item.documents.push(document(child, own)),
            "AdditionalInformation" => {
                let code = code_in(child, "StatementCode");
                item.statements.push(code);
                // A fact for a formula is stated as its name and figure.
                let said = text_in(child, "StatementDescription");
                if let Some((name, figure)) = said.rsplit_once('=')
                    && let Some(figure) = decimal(figure.trim())
                {
                    item.facts.push((name.trim().to_owned(), figure));
                }
            }
            "Commodity" => commodity(child, own, &mut item),
            "CustomsValuation" => {
                item.method = code_in(child, "MethodCode");
                charges(child, own, &mut item.charges);
            }
            "Destination" => item.destination = code_in(child, "CountryCode"),
            "ExportCountry" => item.export_country = code_in(child, "ID"),
            "GovernmentProcedure" => {
                let current = code_in(child, "CurrentCode");
                let previous = code_in(child, "PreviousCode");
                if item.procedure.is_empty() {
                    item.procedure = current;
                    item.previous_procedure = previous;
                } else {
                    item.additional_procedures.push(current);
                }
            }
            "Origin" => {
                let country = code_in(child, "CountryCode");
                if text_in(child, "TypeCode") == "2" {
                    item.preferential_origin = country;
                } else {
                    item.origin = country;
                }
            }
            "PreviousDocument" => item.previous_documents.push(document(child, own).code),
            "Packaging" => {
                let kind = code_in(child, "TypeCode");
                if !kind.is_empty() {
                    item.package_kinds.push(kind);
                }
                let count = child.child("QuantityQuantity").and_then(|q| decimal(q.text()));
                item.packages = match (item.packages, count) {
                    (Some(a), Some(b)) => a.checked_add(b),
                    (a, b) => a.or(b),
                };
            }
            _ => party(child, parties),
        }
    }
    item
}

/// Parts of a commodity code, in the order they are run together. Source: WCO DM 3.6, 337, with the
/// scheme codes of the DEC-DMS profile: combined nomenclature, its national part.
const CODE_PARTS: [&str; 2] = ["TSP", "TRC"];

fn commodity(node: NodeRef<'_>, own: crate::money::Currency, item: &mut Item) {
    let mut parts = [""; 2];
    for child in node.children() {
        match child.name() {
            "Description" => child.text().clone_into(&mut item.description),
            "Classification" => {
                let kind = text_in(child, "IdentificationTypeCode");
                let code = text_in(child, "ID");
                match CODE_PARTS.iter().position(|p| *p == kind) {
                    Some(n) => parts[n] = code,
                    // A code without a scheme is the whole code.
                    None if matches!(kind, "" | "HS" | "SRZ") => parts[0] = code,
                    None => item.additional_codes.push(Token::lossy(code)),
                }
            }
            "DutyTaxFee" => {
                let regime = code_in(child, "DutyRegimeCode");
                if !regime.is_empty() {
                    item.regime = regime;
                }
                let quota = code_in(child, "QuotaOrderID");
                if !quota.is_empty() {
                    item.quota = quota;
                }
                let tax = code_in(child, "TypeCode");
                let payment = child.child("Payment");
                let method = payment.map(|p| code_in(p, "MethodCode")).unwrap_or_default();
                let counted = child.child("SpecificTaxBaseQuantity").and_then(quantity);
                if !tax.is_empty() || !method.is_empty() || counted.is_some() {
                    item.taxes.push(DeclaredTax { tax, method, quantity: counted });
                }
            }
            "GoodsMeasure" => {
                for measure in child.children() {
                    match measure.name() {
                        "GrossMassMeasure" => item.gross_mass = kilograms(measure),
                        "NetNetWeightMeasure" => item.net_mass = kilograms(measure),
                        "TariffQuantity" => item.quantities.extend(quantity(measure)),
                        _ => {}
                    }
                }
            }
            "InvoiceLine" => {
                item.price = child.child("ItemChargeAmount").and_then(|a| money(a, own));
            }
            _ => {}
        }
    }
    item.code = Token::lossy(&parts.concat());
}

/// A mass in kilograms; grams and tonnes are converted, no unit is kilograms.
fn kilograms(node: NodeRef<'_>) -> Option<Decimal> {
    let quantity = quantity(node)?;
    match quantity.unit.as_str() {
        "TNE" => quantity.value.checked_mul(Decimal::ONE_THOUSAND),
        "GRM" => quantity.value.checked_div(Decimal::ONE_THOUSAND),
        _ => Some(quantity.value),
    }
}
