//! `dev`: runs the sandbox, and rebuilds and restarts the server at each change.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::Result;

use crate::args::Options;
use crate::artifacts::{self, Profile};
use crate::front_end;
use crate::services::{Plan, Service};
use crate::setup;
use crate::shell::{say, signals};
use crate::workspace::Workspace;
use crate::{run, services};

/// Directories with the sources of the programs.
const WATCHED: [&str; 6] = ["app", "crates", "frontend", "public", "server", "style"];
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Watches until Ctrl-C. If a build fails, the previous server keeps running.
pub(crate) fn dev(workspace: &mut Workspace, options: &Options) -> Result<()> {
    setup::ensure(workspace, setup::BUILD)?;
    build(workspace)?;
    let plan = run::plan(workspace, options, Profile::Tests);
    let (environment, sandbox) = plan.start_sandbox(workspace)?;
    let mut server = plan.start_server(workspace, &environment)?;
    say(run::welcome(&plan));
    let mut seen = newest_change(workspace);
    while !signals::caught() {
        thread::sleep(LOOK_EVERY);
        let now = newest_change(workspace);
        if now == seen {
            continue;
        }
        seen = now;
        match build(workspace) {
            Ok(()) => server = restart(workspace, &plan, &environment, server)?,
            Err(error) => say(format!("{error:#}\nThe last build keeps running.")),
        }
    }
    services::stop(vec![server, sandbox])
}

fn build(workspace: &Workspace) -> Result<()> {
    front_end::build(workspace, Profile::Tests)?;
    artifacts::programs(workspace, Profile::Tests)
}

fn restart(
    workspace: &Workspace,
    plan: &Plan,
    environment: &services::Environment,
    server: Service,
) -> Result<Service> {
    server.stop()?;
    plan.start_server(workspace, environment)
}

fn newest_change(workspace: &Workspace) -> Option<SystemTime> {
    WATCHED.iter().filter_map(|directory| newest(&workspace.path(directory))).max()
}

/// Returns the time of the newest change below `path`. Ignores files that vanish during the scan.
fn newest(path: &Path) -> Option<SystemTime> {
    if !path.is_dir() {
        return fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    }
    let below = fs::read_dir(path).ok()?.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let below: Vec<PathBuf> = below.collect();
    let own = fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    below.iter().filter_map(|path| newest(path)).chain(own).max()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_changed_file_and_a_deleted_one_are_noticed() {
        let directory = std::env::temp_dir().join(format!("countersign-dev-{}", std::process::id()));
        fs::create_dir_all(directory.join("src")).unwrap();
        let file = directory.join("src/one.rs");
        fs::write(&file, "1").unwrap();
        let later = SystemTime::now() + Duration::from_secs(60);
        fs::File::options().write(true).open(&file).unwrap().set_modified(later).unwrap();
        let changed = newest(&directory);
        fs::remove_file(&file).unwrap();
        let gone = newest(&directory);
        fs::remove_dir_all(&directory).unwrap();
        assert_eq!(changed, Some(later));
        assert!(gone.is_some_and(|time| time < later));
    }
}
