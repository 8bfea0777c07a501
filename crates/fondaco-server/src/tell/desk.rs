//! The desk that tells: for each subscription one notification after the other, in the order of the log,
//! until it arrived; then the next. It forgets nothing: how far each came is in the store.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::Failed;
use crate::house::House;
use crate::http::notifications::Notification;
use crate::store::{Fault, Progress, Subscription, Terms};

/// After the first try that did not arrive, in milliseconds; each time it is doubled.
const FIRST_WAIT: i64 = 5_000;
/// The longest time between two tries: a receiver that is back is served within the hour.
const LONGEST_WAIT: i64 = 60 * 60 * 1000;
/// No try is put off for longer: what is due later was written by a clock that was ahead. A receiver may ask
/// for a day.
const FURTHEST: i64 = 24 * 60 * 60 * 1000;
/// A receiver that took nothing for so long is left alone until somebody says go on: three days.
pub(crate) const GIVEN_UP_AFTER: i64 = 3 * 24 * 60 * 60 * 1000;
/// What says that nobody is there any more, and nobody is to come.
const GONE: u16 = 410;
/// Events looked at first of all: a receiver that fails is not worth more.
const FIRST_PAGE: usize = 8;
/// Most events looked at together.
const PAGE: usize = 128;
/// Notifications that may arrive before it is written that they did: so many may come again after a kill.
const UNSAVED: usize = 64;
/// The same, in time.
const UNSAVED_FOR: Duration = Duration::from_secs(1);
/// Events passed over because nobody wanted them before that is written.
const PASSED: i64 = 10_000;
/// The desk lets what is committed gather so long before it looks.
const GATHER: Duration = Duration::from_millis(20);
/// After the store could not be read.
const STORE_WAIT: i64 = 5_000;

/// How much the desk does at once, and how long for one before the next has its turn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Receivers called at one time; of those that failed or were slow last, half as many, so that they
    /// leave room.
    pub(crate) at_once: usize,
    /// Deliveries of one turn.
    pub(crate) deliveries: u32,
    /// A turn that lasted so long ends with the delivery under way.
    pub(crate) turn: Duration,
    /// A receiver that took longer than this for each delivery of its last turn is a slow one.
    pub(crate) slow: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            at_once: 256,
            deliveries: 256,
            turn: Duration::from_secs(30),
            slow: Duration::from_secs(1),
        }
    }
}

/// Milliseconds since 1970.
pub(crate) fn clock() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// How long to wait after so many tries in vain, in milliseconds: between half and the whole of a time
/// that doubles, as `draw` has it.
pub(crate) fn wait(attempts: u32, draw: u32) -> i64 {
    let doubled = FIRST_WAIT << attempts.saturating_sub(1).min(16);
    let whole = doubled.min(LONGEST_WAIT);
    whole / 2 + whole / 2 * i64::from(draw) / i64::from(u32::MAX)
}

/// Whether a receiver is still left alone: not where the clock was set back since the last try (`at`), or
/// the next (`due`) is further off than any waiting is. All in milliseconds since 1970.
pub(crate) fn is_left_alone(at: i64, due: i64, now: i64) -> bool {
    due > now && at <= now && due - now <= FURTHEST
}

fn draw() -> u32 {
    getrandom::u32().unwrap_or(u32::MAX)
}

impl Terms {
    /// Whether this notification is wanted.
    pub(crate) fn want(&self, n: &Notification) -> bool {
        (self.declarant.is_empty() || self.declarant == n.declarant)
            && (self.functions.is_empty() || self.functions.iter().any(|f| f == n.function))
    }
}

/// Where a turn left a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Everything is told up to `position`; up to `written` it is on the disk that it is.
    UpToDate { position: i64, written: i64 },
    /// Its time is up, and there is more; as far as `position` is told and written.
    More { position: i64 },
    /// It is to be tried again then, in milliseconds since 1970.
    Later(i64),
    /// Somebody has to say go on.
    Paused,
    /// Something was said of it meanwhile: look again.
    Changed,
    /// It is ended, or there is none.
    Over,
}

/// A turn that ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ended {
    /// Where it left the subscription.
    pub(crate) turn: Turn,
    /// Whether the receiver was slow.
    pub(crate) slow: bool,
}

/// One turn of a subscription: tells what it can within the limits.
struct Run<'a> {
    house: &'a House,
    to: Subscription,
    /// The last thing said of any subscription when this one was looked at.
    said: i64,
    now: &'a dyn Fn() -> i64,
    limits: Limits,
    begun: Instant,
    /// Deliveries tried.
    tried: u32,
    /// How long they took together.
    took: Duration,
    /// All up to here arrived or was not wanted.
    position: i64,
    saved: Instant,
    unsaved: usize,
}

