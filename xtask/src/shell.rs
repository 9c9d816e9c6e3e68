//! Child processes and terminal output.

pub(crate) mod signals;

use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Prints a line; ignores a closed output.
pub(crate) fn say(text: impl Display) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// Prints the name of a step, runs it, and prints its duration.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    say(format!("» {name}"));
    let start = Instant::now();
    let result = work().with_context(|| name.to_owned());
    let verdict = if result.is_ok() { "done" } else { "failed" };
    say(format!("  {name}: {verdict} in {:.1} s", start.elapsed().as_secs_f64()));
    result
}

/// Runs a program with its output on the terminal; fails if the program does.
pub(crate) fn run(mut command: Command) -> Result<()> {
    let status = status(&mut command)?;
    if !status.success() {
        bail!("{} ended with {status}", describe(&command));
    }
    Ok(())
}

/// Runs a program with its output on the terminal and returns its status; stops it on a signal.
pub(crate) fn status(command: &mut Command) -> Result<ExitStatus> {
    let mut child = command.spawn().with_context(|| describe(command))?;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if signals::caught() {
            end(&mut child, Duration::from_secs(10))?;
            bail!("{} was interrupted", describe(command));
        }
        signals::pause();
    }
}

/// Runs a program and returns its output; on failure the error holds its standard error.
pub(crate) fn output(mut command: Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| describe(&command))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("{} ended with {}: {}", describe(&command), output.status, complaint.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Stops a program with SIGTERM, and with SIGKILL after `patience`.
pub(crate) fn end(child: &mut Child, patience: Duration) -> Result<ExitStatus> {
    if let Some(status) = child.try_wait()? {
        return Ok(status);
    }
    // The shell's `kill` is available everywhere; the standard library offers only SIGKILL.
    Command::new("sh").args(["-c", &format!("kill -TERM {}", child.id())]).status()?;
    let deadline = Instant::now() + patience;
    while Instant::now() < deadline {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        signals::pause();
    }
    child.kill()?;
    Ok(child.wait()?)
}

fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = command.get_args().map(|word| format!(" {}", word.to_string_lossy()));
    format!("{}{}", program.to_string_lossy(), words.collect::<String>())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn output_is_trimmed_and_a_failure_says_why() {
        assert_eq!(output(shell("echo one")).unwrap(), "one");
        let error = output(shell("echo no >&2; exit 3")).unwrap_err().to_string();
        assert!(error.contains("no") && error.contains('3'), "{error}");
    }

    #[test]
    fn a_program_that_ignores_the_request_is_killed() {
        use std::io::Read;
        use std::os::unix::process::ExitStatusExt;
        for (script, signal) in [("echo; exec sleep 60", 15), ("trap '' TERM; echo; exec sleep 60", 9)] {
            let mut child = shell(script).stdout(Stdio::piped()).spawn().unwrap();
            child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
            let status = end(&mut child, Duration::from_millis(200)).unwrap();
            assert_eq!(status.signal(), Some(signal), "{script}");
        }
    }
}
