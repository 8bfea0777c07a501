//! What a house sends to a neighbour's house when it releases an export: the declaration, signed.
//!
//! An envelope is a JWS in compact form (RFC 7515) with `EdDSA` over Ed25519 (RFC 8037), of a kind of
//! its own. Its payload is canonical JSON (RFC 8785): who sends to whom, the how manieth it is, the
//! digest of the one before, and the declaration twice, as JSON and as WCO XML. It is read strictly:
//! there is one way to write an envelope, and everything else is refused.
//!
//! A notice is one of another kind in the same chain: that an export told before does not come.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fondaco::bridge;
use fondaco::draft::Draft;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::receipt::{self, NotProven, Signer, digest};
use crate::{Decoded, Limits, json, wco};

/// The kind (`typ`) of an envelope.
pub const EXPORT: &str = "fondaco-export";

/// The kind (`typ`) of a notice.
pub const NOTICE: &str = "fondaco-export-notice";

/// Where an export stands of which a notice tells: as the states of a declaration are named on the wire,
/// and `elsewhere`, where the goods no longer go to the receiver.
pub const GONE: [&str; 7] =
    ["cancelled", "withdrawn", "refused", "recalled", "handed-over", "not-departed", "elsewhere"];

/// Most bytes of one, as a house takes them in one message; a declaration stands twice in it, in base64.
pub const MOST: usize = 16 << 20;

/// A house that sends or receives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// The house: its id, by which its neighbours know it.
    pub house: String,
    /// The pack whose law it applies.
    pub pack: String,
    /// Its country, two letters.
    pub country: String,
}

/// Whom an envelope is for: for nobody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receiver {
    /// The house.
    pub house: String,
    /// The country the goods go to, two letters.
    pub country: String,
}

/// What an envelope says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// The message, a UUID of version 7.
    pub id: String,
    /// Who sends.
    pub from: Sender,
    /// To whom.
    pub to: Receiver,
    /// The how manieth from this house to that, from 1, without gaps.
    pub sequence: u64,
    /// `sha-256:` and the digest of the envelope before it; empty in the first.
    pub previous: String,
    /// When it was made, RFC 3339, UTC, milliseconds.
    pub issued_at: String,
    /// The number of the export.
    pub mrn: String,
    /// Where the export stood: `released` or `cleared`.
    pub state: String,
    /// The declaration with the amendments that were granted, as JSON.
    pub declaration: Value,
    /// The same as WCO XML.
    pub xml: String,
    /// `sha-256:` and the digest of the XML.
    pub xml_digest: String,
}

/// What a notice says: an export that was told before does not come, or not as it was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// The message, a UUID of version 7.
    pub id: String,
    /// Who sends.
    pub from: Sender,
    /// To whom.
    pub to: Receiver,
    /// The how manieth from this house to that, counted with the envelopes.
    pub sequence: u64,
    /// `sha-256:` and the digest of the one before it.
    pub previous: String,
    /// When it was made, RFC 3339, UTC, milliseconds.
    pub issued_at: String,
    /// The number of the export.
    pub mrn: String,
    /// Where the export stands now: one of [`GONE`].
    pub state: String,
    /// The number of the last envelope of this export.
    pub about: u64,
}

/// Where a message stands in the chain of its sender, read alone: also of one whose rest is not what it
/// may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// The message.
    pub id: String,
    /// The house that sends.
    pub from: String,
    /// The house it is for.
    pub to: String,
    /// The how manieth.
    pub sequence: u64,
    /// The digest of the one before it.
    pub previous: String,
    /// When it was made, as it says; empty where it says no moment.
    pub issued_at: String,
    /// The number of the export; empty where it says none that is one.
    pub mrn: String,
}

/// What a message says.
#[derive(Clone, Debug)]
pub enum Said {
    /// An export, and its declaration.
    Export(Box<Envelope>, Draft),
    /// That one does not come.
    Notice(Notice),
}

/// A message that its sender signed.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Its place.
    pub slip: Slip,
    /// What it says; why it is not what it may be.
    pub said: Result<Said, Refused>,
}

