//! What is accepted and what is returned, as the administration did.

use std::collections::BTreeSet;
use std::path::Path;

use crate::{corpus, errors, is_carried, reports, rows, shared, submissions};

/// Where the outcome does not follow from the notifications, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[(
    "TT_EX021a/TT_EX021a_Declaration1_(Step1).xml",
    "returned",
    "the steps beside it say declaration 1 is rejected; the notifications are those of declaration 2",
)];

/// The references of the declarations the notifications in a folder say are rejected.
fn rejected(folder: &Path, into: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            rejected(&path, into);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let Ok(document) = roxmltree::Document::parse(&text) else { continue };
        for response in document.descendants().filter(|n| n.has_tag_name_local("Response")) {
            let said = |name: &str| {
                let mut within = response.descendants();
                within
                    .find(|n| n.has_tag_name_local(name))
                    .and_then(|n| n.text())
                    .unwrap_or_default()
            };
            if said("FunctionCode") != "03" {
                continue;
            }
            let declaration = response.children().find(|n| n.has_tag_name_local("Declaration"));
            let reference = declaration
                .and_then(|d| d.children().find(|n| n.has_tag_name_local("FunctionalReferenceID")))
                .and_then(|n| n.text());
            into.extend(reference.map(str::to_owned));
        }
    }
}

trait Local {
    fn has_tag_name_local(&self, name: &str) -> bool;
}

impl Local for roxmltree::Node<'_, '_> {
    fn has_tag_name_local(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}

fn reference(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let document = roxmltree::Document::parse(text.trim_start_matches('\u{feff}')).unwrap();
    let mut all = document.descendants();
    let node = all.find(|n| n.has_tag_name_local("FunctionalReferenceID"));
    node.and_then(|n| n.text()).unwrap_or_default().to_owned()
}

#[test]
fn every_submission_is_accepted_or_returned_as_it_was() {
    let Some(submissions) = submissions() else { return };
    let Some(dir) = shared("cds-dms/dev") else { return };
    let scenarios = rows(&dir.join("SCENARIOS.csv"));
    let mut args: Vec<_> = ["check", "--pack", "gb"].map(Into::into).to_vec();
    args.extend(submissions.iter().map(|(path, _)| path.clone().into_os_string()));
    let reports = reports(&args);
    let (mut wrong, mut returned) = (Vec::new(), 0);
    for (path, row) in &submissions {
        let name = &row["path"];
        let scenario = name.split('/').next().unwrap();
        let notifications = scenarios
            .iter()
            .find(|s| s["Annotated Sample Reference"] == scenario)
            .map_or("", |s| &*s["Notification Messages"]);
        let mut references = BTreeSet::new();
        rejected(&dir.join(scenario), &mut references);
        // Only a rejection, or one that names this very declaration.
        let refused = notifications.trim() == "DMSREJ" || references.contains(&reference(path));
        let exception = EXCEPTIONS.iter().find(|(file, ..)| file == name);
        let wanted = exception.map_or(if refused { "returned" } else { "accepted" }, |e| e.1);
        let report = &reports[path];
        returned += usize::from(report["outcome"] == "returned");
        if report["outcome"] != wanted {
            wrong.push(format!("{name}: wanted {wanted}: {:?}", errors(report)));
        }
    }
    println!("{} submissions, {returned} returned", submissions.len());
    assert!(submissions.len() > 180);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), submissions.len(), wrong.join("\n"));
}

#[test]
fn what_cannot_be_read_is_returned() {
    let Some(dir) = shared("cds-dms/dev") else { return };
    // A comment that is not closed, in the message as published.
    let file = dir.join("TT_EX022a/TT_EX022a_Declaration1_(Step1).xml");
    let reports = reports(&["check".into(), file.clone().into_os_string()]);
    assert_eq!(errors(&reports[&file]).first().map(|e| e.0), Some("FD101"));
}

#[test]
fn the_corpus_is_as_its_index_says() {
    for pack in ["gb", "us", "eaeu", "cn"] {
        let all = corpus(pack);
        if all.is_empty() || !is_carried(pack) {
            continue;
        }
        let mut args: Vec<_> = ["check", "--pack", pack].map(Into::into).to_vec();
        args.extend(all.iter().map(|(path, _)| path.clone().into_os_string()));
        let reports = reports(&args);
        let wrong: Vec<_> = all
            .iter()
            .filter(|(path, row)| reports[path]["outcome"] != *row["expect"])
            .map(|(path, row)| {
                format!("{}: wanted {}: {:?}", row["file"], row["expect"], errors(&reports[path]))
            })
            .collect();
        println!("{pack}: {} of the corpus", all.len());
        assert!(
            wrong.is_empty(),
            "{pack}: {} of {}:\n{}",
            wrong.len(),
            all.len(),
            wrong.join("\n")
        );
    }
}
