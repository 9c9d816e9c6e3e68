//! The environment variables of the server.

mod providers;

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

/// Variables inherited from the caller: the program path, home and log settings.
const INHERITED: [&str; 6] = ["PATH", "HOME", "TERM", "NO_COLOR", "RUST_LOG", "RUST_BACKTRACE"];

/// The demo's targets, with the sandbox's variables.
const TARGETS: &str = include_str!("targets.toml");

/// The document of the sandbox's API of orders.
const ORDERS: &str = include_str!("../../../sandbox/cloud/src/orders/openapi.json");

/// Names and values, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Environment(Vec<(String, String)>);

impl Environment {
    /// Reads lines of `NAME=value`, as [`write`](Self::write) or the sandbox wrote them.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let pairs = text.lines().filter(|line| !line.is_empty()).map(|line| {
            let (name, value) =
                line.split_once('=').with_context(|| format!("{line} is not of the form NAME=value"))?;
            Ok((name.to_owned(), unquoted(value)))
        });
        Ok(Self(pairs.collect::<Result<_>>()?))
    }

    /// Adds the listen address and the location of the site, and turns the style guide on.
    pub(crate) fn with_server(mut self, port: u16, site: &str) -> Self {
        let own = [
            ("COUNTERSIGN_LISTEN", format!("127.0.0.1:{port}")),
            ("LEPTOS_OUTPUT_NAME", "countersign".to_owned()),
            ("LEPTOS_SITE_ROOT", site.to_owned()),
            ("STYLEGUIDE", "true".to_owned()),
        ];
        self.0.retain(|(name, _)| own.iter().all(|(own, _)| own != name));
        self.0.extend(own.map(|(name, value)| (name.to_owned(), value)));
        self
    }

    /// Writes a file that only this user can read, and adds the variable that names it.
    pub(crate) fn with_file(mut self, name: &str, path: &Path, text: &str) -> Result<Self> {
        let _ = fs::remove_file(path);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(text.as_bytes())?;
        self.0.push((name.to_owned(), path.display().to_string()));
        Ok(self)
    }

    /// Adds the sandbox's MCP server of tasks, described in the file `path` as an operator would do.
    pub(crate) fn with_tasks(mut self, path: &Path) -> Result<Self> {
        let value = |wanted: &str| self.value(wanted);
        let (url, audience) = (value("MCP_TASKS_URL")?, value("MCP_TASKS_AUDIENCE")?);
        let scopes: Vec<_> = value("MCP_TASKS_SCOPES")?.split_whitespace().map(|scope| format!("{scope:?}")).collect();
        let text = format!(
            "# The sandbox's task server. Its loopback address must be allowed explicitly.\nallow = [\"{url}\"]\n\n\
             [servers.tasks]\nurl = \"{url}\"\naudience = \"{audience}\"\nscopes = [{}]\n\n\
             # Reading needs no approval; every other tool of this server does.\n\
             [servers.tasks.tools.get_tasks]\nrisk = \"read\"\n",
            scopes.join(", ")
        );
        fs::write(path, text).with_context(|| path.display().to_string())?;
        self.0.push(("MCP_FILE".to_owned(), path.display().to_string()));
        Ok(self)
    }

    /// Adds the MCP door for people of the sandbox's provider and for its agent, described in the file `path` as an
    /// operator would do. Its clients register themselves, so none is listed.
    pub(crate) fn with_door(mut self, path: &Path) -> Result<Self> {
        let (resource, scope) = (self.value("MCP_DOOR_AUDIENCE")?, self.value("MCP_DOOR_SCOPE")?);
        let (issuer, agent) = (self.value("OIDC_ISSUER")?, self.value("AGENT_CLIENT_ID")?);
        let text = format!(
            "# The MCP door, at the address of the pages.\n[doors.mcp]\nresource = \"{resource}\"\n\
             scopes = [\"{scope}\"]\nchallenge_scopes = [\"{scope}\"]\n\n\
             # Clients register themselves at the sandbox's provider.\n[[doors.mcp.issuers]]\nissuer = \"{issuer}\"\n\
             discovery_url = \"{issuer}.well-known/openid-configuration\"\nalgorithms = [\"RS256\"]\n\
             allowed_scopes = [\"{scope}\"]\ntenant = \"default\"\nactors = [\"{agent}\"]\n\
             person_claims = [\"email\", \"email_verified\", \"preferred_username\"]\n"
        );
        fs::write(path, text).with_context(|| path.display().to_string())?;
        self.0.push(("DOORS_FILE".to_owned(), path.display().to_string()));
        Ok(self)
    }

    fn value(&self, wanted: &str) -> Result<&str> {
        let found = self.0.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
        found.with_context(|| format!("the sandbox printed no {wanted}"))
    }

    /// Adds the sandbox's API of orders and its functions as targets, described in the file `path` as an operator would do.
    pub(crate) fn with_targets(mut self, path: &Path) -> Result<Self> {
        let value = |wanted: &str| self.value(wanted);
        let mut text = TARGETS.to_owned();
        for name in ["ORDERS_URL", "ORDERS_AUDIENCE", "LAMBDA_ENDPOINT_URL", "AWS_REGION"] {
            text = text.replace(&format!("${name}"), value(name)?);
        }
        fs::write(path, text).with_context(|| path.display().to_string())?;
        let document = path.with_file_name("orders.openapi.json");
        fs::write(&document, ORDERS).with_context(|| document.display().to_string())?;
        self.0.push(("GATEWAY_FILE".to_owned(), path.display().to_string()));
        Ok(self)
    }

    /// Writes the variables to a file that only this user can read and that a shell can source.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let _ = fs::remove_file(path);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        let lines = self.0.iter().map(|(name, value)| format!("{name}={}\n", quoted(value)));
        Ok(file.write_all(lines.collect::<String>().as_bytes())?)
    }

    /// Sets these variables and removes all others of the caller except the inherited ones, so that neither a proxy
    /// setting nor an AWS session token affects the server.
    pub(crate) fn give_alone(&self, command: &mut Command) {
        command.env_clear();
        for name in INHERITED {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.envs(self.0.iter().map(|(name, value)| (name, value)));
    }
}

