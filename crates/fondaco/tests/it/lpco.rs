//! Documents of the register: their life, whether one shown is good, and that none is overdrawn.

use std::collections::BTreeMap;

use fondaco::allotment::nothing_drawn;
use fondaco::condition::Condition;
use fondaco::day::Validity;
use fondaco::declaration::{Declaration, Document as Shown, Item};
use fondaco::lpco::{
    Act, Checked, Document, Doubt, Line, Looked, NotDone, Record, Standing, Take, Terms, Untold,
    Used, next, uncounted,
};
use fondaco::measure::Selection;
use fondaco::money::{Decimal, Money};
use fondaco::quantity::{Quantity, UnitRow, Units};
use fondaco::reference::{LpcoKind, Pack, RequirementRule, Requirements};
use fondaco::requirement::Settlement;
use fondaco::token::Token;
use fondaco::walk::{Known, Opinion, consider};
use proptest::prelude::*;

use super::{currency, day, declaration, item, measure, pack, said, t};

fn kilograms(value: i64) -> Option<Quantity> {
    Some(Quantity { value: Decimal::from(value), unit: t("KGM") })
}

fn line(codes: &[&str], quantity: Option<Quantity>) -> Line {
    Line { codes: codes.iter().map(|c| t(c)).collect(), quantity, value: None }
}

/// A licence for timber of importer GB1: a hundred kilograms.
fn terms() -> Terms {
    Terms { holder: "GB1".into(), lines: vec![line(&["4407"], kilograms(100))], ..Terms::default() }
}

#[test]
fn a_document_is_what_its_acts_make_it() {
    let smaller = Terms { lines: vec![line(&["4407"], kilograms(50))], ..terms() };
    let other_unit = Terms {
        lines: vec![line(&[], Some(Quantity { value: Decimal::from(900), unit: t("NMB") }))],
        ..terms()
    };
    let check = |acts: &[Act], used: i64, wanted: Result<Standing, NotDone>| {
        let used = [Used { quantity: Decimal::from(used), value: Decimal::ZERO }];
        let mut document = None;
        for (n, act) in acts.iter().enumerate() {
            match next(document.clone(), act, &used) {
                Ok(after) => document = Some(after),
                Err(why) => {
                    assert_eq!((n, Err(why)), (acts.len() - 1, wanted), "{acts:?}");
                    let text = why.text();
                    assert!(![text.en, text.zh, text.ru].iter().any(String::is_empty));
                    return;
                }
            }
        }
        assert_eq!(Ok(document.unwrap().standing), wanted, "{acts:?}");
    };
    let issue = || Act::Issue(terms());
    check(&[issue()], 0, Ok(Standing::Active));
    check(&[Act::Suspend], 0, Err(NotDone::NotIssued));
    check(&[issue(), issue()], 0, Err(NotDone::Issued));
    check(&[issue(), Act::Suspend], 0, Ok(Standing::Suspended));
    check(&[issue(), Act::Suspend, Act::Suspend], 0, Err(NotDone::Suspended));
    check(&[issue(), Act::Resume], 0, Err(NotDone::NotSuspended));
    check(&[issue(), Act::Suspend, Act::Resume], 0, Ok(Standing::Active));
    check(&[issue(), Act::Suspend, Act::Revoke], 0, Ok(Standing::Revoked));
    check(&[issue(), Act::Revoke, Act::Resume], 0, Err(NotDone::Revoked));
    check(&[issue(), Act::Revoke, Act::Amend(terms())], 0, Err(NotDone::Revoked));
    check(&[issue(), Act::Revoke, issue()], 0, Err(NotDone::Issued));
    check(&[issue(), Act::Suspend, Act::Amend(smaller.clone())], 50, Ok(Standing::Suspended));
    check(&[issue(), Act::Amend(smaller)], 51, Err(NotDone::BelowUsed));
    check(&[issue(), Act::Amend(other_unit.clone())], 1, Err(NotDone::BelowUsed));
    check(&[issue(), Act::Amend(other_unit)], 0, Ok(Standing::Active));
    check(&[issue(), Act::Amend(Terms::default())], 1, Err(NotDone::BelowUsed));
    let unfit = |change: fn(&mut Terms), field| {
        let mut terms = terms();
        change(&mut terms);
        check(&[Act::Issue(terms)], 0, Err(NotDone::Unfit(field)));
    };
    unfit(|t| t.lines[0].quantity = kilograms(0), "quantity");
    unfit(|t| t.lines[0].codes = vec![Token::lossy("44x")], "codes");
    unfit(
        |t| t.lines[0].value = Some(Money { amount: Decimal::from(-1), currency: currency("GBP") }),
        "value",
    );
    unfit(
        |t| {
            t.validity =
                Validity { from: "2027-01-01".parse().ok(), until: "2026-01-01".parse().ok() }
        },
        "until",
    );
    unfit(|t| t.lines = vec![Line::default(); 1000], "lines");
}

