//! The notes to the tariff (`9С`): their Russian text to clauses, the clauses to the dated rates of
//! a line.
//!
//! Nothing is guessed: a text that the grammar below does not use up is [`Reading::Unread`]. The
//! pieces of a line have neither gap nor overlap, so that a day has one rate.
//!
//! ```text
//! note   = "Примечание утратило силу в соответствии с Решением" act "."
//!        | "Ставка ввозной таможенной пошлины" clause { "," clause } "."
//! clause = rate and, before or behind it, a period; then a target; at least one of the two
//! rate   = "в размере" ( percent [ ", но не менее" specific | "плюс" specific ] | specific )
//! period = "с" ( day | "даты вступления в силу Решения" act ) [ "по" day "включительно" ]
//!        | "по" day "включительно"
//! target = "в отношении товаров, ввозимых в" state { ( "," | "и" ) state }
//! act    = ( "Совета" | "Коллегии" ) "Евразийской экономической комиссии" [ "от" ] day "№" number
//! ```

use std::collections::BTreeSet;

use fondaco::day::{Day, Validity};
use fondaco::formula::Formula;

use super::{dotted, number, russian_day, specific, squeeze};

/// The member states by ISO 3166-1.
pub const MEMBERS: [&str; 5] = ["AM", "BY", "KG", "KZ", "RU"];

/// The member states as the notes name them.
const STATES: [(&str, &str); 5] = [
    ("Республику Армения", "AM"),
    ("Республику Беларусь", "BY"),
    ("Кыргызскую Республику", "KG"),
    ("Республику Казахстан", "KZ"),
    ("Российскую Федерацию", "RU"),
];

/// What a note says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reading {
    /// Repealed, in words.
    Repealed,
    /// The rates it sets.
    Clauses(Vec<Clause>),
    /// Its text is not understood to its end.
    Unread,
}

/// A rate that goes before the printed one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Clause {
    rate: Formula,
    start: Start,
    until: Option<Day>,
    /// For goods brought into one of these; empty is all member states.
    states: Vec<&'static str>,
}

/// The first day of a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    /// None is stated.
    Always,
    On(Day),
    /// The day the act of this day entered into force, which the text does not tell. It is later
    /// than the act, and no later than the edition of the chapter that prints the note.
    WithAct(Day),
}

/// A part of the time of a line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece<'a> {
    pub(super) validity: Validity,
    /// `None` where the rate cannot be told.
    pub(super) rate: Option<&'a Formula>,
    /// The notes whose clauses apply.
    pub(super) by: Vec<&'a str>,
    /// The notes that bear on it and are not known.
    pub(super) unread: Vec<&'a str>,
    /// Why clauses apply and the rate cannot be told.
    why: &'static str,
}

impl Piece<'_> {
    /// Empty where the rate is the rate.
    pub(super) fn mark(&self) -> String {
        let mut parts: Vec<String> = self.unread.iter().map(|n| format!("{n} unread")).collect();
        if !self.why.is_empty() {
            parts.push(format!("{} {}", self.by.join(", "), self.why));
        }
        if parts.is_empty() { String::new() } else { format!("note {}", parts.join(", ")) }
    }
}

/// A line of the tariff as its notes see it.
pub(super) struct Line<'a> {
    /// The printed rate.
    pub(super) printed: Option<&'a Formula>,
    /// The edition of its chapter.
    pub(super) edition: Option<Day>,
    /// The first day wanted.
    pub(super) begins: Option<Day>,
}

/// A clause in its days on a line.
struct Window<'a> {
    note: &'a str,
    validity: Validity,
    says: Says<'a>,
}

#[derive(Clone, Copy, PartialEq)]
enum Says<'a> {
    Rate(&'a Formula),
    /// A rate of some member states, and which of them is not told.
    Hangs,
    /// Whether the act was in force on these days is not told.
    Doubt,
}

