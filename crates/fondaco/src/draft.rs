//! A declaration as it was sent: every element, in its order, nothing interpreted.
//!
//! A draft is what a codec makes of bytes and what it writes back. It holds nodes of the WCO model in
//! one arena, so that a filing costs a handful of allocations and nothing of it is lost.

use crate::finding::Place;
use crate::model::{Element, ElementId, Model};

/// An element of the draft, by its position in document order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

#[derive(Clone, Copy, Debug)]
struct Span {
    start: u32,
    end: u32,
}

impl Span {
    const EMPTY: Self = Self { start: 0, end: 0 };

    fn of<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

#[derive(Clone, Debug)]
struct Node {
    element: ElementId,
    /// Position among the siblings of the same name, from 1.
    position: u16,
    parent: NodeId,
    /// The first node after this one and all within it.
    after: u32,
    text: Span,
    attributes: Span,
}

#[derive(Clone, Debug)]
struct Attribute {
    name: Span,
    value: Span,
}

/// What stood around the declaration: an envelope that is not of the model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Foreign {
    /// Local name.
    pub name: String,
    /// Namespace name; empty where none.
    pub namespace: String,
    /// Namespace name, local name, value.
    pub attributes: Vec<(String, String, String)>,
    /// What stands within, in order.
    pub children: Vec<ForeignChild>,
}

/// A part of an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForeignChild {
    /// An element.
    Element(Foreign),
    /// Text that is not only white space.
    Text(String),
    /// The declaration itself.
    Declaration,
}

/// A declaration as it was sent.
#[derive(Clone, Debug)]
pub struct Draft {
    model: &'static Model,
    nodes: Vec<Node>,
    text: String,
    attributes: Vec<Attribute>,
    /// What stood around it.
    pub envelope: Option<Box<Foreign>>,
    /// Attributes of the Declaration element that are not of the model (schema locations):
    /// namespace name, local name, value.
    pub root_attributes: Vec<(String, String, String)>,
    /// The namespace of the Declaration, where it was not that of the model.
    pub namespace: Option<String>,
    /// Names that were written otherwise than the model has them: as read, as seen.
    pub aliases: Vec<(String, String)>,
}

impl Draft {
    /// An empty draft, with room for a message of `bytes` bytes.
    #[must_use]
    pub fn new(model: &'static Model, bytes: usize) -> Self {
        Self {
            model,
            nodes: Vec::with_capacity(256),
            text: String::with_capacity((bytes / 4).min(1 << 16)),
            attributes: Vec::with_capacity(16),
            envelope: None,
            root_attributes: Vec::new(),
            namespace: None,
            aliases: Vec::new(),
        }
    }

    /// The model its nodes are of.
    #[must_use]
    pub fn model(&self) -> &'static Model {
        self.model
    }

    /// Opens an element within `parent` (the root within itself) and returns it.
    pub fn open(&mut self, element: ElementId, parent: Option<NodeId>, position: u16) -> NodeId {
        let id = NodeId(self.nodes.len() as u32);
        let attributes = self.attributes.len() as u32;
        self.nodes.push(Node {
            element,
            position,
            parent: parent.unwrap_or(id),
            after: id.0 + 1,
            text: Span::EMPTY,
            attributes: Span { start: attributes, end: attributes },
        });
        id
    }

    /// Gives the element last opened an attribute.
    pub fn attribute(&mut self, name: &str, value: &str) {
        let name = self.keep(name);
        let value = self.keep(value);
        self.attributes.push(Attribute { name, value });
        let end = self.attributes.len() as u32;
        if let Some(node) = self.nodes.last_mut() {
            node.attributes.end = end;
        }
    }

    /// Gives the element its text.
    pub fn set_text(&mut self, node: NodeId, text: &str) {
        let span = self.keep(text);
        if let Some(node) = self.nodes.get_mut(node.0 as usize) {
            node.text = span;
        }
    }

    /// Closes the element: what is opened from now on is not within it.
    pub fn close(&mut self, node: NodeId) {
        let after = self.nodes.len() as u32;
        if let Some(node) = self.nodes.get_mut(node.0 as usize) {
            node.after = after;
        }
    }

    fn keep(&mut self, text: &str) -> Span {
        let start = self.text.len() as u32;
        self.text.push_str(text);
        Span { start, end: self.text.len() as u32 }
    }

    /// The Declaration element; `None` in a draft nothing was read into.
    #[must_use]
    pub fn root(&self) -> Option<NodeRef<'_>> {
        (!self.nodes.is_empty()).then_some(NodeRef { draft: self, id: NodeId(0) })
    }

    /// The element.
    #[must_use]
    pub fn node(&self, id: NodeId) -> NodeRef<'_> {
        NodeRef { draft: self, id }
    }

    /// How many elements there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether nothing was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

/// Two drafts are equal where they say the same, whatever order they were built in.
impl PartialEq for Draft {
    fn eq(&self, other: &Self) -> bool {
        self.envelope == other.envelope
            && self.root_attributes == other.root_attributes
            && self.namespace == other.namespace
            && self.aliases == other.aliases
            && match (self.root(), other.root()) {
                (Some(a), Some(b)) => a.says_the_same(b),
                (None, None) => true,
                _ => false,
            }
    }
}

/// An element of a draft.
#[derive(Clone, Copy)]
pub struct NodeRef<'a> {
    draft: &'a Draft,
    id: NodeId,
}

