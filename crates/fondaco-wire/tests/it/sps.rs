//! Certificates of plant health as the ePhyto hub exchanges them: the hub's own sample, ours, and hostile
//! ones.

use fondaco::lpco::Line;
use fondaco::money::Decimal;
use fondaco::quantity::Quantity;
use fondaco::token::Token;
use fondaco_wire::Limits;
use fondaco_wire::sps::{
    Carriage, Certificate, Characteristic, Goods, Note, Packages, Party, Referred, Said, Treatment,
    read, write,
};
use proptest::prelude::*;

use crate::bank::xmllint;
use crate::shared;

fn t(text: &str) -> Token {
    Token::lossy(text)
}

fn weighs(unit: Token) -> bool {
    ["KGM", "TNE"].contains(&unit.as_str())
}

fn ours() -> Certificate {
    let said = |language: &str, text: &str| Said { language: language.into(), text: text.into() };
    let measure = |n, unit| Some(Quantity { value: Decimal::from(n), unit: t(unit) });
    Certificate {
        number: "PC-7".into(),
        kind: t("851"),
        status: t("70"),
        issued: "2026-11-20T08:00:00+08:00".into(),
        issuer: "Plant service".into(),
        notes: vec![Note { subject: "ADEDL".into(), contents: vec![said("en", "Free of pests")] }],
        referred: vec![Referred {
            number: "PC-6".into(),
            kind: "851".into(),
            relation: "ACE".into(),
            issued: "2026-10-01".into(),
            information: said("en", "Replaces"),
        }],
        consignor: Party {
            name: "A & B <Ltd>".into(),
            number: "77".into(),
            address: vec!["1 Quay".into()],
        },
        consignee: Party { name: "Лес".into(), ..Party::default() },
        export: t("CN"),
        import: t("GB"),
        transit: vec![t("KZ"), t("RU")],
        unloading: ("GBFXT".into(), "Felixstowe".into()),
        carriage: vec![Carriage { mode: "1".into(), number: "18".into(), means: "Pearl".into() }],
        goods: vec![Goods {
            number: 1,
            descriptions: vec![said("en", "Young trees"), said("zh", "苗木")],
            common: vec![said("en", "Currant")],
            scientific: vec!["Ribes alpinum".into()],
            intended: vec![said("en", "Planting")],
            net_weight: measure(10, "KGM"),
            gross_weight: measure(12, "KGM"),
            notes: vec![Note { subject: "RPCST".into(), contents: vec![said("", "3")] }],
            packages: vec![Packages { level: "1".into(), kind: "BG".into(), count: 100.into() }],
            codes: vec![t("06029048")],
            origins: vec![t("CN")],
            treatments: vec![Treatment {
                kind: "ZZZ".into(),
                from: "2026-11-18".into(),
                until: "2026-11-19".into(),
                duration: measure(3, "HUR"),
                characteristics: vec![Characteristic {
                    told: vec![said("", "TTTM")],
                    measure: measure(32, "CEL"),
                }],
            }],
        }],
    }
}

#[test]
fn a_certificate_comes_back_as_it_was_written() {
    let xml = write(&ours());
    assert_eq!(read(xml.as_bytes(), &Limits::default()), Ok(ours()), "{xml}");
    let terms = ours().terms("GB1");
    assert_eq!((terms.holder.as_str(), terms.once, terms.destination), ("GB1", true, t("GB")));
    assert_eq!((terms.origin, &terms.lines[0].codes), (t("CN"), &vec![t("060290")]));
    assert_eq!(terms.lines[0].quantity, ours().goods[0].net_weight);
    assert_eq!(terms.validity.from, "2026-11-20".parse().ok());
    assert_eq!(ours().with(&terms, weighs), ours(), "the register changed nothing of it");
    assert_eq!(terms.wrong(), None);
}

#[test]
fn what_is_written_fits_the_schema_of_the_hub() {
    let Some(xsd) = shared("ephyto/xsd/s1.xsd") else { return };
    let check = |certificate: &Certificate| {
        let xml = write(certificate);
        if let Some(found) = xmllint(&xsd, &xml) {
            assert_eq!(found, Ok(()), "{xml}");
        }
    };
    check(&ours());
    // The least there can be, and an address of six lines.
    let bare = Certificate {
        kind: t("851"),
        status: t("70"),
        goods: vec![Goods { number: 1, ..Goods::default() }],
        ..Certificate::default()
    };
    check(&bare);
    let long = (1..=6).map(|n| format!("line {n}")).collect();
    check(&Certificate { consignor: Party { address: long, ..Party::default() }, ..bare });
    check(&ours().with(&ours().terms(""), weighs));
    // The sample of the hub, which misses the schema itself.
    if let Some(path) = shared("ephyto/SPSCertificateContent.xml") {
        check(&read(&std::fs::read(path).unwrap(), &Limits::default()).unwrap());
    }
}

