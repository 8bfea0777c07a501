//! The WCO Data Model on the wire.

use std::sync::LazyLock;

use fondaco::model::Model;

pub(crate) mod form;
pub mod response;
pub(crate) mod write;
pub mod xml;

pub use form::is_char;

static MODEL: LazyLock<Model> = LazyLock::new(|| {
    let text = include_str!("../../../../data/model/declaration.txt");
    #[allow(clippy::panic, reason = "the file is part of the program and read by every test")]
    Model::parse(text).unwrap_or_else(|e| panic!("data/model/declaration.txt: {e}"))
});

/// The model of a goods declaration, WCO Data Model 3.6.
#[must_use]
pub fn model() -> &'static Model {
    &MODEL
}
