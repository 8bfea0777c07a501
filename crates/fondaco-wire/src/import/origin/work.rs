//! Work done to goods and named materials, which the maker has to state.

use fondaco::origin::Test;

use super::text::named_codes;

/// First words of what is done to goods.
const WORK: &[&str] = &[
    "spinning",
    "weaving",
    "printing",
    "dyeing",
    "knitting",
    "crocheting",
    "tufting",
    "flocking",
    "coating",
    "laminating",
    "extrusion",
    "twisting",
    "making",
    "making-up",
    "cutting",
    "felting",
    "yarn",
    "embroidering",
    "operations",
    "refining",
    "blending",
    "crushing",
    "distillation",
    "beading",
    "sanding",
    "splicing",
    "alloying",
    "electrolytic",
    "recovery",
    "heat",
    "assembly",
    "tanning",
    "retanning",
    "impregnation",
    "impregnating",
    "bleaching",
    "destruction",
    "preparation",
    "texturing",
    "polymerisation",
    "hand-decoration",
    "turning",
    "working",
    "drying",
    "roasting",
    "grinding",
    "filtering",
    "peeling",
    "repair",
    "washing",
    "degreasing",
    "non-woven",
    "nonwoven",
    "fabric",
    "combination",
    "separation",
    "purification",
    "production",
    "thermal",
    "plating",
    "melting",
    "forging",
    "smelting",
    "casting",
    "planing",
    "finishing",
    "needle",
    "rubberising",
    "gumming",
    "fermentation",
    "metallising",
    "metalizing",
    "chemical",
];

/// Work done to goods, or what they are made from, in words the maker has to state.
pub(super) fn process(text: &str, classes: &str) -> Option<Test> {
    let text = text.trim().trim_end_matches(['.', ',', ';', ':']);
    let only =
        |class: &str| !classes.is_empty() && classes.split('|').all(|c| c.starts_with(class));
    // A limit or an exception in the words is more than the name of a process.
    let limits = ["%", "provided", "however", "except", "does not exceed", "heading", "chapter "];
    let bare = !limits.iter().any(|limit| text.contains(limit));
    if let Some(from) = text.strip_prefix("manufacture from ") {
        let from = from.trim_start_matches([':', '•', ' ']);
        if bare && (only("PRODUCTION FROM") || classes.is_empty()) && !from.contains(". ") {
            return Some(Test::Made(from.replace(" • ", " ")));
        }
        if (only("PRODUCTION FROM") || classes.is_empty()) && !text.contains('%') {
            let (name, of) = named_codes(from)?;
            return Some(Test::All(vec![Test::From(of), Test::Made(name)]));
        }
        return None;
    }
    let first = text.split([' ', ',']).next().unwrap_or_default();
    let known = WORK.contains(&first) || only("PROCESSING");
    let reaction = text.starts_with("a chemical reaction") || text.starts_with("specific process");
    if !(known || reaction) || text.contains(". ") || text.contains('•') {
        return None;
    }
    if bare {
        let works: Vec<&str> = text.split(" combined with ").collect();
        let alike = works.len() > 1 && !text.contains(" or ") && !text.contains(" and ");
        if alike {
            let done = works.into_iter().map(|w| Test::Done(w.trim().to_owned())).collect();
            return Some(Test::All(done));
        }
        return Some(Test::Done(text.to_owned()));
    }
    // Codes within a process only say of what it is.
    let of_codes = !["%", "provided", "however", "except", "does not exceed"]
        .iter()
        .any(|limit| text.contains(limit));
    of_codes.then(|| Test::Done(text.to_owned()))
}
