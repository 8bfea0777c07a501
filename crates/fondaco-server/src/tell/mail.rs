//! Mails through the operator's own relay: one short mail for each notification, with a link to the rest.
//!
//! What is written into a mail comes from the house: the number, what happened, when. Nothing of what a
//! declarant wrote stands in a header.

use std::time::Duration;

use fondaco::finding::Language;
use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, Message, SmtpTransport, Transport as _};
use serde::Deserialize;

use super::{Failed, Why};
use crate::http::notifications::Notification;
use crate::http::words::term;
use crate::store::Subscription;

/// How long the relay has for each step.
const PATIENCE: Duration = Duration::from_secs(15);

/// `mail.toml` in the folder of the house.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Its host.
    relay: String,
    /// Its port; that of the way of TLS where none is named.
    port: Option<u16>,
    /// `implicit` (the default), `starttls`, or `none`, which is for a relay on this machine only.
    #[serde(default)]
    tls: Way,
    /// Who signs in; nobody where it is absent.
    user: Option<String>,
    password: Option<String>,
    /// Whom mails are from.
    from: String,
    /// Where the pages of the house are, as its readers reach it.
    link: String,
}

#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Way {
    #[default]
    Implicit,
    Starttls,
    None,
}

/// What mails go through.
pub(crate) struct Relay {
    transport: SmtpTransport,
    from: Mailbox,
    link: String,
}

/// A mail address; `None` where it is none that can be written to.
pub(super) fn address(text: &str) -> Option<Address> {
    // One line of visible characters: what a header may hold.
    let visible = text.len() <= 254 && text.bytes().all(|b| (0x21..0x7f).contains(&b));
    visible.then(|| text.parse().ok()).flatten()
}

impl Relay {
    /// Reads `mail.toml`.
    ///
    /// # Errors
    /// What of it cannot be.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        // Without the line it stands in: that may be the one with the password.
        let told = |e: toml::de::Error| {
            let line = text.get(..e.span()?.start).map(|before| before.lines().count().max(1));
            Some(format!("line {}: {}", line?, e.message()))
        };
        let file: File = toml::from_str(text)
            .map_err(|e| told(e).unwrap_or_else(|| "it cannot be read".to_owned()))?;
        let local = matches!(&*file.relay, "localhost" | "127.0.0.1" | "::1");
        let tls = || TlsParameters::new(file.relay.clone()).map_err(|e| e.to_string());
        let (tls, port) = match file.tls {
            Way::Implicit => (Tls::Wrapper(tls()?), 465),
            Way::Starttls => (Tls::Required(tls()?), 587),
            Way::None if local => (Tls::None, 25),
            Way::None => return Err("tls = \"none\" is for a relay on this machine".to_owned()),
        };
        let mut builder = SmtpTransport::builder_dangerous(&file.relay)
            .tls(tls)
            .port(file.port.unwrap_or(port))
            .timeout(Some(PATIENCE));
        if let (Some(user), Some(password)) = (file.user, file.password) {
            builder = builder.credentials(Credentials::new(user, password));
        }
        let from = file.from.parse().map_err(|e| format!("from: {e}"))?;
        let link = file.link.trim_end_matches('/').to_owned();
        Ok(Self { transport: builder.build(), from, link })
    }

    /// Sends the mail of a notification.
    pub(super) fn send(
        &self,
        to: &Subscription,
        address: &str,
        n: &Notification,
    ) -> Result<(), Failed> {
        let refused = || Failed::of(Why::Mail);
        let mail = self.mail(to, address, n).ok_or_else(refused)?;
        self.transport.send(&mail).map(|_| ()).map_err(|e| match e.status() {
            None if e.is_timeout() => Failed::of(Why::Timeout),
            None => Failed::of(Why::Connection),
            Some(_) => refused(),
        })
    }

    fn mail(&self, to: &Subscription, to_address: &str, n: &Notification) -> Option<Message> {
        let language = Language::from_tag(&to.terms.language).unwrap_or(Language::En);
        let what = term(language, "event", n.event).unwrap_or(n.event);
        let [at, see] = match language {
            Language::En => ["Time", "What it is about and what to do"],
            Language::Zh => ["时间", "详情与须办事项"],
            Language::Ru => ["Время", "Подробности и что делать"],
        };
        let link = format!("{}/declarations/{}?lang={}", self.link, n.name, language.tag());
        let text = format!("{}: {what}\r\n{at}: {}\r\n{see}: {link}\r\n", n.name, n.at);
        // The same for the same notification, so that a mail that comes twice is known.
        let id = format!("<{}.{}@{}>", n.id(), to.id, self.from.email.domain());
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address(to_address)?))
            .subject(format!("{}: {what}", n.name))
            .message_id(Some(id))
            .header(ContentType::TEXT_PLAIN)
            .body(text)
            .ok()
    }
}
