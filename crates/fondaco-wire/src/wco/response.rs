//! WCO response messages: how the house tells a trader what happened.
//!
//! Source: WCO DM 3.6, response message; function codes as customs administrations use them (01
//! accepted, 02 registered, 03 rejected, 05 control, 06 documents wanted, 08 released, 09 cleared,
//! 13 duty).

use serde_json::Value;

use super::write::escape;

/// The namespace of a response.
pub const RESPONSE: &str = "urn:wco:datamodel:WCO:RES-DMS:2";

/// What a response is made of.
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    /// Function code.
    pub function: &'a str,
    /// The response's own id.
    pub id: &'a str,
    /// When, RFC 3339 UTC.
    pub at: &'a str,
    /// The declarant's reference.
    pub lrn: &'a str,
    /// The number; empty where none was given.
    pub mrn: &'a str,
    /// The stored opinion.
    pub opinion: &'a Value,
    /// What an officer or an agency decided, where it came by that: `act`, `text` and `remedy`.
    pub decided: Option<&'a Value>,
    /// The status: of the answer to a request (function 11) 39 granted or 41 denied, of duties (13)
    /// 67 as computed, 115 secured, 4 final; empty where none is told. Source: HMRC's notifications.
    pub status: &'a str,
}

/// `2026-11-23T20:20:00.123Z` as `20261123202000Z`.
fn compact(at: &str) -> String {
    let digits: String = at.chars().filter(char::is_ascii_digit).take(14).collect();
    format!("{digits}Z")
}

struct Writer(String);

impl Writer {
    fn leaf(&mut self, name: &str, text: &str) {
        self.with(name, "", text);
    }

    fn with(&mut self, name: &str, attributes: &str, text: &str) {
        self.0.push_str(&format!("<{name}{attributes}>"));
        escape(&mut self.0, text, false);
        self.0.push_str(&format!("</{name}>"));
    }

    fn within(&mut self, name: &str, inner: impl FnOnce(&mut Self)) {
        self.0.push_str(&format!("<{name}>"));
        inner(self);
        self.0.push_str(&format!("</{name}>"));
    }

