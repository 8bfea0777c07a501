//! The signed receipt: what was filed, when, its digest; provable offline by anyone.
//!
//! A receipt is a JWS in compact form (RFC 7515) with `EdDSA` over Ed25519 (RFC 8037), so that any
//! JOSE library verifies it. The public key is a JWK; its `kid` is the thumbprint of RFC 7638.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What a receipt says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The filing's id in the house.
    pub id: String,
    /// The number given; empty where the filing was returned.
    pub mrn: String,
    /// The declarant's own reference.
    pub lrn: String,
    /// `accepted` or `returned`.
    pub outcome: String,
    /// When it was lodged, RFC 3339 with milliseconds, UTC.
    pub lodged_at: String,
    /// `sha-256:` and the digest of the bytes as filed.
    pub digest: String,
    /// SHA-256 of the bundle it was judged by.
    pub bundle: String,
}

/// A receipt that proves nothing, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotProven {
    /// Not three parts of base64url, or not the JSON of a receipt.
    #[error("this is not a receipt")]
    Form,
    /// Signed by another key.
    #[error("the receipt was signed by another key: {0}")]
    OtherKey(String),
    /// The algorithm is not the one receipts use.
    #[error("the receipt does not use EdDSA")]
    Algorithm,
    /// The signature does not fit the text.
    #[error("the signature does not fit: the receipt was changed")]
    Signature,
}

/// `sha-256:` and the digest of the bytes.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    format!("sha-256:{}", crate::pack::hex(&Sha256::digest(bytes)))
}

/// A key that signs: the house's receipts, a person's statements.
#[derive(Clone)]
pub struct Signer {
    key: SigningKey,
    kid: String,
    /// `base64url(header).`, the same for every receipt.
    head: String,
}

/// The kind (`typ`) of a receipt.
const RECEIPT: &str = "fondaco-receipt";

#[derive(Serialize, Deserialize)]
struct Jwk {
    kty: String,
    crv: String,
    x: String,
    #[serde(default)]
    kid: String,
    #[serde(default)]
    alg: String,
    #[serde(default, rename = "use")]
    purpose: String,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: String,
    #[serde(default)]
    typ: String,
}

/// `base64url(header).` of what is signed by this key, of this kind.
pub(crate) fn head(kid: &str, typ: &str) -> String {
    let header = format!("{{\"alg\":\"EdDSA\",\"kid\":\"{kid}\",\"typ\":\"{typ}\"}}");
    format!("{}.", URL_SAFE_NO_PAD.encode(header))
}

/// The names of the keys of a JWK or a set of them: their thumbprints (RFC 7638).
///
/// # Errors
/// [`NotProven::Form`]: not that, or a key that is not one of Ed25519.
pub fn kids(keys: &str) -> Result<Vec<String>, NotProven> {
    let name = |key: &Jwk| {
        let bytes = URL_SAFE_NO_PAD.decode(&key.x).ok().and_then(|x| x.try_into().ok());
        let fine = bytes.is_some_and(|x| VerifyingKey::from_bytes(&x).is_ok_and(|k| !k.is_weak()));
        let fine = fine && key.kty == "OKP" && key.crv == "Ed25519";
        if fine { Ok(thumbprint(&key.x)) } else { Err(NotProven::Form) }
    };
    set(keys)?.iter().map(name).collect()
}

fn set(keys: &str) -> Result<Vec<Jwk>, NotProven> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<Jwk>,
    }
    match serde_json::from_str::<Set>(keys) {
        Ok(set) => Ok(set.keys),
        Err(_) => Ok(vec![serde_json::from_str(keys).map_err(|_| NotProven::Form)?]),
    }
}

fn thumbprint(x: &str) -> String {
    let canonical = format!("{{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"{x}\"}}");
    URL_SAFE_NO_PAD.encode(Sha256::digest(canonical))
}

