//! The bundles a house keeps, and which of them it starts with.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use fondaco::reference::Pack;
use fondaco_wire::pack;

use super::{Register, Said, is_voted_on};
use crate::cli::{Failure, today};
use crate::keys::Keys;
use crate::store::{Fault, Store};

/// Where a bundle of this digest is kept.
fn place(dir: &Path, digest: &str) -> PathBuf {
    dir.join("bundles").join(format!("{digest}.pack"))
}

/// Keeps a bundle, whole or not at all.
pub(crate) fn keep(dir: &Path, digest: &str, bundle: &[u8]) -> Result<(), Failure> {
    let kept = place(dir, digest);
    if kept.exists() {
        return Ok(());
    }
    let fault = |e: std::io::Error| Failure::Fault(format!("{}: {e}", kept.display()));
    let beside = kept.with_extension("new");
    let mut file = fs::File::create(&beside).map_err(fault)?;
    file.write_all(bundle).and_then(|()| file.sync_all()).map_err(fault)?;
    fs::rename(&beside, &kept).map_err(fault)
}

/// What is wrong with a bundle, for who brought it.
pub(crate) fn wrong(problems: Vec<pack::Problem>) -> Failure {
    let all: Vec<String> = problems.iter().take(5).map(ToString::to_string).collect();
    Failure::Usage(format!("{} problem(s):\n{}", problems.len(), all.join("\n")))
}

pub(crate) fn loaded(bundle: &[u8]) -> Result<Pack, Failure> {
    pack::load(bundle).map_err(wrong)
}

/// The bundle with the files of a folder; `None` where it holds none.
pub(crate) fn laid_over(bundle: &[u8], over: &Path) -> Result<Option<Vec<u8>>, Failure> {
    let fault = |e: std::io::Error| Failure::Fault(format!("{}: {e}", over.display()));
    let added = pack::folder::read(over, over).map_err(fault)?;
    if added.is_empty() {
        return Ok(None);
    }
    let said = |problems| match wrong(problems) {
        Failure::Usage(what) | Failure::Fault(what) => {
            Failure::Usage(format!("{}: {what}", over.display()))
        }
    };
    pack::with_files(bundle, added).map(Some).map_err(said)
}

/// The bundle of a digest and its pack.
///
/// # Errors
/// It is not there, or its bytes are others than those of its name: what was approved, or judged by,
/// is not what stands there.
pub(crate) fn bundle(dir: &Path, digest: &str) -> Result<(Pack, Vec<u8>), Failure> {
    let path = place(dir, digest);
    let bytes = fs::read(&path).map_err(|e| Failure::Fault(format!("{}: {e}", path.display())))?;
    let pack = loaded(&bytes)?;
    if pack.digest == digest {
        Ok((pack, bytes))
    } else {
        Err(Failure::Fault(format!("{}: its bytes were changed", path.display())))
    }
}

/// The pack of a digest.
///
/// # Errors
/// As [`bundle`].
pub(crate) fn of_digest(dir: &Path, digest: &str) -> Result<Pack, Failure> {
    bundle(dir, digest).map(|(pack, _)| pack)
}

/// The law of a house that is started with a pack. The first it is started with is the law it is
/// founded on; after that another becomes the law by approval only, except that a sandbox whose law
/// nobody ever voted on takes what it is given.
pub(crate) fn in_force(
    dir: &Path,
    store: &Store,
    keys: &Keys,
    given: Pack,
    sandbox: bool,
) -> Result<Pack, Failure> {
    let fault = |fault: Fault| Failure::Fault(fault.to_string());
    let register = Register::new(store, keys.public());
    let versions = register.versions(today()).map_err(fault)?;
    if versions.is_empty() {
        let said = register
            .say(keys.on(today()), "", Said::Founded, &given.digest, None, "")
            .map_err(fault)?;
        return said.map(|()| given).map_err(|against| Failure::Fault(against.to_string()));
    }
    let Some(law) = versions.iter().find(|v| v.in_force) else { return Ok(given) };
    if law.bundle == given.digest || (sandbox && !is_voted_on(&versions)) {
        return Ok(given);
    }
    eprintln!(
        "fondaco: the pack given ({}) is not the law of this house ({}), which stays in force; \
         fondaco law propose makes it so once another approves",
        given.digest.get(..12).unwrap_or_default(),
        law.bundle.get(..12).unwrap_or_default(),
    );
    of_digest(dir, &law.bundle)
}
