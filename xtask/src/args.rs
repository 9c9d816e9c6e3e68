//! The command line.

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context, Result, bail};

use crate::adversary::Attacks;
use crate::bench::Bench;
use crate::crash::Kills;
use crate::model::Crossings;

pub(crate) const USAGE: &str = "\
cargo xtask <command>

  setup              install missing tools: WebAssembly target, wasm-bindgen, npm's packages, nextest, Chromium
  build              build the files to deploy: target/release/countersign and target/site
  run [options]      build the release, start sandbox and server; Ctrl-C stops both
  dev [options]      start sandbox and server; rebuild and restart them at each change
  test               run everything that CI checks
  check              check the rules of the architecture
  e2e [-- words]     run the browser tests; Playwright gets the words as arguments
  crash [options]    kill the server with SIGKILL, 360 times or more, then let stops, sign-outs, crashes, slow stores and
                     lost answers cross the turns of two instances; fails if anything was lost or done twice
  adversary [options]
                     let a hostile model attack the core and the whole server; fails if anything was done
                     without its permission and its approval
  model [options]    let every pair of these events cross the turns, and random triples
  bench approvals [--people N]
                     measure the cost of N (1000) pending approvals for one server
  bench streams [N]  measure the cost of N (10000) open, quiet pages for one server
  bench pages        measure the cost of a page with 20, 300 and 2000 messages
  bench turns        measure the server's own time in a turn, and the cost of a start
  size               measure the size of the first page load
  advisories         list known vulnerabilities of the dependencies; downloads the database

Options of run and dev:
  --port N                 port of the server (3000)
  --sandbox-port-base N    first port of the sandbox, that of its console (4100)
  --data DIR               directory of the sandbox's data (target/sandbox)
  --model-pace-ms N        milliseconds between two words of the scripted model

Options of crash:
  --kills N                minimum number of kills (360)
  --seed S                 seed for the places of the kills (1)
  --run R                  repeat only run R of the list, without crossings
  --pairs N                number of pairs of crossings (2000), in addition to every single one

Options of model:
  --pairs N                number of pairs of crossings (all)
  --triples N              number of triples (100000)
  --seed S                 seed for the choice of pairs and triples (1)

Options of adversary:
  --transcripts N          number of conversations with the whole server (500); the core gets 20 times as many
  --seed S                 seed for the words of the model (1)";

/// A command with its options.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Help,
    Setup,
    Build,
    Run(Options),
    Dev(Options),
    Test,
    Check,
    EndToEnd(Vec<String>),
    Crash(Kills),
    Adversary(Attacks),
    Bench(Bench),
    Model(Crossings),
    Size,
    Advisories,
}

/// The options of `run` and `dev`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) port: u16,
    pub(crate) sandbox_port_base: u16,
    pub(crate) data: PathBuf,
    /// `None` leaves the pace to the sandbox.
    pub(crate) model_pace_ms: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self { port: 3000, sandbox_port_base: 4100, data: "target/sandbox".into(), model_pace_ms: None }
    }
}

impl Task {
    pub(crate) fn parse(words: impl IntoIterator<Item = String>) -> Result<Self> {
        let mut words = words.into_iter();
        let command = words.next().unwrap_or_else(|| "help".to_owned());
        let mut rest: Vec<String> = words.collect();
        let task = match command.as_str() {
            "run" => return Ok(Self::Run(options(rest)?)),
            "dev" => return Ok(Self::Dev(options(rest)?)),
            "crash" => return Ok(Self::Crash(Kills::parse(rest)?)),
            "model" => return Ok(Self::Model(Crossings::parse(rest)?)),
            "adversary" => return Ok(Self::Adversary(Attacks::parse(rest)?)),
            "bench" => return Ok(Self::Bench(Bench::parse(&rest)?)),
            "e2e" => {
                if rest.first().is_some_and(|word| word == "--") {
                    rest.remove(0);
                }
                return Ok(Self::EndToEnd(rest));
            }
            "setup" => Self::Setup,
            "build" => Self::Build,
            "test" => Self::Test,
            "check" => Self::Check,
            "size" => Self::Size,
            "advisories" => Self::Advisories,
            "help" | "-h" | "--help" => Self::Help,
            _ => bail!("unknown command {command}\n\n{USAGE}"),
        };
        match rest.first() {
            Some(word) => bail!("{command} takes no argument {word}\n\n{USAGE}"),
            None => Ok(task),
        }
    }
}

fn options(words: Vec<String>) -> Result<Options> {
    let mut options = Options::default();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().with_context(|| format!("{word} needs a value"));
        match word.as_str() {
            "--port" => options.port = number(&word, &value()?)?,
            "--sandbox-port-base" => options.sandbox_port_base = number(&word, &value()?)?,
            "--data" => options.data = value()?.into(),
            "--model-pace-ms" => options.model_pace_ms = Some(number(&word, &value()?)?),
            _ => bail!("unknown option {word}\n\n{USAGE}"),
        }
    }
    Ok(options)
}

fn number<N: FromStr>(flag: &str, value: &str) -> Result<N> {
    value.parse().ok().with_context(|| format!("{flag} takes a number, not {value}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn parse(line: &str) -> Result<Task> {
        Task::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn arguments_become_tasks() {
        let options = Options { port: 1, sandbox_port_base: 2, data: "d".into(), model_pace_ms: Some(3) };
        let rows = [
            ("", Task::Help),
            ("--help", Task::Help),
            ("setup", Task::Setup),
            ("test", Task::Test),
            ("run", Task::Run(Options::default())),
            ("run --port 1 --sandbox-port-base 2 --data d --model-pace-ms 3", Task::Run(options)),
            ("dev --port 3000", Task::Dev(Options::default())),
            ("crash --kills 300", Task::Crash(Kills { kills: 300, ..Kills::default() })),
            ("model --seed 3", Task::Model(Crossings { seed: 3, ..Crossings::default() })),
            ("adversary --seed 3", Task::Adversary(Attacks { seed: 3, ..Attacks::default() })),
            ("bench turns", Task::Bench(Bench::Turns)),
            ("e2e", Task::EndToEnd(vec![])),
            ("e2e -- --headed chat", Task::EndToEnd(vec!["--headed".into(), "chat".into()])),
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
            ("run --port", "--port needs"),
            ("run --port 70000", "70000"),
            ("run --prot 1", "--prot"),
        ];
        for (line, part) in rows {
            let error = parse(line).unwrap_err().to_string();
            assert!(error.contains(part), "{line}: {error}");
        }
    }
}
