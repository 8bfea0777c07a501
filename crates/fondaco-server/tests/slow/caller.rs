//! Who calls a house that may die at any time, and what is to be done again when it is there again.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;

/// Numbers that look random; the seed is printed, so that a run can be had again.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, most: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// What many callers do one after another: what was begun and not answered is done again first.
#[derive(Default)]
pub(crate) struct Turns {
    next: AtomicUsize,
    open: Mutex<BTreeSet<usize>>,
}

impl Turns {
    /// The number of what is done next.
    pub(crate) fn next(&self) -> usize {
        let again = self.open.lock().unwrap().pop_first();
        again.unwrap_or_else(|| self.next.fetch_add(1, Ordering::Relaxed))
    }

    /// It was not answered: it is to be sent again under the same key.
    pub(crate) fn again(&self, n: usize) {
        self.open.lock().unwrap().insert(n);
    }

    /// What is still to be done again.
    pub(crate) fn left(self) -> BTreeSet<usize> {
        self.open.into_inner().unwrap()
    }
}

/// Somebody who calls a house.
pub(crate) struct Caller {
    pub(crate) agent: ureq::Agent,
    pub(crate) address: String,
}

impl Caller {
    pub(crate) fn new(address: &str) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(10)))
            .build()
            .into();
        Self { agent, address: address.to_owned() }
    }

    /// `None` where it was not answered, or nothing was taken.
    pub(crate) fn send(
        &self,
        path: &str,
        key: &str,
        kind: &str,
        body: &[u8],
    ) -> Option<(u16, Value)> {
        let mut response = self
            .agent
            .post(format!("{}{path}", self.address))
            .header("Content-Type", kind)
            .header("Idempotency-Key", key)
            .send(body)
            .ok()?;
        let status = response.status().as_u16();
        let text = response.body_mut().read_to_string().ok()?;
        (status != 503).then_some((status, serde_json::from_str(&text).ok()?))
    }

    pub(crate) fn json(&self, path: &str, key: &str, body: &Value) -> Option<(u16, Value)> {
        self.send(path, key, "application/json", body.to_string().as_bytes())
    }

    /// Taken, or not answered.
    pub(crate) fn taken(&self, path: &str, key: &str, kind: &str, body: &[u8]) -> Option<Value> {
        let (status, said) = self.send(path, key, kind, body)?;
        assert_eq!(status, 201, "{key}: {said}");
        Some(said)
    }

    /// What stands there; `None` where it was not answered, or there is no such thing.
    pub(crate) fn get(&self, path: &str) -> Option<Value> {
        self.page(path).map(|(page, _)| page)
    }

    /// A page, and where the next begins.
    pub(crate) fn page(&self, path: &str) -> Option<(Value, String)> {
        let mut response = self.agent.get(format!("{}{path}", self.address)).call().ok()?;
        let next = response.headers().get("fondaco-next");
        let next = next.map_or("", |n| n.to_str().unwrap()).to_owned();
        let found = response.status().is_success();
        let text = response.body_mut().with_config().limit(1 << 30).read_to_string().ok()?;
        let page = serde_json::from_str(&text).ok().filter(|_| found)?;
        Some((page, next))
    }
}
