//! The one thread that writes, and the one that brings its log into the store's file.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use fondaco::consignment::{self, Event, Life};
use fondaco::ledger::Mark;
use rusqlite::{Connection, params};

use super::account::{Shown, had_part};
use super::books::Books;
use super::draws::Draws;
use super::lpco;
use super::subscriptions::{last_cursor, last_said};
use super::tasks;
use super::{BATCH, Fault, Filing, Lodge, Lodged, by, life, lock};

/// Pages of the log from which the writer has it begun anew: 256 MiB.
const LONG_LOG: i64 = 32_768;

/// Often and little at a time: the disk's sync of a larger piece holds up the writer's own, and the
/// filings that wait for it (200 ms: p99 17 to 37 ms at half load; 50 ms: 4 to 12).
const CHECKPOINT_EVERY: Duration = Duration::from_millis(50);

/// A commit takes no more than what was begun within this time: what took long, as a bank's message of
/// thousands of entries, is on the disk and answered before the next is begun.
const LONG: Duration = Duration::from_millis(50);

/// Brings the log into the store's file while filings go on, and a last time at the end; `pages`
/// tells the writer how long the log is.
pub(super) fn checkpoint(db: &Connection, stopped: &Receiver<()>, pages: &AtomicI64) {
    let bring = || {
        let long = db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1));
        pages.store(long.unwrap_or(0), Ordering::Relaxed);
    };
    while stopped.recv_timeout(CHECKPOINT_EVERY) == Err(std::sync::mpsc::RecvTimeoutError::Timeout)
    {
        bring();
    }
    bring();
}

/// What is on the disk, for who waits for more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct News {
    /// The last position in the log of the house.
    pub(crate) cursor: i64,
    /// The last thing said of a subscription.
    pub(crate) said: i64,
}

impl News {
    pub(super) fn read(db: &Connection) -> rusqlite::Result<Self> {
        Ok(Self { cursor: last_cursor(db)?, said: last_said(db)? })
    }
}

