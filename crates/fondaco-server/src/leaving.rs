//! Whether goods leave by a declaration: by what it says, for a type of declaration may go both ways.

use fondaco::bridge;
use fondaco::draft::Draft;
use fondaco::measure::Direction;
use fondaco::reference::Profile;

use crate::house::House;
use crate::store::{Fault, Filing};

impl House {
    /// Whether the goods of a declaration, as it stands, leave by it.
    pub(crate) fn leaves(&self, profile: &Profile, main: &Filing) -> Result<bool, Fault> {
        Ok(match profile.type_of(&main.kind).map(|rule| rule.direction) {
            Some(Direction::Import) => {
                let draft = self.as_it_stands(main)?.draft;
                draft.is_some_and(|draft| goes_out(&draft, &profile.country))
            }
            Some(Direction::Export) | None => true,
        })
    }
}

/// Whether all goods are declared as sent from a country to another.
fn goes_out(draft: &Draft, country: &str) -> bool {
    let root = draft.root();
    let shipment = root.and_then(|root| root.child("GoodsShipment"));
    let items = root.into_iter().flat_map(|root| root.goods_items());
    // Each that is stated counts, of the shipment and of its items.
    let mut from = shipment.into_iter().chain(items).filter_map(|node| {
        let from = node.child("ExportCountry")?.child("ID")?.text().trim();
        (!from.is_empty()).then_some(from)
    });
    let is_from = from.next() == Some(country) && from.all(|other| other == country);
    is_from && bridge::destination(draft).is_some_and(|to| to.trim() != country)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goods_leave_that_are_sent_from_here_to_another_country() {
        let check = |from: &str, item: &str, to: &str, wanted: bool| {
            let of = |class: &str, element: &str, country: &str| match country {
                "" => String::new(),
                _ => format!("<{class}><{element}>{country}</{element}></{class}>"),
            };
            let text = format!(
                "<Declaration><TypeCode>COA</TypeCode><GoodsShipment>{}{}\
                 <GovernmentAgencyGoodsItem>{}</GovernmentAgencyGoodsItem></GoodsShipment></Declaration>",
                of("Destination", "CountryCode", to),
                of("ExportCountry", "ID", from),
                of("ExportCountry", "ID", item),
            );
            let format = fondaco_wire::format_of("application/xml").unwrap();
            let decoded = (format.decode)(text.as_bytes(), &fondaco_wire::Limits::default());
            let draft = decoded.draft.unwrap_or_else(|| panic!("{:?}", decoded.findings));
            assert_eq!(goes_out(&draft, "AA"), wanted, "{from} {item} {to}");
        };
        check("AA", "", "BB", true);
        check("", "AA", "BB", true);
        check("AA", "AA", "BB", true);
        // What comes, what stays, and what does not say where it is sent from or to.
        check("BB", "", "AA", false);
        check("AA", "BB", "AA", false);
        check("AA", "BB", "CC", false);
        check("BB", "", "CC", false);
        check("AA", "", "AA", false);
        check("", "", "BB", false);
        check("AA", "", "", false);
        check("", "", "", false);
    }
}
