//! The embedded store: SQLite, one writer, everything that waits in one commit.
//!
//! What was answered was committed with full synchronisation before. Row types stay in here.
//!
//! Tables are only appended to: a filing with what was thought of it is never updated
//! (ADR 3); state is the fold of events.

/// Of the entries of postings those on an account of a debt; the condition of their index, too.
macro_rules! of_a_debt {
    () => {
        "account IN ('due', 'contingent', 'received', 'deferred', 'secured')"
    };
}

mod account;
mod books;
mod draws;
mod entries;
mod money;
mod orders;
mod inspections;
pub(crate) mod lpco;
mod crossed;
mod exchange;
mod register;
mod retold;
mod sums;
mod tasks;
mod subscriptions;
mod told;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicI64;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use fondaco::consignment::{self, Event, Life};
use fondaco::ledger::Refusal;
use fondaco::money::Decimal;
use fondaco::quota::Quota;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};

pub(crate) use account::Posted;
use account::Shown;
use books::Books;
pub(crate) use crossed::{Declared, Last, Stuck};
pub(crate) use draws::{Draw, had_of};
use draws::{Draws, decimal};
pub(crate) use exchange::{Aside, Came, Due, Gone, Kept, PartnerKey, Taken};
pub(crate) use inspections::{Booking, ControlResult, No, Noted, Results, Slot, Wanted};
pub(crate) use money::{About, Ask, BANK, Intent, Owed, Told};
pub(crate) use register::{Act, Person};
pub(crate) use subscriptions::{Heard, Progress, Say, Subscription, Terms};
pub(crate) use tasks::{NEVER, Part, Step, Task, Timer, key};
pub(crate) use told::PartTaken;
use writer::{Job, Work};
pub(crate) use writer::{News, Writing};

/// The store failed. The message is for the log.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Fault {
    /// The engine said no.
    #[error("store: {0}")]
    Engine(String),
    /// The writer has stopped.
    #[error("store: the writer has stopped")]
    Stopped,
    /// The ledger does not take what it was given; nothing was written.
    #[error("ledger: {0}")]
    Refused(Refusal),
}

impl From<rusqlite::Error> for Fault {
    fn from(e: rusqlite::Error) -> Self {
        Self::Engine(e.to_string())
    }
}

impl From<std::io::Error> for Fault {
    fn from(e: std::io::Error) -> Self {
        Self::Engine(e.to_string())
    }
}

/// A filing to be written: what was sent, what was thought of it, what follows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filing {
    /// UUID v7.
    pub(crate) id: String,
    /// The number given; empty where returned.
    pub(crate) mrn: String,
    /// The house's count of numbers at which it was given.
    pub(crate) number: Option<i64>,
    /// The message it is about, for messages about another declaration.
    pub(crate) about: String,
    /// The declarant's reference.
    pub(crate) lrn: String,
    /// Who files.
    pub(crate) declarant: String,
    /// Type, such as `IMA`.
    pub(crate) kind: String,
    /// `accepted` or `returned`.
    pub(crate) outcome: String,
    /// Lane; empty where none.
    pub(crate) lane: String,
    /// What is payable, and in which currency; for lists.
    pub(crate) total: String,
    /// RFC 3339 UTC.
    pub(crate) at: String,
    /// Days since 1970 of "today" when it was looked at.
    pub(crate) today: i32,
    /// The day given by the caller, where one was.
    pub(crate) on: Option<i32>,
    /// Whether the acceptance window was kept.
    pub(crate) window: bool,
    /// The draw.
    pub(crate) draw: u32,
    /// Format name.
    pub(crate) format: String,
    /// SHA-256 of the bundle.
    pub(crate) bundle: String,
    /// Digest of the bytes.
    pub(crate) digest: String,
    /// The bytes as filed.
    pub(crate) body: Vec<u8>,
    /// The opinion.
    pub(crate) opinion: Vec<u8>,
    /// The receipt.
    pub(crate) receipt: String,
    /// The caller's key; empty where none.
    pub(crate) key: String,
}

impl Filing {
    /// The name its events stand under: its number, or its id where it was returned.
    pub(crate) fn log(&self) -> &str {
        if self.mrn.is_empty() { &self.id } else { &self.mrn }
    }
}

