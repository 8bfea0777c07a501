//! The sanitary and phytosanitary certificate of UN/CEFACT as the IPPC's ePhyto hub exchanges it
//! (SPSCertificate, version 17): read and written.
//!
//! What a register asks for is read: number, dates, parties, countries, goods with their codes, net weights
//! and treatments. What else the schema has (notes, attachments, transport, packages) is passed over; who
//! needs it keeps the message as it was sent. The order of elements is not held against a message: those of
//! real administrations often miss it.
//!
//! Source: UN/CEFACT SPSCertificate:17; ISPM 12, appendix 1.

use std::fmt::Write as _;

use fondaco::day::Day;
use fondaco::lpco::{LONGEST_NUMBER, Line, MOST_LINES, Terms};
use fondaco::money::{Decimal, decimal};
use fondaco::quantity::Quantity;
use fondaco::token::Token;

use crate::Limits;
use crate::tree::{Node, Problems, day_of, tree};
use crate::wco::write::escape;

pub use crate::tree::Problem;

const ROOT: &str = "urn:un:unece:uncefact:data:standard:SPSCertificate:17";
const PARTS: &str =
    "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:21";
const TYPES: &str = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:21";
const FAMILY: &str = "urn:un:unece:uncefact:data:standard:";
/// The status of a certificate that was issued. Source: UNCL 1373, as ePhyto uses it.
pub const ISSUED: &str = "70";
/// Longest text that is read, in characters.
const LONGEST: usize = 2_000;
/// The name under which goods are classified by the Harmonized System.
const HS: &str = "HS";

/// A text in a language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The language as stated; empty where not.
    pub language: String,
    /// The text, its white space run together.
    pub text: String,
}

/// Who sends the goods or gets them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party {
    /// The name.
    pub name: String,
    /// The number in its country; empty where not stated.
    pub number: String,
    /// The lines of the address.
    pub address: Vec<String>,
}

/// What is told of a treatment: what it is, or how much.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Characteristic {
    /// The code of what is told and the words, such as `TTCH` and the number of a chemical.
    pub told: Vec<Said>,
    /// A measure and its unit.
    pub measure: Option<Quantity>,
}

/// A treatment of goods.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Treatment {
    /// Its type.
    pub kind: String,
    /// When it began, as written; empty where not stated.
    pub from: String,
    /// When it ended.
    pub until: String,
    /// How long it took.
    pub duration: Option<Quantity>,
    /// What is told of it.
    pub characteristics: Vec<Characteristic>,
}

/// Goods of a certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Goods {
    /// The number of the line, as written.
    pub number: u32,
    /// Descriptions.
    pub descriptions: Vec<Said>,
    /// Names of the species.
    pub scientific: Vec<String>,
    /// Net weight.
    pub net_weight: Option<Quantity>,
    /// The code of the Harmonized System or longer, digits; empty where not stated.
    pub code: Token,
    /// Countries of origin.
    pub origins: Vec<Token>,
    /// What was done to them.
    pub treatments: Vec<Treatment>,
}

/// A certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certificate {
    /// Its number.
    pub number: String,
    /// The code of the type of document, such as 851. Source: UNCL 1001.
    pub kind: Token,
    /// The code of its status.
    pub status: Token,
    /// When it was issued, as written; empty where not stated.
    pub issued: String,
    /// Who issued it.
    pub issuer: String,
    /// Who sends the goods.
    pub consignor: Party,
    /// Who gets them.
    pub consignee: Party,
    /// The country they leave.
    pub export: Token,
    /// The country they go to.
    pub import: Token,
    /// The goods.
    pub goods: Vec<Goods>,
}

/// The day of a date, or of a date and time.
fn day(text: &str) -> Option<Day> {
    day_of(text, true).or_else(|| day_of(text, false))
}

impl Certificate {
    /// What it says as a document of the register: for one consignment, to the country it is for, of each
    /// of its goods the net weight. Codes are cut to the six digits all countries have in common.
    #[must_use]
    pub fn terms(&self, holder: &str) -> Terms {
        let line = |goods: &Goods| {
            let six = goods.code.get(..6).unwrap_or(&goods.code);
            let code = Some(Token::lossy(six)).filter(|code| !code.is_empty());
            Line { codes: code.into_iter().collect(), quantity: goods.net_weight, value: None }
        };
        // Goods of several origins have none in common.
        let mut origins = self.goods.iter().map(|g| match g.origins.as_slice() {
            [one] => *one,
            _ => Token::EMPTY,
        });
        let first = origins.next().unwrap_or_default();
        Terms {
            holder: holder.to_owned(),
            validity: fondaco::day::Validity { from: day(&self.issued), until: None },
            origin: if origins.all(|o| o == first) { first } else { Token::EMPTY },
            destination: self.import,
            lines: self.goods.iter().map(line).collect(),
            once: true,
        }
    }

