//! `check`: the rules of the architecture, one module each.

mod dependencies;
mod environment;
mod graph;
mod guarantees;
mod image;
mod layers;
mod length;
mod links;
mod locks;
mod manifests;
mod paths;
mod prose;
mod sources;
mod texts;
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

const RULES: [Rule; 15] = [
    Rule {
        name: "each crate depends only on the layers below",
        advice: "adapters may use `agent` and their vendor; `app` only the texts; the sandbox only its own crates",
        find: layers::find,
    },
    Rule {
        name: "the core, the ledger and sealing depend on no vendor and no HTTP",
        advice: "move the code that needs them into an adapter behind a port of `agent`",
        find: graph::find_in_core,
    },
    Rule {
        name: "the browser's program contains no server code",
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
    Rule { name: "files stay small", advice: "split the file by purpose", find: length::find },
    Rule {
        name: "lock files name no host",
        advice: "remove the lines; end2end/.npmrc keeps npm from writing them",
        find: locks::find,
    },
    Rule {
        name: "no file names a path of one machine",
        advice: "use a path relative to the repository",
        find: paths::find,
    },
    Rule {
        name: "every guarantee names its test or type",
        advice: "name a test or a type that exists, or remove the guarantee",
        find: guarantees::find,
    },
    Rule {
        name: "every link between documents has a target",
        advice: "name a file and a heading that exist",
        find: links::find,
    },
    Rule {
        name: "comments begin with a noun or a verb",
        advice: "describe the item, and say more than its name does",
        find: prose::find,
    },
    Rule {
        name: "every crate names its dependencies in its code",
        advice: "remove the dependency from Cargo.toml",
        find: dependencies::find,
    },
    Rule {
        name: "texts for people stand in the Fluent files, and each is used",
        advice: "move the text to crates/languages/{en,es,de}, or remove the message",
        find: texts::find,
    },
    Rule {
        name: "the image copies what exists and runs as a numeric user",
        advice: "correct the Containerfile: nothing here builds it",
        find: image::find,
    },
    Rule {
        name: "every crate uses the lints of the workspace",
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
