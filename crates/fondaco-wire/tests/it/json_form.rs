//! The JSON form says what the XML says, and its schema says what the JSON form is.

use fondaco::finding::Code;
use fondaco_wire::wco::{model, xml};
use fondaco_wire::{Decoded, Limits, json};
use serde_json::{Value, json};

use crate::{lines, submissions};

fn read(text: &str) -> Decoded {
    json::decode(model(), text.as_bytes(), &Limits::default())
}

fn read_xml(text: &str) -> Decoded {
    xml::decode(model(), text.as_bytes(), &Limits::default())
}

#[test]
fn every_submission_is_the_same_in_json() {
    let Some(all) = submissions() else { return };
    let schema = jsonschema::validator_for(&json::schema(model())).unwrap();
    let mut seen = 0;
    for sample in &all {
        let path = &sample.path;
        let sent = String::from_utf8_lossy(&sample.bytes);
        let Some(draft) = read_xml(&sent).draft else {
            assert!(roxmltree::Document::parse(&sent).is_err(), "{path} could not be read");
            continue;
        };
        let text = json::encode(&draft);
        let decoded = read(&text);
        assert!(decoded.findings.is_empty(), "{path}: {:#?}", decoded.findings);
        let back = decoded.draft.unwrap();
        assert!(back == draft, "{path}: another draft came back");
        assert!(json::encode(&back) == text, "{path}: other JSON came back");
        let (got, wanted) = (lines(&xml::encode(&back)), lines(&sent));
        let differs = got.iter().zip(&wanted).find(|(g, w)| g != w);
        assert!(got == wanted, "{path}: JSON to XML gives other content: {differs:?}");
        let value: Value = serde_json::from_str(&text).unwrap();
        if let Err(e) = schema.validate(&value) {
            panic!("{path}: the schema refuses it at {}: {e}", e.instance_path());
        }
        seen += 1;
    }
    println!("{seen} submissions");
    assert!(seen > 180, "only {seen} submissions found");
}

const SMALL: &str = r#"{"Declaration": {
    "GoodsShipment": {"GovernmentAgencyGoodsItem": [
        {"SequenceNumeric": "1", "Commodity": {"Description": "木材 <планка> & \"доска\""}},
        {"SequenceNumeric": "2"}
    ]},
    "InvoiceAmount": {"value": "1000.50", "currencyID": "GBP"},
    "AcceptanceDateTime": {"value": "20260228", "formatCode": "102"},
    "FunctionCode": "9",
    "TypeCode": "IMA"
}}"#;

#[test]
fn a_character_that_xml_does_not_have_is_refused_as_in_xml() {
    let check = |number: u32, refused: bool| {
        let is_refused = |decoded: &Decoded| {
            decoded.findings.iter().any(|finding| finding.code == Code::NotWellFormed)
        };
        let of = |json: &str, xml: &str| {
            let json = json.replace('?', &format!("\\u{number:04x}"));
            let xml = xml.replace('?', &format!("&#{number};"));
            assert_eq!(is_refused(&read(&json)), refused, "{json}");
            assert_eq!(is_refused(&read_xml(&xml)), refused, "{xml}");
        };
        let xml = |inner: &str| {
            format!("<Declaration xmlns=\"urn:wco:datamodel:WCO:DEC-DMS:2\">{inner}</Declaration>")
        };
        of(
            r#"{"Declaration": {"FunctionalReferenceID": "A?"}}"#,
            &xml("<FunctionalReferenceID>A?</FunctionalReferenceID>"),
        );
        of(
            r#"{"Declaration": {"InvoiceAmount": {"value": "1", "currencyID": "A?"}}}"#,
            &xml("<InvoiceAmount currencyID=\"A?\">1</InvoiceAmount>"),
        );
    };
    [0, 1, 0xb, 0x1f, 0xfffe, 0xffff].iter().for_each(|c| check(*c, true));
    [0x9, 0xa, 0xd, 0x20, 0x7f, 0xd7ff, 0xfffd].iter().for_each(|c| check(*c, false));
}

