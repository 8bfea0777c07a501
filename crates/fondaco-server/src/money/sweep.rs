//! Declarations of a house from before the ledger: charged once, by the opinion that stands.

use serde_json::json;

use super::act::MONEY;
use crate::cli::{Failure, today};
use crate::house::{self, House};
use crate::store;

/// What a posting says that was made so.
const MARK: &str = "charged by its standing opinion, for it was accepted before there was a ledger";

impl House {
    /// Charges what waits for payment from before the ledger; once, and nothing where the house never was
    /// without one.
    ///
    /// What of it is not known is not charged, as always: an amendment that makes it known charges it.
    pub(crate) fn charge_old(&self) -> Result<(), Failure> {
        let fault = |e: store::Fault| Failure::Fault(e.to_string());
        let Some(waiting) = self.store.never_charged().map_err(fault)? else { return Ok(()) };
        let pack = self.pack();
        for mrn in waiting {
            let Some(main) = self.store.filing(&mrn).map_err(fault)? else { continue };
            let standing = self.standing(&main).map_err(fault)?;
            let opinion = &standing.as_ref().unwrap_or(&main).opinion;
            let opinion: serde_json::Value = serde_json::from_slice(opinion).unwrap_or_default();
            let Some(mut owed) = self.owed_by(&pack, &main, &opinion, today()) else { continue };
            if owed.charge.is_none() {
                continue;
            }
            owed.mark = MARK;
            let body = json!({"act": "charge", "declaration": mrn, "note": MARK}).to_string();
            let mut filing =
                house::sent(MONEY, &pack.digest, body.as_bytes(), "").map_err(fault)?;
            filing.kind = "charge".to_owned();
            filing.receipt = self.receipt(&filing, "");
            let charged = self.store.written_here(move |w| w.charge_old(&filing, &owed));
            charged.map_err(fault)?;
        }
        let at = house::now();
        self.store.written_here(move |w| w.old_are_charged(&at)).map_err(fault)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use tokio::runtime::Runtime;

    use super::*;
    use crate::money::{EntriesView, EntryQuery};
    use crate::store::Sync;

    const PACK: &str = "code,direction,origin,regime,tax_type,rate,formula,unit,from,until,basis\n\
         9503004100,import,,,A00,4.7,,,2020-01-01,,tcta-2018\n\
         95045000,import,,,A00,0,,,2020-01-01,,tcta-2018\n";
    const ACCOUNT: &str = "GB33BUKB20201555555555";

    fn open(dir: &Path) -> House {
        std::fs::create_dir_all(dir.join("pack")).unwrap();
        std::fs::write(dir.join("pack/measures-money.csv"), PACK).unwrap();
        let money =
            format!("holder = \"H\"\n[[account]]\nid = \"{ACCOUNT}\"\ncurrency = \"GBP\"\n");
        std::fs::write(dir.join("money.toml"), money).unwrap();
        House::open(dir, "gb", true, Sync::Off).unwrap()
    }

    /// Files an import that owes; its number.
    fn files(house: &House, runtime: &Runtime) -> String {
        let path =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/corpus/gb/008-toys-southampton.xml");
        let text = std::fs::read_to_string(path).unwrap();
        let format = fondaco_wire::format_of("application/xml").unwrap();
        let filed = runtime.block_on(house.file(format, text.as_bytes(), "k", None)).unwrap();
        assert_ne!(house.debts(&filed.mrn).unwrap()[0].due, "0.00");
        filed.mrn
    }

    /// Leaves the store as an older version did: without tables whose names begin so.
    fn made_old(dir: &Path, without: &[&str], version: i64) {
        let db = rusqlite::Connection::open(dir.join("fondaco.db")).unwrap();
        let mut tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
        let names: Vec<String> =
            tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        drop(tables);
        let mut gone = 0;
        for name in names.iter().filter(|n| without.iter().any(|w| n.starts_with(w))) {
            db.execute_batch(&format!("DROP TABLE {name}")).unwrap();
            gone += 1;
        }
        assert!(gone >= without.len(), "{names:?}");
        db.pragma_update(None, "user_version", version).unwrap();
    }

    #[test]
    fn what_waits_for_payment_since_before_the_ledger_is_charged_once_by_its_standing_opinion() {
        let dir = tempfile::tempdir().unwrap();
        let runtime = Runtime::new().unwrap();
        let house = open(dir.path());
        let mrn = files(&house, &runtime);
        let first = house.debts(&mrn).unwrap().remove(0);
        let life = house.store.life(&mrn).unwrap();
        assert!(life.0.owes(), "{life:?}");
        house.store.close();
        drop(house);
        let money = [
            "posting",
            "payment_",
            "debt_known",
            "deferment_holder",
            "old_charged",
            "bank_",
            "books_",
        ];
        made_old(dir.path(), &money, 4);
        for _ in 0..2 {
            let house = open(dir.path());
            let mut debts = house.debts(&mrn).unwrap();
            let debt = debts.remove(0);
            assert_eq!((&debt.due, debt.settled), (&first.due, "open"));
            assert_eq!(debt.requests.len(), 1, "{debt:?}");
            assert!(debt.postings.iter().all(|p| p.note.ends_with(MARK)), "{debt:?}");
            assert!(debts.is_empty());
            assert_eq!(house.store.life(&mrn).unwrap(), life);
            house.store.close();
        }
    }

    #[test]
    fn a_house_from_before_rows_of_bank_entries_knows_what_was_told() {
        let dir = tempfile::tempdir().unwrap();
        let runtime = Runtime::new().unwrap();
        let house = open(dir.path());
        let mrn = files(&house, &runtime);
        let debt = house.debts(&mrn).unwrap().remove(0);
        let (reference, amount) = (&debt.requests[0].reference, &debt.requests[0].amount);
        let message = format!(
            "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\">\
             <BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>N</MsgId><CreDtTm>2026-11-26T18:00:00Z</CreDtTm>\
             </GrpHdr><Ntfctn><Id>N</Id><CreDtTm>2026-11-26T18:00:00Z</CreDtTm><Acct><Id>\
             <IBAN>{ACCOUNT}</IBAN></Id></Acct><Ntry><Amt Ccy=\"GBP\">{amount}</Amt>\
             <CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-26</Dt></BookgDt>\
             <BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd><NtryDtls><TxDtls><RmtInf><Strd><CdtrRefInf>\
             <Ref>{reference}</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry></Ntfctn>\
             </BkToCstmrDbtCdtNtfctn></Document>"
        );
        let tells = |house: &House, key: &str| {
            let told = runtime.block_on(house.bank(message.as_bytes(), key, None)).unwrap();
            told.told["entries"][0]["parts"][0]["outcome"].as_str().unwrap().to_owned()
        };
        assert_eq!(tells(&house, "b1"), "matched");
        let first = house.debts(&mrn).unwrap().remove(0);
        let report = serde_json::to_string(&house.money_view().unwrap()).unwrap();
        let page = house.bank_entries(&EntryQuery::default()).unwrap();
        house.store.close();
        drop(house);
        made_old(dir.path(), &["bank_", "books_", "old_told"], 5);
        let house = open(dir.path());
        let again = house.debts(&mrn).unwrap().remove(0);
        assert_eq!(again.requests[0].received, first.requests[0].received);
        assert_eq!((again.received, again.settled), (first.received, "paid"));
        assert_eq!(serde_json::to_string(&house.money_view().unwrap()).unwrap(), report);
        let rows = |page: &EntriesView| serde_json::to_string(page).unwrap();
        let made = house.bank_entries(&EntryQuery::default()).unwrap();
        assert_eq!(rows(&made), rows(&page));
        assert_eq!(made.entries[0].parts[0].outcome, "matched");
        assert_eq!(tells(&house, "b2"), "duplicate");
        let of = EntryQuery { outcome: "duplicate".to_owned(), ..EntryQuery::default() };
        let told_again = house.bank_entries(&of).unwrap();
        assert_eq!(told_again.entries[0].same_as, Some(made.entries[0].number));
        house.store.close();
    }
}
