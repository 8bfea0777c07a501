//! What the declarant says of a document: without a number, or said not to be there, it meets nothing.

use std::path::Path;

/// What becomes of the requirement of this id, and why the document shown is not good.
fn settled(pack: &str, file: &str, id: &str, changed: &[(&str, &str)]) -> (String, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/corpus").join(file);
    let mut text = std::fs::read_to_string(path).unwrap();
    for (was, is) in changed {
        assert!(text.contains(was), "{was}");
        text = text.replace(was, is);
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("it.xml");
    std::fs::write(&path, text).unwrap();
    let args = ["assess".as_ref(), "--pack".as_ref(), pack.as_ref(), path.as_os_str()];
    let report = crate::reports(&args).into_values().next().unwrap();
    let all = report["requirements"].as_array().unwrap();
    let one = all.iter().find(|r| r["id"] == id).unwrap_or_else(|| panic!("{report}"));
    let text = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_owned();
    (text(&one["status"]), text(&one["doubt"]["why"]))
}

#[test]
fn a_document_without_a_number_or_said_not_to_be_there_meets_nothing() {
    const LAMB: &str = "gb/014-lamb-gateway.xml";
    let paper = |id: &str, status: &str| {
        format!("{id}<TypeCode>853</TypeCode><LPCOExemptionCode>{status}</LPCOExemptionCode>")
    };
    let text = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/corpus").join(LAMB),
    );
    let text = text.unwrap();
    let from = text.find("<ID>N853-").unwrap();
    let end = from + text[from..].find("</AdditionalDocument>").unwrap();
    let own = &text[from..end];
    let check = |id: &str, status: &str, wanted: (&str, &str)| {
        let got = settled("gb", LAMB, "gb-animal-products", &[(own, &paper(id, status))]);
        assert_eq!((&*got.0, &*got.1), wanted, "{id} {status}");
    };
    check("<ID>GBCHD2026.1</ID>", "AE", ("met", ""));
    check("<ID>GBCHD2026.1</ID>", "JE", ("met", ""));
    check("", "AE", ("missing", "no-number"));
    check("<ID>-</ID>", "AE", ("missing", "no-number"));
    check("<ID>GBCHD2026.1</ID>", "UE", ("missing", "not-available"));
    check("<ID>GBCHD2026.NIRMS</ID>", "XW", ("unknown", "exemption-claimed"));
    check("", "XX", ("unknown", "exemption-claimed"));
}

#[test]
fn a_statement_of_the_declarant_has_no_number() {
    const MACHINE: &str = "gb/043-machine-licence.xml";
    let text = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/corpus").join(MACHINE);
    let text = std::fs::read_to_string(text).unwrap();
    let from = text.find("<CategoryCode>X</CategoryCode>").unwrap();
    let end = from + text[from..].find("</AdditionalDocument>").unwrap();
    let own = &text[from..end];
    let check = |stated: &str, wanted: (&str, &str)| {
        let got = settled("gb", MACHINE, "gb-dual-use", &[(own, stated)]);
        assert_eq!((&*got.0, &*got.1), wanted, "{stated}");
    };
    check("<CategoryCode>Y</CategoryCode><TypeCode>901</TypeCode>", ("met", ""));
    check("<CategoryCode>X</CategoryCode><TypeCode>002</TypeCode>", ("missing", "no-number"));
}
