//! The declaration as JSON: the same elements under the same names.
//!
//! A value is a string; where it carries attributes, an object with `value` and the attributes. What
//! may repeat is an array. `{"Declaration": {…}, "Envelope": {…}}`. The JSON Schema is
//! [`schema`].

use std::collections::BTreeSet;

use fondaco::draft::{Draft, Foreign, ForeignChild, NodeId, NodeRef};
use fondaco::finding::{Code, Finding, MOST, Place};
use fondaco::model::{Base, Element, ElementId, Model};
use serde_json::{Map, Value, json};

use crate::ill::{self, Ill, Kind, Spot};
use crate::wco::form::{is_char, is_name};
use crate::wco::xml::breach_finding;
use crate::{Decoded, Limits};

/// Reads a declaration.
#[must_use]
pub fn decode(model: &'static Model, bytes: &[u8], limits: &Limits) -> Decoded {
    let refuse =
        |code, value: &str| Decoded::refused(Finding::new(code, Place::default()).value(value));
    let broken = |why: &Ill, spot| Decoded::refused(why.finding(Place::default(), spot));
    if bytes.len() > limits.bytes {
        return Decoded::refused(
            Finding::new(Code::TooLarge, Place::default())
                .wanted(format!("{} MiB", limits.bytes >> 20)),
        );
    }
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    if let Err(e) = std::str::from_utf8(bytes) {
        return Decoded::refused(ill::encoding(e.valid_up_to()));
    }
    // An envelope nests twice as deep in JSON as in XML.
    match scan(bytes, limits.depth * 2) {
        Scan::Fine => {}
        Scan::TooDeep => {
            return Decoded::refused(
                Finding::new(Code::TooDeep, Place::default()).wanted(limits.depth * 2),
            );
        }
        Scan::Twice(name) => {
            let why = Ill::new(Kind::Twice, format!("member {name} stands twice"));
            return broken(&why, Spot::Whole);
        }
    }
    let value: Value = match serde_json::from_slice(bytes) {
        Ok(value) => value,
        Err(_) if bytes.trim_ascii().is_empty() => return broken(&ill::EMPTY, Spot::Whole),
        Err(e) => {
            let (why, spot) = ill::of_json(&e);
            return broken(&why, spot);
        }
    };
    // Escapes bring in what XML does not have: it could be written neither back nor into an answer.
    if !has_chars_of_xml(&value) {
        return broken(&ill::NO_CHARACTER, Spot::Whole);
    }
    let Value::Object(mut root) = value else {
        return refuse(Code::NotADeclaration, "not an object");
    };
    let Some(declaration) = root.remove("Declaration") else {
        let first = root.keys().next().cloned().unwrap_or_default();
        return refuse(Code::NotADeclaration, &first);
    };
    let mut reader = Reader { model, draft: Draft::new(model, bytes.len()), findings: Vec::new() };
    if let Some(envelope) = root.remove("Envelope") {
        match foreign(&envelope) {
            Some(envelope) => reader.draft.envelope = Some(Box::new(envelope)),
            None => return broken(&ill::ENVELOPE, Spot::Whole),
        }
    }
    if let Some(all) = root.remove("Attributes") {
        match attributes(&all) {
            Some(all) => reader.draft.root_attributes = all,
            None => return broken(&ill::ATTRIBUTES, Spot::Whole),
        }
    }
    if let Some(Value::String(namespace)) = root.remove("Namespace") {
        reader.draft.namespace = Some(namespace);
    }
    if let Some(Value::Object(aliases)) = root.remove("Aliases") {
        for (read, seen) in aliases {
            match seen {
                Value::String(seen) if is_name(&seen) => reader.draft.aliases.push((read, seen)),
                _ => return broken(&ill::ALIASES, Spot::Whole),
            }
        }
    }
    let node = reader.draft.open(model.root(), None, 1);
    reader.class(node, model.root(), declaration);
    for key in root.keys() {
        let finding = Finding::new(Code::ElementUnknown, Place::default());
        reader.findings.push(
            finding
                .name("/")
                .value(key)
                .wanted("Declaration, Envelope, Attributes, Namespace, Aliases"),
        );
    }
    Decoded { draft: Some(reader.draft), findings: reader.findings }
}