#[test]
fn members_come_in_any_order_and_are_written_in_that_of_the_model() {
    let decoded = read(SMALL);
    assert!(decoded.findings.is_empty(), "{:#?}", decoded.findings);
    let draft = decoded.draft.unwrap();
    let text = xml::encode(&draft);
    let wanted = concat!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
        "<Declaration xmlns=\"urn:wco:datamodel:WCO:DEC-DMS:2\"><AcceptanceDateTime>",
        "<DateTimeString xmlns=\"urn:wco:datamodel:WCO:Declaration_DS:DMS:2\" formatCode=\"102\">",
        "20260228</DateTimeString></AcceptanceDateTime><FunctionCode>9</FunctionCode>",
        "<TypeCode>IMA</TypeCode><InvoiceAmount currencyID=\"GBP\">1000.50</InvoiceAmount>",
        "<GoodsShipment><GovernmentAgencyGoodsItem><SequenceNumeric>1</SequenceNumeric>",
        "<Commodity><Description>木材 &lt;планка&gt; &amp; \"доска\"</Description></Commodity>",
        "</GovernmentAgencyGoodsItem><GovernmentAgencyGoodsItem><SequenceNumeric>2",
        "</SequenceNumeric></GovernmentAgencyGoodsItem></GoodsShipment></Declaration>\n",
    );
    assert_eq!(text, wanted);
    let from_xml = read_xml(&text);
    assert!(from_xml.findings.is_empty(), "{:#?}", from_xml.findings);
    assert!(from_xml.draft.unwrap() == draft);
}