impl Run<'_> {
    /// Whether it still is what was looked at: who ended or moved is called no more.
    fn stands(&mut self) -> Result<bool, Fault> {
        let said = self.house.store.news().borrow().said;
        if said == self.said {
            return Ok(true);
        }
        self.said = said;
        let stands = self.house.store.subscription(&self.to.id)?;
        Ok(stands.is_some_and(|s| s.seq == self.to.seq && !s.ended))
    }

    /// Writes how far it came; `false` where something was said of it meanwhile.
    fn save(&mut self, progress: Progress) -> Result<bool, Fault> {
        let (id, said) = (self.to.id.clone(), self.to.seq);
        self.to.progress = progress.clone();
        (self.saved, self.unsaved) = (Instant::now(), 0);
        self.house.store.written_here(move |writing| writing.delivered(&id, said, &progress))
    }

    fn save_arrived(&mut self) -> Result<bool, Fault> {
        let progress = Progress {
            cursor: self.position,
            outcome: "delivered".to_owned(),
            at: (self.now)(),
            ..Progress::default()
        };
        self.save(progress)
    }

    /// Writes that the next did not arrive, and when it is tried again.
    fn save_failed(&mut self, failed: &Failed) -> Result<Turn, Fault> {
        let now = (self.now)();
        // Since anything arrived, also in this turn.
        let before = self.to.progress.clone();
        let in_a_row = before.attempts > 0 && before.cursor == self.position;
        let attempts = if in_a_row { before.attempts.saturating_add(1) } else { 1 };
        let failing_since = if in_a_row { before.failing_since } else { now };
        let gone = failed.why == super::Why::Status(GONE);
        let given_up = gone || now - failing_since >= GIVEN_UP_AFTER;
        let asked = failed.wait.map_or(0, |seconds| i64::from(seconds) * 1000);
        let due = now + wait(attempts, draw()).max(asked);
        if given_up {
            // Not the address: its path or query may be the secret of who subscribed.
            let (id, host) = (&self.to.id, super::host(&self.to.terms.url));
            let why = failed.why.name();
            eprintln!("fondaco: subscription {id} to {host} is paused: {why} ({attempts} tries)");
        }
        let stands = self.save(Progress {
            cursor: self.position,
            outcome: if given_up { "paused" } else { "failed" }.to_owned(),
            attempts,
            failing_since,
            due,
            why: failed.why.name(),
            at: now,
        })?;
        Ok(match (stands, given_up) {
            (false, _) => Turn::Changed,
            (true, true) => Turn::Paused,
            (true, false) => Turn::Later(due),
        })
    }

    fn go(&mut self) -> Result<Turn, Fault> {
        let mut most = FIRST_PAGE;
        loop {
            let (some, next) = match self.house.tell.after(self.house, self.position, most) {
                Ok(read) => read,
                Err(fault) => {
                    // What arrived before does not come again for it.
                    if self.unsaved > 0 && !self.save_arrived()? {
                        return Ok(Turn::Changed);
                    }
                    return Err(fault);
                }
            };
            most = PAGE.min(most * 2);
            if next == self.position {
                let passed = self.position - self.to.progress.cursor >= PASSED;
                if (self.unsaved > 0 || passed) && !self.save_arrived()? {
                    return Ok(Turn::Changed);
                }
                let written = self.to.progress.cursor;
                return Ok(Turn::UpToDate { position: self.position, written });
            }
            for n in &some {
                if !self.to.terms.want(n) {
                    continue;
                }
                let over = self.tried >= self.limits.deliveries
                    || self.begun.elapsed() >= self.limits.turn;
                if self.tried > 0 && over {
                    // Others wait for the place.
                    if self.unsaved > 0 && !self.save_arrived()? {
                        return Ok(Turn::Changed);
                    }
                    return Ok(Turn::More { position: self.position });
                }
                // Nothing of this turn is written any more: it is at least once.
                if !self.stands()? {
                    return Ok(Turn::Changed);
                }
                let begun = Instant::now();
                let told = self.house.tell.tell(&self.to, n, (self.now)());
                self.tried += 1;
                self.took += begun.elapsed();
                if let Err(failed) = told {
                    return self.save_failed(&failed);
                }
                self.position = n.cursor;
                self.unsaved += 1;
                let due = self.unsaved >= UNSAVED || self.saved.elapsed() >= UNSAVED_FOR;
                if due && !self.save_arrived()? {
                    return Ok(Turn::Changed);
                }
            }
            self.position = next;
        }
    }
}

