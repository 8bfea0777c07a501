//! Inspections: which slots of which posts are booked for which holds, and what was found. Only appended
//! to; what must hold of two that write at one time is looked at in the writer's transaction.

use fondaco::consignment::{self, Event, Hold, Life, Refusal};
use fondaco::inspection::{self, Found, Otherwise, Outcome};
use fondaco::token::Token;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::tasks::key;
use super::{Fault, Filing, Lodged, Store, Writing, life};

/// A slot of a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    /// The post.
    pub(crate) post: String,
    /// The day, `YYYY-MM-DD` on the clock of the post.
    pub(crate) day: String,
    /// The minute of that day.
    pub(crate) minute: u16,
}

/// A visit that is booked.
#[derive(Clone, Debug)]
pub(crate) struct Booking {
    seq: i64,
    /// Its id: that of the message it was booked by.
    pub(crate) id: String,
    /// The declaration.
    pub(crate) mrn: String,
    /// When and where.
    pub(crate) slot: Slot,
    /// Whether it was given up.
    pub(crate) over: bool,
    /// The holds it is for, and the results of each.
    pub(crate) controls: Vec<(Hold, Vec<Found>)>,
}

/// A visit to be booked, or one to be given up.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// When and where, and how many consignments the slot takes; `None` where one is only given up.
    pub(crate) slot: Option<(Slot, u32)>,
    /// For which holds.
    pub(crate) holds: Vec<Hold>,
    /// The id of the one that is given up for it; empty where there is none.
    pub(crate) replaces: String,
}

/// Results of one visit, as one message of a device says them.
#[derive(Clone, Debug)]
pub(crate) struct Results {
    /// The id of the visit.
    pub(crate) booking: String,
    /// The device.
    pub(crate) device: String,
    /// The device's own number of the message.
    pub(crate) sequence: i64,
    /// Digest of what it says.
    pub(crate) digest: String,
    /// When it was made, milliseconds since 1970.
    pub(crate) made: i64,
    /// What was found of each control.
    pub(crate) found: Vec<(Hold, Outcome)>,
    /// Refusals of items none of which is declared any more.
    pub(crate) off: Vec<Refusal>,
    /// The last event of the declaration that was seen when they were looked for.
    pub(crate) seen: i64,
}

/// A result of a control, as it came.
#[derive(Clone, Debug)]
pub(crate) struct ControlResult {
    booking: i64,
    /// The id of the message it came with.
    pub(crate) filing: String,
    /// The control.
    pub(crate) control: Hold,
    /// What was found.
    pub(crate) found: Found,
}

impl ControlResult {
    /// Whether it decides on its control, of these.
    pub(crate) fn decides(&self, of: &[Self]) -> bool {
        let own = of_control(of, &self.control);
        inspection::decides(&own).is_some_and(|found| found.number == self.found.number)
    }
}

/// Those of a control.
fn of_control(results: &[ControlResult], control: &Hold) -> Vec<Found> {
    let own = results.iter().filter(|came| came.control == *control);
    own.map(|came| came.found.clone()).collect()
}

/// Why a visit is not booked, or a result not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum No {
    /// A hold is not open, or the declaration is over.
    NotHeld,
    /// The slot takes no more.
    Full,
    /// The holds are booked already.
    Already(String),
    /// The declaration has a visit at another time or place.
    Elsewhere(String, Slot),
    /// There is no such visit, or it was given up.
    Visit,
    /// The visit is not for this control.
    NotFor,
    /// The device said something else under this number.
    Differs,
}

