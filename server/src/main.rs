//! `countersign`: serves the application, creates its tables, checks its configuration, rotates the vault's keys, or
//! inspects the ledger.

use anyhow::Context;
use countersign::audit::{self, CommandContext, Finding};
use countersign::cedar::PolicySet;
use countersign::config::{Config, ConfigError, Env};
use countersign::invoke::{self, Invocation};
use countersign::wiring::{self, ServerLimits};
use countersign::{routes, telemetry};
use policies::PolicyFiles;
use secrecy::ExposeSecret;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use turns::{DeletionTimes, Lease};

/// Long pages are many small values, which this allocator serves faster than the system's. Without transparent huge pages
/// (the crate's feature `no_thp`) it holds no more memory for an idle stream or a pending approval than that one does;
/// with them, half as much again (`cargo xtask bench pages`, `streams`, `approvals`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str = "\
countersign                  serve the application
countersign serve --door runtime
                             serve the AgentCore runtime contract in its place (DOORS_FILE)
countersign serve --door mcp serve only the tools, to MCP clients (DOORS_FILE)
countersign tables create    create the DynamoDB tables that it needs
countersign policy check POLICIES --catalog TOOLS
countersign policy test POLICIES CASES --catalog TOOLS
countersign policy explain POLICIES REQUEST --catalog TOOLS
                             check, test or explain Cedar policies, offline (docs/policies.md)
countersign policy publish POLICIES --catalog TOOLS
                             check policies, and put them into the table for all instances (POLICIES=dynamodb)
countersign policy published print the policies in the table
countersign doctor           check this configuration against the live services, changing nothing
countersign push-key         print a new key for notifications in browsers (PUSH_KEY_FILE)
countersign vault rotate     wrap people's data keys with the newest key of the vault's secret
";

