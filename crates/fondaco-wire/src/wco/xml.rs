//! WCO declaration XML, in; [`encode`] writes it out.
//!
//! One pass: the tokens of a well-kept parser, the order and cardinality of the model, the rules of
//! each value. Any prefix is taken, any envelope kept. Entities and document types are refused
//! unread.

use fondaco::draft::{Draft, Foreign, ForeignChild, NodeId};
use fondaco::finding::{Code, Finding, MOST, Place};
use fondaco::model::{Base, Breach, Element, ElementId, Model, Value, is_space};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::form::{is_blank, is_char, is_name, is_xml_declaration, run_together, split};
use crate::ill::{self, Ill, Kind, Spot};
use crate::tree::{LONGEST_NAMESPACE, MOST_ATTRIBUTES};
use crate::{Decoded, Limits};

pub use super::write::encode;

/// The namespace of the declaration.
pub const DECLARATION: &str = "urn:wco:datamodel:WCO:DEC-DMS:2";
/// The namespace of date and time strings.
pub const DATA_TYPES: &str = "urn:wco:datamodel:WCO:Declaration_DS:DMS:2";
/// The namespace of schema instances.
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// The namespace of `xml:` itself.
pub(super) const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// The child that holds a date, in the namespace of data types.
pub(super) const DATE_TIME: &str = "DateTimeString";

/// Reads a declaration.
#[must_use]
pub fn decode(model: &'static Model, bytes: &[u8], limits: &Limits) -> Decoded {
    let text = match prepare(bytes, limits) {
        Ok(text) => text,
        Err(finding) => return Decoded::refused(*finding),
    };
    let mut decoder = Decoder {
        model,
        limits,
        draft: Draft::new(model, bytes.len()),
        findings: Vec::new(),
        prefixes: Vec::new(),
        open: Vec::with_capacity(16),
        text: String::new(),
        skipping: 0,
        depth: 0,
        outside: Vec::new(),
        root_seen: false,
        declaration_seen: false,
        outermost: String::new(),
        foreign_warned: false,
        default_fits: false,
    };
    match decoder.run(text) {
        Ok(()) => {}
        Err(finding) => return Decoded::refused(*finding),
    }
    if !decoder.declaration_seen {
        return Decoded::refused(
            Finding::new(Code::NotADeclaration, Place::default()).value(&decoder.outermost),
        );
    }
    Decoded { draft: Some(decoder.draft), findings: decoder.findings }
}

/// Size, encoding, control characters: what can be told before a token is read.
pub(crate) fn prepare<'a>(bytes: &'a [u8], limits: &Limits) -> Result<&'a str, Box<Finding>> {
    let refuse = |why: &Ill, spot| Err(Box::new(why.finding(Place::default(), spot)));
    if bytes.len() > limits.bytes {
        return Err(Box::new(
            Finding::new(Code::TooLarge, Place::default())
                .wanted(format!("{} MiB", limits.bytes >> 20)),
        ));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Box::new(Finding::new(Code::Encoding, Place::default()).value("UTF-16")));
    }
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    let text = match simdutf8::compat::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) => return Err(Box::new(ill::encoding(e.valid_up_to()))),
    };
    let control = |b: &u8| *b < 0x20 && *b != b'\t' && *b != b'\n' && *b != b'\r';
    // Gathered, not searched: so it is vectorised, and none is the rule.
    if bytes.iter().fold(0, |any, b| any | u8::from(control(b))) > 0 {
        let at = bytes.iter().position(control).unwrap_or(0);
        return refuse(&ill::CONTROL, Spot::of_byte(bytes, at));
    }
    if text.trim().is_empty() {
        return refuse(&ill::EMPTY, Spot::Whole);
    }
    // U+FFFE and U+FFFF are EF BF BE and EF BF BF.
    let nobody = memchr::memchr_iter(0xef, bytes).any(|at| {
        bytes.get(at + 1) == Some(&0xbf) && bytes.get(at + 2).is_some_and(|b| *b >= 0xbe)
    });
    if text.starts_with('\u{feff}') || nobody {
        return refuse(&ill::NO_CHARACTER, Spot::Whole);
    }
    Ok(text)
}

