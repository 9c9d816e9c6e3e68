//! One server: the real program in its own process, killed with SIGKILL.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

/// Number of last log lines kept for a report.
const LINES: usize = 60;

#[derive(Debug)]
pub(crate) struct Instance {
    child: Child,
    pub(crate) port: u16,
    log: Log,
}

/// The last lines of a server's log.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Instance {
    /// Starts a server with only these environment variables and waits until it listens.
    pub(crate) async fn start(variables: &[(String, String)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        command.env_clear().envs(variables.iter().map(|(name, value)| (name, value)));
        // Listens on a free port, which the server names in its log.
        command.env("COUNTERSIGN_LISTEN", "127.0.0.1:0").env("LOG_FORMAT", "json").env("LEASE_SECONDS", "2");
        command.env("LEPTOS_SITE_ROOT", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/site"));
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the server starts");
        let (log, errors) = (Log::default(), child.stderr.take().unwrap());
        let port = log.follow(errors).await;
        let Ok(port) = port else {
            let _ = child.kill();
            panic!("the server does not listen: {}", log.text());
        };
        Self { child, port, log }
    }

    /// Kills the server with SIGKILL. Fails if it has ended by itself, because that would be no kill.
    pub(crate) fn kill(mut self) -> Log {
        self.child.kill().unwrap();
        let status = self.child.wait().unwrap();
        assert_eq!(status.signal(), Some(9), "the server exited without the signal: {status}\n{}", self.log.text());
        self.log.clone()
    }

    pub(crate) fn log(&self) -> Log {
        self.log.clone()
    }
}

/// Kills the server at the end of its run.
impl Drop for Instance {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Log {
    /// Reads the log in a separate thread; sends the port as soon as the log names it.
    fn follow(&self, errors: ChildStderr) -> oneshot::Receiver<u16> {
        let (told, port) = oneshot::channel();
        let (log, mut told) = (self.clone(), Some(told));
        std::thread::spawn(move || {
            for line in BufReader::new(errors).lines().map_while(Result::ok) {
                if let Some(port) = port_in(&line)
                    && let Some(told) = told.take()
                {
                    let _ = told.send(port);
                }
                let mut lines = log.0.lock().unwrap_or_else(PoisonError::into_inner);
                if lines.len() >= LINES {
                    lines.remove(0);
                }
                lines.push(line);
            }
        });
        port
    }

    /// Returns the last lines.
    pub(crate) fn text(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }
}

fn port_in(line: &str) -> Option<u16> {
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    line.get("address")?.as_str()?.rsplit_once(':')?.1.parse().ok()
}