/// Longest wait for running turns to suspend at shutdown: longer than a call may take, so that its outcome is known.
const LONGEST_SUSPENSION: Duration = Duration::from_secs(25);
/// Longest wait after that for renewed tokens to be stored.
const LONGEST_SETTLING: Duration = Duration::from_secs(5);
/// Time for which an outcome of the readiness checks is reused.
const READINESS_AGE: Duration = Duration::from_secs(1);

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        [] | ["serve"] => with_config(|config| serve(config, Served::Application)).await,
        ["serve", "--door", "runtime"] => with_config(|config| serve(config, Served::RuntimeDoor)).await,
        ["serve", "--door", "mcp"] => with_config(|config| serve(config, Served::McpDoor)).await,
        ["tables", "create"] => with_config(tables).await,
        ["vault", "rotate"] => with_config(rotate).await,
        ["push-key"] => push_key(),
        ["doctor"] => return doctor().await,
        ["policy", "publish", policies, "--catalog", catalog] => return publish(policies, catalog).await,
        ["policy", "published"] => with_config(print_published).await,
        ["policy", rest @ ..] => return policy(rest),
        ["invoke", rest @ ..] => return invoke(rest).await,
        ["ledger" | "receipt", ..] => return look(&words).await,
        ["help" | "--help" | "-h"] => {
            usage();
            return ExitCode::SUCCESS;
        }
        _ => {
            usage();
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

/// Runs a ledger or receipt command. Exits with 1 if something is wrong, and with 2 if that could not be found out.
async fn look(words: &[&str]) -> ExitCode {
    let outside = async || with_config(async |config| Ok(CommandContext { config, aws: wiring::aws().await })).await;
    let found = match audit::Command::parse(words) {
        Ok(command) => command.run(outside, &mut std::io::stdout()).await,
        Err(usage) => {
            self::usage();
            Err(usage.into())
        }
    };
    match found {
        Ok(Finding::Well) => ExitCode::SUCCESS,
        Ok(Finding::Wrong) => ExitCode::from(1),
        Err(error) => {
            say(&format!("countersign: {error:#}\n"));
            ExitCode::from(2)
        }
    }
}

/// Checks, tests or explains policies, offline. The exit code is that of [`policies::command::Exit`].
fn policy(words: &[&str]) -> ExitCode {
    use policies::command::{check, explain, test};
    let output = match words {
        ["check", policies, "--catalog", catalog] => check(policies.as_ref(), catalog.as_ref()),
        ["test", policies, cases, "--catalog", catalog] => test(policies.as_ref(), cases.as_ref(), catalog.as_ref()),
        ["explain", policies, request, "--catalog", catalog] => {
            explain(policies.as_ref(), request.as_ref(), catalog.as_ref())
        }
        _ => {
            usage();
            return ExitCode::from(2);
        }
    };
    let _ = write!(std::io::stdout(), "{}", output.text);
    ExitCode::from(output.exit as u8)
}

/// Checks policies, and publishes them. Exits with 1 if they are wrong or not published, with 2 if a file cannot be read.
async fn publish(policies: &str, catalog: &str) -> ExitCode {
    let output = policies::command::check(policies.as_ref(), catalog.as_ref());
    let _ = write!(std::io::stdout(), "{}", output.text);
    if output.exit != policies::command::Exit::Good {
        return ExitCode::from(output.exit as u8);
    }
    let publishing = with_config(async |config| {
        let files = PolicyFiles::read(policies.as_ref())?;
        let published = wiring::published(&config, &wiring::aws().await).await?;
        Ok(published.publish(&files).await?)
    });
    match publishing.await {
        Ok(version) => {
            say(&format!("Published as version {version}. Each instance has it within five seconds.\n"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            say(&format!("countersign: {error:#}\n"));
            ExitCode::FAILURE
        }
    }
}

async fn print_published(config: Config) -> anyhow::Result<()> {
    let published = wiring::published(&config, &wiring::aws().await).await?;
    let (files, version) = published.read().await?.context("no policies are published")?;
    let mut out = std::io::stdout();
    writeln!(out, "// version {version}")?;
    for file in files.0 {
        writeln!(out, "// {}\n{}", file.name, file.text)?;
    }
    Ok(())
}

/// Asks at a door of another server. The exit code is that of [`invoke::InvokeExit`], or 2 if the arguments are wrong.
async fn invoke(words: &[&str]) -> ExitCode {
    let invocation = match Invocation::parse(words) {
        Ok(invocation) => invocation,
        Err(usage) => {
            say(&format!("countersign: {usage}\n{}", invoke::USAGE));
            return ExitCode::from(2);
        }
    };
    let variable = |name: &str| std::env::var(name).ok();
    let exit = invocation.run(variable, &mut std::io::stdout(), &mut std::io::stderr()).await;
    ExitCode::from(exit as u8)
}

/// Checks the configuration. Exits with 1 if something does not work, and with 2 if the settings cannot be read.
async fn doctor() -> ExitCode {
    let examine = async |config: Config| Ok(wiring::examine(&config, &wiring::aws().await).await);
    let report = match with_config(examine).await {
        Ok(report) => report,
        Err(error) => {
            say(&format!("countersign: {error:#}\n"));
            return ExitCode::from(2);
        }
    };
    let _ = write!(std::io::stdout(), "{report}");
    if report.is_well() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn with_config<T, F: Future<Output = anyhow::Result<T>>>(act: impl FnOnce(Config) -> F) -> anyhow::Result<T> {
    let env = Env::of_process();
    let config = Config::read(&env).map_err(|errors| all(&errors, &env))?;
    telemetry::start(&config)?;
    for (name, variable) in env.misspelled() {
        tracing::warn!(name, variable, "the environment holds a name that resembles a setting but is not one");
    }
    act(config).await
}

/// The thing that this process serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Served {
    /// The pages and their endpoints.
    Application,
    /// The door of the AgentCore runtime contract.
    RuntimeDoor,
    /// The door of the Model Context Protocol, by itself.
    McpDoor,
}

async fn serve(config: Config, served: Served) -> anyhow::Result<()> {
    let lease = Lease(Duration::from_secs(u64::from(config.lease_seconds)));
    let bounds = ServerLimits {
        lease,
        turn: wiring::limits(&config),
        admission: config.admission,
        readiness: READINESS_AGE,
        deletion: DeletionTimes { retention: config.retention.clone(), ..DeletionTimes::default() },
        ..ServerLimits::default()
    };
    let wired = wiring::wire(&config, &wiring::aws().await, bounds).await?;
    tokio::spawn(wiring::report_tenants(config.clone()));
    tokio::spawn(wiring::report(wired.state.auth.relying_party.clone()));
    let (turns, vaults) = (wired.state.services.turns.clone(), wired.vaults.clone());
    let (app, listen) = match served {
        Served::Application => (routes(&config, &wired)?, config.listen),
        Served::McpDoor => {
            let door = wiring::door(&config, &wired, edge::doors::mcp::NAME)?;
            (edge::doors::mcp::router(&door), config.door_address(edge::doors::mcp::PORT))
        }
        Served::RuntimeDoor => {
            let door = wiring::door(&config, &wired, edge::doors::runtime::NAME)?;
            (edge::doors::runtime::router(&door), config.door_address(edge::doors::runtime::PORT))
        }
    };
    turns.sweep();
    let listener = tokio::net::TcpListener::bind(listen).await?;
    tracing::info!(address = %listener.local_addr()?, url = %config.url, "countersign is listening");
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let stopping = async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("countersign is stopping");
        // Turns first: their last events must still be stored, and draining them also ends the open streams, for which
        // the server would otherwise wait.
        turns.shut_down(LONGEST_SUSPENSION).await;
        if tokio::time::timeout(LONGEST_SETTLING, vaults.settle()).await.is_err() {
            tracing::error!("a renewed token may not have been stored");
        }
    };
    countersign::serve(listener, app, stopping).await;
    Ok(())
}

async fn tables(config: Config) -> anyhow::Result<()> {
    Ok(wiring::create_tables(&config).await?)
}

fn push_key() -> anyhow::Result<()> {
    Ok(write!(std::io::stdout(), "{}", wiring::new_key()?.expose_secret())?)
}

async fn rotate(config: Config) -> anyhow::Result<()> {
    let rotated = wiring::rotate(&config, &wiring::aws().await).await?;
    writeln!(
        std::io::stdout(),
        "{} data keys were wrapped with the newest key, {} already were, {} cannot be opened",
        rotated.wrapped,
        rotated.before,
        rotated.unreadable
    )?;
    anyhow::ensure!(rotated.unreadable == 0, "the log names the data keys that cannot be opened; keep the old keys");
    Ok(())
}

fn usage() {
    say(USAGE);
    say(invoke::USAGE);
    say(audit::USAGE);
    say("countersign help             show this\n\n");
    say("All settings come from environment variables; .env.example lists them.\n");
}

/// Lists the mistakes, and the names that were probably meant to be settings.
fn all(errors: &[ConfigError], env: &Env) -> anyhow::Error {
    let mistakes = errors.iter().map(|error| format!("  {error}\n"));
    let hints = env.misspelled().map(|(name, variable)| format!("  {name} is not a setting: is it {variable}?\n"));
    let list = mistakes.chain(hints).collect::<String>();
    anyhow::anyhow!("{} of the settings are wrong:\n{list}.env.example describes each setting.", errors.len())
}

/// Writes the help or an error to standard error, since logging may not be set up yet. A closed one is ignored.
fn say(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