struct Open {
    node: NodeId,
    element: ElementId,
    /// Position among the parent's children of the child last seen.
    cursor: usize,
    /// How often that child stood.
    count: u16,
    /// Whether a child was seen at all.
    any: bool,
}

struct Prefix {
    depth: usize,
    prefix: String,
    namespace: String,
}

struct Decoder<'m> {
    model: &'static Model,
    limits: &'m Limits,
    draft: Draft,
    findings: Vec<Finding>,
    prefixes: Vec<Prefix>,
    open: Vec<Open>,
    text: String,
    /// Depth within an element that is not read.
    skipping: usize,
    depth: usize,
    /// The envelope around the declaration, outermost first.
    outside: Vec<Foreign>,
    root_seen: bool,
    declaration_seen: bool,
    outermost: String,
    foreign_warned: bool,
    /// Whether names without a prefix are in the namespace of the Declaration; kept while no
    /// namespace is declared or left.
    default_fits: bool,
}

type Halt = Result<(), Box<Finding>>;

impl Decoder<'_> {
    fn run(&mut self, text: &str) -> Halt {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.check_comments = true;
        config.check_end_names = true;
        let mut first = true;
        loop {
            let event = reader.read_event();
            // Looked at where it stands: to move it out costs more than to read it.
            let event = match &event {
                Ok(event) => event,
                Err(e) => return Err(self.broken(&reader, text, &e.into())),
            };
            match event {
                Event::Start(start) => self.start(start, &reader, text)?,
                Event::Empty(start) => {
                    self.start(start, &reader, text)?;
                    self.end();
                }
                Event::End(_) => self.end(),
                Event::Text(part) => {
                    if self.depth == 0 {
                        if !part.bytes().all(is_space) {
                            return Err(self.broken(&reader, text, &ill::TEXT_OUTSIDE));
                        }
                    } else if memchr::memchr(b']', part.as_bytes()).is_some()
                        && part.contains("]]>")
                    {
                        return Err(self.broken(&reader, text, &ill::CDATA_END));
                    } else {
                        self.take_text(part);
                    }
                }
                Event::CData(part) => {
                    if self.depth == 0 {
                        return Err(self.broken(&reader, text, &ill::CDATA_OUTSIDE));
                    }
                    self.take_text(part);
                }
                Event::GeneralRef(reference) => {
                    let c = match reference.resolve_char_ref() {
                        Ok(Some(c)) if is_char(c) => c,
                        Ok(None) => match &**reference {
                            "amp" => '&',
                            "lt" => '<',
                            "gt" => '>',
                            "quot" => '"',
                            "apos" => '\'',
                            other => {
                                let why = Ill::entity(other);
                                return Err(self.broken(&reader, text, &why));
                            }
                        },
                        _ => return Err(self.broken(&reader, text, &ill::IMPOSSIBLE)),
                    };
                    let mut buffer = [0; 4];
                    let c = c.encode_utf8(&mut buffer);
                    if self.depth == 0 {
                        return Err(self.broken(&reader, text, &ill::TEXT_OUTSIDE));
                    }
                    if self.skipping == 0 {
                        self.text.push_str(c);
                    }
                }
                Event::DocType(_) => {
                    return Err(Box::new(Finding::new(Code::Dtd, Place::default())));
                }
                Event::Decl(decl) => {
                    if !first || !text.starts_with("<?xml") {
                        return Err(self.broken(&reader, text, &ill::HEAD_LATE));
                    }
                    if !is_xml_declaration(decl) {
                        return Err(self.broken(&reader, text, &ill::HEAD_FORM));
                    }
                    if let Some(Ok(encoding)) = decl.encoding() {
                        let known = ["utf-8", "utf8", "us-ascii", "ascii"];
                        if !known.iter().any(|k| encoding.eq_ignore_ascii_case(k)) {
                            return Err(Box::new(
                                Finding::new(Code::Encoding, Place::default()).value(&encoding),
                            ));
                        }
                    }
                }
                Event::PI(instruction) => {
                    if instruction.target().eq_ignore_ascii_case("xml") {
                        return Err(self.broken(&reader, text, &ill::HEAD_LATE));
                    }
                }
                Event::Comment(_) => {}
                Event::Eof => {
                    if self.depth > 0 || !self.root_seen {
                        return Err(self.broken(&reader, text, &ill::EARLY));
                    }
                    return Ok(());
                }
            }
            first = false;
        }
    }

    fn broken(&self, reader: &Reader<&[u8]>, text: &str, why: &Ill) -> Box<Finding> {
        let spot = Spot::of_byte(text.as_bytes(), reader.buffer_position() as usize);
        let place =
            self.open.last().map_or_else(Place::default, |o| self.draft.node(o.node).place());
        Box::new(why.finding(place, spot))
    }

    fn find(&mut self, finding: impl FnOnce() -> Finding) {
        if self.findings.len() < MOST {
            self.findings.push(finding());
        }
    }

    fn namespace(&self, prefix: &str) -> Option<&str> {
        if prefix == "xml" {
            return Some(XML);
        }
        self.prefixes.iter().rev().find(|p| p.prefix == prefix).map(|p| p.namespace.as_str())
    }

    fn start(&mut self, start: &BytesStart<'_>, reader: &Reader<&[u8]>, text: &str) -> Halt {
        self.depth += 1;
        if self.depth > self.limits.depth {
            return Err(Box::new(
                Finding::new(Code::TooDeep, Place::default()).wanted(self.limits.depth),
            ));
        }
        if self.depth == 1 {
            if self.root_seen {
                return Err(self.broken(reader, text, &ill::SECOND_ROOT));
            }
            self.root_seen = true;
        }
        let raw = start.attributes_raw();
        let mut attributes: Vec<(String, String, String)> = Vec::new();
        if !raw.bytes().all(is_space) {
            if run_together(raw) {
                return Err(self.broken(reader, text, &ill::RUN_TOGETHER));
            }
            for attribute in start.attributes() {
                let bad = |why: &Ill| self.broken(reader, text, why);
                let attribute = attribute.map_err(|e| bad(&Ill::attribute(&e)))?;
                if attribute.value.contains('<') {
                    return Err(bad(&ill::LESS));
                }
                let value = attribute
                    .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                    .map_err(|e| bad(&Ill::new(Kind::Reference, e.to_string())))?
                    .into_owned();
                // What stands there plainly was looked at before; a reference may bring in more.
                if attribute.value.contains('&') && !value.chars().all(is_char) {
                    return Err(bad(&ill::NO_CHARACTER));
                }
                // Each may be compared with each, and bear the name of its namespace.
                if attributes.len().max(self.prefixes.len()) >= MOST_ATTRIBUTES {
                    return Err(bad(&ill::ATTRIBUTES_MANY));
                }
                let (prefix, local) = split(attribute.key.0);
                if !is_name(local) || !(prefix.is_empty() || is_name(prefix)) {
                    return Err(bad(&ill::ATTRIBUTE_NAME));
                }
                let declares = if prefix == "xmlns" {
                    Some(local)
                } else if prefix.is_empty() && local == "xmlns" {
                    Some("")
                } else {
                    None
                };
                if let Some(declared) = declares {
                    if value.len() > LONGEST_NAMESPACE {
                        return Err(bad(&ill::NAMESPACE_LONG));
                    }
                    if declared == "xmlns" || (declared == "xml") != (value == XML) {
                        return Err(bad(&ill::PREFIX_TAKEN));
                    }
                    if !declared.is_empty() && value.is_empty() {
                        return Err(bad(&ill::PREFIX_EMPTY));
                    }
                    self.default_fits = false;
                    self.prefixes.push(Prefix {
                        depth: self.depth,
                        prefix: declared.to_owned(),
                        namespace: value,
                    });
                } else {
                    attributes.push((prefix.to_owned(), local.to_owned(), value));
                }
            }
            for (prefix, _, _) in &mut attributes {
                if !prefix.is_empty() {
                    match self.namespace(prefix) {
                        Some(namespace) => *prefix = namespace.to_owned(),
                        None => {
                            return Err(self.broken(reader, text, &Ill::prefix(prefix)));
                        }
                    }
                }
            }
        }
        let twice = |(n, a): (usize, &(String, String, String))| {
            attributes.iter().take(n).any(|b| a.0 == b.0 && a.1 == b.1)
        };
        if attributes.iter().enumerate().any(twice) {
            return Err(self.broken(reader, text, &ill::ATTRIBUTE_TWICE));
        }
        let (prefix, local) = split(start.name().0);
        if !(is_name(local) && (prefix.is_empty() || is_name(prefix))) {
            return Err(self.broken(reader, text, &ill::ELEMENT_NAME));
        }
        if !prefix.is_empty() && self.namespace(prefix).is_none() {
            return Err(self.broken(reader, text, &Ill::prefix(prefix)));
        }
        if self.skipping > 0 {
            self.skipping += 1;
        } else if let Some(parent) = self.open.len().checked_sub(1) {
            self.element(parent, prefix, local, attributes);
        } else if local == "Declaration" && self.declaration_seen {
            return Err(Box::new(Finding::new(Code::SeveralDeclarations, Place::default())));
        } else if local == "Declaration" {
            self.declaration(prefix, attributes);
        } else {
            if self.outermost.is_empty() {
                self.outermost = local.to_owned();
            }
            let namespace = self.namespace(prefix).unwrap_or_default().to_owned();
            self.flush_outside_text();
            self.outside.push(Foreign {
                name: local.to_owned(),
                namespace,
                attributes,
                children: Vec::new(),
            });
        }
        Ok(())
    }

    fn declaration(&mut self, prefix: &str, attributes: Vec<(String, String, String)>) {
        self.declaration_seen = true;
        self.flush_outside_text();
        if let Some(envelope) = self.outside.last_mut() {
            envelope.children.push(ForeignChild::Declaration);
        }
        let root = self.model.root();
        let node = self.draft.open(root, None, 1);
        let namespace = self.namespace(prefix).unwrap_or_default().to_owned();
        self.warn_namespace(&namespace, DECLARATION, node);
        if namespace != DECLARATION {
            self.draft.namespace = Some(namespace);
        }
        for (space, name, value) in attributes {
            if space.is_empty() && self.draft.namespace.is_none() {
                let place = self.draft.node(node).place();
                self.find(|| {
                    Finding::new(Code::AttributeUnknown, place)
                        .name("Declaration")
                        .value(&name)
                        .wanted("—")
                });
            }
            self.draft.root_attributes.push((space, name, value));
        }
        self.open.push(Open { node, element: root, cursor: 0, count: 0, any: false });
        self.text.clear();
    }

    fn warn_namespace(&mut self, namespace: &str, wanted: &'static str, node: NodeId) {
        if namespace != wanted && !self.foreign_warned {
            self.foreign_warned = true;
            let place = self.draft.node(node).place();
            let value = namespace.to_owned();
            self.find(|| Finding::new(Code::NamespaceUnknown, place).value(&value).wanted(wanted));
        }
    }

    /// An element within the declaration.
    fn element(
        &mut self,
        parent: usize,
        prefix: &str,
        local: &str,
        attributes: Vec<(String, String, String)>,
    ) {
        let model = self.model;
        let Some(frame) = self.open.get(parent) else { return };
        let (parent_node, class, cursor) = (frame.node, frame.element, frame.cursor);
        let is_value = |v: &Value| v.base != Base::DateTime || self.is_date_text(parent);
        if model.element(class).value.as_ref().is_some_and(is_value) {
            let place = self.draft.node(parent_node).place();
            let name = model.element(class).name.clone();
            self.find(|| {
                Finding::new(Code::ElementUnknown, place).name(name).value(local).wanted("—")
            });
            self.skipping = 1;
            return;
        }
        self.class_text();
        let Some(frame) = self.open.get(parent) else { return };
        // A date stands in a child of its own, in the namespace of data types; the model folds the
        // two into one value.
        if model.element(class).value.as_ref().is_some_and(|v| v.base == Base::DateTime) {
            let glued = local != DATE_TIME && is_glued(local, DATE_TIME);
            if (local == DATE_TIME || glued) && !frame.any {
                if glued {
                    self.glued(parent_node, local, DATE_TIME);
                } else {
                    let namespace = self.namespace(prefix).unwrap_or_default().to_owned();
                    self.warn_namespace(&namespace, DATA_TYPES, parent_node);
                }
                if let Some(frame) = self.open.get_mut(parent) {
                    frame.any = true;
                }
                self.value_attributes(parent_node, class, attributes);
                self.text.clear();
                self.open.push(Open {
                    node: parent_node,
                    element: class,
                    cursor: 0,
                    count: 0,
                    any: false,
                });
                return;
            }
        }
        let hit = model.child(class, local, cursor).or_else(|| {
            let all = model.element(class).children.iter().enumerate();
            all.map(|(n, id)| (n, *id))
                .find(|(_, id)| is_glued(local, &model.element(*id).name))
                .filter(|_| self.draft.namespace.is_some())
        });
        let Some((position, id)) = hit else {
            let place = self.draft.node(parent_node).place_of(local);
            let known: Vec<&str> =
                model.element(class).children.iter().map(|c| &*model.element(*c).name).collect();
            self.find(|| {
                Finding::new(Code::ElementUnknown, place)
                    .name(&model.element(class).name)
                    .value(local)
                    .wanted(if known.is_empty() { "—".to_owned() } else { known.join(", ") })
            });
            self.skipping = 1;
            return;
        };
        let element = model.element(id);
        if element.name != local {
            self.glued(parent_node, local, &element.name);
        }
        if !(prefix.is_empty() && self.default_fits) {
            let namespace = self.namespace(prefix).unwrap_or_default();
            if namespace == self.draft.namespace.as_deref().unwrap_or(DECLARATION) {
                self.default_fits = prefix.is_empty();
            } else {
                let namespace = namespace.to_owned();
                self.warn_namespace(&namespace, DECLARATION, parent_node);
            }
        }
        let count = self.place_child(parent, position, element);
        let node = self.draft.open(id, Some(parent_node), count);
        if count > element.max {
            let place = self.draft.node(node).place();
            self.find(|| {
                Finding::new(Code::ElementRepeated, place).value(&element.name).wanted(element.max)
            });
        }
        if element.value.as_ref().is_none_or(|v| v.base == Base::DateTime) {
            for (space, name, _) in attributes {
                if space != INSTANCE {
                    let place = self.draft.node(node).place();
                    self.find(|| {
                        Finding::new(Code::AttributeUnknown, place)
                            .name(&element.name)
                            .value(&name)
                            .wanted("—")
                    });
                }
            }
        } else {
            self.value_attributes(node, id, attributes);
        }
        self.open.push(Open { node, element: id, cursor: 0, count: 0, any: false });
        self.text.clear();
    }

    /// Whether this frame is the text of a date, within the date's class.
    fn is_date_text(&self, frame: usize) -> bool {
        let node = |n: usize| self.open.get(n).map(|o| o.node);
        frame.checked_sub(1).is_some_and(|above| node(above) == node(frame))
    }

    /// Moves the parent's cursor to this child, saying what is out of order or was left out.
    fn place_child(&mut self, parent: usize, position: usize, element: &Element) -> u16 {
        let model = self.model;
        let Some(frame) = self.open.get_mut(parent) else { return 1 };
        let (node, class) = (frame.node, frame.element);
        let (was, count) = (frame.cursor, frame.count);
        let first = !frame.any;
        frame.any = true;
        if !first && position == was {
            frame.count = count.saturating_add(1);
            return frame.count;
        }
        if first || position > was {
            frame.cursor = position;
            frame.count = 1;
            let from = if first { 0 } else { was + 1 };
            self.missing(node, class, from, position);
            return 1;
        }
        let after = &model.element(model.element(class).children[was]).name;
        let place = self.draft.node(node).place_of(&element.name);
        self.find(|| Finding::new(Code::ElementOrder, place).value(&element.name).wanted(after));
        // Its number among its like, though it stands apart from them.
        let like = self.draft.node(node).children_so_far().filter(|c| c.name() == element.name);
        like.count() as u16 + 1
    }

    /// Says which required children between two positions were left out.
    fn missing(&mut self, node: NodeId, class: ElementId, from: usize, to: usize) {
        let model = self.model;
        let children = &model.element(class).children;
        for id in children.get(from..to).unwrap_or_default() {
            let element = model.element(*id);
            if element.min > 0 {
                let place = self.draft.node(node).place_of(&element.name);
                self.find(|| {
                    Finding::new(Code::ElementMissing, place)
                        .name(&model.element(class).name)
                        .value(&element.name)
                });
            }
        }
    }

    fn glued(&mut self, node: NodeId, seen: &str, read: &str) {
        let place = self.draft.node(node).place_of(read);
        self.draft.aliases.push((read.to_owned(), seen.to_owned()));
        let read = read.to_owned();
        self.find(|| Finding::new(Code::NameGlued, place).value(seen).wanted(read));
    }

    fn value_attributes(
        &mut self,
        node: NodeId,
        id: ElementId,
        attributes: Vec<(String, String, String)>,
    ) {
        let element = self.model.element(id);
        let Some(value) = &element.value else { return };
        let allowed = value.base.attributes();
        for (space, name, text) in &attributes {
            if space == INSTANCE {
                continue;
            }
            if !space.is_empty() || !allowed.contains(&name.as_str()) {
                let place = self.draft.node(node).place();
                self.find(|| {
                    Finding::new(Code::AttributeUnknown, place)
                        .name(&element.name)
                        .value(name)
                        .wanted(if allowed.is_empty() { "—".into() } else { allowed.join(", ") })
                });
                continue;
            }
            if let Some(wanted) = attribute_breach(name, text) {
                let place = self.draft.node(node).place();
                self.find(|| {
                    Finding::new(Code::AttributeValue, place)
                        .name(&element.name)
                        .value(text)
                        .wanted(wanted)
                });
            }
            self.draft.attribute(name, text);
        }
        if value.base == Base::DateTime && !attributes.iter().any(|(_, n, _)| n == "formatCode") {
            let place = self.draft.node(node).place();
            self.find(|| {
                Finding::new(Code::AttributeMissing, place).name(&element.name).wanted("formatCode")
            });
        }
    }

    fn take_text(&mut self, part: &str) {
        if self.skipping > 0 {
            return;
        }
        // Most text is the white space between the elements of a class.
        if self.text.is_empty()
            && part.as_bytes().first().copied().is_some_and(is_space)
            && self.open.last().is_some_and(|o| self.model.element(o.element).value.is_none())
            && is_blank(part)
        {
            return;
        }
        if memchr::memchr(b'\r', part.as_bytes()).is_some() {
            // XML 1.0, 2.11: every line end reaches the application as a line feed.
            self.text.push_str(&part.replace("\r\n", "\n").replace('\r', "\n"));
        } else {
            self.text.push_str(part);
        }
    }

    /// Text gathered so far stood directly in a class.
    fn class_text(&mut self) {
        if !self.text.bytes().all(is_space)
            && let Some(frame) = self.open.last()
        {
            let place = self.draft.node(frame.node).place();
            let name = self.model.element(frame.element).name.clone();
            let text = std::mem::take(&mut self.text);
            self.find(|| Finding::new(Code::TextInClass, place).name(name).value(&text));
        }
        self.text.clear();
    }

    fn flush_outside_text(&mut self) {
        if !self.text.bytes().all(is_space)
            && let Some(envelope) = self.outside.last_mut()
        {
            envelope.children.push(ForeignChild::Text(self.text.clone()));
        }
        self.text.clear();
    }

    fn end(&mut self) {
        let depth = self.depth;
        self.depth -= 1;
        while self.prefixes.last().is_some_and(|p| p.depth >= depth) {
            self.prefixes.pop();
            self.default_fits = false;
        }
        if self.skipping > 0 {
            self.skipping -= 1;
            return;
        }
        if self.open.last().is_some_and(|o| self.model.element(o.element).value.is_none()) {
            self.class_text();
        }
        let Some(frame) = self.open.pop() else {
            self.flush_outside_text();
            if let Some(done) = self.outside.pop() {
                match self.outside.last_mut() {
                    Some(envelope) => envelope.children.push(ForeignChild::Element(done)),
                    None => self.draft.envelope = Some(Box::new(done)),
                }
            }
            return;
        };
        let model = self.model;
        let element = model.element(frame.element);
        match &element.value {
            // The date's own child closes first and carries the text; its class closes after it.
            Some(value) if value.base == Base::DateTime => {
                let is_class = self.open.last().is_none_or(|o| o.node != frame.node);
                if is_class {
                    if frame.any {
                        self.class_text();
                    } else {
                        let place = self.draft.node(frame.node).place_of(DATE_TIME);
                        self.find(|| {
                            Finding::new(Code::ElementMissing, place)
                                .name(&element.name)
                                .value(DATE_TIME)
                        });
                    }
                    self.draft.close(frame.node);
                } else {
                    self.value(frame.node, element);
                }
            }
            Some(_) => {
                self.value(frame.node, element);
                self.draft.close(frame.node);
            }
            None => {
                let from = if frame.any { frame.cursor + 1 } else { 0 };
                if frame.any || element.children.iter().any(|c| model.element(*c).min > 0) {
                    self.missing(frame.node, frame.element, from, element.children.len());
                }
                self.draft.close(frame.node);
            }
        }
        self.text.clear();
    }

    fn value(&mut self, node: NodeId, element: &Element) {
        let Some(rules) = &element.value else { return };
        if let Err(breach) = rules.check(&self.text) {
            let place = self.draft.node(node).place();
            let text = self.text.clone();
            self.find(|| breach_finding(breach, place, element, &text));
        }
        self.draft.set_text(node, &self.text);
    }
}

