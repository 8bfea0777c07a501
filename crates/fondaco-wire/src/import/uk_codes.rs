//! Code lists of the UK's Customs Declaration Service, as the JSON files HMRC keeps with its
//! declaration front end.
//!
//! A list is an array of `{code, en, cy}`; the Welsh is dropped. Two files are arrays of
//! `{parentCode, childCodes}` whose parent codes are themselves the list. The other files of that
//! shape only tie lists together and are passed over, and so is any file with another name.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Imported, squeeze, unfold};
use crate::pack::rows::{LawRow, ListRow};

const LAW: &str = "uk-cds-codes";

/// File names with the list each holds.
const LISTS: &[(&str, &str)] = &[
    ("countryCodes.json", "country"),
    ("currencyCodes.json", "currency"),
    ("packageTypes.json", "package"),
    ("customsOffices.json", "office"),
    ("officeOfExits.json", "exit-office"),
    ("procedureCodes.json", "procedure"),
    ("procedureCodesC21.json", "procedure"),
    ("additionalProcedureCodes.json", "additional-procedure"),
    ("additionalProcedureCodesC21.json", "additional-procedure"),
    ("documentTypes.json", "document"),
    ("additionalDocumentCodes.json", "document"),
    ("additionalDocumentStatusCodes.json", "document-status"),
    ("holder-of-authorisation-codes.json", "authorisation"),
    ("dmsErrorCodes.json", "dms-error"),
];

/// Reads files by name (a path with `/`) in any order; the result does not depend on it. `from` is
/// the first day of every row, which the files do not state.
///
/// `document` and `document-status` hold only the codes those files name, which is not every code
/// there is: a code that is not in them is not thereby wrong.
///
/// Counts: `files` read, `passed_over`, `codes`, `merged` (a code again under another name: the
/// first stands), and each list.
#[must_use]
pub fn import(files: &[(String, Vec<u8>)], from: Option<&str>) -> Imported {
    let mut out = Imported::default();
    let (mut read, mut passed_over, mut merged) = (0, 0, 0);
    let mut codes: BTreeMap<(String, String), String> = BTreeMap::new();
    let mut files: Vec<_> = files.iter().collect();
    files.sort();
    for (name, bytes) in files {
        let Some(list) = list_of(name) else {
            passed_over += 1;
            continue;
        };
        let records = unfold(bytes).and_then(|bytes| {
            serde_json::from_slice::<Vec<Value>>(&bytes)
                .map_err(|e| format!("not a JSON array of records: {e}"))
        });
        let records = match records {
            Ok(records) => records,
            Err(reason) => {
                out.refuse(0, format!("{name}: {reason}"));
                continue;
            }
        };
        read += 1;
        for (at, record) in records.iter().enumerate() {
            let text = |field| record.get(field).and_then(Value::as_str).map(squeeze);
            let code = text("code").or_else(|| text("parentCode")).filter(|code| !code.is_empty());
            let Some(code) = code else {
                out.refuse(at + 1, format!("{name}: no `code`"));
                continue;
            };
            let english = text("en").unwrap_or_default();
            let name = codes.entry((list.to_owned(), code)).or_default();
            if name.is_empty() {
                *name = english;
            } else if !english.is_empty() && *name != english {
                merged += 1;
            }
        }
    }
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for ((list, code), name_en) in codes {
        if let Some((_, list)) = LISTS.iter().chain([&GOODS_LOCATIONS]).find(|(_, l)| *l == list) {
            *counts.entry(list).or_default() += 1;
        }
        out.lists.push(ListRow {
            list,
            code,
            name_en,
            from: from.unwrap_or_default().to_owned(),
            ..ListRow::default()
        });
    }
    if !out.lists.is_empty() {
        out.law.push(law());
    }
    out.counts = vec![
        ("files", read),
        ("passed_over", passed_over),
        ("codes", out.lists.len()),
        ("merged", merged),
    ];
    out.counts.extend(counts);
    out
}

/// Every file in this directory is a part of the list.
const GOODS_LOCATIONS: (&str, &str) = ("goods-locations-codes", "goods-location");

fn list_of(path: &str) -> Option<&'static str> {
    let mut parts = path.rsplit('/');
    let file = parts.next()?;
    let (directory, list) = GOODS_LOCATIONS;
    if parts.next() == Some(directory) && file.ends_with(".json") {
        return Some(list);
    }
    LISTS.iter().find(|(name, _)| *name == file).map(|(_, list)| *list)
}

