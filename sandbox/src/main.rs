//! The sandbox's program: starts the sandbox, writes the environment for the product's server, and waits for a signal.

mod args;

use std::io::{IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context;
use sandbox::Sandbox;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use args::{Args, Print};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse(std::env::args().skip(1))?;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let ansi = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(ansi).init();
    // Registered before the start, so that a signal during the start isn't missed.
    let mut terminate = signal(SignalKind::terminate())?;
    let sandbox = Sandbox::start(args.settings).await?;
    let environment = lines(&sandbox.environment());
    if let Print::Environment = args.print {
        std::io::stdout().write_all(environment.as_bytes())?;
    }
    if let Some(path) = &args.env_file {
        write(path, &environment).with_context(|| path.display().to_string())?;
    }
    tracing::info!(console = %sandbox.console_url(), issuer = %sandbox.issuer(), "the sandbox has started");
    tokio::select! {
        _ = terminate.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    tracing::info!(sins = sandbox.sins().all().len(), "the sandbox stops");
    Ok(())
}

/// Formats the environment as `NAME=value` lines, unquoted because no value contains a line break.
fn lines(environment: &[(String, String)]) -> String {
    environment.iter().map(|(name, value)| format!("{name}={value}\n")).collect()
}

/// Writes the file atomically, so that a process waiting for it never reads half of it.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let mut half = path.as_os_str().to_owned();
    half.push(".part");
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&half)?;
    file.write_all(text.as_bytes())?;
    std::fs::rename(&half, path)
}