/// Something for the writer to do.
pub(super) trait Job: Send {
    /// Does it, in the transaction of the batch.
    fn run(&mut self, writing: &Writing<'_>) -> Result<(), Fault>;

    /// Says what became of it, once that is on the disk or is not.
    fn answer(self: Box<Self>, result: Result<(), Fault>);
}

/// A job of two closures.
pub(super) struct Work<W, A, T> {
    work: Option<W>,
    answer: A,
    done: Option<T>,
}

impl<W, A, T> Work<W, A, T> {
    pub(super) fn new(work: W, answer: A) -> Self {
        Self { work: Some(work), answer, done: None }
    }
}

impl<W, A, T> Job for Work<W, A, T>
where
    W: FnOnce(&Writing<'_>) -> Result<T, Fault> + Send,
    A: FnOnce(Result<T, Fault>) + Send,
    T: Send,
{
    fn run(&mut self, writing: &Writing<'_>) -> Result<(), Fault> {
        let work = self.work.take().ok_or(Fault::Stopped)?;
        self.done = Some(work(writing)?);
        Ok(())
    }

    fn answer(self: Box<Self>, result: Result<(), Fault>) {
        let done = self.done;
        (self.answer)(result.and_then(|()| done.ok_or(Fault::Stopped)));
    }
}

/// What is held of the tables in memory: the writer's, and looked into by others.
pub(super) struct Held {
    pub(super) draws: Arc<Mutex<Draws>>,
    /// The writer's alone.
    pub(super) books: Arc<Mutex<Option<Books>>>,
    pub(super) shown: Arc<Shown>,
}

/// The writer: takes what waits, writes it in one transaction, answers.
pub(super) fn write(
    mut db: Connection,
    jobs: &Receiver<Box<dyn Job>>,
    pages: &AtomicI64,
    held: &Held,
    news: &tokio::sync::watch::Sender<News>,
) {
    let mut left: Vec<Box<dyn Job>> = Vec::new();
    loop {
        let mut batch = std::mem::take(&mut left);
        if batch.is_empty() {
            let Ok(first) = jobs.recv() else { break };
            batch.push(first);
        }
        while batch.len() < BATCH
            && let Ok(next) = jobs.try_recv()
        {
            batch.push(next);
        }
        let results = commit(&mut db, &mut batch, held);
        // Nearly all of a long log is in the file already; what is left is brought in at once.
        if pages.swap(0, Ordering::Relaxed) > LONG_LOG {
            db.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(())).ok();
        }
        match results {
            Ok(results) => {
                left = batch.split_off(results.len());
                // Who waits is woken before the answers, and never waited for.
                if let Ok(now) = News::read(&db) {
                    news.send_if_modified(|before| std::mem::replace(before, now) != now);
                }
                for (job, result) in batch.into_iter().zip(results) {
                    job.answer(result);
                }
            }
            // After a failed commit nothing of the batch is on the disk, and nothing is answered
            // as if it were.
            Err(fault) => {
                for job in batch {
                    job.answer(Err(fault.clone()));
                }
            }
        }
    }
}

/// Runs jobs in one transaction, as many as are begun in time: what became of each.
fn commit(
    db: &mut Connection,
    batch: &mut [Box<dyn Job>],
    held: &Held,
) -> Result<Vec<Result<(), Fault>>, Fault> {
    let done = run_all(db, batch, held);
    let mut books = lock(&held.books);
    if done.is_err() {
        // What was drawn and posted in it is not on the disk.
        lock(&held.draws).forget();
        if let Some(books) = books.as_mut() {
            books.undo(None);
        }
    } else if let Some(books) = books.as_mut() {
        held.shown.change(books.keep());
    }
    done
}

/// Ends a job for the books: what it did stays, or is undone.
fn end(books: &Mutex<Option<Books>>, undo_to: Option<Mark>) {
    if let Some(books) = lock(books).as_mut() {
        match undo_to {
            Some(mark) => books.undo(Some(mark)),
            None => books.ledger.put_away(),
        }
    }
}

fn run_all(
    db: &mut Connection,
    batch: &mut [Box<dyn Job>],
    held: &Held,
) -> Result<Vec<Result<(), Fault>>, Fault> {
    let transaction = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let writing =
        Writing { db: &transaction, draws: &held.draws, books: &held.books, shown: &held.shown };
    let mut results = Vec::with_capacity(batch.len());
    let begun = Instant::now();
    for job in batch {
        if !results.is_empty() && begun.elapsed() > LONG {
            break;
        }
        transaction.prepare_cached("SAVEPOINT job")?.execute([])?;
        let mark = lock(&held.books).as_ref().map(|b| b.ledger.mark()).unwrap_or_default();
        let result = job.run(&writing);
        end(&held.books, result.is_err().then_some(mark));
        // One that breaks a rule of the tables is undone alone; the others do not suffer.
        if result.is_err() {
            transaction.prepare_cached("ROLLBACK TO job")?.execute([])?;
            // Not forgotten: a reader would take up what was committed, without the batch.
            lock(&held.draws).read_again(&transaction)?;
        }
        transaction.prepare_cached("RELEASE job")?.execute([])?;
        results.push(result);
    }
    if let Some(books) = lock(&held.books).as_mut() {
        books.check(&transaction)?;
    }
    transaction.commit()?;
    Ok(results)
}

/// What the writer's jobs write with: the open transaction, and what is held of the tables in memory.
pub(crate) struct Writing<'a> {
    pub(super) db: &'a Connection,
    draws: &'a Mutex<Draws>,
    pub(super) books: &'a Mutex<Option<Books>>,
    pub(super) shown: &'a Shown,
}

