//! The process of a running peer.

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Longest wait for a peer's first line and for an answer. Passing tests never reach it: it ends one that hangs.
const LONGEST: Duration = Duration::from_secs(60);

/// The reason why a peer cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    /// The peer has not been installed by the set-up.
    #[error("{0} is missing: run `cargo xtask setup`")]
    NotInstalled(String),
    /// The program cannot be started.
    #[error("{program} cannot be started: {error}")]
    NotStarted {
        /// The program.
        program: String,
        /// The cause.
        error: std::io::Error,
    },
    /// The program ended, or printed nothing in time. Its error messages are on standard error.
    #[error("{0}")]
    Silent(String),
    /// The peer answered with an error of its own.
    #[error("the peer refused {command}: {error}")]
    Refused {
        /// The command.
        command: String,
        /// The peer's error message.
        error: String,
    },
}

/// A process that is killed, with its child processes, when this value is dropped.
#[derive(Debug)]
pub struct Peer {
    child: Child,
    pipes: Mutex<Pipes>,
    ready: Value,
}

#[derive(Debug)]
struct Pipes {
    input: ChildStdin,
    lines: UnboundedReceiver<String>,
}

impl Peer {
    /// Starts a program and waits for its first line, a JSON object with `"ready": true`.
    ///
    /// # Errors
    /// See [`PeerError`].
    pub async fn start(mut command: Command) -> Result<Self, PeerError> {
        let program = format!("{command:?}");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0);
        let mut child = command.spawn().map_err(|error| PeerError::NotStarted { program: program.clone(), error })?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(PeerError::Silent(format!("{program} has no pipes")));
        };
        let (sender, lines) = unbounded_channel();
        std::thread::spawn(move || read(output, &sender));
        let mut peer = Self { child, pipes: Mutex::new(Pipes { input, lines }), ready: Value::Null };
        let first = peer.pipes.lock().await.line(&program).await?;
        if first["ready"] != true {
            return Err(PeerError::Silent(format!("{program} began with {first}")));
        }
        peer.ready = first;
        Ok(peer)
    }

    /// Returns the peer's first line.
    #[must_use]
    pub const fn ready(&self) -> &Value {
        &self.ready
    }

    /// Sends a command, `{"command": name, …}`, and returns its answer.
    ///
    /// # Errors
    /// [`PeerError::Refused`] with the peer's own error message, [`PeerError::Silent`] if it has ended.
    pub async fn command(&self, line: &Value) -> Result<Value, PeerError> {
        let command = line["command"].to_string();
        let mut pipes = self.pipes.lock().await;
        let sent = writeln!(pipes.input, "{line}");
        sent.map_err(|error| PeerError::Silent(format!("{command} cannot be sent: {error}")))?;
        let answer = pipes.line(&command).await?;
        match answer["error"].as_str() {
            Some(error) => Err(PeerError::Refused { command, error: error.to_owned() }),
            None => Ok(answer),
        }
    }
}

impl Pipes {
    async fn line(&mut self, asked: &str) -> Result<Value, PeerError> {
        let line = tokio::time::timeout(LONGEST, self.lines.recv()).await;
        let line = line.map_err(|_| PeerError::Silent(format!("{asked}: no answer in {LONGEST:?}")))?;
        let line = line.ok_or_else(|| PeerError::Silent(format!("{asked}: the peer has ended")))?;
        serde_json::from_str(&line).map_err(|error| PeerError::Silent(format!("{asked}: {error} in {line}")))
    }
}

/// Forwards the peer's lines from a thread of its own, because a single-threaded test could not read and wait at the
/// same time.
fn read(output: ChildStdout, sender: &UnboundedSender<String>) {
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        if sender.send(line).is_err() {
            return;
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Kills the whole process group; std can only kill one process. A failure because the group has already ended
        // is harmless.
        let group = format!("-{}", self.child.id());
        let killed = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        if !killed.is_ok_and(|status| status.success()) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests;
