//! What a finding says: in the words of each language, and once.

use serde_json::Value;

use crate::{corpus, errors, reports};

/// The report on the first declaration of the corpus of a pack, changed so.
fn changed(pack: &str, change: impl Fn(&str) -> String) -> Option<Value> {
    let (file, _) = corpus(pack).into_iter().find(|(_, row)| row["expect"] == "accepted")?;
    let own = std::fs::read_to_string(file).unwrap();
    let text = change(&own);
    assert_ne!(text, own);
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("changed.xml");
    std::fs::write(&file, text).unwrap();
    let on = ["assess", file.to_str().unwrap(), "--pack", pack, "--on", "2026-11-20"];
    reports(&on).remove(&file)
}

/// The text of the first element of this name, in another's place; without one the element is taken
/// out.
fn with(xml: &str, element: &str, text: Option<&str>) -> String {
    let start = xml.find(&format!("<{element}")).unwrap();
    let open = start + xml[start..].find('>').unwrap() + 1;
    let close = open + xml[open..].find("</").unwrap();
    let end = close + xml[close..].find('>').unwrap() + 1;
    match text {
        Some(text) => format!("{}{text}{}", &xml[..open], &xml[close..]),
        None => format!("{}{}", &xml[..start], &xml[end..]),
    }
}

#[test]
fn a_value_that_cannot_be_read_is_not_said_to_be_missing() {
    let check = |element: &str, text: Option<&str>, wanted: &[&str]| {
        let Some(report) = changed("eaeu", |xml| with(xml, element, text)) else { return };
        let codes: Vec<&str> = errors(&report).into_iter().map(|(code, _)| code).collect();
        assert_eq!(codes, wanted, "{element} {text:?}: {report}");
    };
    check("NetNetWeightMeasure", Some("12,5"), &["FD306"]);
    check("NetNetWeightMeasure", Some(" "), &["FD306"]);
    check("NetNetWeightMeasure", None, &["EA-114"]);
    check("GrossMassMeasure", Some("heavy"), &["FD306"]);
    check("ItemChargeAmount", Some("1 000"), &["FD306"]);
}

#[test]
fn a_code_not_in_force_is_said_with_the_name_of_its_list() {
    let Some(report) = changed("eaeu", |xml| with(xml, "ConditionCode", Some("QQQ"))) else {
        return;
    };
    let finding = &report["findings"][0];
    assert_eq!((&finding["code"], &finding["wanted"]), (&"FD404".into(), &"incoterm".into()));
    let texts = [
        ("en", "“QQQ” is no code in force of the list: delivery terms (Incoterms)."),
        ("zh", "“QQQ”不是成交方式（贸易术语）的有效代码。"),
        ("ru", "«QQQ» не значится среди действующих кодов: условия поставки (Инкотермс)."),
    ];
    for (language, text) in texts {
        assert_eq!(finding["text"][language], text);
    }
}