    fn pointer(&mut self, pointer: &str) {
        // Class ids with their position; the last step may be the element's own id.
        let steps: Vec<&str> = pointer.split('/').filter(|s| !s.is_empty()).collect();
        let is_class = |s: &str| {
            let id = s.split('[').next().unwrap_or_default();
            id.len() == 3 && id.ends_with(|c: char| c.is_ascii_uppercase())
        };
        let mut n = 0;
        while let Some(step) = steps.get(n) {
            let (class, position) = step.split_once('[').unwrap_or((step, ""));
            let tag = steps.get(n + 1).filter(|next| !is_class(next));
            self.within("Pointer", |w| {
                if !position.is_empty() {
                    w.leaf("SequenceNumeric", position.trim_end_matches(']'));
                }
                w.leaf("DocumentSectionCode", class);
                if let Some(tag) = tag {
                    w.leaf("TagID", tag.split('[').next().unwrap_or_default());
                }
            });
            n += if tag.is_some() { 2 } else { 1 };
        }
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Writes a response.
#[must_use]
pub fn encode(response: &Response<'_>) -> String {
    let mut w = Writer(String::with_capacity(1024));
    w.0.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response xmlns=\"");
    w.0.push_str(RESPONSE);
    w.0.push_str("\">");
    w.leaf("FunctionCode", response.function);
    w.leaf("FunctionalReferenceID", response.id);
    let date = compact(response.at);
    w.within("IssueDateTime", |w| w.with("DateTimeString", " formatCode=\"304\"", &date));
    let o = response.opinion;
    if let Some(decided) = response.decided {
        decision(&mut w, decided);
    } else if response.function == "06" {
        for requirement in list(o, "requirements") {
            if text(requirement, "status") == "missing" {
                w.within("AdditionalInformation", |w| {
                    w.leaf("StatementCode", text(requirement, "id"));
                    let said = requirement.get("text").map(|t| text(t, "en")).unwrap_or_default();
                    w.leaf("StatementDescription", said);
                });
            }
        }
    }
    if !response.status.is_empty() {
        w.within("Status", |w| w.leaf("NameCode", response.status));
    }
    if matches!(response.function, "05" | "06")
        && response.decided.is_none()
        && let Some(decision) = o.get("decision")
    {
        // The trader is told what kind of look it is, not which rule asked for it.
        w.within("Status", |w| w.leaf("NameCode", text(decision, "lane")));
    }
    if response.function == "03" {
        for finding in list(o, "findings") {
            w.within("Error", |w| {
                w.leaf("ValidationCode", text(finding, "code"));
                let said = finding.get("text").map(|t| text(t, "en")).unwrap_or_default();
                w.leaf("Description", said);
                w.pointer(text(finding, "pointer"));
            });
        }
    }
    w.within("Declaration", |w| {
        if response.function == "10" {
            w.within("CancellationDateTime", |w| {
                w.with("DateTimeString", " formatCode=\"304\"", &date);
            });
        }
        w.leaf("FunctionalReferenceID", response.lrn);
        if !response.mrn.is_empty() {
            w.leaf("ID", response.mrn);
        }
        w.leaf("VersionID", "1");
        if response.function == "13"
            && let Some(assessment) = o.get("assessment")
        {
            duties(w, assessment);
        }
    });
    w.0.push_str("</Response>\n");
    w.0
}

/// Why somebody decided so, and what can be done about it.
fn decision(w: &mut Writer, decided: &Value) {
    let act = decided.get("act");
    let said = |key: &str| decided.get(key).map(|t| text(t, "en")).unwrap_or_default();
    let note = act.map(|a| text(a, "note")).unwrap_or_default();
    let parts = [said("text"), said("remedy"), note];
    let whole = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    if !whole.is_empty() {
        w.within("AdditionalInformation", |w| {
            w.leaf("StatementCode", act.map(|a| text(a, "reason")).unwrap_or_default());
            w.leaf("StatementDescription", &whole);
            // The submitter is informed of the reason.
            w.leaf("StatementTypeCode", "AFB");
        });
    }
}

fn duties(w: &mut Writer, assessment: &Value) {
    let lines = list(assessment, "lines");
    let currency = format!(" currencyID=\"{}\"", text(assessment, "currency"));
    let mut items: Vec<u64> = lines.iter().filter_map(|l| l.get("item")?.as_u64()).collect();
    items.dedup();
    w.within("GoodsShipment", |w| {
        for item in items {
            w.within("GovernmentAgencyGoodsItem", |w| {
                w.leaf("SequenceNumeric", &item.to_string());
                w.within("Commodity", |w| {
                    let of = |l: &&Value| l.get("item").and_then(Value::as_u64) == Some(item);
                    for line in lines.iter().filter(of) {
                        w.within("DutyTaxFee", |w| {
                            w.with("AdValoremTaxBaseAmount", &currency, text(line, "base"));
                            w.with("DeductAmount", &currency, text(line, "deducted"));
                            if !text(line, "rate").is_empty() {
                                w.leaf("TaxRateNumeric", text(line, "rate"));
                            }
                            w.leaf("TypeCode", text(line, "tax_type"));
                            w.within("Payment", |w| {
                                w.with("TaxAssessedAmount", &currency, text(line, "assessed"));
                                w.with("PaymentAmount", &currency, text(line, "payable"));
                            });
                        });
                    }
                });
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_rejection_points_at_what_was_wrong() {
        let opinion = json!({"findings": [{
            "code": "FD404", "pointer": "42A/67A/68A[2]/23A/21A[1]/145",
            "text": {"en": "no such <code>"},
        }]});
        let xml = encode(&Response {
            function: "03",
            id: "r1",
            at: "2026-11-23T20:20:00.123Z",
            lrn: "L&1",
            mrn: "",
            opinion: &opinion,
            decided: None,
            status: "",
        });
        let wanted = "<Pointer><DocumentSectionCode>42A</DocumentSectionCode></Pointer>\
            <Pointer><DocumentSectionCode>67A</DocumentSectionCode></Pointer>\
            <Pointer><SequenceNumeric>2</SequenceNumeric>\
            <DocumentSectionCode>68A</DocumentSectionCode></Pointer>\
            <Pointer><DocumentSectionCode>23A</DocumentSectionCode></Pointer>\
            <Pointer><SequenceNumeric>1</SequenceNumeric>\
            <DocumentSectionCode>21A</DocumentSectionCode><TagID>145</TagID></Pointer>";
        assert!(xml.contains(wanted), "{xml}");
        assert!(xml.contains("<DateTimeString formatCode=\"304\">20261123202000Z<"), "{xml}");
        assert!(xml.contains("no such &lt;code&gt;") && xml.contains("L&amp;1"), "{xml}");
    }
}
