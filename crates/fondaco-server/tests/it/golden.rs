//! Golden duty cases: a declaration of one item each, what it must come to worked out by hand and
//! by a second program (`data/cases/oracle.py`) that knows nothing of this one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::{Row, errors, is_carried, reports, rows};

fn data() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../data")
}

/// The cases of a pack.
pub(crate) fn cases(pack: &str) -> Vec<Row> {
    let dir = data().join("cases").join(pack);
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let ours =
        |p: &PathBuf| p.file_name().is_some_and(|n| n.to_string_lossy().starts_with("duties"));
    files.into_iter().filter(ours).flat_map(|file| rows(&file)).collect()
}

/// The least declaration a pack takes of one item, with what a case says of it: a WCO declaration
/// in XML. Columns that a case has not are filled with what is taken everywhere.
pub(crate) fn compose(case: &Row, lrn: &str) -> String {
    let get = |name: &str| case.get(name).map_or("", String::as_str);
    let or = |name: &str, other: &'static str| match get(name) {
        "" => other.to_owned(),
        text => text.to_owned(),
    };
    let all = |name: &str| -> Vec<String> {
        get(name).split('|').filter(|t| !t.is_empty()).map(str::to_owned).collect()
    };
    let pack = get("pack");
    let (country, office, place, scheme) = match pack {
        "eaeu" => ("RU", "10702070", "<ID>RUVVO</ID>", "SRZ"),
        "cn" => ("CN", "0202", "<ID>CNTXG</ID>", "SRZ"),
        "us" => ("US", "4601", "<ID>USNYC</ID>", "SRZ"),
        _ => ("GB", "", "<Name>FXTFXTFXT</Name>", "TSP"),
    };
    let origin = or("origin", "CN");
    let kind = or("type", "IMA");
    let export = kind.starts_with("EX");
    let (from, to) = if export { (country, "CN") } else { ("CN", country) };
    let (price, currency) = (or("price", "1000.00"), or("currency", "GBP"));
    let mass = or("net_mass", "100");
    let mut item = String::new();
    for statement in all("statements") {
        // `CODE` or `CODE name=figure`.
        let (code, said) = statement.split_once(' ').unwrap_or((&statement, ""));
        write!(item, "<AdditionalInformation><StatementCode>{code}</StatementCode>").unwrap();
        if !said.is_empty() {
            write!(item, "<StatementDescription>{said}</StatementDescription>").unwrap();
        }
        item.push_str("</AdditionalInformation>");
    }
    let class = |id: &str, kind: &str| {
        format!(
            "<Classification><ID>{id}</ID><IdentificationTypeCode>{kind}</IdentificationTypeCode>\
             </Classification>"
        )
    };
    let code = or("code", "9503003500");
    let mut classes = if scheme == "TSP" {
        class(&code[..8], "TSP") + &class(&code[8..], "TRC")
    } else {
        class(&code, scheme)
    };
    for code in all("additional_codes") {
        classes.push_str(&class(&code, "GN"));
    }
    let regime = match get("regime") {
        "" => String::new(),
        regime => format!("<DutyTaxFee><DutyRegimeCode>{regime}</DutyRegimeCode></DutyTaxFee>"),
    };
    let quantity = match (get("quantity"), get("unit")) {
        ("", _) => String::new(),
        (n, "") => format!("<TariffQuantity>{n}</TariffQuantity>"),
        (n, unit) => format!("<TariffQuantity unitCode=\"{unit}\">{n}</TariffQuantity>"),
    };
    let procedure = or("procedure", "40/00");
    let (current, previous) = procedure.split_once('/').unwrap_or((&procedure, ""));
    let mut procedures = format!("<GovernmentProcedure><CurrentCode>{current}</CurrentCode>");
    if !previous.is_empty() {
        write!(procedures, "<PreviousCode>{previous}</PreviousCode>").unwrap();
    }
    procedures.push_str("</GovernmentProcedure>");
    for code in all("additional_procedures") {
        write!(
            procedures,
            "<GovernmentProcedure><CurrentCode>{code}</CurrentCode></GovernmentProcedure>"
        )
        .unwrap();
    }
    let mut charges = String::new();
    for charge in all("charges") {
        // `AK 500.00 USD`.
        let [kind, amount, currency] = charge.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{charge}: not a charge");
        };
        write!(
            charges,
            "<ChargeDeduction><ChargesTypeCode>{kind}</ChargesTypeCode>\
             <OtherChargeDeductionAmount currencyID=\"{currency}\">{amount}\
             </OtherChargeDeductionAmount></ChargeDeduction>"
        )
        .unwrap();
    }
    let office = if office.is_empty() {
        String::new()
    } else {
        format!("<DeclarationOfficeID>{office}</DeclarationOfficeID>")
    };
    let exporter = if export { "<ID>5000000002</ID>" } else { "" };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Declaration xmlns=\"urn:wco:datamodel:WCO:DEC-DMS:2\">\n\
         <FunctionCode>9</FunctionCode>\
         <FunctionalReferenceID>{lrn}</FunctionalReferenceID>\
         <TypeCode>{kind}</TypeCode>\
         <GoodsItemQuantity>1</GoodsItemQuantity>{office}\
         <InvoiceAmount currencyID=\"{currency}\">{price}</InvoiceAmount>\
         <TotalPackageQuantity>1</TotalPackageQuantity>\
         <BorderTransportMeans><ModeCode>{mode}</ModeCode></BorderTransportMeans>\
         <Declarant><Name>Placeholder Customs</Name><ID>{declarant}</ID></Declarant>\
         <Exporter><Name>Placeholder Exports</Name>{exporter}</Exporter>\
         <GoodsShipment>\
         <Consignment><GoodsLocation>{place}<TypeCode>A</TypeCode><Address><TypeCode>U</TypeCode>\
         <CountryCode>{country}</CountryCode></Address></GoodsLocation></Consignment>\
         <Destination><CountryCode>{to}</CountryCode></Destination>\
         <ExportCountry><ID>{from}</ID></ExportCountry>\n\
         <GovernmentAgencyGoodsItem><SequenceNumeric>1</SequenceNumeric>{item}\
         <Commodity><Description>Placeholder goods</Description>{classes}{regime}\
         <GoodsMeasure><GrossMassMeasure unitCode=\"KGM\">{mass}</GrossMassMeasure>\
         <NetNetWeightMeasure unitCode=\"KGM\">{mass}</NetNetWeightMeasure>{quantity}</GoodsMeasure>\
         <InvoiceLine><ItemChargeAmount currencyID=\"{currency}\">{price}</ItemChargeAmount>\
         </InvoiceLine></Commodity>\
         <CustomsValuation><MethodCode>1</MethodCode>{charges}</CustomsValuation>{procedures}\
         <Origin><CountryCode>{origin}</CountryCode><TypeCode>1</TypeCode></Origin>\
         <Packaging><SequenceNumeric>1</SequenceNumeric><MarksNumbersID>1</MarksNumbersID>\
         <QuantityQuantity>1</QuantityQuantity><TypeCode>CT</TypeCode></Packaging>\
         </GovernmentAgencyGoodsItem>\n\
         <Importer><Name>Placeholder Imports</Name><ID>5000000001</ID></Importer>\
         <PreviousDocument><CategoryCode>Z</CategoryCode><ID>PREV-1</ID><TypeCode>337</TypeCode>\
         <LineNumeric>1</LineNumeric></PreviousDocument>\
         <TradeTerms><ConditionCode>FCA</ConditionCode></TradeTerms>\
         </GoodsShipment>\n</Declaration>\n",
        mode = or("mode", "3"),
        declarant = or("declarant", "5000000001"),
    )
}