/// Tells a subscription what it can be told at this time within the limits; `at` is how far it is known to have come, by
/// which thing said of it, where that is further than is written.
///
/// # Errors
/// The store failed.
pub(crate) fn turn(
    house: &House,
    id: &str,
    at: Option<(i64, i64)>,
    now: &dyn Fn() -> i64,
    limits: Limits,
) -> Result<Ended, Fault> {
    let ended = |turn| Ok(Ended { turn, slow: false });
    // Before it is looked at: what is said from here on is seen.
    let said = house.store.news().borrow().said;
    let Some(to) = house.store.subscription(id)?.filter(|s| !s.ended) else {
        return ended(Turn::Over);
    };
    match &*to.progress.outcome {
        "paused" => return ended(Turn::Paused),
        "failed" if is_left_alone(to.progress.at, to.progress.due, now()) => {
            return ended(Turn::Later(to.progress.due));
        }
        _ => {}
    }
    let further = at.filter(|(said, _)| *said == to.seq).map(|(_, position)| position);
    let position = to.progress.cursor.max(further.unwrap_or(0));
    let begun = Instant::now();
    let mut run = Run {
        house,
        to,
        said,
        now,
        limits,
        begun,
        tried: 0,
        took: Duration::ZERO,
        position,
        saved: begun,
        unsaved: 0,
    };
    let turn = run.go()?;
    Ok(Ended { turn, slow: run.took > limits.slow.saturating_mul(run.tried) })
}

/// A subscription at the desk.
struct Seat {
    said: i64,
    terms: Terms,
    position: i64,
    written: i64,
    /// When it was tried last, and when it is due; 0 where nothing is waited for.
    at: i64,
    due: i64,
    failing: bool,
    /// Whether its receiver was slow last.
    slow: bool,
    paused: bool,
    running: bool,
    /// What it was said to wait for last; empty where it waits for nothing that cannot be read.
    fault: String,
    /// Which turn of the desk its last one was: who had none for the longest is the next.
    turned: u64,
}

impl Seat {
    /// Whether it is one of those that may not take every place.
    fn lags(&self) -> bool {
        self.failing || self.slow
    }

    /// Lets it wait for what cannot be read; until when. Said once.
    fn wait_for(&mut self, id: &str, fault: &Fault) -> i64 {
        let said = fault.to_string();
        if said != self.fault {
            let after = self.position;
            eprintln!("fondaco: subscription {id} waits after event {after}: {said}");
            self.fault = said;
        }
        self.at = clock();
        self.due = self.at + STORE_WAIT;
        self.due
    }
}

/// Which subscription, by which thing said of it, and what became of its turn.
type Done = (String, i64, Result<Ended, Fault>);

/// Says what became of a turn also where its thread ends otherwise.
struct Say {
    sender: UnboundedSender<Done>,
    id: String,
    said: i64,
    turn: Option<Result<Ended, Fault>>,
}

impl Drop for Say {
    fn drop(&mut self) {
        let turn = self.turn.take().unwrap_or(Err(Fault::Stopped));
        self.sender.send((std::mem::take(&mut self.id), self.said, turn)).ok();
    }
}

struct Desk {
    seats: BTreeMap<String, Seat>,
    said: i64,
    limits: Limits,
    /// Turns that were begun.
    turns: u64,
    sender: UnboundedSender<Done>,
}

impl Desk {
    /// Takes up what was said of subscriptions; `cursor` is the end of the log.
    fn look(&mut self, house: &House, said: i64, cursor: i64) -> Result<(), Fault> {
        let mut before = std::mem::take(&mut self.seats);
        for s in house.store.subscriptions()? {
            let old = before.remove(&s.id);
            let seat = match old {
                Some(old) if old.said == s.seq => old,
                old => Seat {
                    said: s.seq,
                    terms: s.terms,
                    position: s.progress.cursor.min(cursor),
                    written: s.progress.cursor,
                    at: s.progress.at,
                    due: s.progress.due,
                    failing: s.progress.outcome == "failed",
                    slow: old.as_ref().is_some_and(|old| old.slow),
                    paused: s.progress.outcome == "paused",
                    fault: old.as_ref().map(|old| old.fault.clone()).unwrap_or_default(),
                    turned: old.as_ref().map_or(0, |old| old.turned),
                    running: old.is_some_and(|old| old.running),
                },
            };
            self.seats.insert(s.id, seat);
        }
        self.said = said;
        Ok(())
    }

