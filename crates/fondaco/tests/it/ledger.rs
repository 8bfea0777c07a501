//! The ledger and what a bank tells, in the words of a cashier; and what holds of any run of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Instant;

use expect_test::{Expect, expect};
use fondaco::assessment::{Assessment, TaxLine, UnknownLine};
use fondaco::day::Day;
use fondaco::formula::Unknown;
use fondaco::ledger::{
    Account, Applied, BankEntry, Charge, CreditorReference, Debt, DefermentId, Entry, GuaranteeId,
    Intake, Key, Ledger, Outcome, Part, Payable, PaymentRequest, Posting, Reason, Refusal, Settled,
    Side, Slip, Source, Status, Sums, Told, Unbalanced, Why,
};
use fondaco::money::{Currency, Decimal, Money, Rounding, RoundingMode, decimal};
use fondaco::token::Token;

fn reference(number: u64) -> CreditorReference {
    CreditorReference::numbered("T", number).unwrap()
}

fn debt(declaration: &str) -> Debt {
    Debt { declaration: declaration.parse().unwrap(), debtor: "Trader".parse().unwrap() }
}

fn money(amount: &str, currency: &str) -> Money {
    Money { amount: decimal(amount).unwrap(), currency: currency.parse().unwrap() }
}

fn why(name: &str) -> Why {
    match name {
        "appeal" => Why::Appeal,
        "cancelled" => Why::Cancellation,
        _ => Why::Correction,
    }
}

/// An entry of a bank, of one part.
fn told(words: &[&str]) -> BankEntry {
    let kind = if words[0] == "053" { Told::Statement } else { Told::Notification };
    let (message, number) = words[1].split_once('/').unwrap();
    let side = if words[2] == "in" { Side::Credit } else { Side::Debit };
    let whole = money(words[3], words[4]);
    let mut entry = BankEntry {
        told: kind,
        message: message.to_owned(),
        statement: format!("S{message}"),
        page: 0,
        number: number.parse().unwrap(),
        copy: false,
        account: "ACC".parse().unwrap(),
        money: whole,
        side,
        reversal: false,
        status: Status::Booked,
        booked: Some(Day::of(2026, 11, 26).unwrap()),
        servicer_reference: String::new(),
        entry_reference: String::new(),
        parts: vec![Part {
            money: whole,
            side,
            servicer_reference: String::new(),
            end_to_end: String::new(),
            references: Vec::new(),
        }],
        detailed: true,
    };
    for word in &words[5..] {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        let part = entry.parts.last_mut().unwrap();
        match name {
            "ref" => part.references.push(reference(value.parse().unwrap()).to_string()),
            "text" => part.references.push(value.to_owned()),
            "end" => part.end_to_end = value.to_owned(),
            "svcr" => entry.servicer_reference = value.to_owned(),
            "psvcr" => value.clone_into(&mut part.servicer_reference),
            "ntry" => entry.entry_reference = value.to_owned(),
            "day" => entry.booked = Some(Day::of(2026, 11, value.parse().unwrap()).unwrap()),
            "back" => entry.reversal = true,
            "copy" => entry.copy = true,
            "page" => entry.page = value.parse().unwrap(),
            "of-statement" => value.clone_into(&mut entry.statement),
            "pending" => entry.status = Status::Pending,
            "info" => entry.status = Status::Information,
            "plain" => entry.detailed = false,
            "of" => {
                part.money.amount = decimal(value).unwrap();
            }
            "and" => {
                let mut next = part.clone();
                next.money.amount = decimal(value).unwrap();
                next.references.clear();
                entry.parts.push(next);
            }
            other => panic!("{other}"),
        }
    }
    entry
}

struct House {
    ledger: Ledger,
    intake: Intake,
    entries: Vec<BankEntry>,
    out: String,
}

impl House {
    fn run(input: &str) -> Self {
        let ledger = Ledger::default();
        let intake = Intake::of(["ACC".parse().unwrap()]);
        let mut house = Self { ledger, intake, entries: Vec::new(), out: String::new() };
        for (n, line) in input.lines().enumerate() {
            let words: Vec<&str> = line.split_whitespace().collect();
            house.line(&format!("k{}", n + 1), &words);
        }
        house
    }

    fn line(&mut self, key: &str, words: &[&str]) {
        let (key, words) = match words {
            [rest @ .., last] if last.starts_with("key=") => (&last[4..], rest),
            all => (key, all),
        };
        let slip = Slip {
            key: key.parse().unwrap(),
            day: Day::of(2026, 11, 26).unwrap(),
            note: "test".to_owned(),
        };
        let charge = |words: &[&str]| {
            let (currency, lines) = words.split_last().unwrap();
            let pairs = lines.iter().map(|w| w.split_once('=').unwrap());
            let amount = |text| decimal(text).unwrap();
            let contingent = pairs.clone().find(|(t, _)| *t == "maybe");
            let lines = pairs.filter(|(t, _)| *t != "maybe");
            let lines = lines.map(|(t, a)| (Token::lossy(t), amount(a)));
            let contingent = contingent.map_or(Decimal::ZERO, |(_, a)| amount(a));
            Charge::new(currency.parse().unwrap(), lines, contingent)
        };
        let l = &self.ledger;
        let made = match words {
            ["charge", d, rest @ ..] => charge(rest).and_then(|c| l.charge(slip, &debt(d), &c)),
            ["amend", d, rest @ ..] => charge(rest).and_then(|c| l.amend(slip, &debt(d), &c)),
            ["cancel", d, because] => l.cancel(slip, &debt(d), why(because)),
            ["limit", id, a, c] => l.limit(slip, &id.parse().unwrap(), money(a, c)),
            ["guarantee", id, a, c] => l.guarantee(slip, &id.parse().unwrap(), money(a, c)),
            ["defer", d, id, a, c] => l.defer(slip, &debt(d), &id.parse().unwrap(), money(a, c)),
            ["undefer", d, id, a, c] => {
                l.undefer(slip, &debt(d), &id.parse().unwrap(), money(a, c))
            }
            ["secure", d, id, a, c] => l.secure(slip, &debt(d), &id.parse().unwrap(), money(a, c)),
            ["release", d, id, a, c] => {
                l.release(slip, &debt(d), &id.parse().unwrap(), money(a, c))
            }
            ["refund", from, id, a, c] => {
                let from = match from.split_once(':') {
                    Some(("credit", of)) => Source::Credit(of.parse().unwrap()),
                    Some(("suspense", _)) => Source::Suspense(self.suspense()),
                    _ => Source::Debt(debt(from)),
                };
                l.refund(slip, &from, &id.parse().unwrap(), money(a, c))
            }
            ["credit", d] => l.credit(slip, &debt(d)),
            ["use-credit", d, a, c] => l.use_credit(slip, &debt(d), money(a, c)),
            ["assign", d, a, c] => {
                let to = match d.strip_prefix("account:") {
                    Some(id) => Payable::Deferment(id.parse().unwrap()),
                    None => Payable::Debt(debt(d)),
                };
                l.assign(slip, &self.suspense(), &to, money(a, c))
            }
            ["assign-refund", id, a, c] => {
                l.assign_refund(slip, &self.suspense(), &id.parse().unwrap(), money(a, c))
            }
            ["reverse", of, because] => l.reverse(slip, &of.parse().unwrap(), why(because)),
            ["ask", n, d, a, c, by @ ..] => {
                let payable = match d.strip_prefix("account:") {
                    Some(id) => Payable::Deferment(id.parse().unwrap()),
                    None => Payable::Debt(debt(d)),
                };
                let reference = reference(n.parse().unwrap());
                let mut request = PaymentRequest::plain(reference, payable, money(a, c));
                if let [worth, currency, until] = by {
                    request.worth = money(worth, currency);
                    request.until = Some(until.parse().unwrap());
                }
                if let Err(refusal) = self.intake.ask(request) {
                    writeln!(self.out, "{key}: no, {refusal}").unwrap();
                }
                return;
            }
            ["bank", rest @ ..] => {
                let entry = told(rest);
                self.entries.push(entry.clone());
                match self.intake.take(&mut self.ledger, &entry) {
                    Ok(all) => {
                        for taken in all {
                            let said = match taken.outcome {
                                Outcome::Part(m) => format!("part, {} to come", m.amount),
                                Outcome::Over(m) => format!("over by {}", m.amount),
                                Outcome::WrongCurrency(c) => format!("wrong currency, want {c}"),
                                Outcome::Duplicate { differs: true } => "duplicate, differs".into(),
                                Outcome::Reversed { found: false } => "reversed, not found".into(),
                                other => other.name().to_owned(),
                            };
                            let posted = if taken.posted.is_some() { "" } else { ", not posted" };
                            writeln!(self.out, "{key}: {said}{posted}").unwrap();
                        }
                    }
                    Err(refusal) => writeln!(self.out, "{key}: no, {refusal}").unwrap(),
                }
                return;
            }
            ["show", d] => {
                let s = self.ledger.standing(&debt(d));
                let settled = self.ledger.settled(&debt(d));
                let goes = if self.ledger.releases(&d.parse().unwrap()) { "goes" } else { "stays" };
                match s {
                    None => writeln!(self.out, "{d}: {settled:?}, {goes}").unwrap(),
                    Some(s) => writeln!(
                        self.out,
                        "{d}: {settled:?}, {goes}: due {} contingent {} received {} deferred {} secured {} {}",
                        s.due, s.contingent, s.received, s.deferred, s.secured, s.currency
                    )
                    .unwrap(),
                }
                return;
            }
            other => panic!("{other:?}"),
        };
        match made.map(|posting| (posting.clone(), self.ledger.apply(posting))) {
            Ok((_, Ok(Applied::New))) => {}
            Ok((_, Ok(Applied::Repeated))) => writeln!(self.out, "{key}: repeated").unwrap(),
            Ok((posting, Err(refusal))) => panic!("{posting:?} was made and refused: {refusal}"),
            Err(refusal) => writeln!(self.out, "{key}: no, {refusal}").unwrap(),
        }
    }

