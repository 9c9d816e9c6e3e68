//! The environment of the long tests: how much `cargo xtask` asks for, and the lines that it makes its table of.

use countersign::config::Env;
use std::fs::OpenOptions;
use std::io::{Write, stdout};
use std::str::FromStr;

/// The number in this variable, if it is set.
pub(crate) fn asked<T: FromStr>(variable: &str) -> Option<T> {
    let env = Env::of_process();
    env.get(variable).map(|value| value.parse().unwrap_or_else(|_| panic!("{variable} is a number")))
}

pub(crate) fn say(line: &str) {
    let _ = writeln!(stdout(), "{line}");
}

/// Adds a line to the file that `CRASH_REPORT` names, if it does.
pub(crate) fn add_to_table(kind: &str, count: usize, violations: usize, seconds: f64) {
    if let Some(report) = Env::of_process().get("CRASH_REPORT") {
        let mut report = OpenOptions::new().create(true).append(true).open(report).unwrap();
        writeln!(report, "{kind}\t{count}\t{violations}\t{seconds:.1}").unwrap();
    }
}
