//! The last notifications, made once for all who are nearly up to date.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::house::House;
use crate::http::notifications::{self, Notification};
use crate::store::Fault;

/// Most bytes of messages that are held.
const HELD: usize = 16 << 20;

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
        if cursor > held.to {
            *held = Held { from: cursor, to: cursor, ..Held::default() };
        }
        if cursor == held.to {
            let (new, next) = notifications::after(house, "", cursor, most)?;
            held.to = next;
            for notification in new {
                held.bytes += notification.message.len();
                held.notifications.push_back(Arc::new(notification));
            }
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
