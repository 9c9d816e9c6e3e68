//! Commands for the programs in `testing/peers`, with the packages that the set-up installed.

use crate::PeerError;
use std::path::Path;
use std::process::Command;

const HERE: &str = env!("CARGO_MANIFEST_DIR");

/// Returns the command for a Node.js program, by its path in `testing/peers`. Its packages are those of the directory
/// `packages` there (empty: `testing/peers` itself).
///
/// # Errors
/// [`PeerError::NotInstalled`] if `node_modules` is missing.
pub fn node(packages: &str, program: &str) -> Result<Command, PeerError> {
    installed(&Path::new(HERE).join(packages).join("node_modules"))?;
    Ok(with(Command::new("node"), program))
}

/// Returns the command for a Python program, by its path in `testing/peers`. It runs in the virtual environment of the
/// directory `packages` there (empty: `testing/peers` itself).
///
/// # Errors
/// [`PeerError::NotInstalled`] if `.venv` is missing.
pub fn python(packages: &str, program: &str) -> Result<Command, PeerError> {
    let interpreter = Path::new(HERE).join(packages).join(".venv/bin/python");
    installed(&interpreter)?;
    Ok(with(Command::new(interpreter), program))
}

/// Returns the command for OpenFGA's own command-line program `fga`, which embeds its server to test models.
///
/// # Errors
/// [`PeerError::NotInstalled`] if it is missing.
pub fn fga() -> Result<Command, PeerError> {
    let program = Path::new(HERE).join(".venv/bin/fga");
    installed(&program)?;
    Ok(Command::new(program))
}

fn installed(path: &Path) -> Result<(), PeerError> {
    if path.exists() { Ok(()) } else { Err(PeerError::NotInstalled(path.display().to_string())) }
}

fn with(mut command: Command, program: &str) -> Command {
    command.arg(Path::new(HERE).join(program));
    command
}