/// A filing to lodge and the events that follow from it: for the declaration it is about where `seen` is
/// some, otherwise for itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lodge {
    pub(crate) filing: Filing,
    pub(crate) events: Vec<Event>,
    /// What it draws on tariff quotas, for the declaration it accepts.
    pub(crate) draws: Vec<Draw>,
    /// What is owed of the declaration from now on; `None` where that is not known, or is as it was.
    pub(crate) owed: Option<Box<Owed>>,
    /// What it looked up in the register of licences, permits and certificates, and writes off there.
    pub(crate) looked: lpco::Lookups,
    /// The last event seen of the declaration it is about; `None` for one that is about no other.
    pub(crate) seen: Option<i64>,
    /// How many decisions on single items of it were seen, where they tell what happens: they are no events.
    pub(crate) decided_items: Option<usize>,
    /// Whether it answers an appeal: who sends it had no part in the declaration it is about.
    pub(crate) judges: bool,
}

/// What became of it.
#[derive(Clone, Debug)]
pub(crate) enum Lodged {
    /// Written.
    Written,
    /// The key was used with the same bytes: this was the answer.
    Repeated(Box<Filing>),
    /// The key was used with other bytes.
    KeyUsed,
    /// The declarant used the reference before.
    ReferenceUsed,
    /// What it hangs on moved since it was looked at: others drew on a quota it claims or on a licence it
    /// shows, so that its draw comes out otherwise, something happened to the declaration it is about, or who
    /// answers an appeal had a part in it. Nothing was written.
    Moved,
}

/// An event as it happened.
#[derive(Clone, Debug)]
pub(crate) struct Happened {
    /// Position in the log of the house.
    pub(crate) cursor: i64,
    /// The declaration.
    pub(crate) mrn: String,
    /// What.
    pub(crate) event: Event,
    /// The filing it came with.
    pub(crate) filing: String,
    /// When.
    pub(crate) at: String,
}

/// How eagerly the store syncs; only the benchmark asks for less than full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sync {
    /// Every commit is on the disk before it is answered.
    Full,
    /// Nothing is waited for.
    Off,
}

