//! The sanitary and phytosanitary certificate of UN/CEFACT as the IPPC's ePhyto hub exchanges it
//! (SPSCertificate, version 17): read and written.
//!
//! Read are number, dates, notes, documents referred to, parties, countries, transport, and goods with their
//! codes, weights, packages, notes and treatments. What else the schema has (attachments, signatures, seals,
//! subdivisions of countries, other classifications) is passed over; who needs it keeps the message as it
//! was sent. The order of elements is not held against a message: those of
//! real administrations often miss it.
//!
//! Source: UN/CEFACT SPSCertificate:17; ISPM 12, appendix 1.

use fondaco::day::Day;
use fondaco::lpco::{LONGEST_NUMBER, Line, MOST_LINES, Terms};
use fondaco::money::{Decimal, decimal};
use fondaco::quantity::Quantity;
use fondaco::token::Token;

mod write;

use crate::Limits;
use crate::tree::{Node, Problems, day_of, tree};

pub use self::write::write;
pub use crate::tree::Problem;

const ROOT: &str = "urn:un:unece:uncefact:data:standard:SPSCertificate:17";
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

/// A remark: what it is about, and what it says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note {
    /// A code, such as `ADEDL` (additional declaration).
    pub subject: String,
    /// What it says.
    pub contents: Vec<Said>,
}

/// Another document it refers to; what is attached to it is not read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Referred {
    /// Its number.
    pub number: String,
    /// The code of its type.
    pub kind: String,
    /// The code of how the two go together.
    pub relation: String,
    /// When it was issued, as written.
    pub issued: String,
    /// What it is.
    pub information: Said,
}

/// A leg of the way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carriage {
    /// The code of the mode of transport. Source: Recommendation 19.
    pub mode: String,
    /// The number of the voyage, flight or trip.
    pub number: String,
    /// The name of what carries the goods.
    pub means: String,
}

/// Packages of goods.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Packages {
    /// The level: 1 is the innermost.
    pub level: String,
    /// The kind. Source: Recommendation 21.
    pub kind: String,
    /// How many.
    pub count: Decimal,
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
    /// Common names.
    pub common: Vec<Said>,
    /// Names of the species.
    pub scientific: Vec<String>,
    /// What they are for.
    pub intended: Vec<Said>,
    /// Net weight.
    pub net_weight: Option<Quantity>,
    /// Gross weight.
    pub gross_weight: Option<Quantity>,
    /// Remarks.
    pub notes: Vec<Note>,
    /// How they are packed.
    pub packages: Vec<Packages>,
    /// Codes of the Harmonized System or longer, digits, each once.
    pub codes: Vec<Token>,
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
    /// Remarks, such as additional declarations.
    pub notes: Vec<Note>,
    /// Documents it refers to.
    pub referred: Vec<Referred>,
    /// Who sends the goods.
    pub consignor: Party,
    /// Who gets them.
    pub consignee: Party,
    /// The country they leave.
    pub export: Token,
    /// The country they go to.
    pub import: Token,
    /// The countries they pass.
    pub transit: Vec<Token>,
    /// Where they are unloaded: its code, and its name.
    pub unloading: (String, String),
    /// How they come.
    pub carriage: Vec<Carriage>,
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
            let mut codes = Vec::new();
            for code in &goods.codes {
                let six = Token::lossy(code.get(..6).unwrap_or(code));
                if !codes.contains(&six) {
                    codes.push(six);
                }
            }
            Line { codes, quantity: goods.net_weight, value: None }
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

    /// The same certificate with what the register says now. `weighs` tells which units are of weight: of
    /// what is counted otherwise no weight is said, but how many there are, in a note.
    #[must_use]
    pub fn with(mut self, terms: &Terms, weighs: impl Fn(Token) -> bool) -> Self {
        let said = self.terms(&terms.holder);
        if said.lines != terms.lines {
            let mut before: Vec<Goods> = std::mem::take(&mut self.goods);
            for (n, line) in (1u32..).zip(&terms.lines) {
                // What is said of goods is said of those of these codes only. A longer code of the exporting
                // country is kept.
                let is_of = |g: &Goods, stated: &Token| {
                    g.codes.iter().any(|code| code.starts_with(stated.as_str()))
                };
                let same = |g: &Goods| {
                    !line.codes.is_empty()
                        && line.codes.iter().all(|stated| is_of(g, stated))
                        && g.codes.iter().all(|code| {
                            line.codes.iter().any(|stated| code.starts_with(stated.as_str()))
                        })
                };
                let (codes, origins) = (line.codes.clone(), of_all(&said));
                let mut goods = match before.iter().position(same) {
                    Some(at) => before.remove(at),
                    None => Goods { codes, origins, ..Goods::default() },
                };
                goods.number = n;
                let weight = line.quantity.filter(|q| weighs(q.unit));
                goods.net_weight = weight;
                if let (None, Some(count)) = (weight, line.quantity) {
                    let text = format!("{} {}", count.value.normalize(), count.unit);
                    let contents = vec![Said { language: String::new(), text }];
                    goods.notes.push(Note { subject: String::new(), contents });
                }
                self.goods.push(goods);
            }
        }
        if said.origin != terms.origin {
            let origins = of_all(terms);
            self.goods.iter_mut().for_each(|goods| goods.origins.clone_from(&origins));
        }
        self.import = terms.destination;
        if self.consignee == Party::default() {
            self.consignee.number.clone_from(&terms.holder);
        }
        self
    }
}