pub(crate) enum Scan {
    Fine,
    TooDeep,
    Twice(String),
}

/// Looks over the brackets and the names of members before anything is built: how deep it nests,
/// and whether an object has a member twice.
pub(crate) fn scan(bytes: &[u8], most: usize) -> Scan {
    let mut names: Vec<Option<BTreeSet<&[u8]>>> = Vec::new();
    let mut last: &[u8] = &[];
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let start = at + 1;
                at = start;
                while let Some(byte) = bytes.get(at) {
                    match byte {
                        b'\\' => at += 1,
                        b'"' => break,
                        _ => {}
                    }
                    at += 1;
                }
                last = bytes.get(start..at).unwrap_or_default();
            }
            b'{' | b'[' => {
                names.push((*byte == b'{').then(BTreeSet::new));
                if names.len() > most {
                    return Scan::TooDeep;
                }
            }
            b'}' | b']' => {
                names.pop();
            }
            b':' => {
                if let Some(Some(seen)) = names.last_mut()
                    && !seen.insert(last)
                {
                    return Scan::Twice(String::from_utf8_lossy(last).into_owned());
                }
            }
            _ => {}
        }
        at += 1;
    }
    Scan::Fine
}

struct Reader {
    model: &'static Model,
    draft: Draft,
    findings: Vec<Finding>,
}

impl Reader {
    fn find(&mut self, finding: Finding) {
        if self.findings.len() < MOST {
            self.findings.push(finding);
        }
    }

    fn class(&mut self, node: NodeId, class: ElementId, value: Value) {
        let model = self.model;
        let element = model.element(class);
        let Value::Object(mut members) = value else {
            let place = self.draft.node(node).place();
            let finding = Finding::new(Code::TextInClass, place).name(&element.name);
            self.find(finding.value(&value.to_string()));
            self.draft.close(node);
            return;
        };
        // In the order of the model, whatever the order of the members.
        for id in &element.children {
            let child = model.element(*id);
            match members.remove(&child.name) {
                None | Some(Value::Null) => {
                    if child.min > 0 {
                        let place = self.draft.node(node).place_of(&child.name);
                        let finding = Finding::new(Code::ElementMissing, place);
                        self.find(finding.name(&element.name).value(&child.name));
                    }
                }
                Some(Value::Array(all)) => {
                    if all.is_empty() && child.min > 0 {
                        let place = self.draft.node(node).place_of(&child.name);
                        let finding = Finding::new(Code::ElementMissing, place);
                        self.find(finding.name(&element.name).value(&child.name));
                    }
                    for (n, one) in all.into_iter().enumerate() {
                        let position = n as u16 + 1;
                        let inner = self.draft.open(*id, Some(node), position);
                        if position > child.max {
                            let place = self.draft.node(inner).place();
                            let finding = Finding::new(Code::ElementRepeated, place);
                            self.find(finding.value(&child.name).wanted(child.max));
                        }
                        self.member(inner, *id, child, one);
                    }
                }
                Some(one) => {
                    let inner = self.draft.open(*id, Some(node), 1);
                    self.member(inner, *id, child, one);
                }
            }
        }
        for name in members.keys() {
            let place = self.draft.node(node).place_of(name);
            let known: Vec<&str> =
                element.children.iter().map(|c| &*model.element(*c).name).collect();
            let finding = Finding::new(Code::ElementUnknown, place).name(&element.name);
            self.find(finding.value(name).wanted(known.join(", ")));
        }
        self.draft.close(node);
    }