/// Documents by type and number.
#[derive(Default)]
struct Register(BTreeMap<(Token, String), Record>);

impl Looked for Register {
    fn document(&self, kind: Token, number: &str) -> Option<Record> {
        self.0.get(&(kind, number.to_owned())).cloned()
    }

    fn held(&self, kind: Token, holder: &str) -> Vec<Record> {
        let all =
            self.0.iter().filter(|((k, _), r)| *k == kind && r.document.terms.holder == holder);
        all.map(|(_, r)| r.clone()).collect()
    }
}

fn register(number: &str, change: impl FnOnce(&mut Record)) -> Register {
    let document = Document { terms: terms(), standing: Standing::Active };
    let mut record = Record { document, used: Vec::new(), in_use: false };
    change(&mut record);
    Register(BTreeMap::from([((t("L1"), number.to_owned()), record)]))
}

/// Timber wants licence L1, which the register keeps; X1 satisfies it, too, and is not kept.
fn world() -> Pack {
    let mut pack = pack(vec![measure("4407", "A00", "10%")]);
    pack.lpcos = vec![LpcoKind {
        document: t("L1"),
        issuer: t("forest"),
        kept: true,
        by_quantity: true,
        by_value: false,
        illustrative: false,
        name: said("licence"),
        operators: false,
        basis: "law".into(),
        validity: Validity::ALWAYS,
    }];
    let rule = RequirementRule {
        decides: None,
        id: "q".into(),
        kind: t("licence"),
        agency: said("agency"),
        codes: vec![t("4407")],
        direction: None,
        origin: Selection::default(),
        when: Condition::ALWAYS,
        documents: vec![t("L1"), t("X1")],
        text: said("a licence"),
        basis: "law".into(),
        write_off: t("quantity"),
        days: None,
        cost: String::new(),
        without: None,
        illustrative: false,
        validity: Validity::ALWAYS,
    };
    pack.requirements = Requirements::new(vec![rule]);
    let row =
        |unit, factor| UnitRow { unit: t(unit), base: t("KGM"), factor: Decimal::from(factor) };
    pack.units = Units::new(vec![row("KGM", 1), row("TNE", 1000)], Vec::new());
    pack
}

fn licence(number: &str) -> Shown {
    Shown { code: t("L1"), id: number.into(), ..Shown::default() }
}

/// Items of so many kilograms, each with these documents.
fn timber(masses: &[i64], documents: &[Shown]) -> Declaration {
    let items = masses.iter().enumerate().map(|(n, mass)| {
        let mut item = item(n as u32 + 1);
        item.code = t("44071110");
        item.net_mass = Some(Decimal::from(*mass));
        item.price = Some(Money { amount: Decimal::from(*mass), currency: currency("GBP") });
        item.documents = documents.to_vec();
        item
    });
    declaration(items.collect(), Vec::new())
}

fn opinion<'a>(pack: &'a Pack, declared: &Declaration, looked: &Register) -> Opinion<'a> {
    let drawn = |quota: &fondaco::quota::Quota| nothing_drawn(quota);
    consider(declared, pack.on(day()), 9_999, Known { looked, ..Known::from(&drawn) })
}

