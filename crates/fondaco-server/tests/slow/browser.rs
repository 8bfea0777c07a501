//! The pages in a real browser: they come up and tell a declaration in three languages.

use std::path::Path;
use std::process::Command;

use crate::{House, declaration};

fn chromium() -> Option<&'static str> {
    ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        .into_iter()
        .find(|p| Path::new(p).exists())
}

/// The page as the browser has it once it is laid out.
fn dom(browser: &str, profile: &Path, url: &str) -> String {
    let output = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--dump-dom",
        ])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(url)
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_pages_tell_everything_in_three_languages() {
    let Some(browser) = chromium() else {
        println!("skipped: no Chromium here");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let profile = tempfile::tempdir().unwrap();
    let house = House::start(dir.path(), "gb");
    let agent = ureq::Agent::new_with_defaults();
    let mut response = agent
        .post(format!("{}/v1/declarations", house.address))
        .header("Content-Type", "application/xml")
        .header("Idempotency-Key", "browser")
        .send(&declaration("BROWSER-1")[..])
        .unwrap();
    let answer: serde_json::Value =
        serde_json::from_str(&response.body_mut().read_to_string().unwrap()).unwrap();
    let mrn = answer["mrn"].as_str().unwrap();
    for (language, words) in [
        ("en", ["Findings", "Receipt", "sandbox"]),
        ("zh", ["回执", "通道", "沙盒"]),
        ("ru", ["Квитанция", "оридор", "есочниц"]),
    ] {
        let list = dom(browser, profile.path(), &format!("{}/?lang={language}", house.address));
        assert!(list.contains(mrn), "{language}: the list names the declaration");
        assert!(list.contains(&format!("lang=\"{language}\"")), "{language}: the page says so");
        let url = format!("{}/declarations/{mrn}?lang={language}", house.address);
        let page = dom(browser, profile.path(), &url);
        for word in words {
            let found = page.to_lowercase().contains(&word.to_lowercase());
            assert!(found, "{language}: {word} on the page of {mrn}");
        }
        assert!(page.contains("BROWSER-1") && page.contains("A00"), "{language}");
    }
}