/// The store of one house.
pub(crate) struct Store {
    path: PathBuf,
    jobs: Mutex<Option<SyncSender<Box<dyn Job>>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    /// Dropped, it ends the checkpoints.
    checkpoints: Mutex<Option<(SyncSender<()>, JoinHandle<()>)>>,
    readers: Mutex<Vec<Connection>>,
    /// Shared with the writer; what it holds may be ahead of the disk until the writer has answered.
    draws: Arc<Mutex<Draws>>,
    /// The writer's; `None` until they are opened or wanted.
    books: Arc<Mutex<Option<Books>>>,
    shown: Arc<Shown>,
    /// What the writer committed last.
    news: tokio::sync::watch::Receiver<News>,
}

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS filing (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  mrn TEXT UNIQUE,
  number INTEGER UNIQUE,
  about TEXT,
  lrn TEXT NOT NULL,
  declarant TEXT NOT NULL,
  kind TEXT NOT NULL,
  outcome TEXT NOT NULL,
  lane TEXT NOT NULL,
  total TEXT NOT NULL,
  at TEXT NOT NULL,
  today INTEGER NOT NULL,
  day INTEGER,
  window INTEGER NOT NULL,
  draw INTEGER NOT NULL,
  format TEXT NOT NULL,
  bundle TEXT NOT NULL,
  digest TEXT NOT NULL,
  body BLOB NOT NULL,
  opinion BLOB NOT NULL,
  receipt TEXT NOT NULL,
  key TEXT UNIQUE
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS filing_reference ON filing (declarant, lrn) WHERE mrn IS NOT NULL;
CREATE INDEX IF NOT EXISTS filing_about ON filing (about) WHERE about IS NOT NULL;
CREATE TABLE IF NOT EXISTS event (
  cursor INTEGER PRIMARY KEY,
  mrn TEXT NOT NULL,
  event TEXT NOT NULL,
  filing INTEGER NOT NULL,
  at TEXT NOT NULL,
  detail TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX IF NOT EXISTS event_mrn ON event (mrn);
";

/// Of the tables above; a store of another is refused, never guessed at. Stores of versions 1
/// (no draws), 2 (no register of law), 4 (no money) and 5 (no rows of what banks told) get the tables they
/// have not, those up to 3 the detail of events, the first of 5 the worth of requests.
const VERSION: i64 = 6;
const FIRST: i64 = 1;
/// Most filings in one commit.
const BATCH: usize = 512;
/// Filings waiting for the writer before callers are made to wait.
const WAITING: usize = 4096;

fn open(path: &Path, sync: Sync) -> Result<Connection, Fault> {
    let db = Connection::open(path)?;
    db.busy_timeout(Duration::from_secs(10))?;
    db.pragma_update(None, "page_size", 8192)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", if sync == Sync::Full { "FULL" } else { "OFF" })?;
    // Checkpoints are made beside the writer, so that no commit waits for one.
    db.pragma_update(None, "wal_autocheckpoint", 0)?;
    db.pragma_update(None, "cache_size", -65_536)?;
    // More than the statements of the longest commit: one that falls out is read again at each turn.
    db.set_prepared_statement_cache_capacity(256);
    Ok(db)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // What the lock guards is whole between statements, so a panic elsewhere does not spoil it.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store {
    /// Opens the store in a file, making it where it is not.
    pub(crate) fn open(path: &Path, sync: Sync) -> Result<Arc<Self>, Fault> {
        let db = open(path, sync)?;
        let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let empty = !db.table_exists(None, "filing")?;
        if !empty && !(FIRST..=VERSION).contains(&version) {
            let what = format!("this store is of version {version}; the program wants {VERSION}");
            return Err(Fault::Engine(what));
        }
        db.execute_batch(SCHEMA)?;
        if !db.column_exists(None, "event", "detail")? {
            db.execute_batch("ALTER TABLE event ADD COLUMN detail TEXT NOT NULL DEFAULT ''")?;
        }
        db.execute_batch(draws::SCHEMA)?;
        db.execute_batch(register::SCHEMA)?;
        money::make(&db)?;
        db.execute_batch(sums::SCHEMA)?;
        db.execute_batch(told::SCHEMA)?;
        db.execute_batch(retold::SCHEMA)?;
        db.execute_batch(tasks::SCHEMA)?;
        db.execute_batch(inspections::SCHEMA)?;
        db.execute_batch(lpco::SCHEMA)?;
        db.execute_batch(exchange::SCHEMA)?;
        db.execute_batch(crossed::SCHEMA)?;
        if !db.column_exists(None, "import_names", "at")? {
            db.execute_batch(crossed::SINCE)?;
        }
        db.execute_batch(subscriptions::SCHEMA)?;
        db.pragma_update(None, "user_version", VERSION)?;
        let (sender, receiver) = sync_channel::<Box<dyn Job>>(WAITING);
        let pages = Arc::new(AtomicI64::new(0));
        let told = pages.clone();
        let draws = Arc::new(Mutex::new(Draws::default()));
        let books = Arc::new(Mutex::new(None));
        let shown = Arc::new(Shown::default());
        let held =
            writer::Held { draws: draws.clone(), books: books.clone(), shown: shown.clone() };
        let (tell, news) = tokio::sync::watch::channel(News::read(&db)?);
        let writer = std::thread::Builder::new()
            .name("store".into())
            .spawn(move || writer::write(db, &receiver, &told, &held, &tell))?;
        let beside = open(path, sync)?;
        let (stop, stopped) = sync_channel::<()>(0);
        let checkpoints = std::thread::Builder::new()
            .name("checkpoint".into())
            .spawn(move || writer::checkpoint(&beside, &stopped, &pages))?;
        Ok(Arc::new(Self {
            path: path.to_owned(),
            jobs: Mutex::new(Some(sender)),
            writer: Mutex::new(Some(writer)),
            checkpoints: Mutex::new(Some((stop, checkpoints))),
            readers: Mutex::new(Vec::new()),
            draws,
            books,
            shown,
            news,
        }))
    }

    /// Hands a filing to the writer; `answer` is called once it is on the disk, or is not.
    pub(crate) fn lodge(
        &self,
        lodge: Lodge,
        answer: impl FnOnce(Result<Lodged, Fault>) + Send + 'static,
    ) {
        self.write(move |writing| writing.lodge(&lodge), answer);
    }

    /// Has the writer do something in its transaction, whole or not at all; `answer` is called once it is
    /// on the disk, or is not. What is to stay true of two that write at one time is looked at in there.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Writing<'_>) -> Result<T, Fault> + Send + 'static,
        answer: impl FnOnce(Result<T, Fault>) + Send + 'static,
    ) {
        let job = Box::new(Work::new(work, answer));
        let sender = lock(&self.jobs).clone();
        let refused: Option<Box<dyn Job>> = match sender {
            Some(sender) => sender.send(job).err().map(|e| e.0),
            None => Some(job),
        };
        if let Some(job) = refused {
            job.answer(Err(Fault::Stopped));
        }
    }

    /// The same, and waits for it.
    pub(crate) async fn written<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Writing<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        self.write(work, move |result| {
            sender.send(result).ok();
        });
        receiver.await.unwrap_or(Err(Fault::Stopped))
    }

    /// The same, for a thread that may stand still meanwhile.
    pub(crate) fn written_here<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Writing<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let (sender, receiver) = sync_channel(1);
        self.write(work, move |result| {
            sender.send(result).ok();
        });
        receiver.recv().unwrap_or(Err(Fault::Stopped))
    }

    /// What is committed, to be waited on; it ends when the writer does.
    pub(crate) fn news(&self) -> tokio::sync::watch::Receiver<News> {
        self.news.clone()
    }

    /// Writes what waits and stops.
    pub(crate) fn close(&self) {
        lock(&self.jobs).take();
        if let Some(writer) = lock(&self.writer).take() {
            writer.join().ok();
        }
        if let Some((stop, checkpoints)) = lock(&self.checkpoints).take() {
            drop(stop);
            checkpoints.join().ok();
        }
    }

    fn read<T>(
        &self,
        f: impl FnOnce(&Connection) -> Result<T, rusqlite::Error>,
    ) -> Result<T, Fault> {
        let db = match lock(&self.readers).pop() {
            Some(db) => db,
            None => {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let db = Connection::open_with_flags(&self.path, flags)?;
                db.busy_timeout(Duration::from_secs(10))?;
                db
            }
        };
        let result = f(&db);
        let mut readers = lock(&self.readers);
        if readers.len() < 8 {
            readers.push(db);
        }
        drop(readers);
        result.map_err(Fault::from)
    }

    /// How much was drawn on the period of a quota since its balance was told.
    pub(crate) fn drawn(&self, quota: &Quota) -> Result<Decimal, Fault> {
        self.read(|db| lock(&self.draws).drawn(db, quota))
    }

    /// What was drawn before on the periods a filing drew on, when its opinion was formed.
    pub(crate) fn drawn_before(
        &self,
        filing: &str,
    ) -> Result<Vec<(String, String, Decimal)>, Fault> {
        self.read(|db| draws::before(db, filing))
    }

    /// The highest number given; numbers go on from here.
    pub(crate) fn last_number(&self) -> Result<u64, Fault> {
        self.read(|db| {
            let sql = "SELECT coalesce(max(number), 0) FROM filing";
            db.query_row(sql, [], |row| row.get::<_, i64>(0))
        })
        .map(|n| u64::try_from(n).unwrap_or(0))
    }

    /// The filing with this MRN or id.
    pub(crate) fn filing(&self, name: &str) -> Result<Option<Filing>, Fault> {
        self.read(|db| by(db, "mrn = ?1 OR id = ?1", name))
    }

    /// The filing made with this key.
    pub(crate) fn by_key(&self, key: &str) -> Result<Option<Filing>, Fault> {
        self.read(|db| by(db, "key = ?1", key))
    }

    /// Messages about this declaration, oldest first.
    pub(crate) fn about(&self, mrn: &str) -> Result<Vec<Filing>, Fault> {
        self.read(|db| {
            let sql = format!("SELECT {COLUMNS} FROM filing WHERE about = ?1 ORDER BY seq");
            let mut statement = db.prepare_cached(&sql)?;
            let rows = statement.query_map([mrn], from_row)?;
            rows.collect()
        })
    }

    /// The newest filings, without bodies and opinions; `before` is the sequence to go back from.
    pub(crate) fn newest(
        &self,
        outcome: &str,
        before: i64,
        most: usize,
    ) -> Result<Vec<(i64, Filing)>, Fault> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT seq, id, coalesce(mrn, ''), lrn, declarant, kind, outcome, lane, total, at
                 FROM filing WHERE seq < ?1 AND (?2 = '' OR outcome = ?2 OR lane = ?2)
                 ORDER BY seq DESC LIMIT ?3",
            )?;
            let rows = statement.query_map(
                params![before, outcome, i64::try_from(most).unwrap_or(i64::MAX)],
                |row| {
                    Ok((
                        row.get(0)?,
                        Filing {
                            id: row.get(1)?,
                            mrn: row.get(2)?,
                            lrn: row.get(3)?,
                            declarant: row.get(4)?,
                            kind: row.get(5)?,
                            outcome: row.get(6)?,
                            lane: row.get(7)?,
                            total: row.get(8)?,
                            at: row.get(9)?,
                            ..Filing::default()
                        },
                    ))
                },
            )?;
            rows.collect()
        })
    }

    /// Filings by outcome and lane.
    pub(crate) fn counts(&self) -> Result<Vec<(String, String, i64)>, Fault> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT outcome, lane, count(*) FROM filing GROUP BY 1, 2 ORDER BY 1, 2",
            )?;
            let rows =
                statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            rows.collect()
        })
    }

    /// Events after a cursor, of one declaration or (`mrn` empty) of all, oldest first.
    pub(crate) fn events(
        &self,
        mrn: &str,
        after: i64,
        most: usize,
    ) -> Result<Vec<Happened>, Fault> {
        self.read(|db| {
            let sql = if mrn.is_empty() {
                "SELECT e.cursor, e.mrn, e.event, f.id, e.at, e.detail FROM event e JOIN filing f ON f.seq = e.filing
                 WHERE e.cursor > ?2 AND ?1 = '' ORDER BY e.cursor LIMIT ?3"
            } else {
                "SELECT e.cursor, e.mrn, e.event, f.id, e.at, e.detail FROM event e JOIN filing f ON f.seq = e.filing
                 WHERE e.mrn = ?1 AND e.cursor > ?2 ORDER BY e.cursor LIMIT ?3"
            };
            let mut statement = db.prepare_cached(sql)?;
            let rows = statement.query_map(params![mrn, after, i64::try_from(most).unwrap_or(i64::MAX)], |row| {
                Ok(Happened {
                    cursor: row.get(0)?,
                    mrn: row.get(1)?,
                    event: event(row, 2, 5)?,
                    filing: row.get(3)?,
                    at: row.get(4)?,
                })
            })?;
            rows.collect()
        })
    }

    /// What happened to a declaration, and its last event; 0 where nothing did.
    pub(crate) fn life(&self, mrn: &str) -> Result<(Life, i64), Fault> {
        self.read(|db| life(db, mrn))
    }
}

