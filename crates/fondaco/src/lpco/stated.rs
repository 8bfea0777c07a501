//! What the declarant says of a document beside its type: its number, and whether it is there at all.

use super::Doubt;
use crate::declaration::Document;
use crate::reference::DocumentCodes;

/// Why what is stated shows no document; `None` where it does. What has no number shows none, but for a
/// statement of the declarant, and where the pack is one of before that says nothing of statements.
#[must_use]
pub fn stated(document: &Document, codes: &DocumentCodes) -> Option<Doubt> {
    let status = document.status.as_str();
    if codes.unavailable.have(status) {
        return Some(Doubt::Unavailable);
    }
    if codes.waived.have(status) {
        return Some(Doubt::Waived);
    }
    let numbered = document.id.chars().any(char::is_alphanumeric);
    let wants_one = !codes.basis.is_empty() && !codes.statements.have(&document.code);
    (wants_one && !numbered).then_some(Doubt::NoNumber)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::Codes;
    use crate::token::Token;

    #[test]
    fn what_has_no_number_or_is_said_not_to_be_there_shows_nothing() {
        let codes = |whole: &[&str], begun: &[&str]| {
            let all = |of: &[&str]| of.iter().map(|c| Token::lossy(c)).collect();
            Codes { whole: all(whole), begun: all(begun) }
        };
        let rules = DocumentCodes {
            statements: codes(&["S1"], &["Y9"]),
            unavailable: codes(&[], &["U"]),
            waived: codes(&["NO"], &["X"]),
            basis: "act".into(),
        };
        let check = |code: &str, id: &str, status: &str, wanted: Option<Doubt>| {
            let (code, status) = (Token::lossy(code), Token::lossy(status));
            let shown = Document { code, id: id.into(), status, ..Document::default() };
            assert_eq!(stated(&shown, &rules), wanted, "{shown:?}");
        };
        check("C085", "GB1", "", None);
        check("C085", "GB1", "AE", None);
        for id in ["", " ", "-", "./."] {
            check("C085", id, "AE", Some(Doubt::NoNumber));
            check("S1", id, "", None);
            check("Y900", id, "", None);
            check("S12", id, "", Some(Doubt::NoNumber));
        }
        check("C085", "GB1", "UP", Some(Doubt::Unavailable));
        check("Y900", "", "UA", Some(Doubt::Unavailable));
        check("C085", "GB1", "XX", Some(Doubt::Waived));
        check("C085", "", "NO", Some(Doubt::Waived));
        check("C085", "GB1", "NOT", None);
        // By a pack of before.
        let bare = Document { code: Token::lossy("C085"), ..Document::default() };
        assert_eq!(stated(&bare, &DocumentCodes::default()), None);
    }
}