/// An envelope that is not taken, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not three parts of base64url with the header of an envelope.
    #[error("this is not an envelope")]
    Form,
    /// The algorithm is not the one envelopes use.
    #[error("the envelope does not use EdDSA")]
    Algorithm,
    /// Signed by a key that is none of the sender's.
    #[error("the envelope was signed by another key: {0}")]
    OtherKey(String),
    /// The signature does not fit the text.
    #[error("the signature does not fit: the envelope was changed")]
    Signature,
    /// The payload is not canonical JSON with these members and no others.
    #[error("the payload is not canonical JSON of an envelope")]
    Payload,
    /// A field says what it may not.
    #[error("{0} is not what it may be")]
    Field(&'static str),
    /// The digest is of another XML.
    #[error("the digest is not that of the XML")]
    Digest,
    /// One of the two declarations cannot be read.
    #[error("the declaration cannot be read")]
    Declaration,
    /// The XML and the JSON do not say the same.
    #[error("the XML and the JSON do not say the same")]
    Disagree,
}

impl Refused {
    /// Its name, as the API has it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Algorithm => "algorithm",
            Self::OtherKey(_) => "key",
            Self::Signature => "signature",
            Self::Payload => "payload",
            Self::Field(_) => "field",
            Self::Digest => "digest",
            Self::Declaration => "declaration",
            Self::Disagree => "disagree",
        }
    }
}

impl From<NotProven> for Refused {
    fn from(why: NotProven) -> Self {
        match why {
            NotProven::Form => Self::Form,
            NotProven::OtherKey(kid) => Self::OtherKey(kid),
            NotProven::Algorithm => Self::Algorithm,
            NotProven::Signature => Self::Signature,
        }
    }
}

/// Canonical JSON, RFC 8785; `None` for what JSON cannot say.
#[must_use]
pub fn canonical<T: Serialize>(value: &T) -> Option<String> {
    serde_json_canonicalizer::to_string(value).ok()
}

/// A declaration in the two forms an envelope has it in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// As JSON.
    pub json: Value,
    /// As WCO XML.
    pub xml: String,
    /// `sha-256:` and the digest of the XML.
    pub digest: String,
}

/// What was read cleanly, without what stood around it.
fn plain(decoded: Decoded) -> Option<Draft> {
    if !decoded.is_clean() {
        return None;
    }
    decoded.draft.map(bare)
}

/// A declaration without what stood around it.
fn bare(mut draft: Draft) -> Draft {
    draft.envelope = None;
    draft.root_attributes.clear();
    draft.namespace = None;
    draft.aliases.clear();
    draft
}

/// A declaration in both forms, without what stood around it where it was filed.
///
/// # Errors
/// [`Refused::Declaration`], [`Refused::Disagree`]: it cannot be said in both.
pub fn declared(draft: &Draft) -> Result<Declared, Refused> {
    let json: Value = serde_json::from_str(&json::encode(&bare(draft.clone())))
        .map_err(|_| Refused::Declaration)?;
    // Written of what was read of the JSON, so that attributes come in one order.
    let text = canonical(&json).ok_or(Refused::Declaration)?;
    let read = json::decode(wco::model(), text.as_bytes(), &limits());
    let read = plain(read).ok_or(Refused::Declaration)?;
    let xml = wco::write::encode(&read);
    let digest = digest(xml.as_bytes());
    let declared = Declared { json, xml, digest };
    agreeing(&declared.json, &declared.xml)?;
    Ok(declared)
}

fn limits() -> Limits {
    Limits::default()
}

/// What XML and JSON both say; each must be the one way to write it.
fn agreeing(value: &Value, xml: &str) -> Result<Draft, Refused> {
    let text = canonical(value).ok_or(Refused::Declaration)?;
    let from_json = json::decode(wco::model(), text.as_bytes(), &limits());
    let from_xml = wco::xml::decode(wco::model(), xml.as_bytes(), &limits());
    let from_json = plain(from_json).ok_or(Refused::Declaration)?;
    let from_xml = plain(from_xml).ok_or(Refused::Declaration)?;
    let same = from_json == from_xml
        && wco::write::encode(&from_json) == xml
        && json::encode(&from_xml) == text;
    if same { Ok(from_json) } else { Err(Refused::Disagree) }
}

/// Signs an envelope.
///
/// # Errors
/// [`Refused::Payload`]: JSON cannot say it.
pub fn seal(signer: &Signer, envelope: &Envelope) -> Result<String, Refused> {
    let payload = canonical(envelope).ok_or(Refused::Payload)?;
    Ok(signer.state_text(EXPORT, &payload))
}

/// Whether an envelope is small enough to be taken.
#[must_use]
pub fn fits(envelope: &Envelope) -> bool {
    // Base64 makes four bytes of three; header and signature are below 512.
    canonical(envelope).is_some_and(|text| text.len() / 3 * 4 + 512 < MOST)
}

