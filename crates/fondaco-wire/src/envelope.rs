//! What a house sends to a neighbour's house when it releases an export: the declaration, signed.
//!
//! An envelope is a JWS in compact form (RFC 7515) with `EdDSA` over Ed25519 (RFC 8037), of a kind of
//! its own. Its payload is canonical JSON (RFC 8785): who sends to whom, the how manieth it is, the
//! digest of the one before, and the declaration twice, as JSON and as WCO XML. It is read strictly:
//! there is one way to write an envelope, and everything else is refused.

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

/// The key an envelope says it was signed by; nothing of it is proven.
#[must_use]
pub fn kid(jws: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Header {
        kid: String,
    }
    let header = URL_SAFE_NO_PAD.decode(jws.split('.').next()?).ok()?;
    Some(serde_json::from_slice::<Header>(&header).ok()?.kid)
}

/// What an envelope says, of one that was verified before; `None` where it cannot be read.
#[must_use]
pub fn peek(jws: &str) -> Option<Envelope> {
    let payload = URL_SAFE_NO_PAD.decode(jws.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload).ok()
}

/// Reads an envelope and verifies it with the public keys of its sender (a JWK, or a set of them):
/// signature, form, every field by itself, and that XML and JSON say the same. Gives the declaration
/// with it. Whether this sender may send this to this house now is asked of the house.
///
/// # Errors
/// [`Refused`].
pub fn open(jws: &str, keys: &str) -> Result<(Envelope, Draft), Refused> {
    if jws.len() > MOST {
        return Err(Refused::Form);
    }
    let parts: Vec<&str> = jws.split('.').collect();
    let [header, payload, _] = parts.as_slice() else { return Err(Refused::Form) };
    let kid = kid(jws).ok_or(Refused::Form)?;
    let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| Refused::Form)?;
    // The signature first: nothing of what is not signed is looked at.
    let _: Value = receipt::stated(jws, EXPORT, keys)?;
    // One header, one payload, one text: no member more, none twice, none in another order.
    if format!("{header}.") != receipt::head(&kid, EXPORT) {
        return Err(Refused::Form);
    }
    let envelope: Envelope = serde_json::from_slice(&payload).map_err(|_| Refused::Payload)?;
    let written = canonical(&envelope).ok_or(Refused::Payload)?;
    if written.as_bytes() != payload || jws.trim() != jws {
        return Err(Refused::Payload);
    }
    envelope.fields()?;
    if digest(envelope.xml.as_bytes()) != envelope.xml_digest {
        return Err(Refused::Digest);
    }
    let draft = agreeing(&envelope.declaration, &envelope.xml)?;
    let function = draft.root().and_then(|r| r.child("FunctionCode")).map(|n| n.text());
    if function != Some("9") {
        return Err(Refused::Field("declaration/FunctionCode"));
    }
    if bridge::destination(&draft) != Some(&envelope.to.country) {
        return Err(Refused::Field("to.country"));
    }
    Ok((envelope, draft))
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

impl Envelope {
    /// Each field by itself.
    fn fields(&self) -> Result<(), Refused> {
        let checks = [
            ("id", is_message_id(&self.id)),
            ("from.house", is_name(&self.from.house)),
            ("from.pack", is_name(&self.from.pack)),
            ("from.country", is_country(&self.from.country)),
            ("to.house", is_name(&self.to.house)),
            ("to.country", is_country(&self.to.country)),
            ("sequence", self.sequence > 0 && self.sequence <= 1 << 53),
            (
                "previous",
                if self.sequence == 1 {
                    self.previous.is_empty()
                } else {
                    is_digest(&self.previous)
                },
            ),
            ("issued_at", is_moment(&self.issued_at)),
            ("mrn", is_name(&self.mrn)),
            ("state", matches!(&*self.state, "released" | "cleared")),
            ("xml_digest", is_digest(&self.xml_digest)),
        ];
        match checks.iter().find(|(_, fine)| !fine) {
            Some((field, _)) => Err(Refused::Field(field)),
            None => Ok(()),
        }
    }
}
