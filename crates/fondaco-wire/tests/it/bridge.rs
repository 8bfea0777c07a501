//! Drafts of imports: what stands in one stands in the export, and what does not is said.

use std::collections::BTreeSet;

use fondaco::bridge::{CARRIED, Export, From, Open, destination, import};
use fondaco::draft::{Draft, NodeId, NodeRef};
use fondaco_wire::{FORMATS, Limits, wco};

use crate::envelopes::drafts;

const KNOWN: Export<'_> = Export { mrn: "26GBF0000000000011", country: "GB", to: "CN" };

fn leaves<'a>(node: NodeRef<'a>, into: &mut Vec<NodeRef<'a>>) {
    for child in node.children() {
        if child.element().value.is_some() {
            if !child.text().is_empty() {
                into.push(child);
            }
        } else {
            leaves(child, into);
        }
    }
}

fn read(xml: &str) -> Draft {
    let inner =
        format!("<Declaration xmlns=\"urn:wco:datamodel:WCO:DEC-DMS:2\">{xml}</Declaration>");
    wco::xml::decode(wco::model(), inner.as_bytes(), &Limits::default()).draft.unwrap()
}

#[test]
fn what_is_carried_over_is_of_the_model() {
    for path in CARRIED {
        assert!(wco::model().at(path).is_some(), "{path}");
    }
}

#[test]
fn every_value_of_a_draft_stands_in_the_export_and_none_vanishes_unsaid() {
    for export in drafts() {
        let made = import(&export, KNOWN, "IMD");
        let mut stated = Vec::new();
        leaves(export.root().unwrap(), &mut stated);
        let by_place = |at: &str| stated.iter().find(|n| n.place().xpath == at);
        let mut used = BTreeSet::new();
        for (id, from) in &made.filled {
            let text = made.draft.node(*id).text();
            match from {
                From::Export(at) => {
                    let source = by_place(at).unwrap();
                    assert_eq!(text, source.text(), "{at}");
                    used.insert(source.id());
                }
                From::SixDigits(at) => {
                    let source = by_place(at).unwrap();
                    assert_eq!(Some(text), source.text().get(..6), "{at}");
                    used.insert(source.id());
                }
                From::Number => assert_eq!(text, KNOWN.mrn),
                From::Country => assert_eq!(text, KNOWN.country),
                From::To => assert_eq!(text, KNOWN.to),
                From::Message => assert!(["9", "IMD", "Z", "830"].contains(&text), "{text}"),
            }
        }
        let left: BTreeSet<NodeId> = made.left.iter().copied().collect();
        let all: BTreeSet<NodeId> = stated.iter().map(|n| n.id()).collect();
        assert_eq!(&used | &left, all);
        // It can be written, read again, and is of the form of a declaration.
        for format in FORMATS {
            let text = (format.encode)(&made.draft);
            let again = (format.decode)(text.as_bytes(), &Limits::default());
            let wrong: Vec<_> = again.findings.iter().map(|f| (f.code, &f.place.json)).collect();
            assert!(wrong.is_empty(), "{wrong:?}");
            assert!(again.draft.unwrap() == made.draft, "{}", format.name);
        }
    }
}

#[test]
fn the_codes_first_six_digits_go_and_the_others_are_open() {
    let item = |within: &str| {
        read(&format!(
            "<FunctionCode>9</FunctionCode><GoodsShipment><GovernmentAgencyGoodsItem>\
             <SequenceNumeric>1</SequenceNumeric>{within}</GovernmentAgencyGoodsItem></GoodsShipment>"
        ))
    };
    let check = |within: &str, path: &str, wanted: Option<&str>| {
        let export = item(within);
        let made = import(&export, KNOWN, "IMD");
        let item = made.draft.root().unwrap().child("GoodsShipment").unwrap();
        let item = item.children().find(|n| n.name() == "GovernmentAgencyGoodsItem");
        let found = path.split('/').try_fold(item.unwrap(), |at, name| at.child(name));
        assert_eq!(found.map(|n| n.text()), wanted, "{within}");
        let digits = |(place, why): &(fondaco::finding::Place, Open)| {
            *why == Open::Digits && place.json.ends_with("/Commodity/Classification/0/ID")
        };
        assert!(made.open.iter().any(digits), "{:?}", made.open);
    };
    let code = |id: &str, kind: &str| {
        format!(
            "<Commodity><Classification><ID>{id}</ID>\
             <IdentificationTypeCode>{kind}</IdentificationTypeCode></Classification></Commodity>"
        )
    };
    let at = "Commodity/Classification/ID";
    check(&code("8471300000", "SRZ"), at, Some("847130"));
    check(&code("84713000", "TSP"), at, Some("847130"));
    check(&code("847130", "HS"), at, Some("847130"));
    check(&code("8471", "SRZ"), at, None);
    check(&code("847130A0", "SRZ"), at, Some("847130"));
    check(&code("84A1300000", "SRZ"), at, None);
    check(&code("4099", "TRA"), at, None);
    // Of documents those of international kinds, without what is of the law of the export.
    let document = |category: &str| {
        format!(
            "<AdditionalDocument><CategoryCode>{category}</CategoryCode><ID>1</ID>\
             <TypeCode>380</TypeCode><LPCOExemptionCode>AC</LPCOExemptionCode></AdditionalDocument>"
        )
    };
    check(&document("N"), "AdditionalDocument/ID", Some("1"));
    check(&document("N"), "AdditionalDocument/LPCOExemptionCode", None);
    check(&document("X"), "AdditionalDocument/ID", None);
    check(
        "<GovernmentProcedure><CurrentCode>10</CurrentCode></GovernmentProcedure>",
        "GovernmentProcedure/CurrentCode",
        None,
    );
}

