//! The door that stands open: reading what somebody unknown sends, within bounds.
//!
//! What is brought to it is signed, and so it asks for no token. Until the signature is looked at anybody
//! may be there: so the first part of the text is read alone and says whose key it is; only the text of a
//! known one is held, for a time, and only so much of all that names one neighbour at one time. The name of
//! a key is no secret: room is taken by what came, not by what is announced, and what names one neighbour
//! takes none of another's.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header;
use fondaco_wire::envelope::{LONGEST_HEAD, MOST, kid};
use futures_util::StreamExt as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use crate::store::Fault;

/// What a text takes at least, and in what steps: thousands may be begun beside each other.
const UNIT: usize = 1 << 10;

/// The bounds of a door.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Bytes of texts held at one time that name keys of one neighbour: the largest, and room beside it.
    pub(super) share: usize,
    /// How long the first part may take.
    pub(super) head: Duration,
    /// How long the whole may take: 16 MiB at 2.3 Mbit/s.
    pub(super) whole: Duration,
    /// How long is waited for the place of a page.
    pub(super) page: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        let (head, whole) = (Duration::from_secs(10), Duration::from_secs(60));
        Self { share: MOST + (8 << 20), head, whole, page: Duration::from_secs(10) }
    }
}

/// Units held for a neighbour; those of whom none is held are not in it.
type Shares = Mutex<HashMap<String, usize>>;

/// A door, and how much is held behind it.
#[derive(Clone, Debug)]
pub(super) struct Door {
    bounds: Bounds,
    shares: Arc<Shares>,
    pages: Arc<Pages>,
}

/// Who reads pages of envelopes at one time, by neighbour.
type Pages = Mutex<HashMap<String, Arc<Semaphore>>>;

/// Pages one neighbour reads at one time; each may be 16 MiB, and as much again while it is written.
const PAGES: usize = 2;

/// Room that is held for a text; given back when it is dropped.
#[derive(Debug)]
struct Room {
    name: String,
    units: usize,
    shares: Arc<Shares>,
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut shares = locked(&self.shares);
        if let Some(held) = shares.get_mut(&self.name) {
            *held = held.saturating_sub(self.units);
            if *held == 0 {
                shares.remove(&self.name);
            }
        }
    }
}

fn locked(shares: &Shares) -> MutexGuard<'_, HashMap<String, usize>> {
    shares.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A text that was read; its room is given back when it is dropped. Its parts are not to be had one by
/// one: who verifies the text holds the room.
#[derive(Debug)]
pub(super) struct Read {
    text: Vec<u8>,
    _room: Room,
}

impl Read {
    /// The text.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }
}

/// Why the door is shut.
#[derive(Debug)]
pub(super) enum Shut {
    /// It is none of ours: its first part names no key.
    Form,
    /// It names a key nobody has.
    Unknown(String),
    /// It is larger than may be.
    Large,
    /// It did not come in time.
    Slow,
    /// Too much is held already.
    Full,
    /// It broke off.
    Broken,
    /// The store failed.
    Fault(Fault),
}

