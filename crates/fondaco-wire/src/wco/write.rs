//! WCO declaration XML, out: what a draft holds, nothing lost.

use fondaco::draft::{Draft, Foreign, ForeignChild, NodeRef};
use fondaco::model::Base;

use super::form::is_char;
use super::xml::{DATA_TYPES, DATE_TIME, DECLARATION, XML};

/// Writes a declaration, in its envelope where it came in one.
#[must_use]
pub fn encode(draft: &Draft) -> String {
    let mut out = String::with_capacity(draft.len().saturating_mul(48));
    out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    match &draft.envelope {
        Some(envelope) => write_foreign(&mut out, envelope, None, draft),
        None => write_declaration(&mut out, draft),
    }
    out.push('\n');
    out
}

/// Appends text with what XML would misread written as references, and what it does not have as U+FFFD.
pub(crate) fn escape(out: &mut String, text: &str, attribute: bool) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if attribute => out.push_str("&quot;"),
            '\n' | '\t' if attribute => out.push_str(if c == '\n' { "&#10;" } else { "&#9;" }),
            '\r' => out.push_str("&#13;"),
            c if is_char(c) => out.push(c),
            _ => out.push(char::REPLACEMENT_CHARACTER),
        }
    }
}

fn write_attributes(out: &mut String, attributes: &[(String, String, String)]) {
    for (n, (namespace, name, value)) in attributes.iter().enumerate() {
        out.push(' ');
        if namespace == XML {
            out.push_str("xml:");
        } else if !namespace.is_empty() {
            out.push_str(&format!("xmlns:a{n}=\""));
            escape(out, namespace, true);
            out.push_str(&format!("\" a{n}:"));
        }
        out.push_str(name);
        out.push_str("=\"");
        escape(out, value, true);
        out.push('"');
    }
}

fn write_foreign(out: &mut String, foreign: &Foreign, within: Option<&str>, draft: &Draft) {
    out.push('<');
    out.push_str(&foreign.name);
    if within.unwrap_or_default() != foreign.namespace {
        out.push_str(" xmlns=\"");
        escape(out, &foreign.namespace, true);
        out.push('"');
    }
    write_attributes(out, &foreign.attributes);
    if foreign.children.is_empty() {
        out.push_str("/>");
        return;
    }
    out.push('>');
    for child in &foreign.children {
        match child {
            ForeignChild::Element(element) => {
                write_foreign(out, element, Some(&foreign.namespace), draft);
            }
            ForeignChild::Text(text) => escape(out, text, false),
            ForeignChild::Declaration => write_declaration(out, draft),
        }
    }
    out.push_str("</");
    out.push_str(&foreign.name);
    out.push('>');
}

fn write_declaration(out: &mut String, draft: &Draft) {
    let Some(root) = draft.root() else { return };
    out.push_str("<Declaration xmlns=\"");
    escape(out, draft.namespace.as_deref().unwrap_or(DECLARATION), true);
    out.push('"');
    write_attributes(out, &draft.root_attributes);
    out.push('>');
    for child in root.children() {
        write_node(out, child, draft);
    }
    out.push_str("</Declaration>");
}

fn write_node(out: &mut String, node: NodeRef<'_>, draft: &Draft) {
    let name = node.name();
    out.push('<');
    out.push_str(name);
    let Some(value) = &node.element().value else {
        let mut children = node.children().peekable();
        if children.peek().is_none() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        for child in children {
            write_node(out, child, draft);
        }
        return close(out, name);
    };
    let mut inner = name;
    let date = value.base == Base::DateTime;
    if date {
        inner = draft
            .aliases
            .iter()
            .find(|(read, _)| read == DATE_TIME)
            .map_or(DATE_TIME, |(_, seen)| seen);
        out.push_str("><");
        out.push_str(inner);
        if inner == DATE_TIME {
            out.push_str(" xmlns=\"");
            out.push_str(DATA_TYPES);
            out.push('"');
        }
    }
    for (name, value) in node.attributes() {
        out.push(' ');
        out.push_str(name);
        out.push_str("=\"");
        escape(out, value, true);
        out.push('"');
    }
    out.push('>');
    escape(out, node.raw_text(), false);
    close(out, inner);
    if date {
        close(out, name);
    }
}

fn close(out: &mut String, name: &str) {
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}
