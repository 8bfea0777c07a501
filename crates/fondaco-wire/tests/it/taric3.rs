//! TARIC3: real transmissions whole, a small one of our own by the row, and a hundred broken ones.

use std::collections::BTreeMap;
use std::io::Read;

use fondaco::day::Day;
use fondaco::measure::Direction;
use fondaco::money::Decimal;
use fondaco_wire::import::taric3::{Transmission, read, rows};
use fondaco_wire::pack;

use crate::shared;

/// Records of one kind, by its number, what it does and what it says.
fn record(n: usize, update: u8, kind: &str, fields: &[(&str, &str)]) -> String {
    let fields: String =
        fields.iter().map(|(name, value)| format!("<oub:{name}>{value}</oub:{name}>")).collect();
    format!(
        "<env:transaction id=\"{n}\"><env:app.message id=\"{n}\"><oub:transmission><oub:record>\
         <oub:transaction.id>{n}</oub:transaction.id><oub:record.code>430</oub:record.code>\
         <oub:subrecord.code>00</oub:subrecord.code>\
         <oub:record.sequence.number>{n}</oub:record.sequence.number>\
         <oub:update.type>{update}</oub:update.type><oub:{kind}>{fields}</oub:{kind}>\
         </oub:record></oub:transmission></env:app.message></env:transaction>\n"
    )
}

fn envelope(id: &str, records: &[String]) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<env:envelope \
         xmlns=\"urn:publicid:-:DGTAXUD:TARIC:MESSAGE:1.0\" \
         xmlns:env=\"urn:publicid:-:DGTAXUD:GENERAL:ENVELOPE:1.0\" \
         xmlns:oub=\"urn:publicid:-:DGTAXUD:TARIC:MESSAGE:1.0\" id=\"{id}\">\n{}</env:envelope>\n",
        records.concat()
    )
}

fn measure<'a>(
    sid: &'a str,
    kind: &'a str,
    area: &'a str,
    code: &'a str,
) -> Vec<(&'a str, &'a str)> {
    vec![
        ("measure.sid", sid),
        ("measure.type", kind),
        ("geographical.area", area),
        ("goods.nomenclature.item.id", code),
        ("validity.start.date", "2026-01-01"),
        ("measure.generating.regulation.role", "1"),
        ("measure.generating.regulation.id", "R2512340"),
    ]
}

fn component<'a>(sid: &'a str, expression: &'a str, figure: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("measure.sid", sid), ("duty.expression.id", expression), ("duty.amount", figure)]
}

fn condition<'a>(
    (sid, of): (&'a str, &'a str),
    code: &'a str,
    place: &'a str,
    action: &'a str,
    document: Option<(&'a str, &'a str)>,
) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("measure.condition.sid", sid),
        ("measure.sid", of),
        ("condition.code", code),
        ("component.sequence.number", place),
        ("action.code", action),
    ];
    if let Some((kind, number)) = document {
        fields.extend([("certificate.type.code", kind), ("certificate.code", number)]);
    }
    fields
}

