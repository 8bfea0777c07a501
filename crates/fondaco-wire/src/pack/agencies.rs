//! `agencies*.csv`, `time-limits*.csv` and `posts*.csv`: who decides beside the customs administration,
//! how long things may take, and where goods are looked at.

use fondaco::agency::{Agencies, Agency, Awaited, Control, Decides, Post, Silence, TimeLimit};
use fondaco::finding::Trilingual;
use fondaco::reference::Pack;
use fondaco::token::Token;
use serde::Deserialize;

use super::source::{Reader, cited, rows};
use super::{Files, Problem};

/// Most bytes of the id of a requirement that somebody decides on: the number of an amendment follows it in
/// the key of a hold.
const LONGEST: usize = 18;

#[derive(Default, Deserialize)]
#[serde(default)]
struct AgencyRow {
    id: String,
    name_en: String,
    name_zh: String,
    name_ru: String,
    format: String,
    hours: String,
    silence: String,
    basis: String,
    illustrative: String,
    from: String,
    until: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LimitRow {
    id: String,
    awaits: String,
    direction: String,
    hours: String,
    text_en: String,
    text_zh: String,
    text_ru: String,
    remedy_en: String,
    remedy_zh: String,
    remedy_ru: String,
    basis: String,
    illustrative: String,
    from: String,
    until: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PostRow {
    id: String,
    name_en: String,
    name_zh: String,
    name_ru: String,
    utc_offset: String,
    days: String,
    opens: String,
    closes: String,
    slot_minutes: String,
    capacity: String,
    agencies: String,
    from: String,
    until: String,
}

impl Reader<'_> {
    fn number<N: std::str::FromStr>(&mut self, name: &str, text: &str) -> Option<N> {
        let number = text.trim().parse().ok();
        if number.is_none() {
            self.problem(format!("{name}: “{text}” is no number that fits"));
        }
        number
    }

    pub(super) fn flag(&mut self, text: &str) -> bool {
        if !matches!(text, "" | "yes") {
            self.problem(format!("illustrative: “{text}” is neither yes nor empty"));
        }
        text == "yes"
    }

    fn texts(&mut self, [en, zh, ru]: [String; 3]) -> Trilingual {
        if [&en, &zh, &ru].iter().any(|text| text.is_empty()) {
            self.problem("a text is empty: it is said in each language");
        }
        Trilingual { en, zh, ru }
    }

    /// The minute of the day of `HH:MM`; 24:00 is its end.
    fn minute(&mut self, text: &str) -> u16 {
        let parts =
            text.split_once(':').and_then(|(h, m)| Some((h.parse().ok()?, m.parse().ok()?)));
        let minute = parts.filter(|(h, m): &(u16, u16)| *m < 60 && h * 60 + m <= 24 * 60);
        if minute.is_none() {
            self.problem(format!("“{text}” is no time of the day, HH:MM"));
        }
        minute.map_or(0, |(h, m)| h * 60 + m)
    }

    /// The key of an agency, as it stands in the key of a hold.
    fn agency_id(&mut self, text: &str) -> Token {
        if text.is_empty() || text.contains(['/', '|', ' ']) || text == "customs" {
            self.problem(format!("“{text}” cannot be the id of an agency"));
        }
        self.token(text)
    }

    fn agency(&mut self, row: AgencyRow) -> Agency {
        let silence = match row.silence.as_str() {
            "" => Some(Silence::Nothing),
            name => Silence::named(name),
        };
        if silence.is_none() {
            self.problem(format!("silence: “{}” means nothing", row.silence));
        }
        let silence = silence.unwrap_or_default();
        let hours = match row.hours.as_str() {
            "" => None,
            text => self.number("hours", text),
        };
        if hours.is_none() && silence != Silence::Nothing {
            self.problem("silence after no time means nothing: say how many hours");
        }
        Agency {
            id: self.agency_id(&row.id),
            name: self.texts([row.name_en, row.name_zh, row.name_ru]),
            format: self.token(&row.format),
            hours,
            silence,
            basis: row.basis,
            illustrative: self.flag(&row.illustrative),
            validity: self.validity(&row.from, &row.until),
        }
    }

    fn limit(&mut self, row: LimitRow) -> Option<TimeLimit> {
        let awaits = Awaited::named(&row.awaits);
        if awaits.is_none() {
            self.problem(format!("awaits: nobody waits for “{}”", row.awaits));
        }
        Some(TimeLimit {
            id: self.token(&row.id),
            awaits: awaits?,
            direction: self.direction(&row.direction),
            hours: self.number("hours", &row.hours)?,
            text: self.texts([row.text_en, row.text_zh, row.text_ru]),
            remedy: self.texts([row.remedy_en, row.remedy_zh, row.remedy_ru]),
            basis: row.basis,
            illustrative: self.flag(&row.illustrative),
            validity: self.validity(&row.from, &row.until),
        })
    }

    fn post(&mut self, row: PostRow) -> Option<Post> {
        let mut days = [false; 7];
        for day in row.days.chars() {
            let place = day.to_digit(10).and_then(|n| (n as usize).checked_sub(1));
            match place.and_then(|n| days.get_mut(n)) {
                Some(works) => *works = true,
                None => self.problem(format!("days: “{day}” is no day from 1 (Monday) to 7")),
            }
        }
        let offset = row.utc_offset.as_str();
        let (sign, clock) = match (offset.strip_prefix('+'), offset.strip_prefix('-')) {
            (Some(clock), _) => (1, clock),
            (None, Some(clock)) => (-1, clock),
            (None, None) => (1, offset),
        };
        let ahead = sign * i16::try_from(self.minute(clock)).unwrap_or(0);
        let slot = self.number("slot_minutes", &row.slot_minutes)?;
        let capacity = self.number("capacity", &row.capacity)?;
        let post = Post {
            id: self.agency_id(&row.id),
            name: self.texts([row.name_en, row.name_zh, row.name_ru]),
            ahead,
            days,
            opens: self.minute(&row.opens),
            closes: self.minute(&row.closes),
            slot,
            capacity,
            agencies: row.agencies.split('|').filter(|a| !a.is_empty()).map(Token::lossy).collect(),
            validity: self.validity(&row.from, &row.until),
        };
        if slot == 0 || capacity == 0 || post.slots().next().is_none() {
            self.problem(format!("{} has no slot anybody could book", row.id));
        }
        Some(post)
    }

    /// Who decides, of a requirement; both or neither are said.
    pub(super) fn decides(&mut self, id: &str, agency: &str, control: &str) -> Option<Decides> {
        if agency.is_empty() && control.is_empty() {
            return None;
        }
        if id.len() > LONGEST {
            self.problem(format!("{id}: who decides on it needs an id of at most {LONGEST} bytes"));
        }
        let Some(control) = Control::named(control) else {
            self.problem(format!("{id}: control “{control}” is neither documents nor goods"));
            return None;
        };
        Some(Decides { agency: self.agency_id(agency), control })
    }
}

/// Reads them all; of one id there is one row in force on any day.
pub(super) fn read(files: &Files<'_>, pack: &Pack, problems: &mut Vec<Problem>) -> Agencies {
    let mut read = Agencies::default();
    let csv = |start: &'static str| move |n: &str| n.starts_with(start) && n.ends_with(".csv");
    rows(files, csv("agencies"), problems, |reader, row: AgencyRow| {
        // Where no source was at hand there is no act to cite.
        if row.illustrative.is_empty() {
            cited(reader, &row.basis, &pack.law);
        }
        let agency = reader.agency(row);
        if read.all.iter().any(|a| a.id == agency.id && a.validity.overlaps(&agency.validity)) {
            reader.problem(format!("{} stands twice", agency.id));
        }
        read.all.push(agency);
    });
    rows(files, csv("time-limits"), problems, |reader, row: LimitRow| {
        if row.illustrative.is_empty() {
            cited(reader, &row.basis, &pack.law);
        }
        let Some(limit) = reader.limit(row) else { return };
        if read.limits.iter().any(|l| l.id == limit.id && l.validity.overlaps(&limit.validity)) {
            reader.problem(format!("{} stands twice", limit.id));
        }
        read.limits.push(limit);
    });
    rows(files, csv("posts"), problems, |reader, row: PostRow| {
        let Some(post) = reader.post(row) else { return };
        for agency in &post.agencies {
            if !read.all.iter().any(|a| a.id == *agency) {
                reader.problem(format!("{}: there is no agency {agency}", post.id));
            }
        }
        if read.posts.iter().any(|p| p.id == post.id && p.validity.overlaps(&post.validity)) {
            reader.problem(format!("{} stands twice", post.id));
        }
        read.posts.push(post);
    });
    read.all.sort_by_key(|a| a.id);
    read.posts.sort_by_key(|p| p.id);
    for rule in pack.requirements.all() {
        if let Some(decides) = rule.decides
            && !read.all.iter().any(|a| a.id == decides.agency)
        {
            let what = format!("{}: there is no agency {}", rule.id, decides.agency);
            problems.push(Problem { file: "requirements".into(), row: 0, what });
        }
    }
    read
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;

    use crate::pack::{compile, load};

    const PROFILE: &str = "id = 'own'\nname = { en = 'o', zh = 'o', ru = 'o' }\n\
        currency = 'USD'\ncountry = 'XX'\nvalue_rounding = '2 half-up'\ncode_lengths = [8]\n\
        [policy]\nyellow_from = 1\nred_from = 2\nrandom_per_10000 = 0\nbasis = 'act'\n";
    const LAW: &str = "id,title_en,title_zh,title_ru,reference,source\nact,a,a,a,r,s\n";
    const AGENCIES: &str = "id,name_en,name_zh,name_ru,format,hours,silence,basis,illustrative\n";
    const POSTS: &str = "id,name_en,name_zh,name_ru,utc_offset,days,opens,closes,slot_minutes,\
        capacity,agencies\n";
    const LIMITS: &str = "id,awaits,direction,hours,text_en,text_zh,text_ru,remedy_en,remedy_zh,\
        remedy_ru,basis,illustrative\n";

    /// What is wrong with a small pack with these files, a line for each.
    pub(in crate::pack) fn problems(more: &[(&str, String)]) -> String {
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        files.insert("profile.toml".into(), PROFILE.into());
        files.insert("law.csv".into(), LAW.into());
        for (name, text) in more {
            files.insert((*name).into(), text.clone().into_bytes());
        }
        match compile(files) {
            Ok(bundle) => load(&bundle).map(|_| String::new()).unwrap(),
            Err(problems) => problems.iter().map(|p| format!("{p}\n")).collect(),
        }
    }

    #[test]
    fn a_row_that_says_nothing_or_names_nobody_is_a_problem() {
        let vet = format!("{AGENCIES}vet,V,V,V,json,72,release,\"act, article 1\",\n");
        let check = |agencies: &str, more: &[(&str, String)], wanted: &str| {
            let mut files = vec![("agencies.csv", format!("{AGENCIES}{agencies}\n"))];
            files.extend_from_slice(more);
            let said = problems(&files);
            assert!(
                if wanted.is_empty() { said.is_empty() } else { said.contains(wanted) },
                "{agencies} {more:?}: {said}"
            );
        };
        check("vet,V,V,V,json,72,release,act,", &[], "");
        check("vet,V,V,V,json,,,no source at hand,yes", &[], "");
        check("vet,V,V,V,json,72,release,none,", &[], "law.csv has no act none");
        check("vet,V,,V,json,72,release,act,", &[], "a text is empty");
        check("vet,V,V,V,json,72,shrug,act,", &[], "means nothing");
        check("vet,V,V,V,json,,release,act,", &[], "say how many hours");
        check("vet,V,V,V,json,-1,release,act,", &[], "no number");
        check("vet,V,V,V,json,1,release,act,perhaps", &[], "neither yes nor empty");
        check("v/t,V,V,V,json,1,release,act,", &[], "cannot be the id");
        check("customs,V,V,V,json,1,release,act,", &[], "cannot be the id");
        check("vet,V,V,V,json,1,,act,\nvet,V,V,V,json,1,,act,", &[], "stands twice");
        let asks = |more: &str| {
            let row = "[[requirement]]\nkind = 'permit'\nagency = { en = 'a', zh = 'a', ru = 'a' }\n\
                text = { en = 'a', zh = 'a', ru = 'a' }\nbasis = 'act'\n";
            vec![("requirements.toml", format!("{row}{more}")), ("agencies.csv", vet.clone())]
        };
        let check = |more: &str, wanted: &str| {
            let said = problems(&asks(more));
            let right = if wanted.is_empty() { said.is_empty() } else { said.contains(wanted) };
            assert!(right, "{more}: {said}");
        };
        check("id = 'q'\ndecides = 'vet'\ncontrol = 'goods'\n", "");
        check("id = 'q'\ndecides = 'radio'\ncontrol = 'goods'\n", "there is no agency radio");
        check("id = 'q'\ndecides = 'vet'\n", "neither documents nor goods");
        let long = "id = 'q123456789012345678'\ndecides = 'vet'\ncontrol = 'goods'\n";
        check(long, "at most 18 bytes");
        let check = |post: &str, wanted: &str| {
            let said = problems(&[
                ("agencies.csv", vet.clone()),
                ("posts.csv", format!("{POSTS}{post}\n")),
            ]);
            let right = if wanted.is_empty() { said.is_empty() } else { said.contains(wanted) };
            assert!(right, "{post}: {said}");
        };
        check("quay,Q,Q,Q,+08:00,12345,09:00,17:00,30,2,vet", "");
        check("quay,Q,Q,Q,-03:30,67,00:00,24:00,30,2,", "");
        check("quay,Q,Q,Q,+08:00,18,09:00,17:00,30,2,vet", "no day from 1");
        check("quay,Q,Q,Q,8,1,09:00,17:00,30,2,vet", "no time of the day");
        check("quay,Q,Q,Q,+08:00,1,09:00,25:00,30,2,vet", "no time of the day");
        check("quay,Q,Q,Q,+08:00,1,09:00,09:20,30,2,vet", "no slot");
        check("quay,Q,Q,Q,+08:00,1,09:00,17:00,30,0,vet", "no slot");
        check("quay,Q,Q,Q,+08:00,1,09:00,17:00,30,2,radio", "there is no agency radio");
        let check = |limit: &str, wanted: &str| {
            let said = problems(&[("time-limits.csv", format!("{LIMITS}{limit}\n"))]);
            let right = if wanted.is_empty() { said.is_empty() } else { said.contains(wanted) };
            assert!(right, "{limit}: {said}");
        };
        check("a,arrival,import,720,a,a,a,a,a,a,\"act, article 2\",", "");
        check("a,miracle,import,720,a,a,a,a,a,a,act,", "nobody waits for");
        check("a,arrival,import,soon,a,a,a,a,a,a,act,", "no number");
        check("a,arrival,import,720,a,a,a,a,,a,act,", "a text is empty");
    }
}
