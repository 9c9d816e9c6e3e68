//! The authorization model against OpenFGA itself: its command-line program embeds the server, and runs the cases by which
//! the sandbox's evaluator is tested as well.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};

#[test]
fn openfga_gives_the_answers_that_the_products_cases_and_the_sandboxes_give() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let cases = std::fs::read_dir(root.join("sandbox/fga/tests/cases")).unwrap();
    let cases = cases.map(|entry| entry.unwrap().path());
    let files: Vec<PathBuf> = cases.chain([root.join("authz/store.fga.yaml")]).collect();
    assert!(files.len() > 5, "{files:?}");
    for file in files {
        let output = peers::fga().unwrap().args(["model", "test", "--tests"]).arg(&file).output().unwrap();
        let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{}: {told}", file.display());
        assert!(told.contains("passing"), "{}: {told}", file.display());
    }
}
