//! `bench`: measurements on the sandbox. The numbers depend on the machine, so they are printed and never asserted.

use anyhow::{Result, bail};
use clap::Subcommand;

use crate::setup::{self, Need};
use crate::shell::{self, step};
use crate::workspace::Workspace;

/// A measurement.
#[derive(Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum Bench {
    /// The cost of many pending approvals on one server.
    Approvals {
        /// Number of people with one pending approval each.
        #[arg(long, default_value_t = 1_000)]
        people: u32,
    },
    /// The cost of open but quiet pages on one server.
    Streams {
        /// Number of open pages.
        #[arg(default_value_t = 10_000)]
        number: u32,
    },
    /// The cost of pages with 20, 300 and 2000 messages.
    Pages,
    /// The server's own time in a turn, and the cost of a start.
    Turns,
    /// The duration of a call at the MCP door, and the share of each check.
    Doors,
}

impl Bench {
    /// Returns the name of the test that measures it.
    const fn test(&self) -> &'static str {
        match self {
            Self::Approvals { .. } => "approvals",
            Self::Streams { .. } => "streams",
            Self::Pages => "pages",
            Self::Turns => "turns",
            Self::Doors => "doors",
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
        Bench::Streams { number } => drop(cargo.env("BENCH_STREAMS", number.to_string())),
        Bench::Pages | Bench::Turns | Bench::Doors => {}
    }
    let status = step("measure", || shell::status(&mut cargo))?;
    if !status.success() {
        bail!("the measurement failed: see above");
    }
    Ok(())
}
