//! Creates the authorizers of the doors.

use super::Application;
use crate::config::Config;
use anyhow::Context;
use callers::{Doors, HttpKeys, HttpSts, LocalReplayMemory, Ports};
use edge::doors::DoorState;
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
        sts: Arc::new(HttpSts::new(None)?),
        replays: Arc::new(LocalReplayMemory::default()),
    };
    let doors = Doors::new(config.doors.clone(), &ports)?;
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
    })
}
