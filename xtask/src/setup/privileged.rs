//! Commands that change the system: directly as root, otherwise through sudo.

use std::process::Command;

use anyhow::Result;

use crate::shell::output;

pub(super) fn privileged(program: &str) -> Result<Command> {
    let mut id = Command::new("id");
    id.arg("-u");
    if output(id)? == "0" {
        return Ok(Command::new(program));
    }
    let mut command = Command::new("sudo");
    command.arg(program);
    Ok(command)
}