impl<'a> NodeRef<'a> {
    fn node(&self) -> &'a Node {
        &self.draft.nodes[self.id.0 as usize]
    }

    /// Which node.
    #[must_use]
    pub fn id(&self) -> NodeId {
        self.id
    }

    /// Its row in the model.
    #[must_use]
    pub fn element(&self) -> &'a Element {
        self.draft.model.element(self.node().element)
    }

    /// Which row of the model.
    #[must_use]
    pub fn element_id(&self) -> ElementId {
        self.node().element
    }

    /// Another element of the same draft.
    #[must_use]
    pub fn sibling(&self, id: NodeId) -> NodeRef<'a> {
        NodeRef { draft: self.draft, id }
    }

    /// Its WCO name.
    #[must_use]
    pub fn name(&self) -> &'a str {
        &self.element().name
    }

    /// Its text as sent; empty for a class.
    #[must_use]
    pub fn raw_text(&self) -> &'a str {
        self.node().text.of(&self.draft.text)
    }

    /// Its text without white space around it.
    #[must_use]
    pub fn text(&self) -> &'a str {
        crate::model::trim(self.raw_text())
    }

    /// Position among the siblings of the same name, from 1.
    #[must_use]
    pub fn position(&self) -> u16 {
        self.node().position
    }

    /// Its attributes, in order.
    pub fn attributes(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let span = self.node().attributes;
        let text = &self.draft.text;
        self.draft
            .attributes
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default()
            .iter()
            .map(move |a| (a.name.of(text), a.value.of(text)))
    }

    /// The attribute's value.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&'a str> {
        self.attributes().find(|(n, _)| *n == name).map(|(_, value)| value)
    }

    /// What is stated here: the text of a leaf, the texts of a class's own leaves.
    #[must_use]
    pub fn said(&self) -> String {
        let texts = std::iter::once(self.text()).chain(self.children().map(|c| c.text()));
        texts.filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// Whether the two are alike in element, text, attributes and all within.
    #[must_use]
    pub fn says_the_same(&self, other: NodeRef<'_>) -> bool {
        if self.element_id() != other.element_id()
            || self.text() != other.text()
            || !self.attributes().eq(other.attributes())
        {
            return false;
        }
        let (mut a, mut b) = (self.children(), other.children());
        loop {
            match (a.next(), b.next()) {
                (None, None) => return true,
                (Some(a), Some(b)) if a.says_the_same(b) => {}
                _ => return false,
            }
        }
    }

    /// The elements directly within it.
    #[must_use]
    pub fn children(&self) -> Children<'a> {
        Children { draft: self.draft, next: self.id.0 + 1, end: self.node().after }
    }

    /// The elements read into it so far, while it is still open.
    #[must_use]
    pub fn children_so_far(&self) -> Children<'a> {
        Children { draft: self.draft, next: self.id.0 + 1, end: self.draft.nodes.len() as u32 }
    }

    /// The first child with this name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<NodeRef<'a>> {
        self.children().find(|c| c.name() == name)
    }

    /// Of the Declaration the goods items of its shipment (WCO class 68A), in their order.
    pub fn goods_items(&self) -> impl Iterator<Item = NodeRef<'a>> + use<'a> {
        let within = self.child("GoodsShipment").into_iter().flat_map(|s| s.children());
        within.filter(|node| node.name() == "GovernmentAgencyGoodsItem")
    }

    /// Whether it is the Declaration.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.id.0 == 0
    }

    /// The element it stands in; the root stands in itself.
    #[must_use]
    pub fn parent(&self) -> NodeRef<'a> {
        NodeRef { draft: self.draft, id: self.node().parent }
    }

    /// Where it stands.
    #[must_use]
    pub fn place(&self) -> Place {
        let mut place = if self.is_root() { Place::default() } else { self.parent().place() };
        let element = self.element();
        let step = if element.repeats() {
            format!("{}[{}]", element.wco, self.position())
        } else {
            element.wco.clone()
        };
        let json_step = if element.repeats() {
            format!("/{}/{}", element.name, self.position().saturating_sub(1))
        } else {
            format!("/{}", element.name)
        };
        if !place.pointer.is_empty() {
            place.pointer.push('/');
        }
        place.pointer.push_str(&step);
        place.xpath.push_str(&format!("/{}[{}]", element.name, self.position()));
        place.json.push_str(&json_step);
        place
    }

    /// Where a child that is not there would stand.
    #[must_use]
    pub fn place_of(&self, name: &str) -> Place {
        let mut place = self.place();
        let model = self.draft.model;
        if let Some((_, id)) = model.child(self.node().element, name, 0) {
            let element = model.element(id);
            place.pointer.push('/');
            place.pointer.push_str(&element.wco);
        }
        place.xpath.push('/');
        place.xpath.push_str(name);
        place.json.push('/');
        place.json.push_str(&name.replace('~', "~0").replace('/', "~1"));
        place
    }
}

/// The elements within one, in order.
#[derive(Clone)]
pub struct Children<'a> {
    draft: &'a Draft,
    next: u32,
    end: u32,
}

impl<'a> Iterator for Children<'a> {
    type Item = NodeRef<'a>;
    fn next(&mut self) -> Option<NodeRef<'a>> {
        if self.next >= self.end {
            return None;
        }
        let child = NodeRef { draft: self.draft, id: NodeId(self.next) };
        self.next = child.node().after;
        Some(child)
    }
}