/// What the report says of the case's tax, in the columns of a case: base, assessed, payable of each
/// line, and what is unknown.
fn came_to(report: &Value, tax: &str) -> [String; 4] {
    let of_tax = |name: &str| -> Vec<&Value> {
        let all = report["assessment"][name].as_array();
        all.into_iter().flatten().filter(|line| line["tax_type"] == tax).collect()
    };
    let column = |name: &str| {
        of_tax("lines").iter().map(|l| l[name].as_str().unwrap()).collect::<Vec<_>>().join("|")
    };
    let unknown = of_tax("unknown");
    let unknown = unknown.iter().map(|u| {
        format!("{} {}", u["why"].as_str().unwrap(), u["what"].as_str().unwrap()).trim().to_owned()
    });
    [column("base"), column("assessed"), column("payable"), unknown.collect::<Vec<_>>().join("|")]
}

/// The cases of a pack through the program, a call for each day of law.
fn golden(pack: &str, at_least: usize) {
    if !is_carried(pack) {
        return;
    }
    let cases = cases(pack);
    assert!(cases.len() >= at_least, "{pack}: {} cases", cases.len());
    let dir = tempfile::tempdir().unwrap();
    let rates = data().join(format!("demo/rates-{pack}.csv"));
    let measures = data().join("cases").join(pack).join("measures.csv");
    let mut by_day: BTreeMap<&str, Vec<(PathBuf, &Row)>> = BTreeMap::new();
    for (n, case) in cases.iter().enumerate() {
        let path = dir.path().join(format!("{n:03}.xml"));
        std::fs::write(&path, compose(case, &format!("CASE-{n:03}"))).unwrap();
        by_day.entry(&case["on"]).or_default().push((path, case));
    }
    let mut wrong = Vec::new();
    for (day, cases) in by_day {
        let mut args: Vec<PathBuf> = ["assess", "--pack", pack, "--on", day, "--rates"]
            .into_iter()
            .map(PathBuf::from)
            .collect();
        args.push(rates.clone());
        if measures.exists() {
            args.push("--measures".into());
            args.push(measures.clone());
        }
        args.extend(cases.iter().map(|(path, _)| path.clone()));
        let reports = reports(&args);
        for (path, case) in cases {
            let report = &reports[&path];
            if report["outcome"] != "accepted" {
                wrong.push(format!("{}: returned: {:?}", case["name"], errors(report)));
                continue;
            }
            let wanted = ["expect_base", "expect_assessed", "expect_payable", "expect_unknown"]
                .map(|c| case[c].clone());
            let got = came_to(report, &case["tax_type"]);
            if got != wanted {
                wrong.push(format!("{}: want {wanted:?}, got {got:?}", case["name"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn eaeu_cases_come_to_what_was_worked_out() {
    golden("eaeu", 430);
}

#[test]
fn cn_cases_come_to_what_was_worked_out() {
    golden("cn", 25);
}

#[test]
fn us_cases_come_to_what_was_worked_out() {
    golden("us", 25);
}

#[test]
fn gb_cases_come_to_what_was_worked_out() {
    golden("gb", 15);
}

#[test]
fn every_case_is_told_apart_and_says_what_it_wants() {
    let mut seen = std::collections::BTreeSet::new();
    for case in ["eaeu", "cn", "us", "gb"].iter().flat_map(|pack| cases(pack)) {
        assert!(seen.insert(case["name"].clone()), "{} stands twice", case["name"]);
        assert!(!case["worked"].is_empty(), "{} is not worked out", case["name"]);
        let formula = !case["formula"].is_empty();
        assert_eq!(formula, !case["expect_assessed"].is_empty(), "{}", case["name"]);
    }
}

#[test]
fn the_oracle_comes_to_the_same() {
    let oracle: &Path = &data().join("cases/oracle.py");
    let Ok(output) = Command::new("python3").arg(oracle).output() else {
        println!("skipped: there is no python3 here");
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let text = String::from_utf8(output.stdout).unwrap();
    let mut computed: BTreeMap<String, [String; 2]> = BTreeMap::new();
    for line in text.lines() {
        let one: Value = serde_json::from_str(line).unwrap();
        let get = |name: &str| one[name].as_str().unwrap().to_owned();
        computed.insert(get("name"), [get("base"), get("assessed")]);
    }
    for case in ["eaeu", "cn", "us", "gb"].iter().flat_map(|pack| cases(pack)) {
        if case["formula"].is_empty() {
            continue;
        }
        let wanted = [case["expect_base"].clone(), case["expect_assessed"].clone()];
        assert_eq!(computed.get(&case["name"]), Some(&wanted), "{}", case["name"]);
    }
}
