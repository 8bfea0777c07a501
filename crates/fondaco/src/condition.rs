//! Conditions of rules: typed trees over the facts of a declaration.
//!
//! Users write them in a subset of CEL (see `docs/conditions.md`); a pack is refused where one does
//! not type-check. Logic is three-valued: a comparison with a figure that is not stated is neither
//! true nor false, and a rule that hangs on it says so.

use std::fmt;

use crate::money::Decimal;
use crate::token::Token;

macro_rules! fields {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }
        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// The name in a condition.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
            /// The field with this name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|f| f.name() == name)
            }
        }
    };
}

fields! {
    /// Facts that are one code or text; empty where not stated.
    TextField {
        /// `import` or `export`.
        Direction = "declaration.direction",
        /// D013, such as `IMA`.
        Type = "declaration.type",
        /// The third letter of the type, such as `A` or `Y`.
        Additional = "declaration.additional",
        /// D026.
        Reference = "declaration.reference",
        /// The declarant's id.
        Declarant = "declaration.declarant",
        /// The importer's id, or name where no id is given.
        Importer = "declaration.importer",
        /// The exporter's id, or name where no id is given.
        Exporter = "declaration.exporter",
        /// 065 or the office of presentation.
        Office = "declaration.office",
        /// Office of exit.
        ExitOffice = "declaration.exit_office",
        /// Mode of transport at the border.
        Mode = "declaration.mode",
        /// Representation: 2 direct, 3 indirect.
        Representation = "declaration.representation",
        /// Country, type, qualifier and name of the goods location run together.
        Location = "declaration.location",
        /// The qualifier of the goods location, such as `U` or `Y`.
        LocationQualifier = "declaration.location_qualifier",
        /// Incoterms code.
        Incoterm = "declaration.incoterm",
        /// The commodity code.
        Commodity = "item.code",
        /// Non-preferential origin, or the preferential where only that is stated.
        Origin = "item.origin",
        /// Preferential origin.
        PreferentialOrigin = "item.preferential_origin",
        /// Country of export.
        ExportCountry = "item.export_country",
        /// Country of destination.
        Destination = "item.destination",
        /// Procedure requested.
        Procedure = "item.procedure",
        /// Previous procedure.
        PreviousProcedure = "item.previous_procedure",
        /// Duty regime (preference) claimed.
        Regime = "item.regime",
        /// Valuation method.
        Method = "item.method",
        /// Quota order number.
        Quota = "item.quota",
        /// Description of the goods.
        Description = "item.description",
    }
}

fields! {
    /// Facts that are lists of codes.
    ListField {
        /// Additional information codes of the item and the declaration.
        Statements = "item.statements",
        /// Document codes: category and type run together, such as `C085`.
        Documents = "item.documents",
        /// Previous documents of the item and the shipment: category and type run together.
        PreviousDocuments = "item.previous_documents",
        /// Kinds of packages.
        PackageKinds = "item.package_kinds",
        /// Additional procedure codes.
        AdditionalProcedures = "item.additional_procedures",
        /// Additional commodity codes.
        AdditionalCodes = "item.additional_codes",
        /// Tax types the declarant names.
        Taxes = "item.taxes",
        /// Methods of payment the declarant names.
        PaymentMethods = "item.payment_methods",
        /// Kinds of authorisation held.
        Authorisations = "declaration.authorisations",
        /// Kinds of authorisation whose holder is nobody named on the declaration.
        AuthorisationsOfOthers = "declaration.authorisations_of_others",
        /// Programmes of authorised operators that the register of the house has the declarant or the
        /// importer in. Asked by rules of risk only: checks are made before they are told.
        Programmes = "declaration.programmes",
    }
}

fields! {
    /// Facts that are figures; unknown where not stated.
    NumberField {
        /// Number of items.
        Items = "declaration.items",
        /// Invoice total in the currency of assessment.
        InvoiceTotal = "declaration.invoice_total",
        /// Item price as stated, in its own currency.
        Price = "item.price",
        /// Item value in the currency of assessment.
        ItemValue = "item.value",
        /// Gross mass, kilograms.
        GrossMass = "item.gross_mass",
        /// Net mass, kilograms.
        NetMass = "item.net_mass",
        /// Packages.
        Packages = "item.packages",
    }
}

/// Where a condition looks its facts up.
pub trait Facts {
    /// The text; empty where not stated.
    fn text(&self, field: TextField) -> &str;
    /// Whether some entry of the list passes.
    fn any(&self, field: ListField, test: &mut dyn FnMut(&str) -> bool) -> bool;
    /// The figure.
    fn number(&self, field: NumberField) -> Option<Decimal>;
    /// Whether the code is on the list in force.
    fn listed(&self, list: &str, code: &str) -> bool;
}

/// What is asked of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// One of these.
    OneOf(Vec<Token>),
    /// It begins so.
    StartsWith(Token),
    /// It has one of these within, whatever the case.
    Contains(Vec<String>),
}