fn law() -> LawRow {
    LawRow {
        id: LAW.to_owned(),
        title_en: "Code lists of the UK Customs Declaration Service".to_owned(),
        title_zh: "英国海关申报服务系统（CDS）代码表".to_owned(),
        title_ru: "Справочники кодов Таможенной службы деклараций Великобритании (CDS)".to_owned(),
        reference: "UK Trade Tariff, volume 3: CDS declaration completion instructions".to_owned(),
        source: "Code lists of HMRC's export declaration front end (github.com/hmrc/\
                 customs-declare-exports-frontend, conf/code-lists). Crown copyright, HMRC; \
                 licensed under Apache-2.0."
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::super::tests::shared_path;
    use super::*;

    fn check(files: &[(&str, &str)], rows: &[(&str, &str, &str)], refused: &[(usize, &str)]) {
        let files: Vec<_> =
            files.iter().map(|(n, t)| ((*n).to_owned(), t.as_bytes().to_vec())).collect();
        let got = import(&files, None);
        let got_rows: Vec<_> =
            got.lists.iter().map(|r| (&*r.list, &*r.code, &*r.name_en)).collect();
        assert_eq!(got_rows, rows);
        assert_eq!(got.refused.len(), refused.len(), "{:?}", got.refused);
        for (got, (line, reason)) in got.refused.iter().zip(refused) {
            assert_eq!(got.line, *line);
            assert!(got.reason.contains(reason), "{}", got.reason);
        }
    }

    #[test]
    fn files_become_lists_by_their_names() {
        check(
            &[
                ("currencyCodes.json", r#"[{"code":"AED","en":"UAE  Dirham","cy":"x"}]"#),
                (
                    "b/goods-locations-codes/rail.json",
                    r#"[{"code":"GBX","en":"Two"},{"code":"GBA","en":"A"}]"#,
                ),
                ("a/goods-locations-codes/air.json", r#"[{"code":"GBX","en":"One"}]"#),
                ("d/documentTypes.json", r#"[{"code":"380","en":"Invoice"}]"#),
                (
                    "a/additionalDocumentCodes.json",
                    r#"[{"parentCode":"9006","childCodes":["x"]},{"parentCode":"380"}]"#,
                ),
                ("linkProcedureCodes.json", "not even JSON"),
            ],
            &[
                ("currency", "AED", "UAE Dirham"),
                ("document", "380", "Invoice"),
                ("document", "9006", ""),
                ("goods-location", "GBA", "A"),
                ("goods-location", "GBX", "One"),
            ],
            &[],
        );
    }

    #[test]
    fn bad_records_and_files_are_refused_alone() {
        check(
            &[
                (
                    "countryCodes.json",
                    r#"[{"en":"x"},{"code":""},{"code":5},7,{"code":"AD","en":"Andorra"}]"#,
                ),
                ("packageTypes.json", "[{"),
                ("procedureCodes.json", "{}"),
            ],
            &[("country", "AD", "Andorra")],
            &[
                (1, "no `code`"),
                (2, "no `code`"),
                (3, "no `code`"),
                (4, "no `code`"),
                (0, "packageTypes"),
                (0, "procedureCodes"),
            ],
        );
        check(&[], &[], &[]);
    }

    #[test]
    fn the_lists_at_hand_are_taken_whole() {
        let Some(dir) = shared_path("cds-code-lists") else { return };
        let mut files = Vec::new();
        let mut dirs = vec![dir];
        while let Some(dir) = dirs.pop() {
            for entry in std::fs::read_dir(dir).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    dirs.push(path);
                } else {
                    let bytes = std::fs::read(&path).unwrap();
                    files.push((path.to_str().unwrap().to_owned(), bytes));
                }
            }
        }
        let got = import(&files, None);
        println!("{:?}", got.counts);
        assert_eq!(got.refused, []);
        let lists: Vec<_> = got.counts[4..].iter().map(|(list, _)| *list).collect();
        assert_eq!(
            lists,
            [
                "additional-procedure",
                "authorisation",
                "country",
                "currency",
                "dms-error",
                "document",
                "document-status",
                "exit-office",
                "goods-location",
                "office",
                "package",
                "procedure",
            ]
        );
    }
}