/// A small transmission of our own: a duty with a least amount, a quota with its certificate and
/// its balance, an entry price, a company's own anti-dumping duty, a licence, a group.
fn own() -> Vec<String> {
    let mut all = Vec::new();
    let mut put = |update, kind: &str, fields: Vec<(&str, &str)>| {
        all.push(record(all.len() + 1, update, kind, &fields));
    };
    let euro = |mut fields: Vec<(&'static str, &'static str)>, unit| {
        fields.extend([("monetary.unit.code", "EUR"), ("measurement.unit.code", unit)]);
        fields
    };
    put(3, "measure", measure("1", "103", "1011", "0702000000"));
    put(3, "measure.component", component("1", "01", "8.800"));
    put(3, "measure.component", euro(component("1", "15", "1.500"), "DTN"));
    let mut quota = measure("2", "143", "UA", "0702000000");
    quota.push(("ordernumber", "090709"));
    put(3, "measure", quota);
    put(3, "measure.component", component("2", "01", "0.000"));
    put(3, "measure.condition", condition(("21", "2"), "B", "1", "27", Some(("N", "990"))));
    put(3, "measure.condition", condition(("22", "2"), "B", "2", "07", None));
    put(3, "measure", measure("3", "142", "1006", "0702000000"));
    for (sid, place, threshold, specific) in
        [("31", "1", "84.600", ""), ("32", "2", "82.900", "1.700"), ("33", "3", "0.000", "29.800")]
    {
        let mut fields = condition((sid, "3"), "V", place, "01", None);
        fields.push(("condition.duty.amount", threshold));
        fields.extend([
            ("condition.monetary.unit.code", "EUR"),
            ("condition.measurement.unit.code", "DTN"),
        ]);
        put(3, "measure.condition", fields);
        let amounts = |expression, figure| {
            vec![
                ("measure.condition.sid", sid),
                ("duty.expression.id", expression),
                ("duty.amount", figure),
            ]
        };
        put(3, "measure.condition.component", amounts("01", "8.800"));
        if !specific.is_empty() {
            put(3, "measure.condition.component", euro(amounts("04", specific), "DTN"));
        }
    }
    let mut company = measure("4", "552", "CN", "7202110000");
    company.extend([("additional.code.type", "B"), ("additional.code", "999")]);
    put(3, "measure", company);
    for (sid, place, document, figure) in
        [("41", "1", Some(("D", "008")), "5.000"), ("42", "2", None, "27.900")]
    {
        put(3, "measure.condition", condition((sid, "4"), "A", place, "01", document));
        let amounts = vec![
            ("measure.condition.sid", sid),
            ("duty.expression.id", "01"),
            ("duty.amount", figure),
        ];
        put(3, "measure.condition.component", amounts);
    }
    put(3, "measure", measure("5", "465", "1011", "2931000000"));
    put(
        3,
        "measure.excluded.geographical.area",
        vec![("measure.sid", "5"), ("excluded.geographical.area", "CH")],
    );
    put(3, "measure.condition", condition(("51", "5"), "B", "1", "29", Some(("L", "100"))));
    put(3, "measure.condition", condition(("52", "5"), "B", "2", "29", Some(("Y", "901"))));
    put(3, "measure.condition", condition(("53", "5"), "B", "3", "09", None));
    for (sid, id) in [("10", "1006"), ("11", "KZ")] {
        put(
            3,
            "geographical.area",
            vec![("geographical.area.sid", sid), ("geographical.area.id", id)],
        );
    }
    put(
        3,
        "geographical.area.membership",
        vec![
            ("geographical.area.sid", "11"),
            ("geographical.area.group.sid", "10"),
            ("validity.start.date", "2026-03-01"),
        ],
    );
    put(
        3,
        "quota.definition",
        vec![
            ("quota.definition.sid", "7"),
            ("quota.order.number.id", "090709"),
            ("validity.start.date", "2026-01-01"),
            ("validity.end.date", "2026-12-31"),
            ("initial.volume", "1000"),
            ("measurement.unit.code", "KGM"),
            ("critical.state", "N"),
            ("critical.threshold", "90"),
        ],
    );
    put(
        3,
        "quota.definition",
        vec![
            ("quota.definition.sid", "8"),
            ("quota.order.number.id", "090700"),
            ("validity.start.date", "2026-01-01"),
            ("validity.end.date", "2026-12-31"),
            ("initial.volume", "5000"),
            ("measurement.unit.code", "KGM"),
        ],
    );
    put(
        3,
        "quota.association",
        vec![
            ("main.quota.definition.sid", "8"),
            ("sub.quota.definition.sid", "7"),
            ("relation.type", "EQ"),
            ("coefficient", "1.5"),
        ],
    );
    put(
        3,
        "quota.balance.event",
        vec![
            ("quota.definition.sid", "7"),
            ("occurrence.timestamp", "2026-05-02T10:00:00"),
            ("old.balance", "1000"),
            ("new.balance", "99.5"),
            ("imported.amount", "900.5"),
        ],
    );
    all
}

fn taken(records: &[String]) -> Transmission {
    read(envelope("26001", records).as_bytes())
}

/// The rows in force for goods, as a pack of the rows finds them.
#[track_caller]
fn check(code: &str, origin: &str, day: &str, wanted: &[&str]) {
    let imported = rows::of(&[taken(&own())]);
    assert_eq!((imported.unparsed, imported.refused), (vec![], vec![]));
    let pack = of_rows();
    let day: Day = day.parse().unwrap();
    let found: Vec<String> = pack
        .on(day)
        .measures_of_any_regime(code, Direction::Import, origin)
        // The profile's own rows are of other taxes.
        .filter(|row| row.tax().starts_with('A'))
        .map(|row| {
            let formula = row.formula().map(ToString::to_string).unwrap_or_default();
            let untold = if row.origin_untold() { "? " } else { "" };
            let text = format!(
                "{untold}{} {} {} {formula} when {}",
                row.tax(),
                row.regime(),
                row.quota(),
                row.when().text
            );
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        })
        .collect();
    assert_eq!(found, wanted, "{code} {origin} {day}");
}