    /// Begins the turns that are due; when the next one is.
    fn begin(&mut self, house: &Arc<House>, cursor: i64) -> Result<Option<i64>, Fault> {
        let now = clock();
        let mut next: Option<i64> = None;
        let mut due: Vec<(u64, String)> = Vec::new();
        for (id, seat) in &mut self.seats {
            if seat.running || seat.paused || seat.position >= cursor {
                continue;
            }
            if is_left_alone(seat.at, seat.due, now) {
                next = Some(next.map_or(seat.due, |n| n.min(seat.due)));
                continue;
            }
            // Who is nearly up to date and wants nothing of the news costs no thread.
            if !seat.failing
                && house.tell.recent.reaches(seat.position)
                && seat.position - seat.written < PASSED
            {
                // Who stands at what cannot be read waits alone.
                let (some, until) = match house.tell.after(house, seat.position, PAGE) {
                    Ok(read) => read,
                    Err(fault) => {
                        let due = seat.wait_for(id, &fault);
                        next = Some(next.map_or(due, |n| n.min(due)));
                        continue;
                    }
                };
                if !some.iter().any(|n| seat.terms.want(n)) {
                    seat.position = until;
                    if until < cursor {
                        next = Some(now);
                    }
                    continue;
                }
            }
            due.push((seat.turned, id.clone()));
        }
        // In the order in which they had their last turn: nobody has a second one while another waits.
        due.sort();
        let running = self.seats.values().filter(|s| s.running);
        let (lag, all) =
            running.fold((0, 0), |(lag, all), s| (lag + usize::from(s.lags()), all + 1));
        let mut room = self.limits.at_once.saturating_sub(all);
        let mut room_to_lag = (self.limits.at_once / 2).saturating_sub(lag);
        for (_, id) in due {
            let Some(seat) = self.seats.get_mut(&id) else { continue };
            // A turn that ends makes room, and wakes the desk.
            if room == 0 || seat.lags() && room_to_lag == 0 {
                continue;
            }
            room -= 1;
            room_to_lag -= usize::from(seat.lags());
            self.turns += 1;
            (seat.running, seat.turned) = (true, self.turns);
            let (sender, said) = (self.sender.clone(), seat.said);
            let say = Say { sender, id, said, turn: None };
            let (house, at, limits) = (house.clone(), Some((said, seat.position)), self.limits);
            // What cannot be begun is said to be done by its drop.
            std::thread::Builder::new()
                .name("deliver".into())
                .spawn(move || {
                    let mut say = say;
                    let done = turn(&house, &say.id, at, &clock, limits);
                    say.turn = Some(done);
                })
                .ok();
        }
        Ok(next)
    }

    fn done(&mut self, (id, said, turn): Done) {
        let Some(seat) = self.seats.get_mut(&id) else { return };
        seat.running = false;
        // Something was said meanwhile: from where it goes on was said with it.
        if seat.said != said {
            return;
        }
        seat.slow = turn.as_ref().is_ok_and(|t| t.slow);
        let turn = turn.map(|ended| ended.turn);
        seat.failing = matches!(turn, Ok(Turn::Later(_)));
        if turn.is_ok() {
            seat.fault.clear();
        }
        match turn {
            Ok(Turn::UpToDate { position, written }) => {
                (seat.position, seat.written, seat.due) = (position, written, 0);
            }
            Ok(Turn::More { position }) => {
                (seat.position, seat.written, seat.due) = (position, position, 0);
            }
            Ok(Turn::Later(due)) => (seat.at, seat.due) = (clock(), due),
            Ok(Turn::Paused) => seat.paused = true,
            Ok(Turn::Changed) => seat.said = 0,
            Ok(Turn::Over) => {
                self.seats.remove(&id);
            }
            Err(fault) => {
                seat.wait_for(&id, &fault);
            }
        }
    }
}

/// Opens the desk of a house; it closes with its store.
///
/// # Errors
/// No thread could be begun.
pub(crate) fn open(house: &Arc<House>, limits: Limits) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let mut news = house.store.news();
    let house = Arc::downgrade(house);
    let (sender, mut receiver): (_, UnboundedReceiver<Done>) = unbounded_channel();
    let mut desk = Desk { seats: BTreeMap::new(), said: -1, limits, turns: 0, sender };
    let work = async move {
        loop {
            let Some(house) = house.upgrade() else { return };
            let now = *news.borrow_and_update();
            let looked = if desk.said == now.said && desk.seats.values().all(|s| s.said != 0) {
                Ok(())
            } else {
                desk.look(&house, now.said, now.cursor)
            };
            let next = looked.and_then(|()| desk.begin(&house, now.cursor));
            drop(house);
            let next = next.unwrap_or_else(|fault| {
                eprintln!("fondaco: subscriptions: {fault}");
                Some(clock() + STORE_WAIT)
            });
            let wait = next.map_or(3_600_000, |next| next - clock()).clamp(0, 3_600_000);
            let wait = Duration::from_millis(wait.unsigned_abs());
            tokio::select! {
                changed = news.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    tokio::time::sleep(GATHER).await;
                }
                done = receiver.recv() => {
                    if let Some(done) = done {
                        desk.done(done);
                    }
                }
                () = tokio::time::sleep(wait) => {}
            }
        }
    };
    std::thread::Builder::new().name("desk".into()).spawn(move || runtime.block_on(work))?;
    Ok(())
}
