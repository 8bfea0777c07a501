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
    /// The requirement by which an agency holds the goods where nobody decided it; empty of all else.
    pub requirement: &'a str,
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
    } else {
        wanted(&mut w, response);
    }
    if !response.status.is_empty() {
        w.within("Status", |w| w.leaf("NameCode", response.status));
    }
    if matches!(response.function, "05" | "06")
        && response.decided.is_none()
        && response.requirement.is_empty()
        && let Some(decision) = o.get("decision")
    {
        // The trader is told what kind of look it is, not which rule asked for it.
        w.within("Status", |w| w.leaf("NameCode", text(decision, "lane")));
    }
    // What expired or was ended was not returned: what was found of it is not why.
    if response.function == "03" && text(o, "outcome") == "returned" {
        for error in errors(o) {
            w.within("Error", |w| {
                w.leaf("ValidationCode", text(error, "code"));
                w.leaf("Description", in_english(error));
                w.pointer(text(error, "pointer"));
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

fn in_english(value: &Value) -> &str {
    value.get("text").map(|t| text(t, "en")).unwrap_or_default()
}

fn errors(opinion: &Value) -> impl Iterator<Item = &Value> {
    list(opinion, "findings").iter().filter(|f| text(f, "severity") == "error")
}

/// What a look that the opinion asked for wants: of an agency its requirement; of the lane what is missing
/// and, of goods that the law of the day they came would return, why it would.
fn wanted(w: &mut Writer, response: &Response<'_>) {
    let mut say = |what: &Value, key: &str| {
        w.within("AdditionalInformation", |w| {
            w.leaf("StatementCode", text(what, key));
            w.leaf("StatementDescription", in_english(what));
        });
    };
    let requirements = list(response.opinion, "requirements");
    if !response.requirement.is_empty() {
        // Once, of however many items it is asked.
        let is = |r: &&Value| text(r, "id") == response.requirement;
        requirements.iter().find(is).into_iter().for_each(|r| say(r, "id"));
        return;
    }
    if response.function == "06" {
        let missing = requirements.iter().filter(|r| text(r, "status") == "missing");
        missing.for_each(|r| say(r, "id"));
    }
    if matches!(response.function, "05" | "06") {
        errors(response.opinion).for_each(|f| say(f, "code"));
    }
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

    fn of<'a>(function: &'a str, lrn: &'a str, opinion: &'a Value) -> Response<'a> {
        let (id, at) = ("r1", "2026-11-23T20:20:00.123Z");
        let (mrn, decided, requirement, status) = ("", None, "", "");
        Response { function, id, at, lrn, mrn, opinion, decided, requirement, status }
    }

    #[test]
    fn a_rejection_points_at_what_was_wrong() {
        let opinion = json!({"outcome": "returned", "findings": [{
            "code": "FD404", "severity": "error", "pointer": "42A/67A/68A[2]/23A/21A[1]/145",
            "text": {"en": "no such <code>"},
        }]});
        let xml = encode(&of("03", "L&1", &opinion));
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

    #[test]
    fn what_ended_without_being_returned_has_no_errors() {
        let check = |outcome: &str, severity: &str, errors: usize| {
            let opinion = json!({"outcome": outcome, "findings": [
                {"code": "FD432", "severity": severity, "pointer": "42A", "text": {"en": "x"}},
            ]});
            let xml = encode(&of("03", "L", &opinion));
            assert_eq!(xml.matches("<Error>").count(), errors, "{outcome} {severity}: {xml}");
        };
        check("returned", "error", 1);
        check("returned", "warning", 0);
        check("accepted", "warning", 0);
        // As goods that the law of the day would return.
        check("accepted", "error", 0);
    }

    #[test]
    fn a_look_says_why_and_that_of_an_agency_what_it_wants() {
        let requirement =
            |id: &str, status: &str| json!({"id": id, "status": status, "text": {"en": id}});
        let opinion = json!({
            "outcome": "accepted", "decision": {"lane": "yellow"},
            "requirements": [
                requirement("licence", "missing"), requirement("health", "missing"),
                requirement("health", "missing"), requirement("phyto", "met"),
            ],
            "findings": [
                {"code": "FD415", "severity": "error", "text": {"en": "out of season"}},
                {"code": "FD416", "severity": "warning", "text": {"en": "odd"}},
            ],
        });
        let check = |function: &str, requirement: &str, codes: &[&str], lane: bool| {
            let xml = encode(&Response { requirement, ..of(function, "L", &opinion) });
            let is = xml.split("<StatementCode>").skip(1);
            let is: Vec<&str> = is.map(|rest| rest.split('<').next().unwrap()).collect();
            assert_eq!(is, codes, "{function} {requirement}: {xml}");
            assert_eq!(xml.contains("<NameCode>yellow</NameCode>"), lane, "{xml}");
        };
        check("06", "", &["licence", "health", "health", "FD415"], true);
        check("05", "", &["FD415"], true);
        check("06", "health", &["health"], false);
        check("05", "phyto", &["phyto"], false);
        check("50", "phyto", &["phyto"], false);
    }

    #[test]
    fn a_response_has_no_character_that_xml_does_not_have() {
        let opinion = json!({});
        for c in (0..0x20_u32).chain([0x7f, 0xfffd, 0xfffe, 0xffff, 0x1_0000, 0x10_ffff]) {
            let lrn = format!("A{}", char::from_u32(c).unwrap());
            let xml = encode(&of("01", &lrn, &opinion));
            assert!(roxmltree::Document::parse(&xml).is_ok(), "{c:x}: {xml}");
        }
    }
}
