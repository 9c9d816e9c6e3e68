//! Every command of this repository: `cargo xtask <command>`.

mod adversary;
mod args;
mod artifacts;
mod bench;
mod check;
mod crash;
mod dev;
mod documents;
mod e2e;
mod front_end;
mod gallery;
mod lighthouse;
mod model;
mod run;
mod services;
mod setup;
mod shell;
mod size;
mod table;
mod test;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use args::{CommandLine, Task};
use shell::say;
use workspace::Workspace;

fn main() -> ExitCode {
    match perform(CommandLine::parse().task) {
        Ok(code) => code,
        Err(error) => {
            say(format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> Result<ExitCode> {
    shell::signals::listen()?;
    let mut workspace = Workspace::find()?;
    let workspace = &mut workspace;
    match task {
        Task::Setup => setup::ensure(workspace, setup::ALL),
        Task::Build => run::build(workspace),
        Task::Run(options) => run::run(workspace, &options),
        Task::Dev(options) => dev::dev(workspace, &options),
        Task::Check => check::check(workspace),
        Task::Test => return test::test(workspace),
        Task::E2e { words } => e2e::command(workspace, &words),
        Task::Gallery(gallery) => gallery::gallery(workspace, &gallery),
        Task::Lighthouse => lighthouse::command(workspace),
        Task::Crash(kills) => crash::crash(workspace, &kills),
        Task::Adversary(attacks) => adversary::adversary(workspace, &attacks),
        Task::Model(crossings) => model::model(workspace, &crossings),
        Task::Bench(bench) => bench::bench(workspace, &bench),
        Task::Size => size::size(workspace),
        Task::Advisories => documents::advisories(workspace),
        Task::Completions { shell } => {
            args::completions(shell);
            Ok(())
        }
    }?;
    Ok(ExitCode::SUCCESS)
}
