//! The command line.

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

use crate::adversary::Attacks;
use crate::bench::Bench;
use crate::crash::Kills;
use crate::gallery::Gallery;
use crate::model::Crossings;

/// Every command of this repository.
#[derive(Debug, Parser)]
#[command(name = "xtask", bin_name = "cargo xtask", disable_help_subcommand = false, arg_required_else_help = true)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) task: Task,
}

/// A command with its options.
#[derive(Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum Task {
    /// Install missing tools: WebAssembly target, npm's packages, nextest, Chromium, services for tests.
    Setup,
    /// Build the files to deploy: target/release/countersign and target/site.
    Build,
    /// Build the demo, start sandbox and server; Ctrl-C stops both.
    Run(Options),
    /// Start sandbox and server; rebuild and restart them at each change.
    Dev(Options),
    /// Run everything that CI checks.
    Test,
    /// Check the rules of the architecture.
    Check,
    /// Run the browser tests.
    E2e {
        /// Arguments of Playwright.
        #[arg(last = true)]
        words: Vec<String>,
    },
    /// Take pictures of every page and state into target/gallery, in every language, theme and width.
    Gallery(Gallery),
    /// Check the pages with Lighthouse; print its scores, and fail if one is too low.
    Lighthouse,
    /// Kill the server again and again, then let stops, sign-outs, crashes, slow stores and lost answers cross the turns
    /// of two instances. Fails if anything was lost or done twice.
    Crash(Kills),
    /// Let a hostile model attack the core and the whole server. Fails if anything was done without its permission and
    /// its approval.
    Adversary(Attacks),
    /// Let every pair of events cross the turns of two instances, and random triples.
    Model(Crossings),
    /// Measure; the figures stand beside their budgets.
    #[command(subcommand)]
    Bench(Bench),
    /// Measure the size of the first page load.
    Size,
    /// List known vulnerabilities of the dependencies; downloads the database.
    Advisories,
    /// Print a completion script; it completes `xtask`, for a shell with `alias xtask='cargo xtask'`.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

/// The options of `run` and `dev`.
#[derive(Debug, PartialEq, Eq, Args)]
pub(crate) struct Options {
    /// Port of the server.
    #[arg(long, default_value_t = 3000)]
    pub(crate) port: u16,
    /// First port of the sandbox, that of its console.
    #[arg(long, default_value_t = 4100)]
    pub(crate) sandbox_port_base: u16,
    /// Directory of the sandbox's data.
    #[arg(long, default_value = "target/sandbox")]
    pub(crate) data: PathBuf,
    /// Milliseconds between two words of the scripted model; without it, the sandbox's own pace.
    #[arg(long)]
    pub(crate) model_pace_ms: Option<u64>,
}

/// Writes the completion script of a shell to standard output.
pub(crate) fn completions(shell: Shell) {
    let mut command = CommandLine::command().bin_name("xtask");
    clap_complete::generate(shell, &mut command, "xtask", &mut std::io::stdout());
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::gallery::Language;

    fn parse(line: &str) -> Result<Task, clap::Error> {
        let words = std::iter::once("xtask").chain(line.split_whitespace());
        CommandLine::try_parse_from(words).map(|line| line.task)
    }

    #[test]
    fn arguments_become_tasks() {
        let defaults =
            || Options { port: 3000, sandbox_port_base: 4100, data: "target/sandbox".into(), model_pace_ms: None };
        let options = Options { port: 1, sandbox_port_base: 2, data: "d".into(), model_pace_ms: Some(3) };
        let kills = || Kills { kills: 360, seed: 1, run: None, pairs: 2_000 };
        let rows = [
            ("setup", Task::Setup),
            ("test", Task::Test),
            ("run", Task::Run(defaults())),
            ("run --port 1 --sandbox-port-base 2 --data d --model-pace-ms 3", Task::Run(options)),
            ("dev --port 3000", Task::Dev(defaults())),
            ("crash", Task::Crash(kills())),
            ("crash --kills 500 --seed 9 --pairs 7", Task::Crash(Kills { kills: 500, seed: 9, pairs: 7, ..kills() })),
            ("crash --run 17", Task::Crash(Kills { run: Some(17), ..kills() })),
            ("model", Task::Model(Crossings { pairs: None, triples: 100_000, seed: 1 })),
            ("model --pairs 5 --triples 6 --seed 7", Task::Model(Crossings { pairs: Some(5), triples: 6, seed: 7 })),
            ("adversary --seed 3", Task::Adversary(Attacks { transcripts: 500, seed: 3 })),
            ("bench turns", Task::Bench(Bench::Turns)),
            ("bench streams", Task::Bench(Bench::Streams { number: 10_000 })),
            ("bench streams 500", Task::Bench(Bench::Streams { number: 500 })),
            ("bench approvals --people 20", Task::Bench(Bench::Approvals { people: 20 })),
            ("e2e", Task::E2e { words: vec![] }),
            ("e2e -- --headed chat", Task::E2e { words: vec!["--headed".into(), "chat".into()] }),
            ("gallery", Task::Gallery(Gallery { only: None, language: None })),
            (
                "gallery --only inbox --language de",
                Task::Gallery(Gallery { only: Some("inbox".into()), language: Some(Language::De) }),
            ),
            ("lighthouse", Task::Lighthouse),
            ("completions bash", Task::Completions { shell: Shell::Bash }),
        ];
        for (line, task) in rows {
            assert_eq!(parse(line).unwrap(), task, "{line}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        let rows = [
            ("tset", "tset"),
            ("test chat", "chat"),
            ("run --port", "--port"),
            ("run --port 70000", "70000"),
            ("run --prot 1", "--prot"),
            ("crash --kills many", "many"),
            ("crash --seed -1", "-1"),
            ("model --pairs all", "all"),
            ("bench", "approvals"),
            ("gallery --language fr", "fr"),
            ("bench turns 7", "7"),
            ("bench lunch", "lunch"),
        ];
        for (line, part) in rows {
            let error = parse(line).unwrap_err().to_string();
            assert!(error.contains(part), "{line}: {error}");
        }
    }

    #[test]
    fn the_definition_is_consistent() {
        CommandLine::command().debug_assert();
    }
}