    /// The same certificate with what the register says now.
    #[must_use]
    pub fn with(mut self, terms: &Terms) -> Self {
        if self.terms(&terms.holder).lines != terms.lines {
            self.goods.resize(terms.lines.len(), Goods::default());
            for (n, (goods, line)) in (1u32..).zip(self.goods.iter_mut().zip(&terms.lines)) {
                goods.number = n;
                goods.net_weight = line.quantity;
                let stated = line.codes.first().copied().unwrap_or_default();
                // A longer code of the exporting country is kept where it is one of these.
                if !goods.code.starts_with(stated.as_str()) || stated.is_empty() {
                    goods.code = stated;
                }
                if !terms.origin.is_empty() {
                    goods.origins = vec![terms.origin];
                }
            }
        }
        self.import = terms.destination;
        if self.consignee == Party::default() {
            self.consignee.number.clone_from(&terms.holder);
        }
        self
    }
}

/// Reads a certificate.
///
/// # Errors
/// Everything that is wrong with it, each with its place.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Certificate, Vec<Problem>> {
    let (namespace, root) = tree(bytes, limits, FAMILY).map_err(|problem| vec![problem])?;
    let mut problems = Problems::default();
    if namespace != ROOT || root.name() != "SPSCertificate" {
        problems.at(&root, format!("want SPSCertificate of {ROOT}"));
        return Err(problems.0);
    }
    let certificate = Reader { problems: &mut problems }.certificate(&root);
    if problems.0.is_empty() { Ok(certificate) } else { Err(problems.0) }
}

struct Reader<'p> {
    problems: &'p mut Problems,
}