/// A pack of the rows over the profile of one whose taxes are the Union's.
fn of_rows() -> fondaco::reference::Pack {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/packs");
    let mut files = pack::folder::read(&root.join("common"), &root.join("gb")).unwrap();
    files.extend(rows::of(&[taken(&own())]).files(&files["law.csv"]).unwrap());
    pack::load(&pack::compile(files).unwrap()).unwrap()
}

#[test]
fn measures_become_rows() {
    let third = "A00 100 max(8.8%, 1.5 EUR/100 KGM) when";
    check("0702000001", "CN", "2026-02-01", &[third]);
    check(
        "0702000001",
        "UA",
        "2026-02-01",
        &[third, "A00 320 090709 0% when \"N990\" in item.documents"],
    );
    let entry = "A00 300 entry(84.6 EUR/100 KGM: 8.8%, 82.9 EUR/100 KGM: 8.8% + 1.7 EUR/100 KGM, \
                 else: 8.8% + 29.8 EUR/100 KGM) when";
    check("0702000001", "KZ", "2026-03-01", &[third, entry]);
    check("0702000001", "KZ", "2026-02-28", &[third]);
    check("0702000001", "KZ", "2025-12-31", &[]);
    let company = "\"B999\" in item.additional_codes && ";
    check(
        "7202110000",
        "CN",
        "2026-02-01",
        &[
            &format!("A30 5% when {company}\"D008\" in item.documents"),
            &format!("A30 27.9% when {company}!(\"D008\" in item.documents)"),
            // Of whose goods they are, nothing is said: not known, rather than no duty.
            "A30 when !item.additional_codes.exists(c, c in [\"B999\"])",
        ],
    );
}

#[test]
fn controls_quotas_and_acts_become_rows() {
    let pack = of_rows();
    let asked = pack.requirements.all().iter().find(|r| r.id == "taric-5-B").unwrap();
    let documents: Vec<_> = asked.documents.iter().map(ToString::to_string).collect();
    assert_eq!(documents, ["L100", "Y901"]);
    assert_eq!((asked.kind.as_str(), asked.origin.to_string().as_str()), ("licence", "!CH"));
    let reference = pack.on("2026-06-01".parse().unwrap());
    let quota = reference.quota("090709").unwrap();
    assert_eq!(quota.left().to_string(), "99.5");
    assert_eq!(quota.state(reference.day, Decimal::ZERO).name(), "critical");
    let whole = quota.part_of.unwrap();
    assert_eq!((whole.order.as_str(), whole.coefficient.to_string().as_str()), ("090700", "1.5"));
    assert_eq!(reference.period(&whole.order, &whole.definition).unwrap().volume, 5000.into());
    assert!(pack.on("2027-01-01".parse().unwrap()).quota("090709").is_none());
    assert_eq!(pack.law["taric-R2512340"].reference, "R 2025/1234 (R2512340)");
}

/// What a later transmission says goes before what an earlier one said.
#[test]
fn transmissions_follow_one_another() {
    let change = |update, until: &str| {
        let mut fields = measure("1", "103", "1011", "0702000000");
        fields.push(("validity.end.date", until));
        read(envelope("26002", &[record(1, update, "measure", &fields)]).as_bytes())
    };
    let ends = |all: &[Transmission]| {
        let imported = rows::of(all);
        let of = |m: &&fondaco_wire::pack::rows::MeasureRow| m.basis.ends_with("measure 1");
        imported.measures.iter().find(of).map(|m| m.until.clone())
    };
    let first = taken(&own());
    assert_eq!(ends(std::slice::from_ref(&first)).as_deref(), Some(""));
    assert_eq!(ends(&[first.clone(), change(1, "2026-06-30")]).as_deref(), Some("2026-06-30"));
    assert_eq!(ends(&[first.clone(), change(2, "2026-06-30")]), None);
    // A measure that is stopped for a time has a row before and one behind.
    let stop = [
        ("measure.sid", "1"),
        ("partial.temporary.stop.regulation.id", "R2600010"),
        ("validity.start.date", "2026-02-01"),
        ("validity.end.date", "2026-02-28"),
    ];
    let stop = record(1, 3, "measure.partial.temporary.stop", &stop);
    let stopped = read(envelope("26003", &[stop]).as_bytes());
    let imported = rows::of(&[first.clone(), stopped]);
    let spans: Vec<_> = imported
        .measures
        .iter()
        .filter(|m| m.basis.ends_with("measure 1"))
        .map(|m| (m.from.as_str(), m.until.as_str()))
        .collect();
    assert_eq!(spans, [("2026-01-01", "2026-01-31"), ("2026-03-01", "")]);
    // What is kept is what was read.
    let kept = Transmission::from_lines("26001", &first.to_lines()).unwrap();
    assert_eq!(kept.records, first.records);
}

