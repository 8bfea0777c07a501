//! What is said of subscriptions: made, changed, ended; each is lodged like any other message.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::address::Refused;
use super::{FORMAT, desk};
use crate::house::{self, House, MOST_TRIES};
use crate::http::notifications::is_told_by;
use crate::store::{self, Fault, Filing, Heard, Lodged, Say, Subscription, Terms};

/// A subscription as it is asked for; of a change only what changes.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhookMessage {
    /// Who asks: the person's or the system's own id.
    pub(crate) by: String,
    /// Where to: an `https:` address, or `mailto:` and a mail address.
    #[serde(default)]
    pub(crate) url: Option<String>,
    /// Only what is told of declarations of this declarant; empty is everybody's.
    #[serde(default)]
    pub(crate) declarant: Option<String>,
    /// Only responses with these WCO function codes; none is all.
    #[serde(default)]
    pub(crate) functions: Option<Vec<String>>,
    /// The language of mails: `en`, `zh` or `ru`.
    #[serde(default)]
    pub(crate) language: Option<String>,
    /// Deliver what comes after this cursor: 0 is from the beginning. Absent, a new subscription begins
    /// now and a changed one goes on where it is.
    #[serde(default)]
    pub(crate) after: Option<i64>,
    /// Make another secret. For a day the one before signs too.
    #[serde(default)]
    pub(crate) rotate: bool,
}

/// What became of it.
#[derive(Debug)]
pub(crate) struct Said {
    /// The subscription as it stands now.
    pub(crate) stands: Subscription,
    /// The secret, where this made one.
    pub(crate) secret: Option<String>,
    /// The filing it came with.
    pub(crate) filing: String,
    pub(crate) receipt: String,
    /// Whether it was answered before.
    pub(crate) repeated: bool,
}

/// Why nothing was done.
#[derive(Debug)]
pub(crate) enum NotSaid {
    /// A part of the message is not fit.
    Field(&'static str),
    /// The address may not be told.
    Address(Refused),
    /// There is no such subscription, or it has ended.
    None,
    /// The Idempotency-Key was used otherwise.
    KeyUsed,
    Fault(Fault),
}

impl From<Fault> for NotSaid {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// What is said, before it is known what stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Make,
    Change,
    End,
}

impl Verb {
    fn name(self) -> &'static str {
        match self {
            Self::Make => "made",
            Self::Change => "changed",
            Self::End => "ended",
        }
    }
}

/// Most function codes of one subscription.
const MOST_FUNCTIONS: usize = 64;

impl WebhookMessage {
    /// What is wanted, by what stood.
    fn terms(&self, house: &House, before: &Terms) -> Result<Terms, NotSaid> {
        if self.by.trim().is_empty() || self.by.len() > 255 {
            return Err(NotSaid::Field("by"));
        }
        if self.after.is_some_and(|after| after < 0) {
            return Err(NotSaid::Field("after"));
        }
        let or = |new: &Option<String>, old: &String| new.as_ref().unwrap_or(old).clone();
        let terms = Terms {
            url: or(&self.url, &before.url),
            declarant: or(&self.declarant, &before.declarant),
            functions: self.functions.as_ref().unwrap_or(&before.functions).clone(),
            language: or(&self.language, &before.language),
        };
        // What was taken before stands, also where nothing is told by it any more.
        let mut named = self.functions.iter().flatten();
        if terms.functions.len() > MOST_FUNCTIONS || !named.all(|f| is_told_by(f)) {
            return Err(NotSaid::Field("functions"));
        }
        if !matches!(&*terms.language, "en" | "zh" | "ru") {
            return Err(NotSaid::Field("language"));
        }
        if terms.declarant.len() > 255 {
            return Err(NotSaid::Field("declarant"));
        }
        if terms.url.is_empty() {
            return Err(NotSaid::Field("url"));
        }
        house.tell.may_tell(&terms.url).map_err(NotSaid::Address)?;
        Ok(terms)
    }
}

impl House {
    /// Makes, changes or ends a subscription; waits until it is on the disk.
    ///
    /// # Errors
    /// Why nothing was done.
    pub(crate) async fn subscribe(
        &self,
        verb: Verb,
        id: &str,
        message: &WebhookMessage,
        bytes: &[u8],
        key: &str,
    ) -> Result<Said, NotSaid> {
        if let Some(before) = self.store.by_key(key)? {
            return self.said_before(before, verb, id, bytes);
        }
        for _ in 0..MOST_TRIES {
            let mut filing = Filing {
                declarant: message.by.clone(),
                kind: format!("webhook {}", verb.name()),
                ..house::sent(FORMAT, &self.pack().digest, bytes, key)?
            };
            let id = if verb == Verb::Make { filing.id.clone() } else { id.to_owned() };
            let (say, secret) = match verb {
                Verb::Make => {
                    let before = Terms { language: "en".to_owned(), ..Terms::default() };
                    (Say::Make(message.terms(self, &before)?, message.after), Some(1))
                }
                Verb::Change => {
                    let stands = self.store.subscription(&id)?.filter(|s| !s.ended);
                    let stands = stands.ok_or(NotSaid::None)?;
                    let terms = message.terms(self, &stands.terms)?;
                    let (rotate, after) = (message.rotate, message.after);
                    let say = Say::Change { terms, seen: stands.seq, rotate, after };
                    (say, rotate.then_some(stands.secret + 1))
                }
                Verb::End => (Say::End, None),
            };
            // Which secret was made, not the secret.
            let made = json!({"webhook": id, "said": verb.name(), "secret": secret});
            filing.opinion = store::pack(made.to_string().as_bytes())?;
            filing.receipt = self.receipt(&filing, "");
            let (of, receipt) = (filing.id.clone(), filing.receipt.clone());
            let (name, now) = (id.clone(), desk::clock());
            let heard = self
                .store
                .written(move |writing| writing.say_of_subscription(&filing, &name, &say, now));
            match heard.await? {
                Heard::Moved => {}
                Heard::None => return Err(NotSaid::None),
                Heard::Before(Lodged::Repeated(before)) => {
                    return self.said_before(*before, verb, &id, bytes);
                }
                Heard::Before(_) => return Err(NotSaid::KeyUsed),
                Heard::Stands(stands) => {
                    let secret = secret.map(|number| self.tell.secret(&id, number));
                    return Ok(Said {
                        stands: *stands,
                        secret,
                        filing: of,
                        receipt,
                        repeated: false,
                    });
                }
            }
        }
        Err(Fault::Engine("too many change the same at once".to_owned()).into())
    }

    /// What was answered before: the same, with the same secret, to who sends the same again.
    fn said_before(
        &self,
        before: Filing,
        verb: Verb,
        id: &str,
        bytes: &[u8],
    ) -> Result<Said, NotSaid> {
        let made: Value = serde_json::from_slice(&before.opinion).unwrap_or_default();
        let of = made["webhook"].as_str().unwrap_or_default();
        let same = house::is_again(&before, FORMAT, bytes)
            && made["said"] == verb.name()
            && (verb == Verb::Make || of == id);
        if !same {
            return Err(NotSaid::KeyUsed);
        }
        let number = made["secret"].as_u64().and_then(|n| u32::try_from(n).ok());
        let secret = number.map(|number| self.tell.secret(of, number));
        let stands = self.store.subscription(of)?.ok_or(NotSaid::None)?;
        Ok(Said { stands, secret, filing: before.id, receipt: before.receipt, repeated: true })
    }
}