#[test]
fn what_the_register_changed_is_written_and_said_of_no_other_goods() {
    let mut two = ours();
    two.goods.push(Goods {
        number: 2,
        descriptions: vec![Said { text: "Timber".into(), ..Said::default() }],
        codes: vec![t("44071110")],
        origins: vec![t("CN")],
        ..Goods::default()
    });
    let mut terms = two.terms("");
    terms.lines.remove(0);
    let after = two.clone().with(&terms, weighs);
    assert_eq!(after.goods.len(), 1);
    assert_eq!(
        (after.goods[0].codes[0], &*after.goods[0].descriptions[0].text),
        (t("44071110"), "Timber")
    );
    assert_eq!(after.goods[0].number, 1);
    // An origin is changed with nothing else.
    let mut terms = two.terms("");
    terms.origin = t("KZ");
    let after = two.clone().with(&terms, weighs);
    assert!(after.goods.iter().all(|g| g.origins == [t("KZ")]), "{after:?}");
    // Goods that were not there have no words of others.
    let mut terms = two.terms("");
    terms.lines[0].codes = vec![t("060110")];
    let after = two.with(&terms, weighs);
    assert_eq!((after.goods[0].codes[0], after.goods[0].descriptions.len()), (t("060110"), 0));
    assert_eq!(after.goods[0].origins, [t("CN")]);
}

#[test]
fn the_sample_of_the_hub_is_read_and_written() {
    let Some(path) = shared("ephyto/SPSCertificateContent.xml") else { return };
    let bytes = std::fs::read(path).unwrap();
    let c = read(&bytes, &Limits::default()).unwrap();
    assert_eq!((&*c.number, c.kind, c.status), ("123ABC", t("851"), t("70")));
    assert_eq!((c.export, c.import), (t("AR"), t("EC")));
    assert_eq!((&*c.consignor.name, &*c.consignee.number), ("Juan Perez", "0123456789"));
    assert_eq!((c.goods[0].codes[0], c.goods[0].origins.len()), (t("06029048"), 2));
    assert_eq!(c.goods[0].net_weight, Some(Quantity { value: Decimal::from(10), unit: t("KGM") }));
    assert_eq!(c.goods[0].treatments[0].characteristics.len(), 8);
    assert_eq!((c.notes.len(), &*c.notes[1].subject), (12, "ADEDL"));
    assert_eq!((c.referred.len(), &*c.referred[0].number), (6, "PC-UG-1234513467"));
    assert_eq!((&*c.transit[0], &*c.unloading.0), ("US", "USSEA"));
    assert_eq!(
        (&*c.carriage[1].means, &*c.carriage[1].number),
        ("Ocean Vessel: Black Pearl", "Voyage N° 18")
    );
    let goods = &c.goods[0];
    assert_eq!((goods.packages.len(), goods.packages[1].count), (2, Decimal::from(20)));
    assert_eq!((&*goods.common[0].text, &*goods.intended[0].text), ("Ribes", "Planting"));
    assert_eq!(c.goods[0].treatments[0].until, "2016-04-12");
    let again = write(&c);
    assert_eq!(read(again.as_bytes(), &Limits::default()), Ok(c));
}

