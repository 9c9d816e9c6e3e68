//! `countersign`: serves the application, or makes its tables.

use countersign::config::{Config, ConfigError, Env};
use countersign::wiring::{self, Bounds};
use countersign::{router, telemetry};
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "\
countersign                  serve the application
countersign tables create    make the DynamoDB tables that it needs
countersign help             show this

All settings come from environment variables; .env.example lists them.
";

/// How long running turns may take to end when the server is told to stop.
const FAREWELL: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        [] => with_config(serve).await,
        ["tables", "create"] => with_config(tables).await,
        ["help" | "--help" | "-h"] => {
            say(USAGE);
            return ExitCode::SUCCESS;
        }
        _ => {
            say(USAGE);
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("countersign: {error:#}\n"));
            ExitCode::FAILURE
        }
    }
}

async fn with_config<F: Future<Output = anyhow::Result<()>>>(act: impl FnOnce(Config) -> F) -> anyhow::Result<()> {
    let config = Config::read(&Env::of_process()).map_err(all)?;
    telemetry::start(&config)?;
    act(config).await
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let wired = wiring::wire(&config, &wiring::aws().await, Bounds::default()).await?;
    let turns = wired.services.turns.clone();
    let app = router(&config, &wired);
    turns.sweep();
    let listener = tokio::net::TcpListener::bind(config.listen).await?;
    tracing::info!(address = %listener.local_addr()?, url = %config.url, "countersign listens");
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let stopping = async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("countersign stops");
        // Turns first: their last words must still be stored, and open streams end when they have.
        turns.drain(FAREWELL).await;
    };
    axum::serve(listener, app).with_graceful_shutdown(stopping).await?;
    Ok(())
}

async fn tables(config: Config) -> anyhow::Result<()> {
    Ok(wiring::create_tables(&config).await?)
}

fn all(errors: Vec<ConfigError>) -> anyhow::Error {
    let list = errors.iter().map(|error| format!("  {error}\n")).collect::<String>();
    anyhow::anyhow!("{} of the settings are wrong:\n{list}.env.example says what each is for.", errors.len())
}

/// Before the log exists, and for the help, there is only standard error. A closed one is no reason to fail.
fn say(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
