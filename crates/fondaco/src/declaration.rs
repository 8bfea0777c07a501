//! The declaration: every field the house decides by, typed.
//!
//! It is made of a [`crate::draft::Draft`] by `admission`, once; what comes after takes it
//! and asks nothing again. Its facts are what conditions look at.

use crate::condition::{Facts, ListField, NumberField, TextField};
use crate::day::Day;
use crate::draft::NodeId;
use crate::measure::Direction;
use crate::money::{Decimal, Money};
use crate::quantity::{Count, Quantity, UnitProduct};
use crate::reference::{Profile, Reference};
use crate::token::Token;

/// What a message asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Message {
    /// A declaration for the first time.
    Original,
    /// A change to one already lodged.
    Amendment,
    /// The end of one already lodged.
    Cancellation,
    /// The goods of one already lodged have come.
    Arrival,
    /// Another request about one already lodged.
    #[default]
    Request,
}

impl Message {
    /// From the function code (017) and the type (D013).
    ///
    /// Source: UN/EDIFACT 1225; types `COR`, `INV` and `GPR` of additional messages.
    #[must_use]
    pub fn of(function: &str, kind: &str) -> Self {
        match (function, kind) {
            ("1", _) | (_, "INV") => Self::Cancellation,
            ("4" | "5", _) | (_, "COR") => Self::Amendment,
            (_, "GPR") => Self::Arrival,
            ("9", _) => Self::Original,
            _ => Self::Request,
        }
    }

    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Amendment => "amendment",
            Self::Cancellation => "cancellation",
            Self::Arrival => "arrival",
            Self::Request => "request",
        }
    }
}

/// Somebody named on the declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// WCO class name, such as `Declarant`.
    pub role: &'static str,
    /// Registration number; empty where none.
    pub id: String,
    /// Name as written; empty where only the number is given.
    pub name: String,
    /// Country of the address.
    pub country: Token,
    /// Where it stands.
    pub node: NodeId,
}

/// A document named on the declaration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Category and type run together, such as `C085`.
    pub code: Token,
    /// Its number.
    pub id: String,
    /// Status, such as `AE`.
    pub status: Token,
    /// How much is to be written off on it, where that is stated.
    pub written_off: Option<Quantity>,
    /// For how much, where that is stated.
    pub written_off_value: Option<Money>,
}

/// A tax line the declarant states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredTax {
    /// Tax type; empty where only a method is stated.
    pub tax: Token,
    /// Method of payment.
    pub method: Token,
    /// Quantity the tax is counted by.
    pub quantity: Option<Quantity>,
}

/// A charge added to the value or taken off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// Its type.
    pub kind: Token,
    /// How much.
    pub amount: Money,
}

/// A goods item. Source: WCO DM 3.6, class 68A.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Item {
    /// Its number, from 1.
    pub number: u32,
    /// Where it stands.
    pub node: NodeId,
    /// Commodity code, all its parts run together.
    pub code: Token,
    /// Description of the goods.
    pub description: String,
    /// Non-preferential origin.
    pub origin: Token,
    /// Preferential origin.
    pub preferential_origin: Token,
    /// Country of export.
    pub export_country: Token,
    /// Country of destination.
    pub destination: Token,
    /// Procedure requested.
    pub procedure: Token,
    /// Previous procedure.
    pub previous_procedure: Token,
    /// Additional procedures.
    pub additional_procedures: Vec<Token>,
    /// Additional commodity codes.
    pub additional_codes: Vec<Token>,
    /// Duty regime (preference) claimed.
    pub regime: Token,
    /// Quota order number.
    pub quota: Token,
    /// Valuation method.
    pub method: Token,
    /// Price paid or payable for the item.
    pub price: Option<Money>,
    /// Customs value, where the declarant states it.
    pub customs_value: Option<Money>,
    /// Statistical value.
    pub statistical_value: Option<Money>,
    /// Charges of the item.
    pub charges: Vec<Charge>,
    /// Gross mass in kilograms.
    pub gross_mass: Option<Decimal>,
    /// Net mass in kilograms.
    pub net_mass: Option<Decimal>,
    /// Supplementary quantities; a unit not stated is the tariff line's.
    pub quantities: Vec<Quantity>,
    /// Tax lines stated.
    pub taxes: Vec<DeclaredTax>,
    /// Documents.
    pub documents: Vec<Document>,
    /// Additional information codes.
    pub statements: Vec<Token>,
    /// Facts stated for formulas: name, figure.
    pub facts: Vec<(String, Decimal)>,
    /// Packages.
    pub packages: Option<Decimal>,
    /// Kinds of packages.
    pub package_kinds: Vec<Token>,
    /// Previous documents: category and type run together.
    pub previous_documents: Vec<Token>,
}