impl Reader<'_> {
    fn wanted<'n>(&mut self, node: &'n Node, name: &str) -> Option<&'n Node> {
        let found = node.child(name);
        if found.is_none() {
            self.problems.at(node, format!("{name} is missing"));
        }
        found
    }

    /// The text, its white space run together.
    fn words(&mut self, node: &Node) -> String {
        let text = node.leaf(self.problems);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().count() > LONGEST || text.chars().any(char::is_control) {
            self.problems.at(node, format!("want at most {LONGEST} characters, none a control"));
        }
        text
    }

    fn words_of(&mut self, node: &Node, path: &[&str]) -> String {
        node.down(path).map(|n| self.words(n)).unwrap_or_default()
    }

    fn said(&mut self, node: &Node) -> Said {
        let language = node.attribute("languageID").unwrap_or_default();
        let language = language.split_whitespace().collect::<Vec<_>>().join(" ");
        Said { language, text: self.words(node) }
    }

    fn code(&mut self, node: &Node) -> Token {
        let text = self.words(node);
        Token::new(&text).unwrap_or_else(|_| {
            self.problems.at(node, "longer than a code");
            Token::EMPTY
        })
    }

    fn country(&mut self, node: &Node) -> Token {
        let Some(id) = node.child("ID") else { return Token::EMPTY };
        let code = self.code(id);
        let two = code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
        if !code.is_empty() && !two {
            self.problems.at(id, "want the two letters of a country");
        }
        code
    }

    fn moment(&mut self, node: &Node, name: &str) -> String {
        let Some(node) = node.child(name) else { return String::new() };
        let node = node.child("DateTimeString").unwrap_or(node);
        let text = self.words(node);
        if !text.is_empty() && day(&text).is_none() {
            self.problems.at(node, format!("`{text}`: want YYYY-MM-DD, or that and a time"));
        }
        text
    }

    fn measure(&mut self, node: &Node, above_zero: bool) -> Option<Quantity> {
        let text = self.words(node);
        let unit = Token::new(node.attribute("unitCode").unwrap_or_default()).unwrap_or_default();
        let value = decimal(&text).map(|v| v.normalize());
        let fits = |v: &Decimal| !above_zero || (*v > Decimal::ZERO && v.scale() <= 6);
        match value.filter(fits) {
            Some(value) if !unit.is_empty() => Some(Quantity { value, unit }),
            Some(_) => {
                self.problems.at(node, "want the attribute unitCode");
                None
            }
            None => {
                let above = if above_zero { " above zero, with at most 6 decimals" } else { "" };
                self.problems.at(node, format!("`{text}`: want a decimal number{above}"));
                None
            }
        }
    }

    fn party(&mut self, node: Option<&Node>) -> Party {
        let Some(node) = node else { return Party::default() };
        let lines = ["LineOne", "LineTwo", "LineThree", "LineFour", "LineFive", "CityName"];
        let address = lines.iter().map(|line| self.words_of(node, &["SpecifiedSPSAddress", line]));
        let address = address.filter(|line| !line.is_empty()).collect();
        Party {
            address,
            name: self.words_of(node, &["Name"]),
            number: self.words_of(node, &["TypeCode"]),
        }
    }

    fn treatment(&mut self, node: &Node) -> Treatment {
        let period = node.child("CompletionSPSPeriod");
        let duration = period.and_then(|p| p.child("DurationMeasure"));
        let mut characteristics = Vec::new();
        for one in node.all("ApplicableSPSProcessCharacteristic") {
            let measure = one.child("ValueMeasure");
            characteristics.push(Characteristic {
                told: one.all("Description").map(|d| self.said(d)).collect(),
                measure: measure.and_then(|m| self.measure(m, false)),
            });
        }
        Treatment {
            kind: self.words_of(node, &["TypeCode"]),
            from: period.map(|p| self.moment(p, "StartDateTime")).unwrap_or_default(),
            until: period.map(|p| self.moment(p, "EndDateTime")).unwrap_or_default(),
            duration: duration.and_then(|d| self.measure(d, false)),
            characteristics,
        }
    }

    fn goods(&mut self, node: &Node) -> Goods {
        let mut goods = Goods::default();
        if let Some(number) = self.wanted(node, "SequenceNumeric") {
            let text = self.words(number);
            goods.number = text.parse().unwrap_or_else(|_| {
                self.problems.at(number, format!("`{text}`: want a number"));
                0
            });
        }
        for class in node.all("ApplicableSPSClassification") {
            if self.words_of(class, &["SystemName"]) != HS {
                continue;
            }
            let Some(code) = class.child("ClassCode") else { continue };
            goods.code = self.code(code);
            if !goods.code.bytes().all(|b| b.is_ascii_digit()) {
                self.problems.at(code, "want the digits of a code of the Harmonized System");
            }
        }
        let weight = node.child("NetWeightMeasure");
        goods.net_weight = weight.and_then(|w| self.measure(w, true));
        goods.descriptions = node.all("Description").map(|d| self.said(d)).collect();
        goods.scientific = node.all("ScientificName").map(|n| self.words(n)).collect();
        goods.scientific.retain(|name| !name.is_empty());
        goods.origins = node.all("OriginSPSCountry").map(|c| self.country(c)).collect();
        goods.origins.retain(|country| !country.is_empty());
        goods.treatments = node.all("AppliedSPSProcess").map(|t| self.treatment(t)).collect();
        goods
    }

    fn certificate(&mut self, root: &Node) -> Certificate {
        let mut c = Certificate::default();
        if let Some(document) = self.wanted(root, "SPSExchangedDocument") {
            if let Some(id) = self.wanted(document, "ID") {
                c.number = self.words(id);
                if c.number.is_empty() || c.number.chars().count() > LONGEST_NUMBER {
                    self.problems.at(id, format!("want 1 to {LONGEST_NUMBER} characters"));
                }
            }
            c.kind = self.wanted(document, "TypeCode").map(|n| self.code(n)).unwrap_or_default();
            c.status =
                self.wanted(document, "StatusCode").map(|n| self.code(n)).unwrap_or_default();
            c.issued = self.moment(document, "IssueDateTime");
            c.issuer = self.words_of(document, &["IssuerSPSParty", "Name"]);
        }
        if let Some(consignment) = self.wanted(root, "SPSConsignment") {
            c.consignor = self.party(consignment.child("ConsignorSPSParty"));
            c.consignee = self.party(consignment.child("ConsigneeSPSParty"));
            let country = |name| consignment.child(name);
            c.export = country("ExportSPSCountry").map(|n| self.country(n)).unwrap_or_default();
            c.import = country("ImportSPSCountry").map(|n| self.country(n)).unwrap_or_default();
            for item in consignment.all("IncludedSPSConsignmentItem") {
                for line in item.all("IncludedSPSTradeLineItem") {
                    c.goods.push(self.goods(line));
                }
            }
            if c.goods.is_empty() || c.goods.len() > MOST_LINES {
                self.problems.at(consignment, format!("want 1 to {MOST_LINES} goods"));
            }
        }
        c
    }
}

/// Writes elements; a text that is empty is left out.
struct Writer {
    out: String,
}

impl Writer {
    fn within(&mut self, name: &str, inner: impl FnOnce(&mut Self)) {
        // Writing to a text does not fail.
        let _ = write!(self.out, "<r:{name}>");
        inner(self);
        let _ = write!(self.out, "</r:{name}>");
    }

