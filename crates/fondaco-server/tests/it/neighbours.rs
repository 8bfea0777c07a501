//! What a house tells its neighbours and when: by which day, of what, and what it does with what cannot be
//! read.

use std::path::Path;

use crate::bridge::{Side, let_go, made, side};
use crate::http::{House, fondaco};

const CASHMERE: &str = "gb/042-cashmere-heathrow.xml";

#[test]
fn a_day_from_which_exports_are_told_begins_where_the_house_stands() {
    // There it is a day later than in Greenwich, whatever time it is.
    let zone = [("TZ", Path::new("<+24>-24"))];
    let dir = tempfile::tempdir().unwrap();
    let a = Side { house: House::sandbox_under(dir.path(), &zone), dir };
    let b = side("cn");
    let output = fondaco()
        .envs(zone)
        .args(["partner", "add", "b", "--countries", "CN", "--pack", "cn", "--data"])
        .arg(a.dir.path())
        .arg("--key")
        .arg(b.dir.path().join("receipt.jwk"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let tomorrow = crate::bridge::day_in(1);
    assert!(output.status.success() && said.contains(&tomorrow), "{said}");
    let_go(&a, CASHMERE, "EAST");
    assert_eq!(made(&a).len(), 1);
}
