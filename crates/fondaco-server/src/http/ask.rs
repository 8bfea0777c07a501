//! Parts that many requests have, as they are read and as they are described.

use serde::de::{Deserialize, Deserializer, Error as _};
use utoipa::IntoParams;

/// The header that makes a request safe to send again; [`super::api::key_of`] reads it.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it describes a header")]
pub(super) struct Key {
    /// The caller's own name for the request: 1 to 255 visible characters.
    #[param(
        rename = "Idempotency-Key",
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]([ -~]*[!-~])?$"
    )]
    key: String,
}

/// How many of a list are asked for, 1 to `MOST`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Most<const MOST: usize>(usize);

impl<const MOST: usize> Most<MOST> {
    /// As asked, or so many.
    pub(crate) fn or(asked: Option<Self>, otherwise: usize) -> usize {
        asked.map_or(otherwise, |most| most.0)
    }
}

impl<'de, const MOST: usize> Deserialize<'de> for Most<MOST> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let most = usize::deserialize(from)?;
        if (1..=MOST).contains(&most) {
            Ok(Self(most))
        } else {
            Err(D::Error::custom(format!("1 to {MOST}")))
        }
    }
}