impl Test {
    /// Whether the text passes.
    #[must_use]
    pub fn passes(&self, text: &str) -> bool {
        match self {
            Self::OneOf(all) => all.iter().any(|one| one == text),
            Self::StartsWith(start) => text.starts_with(start.as_str()),
            Self::Contains(parts) => {
                let text = text.to_lowercase();
                parts.iter().any(|part| text.contains(&part.to_lowercase()))
            }
        }
    }
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
}

/// An operation on figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Over,
}

/// A figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Number {
    /// As written.
    Constant(Decimal),
    /// As stated.
    Field(NumberField),
    /// As computed.
    Operation(Operation, Box<Number>, Box<Number>),
}

impl Number {
    fn value(&self, facts: &dyn Facts) -> Option<Decimal> {
        match self {
            Self::Constant(value) => Some(*value),
            Self::Field(field) => facts.number(*field),
            Self::Operation(operation, a, b) => {
                let (a, b) = (a.value(facts)?, b.value(facts)?);
                match operation {
                    Operation::Plus => a.checked_add(b),
                    Operation::Minus => a.checked_sub(b),
                    Operation::Times => a.checked_mul(b),
                    Operation::Over => a.checked_div(b),
                }
            }
        }
    }

    fn fields(&self, seen: &mut Vec<NumberField>) {
        match self {
            Self::Constant(_) => {}
            Self::Field(field) => seen.push(*field),
            Self::Operation(_, a, b) => {
                a.fields(seen);
                b.fields(seen);
            }
        }
    }
}

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// All of them; of none, true.
    All(Vec<Condition>),
    /// One of them at least; of none, false.
    Any(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// A text passes.
    Text(TextField, Test),
    /// Some entry of a list passes.
    List(ListField, Test),
    /// Two texts are the same.
    Same(TextField, TextField),
    /// A text is a code in force on a list.
    Listed(Token, TextField),
    /// Two figures compare.
    Compare(Number, Comparison, Number),
    /// A figure is stated.
    Stated(NumberField),
}

impl Condition {
    /// Always true.
    pub const ALWAYS: Self = Self::All(Vec::new());

    /// Whether it holds; `None` where that hangs on a figure not stated.
    #[must_use]
    pub fn holds(&self, facts: &dyn Facts) -> Option<bool> {
        match self {
            Self::All(all) => {
                let mut known = true;
                for one in all {
                    match one.holds(facts) {
                        Some(false) => return Some(false),
                        Some(true) => {}
                        None => known = false,
                    }
                }
                known.then_some(true)
            }
            Self::Any(all) => {
                let mut known = true;
                for one in all {
                    match one.holds(facts) {
                        Some(true) => return Some(true),
                        Some(false) => {}
                        None => known = false,
                    }
                }
                known.then_some(false)
            }
            Self::Not(one) => one.holds(facts).map(|b| !b),
            Self::Text(field, test) => Some(test.passes(facts.text(*field))),
            Self::List(field, test) => Some(facts.any(*field, &mut |text| test.passes(text))),
            Self::Same(a, b) => Some(facts.text(*a) == facts.text(*b)),
            Self::Listed(list, field) => Some(facts.listed(list, facts.text(*field))),
            Self::Stated(field) => Some(facts.number(*field).is_some()),
            Self::Compare(a, comparison, b) => {
                let (a, b) = (a.value(facts)?, b.value(facts)?);
                Some(match comparison {
                    Comparison::Equal => a == b,
                    Comparison::NotEqual => a != b,
                    Comparison::Below => a < b,
                    Comparison::AtMost => a <= b,
                    Comparison::Above => a > b,
                    Comparison::AtLeast => a >= b,
                })
            }
        }
    }

