//! Programs in `testing/peers`, with the packages that set-up installed.

use crate::PeerError;
use std::path::Path;
use std::process::Command;

const HERE: &str = env!("CARGO_MANIFEST_DIR");

/// Returns a Node.js program, by its path in `testing/peers`. Its packages are those of `packages`, a directory there
/// (empty: `testing/peers` itself).
///
/// # Errors
/// [`PeerError::NotInstalled`] without `node_modules`.
pub fn node(packages: &str, program: &str) -> Result<Command, PeerError> {
    installed(&Path::new(HERE).join(packages).join("node_modules"))?;
    Ok(with(Command::new("node"), program))
}

/// Returns a Python program, by its path in `testing/peers`, in the virtual environment of `packages`, a directory there
/// (empty: `testing/peers` itself).
///
/// # Errors
/// [`PeerError::NotInstalled`] without `.venv`.
pub fn python(packages: &str, program: &str) -> Result<Command, PeerError> {
    let interpreter = Path::new(HERE).join(packages).join(".venv/bin/python");
    installed(&interpreter)?;
    Ok(with(Command::new(interpreter), program))
}

fn installed(path: &Path) -> Result<(), PeerError> {
    if path.exists() { Ok(()) } else { Err(PeerError::NotInstalled(path.display().to_string())) }
}

fn with(mut command: Command, program: &str) -> Command {
    command.arg(Path::new(HERE).join(program));
    command
}
