//! Names against lists: who could not be checked is not clear, and who is named is decided on by itself.

use std::path::Path;

use serde_json::json;

use crate::agencies::act;
use crate::http::House;
use crate::lpcos::opinion;

const HEADER: &str = "id,kind,name,country,list,from,illustrative\n";

/// A declaration of the corpus under its own reference, with other text in it.
fn filed(house: &House, file: &str, changed: &[(&str, &str)]) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/corpus/gb").join(file);
    let mut text = std::fs::read_to_string(path).unwrap();
    for (was, is) in changed {
        assert!(text.contains(was), "{was}");
        text = text.replace(was, is);
    }
    let filed = house.file(&format!("{file} {changed:?}"), &text);
    assert_eq!(filed.status, 201, "{}", String::from_utf8_lossy(&filed.body));
    filed.text("mrn")
}

/// A house with these rows of names beside the invented ones of the pack.
fn house(dir: &Path, rows: &str) -> House {
    std::fs::create_dir_all(dir.join("pack")).unwrap();
    std::fs::write(dir.join("pack/names-tests.csv"), format!("{HEADER}{rows}")).unwrap();
    House::sandbox(dir)
}

#[test]
fn nobody_is_clear_by_a_list_that_is_made_up() {
    let of = |rows: &str, changed: &[(&str, &str)]| {
        let dir = tempfile::tempdir().unwrap();
        let house = house(dir.path(), rows);
        let mrn = filed(&house, "043-machine-licence.xml", changed);
        let formed = opinion(&house, &mrn);
        let screened = formed["screening"].as_array().unwrap();
        let mut all: Vec<String> = screened
            .iter()
            .filter(|one| one["party"].as_str().unwrap().starts_with("Declarant"))
            .map(|one| {
                format!("{} {}", one["status"].as_str().unwrap(), one["detail"].as_str().unwrap())
            })
            .collect();
        all.dedup();
        let unchecked = formed["decision"]["reasons"].to_string().contains("no list is loaded");
        let holds = house.get(&format!("/v1/declarations/{mrn}/events")).body;
        let holds = String::from_utf8_lossy(&holds).contains("documents-wanted");
        (all.concat(), unchecked, unchecked && holds)
    };
    let real = "L-1,entity,Somebody Else Ltd,XX,A list,2020-01-01,\n";
    let made_up = "L-1,entity,Somebody Else Ltd,XX,A list,2020-01-01,yes\n";
    let no_list = ("unknown no list loaded".to_owned(), true, true);
    assert_eq!(of("", &[]), no_list);
    assert_eq!(of(made_up, &[]), no_list);
    assert_eq!(of(real, &[]), ("clear ".to_owned(), false, false));
}

#[test]
fn who_has_the_name_of_a_listed_party_is_let_go_by_no_look() {
    let dir = tempfile::tempdir().unwrap();
    let name = "Model Machines (Example) plc";
    let house = house(dir.path(), &format!("L-1,entity,{name},XX,A list,2020-01-01,\n"));
    let mrn = filed(&house, "043-machine-licence.xml", &[]);
    let formed = opinion(&house, &mrn);
    let plan = formed["decision"]["plan"].as_array().unwrap();
    assert!(plan.contains(&"decide name".into()), "{plan:?}");
    let lifts = |key: &str, kind: &str, hold: &str| {
        let lift = json!({"act": "lift", "by": "o", "kind": kind, "hold": hold});
        let said = act(&house, &mrn, key, &lift);
        (said.status, said.json()["state"].as_str().unwrap_or_default().to_owned())
    };
    // The examination ends, and a detention there is none of but that of the name.
    lifts("documents", "documents", "");
    assert_eq!(lifts("examination", "examination", ""), (201, "detained".to_owned()));
    assert_eq!(lifts("detention", "detention", "").0, 409);
    assert_eq!(crate::agencies::state(&house, &mrn), "detained");
    for (language, wanted) in [
        ("en", "An officer says whether it is the party on the list"),
        ("zh", "关员确认是否为名单所列当事方"),
        ("ru", "то ли это лицо, что в списке"),
    ] {
        let page = house.get(&format!("/declarations/{mrn}?lang={language}")).body;
        assert!(String::from_utf8_lossy(&page).contains(wanted), "{language}");
    }
    assert_eq!(lifts("name", "detention", "name-listed"), (201, "cleared".to_owned()));
}

#[test]
fn a_name_without_letters_is_looked_at() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let mrn = filed(&house, "043-machine-licence.xml", &[("Model Machines (Example) plc", "***")]);
    let formed = opinion(&house, &mrn);
    assert!(formed["screening"].to_string().contains("no letters in the name"), "{formed}");
    assert!(formed["decision"]["reasons"].to_string().contains("no letters to compare"));
    assert_eq!(crate::agencies::state(&house, &mrn), "under-documentary-check");
}