#[test]
fn goods_go_to_one_country_or_to_none_that_is_told() {
    let check = |within: &str, wanted: Option<&str>| {
        let draft = read(&format!("<GoodsShipment>{within}</GoodsShipment>"));
        assert_eq!(destination(&draft), wanted, "{within}");
    };
    let to =
        |country: &str| format!("<Destination><CountryCode>{country}</CountryCode></Destination>");
    let item = |country: &str| {
        format!(
            "<GovernmentAgencyGoodsItem><SequenceNumeric>1</SequenceNumeric>{}</GovernmentAgencyGoodsItem>",
            to(country)
        )
    };
    let consignee = "<Consignee><Address><CountryCode>KZ</CountryCode></Address></Consignee>";
    check(&to("CN"), Some("CN"));
    check(&format!("{consignee}{}{}", to("CN"), item("RU")), Some("CN"));
    check(&format!("{consignee}{}{}", item("RU"), item("RU")), Some("RU"));
    check(&format!("{consignee}{}{}", item("RU"), item("CN")), None);
    check(consignee, Some("KZ"));
    check("", None);
}

#[test]
fn each_line_of_the_export_is_named_and_the_goods_are_declared_where_they_come() {
    let check = |items: &[&str], lines: &[&str], documents: usize| {
        let items: Vec<String> = items
            .iter()
            .map(|number| {
                let number = match *number {
                    "" => String::new(),
                    number => format!("<SequenceNumeric>{number}</SequenceNumeric>"),
                };
                format!(
                    "<GovernmentAgencyGoodsItem>{number}<Commodity><Description>x</Description>\
                     </Commodity></GovernmentAgencyGoodsItem>"
                )
            })
            .collect();
        let export = read(&format!(
            "<FunctionCode>9</FunctionCode><GoodsShipment>{}</GoodsShipment>",
            items.concat()
        ));
        let made = import(&export, KNOWN, "IMD");
        let shipment = made.draft.root().unwrap().child("GoodsShipment").unwrap();
        let all: Vec<_> = shipment.children().filter(|n| n.name() == "PreviousDocument").collect();
        assert!(all.iter().all(|d| d.child("ID").unwrap().text() == KNOWN.mrn));
        assert_eq!(all.len(), documents);
        let named: Vec<&str> =
            all.iter().filter_map(|d| Some(d.child("LineNumeric")?.text())).collect();
        assert_eq!(named, lines);
        let path = ["Consignment", "GoodsLocation", "Address", "CountryCode"];
        let place = path.iter().try_fold(shipment, |at, name| at.child(name)).unwrap();
        assert_eq!(place.text(), KNOWN.to);
        // Which place of it stays open.
        let open = |(place, why): &(fondaco::finding::Place, Open)| {
            *why == Open::Place && place.json.ends_with("/Consignment/GoodsLocation/Name")
        };
        assert!(made.open.iter().any(open), "{:?}", made.open);
    };
    check(&["1"], &["1"], 1);
    check(&["1", "2", "5"], &["1", "2", "5"], 3);
    check(&["1", ""], &[], 1);
    check(&[], &[], 1);
    let many: Vec<String> = (1..=100).map(|n| n.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    check(&many[..99], &many[..99], 99);
    check(&many, &[], 1);
}
