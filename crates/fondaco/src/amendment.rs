//! A declaration changed as a message about it asks.
//!
//! In: the declaration as it stands and a message whose `Amendment`s point at what is to be otherwise.
//! What the message states there takes the place of what stood there, or is added; what it does not
//! state there is taken out. All else stays as it was.
//!
//! Source: WCO DM 3.6, classes 06A Amendment and 97A Pointer.
//!
//! Holds always: an amendment is applied whole or not at all.

use std::borrow::Cow;
use std::fmt;

use crate::draft::{Draft, NodeRef};
use crate::model::{ElementId, Model};

/// An amendment cannot be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotApplied {
    /// Which `Amendment` of the message, from 1; 0 where there is none.
    pub amendment: usize,
    /// Where it points, as class and element numbers.
    pub pointer: String,
}

impl std::error::Error for NotApplied {}

impl fmt::Display for NotApplied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "amendment {} points at {}, where nothing can be changed",
            self.amendment, self.pointer
        )
    }
}

/// An element with all within, which may be changed.
#[derive(Clone)]
struct Tree<'a> {
    element: ElementId,
    attributes: Vec<(&'a str, &'a str)>,
    text: Cow<'a, str>,
    children: Vec<Tree<'a>>,
    /// The number it gave itself before; `None` of what was added.
    was: Option<u32>,
}

/// A step of a pointer: class or element number, and which of several, from 1.
struct Step<'a> {
    wco: &'a str,
    number: u32,
}

fn tree(node: NodeRef<'_>) -> Tree<'_> {
    Tree {
        element: node.element_id(),
        attributes: node.attributes().collect(),
        text: Cow::Borrowed(node.raw_text()),
        children: node.children().map(tree).collect(),
        was: node.child("SequenceNumeric").and_then(|own| own.text().trim().parse().ok()),
    }
}

/// The number an element gives itself (006), as items and documents do.
fn own_number(tree: &Tree<'_>, model: &Model) -> Option<u32> {
    let own = tree.children.iter().find(|c| model.element(c.element).name == "SequenceNumeric")?;
    own.text.trim().parse().ok()
}

/// The child a step leads to: the one that gives itself the number, or the one at that place.
fn child(tree: &Tree<'_>, element: ElementId, number: u32, model: &Model) -> Option<usize> {
    let alike = || tree.children.iter().enumerate().filter(|(_, c)| c.element == element);
    let by_number = alike().find(|(_, c)| own_number(c, model) == Some(number));
    let numbered = alike().any(|(_, c)| own_number(c, model).is_some());
    let by_place = || alike().nth(number.checked_sub(1)? as usize);
    let found = if numbered { by_number } else { by_place() };
    found.map(|(at, _)| at)
}

/// The elements of a step within a class: several may have one number.
fn elements<'m>(
    model: &'m Model,
    class: ElementId,
    wco: &'m str,
) -> impl Iterator<Item = ElementId> {
    let children = model.element(class).children.iter().copied();
    children.filter(move |id| model.element(*id).wco == wco)
}

/// What the message states where a pointer leads; a class that is there once is the one meant.
fn stated<'t, 'a>(tree: &'t Tree<'a>, path: &[Step<'_>], model: &Model) -> Option<&'t Tree<'a>> {
    let Some((step, rest)) = path.split_first() else { return Some(tree) };
    elements(model, tree.element, step.wco).find_map(|element| {
        let only = || {
            let mut alike = tree.children.iter().enumerate().filter(|(_, c)| c.element == element);
            alike.next().filter(|(_, c)| own_number(c, model).is_none()).map(|(at, _)| at)
        };
        let at = child(tree, element, step.number, model).or_else(only)?;
        stated(tree.children.get(at)?, rest, model)
    })
}

/// Puts what is stated where a pointer leads, or takes out what is there; `None` where nothing is.
fn put<'a>(
    tree: &mut Tree<'a>,
    path: &[Step<'_>],
    value: Option<&Tree<'a>>,
    model: &Model,
) -> Option<()> {
    let (step, rest) = path.split_first()?;
    let wanted = value.filter(|_| rest.is_empty()).map(|v| v.element);
    let element = elements(model, tree.element, step.wco)
        .find(|e| wanted.map_or(child(tree, *e, step.number, model).is_some(), |w| w == *e))
        .or_else(|| elements(model, tree.element, step.wco).next())?;
    let at = child(tree, element, step.number, model);
    match (at, rest.is_empty(), value) {
        (Some(at), true, Some(value)) => {
            let there = tree.children.get_mut(at)?;
            *there = Tree { was: there.was, ..stated_new(value) };
        }
        (Some(at), true, None) => {
            tree.children.remove(at);
            renumber(tree, element, model);
        }
        (Some(at), false, _) => put(tree.children.get_mut(at)?, rest, value, model)?,
        (None, true, Some(value)) => insert(tree, stated_new(value), model),
        (None, false, Some(_)) => {
            let mut class = Tree {
                element,
                attributes: Vec::new(),
                text: Cow::Borrowed(""),
                children: Vec::new(),
                was: None,
            };
            put(&mut class, rest, value, model)?;
            insert(tree, class, model);
        }
        (None, _, None) => return None,
    }
    Some(())
}

/// What a message states, with all within: nothing of it was there before, whatever numbers it gives itself.
fn stated_new<'a>(value: &Tree<'a>) -> Tree<'a> {
    let children = value.children.iter().map(stated_new).collect();
    let (attributes, text) = (value.attributes.clone(), value.text.clone());
    Tree { element: value.element, attributes, text, children, was: None }
}