    /// Whether it holds only where some fact is not stated.
    #[must_use]
    pub fn is_of_lack(&self) -> bool {
        match self {
            Self::All(all) => all.iter().any(Self::is_of_lack),
            Self::Any(all) => !all.is_empty() && all.iter().all(Self::is_of_lack),
            Self::Text(_, Test::OneOf(of)) => of.iter().all(Token::is_empty),
            Self::Not(one) => match one.as_ref() {
                Self::Stated(_) => true,
                Self::List(_, Test::StartsWith(start)) => start.is_empty(),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether it asks what an item states in a list, such as the taxes it names.
    #[must_use]
    pub fn asks_of_item(&self) -> bool {
        match self {
            Self::All(all) | Self::Any(all) => all.iter().any(Self::asks_of_item),
            Self::Not(one) => one.asks_of_item(),
            Self::List(..) => true,
            Self::Text(..)
            | Self::Same(..)
            | Self::Listed(..)
            | Self::Compare(..)
            | Self::Stated(_) => false,
        }
    }

    /// The list a code must be on for it not to hold, where it asks for one.
    #[must_use]
    pub fn list_missed(&self) -> Option<&Token> {
        match self {
            Self::All(all) | Self::Any(all) => all.iter().find_map(Self::list_missed),
            Self::Not(one) => match one.as_ref() {
                Self::Listed(list, _) => Some(list),
                _ => None,
            },
            _ => None,
        }
    }

    /// The facts it looks at, with what is seen there.
    #[must_use]
    pub fn seen(&self, facts: &dyn Facts) -> Vec<(&'static str, String)> {
        let mut all = Vec::new();
        self.look(facts, &mut all);
        all.dedup();
        all
    }

    fn look(&self, facts: &dyn Facts, seen: &mut Vec<(&'static str, String)>) {
        match self {
            Self::All(all) | Self::Any(all) => all.iter().for_each(|one| one.look(facts, seen)),
            Self::Not(one) => one.look(facts, seen),
            Self::Text(field, _) | Self::Listed(_, field) => {
                seen.push((field.name(), facts.text(*field).to_owned()));
            }
            Self::Same(a, b) => {
                seen.push((a.name(), facts.text(*a).to_owned()));
                seen.push((b.name(), facts.text(*b).to_owned()));
            }
            Self::List(field, _) => {
                let mut list = Vec::new();
                facts.any(*field, &mut |text| {
                    list.push(text.to_owned());
                    false
                });
                seen.push((field.name(), list.join(" ")));
            }
            Self::Stated(field) => {
                let text = facts.number(*field).map(|v| v.normalize().to_string());
                seen.push((field.name(), text.unwrap_or_else(|| "?".to_owned())));
            }
            Self::Compare(a, _, b) => {
                let mut fields = Vec::new();
                a.fields(&mut fields);
                b.fields(&mut fields);
                for field in fields {
                    let value = facts.number(field);
                    let text = value.map_or_else(|| "?".to_owned(), |v| v.normalize().to_string());
                    seen.push((field.name(), text));
                }
            }
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn joined(f: &mut fmt::Formatter<'_>, all: &[Condition], by: &str) -> fmt::Result {
            f.write_str("(")?;
            for (n, one) in all.iter().enumerate() {
                if n > 0 {
                    f.write_str(by)?;
                }
                write!(f, "{one}")?;
            }
            f.write_str(")")
        }
        fn number(f: &mut fmt::Formatter<'_>, number: &Number) -> fmt::Result {
            match number {
                Number::Constant(value) => write!(f, "{value}"),
                Number::Field(field) => f.write_str(field.name()),
                Number::Operation(operation, a, b) => {
                    let sign = match operation {
                        Operation::Plus => "+",
                        Operation::Minus => "-",
                        Operation::Times => "*",
                        Operation::Over => "/",
                    };
                    f.write_str("(")?;
                    self::fmt::Display::fmt(&Shown(a), f)?;
                    write!(f, " {sign} ")?;
                    self::fmt::Display::fmt(&Shown(b), f)?;
                    f.write_str(")")
                }
            }
        }
        struct Shown<'a>(&'a Number);
        impl fmt::Display for Shown<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                number(f, self.0)
            }
        }
        fn test(f: &mut fmt::Formatter<'_>, on: &str, test: &Test) -> fmt::Result {
            match test {
                Test::OneOf(all) => match all.as_slice() {
                    [one] => write!(f, "{on} == \"{one}\""),
                    all => write!(f, "{on} in {all:?}"),
                },
                Test::StartsWith(start) => write!(f, "{on}.startsWith(\"{start}\")"),
                Test::Contains(all) => match all.as_slice() {
                    [one] => write!(f, "{on}.contains(\"{one}\")"),
                    all => write!(f, "{all:?}.exists(w, {on}.contains(w))"),
                },
            }
        }
        match self {
            Self::All(all) if all.is_empty() => f.write_str("true"),
            Self::All(all) => joined(f, all, " && "),
            Self::Any(all) => joined(f, all, " || "),
            Self::Not(one) => write!(f, "!{one}"),
            Self::Text(field, one) => test(f, field.name(), one),
            Self::List(field, one) => {
                write!(f, "{}.exists(x, ", field.name())?;
                test(f, "x", one)?;
                f.write_str(")")
            }
            Self::Same(a, b) => write!(f, "{} == {}", a.name(), b.name()),
            Self::Stated(field) => write!(f, "stated({})", field.name()),
            Self::Listed(list, field) => write!(f, "listed(\"{list}\", {})", field.name()),
            Self::Compare(a, comparison, b) => {
                number(f, a)?;
                f.write_str(match comparison {
                    Comparison::Equal => " == ",
                    Comparison::NotEqual => " != ",
                    Comparison::Below => " < ",
                    Comparison::AtMost => " <= ",
                    Comparison::Above => " > ",
                    Comparison::AtLeast => " >= ",
                })?;
                number(f, b)
            }
        }
    }
}