fn outcomes(opinion: &Opinion<'_>) -> Vec<Result<i64, &'static str>> {
    let one = |c: &Checked| match c.outcome {
        Ok(take) => Ok(take.quantity.map_or(0, |q| q.try_into().unwrap())),
        Err(doubt) => Err(doubt.name()),
    };
    opinion.checked.iter().map(one).collect()
}

#[test]
fn a_document_shown_is_good_or_it_is_said_why_not() {
    let pack = world();
    let check = |change: &dyn Fn(&mut Record), doubt: Option<Doubt>| {
        let declared = timber(&[40], &[licence("7")]);
        let opinion = opinion(&pack, &declared, &register("7", change));
        let settled = &opinion.settled[0];
        match doubt {
            None => {
                assert_eq!(outcomes(&opinion), [Ok(40)]);
                assert_eq!((settled.settlement, &*settled.document), (Settlement::Met, "7"));
                assert!(opinion.decision.reasons.iter().all(|r| r.code != "document"));
            }
            Some(doubt) => {
                assert_eq!(outcomes(&opinion), [Err(doubt.name())]);
                let wanted = match doubt {
                    Doubt::NotChecked(_) => Settlement::Unknown,
                    _ => Settlement::Missing,
                };
                assert_eq!(settled.settlement, wanted, "{doubt:?}");
                assert_eq!(settled.doubt, Some(("7".to_owned(), doubt)));
                let reason =
                    opinion.decision.reasons.iter().find(|r| r.code == "document").unwrap();
                let texts = [&reason.text.en, &reason.text.zh, &reason.text.ru];
                assert!(texts.iter().all(|text| text.contains('7')), "{texts:?}");
            }
        }
    };
    let day = |text: &str| text.parse().ok();
    check(&|_| {}, None);
    check(&|r| r.document.terms.holder.clear(), None);
    check(&|r| r.document.standing = Standing::Suspended, Some(Doubt::Suspended));
    check(&|r| r.document.standing = Standing::Revoked, Some(Doubt::Revoked));
    check(&|r| r.document.terms.validity.from = day("2026-11-24"), Some(Doubt::NotYet));
    check(&|r| r.document.terms.validity.from = day("2026-11-23"), None);
    check(&|r| r.document.terms.validity.until = day("2026-11-22"), Some(Doubt::Expired));
    check(&|r| r.document.terms.validity.until = day("2026-11-23"), None);
    check(&|r| r.document.terms.holder = "GB2".into(), Some(Doubt::OtherHolder));
    check(&|r| r.document.terms.lines[0].codes = vec![t("4408")], Some(Doubt::OtherGoods));
    check(&|r| r.document.terms.origin = t("RU"), None);
    check(&|r| r.document.terms.origin = t("FI"), Some(Doubt::OtherCountry));
    check(&|r| r.document.terms.destination = t("FI"), Some(Doubt::OtherCountry));
    let used = |n| vec![Used { quantity: Decimal::from(n), value: Decimal::ZERO }];
    check(&move |r| r.used = used(60), None);
    check(&move |r| r.used = used(61), Some(Doubt::Exhausted));
    check(&|r| r.in_use = true, None);
    check(&|r| (r.in_use, r.document.terms.once) = (true, true), Some(Doubt::UsedBefore));
    let unit =
        |r: &mut Record| r.document.terms.lines[0].quantity.as_mut().unwrap().unit = t("NMB");
    check(&unit, Some(Doubt::NotChecked(Untold::Quantity)));
    let money =
        |amount, of: &str| Some(Money { amount: Decimal::from(amount), currency: currency(of) });
    check(&move |r| r.document.terms.lines[0].value = money(40, "GBP"), None);
    check(&move |r| r.document.terms.lines[0].value = money(39, "GBP"), Some(Doubt::Exhausted));
    check(
        &move |r| r.document.terms.lines[0].value = money(9, "XAF"),
        Some(Doubt::NotChecked(Untold::Value)),
    );
}

#[test]
fn a_document_counts_what_its_type_is_counted_by() {
    let money = Some(Money { amount: Decimal::from(9), currency: currency("GBP") });
    let check = |lines: &[(bool, bool)], change: fn(&mut LpcoKind), wanted: Option<&str>| {
        let mut kind = world().lpcos.remove(0);
        change(&mut kind);
        let line = |(quantity, value): &(bool, bool)| Line {
            codes: vec![t("4407")],
            quantity: kilograms(1).filter(|_| *quantity),
            value: money.filter(|_| *value),
        };
        let terms = Terms { lines: lines.iter().map(line).collect(), ..Terms::default() };
        assert_eq!(uncounted(&kind, &terms), wanted, "{lines:?}");
    };
    check(&[(true, false)], |_| {}, None);
    check(&[], |_| {}, Some("lines"));
    check(&[(true, false), (false, true)], |_| {}, Some("quantity"));
    check(&[(true, false)], |k| k.by_value = true, Some("value"));
    check(&[(true, true)], |k| k.by_value = true, None);
    check(&[], |k| k.illustrative = true, None);
    check(&[], |k| k.by_quantity = false, None);
}

#[test]
fn nothing_is_said_of_what_the_register_does_not_keep() {
    let mut pack = world();
    // Known, and not kept by this house.
    pack.lpcos[0].kept = false;
    let found = opinion(&pack, &timber(&[40], &[licence("8")]), &Register::default());
    assert_eq!((outcomes(&found), found.settled[0].settlement), (vec![], Settlement::Met));
    pack.lpcos[0].kept = true;
    let other = Shown { code: t("X1"), id: "9".into(), ..Shown::default() };
    // Not kept: the number is taken as it is shown.
    let found = opinion(&pack, &timber(&[40], std::slice::from_ref(&other)), &Register::default());
    assert_eq!((outcomes(&found), found.settled[0].settlement), (vec![], Settlement::Met));
    // Kept and not there: it does not satisfy, and is said.
    let found = opinion(&pack, &timber(&[40], &[licence("8")]), &Register::default());
    assert_eq!(outcomes(&found), [Err("not-found")]);
    assert_eq!(found.settled[0].settlement, Settlement::Missing);
    // The other does, but the bad one is looked at all the same.
    let both = timber(&[40], &[licence("8"), other]);
    let found = opinion(&pack, &both, &Register::default());
    assert_eq!(found.settled[0].settlement, Settlement::Met);
    assert!(found.decision.reasons.iter().any(|r| r.code == "document"));
    // Before the register keeps them nothing is claimed.
    pack.lpcos[0].validity.from = "2026-11-24".parse().ok();
    let found = opinion(&pack, &timber(&[40], &[licence("8")]), &Register::default());
    assert_eq!((outcomes(&found), found.settled[0].settlement), (vec![], Settlement::Met));
}

#[test]
fn items_take_one_after_the_other_and_documents_may_share_the_goods() {
    let pack = world();
    let good = register("7", |_| {});
    let check =
        |declared: &Declaration, looked: &Register, wanted: &[Result<i64, &'static str>]| {
            assert_eq!(outcomes(&opinion(&pack, declared, looked)), wanted);
        };
    check(&timber(&[60, 50, 40], &[licence("7")]), &good, &[Ok(60), Err("exhausted"), Ok(40)]);
    check(&timber(&[60], &[part("7", 60, "KGM")]), &good, &[Ok(60)]);
    check(&timber(&[60], &[part("7", 60, "")]), &good, &[Ok(60)]);
    check(&timber(&[60], &[part("7", 1, "KGM")]), &good, &[Err("writes-off-too-little")]);
    check(&timber(&[60], &[part("7", 1, "TNE")]), &good, &[Err("exhausted")]);
    check(&timber(&[60], &[part("7", 9, "NMB")]), &good, &[Err("writes-off-too-little")]);
    // Stated of goods of which nobody knows how many there are: nothing to hold it against.
    let mut unknown = timber(&[60], &[part("7", 60, "KGM")]);
    unknown.items[0].net_mass = None;
    check(&unknown, &good, &[Err("not-checked")]);
    let priced = register("7", |r| {
        r.document.terms.lines[0].quantity = None;
        r.document.terms.lines[0].value =
            Some(Money { amount: Decimal::from(100), currency: currency("GBP") });
    });
    let worth = |value: i64| Shown {
        written_off_value: Some(Money { amount: Decimal::from(value), currency: currency("GBP") }),
        ..licence("7")
    };
    let values = |declared: &Declaration| -> Vec<Result<Option<Decimal>, &'static str>> {
        let found = opinion(&pack, declared, &priced);
        let of = |c: &Checked| c.outcome.map(|t| t.value).map_err(Doubt::name);
        found.checked.iter().map(of).collect()
    };
    let mut one = timber(&[60], &[worth(99)]);
    let price = one.items[0].price.unwrap();
    assert_eq!(values(&one), [Ok(Some(Decimal::from(99)))]);
    one.items[0].price = None;
    assert_eq!(values(&one), [Err("not-checked")]);
    one.items[0].price = Some(Money { currency: currency("XAF"), ..price });
    assert_eq!(values(&one), [Err("not-checked")]);
    let mut two = register("7", |_| {});
    two.0.extend(register("8", |r| r.document.terms.lines[0].quantity = kilograms(30)).0);
    let shared = [part("7", 80, "KGM"), part("8", 30, "KGM")];
    check(&timber(&[110], &shared), &two, &[Ok(80), Ok(30)]);
    // Where one of two is not good, what wants them is not met.
    let one = opinion(&pack, &timber(&[110], &shared), &good);
    assert_eq!(outcomes(&one), [Ok(80), Err("not-found")]);
    assert_eq!(one.settled[0].settlement, Settlement::Missing);
    // A document of the declaration is for the items it fits.
    let mut header = timber(&[60, 50], &[]);
    header.documents = vec![licence("7")];
    header.items[1].code = t("85171300");
    check(&header, &good, &[Ok(60)]);
    header.items[0].code = t("85171300");
    check(&header, &good, &[Err("other-goods"), Err("other-goods")]);
    // What is stated with it is for all of these together, by how much each is.
    let stated = |masses: &[i64], value: i64| {
        let documents = vec![part("7", value, "KGM")];
        Declaration { documents, ..timber(masses, &[]) }
    };
    check(&stated(&[60, 30], 90), &good, &[Ok(60), Ok(30)]);
    check(&stated(&[60, 30], 99), &good, &[Ok(66), Ok(33)]);
    check(&stated(&[60, 30], 89), &good, &[Err("writes-off-too-little"); 2]);
    let thirds = opinion(&pack, &stated(&[30, 30, 30], 100), &good);
    let taken = thirds.checked.iter().map(|c| c.outcome.unwrap().quantity.unwrap());
    assert_eq!(taken.sum::<Decimal>(), Decimal::from(100));
    let mut apart = stated(&[60, 30], 60);
    apart.items[1].code = t("85171300");
    check(&apart, &good, &[Ok(60)]);
    let mut unknown = stated(&[60, 30], 90);
    unknown.items[1].net_mass = None;
    check(&unknown, &good, &[Err("not-checked"); 2]);
    // Of two lines the first that has enough is taken.
    let lines = register("7", |r| {
        r.document.terms.lines = vec![line(&["4407"], kilograms(10)), line(&["44"], kilograms(70))];
    });
    let declared = timber(&[60, 10], &[licence("7")]);
    let found = opinion(&pack, &declared, &lines);
    let of: Vec<_> = found.checked.iter().map(|c| c.outcome.unwrap().line).collect();
    assert_eq!(of, [1, 0]);
}