#[test]
fn what_is_counted_is_no_weight_and_every_code_is_written() {
    let mut terms = ours().terms("");
    let lines = [(vec!["060290"], 40, "NMB"), (vec!["440711", "440712"], 3, "TNE")];
    terms.lines = lines
        .map(|(codes, n, unit)| Line {
            codes: codes.into_iter().map(t).collect(),
            quantity: Some(Quantity { value: Decimal::from(n), unit: t(unit) }),
            value: None,
        })
        .to_vec();
    let xml = write(&ours().with(&terms, weighs));
    let back = read(xml.as_bytes(), &Limits::default()).unwrap();
    let [trees, timber] = &back.goods[..] else { panic!("{back:?}") };
    assert_eq!((trees.codes.clone(), trees.net_weight), (vec![t("06029048")], None));
    assert_eq!(trees.notes.last().unwrap().contents[0].text, "40 NMB");
    assert_eq!(timber.codes, [t("440711"), t("440712")]);
    assert_eq!(timber.net_weight, terms.lines[1].quantity);
    assert_eq!(back.terms("").lines[1], terms.lines[1]);
    if let Some(xsd) = shared("ephyto/xsd/s1.xsd")
        && let Some(found) = xmllint(&xsd, &xml)
    {
        assert_eq!(found, Ok(()), "{xml}");
    }
}

#[test]
fn what_stands_twice_is_refused_and_said_in_each_language() {
    let xml = write(&ours());
    let check = |element: &str, path: &str| {
        let open = format!("<{element}>");
        let from = xml.find(&open).or_else(|| xml.find(&format!("<{element} "))).unwrap();
        let close = format!("</{element}>");
        let end = from + xml[from..].find(&close).unwrap() + close.len();
        let twice = format!("{}{}{}", &xml[..end], &xml[from..end], &xml[end..]);
        let problems = read(twice.as_bytes(), &Limits::default()).unwrap_err();
        let one = problems.iter().find(|p| p.path.ends_with(path));
        let one = one.unwrap_or_else(|| panic!("{element}: {problems:?}"));
        assert_eq!(one.reason, "stands twice");
        let said = one.text();
        assert_eq!((&*said.zh, &*said.ru), ("重复出现", "указано дважды"), "{element}");
    };
    check("s:SPSConsignment", "SPSConsignment[2]");
    check("r:ID", "SPSExchangedDocument/ID[2]");
    check("r:StatusCode", "StatusCode[2]");
    check("r:NetWeightMeasure", "NetWeightMeasure[2]");
    check("r:ClassCode", "ClassCode[2]");
    check("r:ImportSPSCountry", "ImportSPSCountry[2]");
    check("r:SequenceNumeric", "SequenceNumeric[2]");
    check("r:CompletionSPSPeriod", "CompletionSPSPeriod[2]");
    check("r:ItemQuantity", "ItemQuantity[2]");
    // Whatever is wrong is said in each language.
    for (from, to) in [(">10<", ">-1<"), ("<r:ID>GB<", "<r:ID>Gbr<"), ("</r:Subject>", "</r:S>")] {
        let problems = read(xml.replacen(from, to, 1).as_bytes(), &Limits::default()).unwrap_err();
        let said = problems[0].text();
        assert!(!said.zh.is_ascii() && !said.ru.is_ascii(), "{problems:?}");
    }
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let check = |from: &str, to: &str, path: &str, reason: &str| {
        let xml = write(&ours());
        assert!(xml.contains(from), "{from}");
        let problems = read(xml.replacen(from, to, 1).as_bytes(), &Limits::default()).unwrap_err();
        let found = problems.iter().any(|p| p.path.ends_with(path) && p.reason.contains(reason));
        assert!(found, "{from} {to}: {problems:?}");
    };
    let goods = "SPSConsignment/IncludedSPSConsignmentItem/IncludedSPSTradeLineItem";
    check("<r:ID>PC-7</r:ID>", "", "SPSExchangedDocument", "ID is missing");
    check("<r:ID>PC-7</r:ID>", "<r:ID> </r:ID>", "SPSExchangedDocument/ID", "1 to 70");
    check("<r:TypeCode>851</r:TypeCode>", "", "SPSExchangedDocument", "TypeCode is missing");
    check(">10<", ">-1<", &format!("{goods}/NetWeightMeasure"), "above zero");
    check(">10<", ">1e3<", &format!("{goods}/NetWeightMeasure"), "decimal number");
    check(" unitCode=\"KGM\"", "", &format!("{goods}/NetWeightMeasure"), "unitCode");
    check(">06029048<", ">0602x<", "ApplicableSPSClassification/ClassCode", "digits");
    check("2026-11-20T08", "20.11.2026T08", "IssueDateTime/DateTimeString", "YYYY-MM-DD");
    check("<r:ID>GB</r:ID>", "<r:ID>Gbr</r:ID>", "ImportSPSCountry/ID", "two letters");
    check("<r:SequenceNumeric>1<", "<r:SequenceNumeric>one<", "SequenceNumeric", "number");
    check(":SPSCertificate:17\"", ":SPSCertificate:5\"", "SPSCertificate", "want SPSCertificate");
    check("IncludedSPSTradeLineItem>", "Included>", "Included", "ill-formed");
}

