//! `fondaco bench bridge`: how much of an import an export knows.
//!
//! What an import wants is not ours to say: a field counts as wanted by a pack where at least half of
//! the accepted imports of that pack in the corpus state it, of goods in containers or not as the
//! export's are; fields of items once for each item of the export. Numbers that only count siblings
//! are no fields. A commodity code is never counted as filled, for its last digits are open.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fondaco::allotment::nothing_drawn;
use fondaco::bridge::{self, Export, is_stated};
use fondaco::day::Day;
use fondaco::draft::{Draft, NodeRef};
use fondaco::measure::Direction;
use fondaco::reference::Pack;
use fondaco_wire::Limits;

use crate::assess::expand;
use crate::cli::{Exit, Failure, today};
use crate::consider::{NO_DRAW, When, consider};
use crate::exchange::drafts::kind;
use crate::packs;

/// What to measure with.
#[derive(Debug, clap::Args)]
pub(super) struct BridgeArgs {
    /// The corpus: a folder of declarations for each pack, by its name
    #[arg(long, default_value = "data/corpus")]
    corpus: PathBuf,
    /// Further exports, filed under this pack
    #[arg(long, default_value = "gb")]
    of: String,
    /// Files or folders of further exports
    exports: Vec<PathBuf>,
    /// Print which fields are not filled, and how often
    #[arg(long)]
    open: bool,
}

/// The number an export is given here; its form does not matter.
const NUMBER: &str = "26XXZ0000000000001";

const ITEM: &str = "GovernmentAgencyGoodsItem";
const CODE: &str = "Commodity/Classification/ID";

/// A pack and its declarations in the corpus.
struct Side {
    pack: Pack,
    imports: Vec<Draft>,
    exports: Vec<Draft>,
}

/// Fields filled and wanted.
#[derive(Clone, Copy, Default)]
struct Count {
    exports: usize,
    filled: usize,
    wanted: usize,
    /// Of those wanted, how many are the importer's own or the house's.
    own: usize,
    /// Of the exports, how many have less than seven tenths of theirs filled.
    below: usize,
}

fn share(part: usize, of: usize) -> String {
    format!("{:.1} %", 100.0 * part as f64 / of.max(1) as f64)
}

/// What no export can know: the importer's own, the house's, and what the law of import asks.
const OWN: &[&str] = &[
    "AcceptanceDateTime",
    "Declarant",
    "DeclarationOfficeID",
    "FunctionalReferenceID",
    "GoodsShipment/Consignee/ID",
    "GoodsShipment/Consignment/GoodsLocation/Address/TypeCode",
    "GoodsShipment/Consignment/GoodsLocation/ID",
    "GoodsShipment/Consignment/GoodsLocation/Name",
    "GoodsShipment/Consignment/GoodsLocation/TypeCode",
    "GoodsShipment/Importer/ID",
    "AdditionalDocument/LPCOExemptionCode",
    "Commodity/Classification/ID",
    "Commodity/DutyTaxFee",
    "CustomsValuation/MethodCode",
    "GovernmentProcedure",
];

fn is_own(path: &str) -> bool {
    let within =
        |own: &&str| path.strip_prefix(*own).is_some_and(|r| r.is_empty() || r.starts_with('/'));
    OWN.iter().any(within)
}

impl Count {
    fn add(&mut self, (filled, wanted, own): (usize, usize, usize)) {
        self.own += own;
        self.exports += 1;
        self.filled += filled;
        self.wanted += wanted;
        self.below += usize::from(filled * 10 < wanted * 7);
    }

    fn say(&self, name: &str) {
        println!(
            "{name:<24} {:>4} drafts  {:>6} of {:>6} fields  {}  below 70 %: {:>3}  of what an export may know: {}",
            self.exports,
            self.filled,
            self.wanted,
            share(self.filled, self.wanted),
            self.below,
            share(self.filled, self.wanted - self.own)
        );
    }
}

/// Paths of what is stated below an element, without that of items.
fn paths(node: NodeRef<'_>, at: &str, into: &mut Vec<String>) {
    for child in node.children().filter(|c| !matches!(c.name(), ITEM | "SequenceNumeric")) {
        let path =
            if at.is_empty() { child.name().to_owned() } else { format!("{at}/{}", child.name()) };
        if child.element().value.is_none() {
            paths(child, &path, into);
        } else if !child.text().is_empty() {
            into.push(path);
        }
    }
}

fn items(draft: &Draft) -> impl Iterator<Item = NodeRef<'_>> {
    let shipment = draft.root().and_then(|r| r.child("GoodsShipment"));
    shipment.into_iter().flat_map(|s| s.children()).filter(|n| n.name() == ITEM)
}

fn in_containers(draft: &Draft) -> bool {
    let shipment = draft.root().and_then(|r| r.child("GoodsShipment"));
    let consignment = shipment.and_then(|s| s.child("Consignment"));
    consignment.is_some_and(|c| c.child("ContainerCode").is_some_and(|n| n.text() == "1"))
}

/// Paths that at least half of these state.
fn usual<'a>(all: impl Iterator<Item = NodeRef<'a>>) -> Vec<String> {
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    let mut of = 0;
    for node in all {
        of += 1;
        let mut stated = Vec::new();
        paths(node, "", &mut stated);
        stated.sort();
        stated.dedup();
        for path in stated {
            *count.entry(path).or_default() += 1;
        }
    }
    count.into_iter().filter(|(_, n)| n * 2 >= of).map(|(path, _)| path).collect()
}

/// Fields that are not filled, by pack and path, and how often.
type Lacking = BTreeMap<(String, String), usize>;