/// An event by the columns of its name and its detail; one this program does not know stops it, for
/// half a life is none.
fn event(row: &rusqlite::Row<'_>, name: usize, detail: usize) -> rusqlite::Result<Event> {
    let (text, more): (String, String) = (row.get(name)?, row.get(detail)?);
    Event::read(&text, &more).map_err(|e| {
        rusqlite::Error::FromSqlConversionFailure(name, rusqlite::types::Type::Text, Box::new(e))
    })
}

fn life(db: &Connection, mrn: &str) -> rusqlite::Result<(Life, i64)> {
    let mut statement = db
        .prepare_cached("SELECT event, detail, cursor FROM event WHERE mrn = ?1 ORDER BY cursor")?;
    let mut rows = statement.query([mrn])?;
    let (mut life, mut last) = (Life::default(), 0);
    while let Some(row) = rows.next()? {
        life = consignment::next(life, event(row, 0, 1)?);
        last = row.get(2)?;
    }
    Ok((life, last))
}

const COLUMNS: &str = "id, coalesce(mrn, ''), coalesce(about, ''), lrn, declarant, kind, outcome, \
    lane, total, at, today, day, window, draw, format, bundle, digest, body, opinion, receipt, \
    coalesce(key, ''), number";

/// What [`pack`] made a column of.
fn unpack(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Vec<u8>> {
    let packed: Vec<u8> = row.get(column)?;
    // Left out by who does not look at it.
    if packed.is_empty() {
        return Ok(packed);
    }
    zstd::decode_all(packed.as_slice()).map_err(|e| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Blob, Box::new(e))
    })
}