#[test]
fn hostile_certificates_are_refused() {
    let plain = write(&ours());
    let body = plain.split_once("?>").unwrap().1;
    let check = |xml: String, reason: &str| {
        let problems = read(xml.as_bytes(), &Limits::default()).unwrap_err();
        assert!(problems[0].reason.contains(reason), "{reason}: {problems:?}");
    };
    check(
        format!("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>{body}"),
        "document type",
    );
    check(body.replacen("PC-7", "&e;", 1), "entity");
    check(body.replacen("<r:ID>", "<?php x?><r:ID>", 1), "processing instruction");
    check(body.replacen("<r:ID>", "<x xmlns=\"urn:other\"/><r:ID>", 1), "another namespace");
    check(body.replacen("<r:ID>", &"<r:A>".repeat(100), 1), "too deep");
    let long = format!("<x xmlns=\"{}\"/><r:ID>", "u".repeat(1_000));
    check(body.replacen("<r:ID>", &long, 1), "too long");
    check(body[..body.len() / 2].to_owned(), "");
    check(body.replacen("<r:ID>", "<q:ID>", 1), "");
    check(String::new(), "");
    check("{}".to_owned(), "");
}

fn words() -> impl Strategy<Value = String> {
    "[a-zA-Zа-яё一-龥&<>\"'0-9]{1,6}( [a-zA-Zа-я&<>]{1,6}){0,2}"
}

fn measure() -> impl Strategy<Value = Option<Quantity>> {
    prop::option::of((1i64..10_000_000, 0u32..6).prop_map(|(n, scale)| Quantity {
        value: Decimal::new(n, scale).normalize(),
        unit: t("KGM"),
    }))
}

fn said() -> impl Strategy<Value = Vec<Said>> {
    prop::collection::vec(
        ("(|[a-z]{2})", words()).prop_map(|(language, text)| Said { language, text }),
        0..3,
    )
}

prop_compose! {
    fn party()(name in words(), number in "[0-9]{0,9}", address in prop::collection::vec(words(), 0..6)) -> Party {
        Party { name, number, address }
    }
}

prop_compose! {
    fn goods()(
        number in 0u32..999, descriptions in said(), scientific in prop::collection::vec(words(), 0..2),
        net_weight in measure(), code in "[0-9]{0,10}", told in said(), figure in measure(),
        origins in prop::collection::vec("[A-Z]{2}", 0..3), treated in any::<bool>(),
    ) -> Goods {
        let note = Note { subject: "ADTLIL".into(), contents: told.clone() };
        let packed = Packages { level: "1".into(), kind: "BG".into(), count: Decimal::from(number) };
        let (common, intended, gross_weight) = (told.clone(), descriptions.clone(), figure);
        let characteristics = vec![Characteristic { told, measure: figure }];
        let treatment = Treatment { kind: "ZZZ".into(), from: "2026-01-01".into(), duration: figure,
            characteristics, ..Treatment::default() };
        Goods { number, descriptions, common, scientific, intended, net_weight, gross_weight,
            notes: vec![note], packages: vec![packed], codes: Some(t(&code)).into_iter().filter(|c| !c.is_empty()).collect(),
            origins: origins.iter().map(|o| t(o)).collect(),
            treatments: if treated { vec![treatment] } else { Vec::new() } }
    }
}

proptest! {
    #[test]
    fn every_certificate_comes_back_whole(
        number in words(), issuer in words(), consignor in party(), consignee in party(),
        goods in prop::collection::vec(goods(), 1..4),
    ) {
        let c = Certificate { number, issuer, consignor, consignee, goods, ..ours() };
        prop_assert_eq!(read(write(&c).as_bytes(), &Limits::default()), Ok(c));
    }

    #[test]
    fn no_change_of_bytes_stops_the_reader(at in 0usize..3_000, byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = write(&ours()).into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        if cut {
            bytes.truncate(at);
        }
        if let Err(problems) = read(&bytes, &Limits::default()) {
            prop_assert!(problems.iter().all(|p| !p.path.is_empty() && !p.reason.is_empty()));
        }
    }
}
