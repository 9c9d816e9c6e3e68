//! Creates the authorizers of the doors.

use super::Application;
use crate::config::Config;
use agent::ports::Unavailable;
use anyhow::Context;
use async_trait::async_trait;
use callers::{Doors, HttpKeys, HttpSts, Ports, ReplayMemory, Reservation};
use dynamo::DynamoReplays;
use edge::doors::DoorState;
use edge::doors::mcp::NAME;
use std::sync::Arc;
use system::SystemClock;

/// Returns the state of the door with this name.
///
/// # Errors
/// The file of doors has no such door, or contradicts itself.
pub fn door(config: &Config, application: &Application, name: &str) -> anyhow::Result<DoorState> {
    let clock = Arc::new(SystemClock);
    let ports = Ports {
        clock: clock.clone(),
        keys: Arc::new(HttpKeys::new()?),
        sts: Arc::new(HttpSts::new(config.aws.sts_url.clone())?),
        replays: application.replays.clone(),
    };
    let doors = Doors::new(config.doors.clone(), &ports)?;
    let named = config.doors.doors.get(name).into_iter().flat_map(|door| door.tool_scopes.tools());
    let own: Vec<&str> = application.state.services.own_tools.names().map(|tool| tool.0.as_str()).collect();
    let servers: Vec<&str> = config.mcp.servers.iter().map(|server| server.name.as_str()).collect();
    check_tool_scopes(name, named, &own, &servers)?;
    let door = doors.get(name).with_context(|| format!("DOORS_FILE describes no door [doors.{name}]"))?.clone();
    let state = &application.state;
    Ok(DoorState {
        services: state.services.clone(),
        door,
        issuer: config.oidc.issuer.as_str().into(),
        policies: application.policies.clone(),
        interceptors: application.interceptors.clone(),
        mapping: state.auth.mapping.clone(),
        origin: config.origin().into(),
        page: application.tools_a_page,
        keyring: state.auth.keyring.clone(),
    })
}

/// The memory in the table.
#[derive(Debug)]
pub(super) struct SharedReplays(pub(super) DynamoReplays);

#[async_trait]
impl ReplayMemory for SharedReplays {
    async fn reserve(&self, signature: &str, now: i64, until: i64) -> Result<Reservation, Unavailable> {
        let by = system::random::text().map_err(|error| Unavailable::new(dynamo::SERVICE, error.to_string()))?;
        let reserved = self.0.reserve(signature, &by, now, until).await?;
        Ok(if reserved { Reservation::Reserved } else { Reservation::Used })
    }

    async fn release(&self, signature: &str) {
        if let Err(error) = self.0.release(signature).await {
            tracing::warn!(%error, "a refused signature stays reserved until its end");
        }
    }
}

/// Refuses scopes for a tool that does not exist, and at a door that carries out no single calls: they would bound nothing.
/// The tools of an MCP server are not known before it answers, so of those the server is checked.
fn check_tool_scopes<'a>(
    door: &str,
    named: impl IntoIterator<Item = &'a str>,
    own: &[&str],
    servers: &[&str],
) -> anyhow::Result<()> {
    for tool in named {
        anyhow::ensure!(door == NAME, "DOORS_FILE: [doors.{door}.tool_scopes] is for the MCP door alone");
        let server = tool.split_once("___").map(|(server, _)| server);
        let is_known = own.contains(&tool) || server.is_some_and(|server| servers.contains(&server));
        anyhow::ensure!(is_known, "DOORS_FILE: [doors.{door}.tool_scopes] names {tool}, and there is no such tool");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_of_an_unknown_tool_and_at_another_door_stop_the_start() {
        for (door, tool, expected) in [
            ("mcp", "okta_groups", None),
            ("mcp", "tasks___get_tasks", None),
            ("mcp", "okta_grapes", Some("names okta_grapes, and there is no such tool")),
            ("mcp", "task___get_tasks", Some("names task___get_tasks")),
            ("mcp", "tasks", Some("names tasks")),
            ("runtime", "okta_groups", Some("[doors.runtime.tool_scopes] is for the MCP door alone")),
        ] {
            let error = check_tool_scopes(door, [tool], &["calculate", "okta_groups"], &["tasks"]).err();
            let text = error.map(|error| error.to_string());
            match expected {
                Some(part) => assert!(text.as_ref().is_some_and(|text| text.contains(part)), "{tool}: {text:?}"),
                None => assert_eq!(text, None, "{tool}"),
            }
        }
        assert!(check_tool_scopes("runtime", [], &[], &[]).is_ok());
    }
}