/// Quotes a value for a POSIX shell if it needs that (POSIX.1-2024, Shell Command Language, 2.2.2).
fn quoted(value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:,@%+=".contains(c);
    if value.chars().all(is_plain) { value.to_owned() } else { format!("'{}'", value.replace('\'', r"'\''")) }
}

fn unquoted(value: &str) -> String {
    let inside = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    inside.map_or_else(|| value.to_owned(), |inside| inside.replace(r"'\''", "'"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_written_environment_reads_back_the_same_and_is_private() {
        let path = std::env::temp_dir().join(format!("countersign-env-{}", std::process::id()));
        fs::write(&path, "A=b=c\nB=two words\n\nLEPTOS_SITE_ROOT=elsewhere\nEMPTY=\n").unwrap();
        let environment = Environment::read(&path).unwrap().with_server(3000, "target/site");
        environment.write(&path).unwrap();
        let (again, text) = (Environment::read(&path).unwrap(), fs::read_to_string(&path).unwrap());
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        fs::remove_file(&path).unwrap();
        assert_eq!((again, mode), (environment, 0o600));
        let expected = "A=b=c\nB='two words'\nEMPTY=\nCOUNTERSIGN_LISTEN=127.0.0.1:3000\nLEPTOS_OUTPUT_NAME=countersign\n\
            LEPTOS_SITE_ROOT=target/site\nSTYLEGUIDE=true\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_shell_reads_back_what_was_quoted() {
        for value in ["", "plain", "two words", "it's", "a|b;$(c) `d` \"e\" \\", "'quoted'", "#"] {
            let mut shell = Command::new("sh");
            shell.args(["-c", &format!("A={}; printf %s \"$A\"", quoted(value))]);
            assert_eq!(String::from_utf8(shell.output().unwrap().stdout).unwrap(), value);
            assert_eq!(unquoted(&quoted(value)), value);
        }
    }

    #[test]
    fn the_server_gets_a_file_that_describes_the_task_server() {
        let path = std::env::temp_dir().join(format!("countersign-tasks-{}", std::process::id()));
        let value = |name: &str, value: &str| (format!("MCP_TASKS_{name}"), value.to_owned());
        let url = "http://127.0.0.1:4109/mcp";
        let told = vec![value("URL", url), value("AUDIENCE", url), value("SCOPES", "tasks:read tasks:write")];
        let environment = Environment(told).with_tasks(&path).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert_eq!(environment.0.last().unwrap(), &("MCP_FILE".to_owned(), path.display().to_string()));
        for line in
            ["url = \"http://127.0.0.1:4109/mcp\"", "scopes = [\"tasks:read\", \"tasks:write\"]", "risk = \"read\""]
        {
            assert!(text.lines().any(|own| own == line), "{line}: {text}");
        }
        assert!(Environment(Vec::new()).with_tasks(&path).is_err());
    }

    #[test]
    fn the_server_gets_a_file_that_describes_the_mcp_door() {
        let path = std::env::temp_dir().join(format!("countersign-door-{}", std::process::id()));
        let told = [
            ("MCP_DOOR_AUDIENCE", "http://localhost:3000/mcp"),
            ("MCP_DOOR_SCOPE", "tools"),
            ("OIDC_ISSUER", "http://localhost:4101/"),
            ("AGENT_CLIENT_ID", "acme-agent"),
        ];
        let told = told.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let environment = Environment(told.into()).with_door(&path).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert_eq!(environment.0.last().unwrap(), &("DOORS_FILE".to_owned(), path.display().to_string()));
        for line in [
            "resource = \"http://localhost:3000/mcp\"",
            "discovery_url = \"http://localhost:4101/.well-known/openid-configuration\"",
            "actors = [\"acme-agent\"]",
        ] {
            assert!(text.lines().any(|own| own == line), "{line}: {text}");
        }
        assert!(!text.contains("allowed_clients"), "strangers have ids that nobody knows before: {text}");
        assert!(Environment(Vec::new()).with_door(&path).is_err());
    }
}
