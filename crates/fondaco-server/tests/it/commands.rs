//! The commands from outside: exit codes, what is said where, going on, replaying.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use expect_test::{Expect, expect};
use serde_json::Value;

use crate::http::{House, bad, fondaco, good};
use crate::{corpus, is_carried};

/// What a call came to.
pub(crate) struct Came {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Came {
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.out.trim_end().lines().count(), 1, "one object: {}", self.out);
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}", self.out))
    }
}

pub(crate) fn run<A: AsRef<OsStr>>(args: &[A]) -> Came {
    run_with(args, b"")
}

pub(crate) fn run_with<A: AsRef<OsStr>>(args: &[A], input: &[u8]) -> Came {
    let mut child = fondaco()
        .args(args)
        .env_remove("RUST_BACKTRACE")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // One that does not read its input may have ended.
    child.stdin.take().unwrap().write_all(input).ok();
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Came { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

fn write(dir: &Path, name: &str, text: impl AsRef<[u8]>) -> String {
    let path = dir.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn data(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../data").join(path)
}

#[test]
fn check_and_assess_end_with_the_worst_of_what_they_saw() {
    let dir = tempfile::tempdir().unwrap();
    let fine = write(dir.path(), "fine.xml", good("A"));
    let returned = write(dir.path(), "returned.xml", bad("B"));
    let garbage = write(dir.path(), "garbage.xml", b"\xff\xfe\x00not xml");
    let empty = write(dir.path(), "empty.json", "");
    let none = dir.path().join("none.xml").to_str().unwrap().to_owned();
    for command in ["check", "assess"] {
        assert_eq!(run(&[command, &fine]).code, 0);
        for file in [&returned, &garbage, &empty] {
            let came = run(&[command, file]);
            assert_eq!((came.code, &*came.err), (1, ""), "{file}");
        }
        assert_eq!(run(&[command, &none]).code, 2);
        assert_eq!(run(&[command, &none, &fine]).code, 2);
        assert_eq!(run(&[command]).code, 2);
        assert_eq!(run(&[command, &fine, "--on", "tomorrow"]).code, 2);
        assert_eq!(run(&[command, &fine, "--on", "2026-02-29"]).code, 2);
        assert_eq!(run(&[command, &fine, "--language", "fr"]).code, 2);
        assert_eq!(run(&[command, &fine, "--rates", &none]).code, 2);
    }
    assert_eq!(run(&["conjure"]).code, 2);
    assert_eq!(run(&["--version"]).code, 0);
}

#[test]
fn a_file_that_is_not_there_is_named_and_the_others_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let one = write(dir.path(), "one.xml", good("A"));
    let two = write(dir.path(), "two.xml", good("B"));
    let none = dir.path().join("none.xml").to_str().unwrap().to_owned();
    let came = run(&["assess", "--json", &one, &none, &two]);
    assert_eq!(came.code, 2);
    assert_eq!(came.err.lines().count(), 1, "{}", came.err);
    assert!(came.err.contains(&none), "{}", came.err);
    assert_eq!(came.out.lines().count(), 2);
}

#[test]
fn json_is_an_object_a_line_in_the_order_of_the_files() {
    let dir = tempfile::tempdir().unwrap();
    let files = [
        write(dir.path(), "z.xml", good("A")),
        write(dir.path(), "b 报关单.xml", bad("B")),
        write(dir.path(), "garbage.xml", "no\nxml"),
    ];
    for command in ["check", "assess"] {
        let mut args = vec![command, "--json"];
        args.extend(files.iter().map(String::as_str));
        let came = run(&args);
        assert_eq!((came.code, &*came.err), (1, ""));
        let all: Vec<Value> =
            came.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let named: Vec<&str> = all.iter().map(|one| one["file"].as_str().unwrap()).collect();
        assert_eq!(named, files);
        assert_eq!(all[0]["outcome"], "accepted");
        assert_eq!(all[1]["outcome"], "returned");
        assert!(all[1]["assessment"].is_null());
        assert!(!all[2]["findings"].as_array().unwrap().is_empty());
    }
}

#[test]
fn a_folder_of_thousands_is_checked_in_one_call() {
    let dir = tempfile::tempdir().unwrap();
    let all = corpus("gb");
    if all.is_empty() {
        return;
    }
    for n in 0..2000 {
        let (path, _) = &all[n % all.len()];
        std::fs::copy(path, dir.path().join(format!("{n:04}.xml"))).unwrap();
    }
    let came = run(&["check".as_ref(), "--json".as_ref(), dir.path().as_os_str()]);
    assert_eq!((came.code, &*came.err), (1, ""));
    let mut accepted = 0;
    for (n, line) in came.out.lines().enumerate() {
        let report: Value = serde_json::from_str(line).unwrap();
        let wanted = &all[n % all.len()].1["expect"];
        assert_eq!(report["outcome"], **wanted, "{}", report["file"]);
        accepted += usize::from(report["outcome"] == "accepted");
    }
    assert_eq!(came.out.lines().count(), 2000);
    assert!(accepted > 1000, "{accepted}");
    // By its text too, quietly.
    let came = run(&["check".as_ref(), dir.path().as_os_str()]);
    assert_eq!((came.code, &*came.err), (1, ""));
}

#[test]
fn a_dash_is_standard_input() {
    for (text, code, outcome) in [(good("A"), 0, "accepted"), (bad("A"), 1, "returned")] {
        let came = run_with(&["assess", "--json", "-"], text.as_bytes());
        assert_eq!(came.code, code);
        assert_eq!((&came.json()["file"], &came.json()["outcome"]), (&"-".into(), &outcome.into()));
    }
}

fn shown(file: &str, pack: &str, language: &str, wanted: &Expect) {
    if !is_carried(pack) {
        return;
    }
    let dir = data("corpus");
    let rates = data(&format!("demo/rates-{pack}.csv"));
    let output = fondaco()
        .current_dir(&dir)
        .args(["assess", file, "--pack", pack, "--on", "2026-11-20", "--language", language])
        .arg("--rates")
        .arg(rates)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    // The digest of the pack is another with every row.
    let (kept, last) = text.trim_end().rsplit_once('\n').unwrap();
    assert!(last.contains(&format!("{pack} 2026-11-20 ")), "{last}");
    wanted.assert_eq(&format!("{kept}\n"));
}

#[test]
fn an_assessment_reads_in_english() {
    shown(
        "eaeu/022-suv-moscow.xml",
        "eaeu",
        "en",
        &expect![[r#"
            eaeu/022-suv-moscow.xml: accepted, lane yellow
              1  2010 Import customs duty  15% of 16167853.19 = 2425177.98 payable  (eaeu-ett)
              whole declaration  1010 Customs fee for customs operations  from a customs value of 10000000.01 RUB: 73860 RUB = 73860.00 payable  (ru-pp-1637, item 1 as amended by Decree No 1638 of 23 October 2025)
              Total payable: 2499037.98 RUB
              Not computed: 1  4000 The pack holds no rate for this tax on this code.
              Not computed: 1  5010 Its base includes 4000, which is unknown.
              Not computed: 1  UTS The pack holds no rate for this tax on this code.
              Requirements:
                1  [met] Vehicle type approval or certificate of safety of the vehicle design under TR CU 018/2011 (eaeu-tr-018, section V)
              yellow ← Nobody could be screened: no list is loaded
              yellow ← 3 amount(s) could not be computed, first: 4000
        "#]],
    );
}

#[test]
fn an_assessment_reads_in_chinese() {
    shown(
        "eaeu/022-suv-moscow.xml",
        "eaeu",
        "zh",
        &expect![[r#"
            eaeu/022-suv-moscow.xml: 接受申报, 通道 yellow
              1  2010 进口关税  15% 计税基础 16167853.19 = 2425177.98 应缴  (eaeu-ett)
              整份报关单  1010 海关手续费  完税价格达到 10000000.01 RUB: 73860 RUB = 73860.00 应缴  (ru-pp-1637, item 1 as amended by Decree No 1638 of 23 October 2025)
              应缴合计: 2499037.98 RUB
              未能计算: 1  4000 数据包中没有该税号的该税种税率。
              未能计算: 1  5010 其计税基础包含未知的 4000。
              未能计算: 1  UTS 数据包中没有该税号的该税种税率。
              监管要求:
                1  [met] TR CU 018/2011 车辆型式批准或车辆结构安全证书 (eaeu-tr-018, section V)
              yellow ← 无法筛查任何一方：未加载名单
              yellow ← 有 3 项金额无法计算，首项：4000
        "#]],
    );
}

#[test]
fn an_assessment_reads_in_russian() {
    shown(
        "eaeu/022-suv-moscow.xml",
        "eaeu",
        "ru",
        &expect![[r#"
            eaeu/022-suv-moscow.xml: принято, коридор yellow
              1  2010 Ввозная таможенная пошлина  15% от 16167853.19 = 2425177.98 к уплате  (eaeu-ett)
              вся декларация  1010 Таможенный сбор за таможенные операции  при таможенной стоимости от 10000000.01 RUB: 73860 RUB = 73860.00 к уплате  (ru-pp-1637, item 1 as amended by Decree No 1638 of 23 October 2025)
              Всего к уплате: 2499037.98 RUB
              Не рассчитано: 1  4000 В пакете данных нет ставки этого платежа для этого кода.
              Не рассчитано: 1  5010 В её основу входит 4000, а эта сумма неизвестна.
              Не рассчитано: 1  UTS В пакете данных нет ставки этого платежа для этого кода.
              Требования:
                1  [met] Одобрение типа или свидетельство о безопасности конструкции по ТР ТС 018/2011 (eaeu-tr-018, section V)
              yellow ← Никого не удалось проверить: список не загружен
              yellow ← Не удалось рассчитать сумм: 3, первая: 4000
        "#]],
    );
}

#[test]
fn a_folder_is_filed_and_gone_on_with_where_it_was_cut_off() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("folder");
    std::fs::create_dir(&folder).unwrap();
    for n in 0..6 {
        write(&folder, &format!("good{n}.xml"), good(&format!("LRN-{n}")));
    }
    for n in 0..2 {
        write(&folder, &format!("bad{n}.xml"), bad(&format!("BAD-{n}")));
    }
    write(&folder, "=cmd.xml", "not a declaration");
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let house = House::sandbox(&dir.path().join("house"));
    let address = house.address.clone();
    let (folder, journal, errors) = (at("folder"), at("journal.jsonl"), at("errors.csv"));
    let file = |what: &str| {
        run(&["file", what, "--to", &address, "--journal", &journal, "--errors", &errors, "--json"])
    };
    let file_all = |resumed: u64| {
        let came = file(&folder);
        assert_eq!(came.code, 1, "{}", came.err);
        let summary = came.json();
        let wanted =
            [("files", 9), ("accepted", 6), ("returned", 3), ("resumed", resumed), ("failed", 0)];
        for (name, wanted) in wanted {
            assert_eq!(summary[name], wanted, "{name}: {summary}");
        }
    };
    // A part of it, as if it had been cut off; then the rest.
    assert_eq!(file(&format!("{folder}/good0.xml")).json()["accepted"], 1);
    file_all(1);
    let listed = || house.get("/v1/declarations").json().as_array().unwrap().len();
    assert_eq!(listed(), 9);
    let table = std::fs::read_to_string(&errors).unwrap();
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let headers: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(
        headers,
        ["file", "code", "pointer", "value", "wanted", "text_en", "text_zh", "text_ru"]
    );
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    for name in ["bad0.xml", "bad1.xml", "=cmd.xml"] {
        let of_file = rows.iter().filter(|r| r[0].ends_with(name)).count();
        assert!(of_file >= 1, "{name}: {table}");
    }
    assert!(!rows.iter().any(|r| r[0].contains("good")), "{table}");
    for row in &rows {
        assert!(row.iter().all(|c| !c.starts_with(['=', '+', '-', '@'])), "{row:?}");
        assert!((5..8).all(|n| !row[n].is_empty()), "{row:?}");
    }
    // Everything is in the journal: nothing is sent, even to a house that has gone.
    assert_eq!(house.get("/healthz").status, 200);
    assert!(house.stop().success());
    file_all(9);
    assert_eq!(std::fs::read_to_string(&errors).unwrap(), table);
}

#[test]
fn without_its_journal_a_folder_is_filed_once_all_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    write(dir.path(), "one.xml", good("ONE"));
    write(dir.path(), "two.xml", good("TWO"));
    let house = House::sandbox(&dir.path().join("house"));
    for _ in 0..2 {
        let came = run(&[
            "file",
            &at("one.xml"),
            &at("two.xml"),
            "--to",
            &house.address,
            "--journal",
            &at("journal"),
            "--errors",
            &at("errors"),
            "--json",
        ]);
        assert_eq!((came.code, &came.json()["resumed"]), (0, &0.into()), "{}", came.err);
        std::fs::remove_file(at("journal")).unwrap();
    }
    assert_eq!(house.get("/v1/declarations").json().as_array().unwrap().len(), 2);
}

#[test]
fn a_journal_of_one_house_does_not_speak_for_another() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    write(dir.path(), "one.xml", good("ONE"));
    for house in ["first", "second"] {
        let house = House::sandbox(&dir.path().join(house));
        let came = run(&[
            "file",
            &at("one.xml"),
            "--to",
            &house.address,
            "--journal",
            &at("journal"),
            "--errors",
            &at("errors"),
            "--json",
        ]);
        assert_eq!((came.code, &came.json()["accepted"]), (0, &1.into()), "{}", came.err);
        let there = house.get("/v1/declarations").json().as_array().unwrap().len();
        assert_eq!(there, 1, "said to be accepted, and the house has it not: {}", came.out);
    }
}

#[test]
fn broken_rows_are_named_with_row_and_reason() {
    let dir = tempfile::tempdir().unwrap();
    let fine = write(dir.path(), "fine.xml", good("A"));
    let measures = write(
        dir.path(),
        "own.csv",
        "code,direction,origin,regime,tax_type,rate,formula,unit,from,until,basis\n\
         9503,import,,,A00,4.7,,,2021-01-01,,fine\n\
         9503,sideways,,,A00,4.7,,,2021-01-01,,direction\n\
         9503,import,,,Q Q,4.7,,,2021-01-01,,tax\n\
         9503,import,,,A00,many,,,2021-01-01,,rate\n\
         9503,import,,,A00,,5 EUR,,2021-01-01,,formula\n\
         9503,import,,,A00,4.7,,,2021-02-30,,day\n\
         9503,import,,,A00,4.7\n",
    );
    let came = run(&["assess", &fine, "--measures", &measures]);
    assert_eq!((came.code, &*came.out), (2, ""));
    for row in 3..=8 {
        let named = came.err.lines().any(|line| line.contains(&format!("own.csv:{row}: ")));
        assert!(named, "row {row} is not named:\n{}", came.err);
    }
    assert!(!came.err.contains("own.csv:2:"), "{}", came.err);
    let rates = write(
        dir.path(),
        "rates.csv",
        "currency,per_unit,from,until,source\nEUR,0.86,2026-01-01,,x\nEURO,0.86,2026-01-01,,x\n\
         USD,-1,2026-01-01,,x\nUSD,,2026-01-01,,x\n",
    );
    let came = run(&["assess", &fine, "--rates", &rates]);
    assert_eq!(came.code, 2);
    for row in 3..=5 {
        assert!(came.err.contains(&format!("rates.csv:{row}: ")), "row {row}:\n{}", came.err);
    }
}

#[test]
fn a_row_that_can_never_be_right_is_broken_too() {
    let dir = tempfile::tempdir().unwrap();
    let fine = write(dir.path(), "fine.xml", good("A"));
    for (n, (what, row)) in [
        ("a negative rate", "9503,import,,,A00,-8,,,2021-01-01,,x"),
        ("a negative amount", "9503,import,,,A00,,-8 GBP/KGM,,2021-01-01,,x"),
        ("a group the pack has not", "9503,import,~nogroup,,A00,8,,,2021-01-01,,x"),
        ("a tax that is no code", "9503,import,,,Q Q,8,,,2021-01-01,,x"),
        ("a rate and a formula", "9503,import,,,A00,8,9%,,2021-01-01,,x"),
        ("a code that is none", "9503X,import,,,A00,8,,,2021-01-01,,x"),
        ("an end before the beginning", "9503,import,,,A00,8,,,2026-01-01,2021-01-01,x"),
    ]
    .iter()
    .enumerate()
    {
        let head = "code,direction,origin,regime,tax_type,rate,formula,unit,from,until,basis";
        let measures = write(dir.path(), &format!("own{n}.csv"), format!("{head}\n{row}\n"));
        let came = run(&["assess", &fine, "--measures", &measures]);
        assert_eq!(came.code, 2, "{what}: {}", came.out);
        assert!(came.err.contains(&format!("own{n}.csv:2: ")), "{what}: {}", came.err);
    }
}

#[test]
fn rates_of_the_run_go_before_those_of_the_pack() {
    let dir = tempfile::tempdir().unwrap();
    let copy = |from: PathBuf, to: PathBuf| {
        let status = std::process::Command::new("cp").arg("-r").arg(from).arg(to).status();
        assert!(status.unwrap().success());
    };
    copy(data("packs/gb"), dir.path().join("own"));
    copy(data("packs/common"), dir.path().join("common"));
    let rates = |name: &str, per_unit: &str| {
        let text =
            format!("currency,per_unit,from,until,source\nUSD,{per_unit},2026-01-01,,test\n");
        write(dir.path(), name, text)
    };
    rates("own/rates.csv", "0.70");
    let of_run = rates("run.csv", "0.80");
    let text = good("A").replace("currencyID=\"GBP\"", "currencyID=\"USD\"");
    let file = write(dir.path(), "usd.xml", text);
    let pack = dir.path().join("own").to_str().unwrap().to_owned();
    let value = |more: &[&str]| {
        let mut args = vec!["assess", &*file, "--pack", &*pack, "--on", "2026-11-20", "--json"];
        args.extend(more);
        run(&args).json()["assessment"]["values"][0][1].clone()
    };
    assert_eq!(value(&[]), "700.00");
    assert_eq!(value(&["--rates", &of_run]), "800.00");
}

#[test]
fn a_pack_that_is_not_there_is_answered_with_those_that_are() {
    let dir = tempfile::tempdir().unwrap();
    let fine = write(dir.path(), "fine.xml", good("A"));
    let house = dir.path().join("house");
    let serve = ["serve", "--pack", "nosuch", "--data", house.to_str().unwrap()];
    for args in [&["check", &fine, "--pack", "nosuch"][..], &serve[..]] {
        let came = run(args);
        assert_eq!(came.code, 2, "{}", came.err);
        assert!(came.err.contains("nosuch"), "{}", came.err);
        for pack in ["cn", "eaeu", "gb", "us"].into_iter().filter(|p| is_carried(p)) {
            assert!(came.err.contains(pack), "{pack}: {}", came.err);
        }
    }
    // A file that is no bundle is not taken for one.
    let came = run(&["check", &fine, "--pack", &fine]);
    assert_eq!(came.code, 2, "{}", came.err);
}

/// Every filing of a house by its id.
fn ids(house: &House) -> Vec<String> {
    let listed = house.get("/v1/declarations?limit=1000").json();
    listed.as_array().unwrap().iter().map(|f| f["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_filing_of_a_house_is_replayed_byte_for_byte() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    for n in 0..5 {
        assert_eq!(house.file(&format!("good{n}"), &good(&format!("LRN-{n}"))).status, 201);
    }
    assert_eq!(house.file("bad", &bad("BAD")).status, 422);
    assert_eq!(house.file("garbage", "not xml").status, 422);
    assert_eq!(house.file("twice", &good("LRN-0")).status, 422);
    let mrn = house.file("again", &good("MAIN")).text("mrn");
    let message = |mrn: &str, kind: &str| {
        format!(
            "<Declaration xmlns=\"urn:wco:datamodel:WCO:DEC-DMS:2\"><FunctionCode>13</FunctionCode>\
             <FunctionalReferenceID>M-{kind}</FunctionalReferenceID><ID>{mrn}</ID>\
             <TypeCode>{kind}</TypeCode></Declaration>"
        )
    };
    assert_eq!(house.file("arrival", &message(&mrn, "GPR")).status, 201);
    assert_eq!(house.file("unknown", &message("26GBZ0000000000099", "GPR")).status, 422);
    let json = r#"{"Declaration": {"FunctionCode": "9"}}"#;
    let sent = [("Content-Type", "application/json"), ("Idempotency-Key", "json")];
    assert_eq!(house.post_with(&sent, json.as_bytes()).status, 422);
    let as_of = [
        ("Content-Type", "application/xml"),
        ("Idempotency-Key", "on"),
        ("Fondaco-On", "2024-03-01"),
    ];
    assert_eq!(house.post_with(&as_of, good("AS-OF").as_bytes()).status, 201);
    for (n, (path, _)) in corpus("gb").into_iter().enumerate().step_by(4) {
        let body = std::fs::read_to_string(path).unwrap();
        assert!(matches!(house.file(&format!("corpus{n}"), &body).status, 201 | 422));
    }
    let ids = ids(&house);
    assert!(ids.len() >= 13, "{}", ids.len());
    let data = dir.path().to_str().unwrap();
    // While it is served, and by number as by id.
    assert_eq!(run(&["replay", &mrn, "--data", data]).code, 0);
    assert!(house.stop().success());
    for id in &ids {
        let came = run(&["replay", id, "--data", data, "--json"]);
        assert_eq!(
            (came.code, &came.json()["same"]),
            (0, &true.into()),
            "{id}: {}{}",
            came.out,
            came.err
        );
        assert_eq!(run(&["show", id, "--data", data]).code, 0);
    }
}

#[test]
fn old_filings_are_replayed_by_the_law_they_were_judged_by() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path().to_str().unwrap();
    let over = dir.path().join("pack");
    std::fs::create_dir_all(&over).unwrap();
    let rates = |per_unit: &str| {
        let text =
            format!("currency,per_unit,from,until,source\nUSD,{per_unit},2020-01-01,,test\n");
        write(&over, "rates-x.csv", text);
    };
    let priced = |lrn: &str| good(lrn).replace("currencyID=\"GBP\"", "currencyID=\"USD\"");
    let mut seen = Vec::new();
    for (n, per_unit) in ["0.70", "0.80", "0.70"].iter().enumerate() {
        rates(per_unit);
        let house = House::sandbox(dir.path());
        let said = house.file(&format!("k{n}"), &priced(&format!("LRN-{n}")));
        assert_eq!(said.status, 201, "{}", String::from_utf8_lossy(&said.body));
        let mrn = said.text("mrn");
        let opinion = house.get(&format!("/v1/declarations/{mrn}/opinion")).json();
        let bundle = house.get("/healthz").text("bundle");
        assert_eq!(opinion["reference"]["digest"], *bundle);
        seen.push((
            mrn,
            opinion["assessment"]["values"][0][1].as_str().unwrap().to_owned(),
            bundle,
        ));
        assert!(house.stop().success());
    }
    assert_eq!(seen[0].1, "700.00");
    assert_eq!(seen[1].1, "800.00");
    assert_eq!(seen[2].1, "700.00");
    assert_ne!(seen[0].2, seen[1].2);
    assert_eq!(seen[0].2, seen[2].2, "the same law has the same digest");
    std::fs::remove_dir_all(&over).unwrap();
    for (mrn, ..) in &seen {
        let came = run(&["replay", mrn, "--data", at, "--json"]);
        assert_eq!(
            (came.code, &came.json()["same"]),
            (0, &true.into()),
            "{}{}",
            came.out,
            came.err
        );
    }
    // A bundle that is gone is said, not guessed.
    std::fs::remove_file(dir.path().join("bundles").join(format!("{}.pack", seen[1].2))).unwrap();
    let came = run(&["replay", &seen[1].0, "--data", at]);
    assert_eq!(came.code, 3, "{}{}", came.out, came.err);
    assert!(came.err.contains(&seen[1].2), "{}", came.err);
    // An overlay with a broken row does not start, and says which.
    std::fs::create_dir_all(&over).unwrap();
    rates("dear");
    let came = run(&["serve", "--data", at, "--sandbox", "--listen", "127.0.0.1:0"]);
    assert_eq!(came.code, 2, "{}", came.err);
    assert!(came.err.contains("rates-x.csv:2: "), "{}", came.err);
}

#[test]
fn show_replay_and_verify_say_what_they_are_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let house = House::sandbox(&dir.path().join("house"));
    let accepted = house.file("a", &good("A"));
    let returned = house.file("b", &bad("B"));
    assert!(house.stop().success());
    let (home, mrn) = (at("house"), accepted.text("mrn"));
    for command in ["show", "replay"] {
        assert_eq!(run(&[command, &mrn, "--data", &home]).code, 0);
        assert_eq!(run(&[command, &returned.text("id"), "--data", &home]).code, 0);
        let came = run(&[command, "26GBZ0000000000099", "--data", &home]);
        assert_eq!(came.code, 2);
        assert!(came.err.contains("26GBZ0000000000099"), "{}", came.err);
        assert_eq!(run(&[command, &mrn, "--data", &at("nowhere")]).code, 2);
        assert!(!dir.path().join("nowhere").exists(), "looking makes nothing");
        assert_eq!(run(&[command, &mrn]).code, 2);
    }
    let shown = run(&["show", &mrn, "--data", &home, "--json"]).json();
    assert_eq!(
        (&shown["mrn"], &shown["lrn"], &shown["outcome"]),
        (&mrn.clone().into(), &"A".into(), &"accepted".into())
    );
    assert_eq!(shown["receipt"], accepted.text("receipt"));
    assert_eq!(shown["events"][0]["event"], "accepted");
    let shown = run(&["show", &returned.text("id"), "--data", &home]);
    assert!(shown.out.contains("returned") && shown.out.contains("FD"), "{}", shown.out);

    let key = at("house/receipt.jwk");
    let receipt = write(dir.path(), "receipt", accepted.text("receipt"));
    let came = run(&["verify", &receipt, "--key", &key]);
    assert_eq!(came.code, 0);
    assert!(came.out.contains(&mrn), "{}", came.out);
    let changed = accepted.text("receipt").replacen('.', ".e", 1);
    let changed = write(dir.path(), "changed", changed);
    assert_eq!(run(&["verify", &changed, "--key", &key]).code, 1);
    let junk = write(dir.path(), "junk", "junk");
    for (receipt, key, code) in
        [(&junk, &key, 1), (&at("none"), &key, 2), (&receipt, &at("none"), 2)]
    {
        assert_eq!(run(&["verify", receipt, "--key", key]).code, code, "{receipt} {key}");
    }
    let other = House::sandbox(&dir.path().join("other"));
    assert_eq!(other.get("/healthz").status, 200);
    assert!(other.stop().success());
    let came = run(&["verify", &receipt, "--key", &at("other/receipt.jwk"), "--json"]);
    assert_eq!((came.code, &came.json()["proven"]), (1, &false.into()));

    // A store that is none: a fault, not a wrong call.
    std::fs::remove_file(at("house/fondaco.db-wal")).ok();
    std::fs::remove_file(at("house/fondaco.db-shm")).ok();
    std::fs::write(at("house/fondaco.db"), [7; 8192]).unwrap();
    for command in ["show", "replay"] {
        let came = run(&[command, &mrn, "--data", &home]);
        assert_eq!(came.code, 3, "{}{}", came.out, came.err);
        assert_eq!(came.err.lines().count(), 1, "{}", came.err);
    }
}

#[test]
fn an_import_ends_as_its_file_deserves() {
    let dir = tempfile::tempdir().unwrap();
    let into = dir.path().join("pack").to_str().unwrap().to_owned();
    let list = "<?xml version=\"1.0\"?><CONSOLIDATED_LIST dateGenerated=\"2026-01-01T00:00:00Z\">\
        <INDIVIDUALS><INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>PLACEHOLDER</FIRST_NAME>\
        <SECOND_NAME>PERSON</SECOND_NAME><REFERENCE_NUMBER>XXi.001</REFERENCE_NUMBER>\
        <LISTED_ON>2001-01-25</LISTED_ON></INDIVIDUAL></INDIVIDUALS><ENTITIES/></CONSOLIDATED_LIST>";
    let fine = write(dir.path(), "list.xml", list);
    let came = run(&["import", "un-list", &fine, "--into", &into, "--json"]);
    assert_eq!(came.code, 0, "{}", came.err);
    assert_eq!(came.json()["names"], 1);
    let before: Vec<_> = std::fs::read_dir(&into).unwrap().map(|e| e.unwrap().path()).collect();
    let broken = write(dir.path(), "broken.xml", &list[..list.len() - 12]);
    let came = run(&["import", "un-list", &broken, "--into", &into]);
    assert_eq!(came.code, 1, "{}", came.err);
    assert!(came.err.contains("nothing was written"), "{}", came.err);
    let after: Vec<_> = std::fs::read_dir(&into).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(after, before);
    let none = dir.path().join("none").to_str().unwrap().to_owned();
    assert_eq!(run(&["import", "un-list", &none, "--into", &into]).code, 3);
    assert_eq!(run(&["import", "nosuch", &fine, "--into", &into]).code, 2);
    assert_eq!(run(&["import", "un-list", &fine]).code, 2);
    let table = write(dir.path(), "table.csv", "HS;Duty\n0101.21;5\n0102;x\n");
    let csv = ["import", "csv", &table, "--into", &into, "--json", "--set", "tax_type=A00"];
    let more = ["--rows", "measures", "--set", "basis=act", "--as", "code=HS"];
    let came = run(&[&csv[..], &more[..], &["--as", "rate=Duty"]].concat());
    assert_eq!(came.code, 1, "{}", came.err);
    let told = came.json();
    assert_eq!((&told["rows"], &told["taken"]), (&2.into(), &1.into()));
    assert_eq!(told["refused"][0]["line"], 3);
    let came = run(&[&csv[..], &more[..], &["--as", "duty=Duty"]].concat());
    assert_eq!(came.code, 2, "{}", came.err);
    assert!(came.err.contains("no field `duty`; they have code, direction"), "{}", came.err);
}

#[test]
fn a_line_for_another_part_of_the_year_is_returned() {
    let path = data("corpus/eaeu/050-grapes-blagoveshchensk.xml");
    let text = std::fs::read_to_string(path).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let check = |code: &str, kind: &str, on: &str, wanted: Option<&str>| {
        let text = text.replace("0806101000", code).replace(">IMA<", &format!(">{kind}<"));
        let file = write(dir.path(), "goods.xml", text);
        let report = run(&["assess", &file, "--pack", "eaeu", "--on", on, "--json"]).json();
        let seasonal = |f: &&Value| f["code"] == "FD415";
        let found = report["findings"].as_array().unwrap().iter().find(seasonal);
        assert_eq!(found.and_then(|f| f["text"]["en"].as_str()), wanted, "{code} {on}");
    };
    let autumn = "The line 0808108006 is for goods of 08-01/11-30 (month-day) only.";
    check("0808108006", "IMA", "2026-11-30", None);
    check("0808108006", "IMA", "2026-12-01", Some(autumn));
    // Goods that are still to come may come in another part of the year.
    check("0808108006", "IMD", "2026-12-01", None);
    // To the end of February, whatever the year.
    check("0707000501", "IMA", "2028-02-29", None);
}

#[test]
fn a_day_of_acceptance_is_stated_as_far_back_as_the_type_may() {
    // pack, case, type instead of its own, filed on, found.
    let check = |pack: &str, file: &str, kind: &str, on: &str, found: &str| {
        if !is_carried(pack) {
            return;
        }
        let text = std::fs::read_to_string(data("corpus").join(file)).unwrap();
        let (before, rest) = text.split_once("<TypeCode>").unwrap();
        let own = rest.split('<').next().unwrap();
        let kind = if kind.is_empty() { own } else { kind };
        let text = format!("{before}<TypeCode>{kind}{}", &rest[own.len()..]);
        let came = run_with(&["check", "--pack", pack, "--on", on, "--json", "-"], text.as_bytes());
        let report = came.json();
        let all = report["findings"].as_array().unwrap();
        let of_day = all.iter().find(|f| f["code"] == "FD402" || f["code"] == "FD403");
        let code = of_day.map_or("", |f| f["code"].as_str().unwrap());
        assert_eq!(code, found, "{pack} {kind} {on}");
    };
    let (cn, eaeu) = ("cn/001-soy-amur.xml", "eaeu/001-soy-amur.xml");
    check("cn", cn, "", "2026-11-13", "");
    check("cn", cn, "", "2026-11-14", "FD403");
    check("cn", cn, "", "2026-11-12", "FD402");
    check("eaeu", eaeu, "", "2026-11-09", "");
    check("eaeu", eaeu, "", "2026-11-10", "FD403");
    check("us", "us/001-phones-la.xml", "", "2026-11-27", "");
    check("us", "us/001-phones-la.xml", "", "2026-11-28", "FD403");
    let gb = "gb/001-phones-felixstowe.xml";
    check("gb", gb, "", "2026-11-11", "");
    check("gb", gb, "", "2026-11-12", "FD403");
    for kind in ["IMY", "IMZ", "COY", "EXZ"] {
        check("gb", gb, kind, "2027-05-10", "");
        check("gb", gb, kind, "2027-05-11", "FD403");
    }
}

#[test]
fn what_a_short_code_or_none_leaves_open_is_asked_and_not_passed_over() {
    let report = |code: &str| {
        let text = good("SHORT");
        let (before, rest) = text.split_once("<Classification>").unwrap();
        let (_, after) = rest.rsplit_once("</Classification>").unwrap();
        let class = format!(
            "<Classification><ID>{code}</ID>\
             <IdentificationTypeCode>TSP</IdentificationTypeCode></Classification>"
        );
        let (kind, class) = if code.is_empty() { ("IMJ", "") } else { ("IMA", &*class) };
        let text = format!("{before}{class}{after}");
        let text = text.replacen("<TypeCode>IMA<", &format!("<TypeCode>{kind}<"), 1);
        run_with(&["assess", "--pack", "gb", "--on", "2026-11-20", "--json", "-"], text.as_bytes())
            .json()
    };
    let settled = |report: &serde_json::Value| -> Vec<String> {
        let all = report["requirements"].as_array().unwrap_or_else(|| panic!("{report}")).iter();
        let of = all.filter(|r| r["basis"].as_str().unwrap().starts_with("un-1988"));
        of.map(|r| r["status"].as_str().unwrap().to_owned()).collect()
    };
    // Ergotamine and others are precursors under their six digits.
    let whole = report("29396100");
    assert_eq!(settled(&whole).len(), 1, "{whole}");
    let short = report("2939");
    let all = settled(&short);
    assert!(all.len() > 1 && all.iter().all(|s| s == "unknown"), "{short}");
    assert_eq!(short["decision"]["lane"], "yellow");
    let none = report("");
    let reasons = none["decision"]["reasons"].as_array().unwrap_or_else(|| panic!("{none}"));
    let why =
        reasons.iter().find(|r| r["text"]["en"].as_str().unwrap().contains("No commodity code"));
    assert_eq!(why.map(|r| r["lane"].as_str()), Some(Some("yellow")), "{none}");
}
