//! Rows of what banks told before there were rows: made once, of the messages that were kept, what was said of
//! them and what was posted. Nothing is posted by it, and no message keeps a house shut.

use fondaco_wire::{Limits, iso20022};
use rusqlite::Connection;

use super::books::Books;
use super::money::BANK;
use super::{Fault, told, unpack};

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS old_told (
  seq INTEGER PRIMARY KEY,
  filing INTEGER NOT NULL
) STRICT;
";

/// Writes the rows of messages that were taken before there were rows, in their order, where that was not done
/// before. The filings of messages that cannot be read any more, and why.
pub(super) fn write_old(
    db: &Connection,
    books: &mut Books,
) -> Result<Vec<(String, String)>, Fault> {
    let mut unread = Vec::new();
    if db.prepare("SELECT 1 FROM old_told")?.exists([])? {
        return Ok(unread);
    }
    let sql = "SELECT seq, digest, body, opinion, id FROM filing
               WHERE format = ?1 AND outcome = 'accepted'
                 AND seq NOT IN (SELECT filing FROM bank_message) ORDER BY seq";
    let mut statement = db.prepare(sql)?;
    let mut rows = statement.query([BANK])?;
    while let Some(row) = rows.next()? {
        let (seq, digest): (i64, String) = (row.get(0)?, row.get(1)?);
        // What was taken by rules that were others has no rows where it cannot be read by these; what was
        // posted of it stands, and is found by its keys.
        let message = iso20022::read_taken(&unpack(row, 2)?, &Limits::default());
        let message = match message {
            Ok(message) => Some(message),
            Err(problems) => {
                let why = problems.into_iter().next();
                let why = why.map(|p| format!("{} {}: {}", p.line, p.path, p.reason));
                unread.push((row.get(4)?, why.unwrap_or_default()));
                None
            }
        };
        let said: serde_json::Value = serde_json::from_slice(&unpack(row, 3)?).unwrap_or_default();
        let said = |n: usize| -> Vec<String> {
            let parts = said["entries"][n]["parts"].as_array().into_iter().flatten();
            parts.map(|p| p["outcome"].as_str().unwrap_or_default().to_owned()).collect()
        };
        let mut count = 0;
        for (n, entry) in message.iter().flat_map(|message| message.entries()).enumerate() {
            told::retell(db, books, seq, entry, &said(n))?;
            count += 1;
        }
        told::write_message(db, seq, &digest, count)?;
        books.ledger.put_away();
    }
    db.execute("INSERT INTO old_told (filing) SELECT coalesce(max(seq), 0) FROM filing", [])?;
    Ok(unread)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::path::Path;
    use std::sync::Arc;

    use expect_test::{Expect, expect};
    use fondaco::ledger::{BankEntry, CreditorReference, Ledger, Slip};
    use fondaco_wire::iso20022::{BankMessage, Problem};

    use super::super::books::tests::{filing, folded, gbp, lodge};
    use super::*;
    use crate::store::{Filing, Store, Sync, lock, pack};

    /// A notification of money on the first request: its page, and of each entry amount and reference.
    fn message(id: &str, statement: &str, page: &str, entries: &[(u64, &str)]) -> String {
        let mut all = String::new();
        let asked = CreditorReference::numbered("GB", 1).unwrap();
        for (amount, mark) in entries {
            let mark = match *mark {
                "" => String::new(),
                mark => format!("<AcctSvcrRef>{mark}</AcctSvcrRef>"),
            };
            write!(
                all,
                "<Ntry><Amt Ccy=\"GBP\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>\
                 <Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-26</Dt></BookgDt>{mark}\
                 <BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd><NtryDtls><TxDtls>\
                 <Amt Ccy=\"GBP\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><RmtInf><Strd><CdtrRefInf>\
                 <Ref>{asked}</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry>"
            )
            .unwrap();
        }
        let page = match page {
            "" => String::new(),
            page => format!("<NtfctnPgntn>{page}</NtfctnPgntn>"),
        };
        format!(
            "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\">\
             <BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>{id}</MsgId><CreDtTm>2026-11-26T18:00:00Z</CreDtTm>\
             </GrpHdr><Ntfctn><Id>{statement}</Id>{page}<Acct><Id><Othr><Id>ACC</Id></Othr></Id></Acct>\
             {all}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"
        )
    }

    fn page(number: u32) -> String {
        format!("<PgNb>{number}</PgNb><LastPgInd>false</LastPgInd>")
    }

    fn told(n: u64, body: &str) -> Filing {
        let outcome = "accepted".to_owned();
        let body = pack(body.as_bytes()).unwrap();
        Filing { format: BANK.to_owned(), outcome, body, digest: format!("d{n}"), ..filing(n) }
    }

    fn store(path: &Path) -> Arc<Store> {
        let store = Store::open(path, Sync::Off).unwrap();
        store.open_books().unwrap();
        store
    }

    fn entries(read: Result<BankMessage, Vec<Problem>>) -> Vec<BankEntry> {
        read.unwrap().entries().cloned().collect()
    }

    /// As an older program read it.
    fn read_then(body: &str) -> Vec<BankEntry> {
        entries(iso20022::read_taken(body.as_bytes(), &Limits::default()))
    }

    /// What became of each entry of a message.
    fn takes(store: &Store, filing: Filing, entries: Vec<BankEntry>) -> Vec<&'static str> {
        let (sender, outcomes) = std::sync::mpsc::channel();
        let done = store.written_here(move |w| {
            w.bank(filing, &entries, |told| {
                for part in told.iter().flatten() {
                    sender.send(part.taken.outcome.name()).unwrap();
                }
                b"{}".to_vec()
            })
        });
        assert!(done.unwrap().is_ok());
        outcomes.iter().collect()
    }

    /// As a program told it that knew no pages and no rows: these entries of it were posted.
    fn was_told(store: &Store, n: u64, body: &str, posted: &[usize]) {
        let read = iso20022::read_taken(body.as_bytes(), &Limits::default());
        let entries = read.iter().flat_map(|message| message.entries()).enumerate();
        let without_page = |entry: &BankEntry| BankEntry { page: 0, ..entry.clone() };
        let entries = entries.filter(|(at, _)| posted.contains(&(at + 1)));
        let entries: Vec<BankEntry> = entries.map(|(_, entry)| without_page(entry)).collect();
        assert_eq!(entries.len(), posted.len());
        let outcomes = takes(store, told(n, body), entries);
        assert!(outcomes.iter().all(|o| *o != "duplicate"), "{outcomes:?}");
    }

    /// What became of each entry of a message that comes now.
    fn tells(store: &Store, n: u64, body: &str) -> Vec<&'static str> {
        let read = iso20022::read(body.as_bytes(), &Limits::default());
        takes(store, told(n, body), entries(read))
    }

    /// The rows of entries, and what was received by them; the sums are those of the postings.
    fn check(store: &Store, db: &Connection, expect: &Expect) {
        let mut out = String::new();
        let sql =
            "SELECT e.seq, e.message, e.page, e.number, e.amount, e.same_as, p.posting, p.counts
                   FROM bank_entry e LEFT JOIN bank_part p ON p.entry = e.seq ORDER BY e.seq";
        let mut statement = db.prepare(sql).unwrap();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let (seq, page, number): (i64, u32, u32) =
                (row.get(0).unwrap(), row.get(2).unwrap(), row.get(3).unwrap());
            let text = |n| row.get::<_, Option<String>>(n).unwrap().unwrap_or("-".to_owned());
            let (message, amount, key, counts) = (text(1), text(4), text(6), text(7));
            let same_as: Option<i64> = row.get(5).unwrap();
            let same_as = same_as.map_or(String::new(), |of| format!(" as {of}"));
            writeln!(out, "{seq} {message}/{page}/{number} {amount}{same_as}: {key}, {counts}")
                .unwrap();
        }
        let asked = CreditorReference::numbered("GB", 1).unwrap();
        let (received, _) = crate::store::told::received(db, &asked).unwrap();
        let payments = crate::store::told::payments(db, &asked).unwrap();
        writeln!(out, "received {received} by {} payments", payments.len()).unwrap();
        expect.assert_eq(&out);
        assert_eq!(store.sums(), folded(db));
        assert_eq!(lock(&store.books).as_ref().unwrap().ledger.sums(), &folded(db));
    }

    fn forget_rows(db: &Connection) {
        let sql = "DELETE FROM bank_entry; DELETE FROM bank_part; DELETE FROM bank_message;
                   DELETE FROM old_told";
        db.execute_batch(sql).unwrap();
    }

    #[test]
    fn an_old_store_gets_rows_of_what_was_posted_and_no_money() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s.db");
        let old = store(&path);
        old.written_here(|w| w.lodge(&lodge(0, 0, 1_000))).unwrap();
        was_told(&old, 1, &message("a", "S", "", &[(50, "X")]), &[1]);
        // By the rules of then the same as that: the same place of a statement of one id.
        was_told(&old, 2, &message("b", "S", "", &[(50, "Y")]), &[]);
        was_told(&old, 3, &message("p", "P", &page(1), &[(10, ""), (10, "")]), &[1, 2]);
        // The first two by the rules of then the same as those on the first page.
        let second = message("p", "P", &page(2), &[(20, ""), (20, ""), (30, "")]);
        was_told(&old, 4, &second, &[3]);
        was_told(&old, 5, &message("z", "Z", "<PgNb>0</PgNb>", &[(7, "")]), &[1]);
        was_told(&old, 6, "<not a message", &[]);
        let later = message("q", "Q", &page(2), &[(1, ""), (40, "")]);
        was_told(&old, 7, &later, &[1, 2]);
        let before = old.sums();
        old.close();
        let db = Connection::open(&path).unwrap();
        forget_rows(&db);
        let postings = || {
            db.query_row("SELECT count(*) FROM posting", [], |row| row.get::<_, i64>(0)).unwrap()
        };
        let posted = postings();
        let rows = expect![[r#"
            1 a/0/1 50: bank ACC ref X in 1, 50
            2 b/0/1 50 as 1: -, -
            3 p/1/1 10: bank ACC at p / P / 1 in 1, 10
            4 p/1/2 10: bank ACC at p / P / 2 in 1, 10
            5 p/2/1 20 as 3: -, -
            6 p/2/2 20 as 4: -, -
            7 p/2/3 30: bank ACC at p / P / 3 in 1, 30
            8 z/0/1 7: bank ACC at z / Z / 1 in 1, 7
            9 q/2/1 1: bank ACC at q / Q / 1 in 1, 1
            10 q/2/2 40: bank ACC at q / Q / 2 in 1, 40
            received 148 by 7 payments
        "#]];
        // What cannot be read is said, with its filing.
        let unread = write_old(&db, &mut Books::read(&db).unwrap()).unwrap();
        let [(filing, why)] = &unread[..] else { panic!("{unread:?}") };
        assert_eq!(filing, "f6");
        assert!(why.contains("tag not closed"), "{why}");
        forget_rows(&db);
        let house = store(&path);
        check(&house, &db, &rows);
        assert_eq!(house.sums(), before);
        house.close();
        // It is done once, and a start after it finds the same.
        let house = store(&path);
        check(&house, &db, &rows);

        // All of it comes again under other keys: nothing of it counts twice.
        let again = [
            message("a", "S", "", &[(50, "X")]),
            message("b", "S", "", &[(50, "Y")]),
            message("p", "P", &page(1), &[(10, ""), (10, "")]),
            second,
            later,
        ];
        for (n, message) in (20..).zip(&again) {
            let outcomes = tells(&house, n, message);
            assert!(outcomes.iter().all(|o| *o == "duplicate"), "{message}: {outcomes:?}");
        }
        assert_eq!((postings(), house.sums()), (posted, before));
        // What is on a page that did not come counts, also at a place of which the key is another page's.
        assert_eq!(tells(&house, 30, &message("p", "P", &page(3), &[(5, "")])), ["part"]);
        assert_eq!(tells(&house, 31, &message("q", "Q", &page(1), &[(2, "")])), ["part"]);
        assert_eq!(tells(&house, 32, &message("q", "Q", &page(1), &[(2, "")])), ["duplicate"]);
        // What is whole is its own first page.
        assert_eq!(tells(&house, 33, &message("w", "W", "", &[(3, "")])), ["part"]);
        assert_eq!(tells(&house, 34, &message("w", "W", &page(1), &[(3, "")])), ["duplicate"]);
        assert_eq!(postings(), posted + 3);
        let asked = CreditorReference::numbered("GB", 1).unwrap();
        let (received, _) = crate::store::told::received(&db, &asked).unwrap();
        let payments = crate::store::told::payments(&db, &asked).unwrap();
        assert_eq!((received, payments.len()), (gbp(158).amount, 10));
        assert_eq!(house.sums(), folded(&db));
        house.close();
    }

    /// What a bank writes where it has no reference was one to an older program, which posted by it: that is
    /// found by its key of then, in rows that program wrote and in such as are made.
    #[test]
    fn what_was_posted_by_a_reference_that_is_none_is_found() {
        for made in [false, true] {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("s.db");
            let old = store(&path);
            old.written_here(|w| w.lodge(&lodge(0, 0, 1_000))).unwrap();
            let first = message("a", "S", "", &[(50, "NONREF"), (60, "NONREF")]);
            // By the rules of then the second was the first.
            let outcomes = takes(&old, told(1, &first), read_then(&first));
            assert_eq!(outcomes, ["part", "duplicate"]);
            let posted = old.sums();
            old.close();
            let db = Connection::open(&path).unwrap();
            if made {
                forget_rows(&db);
            }
            let house = store(&path);
            let rows = expect![[r#"
                1 a/0/1 50: bank ACC ref NONREF in 1, 50
                2 a/0/2 60 as 1: -, -
                received 50 by 1 payments
            "#]];
            check(&house, &db, &rows);
            assert_eq!(tells(&house, 2, &first), ["duplicate", "duplicate"]);
            assert_eq!(house.sums(), posted);
            // What the statement calls by a reference is the same; what was lost then is not.
            let booked = |(n, entry): (usize, BankEntry)| BankEntry {
                told: fondaco::ledger::Told::Statement,
                message: "b".to_owned(),
                statement: "T".to_owned(),
                servicer_reference: format!("B{n}"),
                ..entry
            };
            let booked = read_then(&first).into_iter().enumerate().map(booked).collect();
            assert_eq!(takes(&house, told(3, "b"), booked), ["duplicate", "part"]);
            let next = message("c", "U", "", &[(70, "NONREF"), (80, "nonref")]);
            assert_eq!(tells(&house, 4, &next), ["part", "part"]);
            assert_eq!(tells(&house, 5, &next), ["duplicate", "duplicate"]);
            house.close();
        }
    }

    #[test]
    fn a_posting_without_a_row_is_not_committed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s.db");
        let house = store(&path);
        let before = house.sums();
        let done = house.written_here(|w| {
            w.with_books(|books| {
                let (key, day) = ("limit".parse().unwrap(), crate::cli::today());
                let slip = Slip { key, day, note: String::new() };
                let ledger: &mut Ledger = &mut books.ledger;
                let posting = ledger.limit(slip, &"D".parse().unwrap(), gbp(5)).unwrap();
                ledger.apply(posting).map_err(Fault::Refused)?;
                Ok(())
            })
        });
        assert!(done.unwrap_err().to_string().contains("1 postings and 0 rows"));
        assert_eq!(house.sums(), before);
        house.written_here(|w| w.lodge(&lodge(0, 0, 1_000))).unwrap();
        assert_eq!(house.sums(), folded(&Connection::open(&path).unwrap()));
        house.close();
    }
}