/// Signs a notice.
///
/// # Errors
/// [`Refused::Payload`]: JSON cannot say it.
pub fn seal_notice(signer: &Signer, notice: &Notice) -> Result<String, Refused> {
    let payload = canonical(notice).ok_or(Refused::Payload)?;
    Ok(signer.state_text(NOTICE, &payload))
}

/// Whether a text can be the name of a key: a thumbprint of RFC 7638 with SHA-256, 43 characters of
/// base64url.
#[must_use]
pub fn is_kid(text: &str) -> bool {
    let fit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    text.len() == 43 && text.bytes().all(fit)
}

/// The longest first part of a signed message (base64url of its header) that can be one of ours.
pub const LONGEST_HEAD: usize = 256;

/// The key an envelope says it was signed by; nothing of it is proven. `None` also where that can be no
/// name of a key. The text may end after its first part.
#[must_use]
pub fn kid(jws: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Header {
        kid: String,
    }
    let header = jws.split('.').next().filter(|head| head.len() <= LONGEST_HEAD)?;
    let header = URL_SAFE_NO_PAD.decode(header).ok()?;
    let kid = serde_json::from_slice::<Header>(&header).ok()?.kid;
    is_kid(&kid).then_some(kid)
}

/// What an envelope says, of one that was verified before; `None` where it cannot be read.
#[must_use]
pub fn peek(jws: &str) -> Option<Envelope> {
    let payload = URL_SAFE_NO_PAD.decode(jws.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload).ok()
}

/// The payload as what it must be: canonical, each member known.
fn strictly<T: Serialize + serde::de::DeserializeOwned>(payload: &[u8]) -> Result<T, Refused> {
    let said: T = serde_json::from_slice(payload).map_err(|_| Refused::Payload)?;
    let written = canonical(&said).ok_or(Refused::Payload)?;
    if written.as_bytes() == payload { Ok(said) } else { Err(Refused::Payload) }
}

/// What a notice says, of one that was verified before; `None` where it is none.
#[must_use]
pub fn peek_notice(jws: &str) -> Option<Notice> {
    let payload = URL_SAFE_NO_PAD.decode(jws.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload).ok()
}

/// Reads a message of a neighbour and verifies it with its public keys (a JWK, or a set of them): the
/// signature, the form of its header, and its place in the chain; and then all it says, each field by
/// itself and that XML and JSON agree. Whether this sender may send this to this house now is asked of
/// the house.
///
/// # Errors
/// [`Refused`]: nobody signed it, or it has no place.
pub fn read(jws: &str, keys: &str) -> Result<Opened, Refused> {
    if jws.len() > MOST || jws.trim() != jws {
        return Err(Refused::Form);
    }
    let parts: Vec<&str> = jws.split('.').collect();
    let [header, payload, _] = parts.as_slice() else { return Err(Refused::Form) };
    let kid = kid(jws).ok_or(Refused::Form)?;
    let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| Refused::Form)?;
    let header = format!("{header}.");
    let kind = if header == receipt::head(&kid, NOTICE) { NOTICE } else { EXPORT };
    // The signature first: nothing of what is not signed is looked at.
    let _: Value = receipt::stated(jws, kind, keys)?;
    // One header, one text: no member more, none twice, none in another order.
    if header != receipt::head(&kid, kind) {
        return Err(Refused::Form);
    }
    let slip = Slip::read(&payload)?;
    let said = match kind {
        NOTICE => strictly::<Notice>(&payload).and_then(|notice| {
            notice.fields()?;
            Ok(Said::Notice(notice))
        }),
        _ => strictly::<Envelope>(&payload).and_then(|envelope| {
            let draft = envelope.check()?;
            Ok(Said::Export(Box::new(envelope), draft))
        }),
    };
    Ok(Opened { slip, said })
}

/// Reads an envelope of an export and verifies it; see [`read`]. Gives the declaration with it.
///
/// # Errors
/// [`Refused`].
pub fn open(jws: &str, keys: &str) -> Result<(Envelope, Draft), Refused> {
    match read(jws, keys)?.said? {
        Said::Export(envelope, draft) => Ok((*envelope, draft)),
        Said::Notice(_) => Err(Refused::Form),
    }
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
}

fn is_name(text: &str) -> bool {
    let fit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    !text.is_empty() && text.len() <= 70 && text.bytes().all(fit)
}