/// The origin that all goods of a certificate have.
fn of_all(terms: &Terms) -> Vec<Token> {
    Some(terms.origin).into_iter().filter(|origin| !origin.is_empty()).collect()
}

/// Reads a certificate.
///
/// # Errors
/// Everything that is wrong with it, each with its place.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Certificate, Vec<Problem>> {
    let (namespace, root) = tree(bytes, limits, FAMILY).map_err(|problem| vec![problem])?;
    let mut problems = Problems::default();
    if namespace != ROOT || root.name() != "SPSCertificate" {
        let want = format!("SPSCertificate ({ROOT})");
        problems.say(
            &root,
            [format!("want {want}"), format!("应为 {want}"), format!("ожидается {want}")],
        );
        return Err(problems.0);
    }
    let certificate = Reader { problems: &mut problems }.certificate(&root);
    if problems.0.is_empty() { Ok(certificate) } else { Err(problems.0) }
}

struct Reader<'p> {
    problems: &'p mut Problems,
}

impl Reader<'_> {
    /// The child of this name, which stands once: of two it cannot be told which is meant.
    fn one<'n>(&mut self, node: &'n Node, name: &str) -> Option<&'n Node> {
        let mut all = node.children.iter().filter(|child| child.name() == name);
        let first = all.next();
        for again in all {
            self.problems.say(again, ["stands twice", "重复出现", "указано дважды"]);
        }
        first
    }

    fn wanted<'n>(&mut self, node: &'n Node, name: &str) -> Option<&'n Node> {
        let found = self.one(node, name);
        if found.is_none() {
            let words =
                [format!("{name} is missing"), format!("缺少 {name}"), format!("нет {name}")];
            self.problems.say(node, words);
        }
        found
    }

    /// The text, its white space run together.
    fn words(&mut self, node: &Node) -> String {
        let text = node.leaf(self.problems);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().count() > LONGEST || text.chars().any(char::is_control) {
            self.problems.say(
                node,
                [
                    format!("want at most {LONGEST} characters, none a control"),
                    format!("最多 {LONGEST} 个字符，不得含控制字符"),
                    format!("не более {LONGEST} знаков, без управляющих"),
                ],
            );
        }
        text
    }

    fn words_of(&mut self, node: &Node, path: &[&str]) -> String {
        let found = path.iter().try_fold(node, |node, name| self.one(node, name));
        found.map(|n| self.words(n)).unwrap_or_default()
    }

    fn said(&mut self, node: &Node) -> Said {
        let language = node.attribute("languageID").unwrap_or_default();
        let language = language.split_whitespace().collect::<Vec<_>>().join(" ");
        Said { language, text: self.words(node) }
    }

    fn code(&mut self, node: &Node) -> Token {
        let text = self.words(node);
        Token::new(&text).unwrap_or_else(|_| {
            let words = ["longer than a code", "超过代码长度", "длиннее, чем код"];
            self.problems.say(node, words);
            Token::EMPTY
        })
    }

    fn country(&mut self, node: &Node) -> Token {
        let Some(id) = self.one(node, "ID") else { return Token::EMPTY };
        let code = self.code(id);
        let two = code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
        if !code.is_empty() && !two {
            let words = [
                "want the two letters of a country",
                "应为两个字母的国家（地区）代码",
                "ожидается двухбуквенный код страны",
            ];
            self.problems.say(id, words);
        }
        code
    }

    fn moment(&mut self, node: &Node, name: &str) -> String {
        let Some(node) = self.one(node, name) else { return String::new() };
        let node = self.one(node, "DateTimeString").unwrap_or(node);
        let text = self.words(node);
        if !text.is_empty() && day(&text).is_none() {
            self.problems.say(
                node,
                [
                    format!("`{text}`: want YYYY-MM-DD, or that and a time"),
                    format!("`{text}`：应为 YYYY-MM-DD，可附时间"),
                    format!("`{text}`: ожидается YYYY-MM-DD, возможно со временем"),
                ],
            );
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
                let words =
                    ["want the attribute unitCode", "缺少属性 unitCode", "нет атрибута unitCode"];
                self.problems.say(node, words);
                None
            }
            None => {
                let above = match above_zero {
                    true => [
                        " above zero, with at most 6 decimals",
                        "，大于零且最多 6 位小数",
                        " больше нуля, не более 6 знаков после запятой",
                    ],
                    false => [""; 3],
                };
                let [en, zh, ru] = above;
                self.problems.say(
                    node,
                    [
                        format!("`{text}`: want a decimal number{en}"),
                        format!("`{text}`：应为十进制数{zh}"),
                        format!("`{text}`: ожидается десятичное число{ru}"),
                    ],
                );
                None
            }
        }
    }

    fn party(&mut self, node: Option<&Node>) -> Party {
        let Some(node) = node else { return Party::default() };
        let lines = ["LineOne", "LineTwo", "LineThree", "LineFour", "LineFive", "CityName"];
        let stated = self.one(node, "SpecifiedSPSAddress");
        let address = stated.into_iter().flat_map(|a| lines.iter().map(move |line| (a, line)));
        let address = address.map(|(a, line)| self.words_of(a, &[line]));
        let address = address.filter(|line| !line.is_empty()).collect();
        // The schema takes several codes of a party; the first is its number.
        let number = node.child("TypeCode").map(|n| self.words(n)).unwrap_or_default();
        Party { address, name: self.words_of(node, &["Name"]), number }
    }

    fn treatment(&mut self, node: &Node) -> Treatment {
        let period = self.one(node, "CompletionSPSPeriod");
        let duration = period.and_then(|p| self.one(p, "DurationMeasure"));
        let mut characteristics = Vec::new();
        for one in node.all("ApplicableSPSProcessCharacteristic") {
            let measure = self.one(one, "ValueMeasure");
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

    fn note(&mut self, node: &Node) -> Note {
        Note {
            subject: self.words_of(node, &["Subject"]),
            contents: node.all("Content").map(|c| self.said(c)).collect(),
        }
    }

    fn referred(&mut self, node: &Node) -> Referred {
        Referred {
            number: self.words_of(node, &["ID"]),
            kind: self.words_of(node, &["TypeCode"]),
            relation: self.words_of(node, &["RelationshipTypeCode"]),
            issued: self.moment(node, "IssueDateTime"),
            information: self.one(node, "Information").map(|i| self.said(i)).unwrap_or_default(),
        }
    }

    fn carriage(&mut self, node: &Node) -> Carriage {
        Carriage {
            mode: self.words_of(node, &["ModeCode"]),
            number: self.words_of(node, &["ID"]),
            means: self.words_of(node, &["UsedSPSTransportMeans", "Name"]),
        }
    }

    fn packages(&mut self, node: &Node) -> Packages {
        let count = self.one(node, "ItemQuantity").map(|n| (n, self.words(n)));
        let count = count.and_then(|(node, text)| {
            let count = decimal(&text).filter(|c| *c >= Decimal::ZERO);
            if count.is_none() {
                self.problems.say(
                    node,
                    [
                        format!("`{text}`: want a number that is not below zero"),
                        format!("`{text}`：应为不小于零的数"),
                        format!("`{text}`: ожидается число не меньше нуля"),
                    ],
                );
            }
            count
        });
        Packages {
            level: self.words_of(node, &["LevelCode"]),
            kind: self.words_of(node, &["TypeCode"]),
            count: count.unwrap_or_default().normalize(),
        }
    }

    fn goods(&mut self, node: &Node) -> Goods {
        let mut goods = Goods::default();
        if let Some(number) = self.wanted(node, "SequenceNumeric") {
            let text = self.words(number);
            goods.number = text.parse().unwrap_or_else(|_| {
                self.problems.say(
                    number,
                    [
                        format!("`{text}`: want a number"),
                        format!("`{text}`：应为数字"),
                        format!("`{text}`: ожидается число"),
                    ],
                );
                0
            });
        }
        for class in node.all("ApplicableSPSClassification") {
            if self.words_of(class, &["SystemName"]) != HS {
                continue;
            }
            let Some(node) = self.one(class, "ClassCode") else { continue };
            let code = self.code(node);
            if !code.bytes().all(|b| b.is_ascii_digit()) {
                let words = [
                    "want the digits of a code of the Harmonized System",
                    "应为协调制度编码的数字",
                    "ожидаются цифры кода Гармонизированной системы",
                ];
                self.problems.say(node, words);
            }
            if !code.is_empty() && !goods.codes.contains(&code) {
                goods.codes.push(code);
            }
        }
        let weight = self.one(node, "NetWeightMeasure");
        goods.net_weight = weight.and_then(|w| self.measure(w, true));
        let gross = self.one(node, "GrossWeightMeasure");
        goods.gross_weight = gross.and_then(|w| self.measure(w, false));
        goods.descriptions = node.all("Description").map(|d| self.said(d)).collect();
        goods.common = node.all("CommonName").map(|d| self.said(d)).collect();
        goods.intended = node.all("IntendedUse").map(|d| self.said(d)).collect();
        let notes = node.all("AdditionalInformationSPSNote");
        goods.notes = notes.map(|n| self.note(n)).collect();
        goods.packages = node.all("PhysicalSPSPackage").map(|p| self.packages(p)).collect();
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
                    self.problems.say(
                        id,
                        [
                            format!("want 1 to {LONGEST_NUMBER} characters"),
                            format!("应为 1 至 {LONGEST_NUMBER} 个字符"),
                            format!("ожидается от 1 до {LONGEST_NUMBER} знаков"),
                        ],
                    );
                }
            }
            c.kind = self.wanted(document, "TypeCode").map(|n| self.code(n)).unwrap_or_default();
            c.status =
                self.wanted(document, "StatusCode").map(|n| self.code(n)).unwrap_or_default();
            c.issued = self.moment(document, "IssueDateTime");
            c.issuer = self.words_of(document, &["IssuerSPSParty", "Name"]);
            c.notes = document.all("IncludedSPSNote").map(|n| self.note(n)).collect();
            let referred = document.all("ReferenceSPSReferencedDocument");
            c.referred = referred.map(|r| self.referred(r)).collect();
        }
        if let Some(consignment) = self.wanted(root, "SPSConsignment") {
            let consignor = self.one(consignment, "ConsignorSPSParty");
            c.consignor = self.party(consignor);
            let consignee = self.one(consignment, "ConsigneeSPSParty");
            c.consignee = self.party(consignee);
            let export = self.one(consignment, "ExportSPSCountry");
            c.export = export.map(|n| self.country(n)).unwrap_or_default();
            let import = self.one(consignment, "ImportSPSCountry");
            c.import = import.map(|n| self.country(n)).unwrap_or_default();
            c.transit = consignment.all("TransitSPSCountry").map(|n| self.country(n)).collect();
            c.transit.retain(|country| !country.is_empty());
            if let Some(place) = self.one(consignment, "UnloadingBaseportSPSLocation") {
                c.unloading = (self.words_of(place, &["ID"]), self.words_of(place, &["Name"]));
            }
            let legs = consignment.all("MainCarriageSPSTransportMovement");
            c.carriage = legs.map(|leg| self.carriage(leg)).collect();
            for item in consignment.all("IncludedSPSConsignmentItem") {
                for line in item.all("IncludedSPSTradeLineItem") {
                    c.goods.push(self.goods(line));
                }
            }
            if c.goods.is_empty() || c.goods.len() > MOST_LINES {
                self.problems.say(
                    consignment,
                    [
                        format!("want 1 to {MOST_LINES} goods"),
                        format!("货物应为 1 至 {MOST_LINES} 项"),
                        format!("ожидается от 1 до {MOST_LINES} товаров"),
                    ],
                );
            }
        }
        c
    }
}
