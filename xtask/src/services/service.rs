//! A child process that keeps running.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::shell::{self, signals};

/// Longest wait for an end after SIGTERM; longer than the server's own graceful shutdown.
const GRACE: Duration = Duration::from_secs(35);

/// The destination of a program's output.
#[derive(Debug)]
pub(crate) enum Output {
    Terminal,
    /// One file for each program, in this directory.
    Files(PathBuf),
}

/// A running program. Dropping this value stops it, so that an error of ours never leaves it behind.
#[derive(Debug)]
pub(crate) struct Service {
    name: &'static str,
    child: Child,
}

impl Service {
    pub(crate) fn start(name: &'static str, mut command: Command, output: &Output) -> Result<Self> {
        if let Output::Files(directory) = output {
            std::fs::create_dir_all(directory)?;
            let log = File::create(directory.join(format!("{name}.log")))?;
            command.stdout(log.try_clone()?).stderr(log);
        }
        // A process group of its own: Ctrl-C reaches only us, and we stop all programs in order.
        command.stdin(Stdio::null()).process_group(0);
        let child = command.spawn().with_context(|| format!("start the {name}"))?;
        Ok(Self { name, child })
    }

    /// Waits for a condition; fails if the program ends first.
    pub(crate) fn wait_until(&mut self, patience: Duration, mut condition: impl FnMut() -> bool) -> Result<()> {
        let deadline = Instant::now() + patience;
        while !condition() {
            if let Some(ended) = self.ended() {
                bail!("{ended}");
            }
            if signals::caught() {
                bail!("interrupted");
            }
            if Instant::now() > deadline {
                bail!("the {} didn't answer within {} s", self.name, patience.as_secs());
            }
            signals::pause();
        }
        Ok(())
    }

    /// Returns a description of its end, if it has ended.
    pub(crate) fn ended(&mut self) -> Option<String> {
        match self.child.try_wait() {
            Ok(None) => None,
            Ok(Some(status)) => Some(format!("the {} ended with {status}", self.name)),
            Err(error) => Some(format!("the {}: {error}", self.name)),
        }
    }

    /// Stops the program and waits for its end.
    pub(crate) fn stop(mut self) -> Result<()> {
        let status = shell::end(&mut self.child, GRACE)?;
        // A program that dies of SIGTERM has not failed; one that had to be killed has.
        match std::os::unix::process::ExitStatusExt::signal(&status) {
            None if !status.success() => bail!("the {} ended with {status}", self.name),
            Some(9) => bail!("the {} had to be killed", self.name),
            _ => Ok(()),
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = shell::end(&mut self.child, GRACE);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn start(script: &str) -> Service {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Service::start("program", command, &Output::Terminal).unwrap()
    }

    #[test]
    fn waiting_ends_when_the_program_ends() {
        let error = start("exit 7").wait_until(Duration::from_secs(10), || false).unwrap_err().to_string();
        assert!(error.contains('7'), "{error}");
    }

    #[test]
    fn waiting_times_out() {
        let mut service = start("exec sleep 60");
        let error = service.wait_until(Duration::ZERO, || false).unwrap_err().to_string();
        assert!(error.contains("didn't answer"), "{error}");
        assert!(service.wait_until(Duration::ZERO, || true).is_ok());
        service.stop().unwrap();
    }
}
