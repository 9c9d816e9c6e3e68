//! `dev`: the sandbox, and the server compiled anew at each change.

use std::fs;

use anyhow::Result;

use crate::args::Options;
use crate::artifacts::{self, Profile};
use crate::run;
use crate::services::{Output, Service, supervise};
use crate::setup;
use crate::shell::say;
use crate::workspace::Workspace;

/// Watches until Ctrl-C.
pub(crate) fn dev(workspace: &mut Workspace, options: &Options) -> Result<()> {
    setup::ensure(workspace, setup::RUN)?;
    artifacts::programs(workspace, Profile::Tests)?;
    let plan = run::plan(workspace, options, Profile::Tests);
    let (environment, sandbox) = plan.start_sandbox(workspace)?;
    // It writes to the directory that the release's front end is in.
    let _ = fs::remove_file(workspace.path(artifacts::STAMP));
    let mut leptos = workspace.cargo(["leptos", "watch"]);
    environment.give(&mut leptos);
    // Of two addresses the one with the chosen port has to win.
    leptos.env("LEPTOS_SITE_ADDR", format!("127.0.0.1:{}", plan.port));
    let watcher = Service::start("cargo leptos watch", leptos, &Output::Terminal)?;
    say(run::welcome(&plan));
    supervise(vec![watcher, sandbox])
}
