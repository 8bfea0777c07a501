//! What a bank tells: statements and notifications, in.
//!
//! Source: ISO 20022, camt.053.001 BankToCustomerStatement and camt.054.001
//! BankToCustomerDebitCreditNotification, versions 02 to 14, whose elements read here are the same. In
//! version 01 they are others.

use fondaco::day::Day;
use fondaco::ledger::{BankEntry, BankId, Part, Side, Status, Told, is_reference};
use fondaco::money::{Currency, Decimal, Money};

use crate::Limits;
use crate::tree::{Node, Problem, Problems, tree};

/// Where the names of messages begin.
const SPACE: &str = "urn:iso:std:iso:20022:tech:xsd:";

/// Elements and their order over versions 02 to 14: `*` may repeat, `!` has to be there.
mod elements {
    pub(super) const MESSAGE: &str = "GrpHdr! Stmt* Ntfctn* SplmtryData*";
    pub(super) const HEADER: &str = "MsgId! CreDtTm! MsgRcpt MsgPgntn OrgnlBizQry AddtlInf";
    pub(super) const STATEMENT: &str = "Id! StmtPgntn NtfctnPgntn ElctrncSeqNb RptgSeq LglSeqNb \
        CreDtTm FrToDt CpyDplctInd RptgSrc Acct! RltdAcct Intrst* Bal* TxsSummry Ntry* \
        AddtlStmtInf AddtlNtfctnInf";
    pub(super) const PAGE: &str = "PgNb! LastPgInd!";
    pub(super) const ACCOUNT: &str = "Id! Tp Ccy Nm Prxy Ownr Svcr";
    pub(super) const ACCOUNT_ID: &str = "IBAN Othr";
    pub(super) const OTHER_ID: &str = "Id! SchmeNm Issr";
    pub(super) const BALANCE: &str = "Tp! CdtLine* Amt! CdtDbtInd! Dt! Avlbty*";
    pub(super) const BALANCE_TYPE: &str = "CdOrPrtry! SubTp";
    pub(super) const SUMMARY: &str = "TtlNtries TtlCdtNtries TtlDbtNtries TtlNtriesPerBkTxCd*";
    pub(super) const TOTAL: &str = "NbOfNtries Sum TtlNetNtryAmt CdtDbtInd TtlNetNtry";
    pub(super) const NET: &str = "Amt! CdtDbtInd!";
    pub(super) const ENTRY: &str = "NtryRef Amt! CdtDbtInd! RvslInd Sts! BookgDt ValDt AcctSvcrRef \
        Avlbty* BkTxCd! ComssnWvrInd AddtlInfInd AmtDtls Chrgs* TechInptChanl Intrst* CardTx \
        NtryDtls* AddtlNtryInf";
    pub(super) const CODE: &str = "Cd Prtry";
    pub(super) const DATE: &str = "Dt DtTm";
    pub(super) const DETAILS: &str = "Btch TxDtls*";
    pub(super) const BATCH: &str = "MsgId PmtInfId NbOfTxs TtlAmt CdtDbtInd";
    pub(super) const TRANSACTION: &str = "Refs Amt CdtDbtInd AmtDtls Avlbty* BkTxCd Chrgs* Intrst* \
        RltdPties RltdAgts LclInstrm PmtTpInf Purp RltdRmtInf* RmtInf RltdDts RltdPric RltdQties* \
        FinInstrmId Tax RtrInf CorpActn RltdCorpActn SfkpgAcct UndrlygAllcn* CshDpst* CardTx \
        InstrCpy AddtlTxInf SplmtryData*";
    pub(super) const REFERENCES: &str = "MsgId AcctSvcrRef PmtInfId InstrId EndToEndId UETR TxId \
        MndtId ChqNb ClrSysRef AcctOwnrTxId AcctSvcrTxId MktInfrstrctrTxId PrcgId RtrId Prtry*";
    pub(super) const REMITTANCE: &str = "Ustrd* Strd*";
    pub(super) const STRUCTURED: &str = "RfrdDocInf* RfrdDocAmt CdtrRefInf Invcr Invcee TaxRmt \
        GrnshmtRmt SctiesData* AddtlRmtInf*";
    pub(super) const REFERENCE: &str = "Tp Ref";
    pub(super) const REFERENCE_TYPE: &str = "CdOrPrtry! Issr";
}

