//! Notifications as CloudEvents 1.0, in the JSON format.

use serde::Serialize;
use utoipa::ToSchema;

use crate::http::notifications::Notification;

/// One event.
pub(crate) const ONE: &str = "application/cloudevents+json";
/// Several in an array.
pub(crate) const BATCH: &str = "application/cloudevents-batch+json";

/// A notification as an event of CloudEvents 1.0.
#[derive(Serialize, ToSchema)]
pub(crate) struct CloudEvent<'a> {
    /// `1.0`.
    specversion: &'static str,
    /// The name of the notification: the same whenever and however it is told.
    id: String,
    /// The house, by the thumbprint of its key (RFC 9278).
    source: &'a str,
    /// `fondaco.declaration.` and what happened.
    #[serde(rename = "type")]
    kind: String,
    /// The MRN; the id of what has none.
    subject: &'a str,
    /// When it happened.
    time: &'a str,
    /// `application/xml`.
    datacontenttype: &'static str,
    /// The cursor in twenty digits: later ones are greater, also as text.
    sequence: String,
    /// WCO function code.
    function: &'static str,
    /// The declarant's reference.
    #[serde(skip_serializing_if = "str::is_empty")]
    lrn: &'a str,
    /// The WCO response, XML.
    data: &'a str,
}

/// The event of a notification.
pub(crate) fn event<'a>(source: &'a str, n: &'a Notification) -> CloudEvent<'a> {
    CloudEvent {
        specversion: "1.0",
        id: n.id(),
        source,
        kind: format!("fondaco.declaration.{}", n.event),
        subject: &n.name,
        time: &n.at,
        datacontenttype: "application/xml",
        sequence: format!("{:020}", n.cursor),
        function: n.function,
        lrn: &n.lrn,
        data: &n.message,
    }
}

impl CloudEvent<'_> {
    /// Its bytes.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}