/// Goods of this code and mass, with these documents.
fn goods(number: u32, code: &str, mass: i64, documents: &[Shown]) -> Item {
    let mut declared = timber(&[mass], documents);
    Item { number, code: t(code), ..declared.items.remove(0) }
}

fn part(number: &str, value: i64, unit: &str) -> Shown {
    Shown {
        written_off: Some(Quantity { value: Decimal::from(value), unit: t(unit) }),
        ..licence(number)
    }
}

#[test]
fn documents_are_held_against_the_goods_they_are_for() {
    let mut pack = world();
    let mut rule = pack.requirements.all()[0].clone();
    rule.codes = vec![t("4407"), t("9503")];
    pack.requirements = Requirements::new(vec![rule]);
    // Licences by number, the code they are for, what they allow, and what else is so.
    type Given<'a> = (&'a str, &'a str, i64, fn(&mut Record));
    type Wanted<'a> = (u32, &'a str, Result<i64, &'a str>);
    let check = |given: &[Given<'_>],
                 items: Vec<Item>,
                 header: &[Shown],
                 wanted: &[Wanted<'_>],
                 settled: &[Settlement]| {
        let mut looked = Register::default();
        for (number, code, allowed, change) in given {
            let lines = vec![line(&[code], kilograms(*allowed))];
            looked.0.extend(register(number, |r| r.document.terms.lines = lines).0);
            change(looked.0.get_mut(&(t("L1"), (*number).to_owned())).unwrap());
        }
        let mut declared = declaration(items, Vec::new());
        declared.documents = header.to_vec();
        let found = opinion(&pack, &declared, &looked);
        let named = found.checked.iter().map(|c| (c.item, &*c.number));
        let said: Vec<Wanted<'_>> =
            named.zip(outcomes(&found)).map(|((item, n), outcome)| (item, n, outcome)).collect();
        assert_eq!(said, wanted);
        let so: Vec<_> = found.settled.iter().map(|s| s.settlement).collect();
        assert_eq!(so, settled, "{said:?}");
    };
    let plain: fn(&mut Record) = |_| {};
    let suspended: fn(&mut Record) = |r| r.document.standing = Standing::Suspended;
    let finnish: fn(&mut Record) = |r| r.document.terms.origin = t("FI");
    let (met, missing) = (Settlement::Met, Settlement::Missing);
    let (timber, toys) = ("44071110", "95030035");
    let (a, b) = (("A", "4407", 1, plain), ("B", "9503", 200, plain));
    // What is stated of a document for other goods covers none of these, wherever else it is named.
    let shared = [part("A", 1, "KGM"), part("B", 99, "KGM")];
    let two = || vec![goods(1, timber, 100, &shared), goods(2, toys, 5, &[])];
    let short = Err("writes-off-too-little");
    check(
        &[a, b],
        two(),
        &[licence("B")],
        &[(1, "A", short), (1, "B", Err("other-goods")), (2, "B", Ok(5))],
        &[missing, met],
    );
    let two = || vec![goods(1, timber, 100, &[]), goods(2, toys, 5, &[licence("B")])];
    check(&[a, b], two(), &shared, &[(1, "A", short), (2, "B", Ok(5))], &[missing, met]);
    let mut two = vec![goods(1, timber, 100, &[]), goods(2, timber, 5, &[])];
    two[1].origin = t("FI");
    check(
        &[a, ("B", "4407", 200, finnish)],
        two,
        &[part("A", 1, "KGM"), part("B", 99, "KGM")],
        // Of the one kilogram of A a twentieth is for the second.
        &[(1, "A", short), (2, "A", Ok(0)), (2, "B", Ok(99))],
        &[missing, met],
    );
    // Named twice it is one document.
    let twice = |one: Shown, other| vec![goods(1, timber, 60, &[one, other])];
    for allowed in [100, 200] {
        let one = ("A", "4407", allowed, plain);
        check(&[one], twice(licence("A"), licence("A")), &[], &[(1, "A", Ok(60))], &[met]);
    }
    let a = ("A", "4407", 100, plain);
    let parts = twice(part("A", 20, ""), part("A", 40, "KGM"));
    check(&[a], parts, &[], &[(1, "A", Ok(60))], &[met]);
    let parts = twice(part("A", 20, "KGM"), licence("A"));
    check(&[a], parts, &[], &[(1, "A", short)], &[missing]);
    let one = vec![goods(1, timber, 60, &[])];
    check(&[a], one, &[licence("A"), licence("A")], &[(1, "A", Ok(60))], &[met]);
    // A document of the declaration is not for an item that names one of its type.
    let two = || vec![goods(1, timber, 60, &[licence("A")]), goods(2, timber, 50, &[])];
    let h = ("H", "4407", 50, plain);
    check(&[a, h], two(), &[licence("H")], &[(1, "A", Ok(60)), (2, "H", Ok(50))], &[met, met]);
    let shares = vec![goods(1, timber, 60, &[part("A", 20, "KGM")])];
    check(&[a, h], shares, &[part("H", 40, "KGM")], &[(1, "A", short)], &[missing]);
    // One that is not good is told of the goods it is for alone.
    let bad = ("H", "4407", 50, suspended);
    let two = |own: &[Shown]| vec![goods(1, timber, 5, &[]), goods(2, toys, 5, own)];
    let wanted = [(1, "H", Err("suspended")), (2, "B", Ok(5))];
    check(&[bad, b], two(&[licence("B")]), &[licence("H")], &wanted, &[missing, met]);
    check(&[bad, b], two(&[]), &[licence("H"), licence("B")], &wanted, &[missing, met]);
    let own = vec![goods(1, timber, 5, &[licence("A")]), goods(2, toys, 5, &[licence("B")])];
    let wanted = [(1, "A", Ok(5)), (2, "B", Ok(5))];
    check(&[a, bad, b], own, &[licence("H")], &wanted, &[met, met]);
    // Where it is for none of the goods, each is told so.
    let one = vec![goods(1, toys, 5, &[])];
    check(&[h, b], one, &[licence("H")], &[(1, "H", Err("other-goods"))], &[missing]);
}

proptest! {
    #[test]
    fn no_line_is_overdrawn_by_any_declaration(
        masses in prop::collection::vec(1i64..80, 1..8),
        used in 0i64..=100,
    ) {
        let pack = world();
        let looked = register("7", |r| {
            r.used = vec![Used { quantity: Decimal::from(used), value: Decimal::ZERO }];
        });
        let found = opinion(&pack, &timber(&masses, &[licence("7")]), &looked);
        let takes: Vec<Take> = found.checked.iter().filter_map(|c| c.outcome.ok()).collect();
        let taken: Decimal = takes.iter().filter_map(|t| t.quantity).sum();
        prop_assert!(taken + Decimal::from(used) <= Decimal::from(100));
        // What is refused would not have fitted after what came before it.
        let mut left = 100 - used;
        for (mass, one) in masses.iter().zip(&found.checked) {
            prop_assert_eq!(one.outcome.is_ok(), *mass <= left);
            if one.outcome.is_ok() {
                left -= mass;
            }
        }
    }
}
