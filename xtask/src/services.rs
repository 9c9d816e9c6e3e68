//! Sandbox and server as child processes.

mod environment;
mod health;
mod service;

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};

pub(crate) use environment::Environment;
pub(crate) use service::{Output, Service};

use crate::artifacts::Profile;
use crate::front_end;
use crate::shell::{self, signals, step};
use crate::workspace::Workspace;

/// Number of ports that the sandbox takes, beginning with its first.
const SANDBOX_PORTS: u16 = 13;
const PATIENCE: Duration = Duration::from_secs(30);

/// The settings of sandbox and server.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) profile: Profile,
    pub(crate) port: u16,
    pub(crate) sandbox_port_base: u16,
    /// `None` keeps the data in memory.
    pub(crate) data: Option<PathBuf>,
    pub(crate) model_pace_ms: Option<u64>,
    /// Shortest interval, in seconds, between two polls of the identity provider for an answer from the phone.
    pub(crate) poll_interval_s: Option<u64>,
    /// The parts of the product that only tests turn on; the product's own defaults without them.
    pub(crate) extras: Option<Extras>,
    /// File that receives every environment variable of the server.
    pub(crate) env_file: PathBuf,
    pub(crate) output: Output,
}

/// A policy of approvals, notifications in browsers, and a colleague to act on whom no other test needs.
#[derive(Debug)]
pub(crate) struct Extras {
    /// Text of the policy (`APPROVALS_FILE`).
    pub(crate) policy: &'static str,
}

impl Plan {
    /// Returns the server's URL for the browser.
    pub(crate) fn app_url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    pub(crate) fn console_url(&self) -> String {
        format!("http://localhost:{}", self.sandbox_port_base)
    }

    /// Starts both and waits until both are ready.
    pub(crate) fn start(&self, workspace: &Workspace) -> Result<(Environment, Vec<Service>)> {
        let (environment, sandbox) = self.start_sandbox(workspace)?;
        let server = self.start_server(workspace, &environment)?;
        // The order in which they stop: the server may still write to the sandbox's stores.
        Ok((environment, vec![server, sandbox]))
    }

    /// Starts the server and waits until it is ready.
    pub(crate) fn start_server(&self, workspace: &Workspace, environment: &Environment) -> Result<Service> {
        step("start the server", || {
            let mut command = workspace.program(workspace.built(self.profile.directory()).join("countersign"));
            environment.give_alone(&mut command);
            let mut server = Service::start("server", command, &self.output)?;
            server.wait_until(PATIENCE, || health::ready(self.port, "/health/ready"))?;
            Ok(server)
        })
    }

    /// Starts the sandbox and waits until all its services are ready.
    pub(crate) fn start_sandbox(&self, workspace: &Workspace) -> Result<(Environment, Service)> {
        step("start the sandbox", || {
            self.ports().try_for_each(free)?;
            let _ = fs::remove_file(&self.env_file);
            let mut command = workspace.program(workspace.built(self.profile.directory()).join("sandbox"));
            command.args(["--port-base", &self.sandbox_port_base.to_string(), "--app-url", &self.app_url()]);
            command.arg("--env-file").arg(&self.env_file);
            if let Some(data) = &self.data {
                command.arg("--data").arg(data);
            }
            if let Some(pace) = self.model_pace_ms {
                command.args(["--model-pace-ms", &pace.to_string()]);
            }
            if let Some(interval) = self.poll_interval_s {
                command.args(["--poll-interval", &interval.to_string()]);
            }
            if self.extras.is_some() {
                command.args(["--crowd", "1"]);
            }
            let mut sandbox = Service::start("sandbox", command, &self.output)?;
            sandbox.wait_until(PATIENCE, || self.env_file.exists())?;
            let environment = Environment::read(&self.env_file)?.with_server(self.port, front_end::root(self.profile));
            let environment = environment.with_tasks(&self.env_file.with_extension("mcp.toml"))?;
            let environment = environment.with_targets(&self.env_file.with_extension("gateway.toml"))?;
            let environment = environment.with_door(&self.env_file.with_extension("doors.toml"))?;
            let environment = environment.with_github(&self.env_file.with_extension("providers.toml"))?;
            let environment = self.with_extras(workspace, environment)?;
            environment.write(&self.env_file)?;
            Ok((environment, sandbox))
        })
    }

    fn with_extras(&self, workspace: &Workspace, environment: Environment) -> Result<Environment> {
        let Some(Extras { policy }) = &self.extras else { return Ok(environment) };
        let mut key = workspace.program(workspace.built(self.profile.directory()).join("countersign"));
        key.arg("push-key");
        let key = shell::output(key)?;
        let environment =
            environment.with_file("APPROVALS_FILE", &self.env_file.with_extension("approvals.toml"), policy)?;
        environment.with_file("PUSH_KEY_FILE", &self.env_file.with_extension("push.pem"), &key)
    }

    fn ports(&self) -> impl Iterator<Item = u16> {
        (0..SANDBOX_PORTS).map(|offset| self.sandbox_port_base.saturating_add(offset)).chain([self.port])
    }
}

/// Waits for Ctrl-C or the end of a process, then stops all. An unexpected end is an error.
pub(crate) fn supervise(mut services: Vec<Service>) -> Result<()> {
    let ended = loop {
        if signals::caught() {
            break None;
        }
        if let Some(ended) = services.iter_mut().find_map(Service::ended) {
            break Some(ended);
        }
        signals::pause();
    };
    let stopped = stop(services);
    match ended {
        Some(ended) => bail!("{ended}; the rest was stopped"),
        None => stopped,
    }
}

/// Stops the processes in order and waits for each.
pub(crate) fn stop(services: Vec<Service>) -> Result<()> {
    let stopped = services.into_iter().map(Service::stop).collect::<Vec<_>>();
    let failures = stopped.into_iter().filter_map(Result::err).map(|error| error.to_string()).collect::<Vec<_>>();
    if !failures.is_empty() {
        bail!("{}", failures.join("; "));
    }
    shell::say("stopped");
    Ok(())
}

fn free(port: u16) -> Result<()> {
    TcpListener::bind(("127.0.0.1", port))
        .map(drop)
        .with_context(|| format!("port {port} is taken; choose others by --port and --sandbox-port-base"))
}