impl Door {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self { bounds, shares: Arc::default(), pages: Arc::default() }
    }

    /// A place to read a page of envelopes for a neighbour, given back when it is dropped; `None` where
    /// those before keep theirs for too long.
    pub(super) async fn page(&self, name: &str) -> Option<OwnedSemaphorePermit> {
        let places = {
            let mut all = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
            all.entry(name.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(PAGES))).clone()
        };
        tokio::time::timeout(self.bounds.page, places.acquire_owned()).await.ok()?.ok()
    }

    /// Takes as much more room as a text of this length wants.
    fn widen(&self, room: &mut Room, length: usize) -> Result<(), Shut> {
        let wanted = length.div_ceil(UNIT).max(1);
        let Some(more) = wanted.checked_sub(room.units).filter(|more| *more > 0) else {
            return Ok(());
        };
        let mut shares = locked(&self.shares);
        let held = shares.get(&room.name).copied().unwrap_or(0) + more;
        if held > self.bounds.share.div_ceil(UNIT) {
            return Err(Shut::Full);
        }
        shares.insert(room.name.clone(), held);
        room.units = wanted;
        Ok(())
    }

    /// Reads the text of a request where its key is known: `whose` says the neighbour's name.
    ///
    /// # Errors
    /// [`Shut`].
    pub(super) async fn read(
        &self,
        request: Request,
        whose: impl FnOnce(&str) -> Result<Option<String>, Fault>,
    ) -> Result<Read, Shut> {
        let length = request.headers().get(header::CONTENT_LENGTH);
        let length = length.and_then(|v| v.to_str().ok()?.parse::<usize>().ok()).unwrap_or(MOST);
        if length > MOST {
            return Err(Shut::Large);
        }
        let begun = Instant::now();
        let mut body = Body::into_data_stream(request.into_body());
        let mut text = Vec::new();
        // What the system hands over at once is held in any case.
        let mut ended = false;
        while !ended && !text.contains(&b'.') && text.len() <= LONGEST_HEAD {
            let next = timeout_at(begun + self.bounds.head, body.next()).await;
            match next.map_err(|_| Shut::Slow)? {
                Some(chunk) => text.extend_from_slice(&chunk.map_err(|_| Shut::Broken)?),
                None => ended = true,
            }
        }
        let head = text.split(|b| *b == b'.').next().unwrap_or_default();
        let head = std::str::from_utf8(head).ok().and_then(kid).ok_or(Shut::Form)?;
        let name = match whose(&head) {
            Ok(Some(name)) => name,
            Ok(None) => return Err(Shut::Unknown(head)),
            Err(fault) => return Err(Shut::Fault(fault)),
        };
        let mut room = Room { name, units: 0, shares: self.shares.clone() };
        while !ended {
            if text.len() > length {
                return Err(Shut::Large);
            }
            self.widen(&mut room, text.len())?;
            let next = timeout_at(begun + self.bounds.whole, body.next()).await;
            match next.map_err(|_| Shut::Slow)? {
                Some(chunk) => text.extend_from_slice(&chunk.map_err(|_| Shut::Broken)?),
                None => ended = true,
            }
        }
        if text.len() > length {
            return Err(Shut::Large);
        }
        self.widen(&mut room, text.len())?;
        Ok(Read { text, _room: room })
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use futures_util::stream;

    use super::*;

    const KID: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
    const NEXT: &str = "3123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
    const SECOND: &str = "2123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

    /// The first part of a text by this key.
    fn head(kid: &str) -> String {
        let header = format!("{{\"alg\":\"EdDSA\",\"kid\":\"{kid}\",\"typ\":\"fondaco-export\"}}");
        format!("{}.", URL_SAFE_NO_PAD.encode(header))
    }

    fn short() -> Bounds {
        let (head, whole) = (Duration::from_millis(60), Duration::from_millis(200));
        Bounds { share: 2 * UNIT, head, whole, page: head }
    }

    /// A request of these pieces, one each 20 ms.
    fn dripping(pieces: Vec<String>, length: Option<usize>) -> Request {
        let pieces = stream::iter(pieces).then(|piece| async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok::<_, std::io::Error>(piece)
        });
        let mut request = Request::new(Body::from_stream(pieces));
        if let Some(length) = length {
            request.headers_mut().insert(header::CONTENT_LENGTH, length.into());
        }
        request
    }

    /// Two keys are one neighbour's, a third another's.
    fn whose(kid: &str) -> Result<Option<String>, Fault> {
        let names = [(KID, "a"), (NEXT, "a"), (SECOND, "b")];
        Ok(names.iter().find(|(known, _)| *known == kid).map(|(_, name)| (*name).to_owned()))
    }

    async fn told(door: &Door, request: Request) -> String {
        match door.read(request, whose).await {
            Ok(read) => format!("{} bytes", read.text().len()),
            Err(shut) => format!("{shut:?}"),
        }
    }

    #[tokio::test]
    async fn what_somebody_unknown_sends_is_read_within_bounds() {
        let door = Door::new(short());
        let check = async |pieces: Vec<String>, length: Option<usize>, wanted: &str| {
            assert_eq!(told(&door, dripping(pieces, length)).await, wanted);
        };
        let text = format!("{}{}", head(KID), "x".repeat(100));
        let fine = format!("{} bytes", text.len());
        check(vec![text.clone()], Some(text.len()), &fine).await;
        let (a, b) = text.split_at(30);
        check(vec![a.to_owned(), b.to_owned()], Some(text.len()), &fine).await;
        check(vec![], Some(0), "Form").await;
        check(vec!["x".repeat(LONGEST_HEAD + 1)], Some(1000), "Form").await;
        check(vec!["{}.".to_owned()], Some(3), "Form").await;
        check(vec![head("short")], None, "Form").await;
        let other = KID.replace('0', "1");
        check(vec![head(&other)], None, &format!("Unknown({other:?})")).await;
        // Its length alone is enough where it is too large; else only what comes takes room.
        check(vec![text.clone()], Some(MOST + 1), "Large").await;
        check(vec![text.clone()], None, &fine).await;
        check(vec![text.clone()], Some(MOST), &fine).await;
        check(vec![text.clone(), "x".repeat(2 * UNIT)], None, "Full").await;
        check(vec![text.clone(), text.clone()], Some(text.len()), "Large").await;
        // Byte by byte: the first part, and the whole.
        check(a.chars().map(String::from).collect(), Some(300), "Slow").await;
        let mut slow = vec![head(KID)];
        slow.extend((0..60).map(|_| "x".to_owned()));
        check(slow, Some(1000), "Slow").await;
        // All of it is given back.
        assert!(locked(&door.shares).is_empty());
    }

    /// Reads a text of this key of so many bytes.
    async fn read(door: &Door, kid: &str, bytes: usize) -> Read {
        let head = head(kid);
        let rest = "x".repeat(bytes - head.len());
        door.read(dripping(vec![head, rest], None), whose).await.unwrap()
    }

    #[tokio::test]
    async fn so_much_is_held_at_one_time_and_no_more() {
        let door = Door::new(short());
        // A neighbour has its share, by whichever of its keys, and what it holds is none of another's: a
        // unit for each KiB that was begun.
        let first = read(&door, KID, UNIT + 1).await;
        let small = |kid: &str| dripping(vec![head(kid)], Some(1000));
        assert_eq!(told(&door, small(KID)).await, "Full");
        assert_eq!(told(&door, small(NEXT)).await, "Full");
        let second = read(&door, SECOND, UNIT).await;
        let fine = format!("{} bytes", head(KID).len());
        assert_eq!(told(&door, small(SECOND)).await, fine);
        // Who is not known is told so without any room.
        let other = KID.replace('0', "1");
        let wanted = format!("Unknown({other:?})");
        assert_eq!(told(&door, small(&other)).await, wanted);
        drop(first);
        assert_eq!(told(&door, small(KID)).await, fine);
        drop(second);
        assert!(locked(&door.shares).is_empty());
    }

    #[tokio::test]
    async fn what_is_announced_and_does_not_come_holds_no_room() {
        let door = Door::new(Bounds { whole: Duration::from_secs(20), ..short() });
        let drips = || {
            let door = door.clone();
            let pieces = std::iter::once(head(KID)).chain((0..900).map(|_| "x".to_owned()));
            let request = dripping(pieces.collect(), Some(MOST));
            tokio::spawn(async move { told(&door, request).await })
        };
        let one = drips();
        tokio::time::sleep(Duration::from_millis(100)).await;
        let fine = format!("{} bytes", head(KID).len());
        assert_eq!(told(&door, dripping(vec![head(KID)], Some(1000))).await, fine);
        one.abort();
    }

    #[tokio::test]
    async fn who_verifies_a_text_holds_its_room_though_its_sender_is_gone() {
        let door = Door::new(short());
        let read = read(&door, KID, UNIT).await;
        let verifies = move || read.text().len();
        assert_eq!(locked(&door.shares).get("a"), Some(&1));
        assert_eq!(verifies(), UNIT);
        drop(verifies);
        assert!(locked(&door.shares).is_empty());
    }

    #[tokio::test]
    async fn two_pages_of_a_neighbour_are_read_at_one_time_and_no_more() {
        let door = Door::new(short());
        let first = door.page("a").await.unwrap();
        let _second = door.page("a").await.unwrap();
        assert!(door.page("a").await.is_none());
        assert!(door.page("b").await.is_some(), "another neighbour's are its own");
        drop(first);
        assert!(door.page("a").await.is_some());
    }
}