/// The JSON, the code of a finding, where it points in the JSON.
const BROKEN: &[(&str, Code, &str)] = &[
    (r#"{"Declaration": {"Nonsense": "1"}}"#, Code::ElementUnknown, "/Declaration/Nonsense"),
    (
        r#"{"Declaration": {"FunctionCode": "7"}}"#,
        Code::ValueNotListed,
        "/Declaration/FunctionCode",
    ),
    (
        r#"{"Declaration": {"FunctionCode": ["9", "9"]}}"#,
        Code::ElementRepeated,
        "/Declaration/FunctionCode",
    ),
    (r#"{"Declaration": {"TypeCode": ""}}"#, Code::ValueBlank, "/Declaration/TypeCode"),
    (r#"{"Declaration": {"TypeCode": "IMAX"}}"#, Code::ValueTooLong, "/Declaration/TypeCode"),
    (
        r#"{"Declaration": {"GoodsItemQuantity": "two"}}"#,
        Code::ValueNotNumber,
        "/Declaration/GoodsItemQuantity",
    ),
    (
        r#"{"Declaration": {"GoodsShipment": "text"}}"#,
        Code::TextInClass,
        "/Declaration/GoodsShipment",
    ),
    (
        r#"{"Declaration": {"GoodsShipment": {"GovernmentAgencyGoodsItem": [{}, {"Destination": {"CountryCode": "G1"}}]}}}"#,
        Code::ValueNotLetters,
        "/Declaration/GoodsShipment/GovernmentAgencyGoodsItem/1/Destination/CountryCode",
    ),
    (
        r#"{"Declaration": {"InvoiceAmount": {"value": "1", "currencyID": "gbp"}}}"#,
        Code::AttributeValue,
        "/Declaration/InvoiceAmount",
    ),
    (
        r#"{"Declaration": {"InvoiceAmount": {"value": "1", "unitCode": "KGM"}}}"#,
        Code::AttributeUnknown,
        "/Declaration/InvoiceAmount",
    ),
    (
        r#"{"Declaration": {"AcceptanceDateTime": "20260228"}}"#,
        Code::AttributeMissing,
        "/Declaration/AcceptanceDateTime",
    ),
    (
        r#"{"Declaration": {"AcceptanceDateTime": {"value": "28.02.2026", "formatCode": "102"}}}"#,
        Code::ValueNotDateTime,
        "/Declaration/AcceptanceDateTime",
    ),
    (r#"{"Decl": {}}"#, Code::NotADeclaration, ""),
    (r#"{"Declaration": {}} {}"#, Code::NotWellFormed, ""),
    (r#"{"Declaration": {"TypeCode": "IMA"}"#, Code::NotWellFormed, ""),
    (r#"{"Declaration": {"TypeCode": "\ud800"}}"#, Code::NotWellFormed, ""),
    (r#"{"Declaration": {}, "Other": 1}"#, Code::ElementUnknown, ""),
    ("[]", Code::NotADeclaration, ""),
    ("null", Code::NotADeclaration, ""),
    ("{", Code::NotWellFormed, ""),
];

#[test]
fn what_is_wrong_is_said_where_it_stands() {
    for (text, code, pointer) in BROKEN {
        let decoded = read(text);
        let said: Vec<_> = decoded.findings.iter().map(|f| (f.code, &*f.place.json)).collect();
        assert!(said.contains(&(*code, *pointer)), "{text}: {said:?}");
        if let Some(draft) = &decoded.draft {
            let _ = (json::encode(draft), xml::encode(draft));
        }
    }
}

#[test]
fn depth_and_size_are_bounded() {
    let deep = format!("{{\"Declaration\": {}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(read(&deep).findings[0].code, Code::TooDeep);
    let large = format!("{{\"Declaration\": {{\"ID\": \"{}\"}}}}", "x".repeat(20 << 20));
    assert_eq!(read(&large).findings[0].code, Code::TooLarge);
    let name = format!("{{\"Name\": \"{}\"}}", "[".repeat(70));
    let text = format!("{{\"Declaration\": {{\"FunctionCode\": \"9\", \"Declarant\": {name}}}}}");
    assert!(read(&text).findings.is_empty(), "brackets in a text are text");
}

#[test]
fn the_schema_refuses_what_the_form_is_not() {
    let schema = jsonschema::validator_for(&json::schema(model())).unwrap();
    assert!(schema.is_valid(&serde_json::from_str::<Value>(SMALL).unwrap()));
    for (key, value) in [
        ("Nonsense", json!("1")),
        ("FunctionCode", json!("7")),
        ("FunctionCode", json!(["9"])),
        ("TypeCode", json!("IMAX")),
        ("GoodsItemQuantity", json!("two")),
        ("GoodsShipment", json!("text")),
        ("GoodsShipment", json!({"GovernmentAgencyGoodsItem": [{}]})),
        ("GoodsShipment", json!({"GovernmentAgencyGoodsItem": {"SequenceNumeric": "1"}})),
        ("InvoiceAmount", json!({"value": "1", "unitCode": "KGM"})),
        ("AcceptanceDateTime", json!("20260228")),
        ("AcceptanceDateTime", json!({"value": "20260228"})),
    ] {
        let mut wrong: Value = serde_json::from_str(SMALL).unwrap();
        wrong["Declaration"][key] = value;
        assert!(!schema.is_valid(&wrong), "the schema takes {key}: {}", wrong["Declaration"][key]);
    }
    for wrong in [json!({}), json!({"Declaration": {}}), json!({"Declaration": []})] {
        assert!(!schema.is_valid(&wrong), "the schema takes {wrong}");
    }
}

#[test]
fn a_figure_written_as_a_number_keeps_its_digits() {
    for figure in ["9999999999999.999", "123456789012345.6"] {
        let decoded = read(&SMALL.replace("\"1000.50\"", figure));
        let draft = decoded.draft.unwrap();
        let amount = draft.root().and_then(|r| r.child("InvoiceAmount")).unwrap();
        assert!(
            amount.text() == figure || !decoded.findings.is_empty(),
            "{figure}: {}",
            amount.text()
        );
    }
}

#[test]
fn an_envelope_in_json_cannot_write_elements_of_its_own() {
    let name = "m><evil/><m";
    let text = SMALL.replacen(
        '{',
        &format!("{{\"Envelope\": {{\"name\": \"{name}\", \"children\": [null]}},"),
        1,
    );
    let read = read(&text);
    assert!(read.draft.is_none(), "{:?}", read.findings);
    assert_eq!(read.findings[0].code, Code::NotWellFormed);
}

#[test]
fn a_member_stands_once() {
    let text =
        SMALL.replace("\"TypeCode\": \"IMA\"", "\"TypeCode\": \"IMA\", \"TypeCode\": \"EXA\"");
    assert!(!read(&text).findings.is_empty());
}

#[test]
fn a_pointer_is_one() {
    let decoded = read(&SMALL.replace("\"TypeCode\"", "\"a/b~c\""));
    assert_eq!(decoded.findings[0].place.json, "/Declaration/a~1b~0c");
}
