//! How what happened reaches people: events as others read them, and who is called or written to.
//!
//! Everything is read from the store by cursor, and each subscription keeps its own: a receiver that is
//! slow or away holds up nobody, and has everything once it is back.

pub(crate) mod address;
pub(crate) mod cloud;
pub(crate) mod desk;
pub(crate) mod hook;
pub(crate) mod mail;
mod recent;
pub(crate) mod subscribe;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

use crate::cli::Failure;
use crate::house;
use crate::http::notifications::Notification;
use crate::store::{Fault, Subscription};

use address::{Guard, Refused};
use recent::Recent;

/// The format of what is said of a subscription, in the store.
pub(crate) const FORMAT: &str = "webhook";

/// What a house tells with.
pub(crate) struct Tell {
    /// What the secrets of subscriptions are made of.
    key: [u8; 32],
    /// The house, as events name it.
    source: String,
    guard: Guard,
    hooks: hook::Hooks,
    relay: Option<mail::Relay>,
    recent: Recent,
}

impl Tell {
    /// Reads what is in the folder of the house: `webhook.key`, made where it is not; `webhook-allow`,
    /// hosts that may be called wherever they are; `mail.toml`, the relay.
    ///
    /// # Errors
    /// What of it cannot be read.
    pub(crate) fn open(dir: &Path, kid: &str) -> Result<Self, Failure> {
        let key = house::secret(&dir.join("webhook.key"))?;
        let guard = Guard::new(&read(&dir.join("webhook-allow"))?.unwrap_or_default());
        let path = dir.join("mail.toml");
        let relay = read(&path)?.map(|text| mail::Relay::new(&text)).transpose();
        let relay = relay.map_err(|e| Failure::Usage(format!("{}: {e}", path.display())))?;
        Ok(Self {
            key,
            source: format!("urn:ietf:params:oauth:jwk-thumbprint:sha-256:{kid}"),
            hooks: hook::Hooks::new(guard.clone()),
            guard,
            relay,
            recent: Recent::default(),
        })
    }

    /// The house, as events name it: a URI made of the thumbprint of its key (RFC 9278).
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// Whether a subscription may be told there.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn may_tell(&self, url: &str) -> Result<(), Refused> {
        match url.strip_prefix("mailto:") {
            Some(to) => {
                self.relay.as_ref().ok_or(Refused::NoRelay)?;
                mail::address(to).map(|_| ()).ok_or(Refused::Unreadable)
            }
            None => self.guard.url(url),
        }
    }

    /// The secret of a subscription with this number. It is kept nowhere: it is made of the house's own
    /// each time, so that who reads the store has none.
    pub(crate) fn secret(&self, subscription: &str, number: u32) -> String {
        hook::secret(&self.key, subscription, number)
    }

    /// Notifications of the whole house after a cursor, and the cursor to go on with.
    pub(crate) fn after(
        &self,
        house: &house::House,
        cursor: i64,
        most: usize,
    ) -> Result<(Vec<Arc<Notification>>, i64), Fault> {
        self.recent.after(house, cursor, most)
    }

    /// Tells a subscriber; waits until it arrived or did not.
    ///
    /// # Errors
    /// Why it did not.
    fn tell(&self, to: &Subscription, n: &Notification, now: i64) -> Result<(), Failed> {
        match (to.terms.url.strip_prefix("mailto:"), &self.relay) {
            (Some(address), Some(relay)) => relay.send(to, address, n),
            (Some(_), None) => Err(Failed::of(Why::NoRelay)),
            (None, _) => self.hooks.call(self, to, n, now),
        }
    }
}

/// Where an address leads, for logs: its host, or the domain of a mail address. The rest of it may be
/// known to its owner only.
pub(crate) fn host(url: &str) -> String {
    let mail = url.strip_prefix("mailto:").and_then(|to| to.rsplit_once('@'));
    let host = mail.map(|(_, domain)| domain.to_owned());
    let host = host.or_else(|| Some(url.parse::<ureq::http::Uri>().ok()?.host()?.to_owned()));
    host.unwrap_or_else(|| "an address".to_owned())
}

/// A file that may be there.
fn read(path: &Path) -> Result<Option<String>, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Failure::Fault(format!("{}: {e}", path.display()))),
    }
}

/// A try that did not arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failed {
    pub(crate) why: Why,
    /// How long the receiver asks to be left alone, in seconds.
    pub(crate) wait: Option<u32>,
}

impl Failed {
    fn of(why: Why) -> Self {
        Self { why, wait: None }
    }
}

/// Why a try did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// The receiver answered with this status, which is no success.
    Status(u16),
    /// It did not answer in time.
    Timeout,
    /// Its name leads to no address.
    Unresolved,
    /// Its address is not public, or it is not `https:`.
    Address,
    /// No connection could be made, or it broke.
    Connection,
    /// The relay refused the mail.
    Mail,
    /// Mails are not sent by this house.
    NoRelay,
}

impl Why {
    /// Its name in the store and the API, such as `status-503`.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Status(status) => format!("status-{status}"),
            Self::Timeout => "timeout".to_owned(),
            Self::Unresolved => "unresolved".to_owned(),
            Self::Address => "address".to_owned(),
            Self::Connection => "connection".to_owned(),
            Self::Mail => "mail".to_owned(),
            Self::NoRelay => "no-relay".to_owned(),
        }
    }
}

/// What a name of [`Why`] means, in English, Chinese, Russian.
pub(crate) fn words(why: &str) -> [String; 3] {
    if let Some(status) = why.strip_prefix("status-") {
        return [
            format!("The receiver answered {status}, which is no success."),
            format!("接收方返回 {status}，并非成功。"),
            format!("Получатель ответил {status}: это не успех."),
        ];
    }
    match why {
        "timeout" => [
            "The receiver did not answer in time.",
            "接收方未及时应答。",
            "Получатель не ответил вовремя.",
        ],
        "unresolved" => [
            "The name of the receiver leads to no address.",
            "接收方的名称无法解析为地址。",
            "Имя получателя не ведёт ни к какому адресу.",
        ],
        "address" => [
            "The address of the receiver is not public.",
            "接收方的地址不是公网地址。",
            "Адрес получателя не публичный.",
        ],
        "connection" => [
            "No connection could be made, or it broke.",
            "无法建立连接，或连接中断。",
            "Соединение не установлено или оборвалось.",
        ],
        "mail" => [
            "The mail relay did not take the mail.",
            "邮件中继未接受该邮件。",
            "Почтовый сервер не принял письмо.",
        ],
        "no-relay" => [
            "This house sends no mail: no relay is configured.",
            "本系统不发送邮件：未配置邮件中继。",
            "Эта система не отправляет писем: почтовый сервер не настроен.",
        ],
        _ => ["", "", ""],
    }
    .map(str::to_owned)
}