/// What became of it.
#[derive(Clone, Debug)]
pub(crate) enum Noted {
    /// Written; the id of the visit.
    Written(String),
    /// The key, or the device's number, was used with the same message: this was the answer.
    Repeated(Box<Filing>),
    /// The key was used with other bytes.
    KeyUsed,
    /// Nothing was written: something happened to the declaration meanwhile.
    Moved,
    /// It was not.
    No(No),
}

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS booking (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  mrn TEXT NOT NULL,
  post TEXT NOT NULL,
  day TEXT NOT NULL,
  minute INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS booking_slot ON booking (post, day, minute);
CREATE INDEX IF NOT EXISTS booking_mrn ON booking (mrn);
CREATE TABLE IF NOT EXISTS booking_control (
  seq INTEGER PRIMARY KEY,
  booking INTEGER NOT NULL,
  hold TEXT NOT NULL,
  filing TEXT NOT NULL,
  UNIQUE (booking, hold)
) STRICT;
CREATE INDEX IF NOT EXISTS booking_control_filing ON booking_control (filing);
CREATE TABLE IF NOT EXISTS booking_over (
  booking INTEGER PRIMARY KEY,
  filing TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS device_message (
  device TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  digest TEXT NOT NULL,
  filing TEXT NOT NULL,
  PRIMARY KEY (device, sequence)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS inspection_result (
  seq INTEGER PRIMARY KEY,
  booking INTEGER NOT NULL,
  mrn TEXT NOT NULL,
  hold TEXT NOT NULL,
  device TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  made INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  filing TEXT NOT NULL,
  UNIQUE (device, sequence, hold)
) STRICT;
CREATE INDEX IF NOT EXISTS inspection_result_mrn ON inspection_result (mrn);
";

fn bad(column: usize) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnType(column, "hold".into(), rusqlite::types::Type::Text)
}

fn hold(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Hold> {
    row.get::<_, String>(column)?.parse().map_err(|_| bad(column))
}

/// Results of a declaration, oldest first.
fn results(db: &Connection, mrn: &str) -> rusqlite::Result<Vec<ControlResult>> {
    let mut statement = db.prepare_cached(
        "SELECT booking, hold, seq, device, sequence, made, outcome, filing FROM inspection_result
         WHERE mrn = ?1 ORDER BY seq",
    )?;
    let rows = statement.query_map([mrn], |row| {
        let outcome = Outcome::named(&row.get::<_, String>(6)?).ok_or_else(|| bad(6))?;
        let found = Found {
            number: row.get(2)?,
            device: row.get(3)?,
            sequence: row.get(4)?,
            made: row.get(5)?,
            outcome,
        };
        let (booking, filing) = (row.get(0)?, row.get(7)?);
        Ok(ControlResult { booking, filing, control: hold(row, 1)?, found })
    })?;
    rows.collect()
}

/// Every visit booked for a declaration, oldest first.
fn bookings(db: &Connection, mrn: &str) -> rusqlite::Result<Vec<Booking>> {
    let mut statement = db.prepare_cached(
        "SELECT b.seq, b.id, b.post, b.day, b.minute,
                EXISTS (SELECT 1 FROM booking_over o WHERE o.booking = b.seq)
         FROM booking b WHERE b.mrn = ?1 ORDER BY b.seq",
    )?;
    let rows = statement.query_map([mrn], |row| {
        Ok(Booking {
            seq: row.get(0)?,
            id: row.get(1)?,
            mrn: mrn.to_owned(),
            slot: Slot { post: row.get(2)?, day: row.get(3)?, minute: row.get(4)? },
            over: row.get(5)?,
            controls: Vec::new(),
        })
    })?;
    let mut bookings = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    let results = results(db, mrn)?;
    let mut statement =
        db.prepare_cached("SELECT hold FROM booking_control WHERE booking = ?1 ORDER BY seq")?;
    for booking in &mut bookings {
        let holds = statement.query_map([booking.seq], |row| hold(row, 0))?;
        for hold in holds {
            let hold = hold?;
            let of = results.iter().filter(|r| r.booking == booking.seq && r.control == hold);
            booking.controls.push((hold, of.map(|r| r.found.clone()).collect()));
        }
    }
    Ok(bookings)
}

/// Consignments booked in a slot.
fn taken(db: &Connection, slot: &Slot) -> rusqlite::Result<u32> {
    db.prepare_cached(
        "SELECT count(*) FROM booking b WHERE b.post = ?1 AND b.day = ?2 AND b.minute = ?3
           AND NOT EXISTS (SELECT 1 FROM booking_over o WHERE o.booking = b.seq)",
    )?
    .query_row(params![slot.post, slot.day, slot.minute], |row| row.get(0))
}

impl Store {
    /// Every visit booked for a declaration, oldest first.
    pub(crate) fn bookings(&self, mrn: &str) -> Result<Vec<Booking>, Fault> {
        self.read(|db| bookings(db, mrn))
    }

    /// Consignments booked at a post on a day, by minute.
    pub(crate) fn booked(&self, post: &str, day: &str) -> Result<Vec<(u16, u32)>, Fault> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT b.minute, count(*) FROM booking b WHERE b.post = ?1 AND b.day = ?2
                   AND NOT EXISTS (SELECT 1 FROM booking_over o WHERE o.booking = b.seq)
                 GROUP BY 1 ORDER BY 1",
            )?;
            let rows = statement.query_map([post, day], |r| Ok((r.get(0)?, r.get(1)?)))?;
            rows.collect()
        })
    }

    /// Results of a declaration, oldest first.
    pub(crate) fn results_of(&self, mrn: &str) -> Result<Vec<ControlResult>, Fault> {
        self.read(|db| results(db, mrn))
    }

    /// The visit a message booked or was about; empty where it only gave one up.
    pub(crate) fn booking_by(&self, filing: &str) -> Result<String, Fault> {
        self.read(|db| {
            let found = db
                .prepare_cached(
                    "SELECT b.id FROM booking b JOIN booking_control c ON c.booking = b.seq
                     WHERE c.filing = ?1
                     UNION ALL
                     SELECT b.id FROM booking b JOIN inspection_result r ON r.booking = b.seq
                     WHERE r.filing = ?1 LIMIT 1",
                )?
                .query_row([filing], |row| row.get(0))
                .optional()?;
            Ok(found.unwrap_or_default())
        })
    }
}