/// Adds a child where the order of the model wants it, behind those of its kind.
fn insert<'a>(tree: &mut Tree<'a>, new: Tree<'a>, model: &Model) {
    let order = &model.element(tree.element).children;
    let place = |element| order.iter().position(|id| *id == element);
    let before = |c: &Tree<'_>| place(c.element) <= place(new.element);
    let at = tree.children.iter().take_while(|c| before(c)).count();
    tree.children.insert(at, new);
}

/// What is numbered runs 1, 2, 3 again after one was taken out.
fn renumber(tree: &mut Tree<'_>, element: ElementId, model: &Model) {
    let alike = tree.children.iter_mut().filter(|c| c.element == element);
    for (n, one) in alike.enumerate() {
        let number = |c: &&mut Tree<'_>| model.element(c.element).name == "SequenceNumeric";
        if let Some(own) = one.children.iter_mut().find(number) {
            own.text = Cow::Owned((n + 1).to_string());
        }
    }
}

fn written(tree: &Tree<'_>, parent: Option<crate::draft::NodeId>, position: u16, into: &mut Draft) {
    let id = into.open(tree.element, parent, position);
    for (name, value) in &tree.attributes {
        into.attribute(name, value);
    }
    into.set_text(id, &tree.text);
    let mut count = std::collections::BTreeMap::new();
    for child in &tree.children {
        let position = count.entry(child.element).or_insert(0_u16);
        *position = position.saturating_add(1);
        written(child, Some(id), *position, into);
    }
    into.close(id);
}

/// Where an amendment points.
fn path<'a>(amendment: NodeRef<'a>) -> Vec<Step<'a>> {
    let mut path = Vec::new();
    for pointer in amendment.children().filter(|c| c.name() == "Pointer") {
        let text = |name: &str| pointer.child(name).map_or("", |c| c.text());
        let number = text("SequenceNumeric").parse().unwrap_or(1);
        path.push(Step { wco: text("DocumentSectionCode"), number });
        if !text("TagID").is_empty() {
            path.push(Step { wco: text("TagID"), number: 1 });
        }
    }
    path
}

/// The declaration as a message asks it to be.
///
/// # Errors
/// [`NotApplied`]: where the first amendment that cannot be applied points; nothing is changed.
pub fn amended(declaration: &Draft, message: &Draft) -> Result<Draft, NotApplied> {
    let tree = applied(declaration, message)?;
    let mut draft = Draft::new(declaration.model(), 0);
    draft.envelope.clone_from(&declaration.envelope);
    draft.root_attributes.clone_from(&declaration.root_attributes);
    draft.namespace.clone_from(&declaration.namespace);
    written(&tree, None, 1, &mut draft);
    Ok(draft)
}

/// The items that are still there once it is as a message asks: the number each had and the one it has.
/// What is taken off makes those behind it move up.
///
/// # Errors
/// As for [`amended`].
pub fn moved(declaration: &Draft, message: &Draft) -> Result<Vec<(u32, u32)>, NotApplied> {
    let tree = applied(declaration, message)?;
    let model = declaration.model();
    let named = |tree: &&Tree<'_>, name| model.element(tree.element).name == name;
    let shipments = tree.children.iter().filter(|c| named(c, "GoodsShipment"));
    let items = shipments.flat_map(|shipment| &shipment.children);
    let items = items.filter(|c| named(c, "GovernmentAgencyGoodsItem"));
    Ok(items.filter_map(|item| Some((item.was?, own_number(item, model)?))).collect())
}

/// The declaration changed as a message asks.
fn applied<'a>(declaration: &'a Draft, message: &'a Draft) -> Result<Tree<'a>, NotApplied> {
    let none = || NotApplied { amendment: 0, pointer: String::new() };
    let (root, asked) = (declaration.root().ok_or_else(none)?, message.root().ok_or_else(none)?);
    let model = declaration.model();
    let mut tree_of = tree(root);
    let said = tree(asked);
    let mut applied = 0;
    for (n, amendment) in asked.children().filter(|c| c.name() == "Amendment").enumerate() {
        let path = path(amendment);
        let refused = || NotApplied {
            amendment: n + 1,
            pointer: path
                .iter()
                .map(|s| format!("{}[{}]", s.wco, s.number))
                .collect::<Vec<_>>()
                .join("/"),
        };
        // The first step is the declaration itself.
        let within = match path.split_first() {
            Some((first, within)) if first.wco == root.element().wco && !within.is_empty() => {
                within
            }
            _ => return Err(refused()),
        };
        put(&mut tree_of, within, stated(&said, within, model), model).ok_or_else(refused)?;
        applied += 1;
    }
    if applied == 0 {
        return Err(none());
    }
    Ok(tree_of)
}