    /// The last money in suspense.
    fn suspense(&self) -> fondaco::ledger::SuspenseId {
        let of = |posting: &Posting| {
            posting.entries().iter().find_map(|e| match &e.account {
                Account::Suspense(id) => Some(id.clone()),
                _ => None,
            })
        };
        self.ledger.postings().filter_map(of).last().unwrap()
    }
}

fn balanced(ledger: &Ledger) {
    for currency in ledger.currencies() {
        assert_eq!(ledger.sum(currency), Decimal::ZERO, "{currency}");
        let all = ledger.balances().filter(|(_, m)| m.currency == currency);
        assert_eq!(all.map(|(_, m)| m.amount).sum::<Decimal>(), Decimal::ZERO, "{currency}");
    }
    // The running sums are those of a walk over all debts.
    let mut walked = Sums::default();
    for (_, standing) in ledger.debts() {
        walked.recount(None, standing);
    }
    assert!(walked.totals().eq(ledger.sums().totals()), "{walked:?}");
}

fn check(input: &str, expect: Expect) {
    let house = House::run(input);
    balanced(&house.ledger);
    expect.assert_eq(&house.out);
    // The ledger is the fold of its postings, and the intake that of requests and entries.
    let again = Ledger::fold(house.ledger.postings().cloned()).unwrap();
    assert!(again.balances().eq(house.ledger.balances()));
    let mut second = House { ledger: again, out: String::new(), ..House::run("") };
    for line in input.lines().filter(|line| line.trim().starts_with("ask")) {
        second.line("k", &line.split_whitespace().collect::<Vec<_>>());
    }
    for entry in &house.entries {
        second.intake.take(&mut second.ledger, entry).unwrap();
    }
    assert!(second.ledger.balances().eq(house.ledger.balances()));
    for n in 0..20 {
        let of = |intake: &Intake| intake.request(&reference(n)).map(|(_, received)| received);
        assert_eq!(of(&second.intake), of(&house.intake), "request {n}");
    }
}

