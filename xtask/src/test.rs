//! `test`: everything that CI checks.

pub(crate) mod counts;

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::shell::{self, run, say, step};
use crate::workspace::Workspace;
use crate::{check, documents, e2e, lighthouse, setup};
use counts::Counts;

/// Runs every step, even after a failure, so that one run reports all problems. The total is the last line.
pub(crate) fn test(workspace: &mut Workspace) -> Result<ExitCode> {
    setup::ensure(workspace, setup::ALL)?;
    let workspace = &*workspace;
    let mut total = Counts::default();
    let mut failures = Vec::new();
    let mut take = |name: &'static str, result: Result<Counts>| match result {
        Ok(counts) => total = total + counts,
        Err(error) => {
            say(format!("{error:#}"));
            failures.push(name);
            // A step that cannot count its tests counts as one failure.
            total.failed += 1;
        }
    };
    take("check", check::check(workspace).map(|()| Counts::default()));
    for (name, words) in LINTS {
        take(name, step(name, || run(workspace.cargo(words.iter().copied()))).map(|()| Counts::default()));
    }
    for (name, result) in documents::check(workspace) {
        take(name, result.map(|()| Counts::default()));
    }
    take("tests", step("tests", || nextest(workspace)));
    let documentation = || step("documentation", || run(workspace.cargo(DOCUMENTATION)));
    let (browsers, documentation) = e2e::test_beside(workspace, documentation);
    take("e2e", browsers);
    take("documentation", documentation.map(|()| Counts::default()));
    take("lighthouse", lighthouse::lighthouse(workspace).map(|()| Counts::default()));
    if !failures.is_empty() {
        say(format!("steps that failed: {}", failures.join(", ")));
    }
    say(total);
    Ok(if total.failed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The documentation is built for its links, on one processor.
const DOCUMENTATION: [&str; 9] = [
    "doc",
    "--jobs=1",
    "--workspace",
    "--exclude",
    "countersign-frontend",
    "--no-deps",
    "--lib",
    "--config",
    "build.rustdocflags=[\"-Dwarnings\"]",
];

/// Clippy runs separately for host and browser: together they would mix the features `ssr` and `hydrate`.
const LINTS: [(&str, &[&str]); 3] = [
    ("fmt", &["fmt", "--all", "--check"]),
    (
        "clippy",
        &["clippy", "--workspace", "--exclude", "countersign-frontend", "--all-targets", "--", "-D", "warnings"],
    ),
    (
        "clippy for the browser",
        &["clippy", "-p", "countersign-frontend", "--target", "wasm32-unknown-unknown", "--", "-D", "warnings"],
    ),
];

fn nextest(workspace: &Workspace) -> Result<Counts> {
    let report = workspace.built("nextest/default/junit.xml");
    let _ = fs::remove_file(&report);
    let mut cargo = workspace.cargo(["nextest", "run", "--workspace", "--exclude", "countersign-frontend"]);
    let status = shell::status(&mut cargo)?;
    let report = fs::read_to_string(&report).context("the tests didn't run")?;
    let counts = counts::of_nextest(&report)?;
    if !status.success() && counts.failed == 0 {
        bail!("nextest ended with {status}, though no test failed");
    }
    Ok(counts)
}