fn is_digest(text: &str) -> bool {
    let hex = |t: &str| t.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    text.strip_prefix("sha-256:").is_some_and(|hash| hash.len() == 64 && hex(hash))
}

/// A UUID of version 7 in its one form (RFC 9562).
fn is_message_id(text: &str) -> bool {
    let bytes = text.as_bytes();
    let fits = |(n, b): (usize, &u8)| match n {
        8 | 13 | 18 | 23 => *b == b'-',
        14 => *b == b'7',
        19 => matches!(b, b'8' | b'9' | b'a' | b'b'),
        _ => matches!(b, b'0'..=b'9' | b'a'..=b'f'),
    };
    bytes.len() == 36 && bytes.iter().enumerate().all(fits)
}

/// RFC 3339 in UTC with milliseconds, as the house writes it.
fn is_moment(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok_and(|at| format!("{at:.3}") == text)
}

/// Fields that are what they may be, or not; the first that is not.
fn first_wrong(checks: &[(&'static str, bool)]) -> Result<(), Refused> {
    match checks.iter().find(|(_, fine)| !fine) {
        Some((field, _)) => Err(Refused::Field(field)),
        None => Ok(()),
    }
}

impl Slip {
    /// Reads the place alone, whatever else is said.
    fn read(payload: &[u8]) -> Result<Self, Refused> {
        #[derive(Deserialize)]
        struct House {
            house: String,
        }
        #[derive(Deserialize)]
        struct Place {
            id: String,
            from: House,
            to: House,
            sequence: u64,
            previous: String,
            #[serde(default)]
            issued_at: Value,
            #[serde(default)]
            mrn: Value,
        }
        let said: Place = serde_json::from_slice(payload).map_err(|_| Refused::Payload)?;
        let text = |value: &Value, fit: fn(&str) -> bool| {
            value.as_str().filter(|t| fit(t)).unwrap_or_default().to_owned()
        };
        let slip = Self {
            issued_at: text(&said.issued_at, is_moment),
            mrn: text(&said.mrn, is_name),
            id: said.id,
            from: said.from.house,
            to: said.to.house,
            sequence: said.sequence,
            previous: said.previous,
        };
        let previous = match slip.sequence {
            1 => slip.previous.is_empty(),
            _ => is_digest(&slip.previous),
        };
        first_wrong(&[
            ("id", is_message_id(&slip.id)),
            ("from.house", is_name(&slip.from)),
            ("to.house", is_name(&slip.to)),
            ("sequence", slip.sequence > 0 && slip.sequence <= 1 << 53),
            ("previous", previous),
        ])?;
        Ok(slip)
    }
}

/// Sender and receiver by themselves; their houses were looked at with the place.
fn ends(from: &Sender, to: &Receiver) -> Result<(), Refused> {
    first_wrong(&[
        ("from.pack", is_name(&from.pack)),
        ("from.country", is_country(&from.country)),
        ("to.country", is_country(&to.country)),
    ])
}

impl Notice {
    /// Each field by itself.
    fn fields(&self) -> Result<(), Refused> {
        ends(&self.from, &self.to)?;
        first_wrong(&[
            ("issued_at", is_moment(&self.issued_at)),
            ("mrn", is_name(&self.mrn)),
            ("state", GONE.contains(&&*self.state)),
            ("about", self.about > 0 && self.about < self.sequence),
        ])
    }
}

impl Envelope {
    /// Each field by itself, and that the declaration is one and the same; which it is.
    fn check(&self) -> Result<Draft, Refused> {
        ends(&self.from, &self.to)?;
        first_wrong(&[
            ("issued_at", is_moment(&self.issued_at)),
            ("mrn", is_name(&self.mrn)),
            ("state", matches!(&*self.state, "released" | "cleared")),
            ("xml_digest", is_digest(&self.xml_digest)),
        ])?;
        if digest(self.xml.as_bytes()) != self.xml_digest {
            return Err(Refused::Digest);
        }
        let draft = agreeing(&self.declaration, &self.xml)?;
        let function = draft.root().and_then(|r| r.child("FunctionCode")).map(|n| n.text());
        if function != Some("9") {
            return Err(Refused::Field("declaration/FunctionCode"));
        }
        if bridge::destination(&draft) != Some(&self.to.country) {
            return Err(Refused::Field("to.country"));
        }
        Ok(draft)
    }
}