impl Item {
    /// The origin duties are found by: the preferential where a preference is claimed on it.
    #[must_use]
    pub fn duty_origins(&self) -> [Token; 2] {
        [self.origin, self.preferential_origin]
    }

    /// The item as it would be declared without a quota and without a preference.
    #[must_use]
    pub fn without_claim(&self, profile: &Profile) -> Self {
        Self { quota: Token::EMPTY, regime: profile.unclaimed(), ..self.clone() }
    }
}

/// A goods declaration. Source: WCO DM 3.6, class 42A.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Declaration {
    /// What it asks for.
    pub message: Message,
    /// D013.
    pub kind: Token,
    /// Which way the goods go; `None` for messages about another declaration.
    pub direction: Option<Direction>,
    /// D026, the declarant's own reference (LRN).
    pub reference: String,
    /// D014, the house's number (MRN), where the message is about a declaration already lodged.
    pub mrn: String,
    /// Acceptance stated by the declarant.
    pub acceptance: Option<Day>,
    /// Office.
    pub office: Token,
    /// Office of exit.
    pub exit_office: Token,
    /// Mode of transport at the border.
    pub mode: Token,
    /// Representation.
    pub representation: Token,
    /// Country, type, qualifier and name of the goods location run together.
    pub location: String,
    /// Qualifier of the goods location.
    pub location_qualifier: Token,
    /// Incoterms code.
    pub incoterm: Token,
    /// Invoice total.
    pub invoice_total: Option<Money>,
    /// Charges of the whole consignment.
    pub charges: Vec<Charge>,
    /// Additional information codes of the declaration.
    pub statements: Vec<Token>,
    /// Documents of the declaration.
    pub documents: Vec<Document>,
    /// Previous documents of the shipment: category and type run together.
    pub previous_documents: Vec<Token>,
    /// Kinds of authorisation held, and by whom.
    pub authorisations: Vec<(Token, String)>,
    /// Programmes of authorised operators that the register of the house has the declarant or the importer
    /// in; told by the house once it is admitted.
    pub programmes: Vec<Token>,
    /// Everybody named.
    pub parties: Vec<Party>,
    /// The goods.
    pub items: Vec<Item>,
}

impl Declaration {
    /// Whether it names any tax (data element 4/3).
    #[must_use]
    pub fn names_taxes(&self) -> bool {
        self.items.iter().any(|item| !item.taxes.is_empty())
    }

    /// Whether it is lodged before its goods come.
    ///
    /// Source: additional declaration types D, E, F and K (UCC-derived data sets, element 1/2).
    #[must_use]
    pub fn is_pre_lodged(&self) -> bool {
        matches!(self.kind.get(2..3), Some("D" | "E" | "F" | "K"))
    }

    /// The first party in this role by its number, or by its name where it has none.
    #[must_use]
    pub fn party_shown(&self, role: &str) -> &str {
        let party = self.parties.iter().find(|p| p.role == role);
        party.map_or("", |p| if p.id.is_empty() { &p.name } else { &p.id })
    }

    /// Who files.
    #[must_use]
    pub fn declarant(&self) -> &str {
        self.party_shown("Declarant")
    }
}