    fn member(&mut self, node: NodeId, id: ElementId, element: &Element, value: Value) {
        let Some(rules) = &element.value else { return self.class(node, id, value) };
        let (text, attributes) = match value {
            Value::String(text) => (text, Map::new()),
            Value::Number(number) => (number.to_string(), Map::new()),
            Value::Bool(flag) => (flag.to_string(), Map::new()),
            Value::Object(mut members) => match members.remove("value") {
                Some(Value::String(text)) => (text, members),
                Some(Value::Number(number)) => (number.to_string(), members),
                _ => (String::new(), members),
            },
            Value::Null | Value::Array(_) => (String::new(), Map::new()),
        };
        for (name, value) in attributes {
            let allowed = rules.base.attributes();
            let place = || self.draft.node(node).place();
            match value {
                Value::String(value) if allowed.contains(&name.as_str()) => {
                    let place = place();
                    if let Some(wanted) = crate::wco::xml::attribute_breach(&name, &value) {
                        let finding = Finding::new(Code::AttributeValue, place);
                        self.find(finding.name(&element.name).value(&value).wanted(wanted));
                    }
                    self.draft.attribute(&name, &value);
                }
                _ => {
                    let finding = Finding::new(Code::AttributeUnknown, place());
                    self.find(finding.name(&element.name).value(&name).wanted(allowed.join(", ")));
                }
            }
        }
        if rules.base == Base::DateTime && self.draft.node(node).attribute("formatCode").is_none() {
            let place = self.draft.node(node).place();
            let finding = Finding::new(Code::AttributeMissing, place);
            self.find(finding.name(&element.name).wanted("formatCode"));
        }
        if let Err(breach) = rules.check(&text) {
            let place = self.draft.node(node).place();
            self.find(breach_finding(breach, place, element, &text));
        }
        self.draft.set_text(node, &text);
        self.draft.close(node);
    }
}

/// Whether every text and name in it can be written as XML.
fn has_chars_of_xml(value: &Value) -> bool {
    match value {
        Value::String(text) => text.chars().all(is_char),
        Value::Array(all) => all.iter().all(has_chars_of_xml),
        Value::Object(members) => {
            members.iter().all(|(name, value)| name.chars().all(is_char) && has_chars_of_xml(value))
        }
        _ => true,
    }
}

/// Triples of namespace, name and value; `None` where one is not, or its name is no name.
fn attributes(value: &Value) -> Option<Vec<(String, String, String)>> {
    let one = |value: &Value| {
        let all = value.as_array()?;
        let text = |n: usize| all.get(n).and_then(Value::as_str).map(str::to_owned);
        let name = text(1).filter(|n| is_name(n))?;
        Some((text(0)?, name, text(2)?))
    };
    value.as_array()?.iter().map(one).collect()
}

/// An element of the envelope; `None` where it or something in it is not one.
fn foreign(value: &Value) -> Option<Foreign> {
    let children = match value.get("children") {
        None => Vec::new(),
        Some(all) => all
            .as_array()?
            .iter()
            .map(|child| match child {
                Value::Null => Some(ForeignChild::Declaration),
                Value::String(text) => Some(ForeignChild::Text(text.clone())),
                other => foreign(other).map(ForeignChild::Element),
            })
            .collect::<Option<_>>()?,
    };
    Some(Foreign {
        name: value.get("name")?.as_str().filter(|n| is_name(n))?.to_owned(),
        namespace: value.get("namespace").and_then(Value::as_str).unwrap_or_default().to_owned(),
        attributes: value.get("attributes").map_or(Some(Vec::new()), attributes)?,
        children,
    })
}

/// Writes a declaration.
#[must_use]
pub fn encode(draft: &Draft) -> String {
    let mut root = Map::new();
    if let Some(declaration) = draft.root() {
        root.insert("Declaration".into(), node_value(declaration));
    }
    if let Some(envelope) = &draft.envelope {
        root.insert("Envelope".into(), foreign_value(envelope));
    }
    if !draft.root_attributes.is_empty() {
        root.insert("Attributes".into(), json!(draft.root_attributes));
    }
    if let Some(namespace) = &draft.namespace {
        root.insert("Namespace".into(), json!(namespace));
    }
    if !draft.aliases.is_empty() {
        let all: Map<_, _> = draft.aliases.iter().map(|(r, s)| (r.clone(), json!(s))).collect();
        root.insert("Aliases".into(), Value::Object(all));
    }
    Value::Object(root).to_string()
}