impl Writing<'_> {
    /// Lodges a filing, with what happens by it.
    pub(crate) fn lodge(&self, lodge: &Lodge) -> Result<Lodged, Fault> {
        self.lodge_with(lodge, |_, _| Ok(None))
    }

    /// The same with something more that is done before anything follows: it gets the number of the filing
    /// and the life after its events, and says what else happens.
    pub(super) fn lodge_with(
        &self,
        lodge: &Lodge,
        more: impl FnOnce(i64, &Life) -> Result<Option<Event>, Fault>,
    ) -> Result<Lodged, Fault> {
        let Self { db, draws, .. } = *self;
        let f = &lodge.filing;
        if let Some(before) = self.before(f)? {
            return Ok(before);
        }
        if !f.mrn.is_empty() {
            let used = db
                .prepare_cached(
                    "SELECT 1 FROM filing WHERE declarant = ?1 AND lrn = ?2 AND mrn IS NOT NULL",
                )?
                .exists([&f.declarant, &f.lrn])?;
            if used {
                return Ok(Lodged::ReferenceUsed);
            }
        }
        // A decision about money may be no event, so that what was seen does not tell of it.
        if lodge.judges && had_part(db, &f.about, &f.declarant)? {
            return Ok(Lodged::Moved);
        }
        // Nor is one on some of the items of a hold.
        if let Some(seen) = lodge.decided_items
            && tasks::decided(db, &f.about)?.len() != seen
        {
            return Ok(Lodged::Moved);
        }
        // Of two that decide on one declaration at one time, the second decides by what the first did.
        let before = match lodge.seen {
            Some(seen) => {
                let (life, last) = life(db, &f.about)?;
                if last != seen {
                    return Ok(Lodged::Moved);
                }
                life
            }
            None => Life::default(),
        };
        // What it takes, takes the place of what the declaration took before.
        let anew = lodge.seen.is_some() && lodge.looked.reserves;
        let own = if anew { &*f.about } else { "" };
        if !lodge.draws.is_empty() && !lock(draws).stand(db, own, &lodge.draws)? {
            return Ok(Lodged::Moved);
        }
        let mrn = if lodge.seen.is_some() { &f.about } else { f.log() };
        if !lpco::stand(db, &lodge.looked, mrn)? {
            return Ok(Lodged::Moved);
        }
        let seq = self.filing(f)?;
        let mut events = lodge.events.clone();
        let after = |events: &[Event]| {
            events.iter().fold(before.clone(), |life, e| consignment::next(life, *e))
        };
        if let Some(owed) = &lodge.owed {
            events.extend(self.charge((seq, &f.id), owed, &after(&events))?);
        }
        events.extend(more(seq, &after(&events))?);
        self.happen(seq, mrn, &f.at, before, &events)?;
        if anew || !lodge.draws.is_empty() {
            lock(draws).write(db, seq, mrn, f.today, &lodge.draws, anew)?;
        }
        lpco::write(db, seq, mrn, &lodge.looked, anew)?;
        Ok(Lodged::Written)
    }

    /// What was answered before under the key of a filing.
    pub(super) fn before(&self, f: &Filing) -> Result<Option<Lodged>, Fault> {
        if f.key.is_empty() {
            return Ok(None);
        }
        Ok(by(self.db, "key = ?1", &f.key)?.map(|before| match before.digest == f.digest {
            true => Lodged::Repeated(Box::new(before)),
            false => Lodged::KeyUsed,
        }))
    }

    /// Writes a filing; its number in the table.
    pub(super) fn filing(&self, f: &Filing) -> Result<i64, Fault> {
        let db = self.db;
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        db.prepare_cached(
            "INSERT INTO filing (id, mrn, number, about, lrn, declarant, kind, outcome, lane, total, at, today,
               day, window, draw, format, bundle, digest, body, opinion, receipt, key)
             VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22)",
        )?
        .execute(params![
            f.id,
            some(&f.mrn),
            f.number,
            some(&f.about),
            f.lrn,
            f.declarant,
            f.kind,
            f.outcome,
            f.lane,
            f.total,
            f.at,
            f.today,
            f.on,
            f.window,
            f.draw,
            f.format,
            f.bundle,
            f.digest,
            f.body,
            f.opinion,
            f.receipt,
            some(&f.key),
        ])?;
        Ok(db.last_insert_rowid())
    }

    /// Writes what happens to a declaration by these events and what follows of it, after what happened
    /// before; all came with one filing.
    pub(super) fn happen(
        &self,
        filing: i64,
        mrn: &str,
        at: &str,
        before: Life,
        events: &[Event],
    ) -> Result<(), Fault> {
        let mut write = self.db.prepare_cached(
            "INSERT INTO event (mrn, event, detail, filing, at) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for event in happens(before, events) {
            write.execute(params![mrn, event.name(), event.detail(), filing, at])?;
            // What did not leave was not exported: nothing of it stands.
            if matches!(event, Event::Cancelled | Event::NotDeparted) {
                lock(self.draws).restore(self.db, filing, mrn)?;
                self.uncharge(filing, mrn)?;
                lpco::restore(self.db, filing, mrn)?;
            }
        }
        Ok(())
    }
}

/// What happens by these events, and what follows of it: nothing that happened already, but for what
/// may be told again.
fn happens(mut life: Life, events: &[Event]) -> Vec<Event> {
    let mut all = Vec::with_capacity(events.len() + 1);
    for event in events {
        let after = consignment::next(life.clone(), *event);
        let again = matches!(event, Event::Assessed | Event::Reminded);
        if again || after != life {
            all.push(*event);
        }
        life = after;
    }
    all.extend(consignment::reactions(&life));
    all
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use crate::store::{Store, Sync};

    /// What waits behind a job that took long is not in its commit: that is answered before.
    #[test]
    fn what_took_long_is_answered_before_the_next_is_begun() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("s.db"), Sync::Off).unwrap();
        let ((go, gone), (say, said)) = (channel::<()>(), channel());
        let (tell, told) = channel();
        let wait = std::time::Duration::from_secs(2);
        // So that the others wait together.
        let waits = move |_: &super::Writing<'_>| {
            gone.recv().unwrap();
            Ok(())
        };
        store.write(waits, |done| done.unwrap());
        let takes_long = move |_: &super::Writing<'_>| {
            std::thread::sleep(super::LONG * 2);
            Ok(())
        };
        store.write(takes_long, move |_| say.send(()).unwrap());
        let answered = move |_: &super::Writing<'_>| Ok(said.recv_timeout(wait).is_ok());
        store.write(answered, move |done| tell.send(done.unwrap()).unwrap());
        go.send(()).unwrap();
        assert!(told.recv().unwrap());
        store.close();
    }
}
