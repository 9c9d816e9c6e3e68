//! Tables of results that tests generate and that are checked in.

use countersign::config::Env;
use std::io::{Write, stdout};

/// Prints a table and compares it with the checked-in file `name` beside the test.
pub(crate) fn compare(name: &str, seen: &str, checked_in: &str) {
    compare_at(&format!("server/tests/it/{name}"), seen, checked_in);
}

/// Prints a table and compares it with the checked-in file at this path from the repository's root. With
/// `UPDATE_TABLES=1` it writes the file instead.
pub(crate) fn compare_at(path: &str, seen: &str, checked_in: &str) {
    let _ = writeln!(stdout(), "{seen}");
    if Env::of_process().get("UPDATE_TABLES").is_some_and(|value| value == "1") {
        std::fs::write(format!("{}/../{path}", env!("CARGO_MANIFEST_DIR")), seen).unwrap();
        return;
    }
    let fresh = format!("{}/{}", env!("CARGO_TARGET_TMPDIR"), path.rsplit('/').next().unwrap());
    std::fs::write(&fresh, seen).unwrap();
    assert!(
        seen == checked_in,
        "the table has changed; if that is right, run again with UPDATE_TABLES=1, or: cp {fresh} {path}"
    );
}