fn foreign_value(foreign: &Foreign) -> Value {
    json!({
        "name": foreign.name,
        "namespace": foreign.namespace,
        "attributes": foreign.attributes,
        "children": foreign.children.iter().map(|child| match child {
            ForeignChild::Element(element) => foreign_value(element),
            ForeignChild::Text(text) => json!(text),
            ForeignChild::Declaration => Value::Null,
        }).collect::<Vec<_>>(),
    })
}

fn node_value(node: NodeRef<'_>) -> Value {
    if node.element().value.is_some() {
        let mut attributes = node.attributes().peekable();
        if attributes.peek().is_none() {
            return json!(node.raw_text());
        }
        let mut object = Map::new();
        object.insert("value".into(), json!(node.raw_text()));
        for (name, value) in attributes {
            object.insert(name.to_owned(), json!(value));
        }
        return Value::Object(object);
    }
    let mut object: Map<String, Value> = Map::new();
    for child in node.children() {
        let value = node_value(child);
        if child.element().repeats() {
            let all =
                object.entry(child.name().to_owned()).or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(all) = all {
                all.push(value);
            }
        } else {
            object.insert(child.name().to_owned(), value);
        }
    }
    Value::Object(object)
}

/// The JSON Schema (2020-12) of the JSON form, made from the model.
#[must_use]
pub fn schema(model: &Model) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:fondaco:declaration:1",
        "title": "Goods declaration, WCO Data Model 3.6",
        "type": "object",
        "required": ["Declaration"],
        "properties": {
            "Declaration": element_schema(model, model.root()),
            "Envelope": {"type": "object"},
            "Attributes": {"type": "array"},
            "Namespace": {"type": "string"},
            "Aliases": {"type": "object"},
        },
        "additionalProperties": false,
    })
}

fn element_schema(model: &Model, id: ElementId) -> Value {
    let element = model.element(id);
    let one = match &element.value {
        None => {
            let mut properties = Map::new();
            let mut required = Vec::new();
            for child in &element.children {
                let child_element = model.element(*child);
                properties.insert(child_element.name.clone(), element_schema(model, *child));
                if child_element.min > 0 {
                    required.push(child_element.name.clone());
                }
            }
            json!({
                "type": "object",
                "title": format!("{} {}", element.wco, element.name),
                "properties": properties,
                "required": required,
                "additionalProperties": false,
            })
        }
        Some(value) => {
            let mut text = json!({"type": "string"});
            if let Some(max) = value.max.or(value.len) {
                text["maxLength"] = json!(max);
            }
            if let Some(len) = value.len {
                text["minLength"] = json!(len);
            }
            if !value.one_of.is_empty() {
                text["enum"] = json!(value.one_of);
            }
            if value.base.is_number() {
                text["pattern"] = json!("^\\s*[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)\\s*$");
            }
            let mut with = Map::new();
            with.insert("value".into(), text.clone());
            for attribute in value.base.attributes() {
                with.insert((*attribute).to_owned(), json!({"type": "string"}));
            }
            let required = if value.base == Base::DateTime {
                json!(["value", "formatCode"])
            } else {
                json!(["value"])
            };
            let object = json!({
                "type": "object",
                "properties": with,
                "required": required,
                "additionalProperties": false,
            });
            let title = format!("{} {}", element.wco, element.name);
            if value.base == Base::DateTime {
                let mut object = object;
                object["title"] = json!(title);
                object
            } else {
                json!({"title": title, "anyOf": [text, object]})
            }
        }
    };
    if element.repeats() {
        let mut array = json!({"type": "array", "items": one});
        if element.max < u16::MAX {
            array["maxItems"] = json!(element.max);
        }
        array
    } else {
        one
    }
}
