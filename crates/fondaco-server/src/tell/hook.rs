//! Webhooks: an event is posted, signed by the scheme of Standard Webhooks.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use jiff::fmt::rfc2822;
use sha2::Sha256;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::DefaultConnector;

use super::address::{Checked, Guard, Refused};
use super::{Failed, Tell, Why, cloud};
use crate::http::notifications::Notification;
use crate::store::Subscription;

/// How long a receiver has to answer, from looking its name up to the last byte.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long it may take to connect.
const CONNECT: Duration = Duration::from_secs(5);
/// Most of an answer that is read; what it says is not looked at.
const ANSWER: u64 = 16 << 10;
/// How long the secret before the last still signs, in milliseconds: a day.
const BOTH: i64 = 24 * 60 * 60 * 1000;
/// The longest a receiver may ask to be left alone, in seconds: a day.
const LONGEST_WAIT: u32 = 24 * 60 * 60;

fn mac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

fn secret_key(key: &[u8; 32], subscription: &str, number: u32) -> Vec<u8> {
    mac(key, &[b"fondaco webhook\n", subscription.as_bytes(), b"\n", &number.to_be_bytes()])
}

/// The secret of a subscription, as it is shown.
pub(super) fn secret(key: &[u8; 32], subscription: &str, number: u32) -> String {
    format!("whsec_{}", STANDARD.encode(secret_key(key, subscription, number)))
}

/// `webhook-signature`: by the secret, and for a day after it was made also by the one before.
fn signatures(key: &[u8; 32], to: &Subscription, id: &str, seconds: i64, body: &[u8]) -> String {
    let seconds_text = seconds.to_string();
    let sign = |number: u32| {
        let secret = secret_key(key, &to.id, number);
        let parts: [&[u8]; 5] = [id.as_bytes(), b".", seconds_text.as_bytes(), b".", body];
        format!("v1,{}", STANDARD.encode(mac(&secret, &parts)))
    };
    let mut all = sign(to.secret);
    if to.secret > 1 && seconds * 1000 < to.secret_at + BOTH {
        all.push(' ');
        all.push_str(&sign(to.secret - 1));
    }
    all
}

/// What calls receivers.
pub(crate) struct Hooks {
    agent: ureq::Agent,
}

impl Hooks {
    pub(super) fn new(guard: Guard) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            // An answer that leads elsewhere is no success; where it leads was not checked.
            .max_redirects(0)
            .max_redirects_will_error(false)
            // A proxy of the environment would look the name up where it is not checked.
            .proxy(None)
            .timeout_global(Some(PATIENCE))
            .timeout_connect(Some(CONNECT))
            .user_agent(concat!("fondaco/", env!("CARGO_PKG_VERSION")))
            .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
            .build();
        let resolver = Checked { guard, inner: DefaultResolver::default() };
        Self { agent: ureq::Agent::with_parts(config, DefaultConnector::default(), resolver) }
    }

    /// Posts the event; `now` is in milliseconds since 1970.
    pub(super) fn call(
        &self,
        tell: &Tell,
        to: &Subscription,
        n: &Notification,
        now: i64,
    ) -> Result<(), Failed> {
        let body = cloud::event(tell.source(), n).to_bytes();
        let (id, seconds) = (n.id(), now.div_euclid(1000));
        let sent = self
            .agent
            .post(&to.terms.url)
            .header("content-type", cloud::ONE)
            .header("webhook-id", &id)
            .header("webhook-timestamp", seconds.to_string())
            .header("webhook-signature", signatures(&tell.key, to, &id, seconds, &body))
            .send(&body[..]);
        let mut response = sent.map_err(|e| Failed::of(why(&e)))?;
        let status = response.status();
        let wait = response.headers().get("retry-after").and_then(|v| v.to_str().ok());
        let wait = wait.and_then(|v| asked(v, seconds));
        // Read so that the connection serves again; it arrived whatever comes of it.
        response.body_mut().with_config().limit(ANSWER).read_to_vec().ok();
        if status.is_success() {
            return Ok(());
        }
        Err(Failed { why: Why::Status(status.as_u16()), wait })
    }
}

/// How long a receiver asks to be left alone, in seconds: `Retry-After` is a number of them, or a date.
/// Source: RFC 9110, 10.2.3.
fn asked(value: &str, now: i64) -> Option<u32> {
    let value = value.trim();
    let seconds = if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        // More than can be counted is more than is kept to.
        value.parse().unwrap_or(i64::MAX)
    } else {
        rfc2822::parse(value).ok()?.timestamp().as_second().saturating_sub(now)
    };
    u32::try_from(seconds.clamp(0, i64::from(LONGEST_WAIT))).ok()
}

fn why(error: &ureq::Error) -> Why {
    match error {
        ureq::Error::Timeout(_) => Why::Timeout,
        ureq::Error::HostNotFound => Why::Unresolved,
        ureq::Error::Other(inner) if inner.is::<Refused>() => Why::Address,
        ureq::Error::Io(e) if e.kind() == std::io::ErrorKind::TimedOut => Why::Timeout,
        // What the system's look-up says of a name that is none.
        ureq::Error::Io(e) if e.to_string().contains("lookup address") => Why::Unresolved,
        _ => Why::Connection,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_says_how_long_in_seconds_or_until_when() {
        // Wed, 21 Oct 2015 07:28:00 GMT.
        let now = 1_445_412_480;
        let check = |value: &str, wanted: Option<u32>| {
            assert_eq!(asked(value, now), wanted, "{value}");
        };
        check("120", Some(120));
        check(" 0 ", Some(0));
        check("99999999999", Some(LONGEST_WAIT));
        check("99999999999999999999", Some(LONGEST_WAIT));
        check("Wed, 21 Oct 2015 07:30:00 GMT", Some(120));
        check("Wed, 21 Oct 2015 07:00:00 GMT", Some(0));
        check("Fri, 21 Oct 2016 07:28:00 GMT", Some(LONGEST_WAIT));
        check("Thu, 21 Oct 2015 07:30:00 GMT", None);
        check("soon", None);
        check("-1", None);
        check("1.5", None);
        check("", None);
    }
}
