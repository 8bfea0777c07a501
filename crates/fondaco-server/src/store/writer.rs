//! The one thread that writes, and the one that brings its log into the store's file.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use fondaco::consignment::{self, Event, Life};
use rusqlite::{Connection, params};

use super::draws::Ledger;
use super::{BATCH, Fault, Job, Lodge, Lodged, by, life, lock};

/// Pages of the log from which the writer has it begun anew: 256 MiB.
const LONG_LOG: i64 = 32_768;

/// Often and little at a time: the disk's sync of a larger piece holds up the writer's own, and the
/// filings that wait for it (200 ms: p99 17 to 37 ms at half load; 50 ms: 4 to 12).
const CHECKPOINT_EVERY: Duration = Duration::from_millis(50);

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

/// The writer: takes what waits, writes it in one transaction, answers.
pub(super) fn write(
    mut db: Connection,
    jobs: &Receiver<Job>,
    pages: &AtomicI64,
    ledger: &Mutex<Ledger>,
) {
    while let Ok(first) = jobs.recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH
            && let Ok(next) = jobs.try_recv()
        {
            batch.push(next);
        }
        let results = commit(&mut db, &batch, ledger);
        // Nearly all of a long log is in the file already; what is left is brought in at once.
        if pages.swap(0, Ordering::Relaxed) > LONG_LOG {
            db.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(())).ok();
        }
        match results {
            Ok(results) => {
                for (job, result) in batch.into_iter().zip(results) {
                    (job.answer)(result);
                }
            }
            // After a failed commit nothing of the batch is on the disk, and nothing is answered
            // as if it were.
            Err(fault) => {
                for job in batch {
                    (job.answer)(Err(fault.clone()));
                }
            }
        }
    }
}

fn commit(
    db: &mut Connection,
    batch: &[Job],
    ledger: &Mutex<Ledger>,
) -> Result<Vec<Result<Lodged, Fault>>, Fault> {
    let done = insert_all(db, batch, ledger);
    if done.is_err() {
        // What was drawn in it is not on the disk.
        lock(ledger).forget();
    }
    done
}

fn insert_all(
    db: &mut Connection,
    batch: &[Job],
    ledger: &Mutex<Ledger>,
) -> Result<Vec<Result<Lodged, Fault>>, Fault> {
    let transaction = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let mut results = Vec::with_capacity(batch.len());
    for job in batch {
        match insert(&transaction, &job.lodge, ledger) {
            Ok(lodged) => results.push(Ok(lodged)),
            // One that breaks a rule of the tables is undone alone; the others do not suffer.
            Err(e) if e.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) => {
                results.push(Err(Fault::from(e)));
            }
            Err(e) => return Err(Fault::from(e)),
        }
    }
    transaction.commit()?;
    Ok(results)
}

fn insert(db: &Connection, lodge: &Lodge, ledger: &Mutex<Ledger>) -> rusqlite::Result<Lodged> {
    let f = &lodge.filing;
    if !f.key.is_empty()
        && let Some(before) = by(db, "key = ?1", &f.key)?
    {
        return Ok(if before.digest == f.digest {
            Lodged::Repeated(Box::new(before))
        } else {
            Lodged::KeyUsed
        });
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
    if !lodge.draws.is_empty() && !lock(ledger).stand(db, &lodge.draws)? {
        return Ok(Lodged::Moved);
    }
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
    let seq = db.last_insert_rowid();
    let mut write = db.prepare_cached(
        "INSERT INTO event (mrn, event, detail, filing, at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    let mrn = if lodge.seen.is_some() { &f.about } else { f.log() };
    for event in happens(before, &lodge.events) {
        write.execute(params![mrn, event.name(), event.detail(), seq, f.at])?;
        if event == Event::Cancelled {
            lock(ledger).restore(db, seq, mrn)?;
        }
    }
    if !lodge.draws.is_empty() {
        lock(ledger).write(db, seq, mrn, f.today, &lodge.draws)?;
    }
    Ok(Lodged::Written)
}

/// What happens by these events, and what follows of it: nothing that happened already, but for what
/// may be told again.
fn happens(mut life: Life, events: &[Event]) -> Vec<Event> {
    let mut all = Vec::with_capacity(events.len() + 1);
    for event in events {
        let after = consignment::next(life.clone(), *event);
        let again = matches!(event, Event::Assessed | Event::Amended | Event::Reminded);
        if again || after != life {
            all.push(*event);
        }
        life = after;
    }
    all.extend(consignment::reactions(&life));
    all
}