    fn leaf(&mut self, name: &str, attribute: (&str, &str), text: &str) {
        let _ = write!(self.out, "<r:{name}");
        if !attribute.1.is_empty() {
            let _ = write!(self.out, " {}=\"", attribute.0);
            escape(&mut self.out, attribute.1, true);
            self.out.push('"');
        }
        self.out.push('>');
        escape(&mut self.out, text, false);
        let _ = write!(self.out, "</r:{name}>");
    }

    fn text(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.leaf(name, ("", ""), text);
        }
    }

    fn said(&mut self, name: &str, said: &Said) {
        self.leaf(name, ("languageID", &said.language), &said.text);
    }

    fn measure(&mut self, name: &str, measure: Option<Quantity>) {
        if let Some(q) = measure {
            self.leaf(name, ("unitCode", &q.unit), &q.value.normalize().to_string());
        }
    }

    fn moment(&mut self, name: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let _ = write!(self.out, "<r:{name}><t:DateTimeString>");
        escape(&mut self.out, text, false);
        let _ = write!(self.out, "</t:DateTimeString></r:{name}>");
    }

    fn country(&mut self, name: &str, country: Token) {
        if !country.is_empty() {
            self.within(name, |w| w.text("ID", &country));
        }
    }

    fn party(&mut self, name: &str, party: &Party) {
        if *party == Party::default() {
            return;
        }
        self.within(name, |w| {
            w.text("Name", &party.name);
            w.text("TypeCode", &party.number);
            if !party.address.is_empty() {
                let lines = ["LineOne", "LineTwo", "LineThree", "LineFour", "LineFive", "CityName"];
                w.within("SpecifiedSPSAddress", |w| {
                    for (line, text) in lines.iter().zip(&party.address) {
                        w.text(line, text);
                    }
                });
            }
        });
    }

    fn treatment(&mut self, treatment: &Treatment) {
        self.within("AppliedSPSProcess", |w| {
            w.text("TypeCode", &treatment.kind);
            let none = treatment.from.is_empty() && treatment.until.is_empty();
            if !none || treatment.duration.is_some() {
                w.within("CompletionSPSPeriod", |w| {
                    w.moment("StartDateTime", &treatment.from);
                    w.moment("EndDateTime", &treatment.until);
                    w.measure("DurationMeasure", treatment.duration);
                });
            }
            for one in &treatment.characteristics {
                w.within("ApplicableSPSProcessCharacteristic", |w| {
                    one.told.iter().for_each(|said| w.said("Description", said));
                    w.measure("ValueMeasure", one.measure);
                });
            }
        });
    }

    fn goods(&mut self, goods: &Goods) {
        self.within("IncludedSPSTradeLineItem", |w| {
            w.text("SequenceNumeric", &goods.number.to_string());
            goods.descriptions.iter().for_each(|said| w.said("Description", said));
            goods.scientific.iter().for_each(|name| w.text("ScientificName", name));
            w.measure("NetWeightMeasure", goods.net_weight);
            if !goods.code.is_empty() {
                w.within("ApplicableSPSClassification", |w| {
                    w.text("SystemName", HS);
                    w.text("ClassCode", &goods.code);
                });
            }
            goods.origins.iter().for_each(|origin| w.country("OriginSPSCountry", *origin));
            goods.treatments.iter().for_each(|treatment| w.treatment(treatment));
        });
    }
}

/// Writes a certificate, its elements in the order of the schema.
#[must_use]
pub fn write(c: &Certificate) -> String {
    let mut w = Writer { out: String::new() };
    let _ = write!(
        w.out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<s:SPSCertificate xmlns:s=\"{ROOT}\" xmlns:r=\"{PARTS}\" \
         xmlns:t=\"{TYPES}\"><s:SPSExchangedDocument>"
    );
    w.text("ID", &c.number);
    w.text("TypeCode", &c.kind);
    w.text("StatusCode", &c.status);
    w.moment("IssueDateTime", &c.issued);
    if !c.issuer.is_empty() {
        w.within("IssuerSPSParty", |w| w.text("Name", &c.issuer));
    }
    w.out.push_str("</s:SPSExchangedDocument><s:SPSConsignment>");
    w.party("ConsignorSPSParty", &c.consignor);
    w.party("ConsigneeSPSParty", &c.consignee);
    w.country("ExportSPSCountry", c.export);
    w.country("ImportSPSCountry", c.import);
    w.within("IncludedSPSConsignmentItem", |w| c.goods.iter().for_each(|goods| w.goods(goods)));
    w.out.push_str("</s:SPSConsignment></s:SPSCertificate>\n");
    w.out
}