/// Goods go on money, and on nothing else.
#[test]
fn a_debt_is_settled_by_money_a_deferment_or_a_guarantee() {
    check(
        "show M1
         charge M1 A00=100 B00=20 CNY
         show M1
         ask 1 M1 120 CNY
         bank 054 a/1 in 50 CNY ref=1
         show M1
         bank 054 a/2 in 70 CNY ref=1
         show M1
         charge M2 A00=0 CNY
         show M2
         charge M3 A00=10 maybe=5 CNY
         ask 3 M3 10 CNY
         bank 054 a/3 in 10 CNY ref=3
         show M3
         guarantee G 5 CNY
         secure M3 G 5 CNY
         show M3",
        expect![[r#"
            M1: Open, stays
            M1: Open, stays: due 120 contingent 0 received 0 deferred 0 secured 0 CNY
            k5: part, 70 to come
            M1: Part, stays: due 120 contingent 0 received 50 deferred 0 secured 0 CNY
            k7: matched
            M1: Paid, goes: due 120 contingent 0 received 120 deferred 0 secured 0 CNY
            M2: Paid, goes: due 0 contingent 0 received 0 deferred 0 secured 0 CNY
            k13: matched
            M3: Part, stays: due 10 contingent 5 received 10 deferred 0 secured 0 CNY
            M3: Secured, goes: due 10 contingent 5 received 10 deferred 0 secured 5 CNY
        "#]],
    );
}

/// What a deferment account has no room for and what a guarantee has not free is refused.
#[test]
fn limits_hold() {
    check(
        "charge M1 A00=100 CNY
         defer M1 D 100 CNY
         limit D 80 CNY
         defer M1 D 100 CNY
         defer M1 D 80 CNY
         defer M1 D 80 CNY key=k5
         defer M1 D 79 CNY key=k5
         show M1
         guarantee G 30 CNY
         secure M1 G 31 CNY
         secure M1 G 20 EUR
         secure M1 G 20 CNY
         show M1
         secure M1 G 11 CNY
         limit D 79 CNY
         guarantee G 19 CNY
         release M1 G 20 CNY
         ask 1 account:D 80 CNY
         bank 053 a/1 in 80 CNY ref=1
         defer M1 D 20 CNY
         show M1
         release M1 G 21 CNY
         release M1 G 20 CNY
         show M1
         defer M1 D 1 CNY
         undefer M1 D 1 CNY
         limit D -1 CNY
         defer M1 D 0.000001 CNY
         bank 053 b/1 out 80 CNY ref=1 back
         limit D 100 CNY
         limit D 99 CNY
         show M1",
        expect![[r#"
            k2: no, over-limit: at most 0 CNY
            k4: no, over-limit: at most 80 CNY
            k5: repeated
            k5: no, key-reused: k5
            M1: Part, stays: due 100 contingent 0 received 0 deferred 80 secured 0 CNY
            k10: no, over-guarantee: at most 30 CNY
            k11: no, wrong-currency: want CNY
            M1: Secured, goes: due 100 contingent 0 received 0 deferred 80 secured 20 CNY
            k14: no, over-guarantee: at most 10 CNY
            k15: no, over-limit: at most 0 CNY
            k16: no, over-guarantee: at most 10 CNY
            k17: no, still-due: at most 0 CNY
            k19: matched
            M1: Secured, goes: due 100 contingent 0 received 0 deferred 100 secured 20 CNY
            k22: no, still-due: at most 20 CNY
            M1: Secured, goes: due 100 contingent 0 received 0 deferred 100 secured 0 CNY
            k25: no, more-than-owed: at most 0 CNY
            k26: no, still-due: at most 0 CNY
            k27: no, not-an-amount: -1
            k28: no, not-an-amount: 0.000001
            k29: reversed
            k31: no, over-limit: at most 0 CNY
            M1: Secured, goes: due 100 contingent 0 received 0 deferred 100 secured 0 CNY
        "#]],
    );
}

/// More and less than was charged, and everything taken back.
#[test]
fn a_debt_is_amended_both_ways_and_what_is_over_is_given_back_once() {
    check(
        "amend M1 A00=1 CNY
         charge M1 A00=100 B00=20 CNY
         charge M1 A00=100 B00=20 CNY key=k2
         charge M1 A00=100 CNY
         charge M2 A00=1 EUR key=k2
         amend M1 A00=90 C00=5 CNY
         show M1
         amend M1 A00=90 C00=5 CNY
         amend M1 A00=90 C00=5 CNY key=k6
         amend M1 A00=90 C00=5 EUR
         ask 1 M1 95 CNY
         bank 054 a/1 in 95 CNY ref=1
         show M1
         refund M1 R1 1 CNY
         refund M1 R1 96 CNY
         amend M1 A00=60 CNY
         show M1
         refund M1 R1 36 CNY
         refund M1 R1 35 CNY
         refund M1 R1 35 CNY key=k19
         refund M1 R1 35 CNY
         show M1
         bank 053 b/1 out 35 CNY end=R1
         bank 053 b/2 out 35 CNY end=R1
         bank 053 b/3 in 35 CNY end=R1 back
         cancel M1 appeal
         show M1
         credit M1
         credit M1 key=k28
         show M1
         charge M2 A00=50 CNY
         use-credit M2 51 CNY
         use-credit M2 50 CNY
         show M2
         refund credit:Trader R2 11 CNY
         refund credit:Trader R2 10 CNY",
        expect![[r#"
            k1: no, no-such-debt: M1 of Trader
            k2: repeated
            k4: no, already-charged: M1 of Trader
            k2: no, key-reused: k2
            M1: Open, stays: due 95 contingent 0 received 0 deferred 0 secured 0 CNY
            k8: no, nothing-to-post
            k6: repeated
            k10: no, wrong-currency: want CNY
            k12: matched
            M1: Paid, goes: due 95 contingent 0 received 95 deferred 0 secured 0 CNY
            k14: no, still-due: at most 0 CNY
            k15: no, not-paid: at most 95 CNY
            M1: Over, goes: due 60 contingent 0 received 95 deferred 0 secured 0 CNY
            k18: no, still-due: at most 35 CNY
            k19: repeated
            k21: no, refund-taken
            M1: Paid, goes: due 60 contingent 0 received 60 deferred 0 secured 0 CNY
            k23: refund-paid
            k24: not-credit
            k25: reversed
            M1: Over, goes: due 0 contingent 0 received 60 deferred 0 secured 0 CNY
            k28: repeated
            M1: Paid, goes: due 0 contingent 0 received 0 deferred 0 secured 0 CNY
            k32: no, more-than-owed: at most 50 CNY
            M2: Paid, goes: due 50 contingent 0 received 50 deferred 0 secured 0 CNY
            k35: no, more-than-held: at most 10 CNY
        "#]],
    );
}

/// A posting is undone once, by its exact reverse, and a bank's only by the bank.
#[test]
fn a_posting_is_reversed_once() {
    check(
        "charge M1 A00=100 CNY key=c
         reverse c appeal key=r
         reverse c appeal key=r
         reverse c appeal
         reverse r appeal
         reverse nothing appeal
         show M1
         amend M1 A00=40 CNY key=a
         reverse a wrong
         show M1
         amend M1 A00=30 CNY key=b
         amend M1 A00=20 CNY
         reverse b wrong
         guarantee G 10 CNY
         secure M1 G 10 CNY key=s
         reverse s wrong key=s2
         show M1
         ask 1 M1 20 CNY
         bank 054 m/1 in 20 CNY ref=1 svcr=X
         reverse bank_ACC_ref_X_in_1 wrong",
        expect![[r#"
            r: repeated
            k4: no, already-reversed: r
            k5: no, is-reversal: r
            k6: no, no-such-posting: nothing
            M1: Paid, goes: due 0 contingent 0 received 0 deferred 0 secured 0 CNY
            M1: Paid, goes: due 0 contingent 0 received 0 deferred 0 secured 0 CNY
            k13: no, more-than-owed: at most 20 CNY
            M1: Open, stays: due 20 contingent 0 received 0 deferred 0 secured 0 CNY
            k19: matched
            k20: no, no-such-posting: bank_ACC_ref_X_in_1
        "#]],
    );
    let mut house = House::run(
        "charge M1 A00=20 CNY
         ask 1 M1 20 CNY
         bank 054 m/1 in 20 CNY ref=1 svcr=X",
    );
    let of: Key = "bank ACC ref X in 1".parse().unwrap();
    let slip = Slip {
        key: "z".parse().unwrap(),
        day: Day::of(2026, 11, 26).unwrap(),
        note: String::new(),
    };
    assert_eq!(house.ledger.reverse(slip, &of, Why::Correction), Err(Refusal::OnlyTheBank));
    house.line("k", &["bank", "053", "n/1", "out", "20", "CNY", "svcr=X", "back"]);
    assert_eq!(house.ledger.settled(&debt("M1")), Settled::Open);
}

/// Each way a bank's entry can fail to be the payment asked for.
#[test]
fn what_the_bank_tells_is_held_against_what_was_asked() {
    check(
        "charge M1 A00=100 CNY
         ask 1 M1 100 CNY
         ask 1 M1 100 CNY
         ask 1 M1 101 CNY
         ask 2 M9 100 CNY
         ask 3 M1 0 CNY
         bank 054 a/1 in 100 CNY ref=1 pending
         bank 054 a/1 in 100 CNY ref=1 info
         bank 054 a/2 in 100 EUR ref=1
         bank 054 a/3 in 100 CNY
         bank 054 a/4 in 100 CNY text=RF19539007547034
         bank 054 a/5 in 100 CNY ref=7
         bank 054 a/6 in 100 CNY ref=1 ref=7
         bank 054 a/7 in 100 CNY ref=2
         bank 054 a/8 out 100 CNY ref=1
         show M1
         bank 054 a/1 in 30 CNY ref=1 ref=1
         bank 054 a/1 in 30 CNY ref=1
         bank 054 a/1 in 300 CNY ref=1
         show M1
         bank 054 a/9 in 80 CNY ref=1
         show M1
         bank 054 b/1 in 90 CNY of=40 ref=1 and=50 text=who
         show M1",
        expect![[r#"
            k4: no, reference-taken
            k6: no, not-an-amount: 0
            k7: not-booked, not posted
            k8: not-booked, not posted
            k9: wrong currency, want CNY
            k10: unknown-reference
            k11: unknown-reference
            k12: unknown-reference
            k13: unknown-reference
            k14: unknown-reference
            k15: not-credit
            M1: Open, stays: due 100 contingent 0 received 0 deferred 0 secured 0 CNY
            k17: part, 70 to come
            k18: duplicate, not posted
            k19: duplicate, differs, not posted
            M1: Part, stays: due 100 contingent 0 received 30 deferred 0 secured 0 CNY
            k21: over by 10
            M1: Over, goes: due 100 contingent 0 received 110 deferred 0 secured 0 CNY
            k23: over by 50
            k23: unknown-reference
            M1: Over, goes: due 100 contingent 0 received 150 deferred 0 secured 0 CNY
        "#]],
    );
}

/// A debt in one currency is paid in another, by the rate its request was made by and while that is good.
#[test]
fn a_debt_is_paid_in_another_currency_by_the_rate_of_its_request() {
    check(
        "charge M1 A00=1000.01 RUB
         ask 1 M1 90.91 CNY 1000.01 RUB 2099-01-01
         bank 054 a/1 in 30 CNY ref=1 svcr=A
         show M1
         bank 054 a/2 in 60.91 CNY ref=1
         show M1
         bank 054 a/3 in 1 CNY ref=1
         show M1
         bank 053 b/1 out 30 CNY svcr=A back
         show M1
         charge M2 A00=100 RUB
         ask 2 M2 9 CNY 100 RUB 2000-01-01
         bank 054 c/1 in 9 CNY ref=2
         bank 054 c/2 in 100 RUB ref=2
         show M2",
        expect![[r#"
            k3: part, 60.91 to come
            M1: Part, stays: due 1000.01 contingent 0 received 330 deferred 0 secured 0 RUB
            k5: matched
            M1: Paid, goes: due 1000.01 contingent 0 received 1000.01 deferred 0 secured 0 RUB
            k7: over by 1
            M1: Over, goes: due 1000.01 contingent 0 received 1011.01 deferred 0 secured 0 RUB
            k9: reversed
            M1: Part, stays: due 1000.01 contingent 0 received 681.01 deferred 0 secured 0 RUB
            k13: stale-rate
            k14: wrong currency, want CNY
            M2: Open, stays: due 100 contingent 0 received 0 deferred 0 secured 0 RUB
        "#]],
    );
}

/// Money changes from one currency into another only as a bank moves it.
#[test]
fn nothing_is_exchanged_that_no_bank_moved() {
    let mut house = House::run("charge M1 A00=100 RUB");
    let entry =
        |account, amount: &str, currency: &str| Entry { account, money: money(amount, currency) };
    let received = || Account::Received(debt("M1"));
    let bank = || Account::Bank("OURS".parse().unwrap());
    let mut tries = |key: &str, entries: Vec<Entry>| {
        let day = Day::of(2026, 11, 26).unwrap();
        let posting = Posting::new(key.parse().unwrap(), day, Reason::Payment, "", entries);
        house.ledger.apply(posting.unwrap())
    };
    let paid = || {
        vec![
            entry(Account::Exchange, "-9", "CNY"),
            entry(Account::Exchange, "100", "RUB"),
            entry(received(), "-100", "RUB"),
        ]
    };
    let of_nothing = vec![entry(Account::Exchange, "100", "RUB"), entry(received(), "-100", "RUB")];
    assert_eq!(tries("a", of_nothing), Err(Refusal::OnlyTheBank));
    let back = vec![
        entry(Account::Exchange, "100", "RUB"),
        entry(Account::Exchange, "-100", "RUB"),
        entry(bank(), "1", "RUB"),
        entry(received(), "-1", "RUB"),
    ];
    assert_eq!(tries("b", back), Err(Refusal::OnlyTheBank));
    let good = [vec![entry(bank(), "9", "CNY")], paid()].concat();
    assert_eq!(tries("c", good), Ok(Applied::New));
}

/// The same money told by two messages, with a bank's reference and without.
#[test]
fn an_entry_counts_once_however_often_it_is_told() {
    check(
        "charge M1 A00=1000 CNY
         ask 1 M1 1000 CNY
         bank 054 a/1 in 10 CNY ref=1 svcr=X
         bank 053 b/1 in 10 CNY ref=1 svcr=X
         bank 053 b/2 in 11 CNY ref=1 svcr=X
         bank 054 c/1 in 20 CNY ref=1 ntry=7
         bank 054 d/4 in 20 CNY ref=1 ntry=7
         bank 054 d/5 in 21 CNY ref=1 ntry=7
         bank 054 d/6 in 20 CNY ref=1 ntry=7 day=27
         bank 054 e/1 in 30 CNY ref=1
         bank 054 e/2 in 30 CNY ref=1
         bank 053 f/1 in 30 CNY ref=1
         bank 053 f/2 in 30 CNY ref=1
         bank 053 f/3 in 30 CNY ref=1
         bank 053 f/3 in 30 CNY ref=1 copy
         bank 053 g/9 in 30 CNY ref=1 copy
         bank 054 h/1 in 40 CNY of=15 ref=1 and=25 end=q
         bank 053 i/1 in 40 CNY plain
         bank 053 i/2 in 40 CNY plain
         show M1",
        expect![[r#"
            k3: part, 990 to come
            k4: duplicate, not posted
            k5: duplicate, differs, not posted
            k6: part, 970 to come
            k7: duplicate, not posted
            k8: part, 949 to come
            k9: part, 929 to come
            k10: part, 899 to come
            k11: part, 869 to come
            k12: duplicate, not posted
            k13: duplicate, not posted
            k14: part, 839 to come
            k15: duplicate, not posted
            k16: duplicate, not posted
            k17: part, 824 to come
            k17: unknown-reference
            k18: duplicate, not posted
            k19: unknown-reference
            M1: Part, stays: due 1000 contingent 0 received 176 deferred 0 secured 0 CNY
        "#]],
    );
}

/// What the bank gives references of their own is two, whatever else is the same: an entry reference that
/// is always the same tells nothing apart.
#[test]
fn entries_with_references_of_their_own_are_two() {
    check(
        "charge M1 A00=1000 CNY
         ask 1 M1 1000 CNY
         bank 053 a/1 in 50 CNY ref=1 ntry=CH56 svcr=A
         bank 053 a/2 in 50 CNY ref=1 ntry=CH56 svcr=B
         bank 053 a/3 in 50 CNY ref=1 ntry=CH56 svcr=C
         bank 053 b/1 in 50 CNY ref=1 ntry=CH56 svcr=B
         bank 054 c/1 in 50 CNY ref=1 ntry=CH56
         show M1",
        expect![[r#"
            k3: part, 950 to come
            k4: part, 900 to come
            k5: part, 850 to come
            k6: duplicate, not posted
            k7: duplicate, not posted
            M1: Part, stays: due 1000 contingent 0 received 150 deferred 0 secured 0 CNY
        "#]],
    );
}

/// References of transactions tell entries apart as those of entries do, but not one from the other: a batch
/// with a reference of its own and the same batch by its transactions is one.
#[test]
fn transactions_with_references_of_their_own_are_two() {
    check(
        "charge M1 A00=2000 CNY
         ask 1 M1 2000 CNY
         bank 054 a/1 in 100 CNY ref=1 psvcr=X
         bank 053 b/1 in 100 CNY ref=1 psvcr=Y
         bank 053 b/2 in 100 CNY ref=1 psvcr=X
         bank 054 c/1 in 50 CNY ref=1 ntry=7 psvcr=P
         bank 054 c/2 in 50 CNY ref=1 ntry=7 psvcr=Q
         bank 054 d/1 in 30 CNY of=20 ref=1 psvcr=A and=10 psvcr=B
         bank 053 e/1 in 30 CNY of=20 ref=1 psvcr=C and=10 psvcr=D
         bank 053 e/2 in 30 CNY of=20 ref=1 psvcr=A and=10 psvcr=B
         bank 054 f/1 in 40 CNY of=30 ref=1 psvcr=F and=10 psvcr=G
         bank 053 g/1 in 40 CNY of=40 ref=1 svcr=H plain
         bank 054 h/1 in 60 CNY ref=1 psvcr=J
         bank 053 i/1 in 60 CNY ref=1 svcr=K
         bank 054 j/1 in 70 CNY of=40 ref=1 ntry=8 psvcr=L and=30 psvcr=M
         bank 053 k/1 in 70 CNY ref=1 ntry=8 psvcr=N
         show M1",
        expect![[r#"
            k3: part, 1900 to come
            k4: part, 1800 to come
            k5: duplicate, not posted
            k6: part, 1750 to come
            k7: part, 1700 to come
            k8: part, 1680 to come
            k8: unknown-reference
            k9: part, 1660 to come
            k9: unknown-reference
            k10: duplicate, not posted
            k10: duplicate, not posted
            k11: part, 1630 to come
            k11: unknown-reference
            k12: duplicate, not posted
            k13: part, 1570 to come
            k14: duplicate, not posted
            k15: part, 1530 to come
            k15: unknown-reference
            k16: duplicate, not posted
            M1: Part, stays: due 2000 contingent 0 received 470 deferred 0 secured 0 CNY
        "#]],
    );
}

/// Two alike payments in one copy are two, whether the original came or not.
#[test]
fn a_copy_tells_no_entry_twice() {
    check(
        "charge M1 A00=2000 CNY
         ask 1 M1 2000 CNY
         bank 054 a/1 in 50 CNY ref=1 copy
         bank 054 a/2 in 50 CNY ref=1 copy
         bank 054 b/1 in 50 CNY ref=1 copy
         bank 053 c/1 in 50 CNY ref=1
         bank 053 c/2 in 50 CNY ref=1
         bank 053 c/3 in 50 CNY ref=1
         bank 054 d/1 in 60 CNY ref=1
         bank 054 d/2 in 60 CNY ref=1
         bank 054 e/1 in 60 CNY ref=1 copy
         bank 054 e/2 in 60 CNY ref=1 copy
         bank 054 e/3 in 60 CNY ref=1 copy
         bank 054 d/7 in 60 CNY ref=1 copy
         bank 053 f/1 in 60 CNY ref=1 copy
         bank 053 f/2 in 60 CNY ref=1 copy
         show M1",
        expect![[r#"
            k3: part, 1950 to come
            k4: part, 1900 to come
            k5: duplicate, not posted
            k6: duplicate, not posted
            k7: duplicate, not posted
            k8: part, 1850 to come
            k9: part, 1790 to come
            k10: part, 1730 to come
            k11: duplicate, not posted
            k12: duplicate, not posted
            k13: part, 1670 to come
            k14: duplicate, not posted
            k15: duplicate, not posted
            k16: duplicate, not posted
            M1: Part, stays: due 2000 contingent 0 received 330 deferred 0 secured 0 CNY
        "#]],
    );
}

/// An older program kept what a bank writes where it has no reference: an entry of it is no other for that
/// than one with a reference.
#[test]
fn what_stands_where_there_is_no_reference_tells_nothing_apart() {
    check(
        "charge M1 A00=1000 CNY
         ask 1 M1 1000 CNY
         bank 054 a/1 in 50 CNY ref=1 svcr=NONREF
         bank 053 b/1 in 50 CNY ref=1 svcr=B1
         bank 053 b/2 in 50 CNY ref=1 svcr=B2
         bank 054 c/1 in 60 CNY ref=1 svcr=C1 ntry=7
         bank 054 d/1 in 60 CNY ref=1 svcr=notprovided ntry=7
         show M1",
        expect![[r#"
            k3: part, 950 to come
            k4: duplicate, not posted
            k5: part, 900 to come
            k6: part, 840 to come
            k7: duplicate, not posted
            M1: Part, stays: due 1000 contingent 0 received 160 deferred 0 secured 0 CNY
        "#]],
    );
}

/// What the bank takes back opens the debt again.
#[test]
fn a_reversal_of_the_bank_opens_the_debt_again() {
    check(
        "charge M1 A00=100 CNY
         ask 1 M1 100 CNY
         bank 054 a/1 in 60 CNY ref=1 svcr=X
         bank 054 a/2 in 40 CNY ref=1 svcr=Y
         show M1
         bank 053 b/1 out 40 CNY svcr=Y back
         bank 053 b/1 out 40 CNY svcr=Y back
         bank 053 c/7 out 40 CNY svcr=Y back
         show M1
         bank 053 b/2 out 60 CNY ref=1 back
         show M1
         bank 053 b/3 out 60 CNY ref=1 back
         bank 054 d/1 in 100 CNY ref=1
         bank 054 d/2 out 25 CNY ref=1 back
         show M1
         bank 054 d/3 in 5 CNY back
         bank 054 d/4 in 25 CNY
         assign M1 26 CNY
         assign M1 25 CNY
         show M1
         assign M1 1 CNY
         charge M2 A00=10 CNY
         limit D 10 CNY
         defer M2 D 10 CNY
         bank 054 e/1 in 30 CNY
         assign account:D 11 CNY
         assign account:D 10 CNY
         refund suspense:last R9 21 CNY
         refund suspense:last R9 20 CNY
         bank 054 e/2 out 20 CNY end=RX
         assign-refund R9 19 CNY
         assign-refund R9 20 CNY
         assign-refund R9 20 CNY",
        expect![[r#"
            k3: part, 40 to come
            k4: matched
            M1: Paid, goes: due 100 contingent 0 received 100 deferred 0 secured 0 CNY
            k6: reversed
            k7: duplicate, not posted
            k8: duplicate, not posted
            M1: Part, stays: due 100 contingent 0 received 60 deferred 0 secured 0 CNY
            k10: reversed
            M1: Open, stays: due 100 contingent 0 received 0 deferred 0 secured 0 CNY
            k12: reversed, not found
            k13: matched
            k14: reversed
            M1: Part, stays: due 100 contingent 0 received 75 deferred 0 secured 0 CNY
            k16: reversed, not found
            k17: unknown-reference
            k18: no, more-than-owed: at most 25 CNY
            M1: Paid, goes: due 100 contingent 0 received 100 deferred 0 secured 0 CNY
            k21: no, more-than-owed: at most 0 CNY
            k25: unknown-reference
            k26: no, more-than-owed: at most 10 CNY
            k28: no, more-than-held: at most 20 CNY
            k30: not-credit
            k31: no, more-than-held: at most 20 CNY
            k33: no, more-than-held: at most 0 CNY
        "#]],
    );
}

/// No posting can be made that is out of balance, and none that conjures money out of a debt.
#[test]
fn an_unbalanced_posting_cannot_be_made() {
    let day = Day::of(2026, 11, 26).unwrap();
    let m1 = debt("M1");
    let entry =
        |account: Account, amount: &str, c: &str| Entry { account, money: money(amount, c) };
    let make = |entries| Posting::new("k".parse().unwrap(), day, Reason::Payment, "", entries);
    let bank = || Account::Bank("ACC".parse().unwrap());
    let due = || Account::Due(m1.clone(), Token::lossy("A00"));
    let received = || Account::Received(m1.clone());
    assert_eq!(make(Vec::new()), Err(Unbalanced::Empty));
    let sum = make(vec![entry(bank(), "1", "CNY"), entry(received(), "-1.00001", "CNY")]);
    assert!(matches!(sum, Err(Unbalanced::Sum(..))), "{sum:?}");
    let sum = make(vec![entry(bank(), "1", "CNY"), entry(received(), "-1", "EUR")]);
    assert!(matches!(sum, Err(Unbalanced::Sum(..))), "{sum:?}");
    // It sums to zero, but not in the book of money.
    let sum = make(vec![entry(due(), "1", "CNY"), entry(received(), "-1", "CNY")]);
    assert!(matches!(sum, Err(Unbalanced::Sum(..))), "{sum:?}");
    let fine = make(vec![entry(bank(), "1", "CNY"), entry(received(), "-1.0", "CNY")]).unwrap();
    assert!(matches!(Ledger::default().apply(fine), Err(Refusal::NoSuchDebt(_))));
    for amount in ["0.000001", "1000000000000000000", "-1000000000000000000"] {
        let sum = make(vec![entry(bank(), amount, "CNY")]);
        assert!(matches!(sum, Err(Unbalanced::NotAnAmount(_))), "{sum:?}");
    }
    // Credit and suspense that are not there pay nothing.
    let mut ledger = House::run("charge M1 A00=5 CNY").ledger;
    for from in [
        Account::Credit("Trader".parse().unwrap()),
        Account::Suspense("s".parse().unwrap()),
        Account::Refund("r".parse().unwrap()),
        Account::DefermentPaid("d".parse().unwrap()),
    ] {
        let entries = vec![entry(from, "5", "CNY"), entry(received(), "-5", "CNY")];
        let key = "x".parse().unwrap();
        let posting = Posting::new(key, day, Reason::Assignment, "", entries).unwrap();
        assert!(matches!(ledger.apply(posting), Err(Refusal::MoreThanHeld(_))));
    }
    let entries = vec![entry(bank(), "5", "CNY"), entry(received(), "-5", "CNY")];
    let posting = Posting::new("x".parse().unwrap(), day, Reason::Assignment, "", entries).unwrap();
    assert_eq!(ledger.apply(posting), Err(Refusal::OnlyTheBank));
    assert_eq!(ledger.settled(&m1), Settled::Open);
}

/// What is owed is what an assessment says is payable; of what it could not tell nothing is charged.
#[test]
fn an_assessment_that_could_not_be_told_is_not_charged() {
    let line = |item, tax: &str, payable: &str, secured: &str| TaxLine {
        item,
        tax: Token::lossy(tax),
        base: None,
        percent: None,
        formula: String::new(),
        inputs: Vec::new(),
        base_terms: Vec::new(),
        exact: Decimal::ZERO,
        rounding: Rounding { digits: 2, mode: RoundingMode::HalfUp },
        assessed: Decimal::ZERO,
        deducted: Decimal::ZERO,
        secured: decimal(secured).unwrap(),
        payable: decimal(payable).unwrap(),
        relief: None,
        measure: Token::EMPTY,
        basis: String::new(),
        mark: String::new(),
    };
    let currency = "RUB".parse().unwrap();
    let mut assessment = Assessment::nothing(currency);
    assessment.lines =
        vec![line(1, "A00", "10.50", "0"), line(2, "A00", "1", "4"), line(2, "B00", "2", "0.5")];
    let by_hand = Charge::new(
        currency,
        [(Token::lossy("B00"), Decimal::TWO), (Token::lossy("A00"), decimal("11.5").unwrap())],
        decimal("4.5").unwrap(),
    );
    assert_eq!(Charge::of(&assessment), by_hand);
    assert_eq!(by_hand.unwrap().total(), decimal("13.5").unwrap());
    assessment.unknown.push(UnknownLine {
        item: 2,
        tax: Token::lossy("C00"),
        formula: String::new(),
        why: Unknown::NoValue,
        basis: String::new(),
        payable: false,
    });
    // What a relief takes away is nothing whatever it comes to.
    assert_eq!(Charge::of(&assessment).unwrap().total(), decimal("13.5").unwrap());
    assessment.unknown[0].payable = true;
    assert_eq!(Charge::of(&assessment), Err(Refusal::NotAssessed));
    // Where it is not collected the rest is charged; what was charged of it before is not less by that.
    let known = Charge::of_known(&assessment).unwrap();
    assert_eq!(known.total(), decimal("13.5").unwrap());
    let of = |text: &str| decimal(text).unwrap();
    let lines = [(Token::lossy("A00"), of("20")), (Token::lossy("C00"), of("5"))];
    let before = Charge::new(currency, lines, of("9")).unwrap();
    let debt = Debt { declaration: "M1".parse().unwrap(), debtor: "T".parse().unwrap() };
    let slip = |key: &str| Slip {
        key: key.parse().unwrap(),
        day: Day::of(2026, 11, 26).unwrap(),
        note: String::new(),
    };
    let mut ledger = Ledger::default();
    for (key, charge) in [("1", before), ("2", known)] {
        let posting = match key {
            "1" => ledger.charge(slip(key), &debt, &charge),
            _ => ledger.amend(slip(key), &debt, &charge),
        };
        ledger.apply(posting.unwrap()).unwrap();
    }
    let standing = ledger.standing(&debt).unwrap();
    assert_eq!((standing.due, standing.contingent), (of("18.5"), of("9")));
    // Where a cost lacks, what was computed is too little.
    let lack = UnknownLine { tax: Token::EMPTY, ..assessment.unknown[0].clone() };
    assessment.unknown.push(lack);
    assert_eq!(Charge::of_known(&assessment), Err(Refusal::NotAssessed));
    let less = Charge::new(currency, [(Token::lossy("A00"), Decimal::NEGATIVE_ONE)], Decimal::ZERO);
    assert_eq!(less, Err(Refusal::NotAnAmount(Decimal::NEGATIVE_ONE)));
}

/// Every debt of a declaration has to be settled, each in its own currency; money on somebody else's
/// account settles none.
#[test]
fn a_declaration_goes_when_all_who_owe_on_it_have_paid() {
    let mut house = House::run("charge M1 A00=5 CNY");
    let other = Debt { declaration: "M1".parse().unwrap(), debtor: "Agent".parse().unwrap() };
    let charge = Charge::new("RUB".parse().unwrap(), [(Token::EMPTY, Decimal::TEN)], Decimal::ZERO);
    let slip = Slip {
        key: "agent".parse().unwrap(),
        day: Day::of(2026, 11, 26).unwrap(),
        note: String::new(),
    };
    let posting = house.ledger.charge(slip, &other, &charge.unwrap()).unwrap();
    house.ledger.apply(posting).unwrap();
    house.line("k", &["charge", "M10", "A00=1", "CNY"]);
    let of: Vec<_> = house.ledger.debts_of(&other.declaration).map(|(d, _)| d.clone()).collect();
    assert_eq!(of, [other.clone(), debt("M1")]);
    let request = |number, debt: &Debt, money| {
        PaymentRequest::plain(reference(number), Payable::Debt(debt.clone()), money)
    };
    house.intake.ask(request(1, &debt("M1"), money("5", "CNY"))).unwrap();
    house.intake.ask(request(2, &other, money("10", "RUB"))).unwrap();
    let mut foreign = told(&["053", "x/1", "in", "5", "CNY", "ref=1"]);
    foreign.account = "THEIRS".parse().unwrap();
    let refused = house.intake.take(&mut house.ledger, &foreign);
    assert_eq!(refused, Err(Refusal::ForeignAccount(foreign.account.clone())));
    house.line("k", &["bank", "053", "a/1", "in", "5", "CNY", "ref=1"]);
    assert!(!house.ledger.releases(&other.declaration));
    house.line("k", &["bank", "053", "a/2", "in", "10", "RUB", "ref=2"]);
    assert!(house.ledger.releases(&other.declaration));
    assert!(!house.ledger.releases(&"M10".parse().unwrap()));
    assert!(!house.ledger.releases(&"M".parse().unwrap()));
    balanced(&house.ledger);
}

#[test]
fn accounts_and_reasons_come_back_from_the_columns_of_a_store() {
    let m1 = debt("M/1 号");
    let all = [
        Account::Due(m1.clone(), Token::lossy("A00")),
        Account::Revenue(Token::lossy("A00")),
        Account::Contingent(m1.clone()),
        Account::Contingents,
        Account::Bank("ACC".parse().unwrap()),
        Account::Received(m1.clone()),
        Account::DefermentPaid("D".parse().unwrap()),
        Account::Credit("Trader".parse().unwrap()),
        Account::Suspense("s".parse().unwrap()),
        Account::Refund("r".parse().unwrap()),
        Account::Deferment("D".parse().unwrap()),
        Account::Deferred(m1.clone(), "D".parse().unwrap()),
        Account::Used("G".parse().unwrap()),
        Account::Secured(m1, "G".parse().unwrap()),
        Account::Limit("D".parse().unwrap()),
        Account::Amount("G".parse().unwrap()),
        Account::Granted,
    ];
    let mut kinds = BTreeSet::new();
    for account in &all {
        let (kind, columns) = account.columns();
        assert!(kinds.insert(kind));
        assert_eq!(Account::of_columns(kind, columns).as_ref(), Some(account));
    }
    assert_eq!(Account::of_columns("granted", ["x", "", ""]), None);
    assert_eq!(Account::of_columns("bank", ["", "", ""]), None);
    assert_eq!(Account::of_columns("vault", ["a", "", ""]), None);
    for reason in Reason::ALL {
        assert_eq!(Reason::named(reason.name()), Some(reason));
    }
    for bad in ["", " a", "a\n", "a\u{7}b", &"x".repeat(501)] {
        assert!(bad.parse::<Key>().is_err(), "{bad:?}");
    }
}

/// Numbers by chance, the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

struct Chance {
    dice: Dice,
    ledger: Ledger,
    intake: Intake,
    currencies: [Currency; 4],
    /// What came and went at the bank, by currency.
    bank: BTreeMap<Currency, Decimal>,
    taken_back: BTreeSet<DefermentId>,
}

impl Chance {
    fn amount(&mut self) -> Decimal {
        Decimal::new(self.dice.roll(200_000) as i64, 2)
    }

    fn intent(&mut self, n: u64) -> Result<Posting, Refusal> {
        let fresh = self.dice.roll(10) > 0;
        let n = if fresh { n } else { n.saturating_sub(self.dice.roll(50)) };
        let slip = Slip {
            key: format!("i{n}").parse().unwrap(),
            day: Day::of(2026, 1, 1).unwrap(),
            note: String::new(),
        };
        let which = debt(&format!("M{}", self.dice.roll(500)));
        let known = self.ledger.standing(&which).map(|s| s.currency);
        let any = self.currencies[self.dice.roll(4) as usize];
        let currency = known.filter(|_| self.dice.roll(20) > 0).unwrap_or(any);
        let amount = self.amount();
        let money = Money { amount, currency };
        let deferment: DefermentId = format!("D{}", self.dice.roll(5)).parse().unwrap();
        let guarantee: GuaranteeId = format!("G{}", self.dice.roll(5)).parse().unwrap();
        let charge = Charge::new(
            currency,
            [(Token::lossy("A00"), amount), (Token::lossy("B00"), self.amount())],
            Decimal::new(self.dice.roll(2) as i64 * 500, 2),
        )?;
        let l = &self.ledger;
        match self.dice.roll(17) {
            0..=2 => l.charge(slip, &which, &charge),
            3 | 4 => l.amend(slip, &which, &charge),
            5 => l.cancel(slip, &which, Why::Cancellation),
            6 => l.limit(slip, &deferment, Money { amount: amount * Decimal::TEN, currency }),
            7 => l.guarantee(slip, &guarantee, Money { amount: amount * Decimal::TEN, currency }),
            8 => l.defer(slip, &which, &deferment, money),
            9 => l.undefer(slip, &which, &deferment, money),
            10 => l.secure(slip, &which, &guarantee, money),
            11 => l.release(slip, &which, &guarantee, money),
            12 => {
                let id = format!("R{n}").parse().unwrap();
                l.refund(slip, &Source::Debt(which), &id, money)
            }
            13 => l.credit(slip, &which),
            14 => l.use_credit(slip, &which, money),
            15 => {
                let of = format!("i{}", n.saturating_sub(self.dice.roll(200))).parse().unwrap();
                l.reverse(slip, &of, Why::Appeal)
            }
            _ => l.cancel(slip, &which, Why::Appeal),
        }
    }

    fn entry(&mut self, n: u64) -> BankEntry {
        let n = n.saturating_sub(self.dice.roll(3));
        let number = self.dice.roll(600);
        let any = self.currencies[self.dice.roll(4) as usize];
        let asked = self.intake.request(&reference(number)).map(|(r, _)| r.money);
        let asked = asked.filter(|_| self.dice.roll(4) > 0);
        let amount = self.amount() + Decimal::new(1, 2);
        let money = asked.unwrap_or(Money { amount, currency: any });
        let kind = if self.dice.roll(2) > 0 { "054" } else { "053" };
        let way = if self.dice.roll(5) > 0 { "in" } else { "out" };
        let mut entry = told(&[
            kind,
            &format!("m{n}/1"),
            way,
            &money.amount.to_string(),
            money.currency.as_str(),
            &format!("ref={number}"),
        ]);
        entry.reversal = self.dice.roll(8) == 0;
        if self.dice.roll(6) == 0 {
            entry.status = Status::Pending;
        }
        if self.dice.roll(3) == 0 {
            entry.servicer_reference = format!("X{}", n / 2);
        }
        entry
    }

    fn bank(&mut self, n: u64) {
        let entry = self.entry(n);
        let before: Vec<_> = [&entry.money.currency].map(|c| self.at_bank(*c)).to_vec();
        let taken = self.intake.take(&mut self.ledger, &entry).unwrap();
        let posted = taken[0].posted.is_some();
        let sign = if entry.side == Side::Credit { Decimal::ONE } else { -Decimal::ONE };
        let moved = if posted { entry.money.amount * sign } else { Decimal::ZERO };
        assert_eq!(self.at_bank(entry.money.currency), before[0] + moved);
        *self.bank.entry(entry.money.currency).or_default() += moved;
        let said = taken[0].outcome.text();
        assert!(!said.en.is_empty() && !said.zh.is_empty() && !said.ru.is_empty());
        if let (Some(key), Outcome::Reversed { .. }) = (&taken[0].posted, taken[0].outcome) {
            for e in self.ledger.posting(key).unwrap().entries() {
                if let Account::DefermentPaid(id) = &e.account {
                    self.taken_back.insert(id.clone());
                }
            }
        }
    }

    /// No intent takes a deferment account beyond its limit, whatever the bank took back before.
    fn within_limits(&self, entries: &[Entry]) {
        for Entry { account, money } in entries {
            let (id, worse) = match account {
                Account::Deferment(id) => (id, money.amount > Decimal::ZERO),
                Account::Limit(id) => (id, money.amount < Decimal::ZERO),
                _ => continue,
            };
            let limit = self.ledger.balance(&Account::Limit(id.clone()), money.currency);
            assert!(!worse || self.ledger.owed(id, money.currency) <= limit, "{id}");
        }
    }

    fn at_bank(&self, currency: Currency) -> Decimal {
        self.ledger.balance(&Account::Bank("ACC".parse().unwrap()), currency)
    }

    /// What holds of the whole ledger.
    fn holds(&self) {
        balanced(&self.ledger);
        let mut paid: BTreeMap<&Debt, Decimal> = BTreeMap::new();
        for posting in self.ledger.postings() {
            for entry in posting.entries() {
                if let Account::Received(debt) = &entry.account {
                    *paid.entry(debt).or_default() -= entry.money.amount;
                }
            }
        }
        for currency in self.currencies {
            assert_eq!(
                self.at_bank(currency),
                self.bank.get(&currency).copied().unwrap_or_default()
            );
            for n in 0..5 {
                let deferment: DefermentId = format!("D{n}").parse().unwrap();
                let limit = self.ledger.balance(&Account::Limit(deferment.clone()), currency);
                let owed = self.ledger.owed(&deferment, currency);
                assert!(owed <= limit || self.taken_back.contains(&deferment), "{deferment}");
                let guarantee: GuaranteeId = format!("G{n}").parse().unwrap();
                assert!(self.ledger.free(&guarantee, currency) >= Decimal::ZERO, "{guarantee}");
            }
        }
        for n in 0..500 {
            let which = debt(&format!("M{n}"));
            let Some(s) = self.ledger.standing(&which) else { continue };
            assert_eq!(s.received, paid.get(&which).copied().unwrap_or_default());
            assert!(s.due >= Decimal::ZERO && s.deferred >= Decimal::ZERO);
            let covered = s.received + s.deferred + s.secured;
            if s.settled().releases() {
                assert!(covered >= s.due + s.contingent, "{which:?} {s:?}");
            }
        }
    }
}

/// 10^5 operations by chance: sums stay zero, limits stay kept, money at the bank is what the bank told.
#[test]
fn a_hundred_thousand_operations_keep_the_sum_zero_and_every_limit() {
    let began = Instant::now();
    let mut chance = Chance {
        dice: Dice(0x9e37_79b9_7f4a_7c15),
        ledger: Ledger::default(),
        intake: Intake::of(["ACC".parse().unwrap()]),
        currencies: ["CNY", "RUB", "EUR", "KWD"].map(|c| c.parse().unwrap()),
        bank: BTreeMap::new(),
        taken_back: BTreeSet::new(),
    };
    let (mut done, mut refused) = (0u32, BTreeMap::<&str, u32>::new());
    for n in 0..100_000u64 {
        match chance.dice.roll(10) {
            0 => {
                let number = chance.dice.roll(600);
                let which = debt(&format!("M{}", chance.dice.roll(500)));
                let Some(s) = chance.ledger.standing(&which) else { continue };
                let amount = s.outstanding().max(Decimal::ONE);
                let money = Money { amount, currency: s.currency };
                let payable = match chance.dice.roll(5) {
                    0 => Payable::Deferment(format!("D{}", number % 5).parse().unwrap()),
                    _ => Payable::Debt(which),
                };
                let request = PaymentRequest::plain(reference(number), payable, money);
                let _ = chance.intake.ask(request);
            }
            1..=4 => chance.bank(n),
            _ => match chance.intent(n) {
                Ok(posting) => {
                    let again = (n % 8 == 0).then(|| posting.clone());
                    let entries = posting.entries().to_vec();
                    chance.ledger.apply(posting).unwrap();
                    chance.within_limits(&entries);
                    if let Some(again) = again {
                        assert_eq!(chance.ledger.apply(again), Ok(Applied::Repeated));
                    }
                    done += 1;
                }
                Err(refusal) => {
                    let said = refusal.text();
                    assert!(![&said.en, &said.zh, &said.ru].iter().any(|t| t.contains("{}")));
                    *refused.entry(refusal.name()).or_default() += 1;
                }
            },
        }
        if n % 40_000 == 0 {
            chance.holds();
        }
    }
    chance.holds();
    let again = Ledger::fold(chance.ledger.postings().cloned()).unwrap();
    assert!(again.balances().eq(chance.ledger.balances()));
    println!("{done} intents posted, refused: {refused:?}, {:?}", began.elapsed());
    assert!(done > 8_000 && refused.len() > 10, "{done} {refused:?}");
}

/// A ledger that holds only what is at hand, beside one that holds everything.
struct Desk {
    hand: Ledger,
    /// Postings that were kept, as a store has them.
    rows: Vec<Posting>,
    /// Those of the jobs that are not kept yet.
    new: Vec<Posting>,
    told: Sums,
}

impl Desk {
    fn apply(&mut self, posting: &Posting) {
        let rows = || self.rows.iter().chain(&self.new);
        let declarations: BTreeSet<_> = posting
            .entries()
            .iter()
            .filter_map(|e| Some(e.account.debt()?.declaration.clone()))
            .collect();
        for declaration in declarations {
            let refused = self.hand.has_at_hand(&declaration).then_some(());
            if refused.is_none() {
                let refusal = self.hand.apply(posting.clone());
                assert!(
                    matches!(refusal, Err(Refusal::NotAtHand(_) | Refusal::NoSuchPosting(_))),
                    "{refusal:?}"
                );
            }
            let touches = |p: &&Posting| {
                let mut debts = p.entries().iter().filter_map(|e| e.account.debt());
                debts.any(|d| d.declaration == declaration)
            };
            self.hand.recall(&declaration, rows().filter(touches).cloned().collect::<Vec<_>>());
        }
        if let Some(of) = posting.reverses()
            && self.hand.posting(of).is_none()
        {
            let by = rows().find(|p| p.reverses() == Some(of)).map(|p| p.key().clone());
            let of = rows().find(|p| p.key() == of).unwrap().clone();
            self.hand.recall_posting(of, by);
        }
        assert_eq!(self.hand.apply(posting.clone()), Ok(Applied::New), "{posting:?}");
    }
}

/// Jobs by chance, some of them undone and some whole commits lost: what is left is what a fresh fold of the
/// kept postings is, where everything is held as where only sums are.
#[test]
fn what_is_undone_leaves_nothing_behind() {
    let mut chance = Chance {
        dice: Dice(0x51_7cc1_b727_220a),
        ledger: Ledger::default().journaled(),
        intake: Intake::of(["ACC".parse().unwrap()]),
        currencies: ["CNY", "RUB", "EUR", "KWD"].map(|c| c.parse().unwrap()),
        bank: BTreeMap::new(),
        taken_back: BTreeSet::new(),
    };
    let mut desk = Desk {
        hand: Ledger::of_sums(Sums::default()),
        rows: Vec::new(),
        new: Vec::new(),
        told: Sums::default(),
    };
    let mut n = 0;
    let (mut kept, mut undone, mut lost) = (0, 0, 0);
    for _ in 0..1_000 {
        let (batch, batch_hand) = (chance.ledger.mark(), desk.hand.mark());
        let asked_before = chance.intake.clone();
        for _ in 0..=chance.dice.roll(4) {
            let (mark, mark_hand) = (chance.ledger.mark(), desk.hand.mark());
            let (intake, bank) = (chance.intake.clone(), chance.bank.clone());
            let taken = chance.ledger.taken();
            for _ in 0..=chance.dice.roll(3) {
                n += 1;
                match chance.dice.roll(4) {
                    0 => chance.bank(n),
                    1 => {
                        let which = debt(&format!("M{}", chance.dice.roll(500)));
                        let Some(s) = chance.ledger.standing(&which) else { continue };
                        let amount = s.outstanding().max(Decimal::ONE);
                        let money = Money { amount, currency: s.currency };
                        let number = reference(chance.dice.roll(600));
                        let request = PaymentRequest::plain(number, Payable::Debt(which), money);
                        let _ = chance.intake.ask(request);
                    }
                    _ => {
                        if let Ok(posting) = chance.intent(n) {
                            chance.ledger.apply(posting).unwrap();
                        }
                    }
                }
            }
            let new: Vec<Posting> = chance.ledger.since(taken).cloned().collect();
            for posting in &new {
                desk.apply(posting);
            }
            if chance.dice.roll(3) == 0 {
                chance.ledger.undo(mark);
                desk.hand.undo(mark_hand);
                (chance.intake, chance.bank) = (intake, bank);
                undone += 1;
            } else {
                desk.new.extend(new);
                kept += 1;
            }
            desk.hand.put_away();
        }
        if chance.dice.roll(10) == 0 {
            chance.ledger.undo(batch);
            chance.intake = asked_before;
            desk.hand.undo(batch_hand);
            desk.hand.put_away();
            desk.new.clear();
            lost += 1;
        } else {
            drop(chance.ledger.keep());
            for change in desk.hand.keep() {
                desk.told.change(change);
            }
            let new = std::mem::take(&mut desk.new);
            desk.rows.extend(new);
        }
        assert_eq!(desk.hand.sums(), &desk.told);
    }
    let fresh = Ledger::fold(desk.rows.iter().cloned()).unwrap();
    balanced(&fresh);
    assert!(fresh.postings().eq(chance.ledger.postings()));
    assert!(fresh.debts().eq(chance.ledger.debts()));
    let mut sums = fresh.sums().clone();
    sums.tidy();
    assert_eq!(sums, desk.told);
    assert!(
        kept > 1_000 && undone > 500 && lost > 50 && desk.rows.len() > 1_000,
        "{kept} {undone}"
    );
}

/// Pages of a statement share its id and begin to count anew; entries of a bank with references of their
/// own are two.
#[test]
fn a_statement_in_pages_is_told_from_the_same_statement_again() {
    check(
        "charge M1 A00=1000 CNY
         ask 1 M1 1000 CNY
         bank 053 a/1 in 20 CNY ref=1 page=1
         bank 053 a/1 in 20 CNY ref=1 page=2
         bank 053 a/1 in 20 CNY ref=1 page=2
         bank 053 b/1 in 20 CNY ref=1 page=2 of-statement=Sa
         bank 053 c/1 in 50 CNY ref=1 svcr=X of-statement=T
         bank 053 d/1 in 50 CNY ref=1 svcr=Y of-statement=T
         bank 053 d/1 in 50 CNY ref=1 svcr=Z of-statement=T
         bank 053 e/1 in 5 CNY ref=1
         bank 053 e/1 in 5 CNY ref=1 page=1
         bank 053 e/1 in 5 CNY ref=1 page=2
         show M1",
        expect![[r#"
            k3: part, 980 to come
            k4: part, 960 to come
            k5: duplicate, not posted
            k6: duplicate, not posted
            k7: part, 910 to come
            k8: part, 860 to come
            k9: duplicate, differs, not posted
            k10: part, 855 to come
            k11: duplicate, not posted
            k12: part, 850 to come
            M1: Part, stays: due 1000 contingent 0 received 150 deferred 0 secured 0 CNY
        "#]],
    );
}

/// What the bank takes back that was given back already is owed, and stands in the sums.
#[test]
fn a_payment_taken_back_after_its_refund_is_owed() {
    let input = "charge M1 A00=100 CNY
         ask 1 M1 100 CNY
         bank 054 a/1 in 100 CNY ref=1 svcr=X
         cancel M1 cancelled
         refund M1 R1 100 CNY
         bank 054 a/2 out 100 CNY end=R1 svcr=Y
         show M1
         bank 054 b/1 out 100 CNY svcr=X back
         show M1";
    check(
        input,
        expect![[r#"
            k3: matched
            k6: refund-paid
            M1: Paid, goes: due 0 contingent 0 received 0 deferred 0 secured 0 CNY
            k8: reversed
            M1: Open, stays: due 0 contingent 0 received -100 deferred 0 secured 0 CNY
        "#]],
    );
    let house = House::run(input);
    let totals: Vec<_> = house.ledger.sums().totals().map(|(_, t)| (t.debts, t.paid)).collect();
    assert_eq!(totals, [(1, 0)]);
}

/// Amounts at the smallest unit of a currency, whatever its digits; one digit less is not enough.
#[test]
fn the_smallest_unit_of_each_currency_counts() {
    for (currency, digits, owed, less) in [
        ("JPY", 0, "1234", "1233"),
        ("CNY", 2, "1234.56", "1234.55"),
        ("KWD", 3, "1234.567", "1234.566"),
        ("CLF", 4, "1234.5678", "1234.5677"),
    ] {
        assert_eq!(currency.parse::<Currency>().unwrap().minor_digits(), digits);
        let run = |paid: &str| {
            House::run(&format!(
                "charge M1 A00={owed} {currency}
                 ask 1 M1 {owed} {currency}
                 bank 054 a/1 in {paid} {currency} ref=1"
            ))
        };
        assert_eq!(run(owed).ledger.settled(&debt("M1")), Settled::Paid);
        let mut house = run(less);
        assert_eq!(house.ledger.settled(&debt("M1")), Settled::Part);
        let rest = decimal(owed).unwrap() - decimal(less).unwrap();
        house.line("k", &["bank", "054", "a/2", "in", &rest.to_string(), currency, "ref=1"]);
        assert_eq!(house.ledger.settled(&debt("M1")), Settled::Paid);
        assert!(house.out.ends_with("matched\n"), "{}", house.out);
    }
}