/// The facts of one item within its declaration, or of a declaration without items.
#[derive(Clone, Copy)]
pub struct ItemFacts<'a> {
    /// The declaration.
    pub declaration: &'a Declaration,
    /// The item; `None` for rules of the whole declaration.
    pub item: Option<&'a Item>,
    /// The law.
    pub reference: Reference<'a>,
    /// The item's value in the currency of assessment, where known.
    pub value: Option<Decimal>,
}

impl ItemFacts<'_> {
    /// How many there are of a unit, as stated or as the product of two that are; `None` where that is
    /// not stated. `tax` and `unstated` are the tax it is asked for and the unit its rate gives to a
    /// quantity stated without one; both may be empty.
    #[must_use]
    pub fn quantity(&self, tax: Token, unstated: Token, unit: Token) -> Option<Count> {
        self.stated(tax, unstated, unit).or_else(|| {
            let products = self.reference.pack.units.products(unit);
            let count = |product: &UnitProduct| {
                let [a, b] = product.of.map(|of| self.stated(tax, unstated, of));
                a?.times(b?)?.times(Count { dividend: product.factor, divisor: Decimal::ONE })
            };
            products.filter_map(count).next()
        })
    }

    /// How many there are of a unit, for what is drawn on a quota or written off a document: the most that
    /// anything stated of the goods comes to, so that no statement of less hides what there is. `None` where
    /// nothing is stated.
    #[must_use]
    pub fn goods(&self, unit: Token) -> Option<Decimal> {
        let stated = self.counts(self.item?, |_| true, Token::EMPTY, unit);
        stated
            .filter_map(Count::value)
            .max()
            .or_else(|| self.quantity(Token::EMPTY, Token::EMPTY, unit).and_then(Count::value))
    }

    /// A quantity in this unit: what the tax line states, what the goods measure states, the masses.
    fn stated(&self, tax: Token, unstated: Token, unit: Token) -> Option<Count> {
        // A quantity stated with no tax type is for any tax counted in its unit.
        let of_tax = |stated: Token| stated == tax || stated.is_empty();
        self.counts(self.item?, of_tax, unstated, unit).next()
    }

    /// Every quantity of an item that can be told in this unit, of these tax lines and of the goods.
    fn counts(
        &self,
        item: &Item,
        of_tax: impl Fn(Token) -> bool,
        unstated: Token,
        unit: Token,
    ) -> impl Iterator<Item = Count> {
        let line = self.reference.line(&item.code);
        let units = &self.reference.pack.units;
        let stated = item.taxes.iter().filter(move |t| of_tax(t.tax));
        let declared = stated.filter_map(|t| t.quantity);
        let supplementary = item.quantities.iter().enumerate().map(move |(n, q)| {
            if !q.unit.is_empty() {
                return *q;
            }
            let unit = match (n, line) {
                (0, _) if !unstated.is_empty() => unstated,
                (n, Some(line)) => line.units.get(n).copied().unwrap_or_default(),
                _ => Token::EMPTY,
            };
            Quantity { value: q.value, unit }
        });
        let mass = item.net_mass.map(|value| Quantity { value, unit: Token::lossy("KGM") });
        declared
            .chain(supplementary)
            .chain(mass)
            // None of something, or less, is no quantity that goods can have.
            .filter(|q| !q.unit.is_empty() && q.value > Decimal::ZERO)
            .filter_map(move |q| units.convert(q, unit))
    }
}

