//! The packs the program carries, and those an operator brings.

use std::path::Path;

use fondaco::reference::Pack;
use fondaco_wire::pack;

include!(concat!(env!("OUT_DIR"), "/bundles.rs"));

/// Other names packs go by: a member state whose law lies over its union's.
const ALSO: &[(&str, &str)] = &[("ru", "eaeu")];

/// The ids of the packs carried.
pub(crate) fn ids() -> Vec<&'static str> {
    BUNDLES.iter().map(|(id, _)| *id).collect()
}

/// The bundle of a pack carried.
pub(crate) fn bundle(name: &str) -> Option<&'static [u8]> {
    let name = ALSO.iter().find(|(also, _)| *also == name).map_or(name, |(_, id)| id);
    BUNDLES.iter().find(|(id, _)| *id == name).map(|(_, bytes)| *bytes)
}

/// Loads a pack by its name, from a bundle file, or from a folder of pack files.
///
/// # Errors
/// What is wrong, for the user.
pub(crate) fn load(name: &str) -> Result<(Pack, Vec<u8>), String> {
    let said = |problems: Vec<pack::Problem>| {
        let shown: Vec<String> = problems.iter().take(10).map(ToString::to_string).collect();
        format!("the pack {name} has {} problem(s):\n{}", problems.len(), shown.join("\n"))
    };
    let bytes = if let Some(bytes) = bundle(name) {
        bytes.to_vec()
    } else if Path::new(name).is_dir() {
        let dir = Path::new(name);
        let common = dir.parent().unwrap_or(dir).join("common");
        let files = pack::folder::read(&common, dir).map_err(|e| format!("{name}: {e}"))?;
        pack::compile(files).map_err(said)?
    } else if Path::new(name).is_file() {
        std::fs::read(name).map_err(|e| format!("{name}: {e}"))?
    } else {
        return Err(format!(
            "there is no pack “{name}”: want one of {}, a bundle file or a folder",
            ids().join(", ")
        ));
    };
    let pack = pack::load(&bytes).map_err(said)?;
    Ok((pack, bytes))
}
