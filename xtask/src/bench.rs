//! `bench`: measurements on the sandbox. The numbers depend on the machine, so they are printed and never asserted.

use anyhow::{Context, Result, bail};

use crate::setup::{self, Need};
use crate::shell::{self, step};
use crate::workspace::Workspace;

/// A measurement.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Bench {
    /// The cost of many pending approvals on one server.
    Approvals {
        /// Number of people with one pending approval each.
        people: u32,
    },
    /// The cost of open but quiet pages on one server.
    Streams {
        /// Number of open pages.
        many: u32,
    },
    /// The cost of rendering pages of different lengths.
    Pages,
    /// Our own share of a turn's duration, and the cost of a start.
    Turns,
}

impl Bench {
    /// Parses the arguments of the command line.
    pub(crate) fn parse(words: &[String]) -> Result<Self> {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["approvals"] => Ok(Self::Approvals { people: 1_000 }),
            ["approvals", "--people", many] => Ok(Self::Approvals {
                people: many.parse().with_context(|| format!("--people takes a number, not {many}"))?,
            }),
            ["streams"] => Ok(Self::Streams { many: 10_000 }),
            ["streams", many] => {
                Ok(Self::Streams { many: many.parse().with_context(|| format!("streams takes a number, not {many}"))? })
            }
            ["pages"] => Ok(Self::Pages),
            ["turns"] => Ok(Self::Turns),
            _ => bail!("bench measures approvals, streams, pages or turns, not {}", words.join(" ")),
        }
    }

    /// Returns the name of the test that measures it.
    const fn test(&self) -> &'static str {
        match self {
            Self::Approvals { .. } => "approvals",
            Self::Streams { .. } => "streams",
            Self::Pages => "pages",
            Self::Turns => "turns",
        }
    }
}

/// Builds the server and its measurements in release mode and runs one measurement.
pub(crate) fn bench(workspace: &mut Workspace, bench: &Bench) -> Result<()> {
    setup::ensure(workspace, &[Need::WebAssembly])?;
    let words = ["test", "--release", "--workspace", "--exclude", "countersign-frontend", "--test", "bench", "--"];
    let mut cargo = workspace.cargo(words);
    cargo.args(["--ignored", "--exact", bench.test(), "--nocapture"]);
    match bench {
        Bench::Approvals { people } => drop(cargo.env("BENCH_PEOPLE", people.to_string())),
        Bench::Streams { many } => drop(cargo.env("BENCH_STREAMS", many.to_string())),
        Bench::Pages | Bench::Turns => {}
    }
    let status = step("measure", || shell::status(&mut cargo))?;
    if !status.success() {
        bail!("the measurement failed: see above");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn parse(line: &str) -> Result<Bench> {
        Bench::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn arguments_choose_the_measurement() {
        let rows = [
            ("approvals", Bench::Approvals { people: 1_000 }),
            ("approvals --people 20", Bench::Approvals { people: 20 }),
            ("streams", Bench::Streams { many: 10_000 }),
            ("streams 500", Bench::Streams { many: 500 }),
            ("pages", Bench::Pages),
            ("turns", Bench::Turns),
        ];
        for (line, bench) in rows {
            assert_eq!(parse(line).unwrap(), bench, "{line}");
        }
        for line in ["", "approvals --people", "approvals --people many", "turns 7", "streams many", "lunch"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