/// What is left of a duty when a part of it was refused, or an action is not read, is not a duty.
#[test]
fn half_a_duty_is_none() {
    let rate = |records: &[String], sid: &str| {
        let imported = rows::of(&[taken(records)]);
        let of = |m: &&fondaco_wire::pack::rows::MeasureRow| {
            m.basis.ends_with(&format!("measure {sid}"))
        };
        let row = imported.measures.iter().find(of).cloned().unwrap();
        (format!("{}{}", row.rate, row.formula), imported.unparsed)
    };
    let good = own();
    assert_eq!(rate(&good, "1").0, "max(8.8%, 1.5 EUR/100 KGM)");
    let broken: Vec<_> = good.iter().map(|t| t.replace(">1.500<", ">1,500<")).collect();
    assert_eq!(rate(&broken, "1"), (String::new(), vec![]));
    let part = "<oub:condition.code>V</oub:condition.code>";
    let broken: Vec<_> = good.iter().map(|t| t.replace(part, "")).collect();
    assert_eq!(rate(&broken, "3").0, "");
    let action = "<oub:action.code>07<";
    let broken: Vec<_> = good.iter().map(|t| t.replace(action, "<oub:action.code>99<")).collect();
    assert_eq!(rate(&broken, "2"), (String::new(), vec!["condition B of measure 2".to_owned()]));
}

/// A hundred and more transmissions with one record broken: that one is named, the others taken.
#[test]
fn a_broken_record_is_named_and_leaves_the_others() {
    let good = own();
    let all = good.len();
    assert_eq!(taken(&good).records.len(), all);
    let cuts: &[(&str, &str, &str)] = &[
        ("<oub:update.type>3<", "<oub:update.type>4<", "none of 1, 2, 3"),
        ("<oub:update.type>3</oub:update.type>", "", "no update.type"),
        ("<oub:measure.sid>", "<oub:measure.sid>x", "is not a number"),
        ("<oub:measure.type>", "<oub:was.type>", "no measure.type"),
        ("01-01<", "02-30<", "is not a day"),
        ("2026-01-01<", "01.01.2026<", "is not a day"),
        ("00000<", "0000<", "is not ten digits"),
        ("<oub:duty.amount>", "<oub:duty.amount>1,", "is not a figure"),
        ("<oub:condition.code>", "<oub:other>", "no condition.code"),
        ("EUR<", "eur<", "is not a currency"),
        ("<oub:critical.state>N<", "<oub:critical.state>?<", "is not Y or N"),
        ("<oub:new.balance>", "<oub:new.balance>?", "is not a figure"),
        ("2026-12-31<", "2025-12-31<", "it ends on 2025-12-31, before it begins"),
        ("<oub:duty.expression.id>", "<oub:duty.expression.id>x", "is not one or two digits"),
        ("<oub:component.sequence.number>", "<oub:component.sequence.number>a", "is not a number"),
        ("</oub:measure.sid>", "&what;</oub:measure.sid>", "unknown entity &what;"),
        (
            "<oub:measure.sid>",
            "<oub:measure.sid>1</oub:measure.sid><oub:measure.sid>",
            "stands twice",
        ),
        ("<oub:measure.generating.regulation.id>", "<oub:act>", "no measure.generating"),
        ("<oub:measure>", "<oub:rate>", "no such kind of record"),
        ("<oub:initial.volume>1000", "<oub:initial.volume>", "no initial.volume"),
    ];
    let mut made = 0;
    for (from, to, reason) in cuts {
        for (n, text) in good.iter().enumerate().filter(|(_, text)| text.contains(from)) {
            let mut broken = text.replacen(from, to, 1);
            // A renamed element is renamed at its end too.
            let name = |t: &str| {
                t.strip_prefix("<oub:").and_then(|t| t.strip_suffix('>')).map(str::to_owned)
            };
            if let (Some(old), Some(new)) = (name(from), name(to).filter(|n| !n.contains('<'))) {
                broken = broken.replacen(&format!("</oub:{old}>"), &format!("</oub:{new}>"), 1);
            }
            let mut records = good.clone();
            records[n] = broken;
            let got = taken(&records);
            assert_eq!(got.counts()[0], ("records", all - 1), "{from} -> {to}: {:?}", got.refused);
            assert!(got.is_spoiled());
            assert_eq!(got.refused.len(), 1, "{from} -> {to}");
            assert_eq!(got.refused[0].line, n + 1);
            assert!(got.refused[0].reason.contains(reason), "{}", got.refused[0].reason);
            made += 1;
        }
    }
    println!("{made} mutants");
    assert!(made >= 100, "{made}");
}