impl Writing<'_> {
    /// Books a visit: never more than a slot takes, one visit of a declaration at a time, one place in the
    /// slot for all the agencies that come.
    pub(crate) fn book(&self, filing: &Filing, wanted: &Wanted) -> Result<Noted, Fault> {
        match self.before(filing)? {
            Some(Lodged::Repeated(before)) => return Ok(Noted::Repeated(before)),
            Some(_) => return Ok(Noted::KeyUsed),
            None => {}
        }
        let (db, mrn) = (self.db, filing.about.as_str());
        let life = life(db, mrn)?.0;
        let is_open = |hold: &Hold| life.hold(*hold) == Some(false);
        if !wanted.holds.iter().all(is_open) || (life.state().is_over() && wanted.slot.is_some()) {
            return Ok(Noted::No(No::NotHeld));
        }
        // A visit is to come as long as one of its holds is open.
        let mut coming = bookings(db, mrn)?;
        coming.retain(|b| !b.over);
        let mut given_up = None;
        if !wanted.replaces.is_empty() {
            // Also one whose holds were lifted otherwise: its place is wanted by others.
            let place = coming.iter().position(|b| b.id == wanted.replaces);
            let Some(place) = place else { return Ok(Noted::No(No::Visit)) };
            given_up = Some(coming.remove(place));
        }
        coming.retain(|b| b.controls.iter().any(|(hold, _)| is_open(hold)));
        let mut joined = None;
        if let Some((slot, capacity)) = &wanted.slot {
            joined = coming.pop();
            if let Some(own) = &joined {
                if own.slot != *slot {
                    let other = No::Elsewhere(own.id.clone(), own.slot.clone());
                    return Ok(Noted::No(other));
                }
                let has = |hold: &Hold| own.controls.iter().any(|(h, _)| h == hold);
                if wanted.holds.iter().all(has) {
                    return Ok(Noted::No(No::Already(own.id.clone())));
                }
            } else {
                // What is given up for it leaves its own place free.
                let own = given_up.as_ref().is_some_and(|b| b.slot == *slot);
                if taken(db, slot)?.saturating_sub(u32::from(own)) >= *capacity {
                    return Ok(Noted::No(No::Full));
                }
            }
        }
        self.filing(filing)?;
        if let Some(before) = given_up {
            db.prepare_cached("INSERT INTO booking_over (booking, filing) VALUES (?1, ?2)")?
                .execute(params![before.seq, filing.id])?;
        }
        let Some((slot, _)) = &wanted.slot else { return Ok(Noted::Written(String::new())) };
        let (seq, id) =
            match joined {
                Some(own) => (own.seq, own.id),
                None => {
                    db.prepare_cached(
                    "INSERT INTO booking (id, mrn, post, day, minute) VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![filing.id, mrn, slot.post, slot.day, slot.minute])?;
                    (db.last_insert_rowid(), filing.id.clone())
                }
            };
        for hold in &wanted.holds {
            db.prepare_cached(
                "INSERT OR IGNORE INTO booking_control (booking, hold, filing) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![seq, key(hold), filing.id])?;
        }
        Ok(Noted::Written(id))
    }

    /// Puts down what a device says was found; what happens by it happens in the same commit. A message
    /// counts once, by the device's own number.
    pub(crate) fn results(&self, filing: &Filing, said: &Results) -> Result<Noted, Fault> {
        match self.before(filing)? {
            Some(Lodged::Repeated(before)) => return Ok(Noted::Repeated(before)),
            Some(_) => return Ok(Noted::KeyUsed),
            None => {}
        }
        let (db, mrn) = (self.db, filing.about.as_str());
        let again: Option<(String, String)> = db
            .prepare_cached(
                "SELECT digest, filing FROM device_message WHERE device = ?1 AND sequence = ?2",
            )?
            .query_row(params![said.device, said.sequence], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?;
        if let Some((digest, before)) = again {
            let before = super::by(db, "id = ?1", &before)?.filter(|_| digest == said.digest);
            return Ok(
                before.map_or(Noted::No(No::Differs), |before| Noted::Repeated(Box::new(before)))
            );
        }
        let all = bookings(db, mrn)?;
        let Some(visit) = all.iter().find(|b| b.id == said.booking && !b.over) else {
            return Ok(Noted::No(No::Visit));
        };
        let is_for = |hold: &Hold| visit.controls.iter().any(|(h, _)| h == hold);
        if !said.found.iter().all(|(hold, _)| is_for(hold)) {
            return Ok(Noted::No(No::NotFor));
        }
        let mut before = results(db, mrn)?;
        let (first, last) = life(db, mrn)?;
        if last != said.seen {
            return Ok(Noted::Moved);
        }
        let seq = self.filing(filing)?;
        db.prepare_cached(
            "INSERT INTO device_message (device, sequence, digest, filing) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![said.device, said.sequence, said.digest, filing.id])?;
        let mut life = first.clone();
        let mut events = Vec::new();
        // Refusals first: one that stands is not overturned and refused again by the same message.
        let refuses = |one: &&(Hold, Outcome)| one.1 == Outcome::Refuse;
        let others = said.found.iter().filter(|one| !refuses(one));
        for (hold, outcome) in said.found.iter().filter(refuses).chain(others) {
            db.prepare_cached(
                "INSERT INTO inspection_result
                   (booking, mrn, hold, device, sequence, made, outcome, filing)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                visit.seq,
                mrn,
                key(hold),
                said.device,
                said.sequence,
                said.made,
                outcome.name(),
                filing.id
            ])?;
            let now = Found {
                made: said.made,
                device: said.device.clone(),
                sequence: said.sequence,
                number: db.last_insert_rowid(),
                outcome: *outcome,
            };
            // Another control of the agency that stands as refused keeps its refusal.
            let mut others = before.iter().filter(|other| {
                other.control.agency == hold.agency
                    && other.control != *hold
                    && other.found.outcome == Outcome::Refuse
            });
            let mut otherwise = by_no_result(db, mrn, hold.agency, &life, &said.off)?;
            otherwise.refuses |= others.any(|other| other.decides(&before));
            let own = of_control(&before, hold);
            for event in inspection::happens(*hold, &own, &now, otherwise, &life) {
                life = consignment::next(life, event);
                events.push(event);
            }
            let filing = filing.id.clone();
            before.push(ControlResult { booking: visit.seq, filing, control: *hold, found: now });
        }
        self.happen(seq, mrn, &filing.at, first, &events)?;
        Ok(Noted::Written(said.booking.clone()))
    }
}

/// What was decided of the refusals of an agency by no result of any control; those that are `off` refuse
/// nothing.
fn by_no_result(
    db: &Connection,
    mrn: &str,
    agency: Token,
    life: &Life,
    off: &[Refusal],
) -> Result<Otherwise, Fault> {
    let mut statement = db.prepare_cached(
        "SELECT event, detail FROM event
         WHERE mrn = ?1 AND event IN ('refused', 'refusal-overturned') AND filing NOT IN
           (SELECT f.seq FROM inspection_result r JOIN filing f ON f.id = r.filing
            WHERE r.mrn = ?1)",
    )?;
    let mut rows = statement.query([mrn])?;
    let mut otherwise = Otherwise::default();
    while let Some(row) = rows.next()? {
        match super::event(row, 0, 1)? {
            Event::Refused(one) if one.agency == agency => {
                let stands = life.refusals_of(agency).contains(&one.time);
                otherwise.refuses |= stands && !off.contains(&one);
            }
            Event::Overturned(one) => otherwise.overturned |= one.agency == agency,
            _ => {}
        }
    }
    Ok(otherwise)
}
