//! Tables that tests write of what they saw, and that are checked in.

use std::io::{Write, stdout};

/// Prints what was seen, and compares it with what is checked in beside the test as `name`.
pub(crate) fn compare(name: &str, seen: &str, checked_in: &str) {
    let _ = writeln!(stdout(), "{seen}");
    let fresh = format!("{}/{name}", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&fresh, seen).unwrap();
    assert!(seen == checked_in, "the table has changed; if that is right: cp {fresh} server/tests/it/{name}");
}