/// What imports of a pack want, of the declaration and of each item; in containers or not.
struct Wanted {
    pack: String,
    whole: [Vec<String>; 2],
    items: [Vec<String>; 2],
}

impl Wanted {
    fn of(side: &Side) -> Self {
        let kind = |boxed: bool| side.imports.iter().filter(move |d| in_containers(d) == boxed);
        let whole = [false, true].map(|b| usual(kind(b).filter_map(Draft::root)));
        let of_items = [false, true].map(|b| usual(kind(b).flat_map(items)));
        Self { pack: side.pack.id.clone(), whole, items: of_items }
    }

    /// Fields of a draft filled, wanted, and of these the importer's own; those not filled go into
    /// `open`.
    fn count(&self, draft: &Draft, open: &mut Lacking) -> (usize, usize, usize) {
        let boxed = usize::from(in_containers(draft));
        let (mut filled, mut wanted, mut own) = (0, 0, 0);
        let mut look = |node: NodeRef<'_>, path: &String| {
            wanted += 1;
            own += usize::from(is_own(path));
            if path != CODE && is_stated(node, path) {
                filled += 1;
            } else {
                *open.entry((self.pack.clone(), path.clone())).or_default() += 1;
            }
        };
        for path in self.whole.get(boxed).into_iter().flatten() {
            if let Some(root) = draft.root() {
                look(root, path);
            }
        }
        for item in items(draft) {
            self.items.get(boxed).into_iter().flatten().for_each(|path| look(item, path));
        }
        (filled, wanted, own)
    }
}

/// The declarations of files that a pack accepts, imports and exports.
fn accepted(pack: &Pack, files: &[PathBuf], on: Day) -> Result<[Vec<Draft>; 2], Failure> {
    let mut found = [Vec::new(), Vec::new()];
    let when = When { on: None, today: on, window: false };
    for file in files {
        let bytes =
            std::fs::read(file).map_err(|e| Failure::Usage(format!("{}: {e}", file.display())))?;
        let format = fondaco_wire::sniff(&bytes);
        let considered = consider(pack, format, &bytes, when, NO_DRAW, &nothing_drawn);
        let Some(declaration) = considered.declaration else { continue };
        if declaration.message != fondaco::declaration::Message::Original {
            continue;
        }
        let draft = (format.decode)(&bytes, &Limits::default()).draft;
        match (draft, declaration.direction) {
            (Some(draft), Some(Direction::Import)) => found[0].push(draft),
            (Some(draft), Some(Direction::Export)) => found[1].push(draft),
            _ => {}
        }
    }
    Ok(found)
}

fn drafted(export: &Draft, from: &Pack, to: &Pack) -> Draft {
    let known = Export {
        mrn: NUMBER,
        country: from.profile.country.as_str(),
        to: to.profile.country.as_str(),
    };
    bridge::import(export, known, &kind(to)).draft
}

fn sides(corpus: &Path) -> Result<Vec<Side>, Failure> {
    let folders = std::fs::read_dir(corpus)
        .map_err(|e| Failure::Usage(format!("{}: {e}", corpus.display())))?;
    let mut names: Vec<String> = folders
        .filter_map(Result::ok)
        .filter(|f| f.path().is_dir())
        .map(|f| f.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let mut sides = Vec::new();
    for name in names {
        // A folder that is named after no pack holds something else.
        let Ok((pack, _)) = packs::load(&name) else { continue };
        let files = expand(&[corpus.join(&name)])?;
        let [imports, exports] = accepted(&pack, &files, today())?;
        sides.push(Side { pack, imports, exports });
    }
    Ok(sides)
}

/// Measures and prints.
pub(super) fn bridge(args: &BridgeArgs) -> Result<Exit, Failure> {
    let sides = sides(&args.corpus)?;
    let mut open = BTreeMap::new();
    let mut all = Count::default();
    let mut there = Count::default();
    for to in &sides {
        let wanted = Wanted::of(to);
        println!(
            "{:<24} {} imports; wanted of a declaration {} or {} in containers, of an item {} or {}",
            to.pack.id,
            to.imports.len(),
            wanted.whole[0].len(),
            wanted.whole[1].len(),
            wanted.items[0].len(),
            wanted.items[1].len(),
        );
        for from in sides.iter().filter(|s| s.pack.id != to.pack.id) {
            let mut count = Count::default();
            for export in &from.exports {
                let draft = drafted(export, &from.pack, &to.pack);
                let counted = wanted.count(&draft, &mut open);
                count.add(counted);
                all.add(counted);
                if bridge::destination(export) == Some(to.pack.profile.country.as_str()) {
                    there.add(counted);
                }
            }
            count.say(&format!("{} to {}", from.pack.id, to.pack.id));
        }
    }
    all.say("every export everywhere");
    there.say("those that go there");
    if !args.exports.is_empty() {
        let (pack, _) = packs::load(&args.of).map_err(Failure::Usage)?;
        let files = expand(&args.exports)?;
        let [_, exports] = accepted(&pack, &files, today())?;
        let mut count = Count::default();
        for to in sides.iter().filter(|s| s.pack.id != pack.id) {
            let wanted = Wanted::of(to);
            for export in &exports {
                let draft = drafted(export, &pack, &to.pack);
                count.add(wanted.count(&draft, &mut open));
            }
        }
        count.say("further exports");
    }
    if args.open {
        for ((pack, path), n) in open {
            println!("{n:>6}  {pack:<5} {path}");
        }
    }
    Ok(Exit::Fine)
}