const SIDES: [(&str, Side); 2] = [("CRDT", Side::Credit), ("DBIT", Side::Debit)];

/// Source: ISO 20022, EntryStatus2Code and ExternalEntryStatus1Code.
const STATUSES: [(&str, Status); 4] = [
    ("BOOK", Status::Booked),
    ("PDNG", Status::Pending),
    ("INFO", Status::Information),
    ("FUTR", Status::Other),
];

/// A message of a bank, taken whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankMessage {
    /// Which kind.
    pub told: Told,
    /// Its name with the version, such as `camt.053.001.08`.
    pub name: String,
    /// GrpHdr/MsgId.
    pub id: String,
    /// The day it was made, as the bank writes it (GrpHdr/CreDtTm).
    pub day: Day,
    /// Its statements or notifications; at least one.
    pub statements: Vec<Statement>,
}

impl BankMessage {
    /// Every entry, in the order of the message, as [`fondaco::ledger::Intake::take`] wants them.
    pub fn entries(&self) -> impl Iterator<Item = &BankEntry> {
        self.statements.iter().flat_map(|statement| &statement.entries)
    }
}

/// A statement or a notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Stmt/Id or Ntfctn/Id.
    pub id: String,
    /// The account: its IBAN or another id.
    pub account: BankId,
    /// The booked balance at the opening, negative where the account is overdrawn; `None` in a
    /// notification.
    pub opening: Option<Money>,
    /// The booked balance at the closing.
    pub closing: Option<Money>,
    /// The entries.
    pub entries: Vec<BankEntry>,
}

/// Reads a statement or a notification.
///
/// # Errors
/// Every [`Problem`] that was found; of a message with one nothing is taken.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<BankMessage, Vec<Problem>> {
    read_with(bytes, limits, false)
}

/// The same of a message that was taken by an older program, as that read it: a page of which the number
/// cannot be read is none (0), and what a bank writes where it has no reference is one, for it was posted by.
///
/// # Errors
/// As [`read`].
pub fn read_taken(bytes: &[u8], limits: &Limits) -> Result<BankMessage, Vec<Problem>> {
    read_with(bytes, limits, true)
}

fn read_with(bytes: &[u8], limits: &Limits, as_then: bool) -> Result<BankMessage, Vec<Problem>> {
    let (namespace, root) = tree(bytes, limits, "").map_err(|problem| vec![problem])?;
    let mut problems = Problems::default();
    let message = Reading { problems: &mut problems, as_then }.message(&namespace, &root);
    match message {
        Some(message) if problems.0.is_empty() => Ok(message),
        _ => Err(problems.0),
    }
}

/// The amount with its sign.
fn signed(amount: Decimal, side: Side) -> Decimal {
    match side {
        Side::Credit => amount,
        Side::Debit => -amount,
    }
}

/// Sums that are too large are no sums.
fn sum(amounts: impl Iterator<Item = Decimal>) -> Option<Decimal> {
    amounts.into_iter().try_fold(Decimal::ZERO, |sum, more| sum.checked_add(more))
}

/// What stands around an entry.
struct Around<'a> {
    told: Told,
    message: &'a str,
    statement: &'a str,
    copy: bool,
    page: u32,
    account: &'a BankId,
}

struct Reading<'p> {
    problems: &'p mut Problems,
    /// Whether it is read as it was by an older program: any page, and any text as a reference.
    as_then: bool,
}