/// The time of a line in pieces: a clause's rate in its window, the printed one before and after.
///
/// A note with no reading, or one that cannot be right here, is unread on every piece.
pub(super) fn dated<'a>(
    line: &Line<'a>,
    notes: &[(&'a str, Option<&'a Reading>)],
    state: Option<&str>,
) -> Vec<Piece<'a>> {
    let mut unread = Vec::new();
    let mut windows = Vec::new();
    for (note, reading) in notes {
        let found = match reading {
            None | Some(Reading::Unread) => None,
            Some(Reading::Repealed) => Some(Vec::new()),
            Some(Reading::Clauses(clauses)) => windows_of(line, note, clauses, state),
        };
        match found {
            Some(found) => windows.extend(found),
            None => unread.push(*note),
        }
    }
    let mut cuts = BTreeSet::from([line.begins]);
    for window in &windows {
        cuts.insert(window.validity.from);
        // What never ends has no day after it.
        cuts.extend(window.validity.until.and_then(|d| beside(d, 1)).map(Some));
    }
    let cuts: Vec<Option<Day>> = cuts.into_iter().collect();
    let ends = cuts.iter().skip(1).map(|next| next.and_then(|d| beside(d, -1))).chain([None]);
    cuts.iter()
        .zip(ends)
        .map(|(&from, until)| {
            let here = windows.iter().filter(|w| w.validity.overlaps(&Validity { from, until }));
            piece(line, Validity { from, until }, here.collect(), &unread)
        })
        .collect()
}

fn piece<'a>(
    line: &Line<'a>,
    validity: Validity,
    mut here: Vec<&Window<'a>>,
    unread: &[&'a str],
) -> Piece<'a> {
    let mut unread = unread.to_vec();
    unread.extend(here.extract_if(.., |w| w.says == Says::Doubt).map(|w| w.note));
    let mut by: Vec<&str> = here.iter().map(|w| w.note).collect();
    by.dedup();
    let (rate, why) = match here.first().map(|w| w.says) {
        None => (line.printed, ""),
        Some(_) if here.iter().any(|w| w.says == Says::Hangs) => (None, "hanging"),
        Some(Says::Rate(rate)) if here.iter().all(|w| w.says == Says::Rate(rate)) => {
            (Some(rate), "")
        }
        Some(_) => (None, "conflict"),
    };
    Piece { validity, rate, by, unread, why }
}

/// The clauses of a note in their days on a line; `None` where the note cannot be right here: its
/// act is younger than the edition that prints it.
fn windows_of<'a>(
    line: &Line<'a>,
    note: &'a str,
    clauses: &'a [Clause],
    state: Option<&str>,
) -> Option<Vec<Window<'a>>> {
    let mut found = Vec::new();
    let mut add = |from: Option<Day>, until: Option<Day>, says| {
        if until.is_none_or(|until| from.is_none_or(|from| from <= until)) {
            found.push(Window { note, validity: Validity { from, until }, says });
        }
    };
    for clause in clauses {
        let says = match state {
            _ if clause.states.is_empty() => Says::Rate(&clause.rate),
            Some(state) if clause.states.contains(&state) => Says::Rate(&clause.rate),
            Some(_) => continue,
            None => Says::Hangs,
        };
        let from = match clause.start {
            Start::Always => line.begins,
            Start::On(day) => line.begins.max(Some(day)),
            Start::WithAct(act) => {
                let edition = line.edition.filter(|edition| act <= *edition)?;
                let doubtful = line.begins.max(beside(act, 1));
                add(doubtful, beside(edition, -1).min(clause.until.or(Some(edition))), Says::Doubt);
                line.begins.max(Some(edition))
            }
        };
        add(from, clause.until, says);
    }
    Some(found)
}

fn beside(day: Day, by: i32) -> Option<Day> {
    Day::from_number(day.number().checked_add(by)?).ok()
}

/// Reads the text of a note.
pub(super) fn read(text: &str) -> Reading {
    let text = squeeze(text).replace('–', "-");
    let mut rest = Rest(&text);
    if rest.eat("Примечание утратило силу в соответствии с Решением ")
    {
        let whole = rest.act().is_some() && rest.0 == ".";
        return if whole { Reading::Repealed } else { Reading::Unread };
    }
    // A text that breaks off may lack its last clause.
    if !rest.eat("Ставка ввозной таможенной пошлины ") || !text.ends_with('.')
    {
        return Reading::Unread;
    }
    clauses(rest).map_or(Reading::Unread, Reading::Clauses)
}

#[derive(Default)]
struct Draft {
    rate: Option<Formula>,
    period: Option<(Start, Option<Day>)>,
    states: Option<Vec<&'static str>>,
}