impl Facts for ItemFacts<'_> {
    fn text(&self, field: TextField) -> &str {
        let d = self.declaration;
        let item = |of: fn(&Item) -> &str| self.item.map_or("", of);
        match field {
            TextField::Direction => d.direction.map_or("", Direction::name),
            TextField::Type => &d.kind,
            TextField::Additional => d.kind.get(2..).unwrap_or_default(),
            TextField::Reference => &d.reference,
            TextField::Declarant => d.declarant(),
            TextField::Importer => d.party_shown("Importer"),
            TextField::Exporter => d.party_shown("Exporter"),
            TextField::Office => &d.office,
            TextField::ExitOffice => &d.exit_office,
            TextField::Mode => &d.mode,
            TextField::Representation => &d.representation,
            TextField::Location => &d.location,
            TextField::LocationQualifier => &d.location_qualifier,
            TextField::Incoterm => &d.incoterm,
            TextField::Commodity => item(|i| &i.code),
            TextField::Origin => {
                item(|i| if i.origin.is_empty() { &i.preferential_origin } else { &i.origin })
            }
            TextField::PreferentialOrigin => item(|i| &i.preferential_origin),
            TextField::ExportCountry => item(|i| &i.export_country),
            TextField::Destination => item(|i| &i.destination),
            TextField::Procedure => item(|i| &i.procedure),
            TextField::PreviousProcedure => item(|i| &i.previous_procedure),
            TextField::Regime => item(|i| &i.regime),
            TextField::Method => item(|i| &i.method),
            TextField::Quota => item(|i| &i.quota),
            TextField::Description => item(|i| &i.description),
        }
    }

    fn any(&self, field: ListField, test: &mut dyn FnMut(&str) -> bool) -> bool {
        let d = self.declaration;
        let mut tokens = |all: &[Token]| all.iter().any(|t| test(t));
        match (field, self.item) {
            (ListField::Statements, None) => tokens(&d.statements),
            (ListField::Statements, Some(i)) => tokens(&i.statements) || tokens(&d.statements),
            (ListField::AdditionalProcedures, Some(i)) => tokens(&i.additional_procedures),
            (ListField::AdditionalCodes, Some(i)) => tokens(&i.additional_codes),
            (ListField::Taxes, Some(i)) => i.taxes.iter().any(|t| test(&t.tax)),
            (ListField::PaymentMethods, Some(i)) => i.taxes.iter().any(|t| test(&t.method)),
            (ListField::Documents, item) => item
                .into_iter()
                .flat_map(|i| &i.documents)
                .chain(&d.documents)
                .any(|doc| test(&doc.code)),
            (ListField::PackageKinds, Some(i)) => tokens(&i.package_kinds),
            (ListField::PreviousDocuments, item) => {
                item.is_some_and(|i| tokens(&i.previous_documents)) || tokens(&d.previous_documents)
            }
            (ListField::Programmes, _) => tokens(&d.programmes),
            (ListField::Authorisations, _) => d.authorisations.iter().any(|(kind, _)| test(kind)),
            (ListField::AuthorisationsOfOthers, _) => {
                d.authorisations.iter().any(|(kind, holder)| {
                    !d.parties.iter().any(|p| same_number(&p.id, holder)) && test(kind)
                })
            }
            (
                ListField::AdditionalProcedures
                | ListField::AdditionalCodes
                | ListField::PackageKinds
                | ListField::PaymentMethods
                | ListField::Taxes,
                None,
            ) => false,
        }
    }

    fn number(&self, field: NumberField) -> Option<Decimal> {
        match field {
            NumberField::Items => Some(Decimal::from(self.declaration.items.len())),
            NumberField::InvoiceTotal => {
                let total = self.declaration.invoice_total?;
                total.amount.checked_mul(self.reference.rate(total.currency)?)
            }
            NumberField::Price => Some(self.item?.price?.amount),
            NumberField::ItemValue => self.value,
            NumberField::GrossMass => self.item?.gross_mass,
            NumberField::NetMass => self.item?.net_mass,
            NumberField::Packages => self.item?.packages,
        }
    }

    fn listed(&self, list: &str, code: &str) -> bool {
        self.reference.listed(list, code).unwrap_or(true)
    }
}

/// Whether two registration numbers are one, whichever of its territories' two letters lead them.
fn same_number(a: &str, b: &str) -> bool {
    let bare = |t: &str| {
        t.get(2..).filter(|_| t.bytes().take(2).all(|b| b.is_ascii_uppercase())).map(str::to_owned)
    };
    a == b || (bare(a).is_some() && bare(a) == bare(b))
}