fn from_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Filing> {
    Ok(Filing {
        id: row.get(0)?,
        mrn: row.get(1)?,
        number: row.get(21)?,
        about: row.get(2)?,
        lrn: row.get(3)?,
        declarant: row.get(4)?,
        kind: row.get(5)?,
        outcome: row.get(6)?,
        lane: row.get(7)?,
        total: row.get(8)?,
        at: row.get(9)?,
        today: row.get(10)?,
        on: row.get(11)?,
        window: row.get(12)?,
        draw: row.get(13)?,
        format: row.get(14)?,
        bundle: row.get(15)?,
        digest: row.get(16)?,
        body: unpack(row, 17)?,
        opinion: unpack(row, 18)?,
        receipt: row.get(19)?,
        key: row.get(20)?,
    })
}

fn by(db: &Connection, condition: &str, name: &str) -> rusqlite::Result<Option<Filing>> {
    let sql = format!("SELECT {COLUMNS} FROM filing WHERE {condition}");
    db.prepare_cached(&sql)?.query_row([name], from_row).optional()
}

/// Packs a body or an opinion for the disk, where it takes a fifth of its size.
pub(crate) fn pack(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    thread_local! {
        static PACKER: std::cell::RefCell<Option<zstd::bulk::Compressor<'static>>> =
            const { std::cell::RefCell::new(None) };
    }
    PACKER.with_borrow_mut(|packer| {
        if packer.is_none() {
            *packer = Some(zstd::bulk::Compressor::new(1)?);
        }
        match packer {
            Some(packer) => Ok(packer.compress(bytes)?),
            None => Err(Fault::Stopped),
        }
    })
}
