//! `e2e`: the browser tests.

use std::fs;
use std::process::Command;
use std::thread;

use anyhow::{Context, Result, anyhow, bail};

use crate::artifacts::{self, Profile};
use crate::front_end;
use crate::services::{self, Extras, Output, Plan};
use crate::setup;
use crate::shell::{self, say, step};
use crate::test::counts::{self, Counts};
use crate::workspace::Workspace;

const DIRECTORY: &str = "target/e2e";

/// One tool is approved by a passkey on another device, all others on the phone.
const POLICY: &str = "\
[[rule]]
tool = \"okta_delete_user\"
approvals = [\"passkey\"]
device = \"other\"
";

/// Builds the programs and runs the browser tests; the arguments go to Playwright.
pub(crate) fn command(workspace: &mut Workspace, words: &[String]) -> Result<()> {
    setup::ensure(workspace, setup::BROWSER)?;
    let counts = build_and_test(workspace, words)?;
    say(counts);
    if counts.failed > 0 {
        bail!("browser tests failed");
    }
    Ok(())
}

fn build_and_test(workspace: &Workspace, words: &[String]) -> Result<Counts> {
    with_server(workspace, |plan| tests(workspace, plan, words))
}

/// Builds and tests, and runs `aside` beside the browser tests, which leave a processor free.
pub(crate) fn test_beside(
    workspace: &Workspace,
    aside: impl FnOnce() -> Result<()> + Send,
) -> (Result<Counts>, Result<()>) {
    let mut done = Err(anyhow!("the browser tests did not start"));
    let counts = with_server(workspace, |plan| {
        thread::scope(|scope| {
            let aside = scope.spawn(aside);
            let counts = tests(workspace, plan, &[]);
            done = aside.join().unwrap_or_else(|_| Err(anyhow!("it panicked")));
            counts
        })
    });
    (counts, done)
}

fn tests(workspace: &Workspace, plan: &Plan, words: &[String]) -> Result<Counts> {
    let counts = step("browser tests", || playwright(workspace, plan, words));
    if counts.as_ref().map_or(true, |counts| counts.failed > 0) {
        say(format!("the server's log: {DIRECTORY}/server.log, the sandbox's: {DIRECTORY}/sandbox.log"));
    }
    counts
}

/// Builds the front end and the programs, starts sandbox and server, does the work and stops them.
pub(crate) fn with_server<T>(workspace: &Workspace, work: impl FnOnce(&Plan) -> Result<T>) -> Result<T> {
    front_end::build(workspace, Profile::Release)?;
    artifacts::programs(workspace, Profile::Tests)?;
    let plan = plan(workspace)?;
    let (_, services) = plan.start(workspace)?;
    let result = work(&plan);
    services::stop(services).and(result)
}

/// Returns a program that reads the addresses of sandbox and server from its environment (`end2end/support/env.ts`).
pub(crate) fn client(workspace: &Workspace, plan: &Plan, program: &str) -> Result<Command> {
    let mut command = workspace.program(program);
    command.env("BASE_URL", plan.app_url()).env("CONSOLE_URL", plan.console_url());
    command.env("CHROMIUM_PATH", setup::chromium()?).env("FIREFOX_PATH", setup::firefox()?);
    command.env("RUN_ENV", &plan.env_file);
    Ok(command)
}

/// Returns the plan of sandbox and server for tests: other ports than `run`, fresh data, and a fast model.
pub(crate) fn plan(workspace: &Workspace) -> Result<Plan> {
    let directory = workspace.path(DIRECTORY);
    fs::create_dir_all(&directory)?;
    // Stored in a file, so that a test can search it for secrets at the end.
    let data = directory.join("data");
    if data.exists() {
        fs::remove_dir_all(&data)?;
    }
    Ok(Plan {
        profile: Profile::Tests,
        port: 3300,
        sandbox_port_base: 4300,
        data: Some(data),
        model_pace_ms: Some(10),
        poll_interval_s: Some(1),
        extras: Some(Extras { policy: POLICY }),
        env_file: directory.join("run.env"),
        output: Output::Files(directory),
    })
}

fn playwright(workspace: &Workspace, plan: &Plan, words: &[String]) -> Result<Counts> {
    let report = workspace.path(DIRECTORY).join("playwright.json");
    let _ = fs::remove_file(&report);
    let mut playwright = client(workspace, plan, "playwright")?;
    playwright.current_dir(workspace.path("end2end")).args(["test", "--reporter=list,json"]).args(words);
    playwright.env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report);
    let status = shell::status(&mut playwright)?;
    let report = fs::read_to_string(&report).context("Playwright wrote no report")?;
    let counts = counts::of_playwright(&report)?;
    if !status.success() && counts.failed == 0 {
        bail!("Playwright ended with {status}, though no test failed");
    }
    Ok(counts)
}