impl Draft {
    fn clause(self) -> Option<Clause> {
        if self.period.is_none() && self.states.is_none() {
            return None;
        }
        let (start, until) = self.period.unwrap_or((Start::Always, None));
        if let (Start::On(first) | Start::WithAct(first), Some(last)) = (start, until)
            && last < first
        {
            return None;
        }
        Some(Clause { rate: self.rate?, start, until, states: self.states.unwrap_or_default() })
    }
}

/// A clause ends where its rate, its period or its target would stand twice, or a period behind the
/// target.
fn clauses(mut rest: Rest<'_>) -> Option<Vec<Clause>> {
    const CARRY_NOTHING: [&str; 7] = ["применяется", "а также ", "и ", " ", ",", "-", "."];
    let mut done = Vec::new();
    let mut draft = Draft::default();
    while !rest.0.is_empty() {
        if CARRY_NOTHING.iter().any(|word| rest.eat(word)) {
            continue;
        }
        let mut next = Draft::default();
        if rest.eat("в размере ") {
            next.rate = Some(rest.rate()?);
        } else if rest.eat("в отношении товаров, ввозимых в ") {
            next.states = Some(rest.states()?);
        } else {
            next.period = Some(rest.period()?);
        }
        let twice = next.rate.is_some() && draft.rate.is_some()
            || next.states.is_some() && draft.states.is_some()
            || next.period.is_some() && (draft.period.is_some() || draft.states.is_some());
        if twice {
            done.push(std::mem::take(&mut draft).clause()?);
        }
        draft.rate = next.rate.or(draft.rate);
        draft.period = next.period.or(draft.period);
        draft.states = next.states.or(draft.states);
    }
    done.push(draft.clause()?);
    Some(done)
}

/// What of a note is still to be read.
#[derive(Clone, Copy)]
struct Rest<'t>(&'t str);

impl<'t> Rest<'t> {
    fn eat(&mut self, word: &str) -> bool {
        let rest = self.0.strip_prefix(word);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// Takes so many bytes, at most what is there.
    fn take(&mut self, bytes: usize) -> Option<&'t str> {
        let (head, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        Some(head)
    }

    fn figure(&mut self) -> Option<&'t str> {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let mut end = digits(self.0);
        if let Some(decimals) = self.0.get(end..).and_then(|rest| rest.strip_prefix(',')) {
            end += match digits(decimals) {
                0 => 0,
                n => n + 1,
            };
        }
        self.take(end).filter(|figure| !figure.is_empty())
    }

    fn rate(&mut self) -> Option<Formula> {
        if let Some(specific) = self.specific() {
            return Some(specific);
        }
        let percent = Formula::AdValorem { percent: number(self.figure()?)?, part: None };
        self.eat(" ");
        if self.eat("(ноль)") {
            self.eat(" ");
        }
        if !self.eat("% от таможенной стоимости") {
            return None;
        }
        if self.eat(", но не менее ") {
            return Some(Formula::Greatest(vec![percent, self.specific()?]));
        }
        if self.eat(" плюс ") || self.eat(", плюс ") {
            return Some(Formula::Sum(vec![percent, self.specific()?]));
        }
        Some(percent)
    }

    /// The longest beginning, to the end of a word, that is a specific rate.
    fn specific(&mut self) -> Option<Formula> {
        /// In characters; the longest of the tariff has 47.
        const LONGEST: usize = 80;
        let ends = self.0.char_indices().take(LONGEST);
        let ends = ends.filter(|(_, c)| !c.is_alphanumeric()).map(|(end, _)| end);
        let read = |end: usize| Some((end, specific(self.0.get(..end)?)?));
        let (end, formula) = ends.filter_map(read).last()?;
        self.take(end)?;
        Some(formula)
    }

    fn period(&mut self) -> Option<(Start, Option<Day>)> {
        let start = if self.eat("с даты вступления в силу Решения ") {
            Start::WithAct(self.act()?)
        } else if self.eat("с ") {
            Start::On(self.day()?)
        } else {
            Start::Always
        };
        let until = if start == Start::Always { "по " } else { " по " };
        if !self.eat(until) {
            return (start != Start::Always).then_some((start, None));
        }
        let until = self.day()?;
        self.eat(" включительно").then_some((start, Some(until)))
    }

    /// `30.09.2022`, or `30 апреля 2025 г.`
    fn day(&mut self) -> Option<Day> {
        if let Some(day) = self.0.get(..10).and_then(dotted) {
            self.take(10)?;
            return Some(day);
        }
        let end = self.0.find(" г.")? + " г.".len();
        russian_day(self.take(end)?)
    }

