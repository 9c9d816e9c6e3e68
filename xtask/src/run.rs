//! `run`: the demo, with the sandbox. `build`: the files to deploy.

use anyhow::Result;

use crate::args::Options;
use crate::artifacts::{self, Profile};
use crate::front_end;
use crate::services::{Output, Plan, supervise};
use crate::setup;
use crate::shell::say;
use crate::workspace::Workspace;

const ENV_FILE: &str = "target/run.env";

/// Builds and runs both until Ctrl-C.
pub(crate) fn run(workspace: &mut Workspace, options: &Options) -> Result<()> {
    setup::ensure(workspace, setup::RUN)?;
    front_end::build(workspace, Profile::Demo)?;
    artifacts::programs(workspace, Profile::Demo)?;
    let plan = plan(workspace, options, Profile::Demo);
    let (_, services) = plan.start(workspace)?;
    say(welcome(&plan));
    supervise(services)
}

/// Builds the deployable files: `target/release/countersign` and `target/site`.
pub(crate) fn build(workspace: &mut Workspace) -> Result<()> {
    setup::ensure(workspace, setup::BUILD)?;
    front_end::build(workspace, Profile::Release)?;
    artifacts::programs(workspace, Profile::Release)
}

pub(crate) fn plan(workspace: &Workspace, options: &Options, profile: Profile) -> Plan {
    Plan {
        profile,
        port: options.port,
        sandbox_port_base: options.sandbox_port_base,
        data: Some(workspace.path(&options.data)),
        model_pace_ms: options.model_pace_ms,
        poll_interval_s: None,
        extras: None,
        env_file: workspace.path(ENV_FILE),
        output: Output::Terminal,
    }
}

pub(crate) fn welcome(plan: &Plan) -> String {
    format!(
        "
  Countersign   {app}
  Sandbox       {console}/   people, groups, permissions, and what the model was sent
  MCP door      {app}/mcp   for MCP clients; they register themselves and lead you to the sign-in

  Sign in as    Ada Byron    IT administrator
                Bob Crane    employee
                Eve Dorn     contractor with no rights
                These people are made up; no password is asked.

  Environment   {ENV_FILE}   for any other client of the sandbox
  Ctrl-C stops both.
",
        app = plan.app_url(),
        console = plan.console_url(),
    )
}
