//! `check`: the rules of the architecture, one module each.

mod environment;
mod graph;
mod guarantees;
mod layers;
mod length;
mod links;
mod locks;
mod manifests;
mod paths;
mod prose;
mod sources;
mod wiring;

use anyhow::{Result, bail};

use crate::shell::{say, step};
use crate::workspace::Workspace;
use graph::Crate;
use sources::Source;

/// The violations of a rule, one a line.
type Findings = Vec<String>;

/// The input of the rules.
struct Repository<'a> {
    workspace: &'a Workspace,
    crates: Vec<Crate>,
    sources: Vec<Source>,
}

struct Rule {
    name: &'static str,
    /// Says why a violation matters and how to fix it.
    advice: &'static str,
    find: fn(&Repository<'_>) -> Result<Findings>,
}

const RULES: [Rule; 12] = [
    Rule {
        name: "each crate knows only the layers below",
        advice: "adapters know `agent` and their vendor; `app` knows none of ours; the sandbox knows only itself",
        find: layers::find,
    },
    Rule {
        name: "the core, the ledger and sealing hold no vendor and no HTTP",
        advice: "what needs them belongs in an adapter behind a port of `agent`",
        find: graph::find_in_core,
    },
    Rule {
        name: "the browser's program holds nothing of the server",
        advice: "move it behind the feature `ssr` of `app`",
        find: graph::find_in_browser,
    },
    Rule {
        name: "only the wiring names adapters",
        advice: "let server/src/wiring.rs hand out a port of `agent`",
        find: wiring::find,
    },
    Rule {
        name: "only the configuration reads the environment",
        advice: "read it in server/src/config.rs and pass the value on",
        find: environment::find,
    },
    Rule { name: "files stay small", advice: "split it by what it does", find: length::find },
    Rule {
        name: "lock files name no host",
        advice: "take the lines out; end2end/.npmrc keeps npm from writing them",
        find: locks::find,
    },
    Rule { name: "no path of somebody's machine", advice: "say it relative to the repository", find: paths::find },
    Rule {
        name: "every guarantee names what holds it",
        advice: "name a test or a type that exists, or take the guarantee back",
        find: guarantees::find,
    },
    Rule {
        name: "every link between documents leads somewhere",
        advice: "name a file and a heading that exist",
        find: links::find,
    },
    Rule {
        name: "comments are statements",
        advice: "begin with the noun or the verb, and say more than the name does",
        find: prose::find,
    },
    Rule {
        name: "every crate takes the workspace's lints",
        advice: "add [lints] workspace = true",
        find: manifests::find,
    },
];

/// Applies all rules.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    step("check the architecture", || {
        let crates = graph::crates(workspace)?;
        let repository = Repository { workspace, crates, sources: sources::read(workspace)? };
        let broken = RULES.iter().map(|rule| rule.apply(&repository)).collect::<Result<Vec<_>>>()?;
        for (path, lines) in length::long(&repository.sources) {
            say(format!("  {path} has {lines} lines: could it be two files?"));
        }
        match broken.iter().filter(|broken| **broken).count() {
            0 => Ok(()),
            count => bail!("{count} of {} rules are broken", RULES.len()),
        }
    })
}

impl Rule {
    /// Prints the violations of this rule and returns `true` if there are any.
    fn apply(&self, repository: &Repository<'_>) -> Result<bool> {
        let findings = (self.find)(repository)?;
        if findings.is_empty() {
            say(format!("  ok      {}", self.name));
            return Ok(false);
        }
        say(format!("  broken  {}: {}", self.name, self.advice));
        for finding in &findings {
            say(format!("            {finding}"));
        }
        Ok(true)
    }
}
