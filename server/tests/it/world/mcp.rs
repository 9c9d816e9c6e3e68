//! The MCP servers file, as an operator would write it.

use sandbox::Sandbox;
use std::path::PathBuf;

/// Describes the sandbox's server of tasks; its `get_tasks` needs no approval.
pub(crate) fn tasks(sandbox: &Sandbox) -> String {
    format!("{}\n[servers.tasks.tools.get_tasks]\nrisk = \"read\"\n", server(sandbox, "tasks", &url(sandbox)))
}

/// Returns the URL of the sandbox's server of tasks.
pub(crate) fn url(sandbox: &Sandbox) -> String {
    sandbox.variable("MCP_TASKS_URL").unwrap().to_owned()
}

/// Describes a server with this name and URL, for which the identity provider issues the same tokens as for the server
/// of tasks.
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