impl Reading<'_> {
    fn message(&mut self, namespace: &str, root: &Node) -> Option<BankMessage> {
        let name = namespace.strip_prefix(SPACE).unwrap_or(namespace);
        let version = |kind| {
            let version: u8 = name.strip_prefix(kind)?.parse().ok()?;
            // Two digits and no sign.
            (name.len() == 15 && (2..=14).contains(&version)).then_some(())
        };
        let (told, element, part) = if version("camt.053.001.").is_some() {
            (Told::Statement, "BkToCstmrStmt", "Stmt")
        } else if version("camt.054.001.").is_some() {
            (Told::Notification, "BkToCstmrDbtCdtNtfctn", "Ntfctn")
        } else {
            let reason = format!(
                "`{name}` is not read: want camt.053.001 or camt.054.001, version 02 to 14"
            );
            self.problems.at(root, reason);
            return None;
        };
        if root.name() != "Document" || !namespace.starts_with(SPACE) {
            self.problems.at(root, format!("want Document of {SPACE}{name}"));
            return None;
        }
        root.fits(&format!("{element}!"), self.problems);
        let message = root.child(element)?;
        message.fits(elements::MESSAGE, self.problems);
        let header = message.child("GrpHdr")?;
        header.fits(elements::HEADER, self.problems);
        let id = header.child("MsgId")?.text(35, self.problems);
        let day = header.child("CreDtTm")?.day(true, self.problems)?;
        let other = if part == "Stmt" { "Ntfctn" } else { "Stmt" };
        for stray in message.all(other) {
            self.problems.at(stray, "no such element here");
        }
        let mut statements = Vec::new();
        let mut number = 0;
        let page = self.page(header, "MsgPgntn");
        for node in message.all(part) {
            statements.extend(self.statement((told, page), &id, &mut number, node));
        }
        if message.child(part).is_none() {
            self.problems.at(message, format!("{part} is missing"));
        }
        Some(BankMessage { told, name: name.to_owned(), id, day, statements })
    }

    fn statement(
        &mut self,
        (told, page): (Told, u32),
        message: &str,
        number: &mut u32,
        node: &Node,
    ) -> Option<Statement> {
        node.fits(elements::STATEMENT, self.problems);
        let id = node.child("Id")?.text(35, self.problems);
        let copy = node
            .child("CpyDplctInd")
            .and_then(|n| n.code(&[("CODU", true), ("COPY", true), ("DUPL", true)], self.problems));
        let (account, currency) = self.account(node.child("Acct")?)?;
        let around = Around {
            told,
            message,
            statement: &id,
            copy: copy.unwrap_or_default(),
            page: self.page(node, "StmtPgntn").max(self.page(node, "NtfctnPgntn")).max(page),
            account: &account,
        };
        let mut entries = Vec::new();
        let mut all_read = true;
        for entry in node.all("Ntry") {
            *number = number.saturating_add(1);
            match self.entry(&around, *number, entry) {
                Some(entry) => entries.push(entry),
                None => all_read = false,
            }
        }
        if !all_read {
            return None;
        }
        let mut currencies = currency.into_iter().chain(entries.iter().map(|e| e.money.currency));
        let first = currencies.next();
        if let Some(other) = currencies.find(|c| Some(*c) != first) {
            let reason = format!("entries in {other} on an account in {}", first?);
            self.problems.at(node, reason);
            return None;
        }
        if let Some(summary) = node.child("TxsSummry") {
            self.summary(summary, &entries);
        }
        let (mut opening, mut closing) = (None, None);
        match told {
            Told::Statement => {
                let (from, to) = self.balances(node, first, &entries)?;
                (opening, closing) = (Some(from), Some(to));
            }
            Told::Notification => {
                for balance in node.all("Bal") {
                    self.problems.at(balance, "no such element here");
                }
            }
        }
        Some(Statement { id, account, opening, closing, entries })
    }

    /// Which page it is, where it comes in several; 0 where it does not.
    fn page(&mut self, node: &Node, name: &str) -> u32 {
        let mut unsaid = Problems::default();
        let problems = if self.as_then { &mut unsaid } else { &mut *self.problems };
        let Some(node) = node.child(name) else { return 0 };
        node.fits(elements::PAGE, problems);
        let Some(number) = node.child("PgNb") else { return 0 };
        // Source: ISO 20022, Max5NumericText.
        let text = number.leaf(problems);
        let digits = (1..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        match text.parse() {
            // Where the first is 0, what is on it would be told from what is whole by nothing.
            Ok(page) if digits && page > 0 => page,
            _ => {
                problems.at(number, format!("`{text}`: want a page of 1 to 99999"));
                0
            }
        }
    }

    fn account(&mut self, node: &Node) -> Option<(BankId, Option<Currency>)> {
        node.fits(elements::ACCOUNT, self.problems);
        let id = node.child("Id")?;
        id.fits(elements::ACCOUNT_ID, self.problems);
        let account = match (id.child("IBAN"), id.child("Othr")) {
            (Some(iban), None) => {
                let text = iban.text(34, self.problems);
                let letters = text.bytes().take(2).all(|b| b.is_ascii_uppercase());
                let digits = text.bytes().skip(2).take(2).all(|b| b.is_ascii_digit());
                let plain = text.bytes().all(|b| b.is_ascii_alphanumeric());
                if !(text.len() > 4 && letters && digits && plain) {
                    self.problems.at(iban, format!("`{text}` is no IBAN"));
                }
                text
            }
            (None, Some(other)) => {
                other.fits(elements::OTHER_ID, self.problems);
                other.child("Id")?.text(34, self.problems)
            }
            _ => {
                self.problems.at(id, "want one of IBAN and Othr");
                return None;
            }
        };
        let currency = node.child("Ccy").map(|c| c.currency(self.problems));
        // A text that is no id was said to be none.
        Some((account.parse().ok()?, currency.flatten()))
    }

    /// The booked balances at the opening and the closing, which the booked entries lie between.
    fn balances(
        &mut self,
        node: &Node,
        currency: Option<Currency>,
        entries: &[BankEntry],
    ) -> Option<(Money, Money)> {
        let mut read: Vec<(String, Money)> = Vec::new();
        for balance in node.all("Bal") {
            balance.fits(elements::BALANCE, self.problems);
            let kind = balance.child("Tp")?;
            kind.fits(elements::BALANCE_TYPE, self.problems);
            let code = kind.child("CdOrPrtry")?;
            code.fits(elements::CODE, self.problems);
            let code = code.child("Cd").map(|c| c.leaf(self.problems).to_owned());
            let money = balance.child("Amt")?.money(self.problems)?;
            let side = balance.child("CdtDbtInd")?.code(&SIDES, self.problems)?;
            self.date(balance.child("Dt")?);
            let money = Money { amount: signed(money.amount, side), ..money };
            read.push((code.unwrap_or_default(), money));
        }
        let of = |wanted: &'static str| read.iter().filter(move |(code, _)| code == wanted);
        for once in ["OPBD", "PRCD", "CLBD"] {
            if of(once).count() > 1 {
                self.problems.at(node, format!("the balance {once} stands twice"));
                return None;
            }
        }
        // A page of a statement opens or closes with an interim balance.
        let opening = of("OPBD").chain(of("PRCD")).chain(of("ITBD")).next();
        let closing = of("CLBD").next().or_else(|| {
            let mut interim = of("ITBD");
            let last = interim.next_back();
            // One alone cannot be both.
            let opened = of("OPBD").chain(of("PRCD")).next().is_some();
            last.filter(|_| opened || of("ITBD").count() > 1)
        });
        let (Some((_, opening)), Some((_, closing))) = (opening, closing) else {
            let reason = "want the booked balance at the opening (OPBD, PRCD or ITBD) and at the \
                          closing (CLBD or ITBD)";
            self.problems.at(node, reason);
            return None;
        };
        let currencies = [Some(opening.currency), Some(closing.currency), currency];
        if currencies.iter().flatten().any(|c| *c != opening.currency) {
            self.problems.at(node, "balances and entries are not in one currency");
            return None;
        }
        let booked = entries.iter().filter(|e| e.status == Status::Booked);
        let moved = sum(booked.map(|e| signed(e.money.amount, e.side)));
        let to = moved.and_then(|moved| opening.amount.checked_add(moved));
        if to != Some(closing.amount) {
            let reason = format!(
                "the balances do not add up: {} and booked entries of {} make {}, not {}",
                opening.amount,
                moved.unwrap_or_default(),
                to.unwrap_or_default(),
                closing.amount
            );
            self.problems.at(node, reason);
            return None;
        }
        Some((*opening, *closing))
    }

    /// Numbers and sums the message gives of its entries.
    fn summary(&mut self, node: &Node, entries: &[BankEntry]) {
        node.fits(elements::SUMMARY, self.problems);
        let totals = [
            ("TtlNtries", None),
            ("TtlCdtNtries", Some(Side::Credit)),
            ("TtlDbtNtries", Some(Side::Debit)),
        ];
        for (name, side) in totals {
            let Some(total) = node.child(name) else { continue };
            total.fits(elements::TOTAL, self.problems);
            let counted = || entries.iter().filter(|e| side.is_none_or(|side| e.side == side));
            if let Some(number) = total.child("NbOfNtries") {
                let is = Decimal::from(counted().count());
                self.agrees(number, is);
            }
            if let Some(stated) = total.child("Sum") {
                match sum(counted().map(|e| e.money.amount)) {
                    Some(is) => self.agrees(stated, is),
                    None => self.problems.at(stated, "the entries are too large to add up"),
                }
            }
            let net = sum(counted().map(|e| signed(e.money.amount, e.side))).unwrap_or_default();
            let stated = match (total.child("TtlNetNtryAmt"), total.child("TtlNetNtry")) {
                (Some(amount), None) => Some((amount, total.child("CdtDbtInd"))),
                (None, Some(both)) => {
                    both.fits(elements::NET, self.problems);
                    both.child("Amt").map(|amount| (amount, both.child("CdtDbtInd")))
                }
                _ => None,
            };
            if let Some((amount, side)) = stated {
                let side = side.and_then(|side| side.code(&SIDES, self.problems));
                // Where no side is given the amount has a sign of its own.
                self.agrees(amount, side.map_or(net, |side| signed(net, side)));
            }
        }
    }

    fn agrees(&mut self, node: &Node, is: Decimal) {
        if let Some(stated) = node.number(self.problems)
            && stated != is
        {
            self.problems.at(node, format!("{stated} is stated, the entries make {is}"));
        }
    }

    fn date(&mut self, node: &Node) -> Option<Day> {
        node.fits(elements::DATE, self.problems);
        match (node.child("Dt"), node.child("DtTm")) {
            (Some(day), None) => day.day(false, self.problems),
            (None, Some(time)) => time.day(true, self.problems),
            _ => {
                self.problems.at(node, "want one of Dt and DtTm");
                None
            }
        }
    }

    fn entry(&mut self, around: &Around<'_>, number: u32, node: &Node) -> Option<BankEntry> {
        node.fits(elements::ENTRY, self.problems);
        let entry_reference = self.reference(node, "NtryRef");
        let servicer_reference = self.reference(node, "AcctSvcrRef");
        let money = node.child("Amt")?.money(self.problems);
        let side = node.child("CdtDbtInd")?.code(&SIDES, self.problems);
        let reversal = node.child("RvslInd").is_some_and(|n| n.flag(self.problems));
        let status = self.status(node.child("Sts")?);
        let booked = node.child("BookgDt").map(|n| self.date(n));
        if let Some(valued) = node.child("ValDt") {
            self.date(valued);
        }
        let (money, side, status) = (money?, side?, status?);
        if status == Status::Booked && booked.is_none() {
            self.problems.at(node, "is booked and has no BookgDt");
        }
        let (parts, detailed) = self.parts(node, money, side)?;
        Some(BankEntry {
            told: around.told,
            message: around.message.to_owned(),
            statement: around.statement.to_owned(),
            number,
            copy: around.copy,
            page: around.page,
            account: around.account.clone(),
            money,
            side,
            reversal,
            status,
            booked: booked.flatten(),
            servicer_reference,
            entry_reference,
            parts,
            detailed,
        })
    }

    /// A reference of the bank's own; empty where there is none.
    fn reference(&mut self, node: &Node, name: &str) -> String {
        let text = node.child(name).map(|n| n.text(35, self.problems)).unwrap_or_default();
        if self.as_then || is_reference(&text) { text } else { String::new() }
    }

    fn status(&mut self, node: &Node) -> Option<Status> {
        // A code alone up to version 06, a choice from 07 on.
        if node.children.is_empty() {
            return node.code(&STATUSES, self.problems);
        }
        node.fits(elements::CODE, self.problems);
        match (node.child("Cd"), node.child("Prtry")) {
            (Some(code), None) => code.code(&STATUSES, self.problems),
            (None, Some(own)) => {
                own.text(35, self.problems);
                Some(Status::Other)
            }
            _ => {
                self.problems.at(node, "want one of Cd and Prtry");
                None
            }
        }
    }

    /// What an entry is made of, and whether the message says so.
    fn parts(&mut self, entry: &Node, money: Money, side: Side) -> Option<(Vec<Part>, bool)> {
        let whole = |references, servicer_reference, end_to_end| Part {
            money,
            side,
            servicer_reference,
            end_to_end,
            references,
        };
        let mut read: Vec<(Option<Money>, Part)> = Vec::new();
        for details in entry.all("NtryDtls") {
            details.fits(elements::DETAILS, self.problems);
            let first = read.len();
            for transaction in details.all("TxDtls") {
                read.push(self.part(transaction, money.currency, side)?);
            }
            if let Some(batch) = details.child("Btch") {
                self.batch(batch, read.get(first..).unwrap_or_default(), money.currency);
            }
        }
        match &mut read[..] {
            [] => return Some((vec![whole(Vec::new(), String::new(), String::new())], false)),
            [(amount @ None, part)] if part.side == side => *amount = Some(money),
            _ => {}
        }
        if read.iter().any(|(amount, _)| amount.is_none()) {
            // How much is whose is not said: the whole goes without a reference.
            return Some((vec![whole(Vec::new(), String::new(), String::new())], false));
        }
        let parts = read
            .into_iter()
            .filter_map(|(amount, part)| amount.map(|money| Part { money, ..part }));
        let parts: Vec<Part> = parts.collect();
        let made = sum(parts.iter().map(|p| signed(p.money.amount, p.side)));
        if made != Some(signed(money.amount, side)) {
            let reason = format!(
                "its parts do not add up: they make {}, the entry is {}",
                made.unwrap_or_default(),
                signed(money.amount, side)
            );
            self.problems.at(entry, reason);
            return None;
        }
        Some((parts, true))
    }

    /// What a batch says of itself, where its transactions are given.
    fn batch(&mut self, node: &Node, parts: &[(Option<Money>, Part)], currency: Currency) {
        node.fits(elements::BATCH, self.problems);
        if parts.is_empty() {
            return;
        }
        if let Some(number) = node.child("NbOfTxs") {
            self.agrees(number, Decimal::from(parts.len()));
        }
        if let Some(total) = node.child("TtlAmt")
            && let Some(stated) = total.money(self.problems)
            && parts.iter().all(|(amount, _)| amount.is_some())
        {
            let amounts = parts
                .iter()
                .filter_map(|(amount, part)| amount.map(|money| signed(money.amount, part.side)));
            let made = sum(amounts).map(|made| made.abs());
            if stated.currency != currency || made != Some(stated.amount) {
                self.problems.at(total, "the transactions of the batch do not make this");
            }
        }
    }

    fn part(
        &mut self,
        node: &Node,
        currency: Currency,
        side: Side,
    ) -> Option<(Option<Money>, Part)> {
        node.fits(elements::TRANSACTION, self.problems);
        let stated = node.child("Amt").map(|n| n.money(self.problems));
        let amount = match stated {
            Some(money) => Some(money?),
            // Where version 02 has it; only of the account's own currency it is what was booked.
            None => match node.down(&["AmtDtls", "TxAmt", "Amt"]) {
                Some(n) => Some(n.money(self.problems)?).filter(|m| m.currency == currency),
                None => None,
            },
        };
        if let Some(money) = amount
            && money.currency != currency
        {
            let reason = format!("in {} within an entry in {currency}", money.currency);
            self.problems.at(node, reason);
        }
        let side = match node.child("CdtDbtInd") {
            Some(n) => n.code(&SIDES, self.problems)?,
            None => side,
        };
        let (mut servicer_reference, mut end_to_end) = (String::new(), String::new());
        if let Some(references) = node.child("Refs") {
            references.fits(elements::REFERENCES, self.problems);
            servicer_reference = self.reference(references, "AcctSvcrRef");
            let found = references.child("EndToEndId");
            end_to_end = found.map(|n| n.text(35, self.problems)).unwrap_or_default();
        }
        if end_to_end == "NOTPROVIDED" {
            end_to_end.clear();
        }
        let references = self.references(node);
        let none = Money { amount: Decimal::ZERO, currency };
        Some((amount, Part { money: none, side, servicer_reference, end_to_end, references }))
    }

    /// The structured creditor references, each once.
    fn references(&mut self, transaction: &Node) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let Some(remittance) = transaction.child("RmtInf") else { return found };
        remittance.fits(elements::REMITTANCE, self.problems);
        for structured in remittance.all("Strd") {
            structured.fits(elements::STRUCTURED, self.problems);
            let Some(information) = structured.child("CdtrRefInf") else { continue };
            information.fits(elements::REFERENCE, self.problems);
            if let Some(kind) = information.child("Tp") {
                kind.fits(elements::REFERENCE_TYPE, self.problems);
                let code = kind.child("CdOrPrtry");
                if let Some(code) = code {
                    code.fits(elements::CODE, self.problems);
                }
                let code = code.and_then(|c| c.child("Cd")).map(|c| c.leaf(self.problems));
                // A reference of another kind is none of ours.
                if code != Some("SCOR") {
                    continue;
                }
            }
            if let Some(reference) = information.child("Ref") {
                let text = reference.text(35, self.problems);
                if !found.contains(&text) {
                    found.push(text);
                }
            }
        }
        found
    }
}
