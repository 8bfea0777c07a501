//! The last notifications, made once for all who are nearly up to date.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::house::House;
use crate::http::notifications::{self, Notification};
use crate::store::Fault;

/// Most bytes of messages that are held.
const HELD: usize = 16 << 20;

/// Events read at once so that somebody a little ahead begins nothing anew.
const NEAR: i64 = 256;

/// What happened last, as it is told.
#[derive(Default)]
pub(crate) struct Recent(Mutex<Held>);

/// Every notification after `from`, up to and with `to`.
#[derive(Default)]
struct Held {
    from: i64,
    to: i64,
    bytes: usize,
    notifications: VecDeque<Arc<Notification>>,
}

impl Held {
    /// Adds what comes next, of at most so many events.
    fn add(&mut self, house: &House, most: usize) -> Result<(), Fault> {
        let (new, next) = notifications::after(house, "", self.to, most)?;
        self.to = next;
        for notification in new {
            self.bytes += notification.message.len();
            self.notifications.push_back(Arc::new(notification));
        }
        Ok(())
    }
}

impl Recent {
    /// Notifications after a cursor, oldest first, and the cursor to go on with; of at most `most` events.
    pub(crate) fn after(
        &self,
        house: &House,
        cursor: i64,
        most: usize,
    ) -> Result<(Vec<Arc<Notification>>, i64), Fault> {
        // Held while the store is read: who waits for it wants the same.
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cursor < held.from {
            drop(held);
            let (all, next) = notifications::after(house, "", cursor, most)?;
            return Ok((all.into_iter().map(Arc::new).collect(), next));
        }
        // Whoever asks names the cursor. What lies behind the end of the log is nowhere, and is not begun
        // at; a little further than what is held is made for all.
        let cursor = if cursor > held.to {
            let cursor = cursor.min(house.store.last_cursor()?);
            if cursor > held.to && cursor - held.to <= NEAR {
                // A page may end before. What lies between and cannot be read holds up who stands at it, and
                // nobody past it.
                while held.to < cursor {
                    let gap = usize::try_from(cursor - held.to).unwrap_or(0);
                    if held.add(house, gap).is_err() {
                        *held = Held { from: cursor, to: cursor, ..Held::default() };
                    }
                }
            } else if cursor > held.to {
                *held = Held { from: cursor, to: cursor, ..Held::default() };
            }
            cursor
        } else {
            cursor
        };
        if cursor == held.to {
            held.add(house, most)?;
        }
        let begin = held.notifications.partition_point(|n| n.cursor <= cursor);
        let some: Vec<_> = held.notifications.iter().skip(begin).take(most).cloned().collect();
        let next = match some.last() {
            Some(last) if some.len() == most => last.cursor,
            _ => held.to,
        };
        while held.bytes > HELD
            && let Some(first) = held.notifications.pop_front()
        {
            held.bytes -= first.message.len();
            held.from = first.cursor;
        }
        Ok((some, next))
    }

    /// Whether what comes after this cursor is held here, or nothing does.
    pub(crate) fn reaches(&self, cursor: i64) -> bool {
        cursor >= self.0.lock().unwrap_or_else(PoisonError::into_inner).from
    }
}
