//! The file of MCP servers, as an operator would write it.

use sandbox::Sandbox;
use std::path::PathBuf;

/// What the file says of the sandbox's server of tasks: looking needs no yes.
pub(crate) fn tasks(sandbox: &Sandbox) -> String {
    format!("{}\n[servers.tasks.tools.get_tasks]\nrisk = \"read\"\n", server(sandbox, "tasks", &url(sandbox)))
}

/// Where the sandbox's server of tasks is.
pub(crate) fn url(sandbox: &Sandbox) -> String {
    sandbox.variable("MCP_TASKS_URL").unwrap().to_owned()
}

/// A server of this name and address, for which the identity provider gives tokens as it does for the one of tasks.
pub(crate) fn server(sandbox: &Sandbox, name: &str, url: &str) -> String {
    let (audience, scopes) =
        (sandbox.variable("MCP_TASKS_AUDIENCE").unwrap(), sandbox.variable("MCP_TASKS_SCOPES").unwrap());
    format!(
        "allow = [\"{url}\"]\n[servers.{name}]\nurl = \"{url}\"\naudience = \"{audience}\"\nscopes = [\"{scopes}\"]\n"
    )
}

/// Writes the file; its name is the server's port.
pub(super) fn write(port: u16, text: &str) -> PathBuf {
    let path = PathBuf::from(concat!(env!("CARGO_TARGET_TMPDIR"), "/mcp")).join(format!("{port}.toml"));
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path
}