impl Signer {
    /// The signer of a 32-byte seed.
    #[must_use]
    pub fn new(seed: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(seed);
        let kid = thumbprint(&URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes()));
        let head = head(&kid, RECEIPT);
        Self { key, kid, head }
    }

    /// The name of the key: its thumbprint (RFC 7638).
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public key as a JWK.
    #[must_use]
    pub fn public_jwk(&self) -> String {
        let x = URL_SAFE_NO_PAD.encode(self.key.verifying_key().as_bytes());
        let jwk = Jwk {
            kty: "OKP".into(),
            crv: "Ed25519".into(),
            kid: thumbprint(&x),
            x,
            alg: "EdDSA".into(),
            purpose: "sig".into(),
        };
        serde_json::to_string(&jwk).unwrap_or_default()
    }

    /// Signs a receipt.
    #[must_use]
    pub fn sign(&self, receipt: &Receipt) -> String {
        self.signed(self.head.clone(), receipt)
    }

    /// Signs something else said, of a kind (`typ`) of its own.
    #[must_use]
    pub fn state<T: Serialize>(&self, typ: &str, statement: &T) -> String {
        self.signed(head(&self.kid, typ), statement)
    }

    /// The same of a text that stands already.
    #[must_use]
    pub(crate) fn state_text(&self, typ: &str, payload: &str) -> String {
        self.sealed(head(&self.kid, typ), payload.as_bytes())
    }

    fn signed<T: Serialize>(&self, head: String, said: &T) -> String {
        self.sealed(head, &serde_json::to_vec(said).unwrap_or_default())
    }

    fn sealed(&self, head: String, payload: &[u8]) -> String {
        let mut jws = head;
        URL_SAFE_NO_PAD.encode_string(payload, &mut jws);
        let signature = self.key.sign(jws.as_bytes());
        jws.push('.');
        URL_SAFE_NO_PAD.encode_string(signature.to_bytes(), &mut jws);
        jws
    }
}

/// Verifies a receipt with a public key (a JWK, or a set of them).
///
/// # Errors
/// [`NotProven`].
pub fn verify(jws: &str, keys: &str) -> Result<Receipt, NotProven> {
    stated(jws, RECEIPT, keys)
}

/// What was said by [`Signer::state`] with this kind, verified with a public key.
///
/// # Errors
/// [`NotProven`].
pub fn stated<T: DeserializeOwned>(jws: &str, typ: &str, keys: &str) -> Result<T, NotProven> {
    let keys = set(keys)?;
    let jws = jws.trim();
    let (signed, signature) = jws.rsplit_once('.').ok_or(NotProven::Form)?;
    let (header, payload) = signed.split_once('.').ok_or(NotProven::Form)?;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| NotProven::Form);
    let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| NotProven::Form)?;
    if header.alg != "EdDSA" {
        return Err(NotProven::Algorithm);
    }
    // A signature under one thing is none under another.
    if header.typ != typ {
        return Err(NotProven::Form);
    }
    let key = keys
        .iter()
        .find(|k| k.kty == "OKP" && k.crv == "Ed25519" && thumbprint(&k.x) == header.kid)
        .ok_or_else(|| NotProven::OtherKey(header.kid.clone()))?;
    let bytes: [u8; 32] = decode(&key.x)?.try_into().map_err(|_| NotProven::Form)?;
    let key = VerifyingKey::from_bytes(&bytes).map_err(|_| NotProven::Form)?;
    let signature: [u8; 64] = decode(signature)?.try_into().map_err(|_| NotProven::Form)?;
    key.verify_strict(signed.as_bytes(), &Signature::from_bytes(&signature))
        .map_err(|_| NotProven::Signature)?;
    serde_json::from_slice(&decode(payload)?).map_err(|_| NotProven::Form)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt() -> Receipt {
        Receipt {
            id: "1".into(),
            mrn: "26GBF0000000000011".into(),
            lrn: "A/1 木材".into(),
            outcome: "accepted".into(),
            lodged_at: "2026-11-23T20:20:00.000Z".into(),
            digest: digest(b"<Declaration/>"),
            bundle: String::new(),
        }
    }

    #[test]
    fn a_receipt_proves_itself_and_no_byte_of_it_can_change() {
        let signer = Signer::new(&[7; 32]);
        let jws = signer.sign(&receipt());
        assert_eq!(verify(&jws, &signer.public_jwk()), Ok(receipt()));
        let set = format!("{{\"keys\":[{}]}}", signer.public_jwk());
        assert_eq!(verify(&jws, &set), Ok(receipt()));
        for place in 0..jws.len() {
            let mut changed = jws.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8_lossy(&changed).into_owned();
            assert!(verify(&changed, &signer.public_jwk()).is_err(), "byte {place}");
        }
        let other = Signer::new(&[8; 32]);
        assert!(matches!(verify(&jws, &other.public_jwk()), Err(NotProven::OtherKey(_))));
    }
}