    fn states(&mut self) -> Option<Vec<&'static str>> {
        let mut found = vec![self.state()?];
        loop {
            let mut next = *self;
            if !next.eat(", ") && !next.eat(" и ") {
                break;
            }
            next.eat("в ");
            let Some(state) = next.state() else { break };
            found.push(state);
            *self = next;
        }
        Some(found)
    }

    fn state(&mut self) -> Option<&'static str> {
        STATES.iter().find(|(name, _)| self.eat(name)).map(|(_, code)| *code)
    }

    /// The day of an act.
    fn act(&mut self) -> Option<Day> {
        if !self.eat("Совета ") && !self.eat("Коллегии ") {
            return None;
        }
        if !self.eat("Евразийской экономической комиссии ") {
            return None;
        }
        self.eat("от ");
        let day = self.day()?;
        if !self.eat(" № ") {
            return None;
        }
        let digits = self.0.bytes().take_while(u8::is_ascii_digit).count();
        self.take(digits).filter(|number| !number.is_empty())?;
        Some(day)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use std::collections::BTreeMap;

    use super::super::super::tests::shared;
    use super::super::{duty, import, note_name};
    use super::*;
    use crate::pack::rows::MeasureRow;

    const RATE: &str = "Ставка ввозной таможенной пошлины в размере ";
    const VALUE: &str = " % от таможенной стоимости";

    fn day(text: &str) -> Option<Day> {
        text.parse().ok()
    }

    /// A clause as a line: rate, first day, last day, states; `>` is with an act of this day.
    fn said(clause: &Clause) -> String {
        let or = |text: String| if text.is_empty() { "-".to_owned() } else { text };
        let start = match clause.start {
            Start::Always => "-".to_owned(),
            Start::On(day) => day.to_string(),
            Start::WithAct(day) => format!(">{day}"),
        };
        let until = or(clause.until.map(|d| d.to_string()).unwrap_or_default());
        format!("{} | {start} | {until} | {}", clause.rate, or(clause.states.join(" ")))
    }

    fn check(text: &str, wanted: &[&str]) {
        match read(text) {
            Reading::Clauses(got) => {
                assert_eq!(got.iter().map(said).collect::<Vec<_>>(), wanted, "{text}");
            }
            Reading::Repealed => assert_eq!(["repealed"], wanted, "{text}"),
            Reading::Unread => assert!(wanted.is_empty(), "{text}"),
        }
    }

    #[test]
    fn a_note_is_read_to_its_end() {
        check(
            &format!("{RATE}0 (ноль){VALUE} применяется с 01.01.2022 по 30.04.2023 включительно."),
            &["0% | 2022-01-01 | 2023-04-30 | -"],
        );
        let into = "применяется в отношении товаров, ввозимых в";
        check(&format!("{RATE}6,5{VALUE} {into} Российскую Федерацию."), &["6.5% | - | - | RU"]);
        check(
            &format!(
                "{RATE}3{VALUE} {into} Республику Армения, Республику Казахстан и в Кыргызскую Республику."
            ),
            &["3% | - | - | AM KZ KG"],
        );
        check(
            &format!("{RATE}10{VALUE}, но не менее 1,5 евро за 1 шт, {into} Российскую Федерацию."),
            &["max(10%, 1.5 EUR/NMB) | - | - | RU"],
        );
        check(
            &format!(
                "{RATE}10% от таможенной стоимости плюс 0,17 евро за 1 кг {into} Республику Беларусь."
            ),
            &["10% + 0.17 EUR/KGM | - | - | BY"],
        );
        check(
            &format!("{RATE}3 евро за 1 м² применяется по 30 апреля 2025 г. включительно."),
            &["3 EUR/MTK | - | 2025-04-30 | -"],
        );
        let first =
            format!("{RATE}0 (ноль){VALUE} применяется с 28.03.2022 по 30.09.2022 включительно");
        check(
            &format!(
                "{first}, с 01.10.2022 – в размере 7,5{VALUE} в отношении товаров, ввозимых в Российскую Федерацию."
            ),
            &["0% | 2022-03-28 | 2022-09-30 | -", "7.5% | 2022-10-01 | - | RU"],
        );
        check(
            &format!("{first}, в размере 12{VALUE} – с 01.10.2022 по 28.02.2023 включительно."),
            &["0% | 2022-03-28 | 2022-09-30 | -", "12% | 2022-10-01 | 2023-02-28 | -"],
        );
        let act = "Евразийской экономической комиссии от 22 марта 2022 г. № 44";
        check(
            &format!(
                "{RATE}0 (ноль){VALUE} применяется с даты вступления в силу Решения Коллегии {act} по 30 апреля 2025 г. включительно."
            ),
            &["0% | >2022-03-22 | 2025-04-30 | -"],
        );
        check(
            &format!("Примечание утратило силу в соответствии с Решением Совета {act}."),
            &["repealed"],
        );
    }

    #[test]
    fn what_is_not_understood_is_unread() {
        let period = "применяется с 01.01.2026 по 31.12.2026 включительно";
        for bad in [
            String::new(),
            "Прочее.".to_owned(),
            RATE.to_owned(),
            format!("{RATE}0{VALUE}."),
            format!("{RATE}0{VALUE} {period}"),
            format!("{RATE}0{VALUE} применяется с 01.02.2023 по 01.01.2023 включительно."),
            format!("{RATE}0{VALUE} применяется с 31.02.2023."),
            format!("{RATE}0{VALUE} применяется с 01.02.2023 по особому дню включительно."),
            format!("{RATE}0{VALUE} {period} в объеме не более 1000 т."),
            format!("{RATE}0{VALUE} {period} в отношении товаров."),
            format!("{RATE}0{VALUE} {period}, в размере 3{VALUE}."),
            format!("{RATE}0{VALUE} применяется при подтверждении целевого назначения."),
            format!("{RATE}0{VALUE} применяется в отношении товаров, ввозимых в Монголию."),
            format!("{RATE}3 тенге за 1 кг {period}."),
            format!("{RATE}10{VALUE}, но не менее 1 евро за 1 бочку, {period}."),
            "Примечание утратило силу.".to_owned(),
            "Ставка ввозной таможенной пошлины с 01.01.2026.".to_owned(),
        ] {
            check(&bad, &[]);
        }
    }

    /// The pieces of a line of 7 % of the edition of 2022-04-25, as lines.
    fn pieces(text: &str, begins: &str, state: Option<&str>) -> Vec<String> {
        let printed = duty("7").unwrap();
        let reading = read(text);
        let line =
            Line { printed: Some(&printed), edition: day("2022-04-25"), begins: day(begins) };
        let got = dated(&line, &[("9С", Some(&reading))], state);
        let or = |day: Option<Day>| day.map(|d| d.to_string()).unwrap_or_default();
        let got = got.iter().map(|p| {
            let rate = p.rate.map(ToString::to_string).unwrap_or_default();
            let text =
                format!("{}..{} {rate} {}", or(p.validity.from), or(p.validity.until), p.mark());
            text.trim().to_owned()
        });
        got.collect()
    }

    #[test]
    fn the_time_of_a_line_is_cut_without_gap_or_overlap() {
        let edition = "2022-04-25";
        let then = format!(
            "{RATE}0{VALUE} с 28.03.2022 по 30.09.2022 включительно, с 01.11.2022 – в размере 8{VALUE} в отношении товаров, ввозимых в Российскую Федерацию."
        );
        assert_eq!(
            pieces(&then, edition, Some("RU")),
            ["2022-04-25..2022-09-30 0%", "2022-10-01..2022-10-31 7%", "2022-11-01.. 8%",]
        );
        assert_eq!(
            pieces(&then, edition, Some("KZ")),
            ["2022-04-25..2022-09-30 0%", "2022-10-01.. 7%"]
        );
        assert_eq!(
            pieces(&then, edition, None),
            [
                "2022-04-25..2022-09-30 0%",
                "2022-10-01..2022-10-31 7%",
                "2022-11-01..  note 9С hanging",
            ]
        );
        let ended = format!("{RATE}0{VALUE} с 01.01.2022 по 24.04.2022 включительно.");
        assert_eq!(pieces(&ended, edition, None), ["2022-04-25.. 7%"]);
        let later = format!("{RATE}0{VALUE} по 25.04.2022 включительно.");
        assert_eq!(pieces(&later, edition, None), ["2022-04-25..2022-04-25 0%", "2022-04-26.. 7%"]);
        let twice = format!("{RATE}0{VALUE} с 01.05.2022, с 01.06.2022 – в размере 3{VALUE}.");
        assert_eq!(
            pieces(&twice, edition, None),
            [
                "2022-04-25..2022-04-30 7%",
                "2022-05-01..2022-05-31 0%",
                "2022-06-01..  note 9С conflict",
            ]
        );
        assert_eq!(pieces("Прочее.", edition, None), ["2022-04-25.. 7% note 9С unread"]);
    }

    #[test]
    fn the_days_an_act_may_not_have_been_in_force_are_said() {
        let of = |act: &str| {
            format!(
                "{RATE}0{VALUE} с даты вступления в силу Решения Совета Евразийской экономической комиссии от {act} № 1 по 31.12.2022 включительно."
            )
        };
        let text = of("17 марта 2022 г.");
        assert_eq!(
            pieces(&text, "2022-04-25", None),
            ["2022-04-25..2022-12-31 0%", "2023-01-01.. 7%"]
        );
        assert_eq!(
            pieces(&text, "2022-01-01", None),
            [
                "2022-01-01..2022-03-17 7%",
                "2022-03-18..2022-04-24 7% note 9С unread",
                "2022-04-25..2022-12-31 0%",
                "2023-01-01.. 7%",
            ]
        );
        // Printed before the act was made.
        assert_eq!(
            pieces(&of("26 апреля 2022 г."), "2022-04-25", None),
            ["2022-04-25.. 7% note 9С unread"]
        );
    }

    /// The notes of 2025-09-21 as a reader in Python made of regular expressions reads them; those
    /// that are not here are repealed.
    const READ: &str = "\
        2С | 0% | 2022-01-01 | 2023-04-30 | -
        3С | 0% | 2022-01-01 | 2023-03-31 | -
        4С | 0% | 2022-01-01 | 2023-12-31 | -
        5С | 0% | 2022-01-01 | 2022-12-31 | -
        8С | 0% | 2022-01-01 | 2022-06-30 | -
        9С | 5% | - | - | RU
        10С | 6.5% | - | - | RU
        11С | 0% | 2022-01-01 | 2023-10-31 | -
        13С | 0% | 2022-01-01 | 2022-04-30 | -
        14С | 3% | - | - | RU
        15С | 8% | - | - | RU
        18С | 0% | 2022-01-01 | 2024-04-30 | -
        19С | 10% | - | - | RU
        20С | 7.5% | - | - | RU
        21С | 12.5% | - | - | RU
        22С | 15% | - | - | RU
        23С | 12% | 2022-01-01 | 2023-02-28 | -
        24С | 9% | - | - | RU
        25С | 13% | - | - | RU
        26С | max(10%, 1.5 EUR/NMB) | - | - | RU
        27С | 7% | - | - | RU
        28С | 5% | 2022-01-01 | 2025-12-31 | -
        29С | 12% | - | - | RU
        30С | 0% | 2022-01-01 | 2022-03-31 | -
        31С | 14% | - | - | RU
        32С | 10% + 0.17 EUR/KGM | - | - | RU
        33С | 10% + 0.08 EUR/KGM | - | - | RU
        34С | 0% | 2022-01-01 | 2023-05-31 | -
        35С | 0% | >2021-10-29 | 2023-12-31 | -
        36С | 0% | >2021-10-29 | 2023-12-31 | -
        37С | 0% | >2021-10-04 | 2023-12-31 | -
        38С | 0% | >2021-10-29 | 2023-12-31 | -
        39С | 0% | >2021-10-29 | 2023-12-31 | -
        40С | 5.5% | >2021-10-29 | 2024-12-31 | -
        41С | 0% | >2021-10-29 | 2023-12-31 | -
        42С | 0% | >2021-11-12 | 2022-12-31 | -
        43С | 0% | >2021-11-09 | 2023-12-31 | -
        46С | 0% | >2022-03-29 | 2025-03-31 | -
        47С | 0% | 2022-04-01 | 2024-03-31 | -
        48С | 0% | >2022-03-22 | 2024-12-31 | -
        49С | 0% | >2022-02-18 | 2025-12-31 | -
        50С | 0% | >2021-11-23 | 2022-12-31 | -
        53С | 0% | >2022-03-17 | 2024-12-31 | -
        55С | 0% | >2022-03-15 | 2025-12-31 | -
        56С | 0% | >2022-03-15 | 2025-03-31 | -
        57С | 0% | >2022-04-15 | 2023-04-30 | -
        58С | 0% | >2022-03-22 | 2025-04-30 | -
        59С | 0% | >2022-03-22 | 2023-12-31 | -
        61С | 0% | >2022-03-17 | 2025-04-30 | -
        62С | 0% | >2022-05-12 | 2025-06-30 | -
        63С | 0% | 2022-03-28 | 2022-09-30 | -
        64С | 0% | 2022-03-28 | 2022-09-30 | -
        64С | 8% | 2022-10-01 | - | RU
        65С | 0% | 2022-03-28 | 2022-09-30 | -
        65С | 7.5% | 2022-10-01 | - | RU
        66С | 0% | 2022-03-28 | 2022-09-30 | -
        66С | 12% | 2022-10-01 | 2023-02-28 | -
        67С | 0% | >2022-04-19 | 2022-09-30 | -
        71С | 0% | 2022-10-01 | 2023-03-31 | -
        72С | 0% | >2023-01-25 | 2024-02-29 | -
        73С | 3% | 2023-01-01 | 2023-12-31 | -
        75С | 0% | >2023-08-29 | 2025-08-31 | -
        76С | 0% | >2023-01-31 | 2026-03-31 | -
        77С | 0% | >2023-01-24 | 2024-03-31 | -
        78С | 0% | 2023-03-01 | 2023-12-31 | -
        79С | 0% | >2023-07-11 | 2024-09-30 | -
        80С | 0% | >2023-11-14 | 2025-12-31 | -
        81С | 0% | >2023-11-14 | 2025-12-31 | -
        82С | 0% | >2023-12-25 | 2026-12-31 | -
        83С | 0% | 2024-01-05 | 2026-01-04 | -
        86С | 0% | 2024-01-01 | 2025-12-31 | -
        87С | 0% | >2024-03-01 | 2026-02-28 | -
        88С | 0% | >2024-10-03 | 2027-12-31 | -
        89С | 0% | 2024-04-01 | 2026-02-28 | -
        90С | 0% | >2025-06-17 | 2029-12-31 | -
        91С | 0% | >2024-03-01 | 2026-02-28 | -
        92С | 0% | 2024-04-01 | 2026-03-31 | -
        93С | 0% | >2024-04-22 | 2027-04-30 | -
        94С | 0% | 2024-03-01 | 2026-02-28 | -
        95С | 0% | 2024-03-01 | 2026-02-28 | -
        96С | 0% | 2024-04-01 | 2025-12-31 | -
        97С | 0% | >2024-06-25 | 2024-07-31 | -
        98С | 0% | 2024-07-01 | 2026-06-30 | -
        99С | 0% | >2024-10-18 | 2027-09-30 | -
        100С | 8% | >2025-02-21 | 2027-02-28 | -
        101С | 0% | 2025-01-01 | 2027-12-31 | -
        102С | 0% | >2025-06-02 | 2026-06-30 | -
        103С | 0% | >2025-06-02 | 2027-06-30 | -
        104С | 0% | >2025-06-02 | 2028-06-30 | -
        105С | max(12%, 0.44 EUR/KGM) | >2025-06-02 | 2026-12-31 | -";

    fn wanted() -> BTreeMap<String, Vec<String>> {
        let mut wanted: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in READ.lines() {
            let (note, clause) = line.trim().split_once(" | ").unwrap();
            wanted.entry(note.to_owned()).or_default().push(clause.to_owned());
        }
        wanted
    }

    #[test]
    fn every_note_held_is_read_as_another_reader_reads_it() {
        let Some(bytes) = shared("eaeu-ett/ett_notes_2025-09-21.csv") else { return };
        let texts = super::super::read_notes(&bytes).unwrap();
        let wanted = wanted();
        let mut repealed = 0;
        for (note, text) in &texts {
            match wanted.get(note) {
                Some(wanted) => check(text, &wanted.iter().map(String::as_str).collect::<Vec<_>>()),
                None => {
                    check(text, &["repealed"]);
                    repealed += 1;
                }
            }
        }
        assert_eq!((texts.len(), wanted.len(), repealed), (105, 87, 18));
    }

    /// The rate of a code on a day by the table above: no reading of texts, no cutting of time.
    fn by_hand(
        wanted: &BTreeMap<String, Vec<String>>,
        note: &str,
        printed: &MeasureRow,
        on: &str,
    ) -> (String, bool) {
        for clause in wanted.get(note).into_iter().flatten() {
            let [rate, from, until, states] = clause.split(" | ").collect::<Vec<_>>()[..] else {
                panic!("{clause}")
            };
            let begun = from.starts_with(['-', '>']) || from <= on;
            if begun && (until == "-" || on <= until) && ["-", "RU"].contains(&states) {
                return (rate.to_owned(), true);
            }
        }
        (rate_of(printed), false)
    }

    fn rate_of(row: &MeasureRow) -> String {
        if row.rate.is_empty() { row.formula.clone() } else { format!("{}%", row.rate) }
    }

    #[test]
    fn each_day_has_the_rate_of_its_note_or_the_printed_one() {
        let Some(tariff) = shared("eaeu-ett/ett_2026-03-08.csv.gz") else { return };
        let Some(notes) = shared("eaeu-ett/ett_notes_2025-09-21.csv") else { return };
        // Without the texts each line is one row of the printed rate that names its note.
        let printed = import(&tariff, None, Some("RU"), None).measures;
        let got = import(&tariff, Some(&notes), Some("RU"), None);
        let mut pieces: BTreeMap<&str, Vec<&MeasureRow>> = BTreeMap::new();
        for row in &got.measures {
            pieces.entry(&row.code).or_default().push(row);
        }
        let wanted = wanted();
        let (mut noted, mut rows, mut unread) = (0, 0, 0);
        let days = ["2022-05-08", "2022-10-01", "2025-01-01", "2025-12-31", "2026-03-08"];
        let days = days.into_iter().chain(["2026-11-25", "2027-01-01", "2028-01-01"]);
        let mut moved: BTreeMap<&str, usize> = days.map(|day| (day, 0)).collect();
        for printed in &printed {
            let pieces = &pieces[printed.code.as_str()];
            assert_eq!(pieces[0].from, printed.from, "{printed:?}");
            assert_eq!(pieces.last().unwrap().until, "", "{printed:?}");
            for pair in pieces.windows(2) {
                let next = day(&pair[0].until).and_then(|d| beside(d, 1)).unwrap();
                assert_eq!(pair[1].from, next.to_string(), "{pair:?}");
            }
            let Some(note) = printed.mark.strip_prefix("note ") else {
                assert_eq!(*pieces, [printed]);
                continue;
            };
            let note = note_name(note.strip_suffix(" unread").unwrap());
            (noted, rows) = (noted + 1, rows + pieces.len());
            if note.trim_end_matches('С').parse::<u32>().unwrap() > 105 {
                assert_eq!(*pieces, [printed]);
                unread += 1;
                continue;
            }
            for piece in pieces {
                assert_eq!(piece.mark, "", "{piece:?}");
                let last = if piece.until.is_empty() { "2099-12-31" } else { &piece.until };
                let (first, by) = by_hand(&wanted, &note, printed, &piece.from);
                assert_eq!((&rate_of(piece), last >= &*piece.from), (&first, true), "{piece:?}");
                assert_eq!(by_hand(&wanted, &note, printed, last), (first, by), "{piece:?}");
                let basis =
                    if by { format!("eaeu-ett, note {note}") } else { "eaeu-ett".to_owned() };
                assert_eq!(piece.basis, basis, "{piece:?}");
                for (day, moved) in &mut moved {
                    *moved += usize::from(by && *piece.from <= **day && **day <= *last);
                }
            }
        }
        assert_eq!((noted, rows, unread), (1_219, 1_440, 42));
        assert_eq!(got.measures.len(), 13_510);
        assert_eq!(
            moved.into_iter().collect::<Vec<_>>(),
            [
                ("2022-05-08", 186),
                ("2022-10-01", 12),
                ("2025-01-01", 9),
                ("2025-12-31", 15),
                ("2026-03-08", 214),
                ("2026-11-25", 210),
                ("2027-01-01", 208),
                ("2028-01-01", 190),
            ]
        );
        // Where no member state is named, what the 18 notes for one of them move hangs.
        let open = import(&tariff, Some(&notes), None, None).measures;
        let hanging: Vec<_> = open.iter().filter(|m| m.mark.ends_with("hanging")).collect();
        assert_eq!(hanging.len(), 185);
        assert!(hanging.iter().all(|m| rate_of(m).is_empty() && m.until.is_empty()));
        let other = import(&tariff, Some(&notes), Some("KZ"), None).measures;
        assert_eq!((open.len(), other.len()), (13_510, 13_510));
    }
}