/// `pDateTimeString` for `p:DateTimeString`: a short lower-case prefix that lost its colon.
fn is_glued(seen: &str, name: &str) -> bool {
    seen.strip_suffix(name).is_some_and(|prefix| {
        (1..=4).contains(&prefix.len())
            && prefix.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}

pub(crate) fn attribute_breach(name: &str, value: &str) -> Option<&'static str> {
    let ok = match name {
        "currencyID" => value.len() == 3 && value.bytes().all(|b| b.is_ascii_uppercase()),
        "unitCode" => (1..=5).contains(&value.chars().count()),
        "formatCode" => matches!(value, "102" | "304"),
        "listAgencyID" | "schemeAgencyID" => (1..=3).contains(&value.chars().count()),
        _ => true,
    };
    if ok {
        return None;
    }
    Some(match name {
        "currencyID" => "ISO 4217: AAA",
        "unitCode" => "UN/ECE Rec 20: 1–5",
        "formatCode" => "102, 304",
        _ => "1–3",
    })
}

/// What a breach of a value's rules is called; used by every codec.
pub(crate) fn breach_finding(
    breach: Breach,
    place: Place,
    element: &Element,
    value: &str,
) -> Finding {
    let (code, wanted) = match breach {
        Breach::Blank => (Code::ValueBlank, String::new()),
        Breach::TooLong(n) => (Code::ValueTooLong, n.to_string()),
        Breach::Length(n) => (Code::ValueLength, n.to_string()),
        Breach::NotLetters => (Code::ValueNotLetters, String::new()),
        Breach::NotDigits => (Code::ValueNotDigits, String::new()),
        Breach::NotANumber => (Code::ValueNotNumber, String::new()),
        Breach::Digits(n) => (Code::ValueDigits, n.to_string()),
        Breach::Fraction(n) => (Code::ValueFraction, n.to_string()),
        Breach::NotListed => (
            Code::ValueNotListed,
            element.value.as_ref().map(|v| v.one_of.join(", ")).unwrap_or_default(),
        ),
        Breach::NotADateTime => (Code::ValueNotDateTime, String::new()),
    };
    Finding::new(code, place).name(&element.name).value(value).wanted(wanted)
}