#[test]
fn what_is_no_transmission_is_refused_whole() {
    let whole = envelope("26001", &own());
    let check = |text: &str, reason: &str| {
        let got = read(text.as_bytes());
        assert!(got.records.is_empty());
        assert_eq!(got.refused.len(), 1);
        assert_eq!(got.refused[0].line, 0);
        assert!(got.refused[0].reason.contains(reason), "{}", got.refused[0].reason);
    };
    check("", "breaks off or has no records");
    check("{}", "breaks off or has no records");
    check("<other/>", "no records");
    check("<other></other>", "the root is other");
    check(&whole[..whole.len() - 20], "broken XML");
    check(whole.trim_end().trim_end_matches("</env:envelope>"), "breaks off");
    check(&whole.replacen("</oub:measure>", "</oub:other>", 1), "broken XML");
    check(&whole.replacen("id=\"26001\"", "", 1), "no number");
    check(&whole.replacen("id=\"26001\"", &format!("id=\"{}\"", "2".repeat(300)), 1), "no number");
    check(&format!("{whole}<envelope id=\"x\"></envelope>"), "more than one envelope");
    check(&whole.replacen("id=\"26001\"", "id=\"../x\"", 1), "no number");
    let doctype = whole.replacen("<env:envelope", "<!DOCTYPE x><env:envelope", 1);
    check(&doctype, "document type");
    let deep = format!("<envelope id=\"1\">{}", "<a>".repeat(40));
    check(&deep, "nests more than");
    let got = read(b"<envelope id=\"1\">\xff</envelope>");
    assert_eq!(got.refused[0].reason, "not UTF-8");
}

#[test]
fn real_transmissions_are_taken_whole() {
    let Some(dir) = shared("taric3/dev") else { return };
    let mut all = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(&dir).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "gz"));
    files.sort();
    for path in files {
        let bytes = std::fs::read(&path).unwrap();
        let mut text = String::new();
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
        let got = read(&bytes);
        assert_eq!(got.refused, vec![], "{}", path.display());
        let counts: BTreeMap<_, _> = got.counts().into_iter().collect();
        // Counted by their tags, without reading the XML.
        let tags = |name: &str| text.matches(&format!("<oub:{name}>")).count();
        let events =
            ["balance", "critical", "exhaustion", "reopening", "unblocking", "unsuspension"];
        assert_eq!(counts["records"], tags("record"));
        assert_eq!(counts["measures"], tags("measure"));
        assert_eq!(counts["components"], tags("measure.component"));
        assert_eq!(counts["conditions"], tags("measure.condition"));
        assert_eq!(counts["condition_components"], tags("measure.condition.component"));
        assert_eq!(
            counts["quota_events"],
            events.iter().map(|e| tags(&format!("quota.{e}.event"))).sum::<usize>()
        );
        println!("{}: {counts:?}", path.display());
        all.push(got);
    }
    let imported = rows::of(&all);
    assert_eq!(imported.unparsed, Vec::<String>::new());
    println!("{:?}", imported.counts);
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/packs");
    let mut files = pack::folder::read(&root.join("common"), &root.join("gb")).unwrap();
    let rows = imported.measures.len();
    files.extend(imported.files(&files["law.csv"]).unwrap());
    let before = 11;
    let pack = pack::load(&pack::compile(files).unwrap()).unwrap();
    assert!(pack.measures.len() >= rows + before, "{} of {rows}", pack.measures.len());
}

/// The examples of another system's importer: each record is taken or refused with why, none lost.
#[test]
fn examples_of_another_importer_are_taken_or_refused() {
    let Some(dir) = shared("taric3/dev/importer_examples") else { return };
    let mut dirs = vec![dir];
    let (mut records, mut refused) = (0, 0);
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|e| e == "xml") {
                let text = std::fs::read_to_string(&path).unwrap();
                let got = read(text.as_bytes());
                let own = text.matches(":record>").count() / 2;
                for bad in &got.refused {
                    println!("{}: {}: {}", path.display(), bad.line, bad.reason);
                }
                let taken = got.counts()[0].1;
                assert_eq!(taken + got.refused.len(), own.max(1), "{}", path.display());
                records += taken;
                refused += got.refused.len();
            }
        }
    }
    println!("{records} records taken, {refused} refused");
    // Those refused break the schema too: a critical state of 0, a period without its number.
    assert!(records > 200 && refused < 20, "{records}, {refused}");
}
