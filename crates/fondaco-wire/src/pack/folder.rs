//! The folders a pack is written in; the only place of this crate that reads a disk, for the build
//! and the tools.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// The packs below `root`: every folder with a profile.
///
/// # Errors
/// What the disk says.
pub fn packs(root: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root)? {
        let path = entry?.path();
        if path.join("profile.toml").is_file()
            && let Some(name) = path.file_name()
        {
            found.push((name.to_string_lossy().into_owned(), path));
        }
    }
    found.sort();
    Ok(found)
}

/// The files of a pack by name: those of `common`, and over them those of `pack`.
///
/// # Errors
/// What the disk says.
pub fn read(common: &Path, pack: &Path) -> io::Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for dir in [common, pack] {
        for (sub, prefix) in [(dir.to_owned(), ""), (dir.join("lists"), "lists/")] {
            let Ok(entries) = std::fs::read_dir(&sub) else { continue };
            for entry in entries {
                let path = entry?.path();
                let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
                if path.is_file()
                    && let Some(name) = name
                    && [".csv", ".zst", ".toml"].iter().any(|e| name.ends_with(e))
                {
                    files.insert(format!("{prefix}{name}"), std::fs::read(&path)?);
                }
            }
        }
    }
    Ok(files)
}
