//! Creates the authorizers of the doors.

use super::Application;
use crate::config::Config;
use agent::ports::Unavailable;
use anyhow::Context;
use async_trait::async_trait;
use callers::{Doors, HttpKeys, HttpSts, Ports, ReplayMemory, Reservation};
use dynamo::DynamoReplays;
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
        sts: Arc::new(HttpSts::new(config.aws.sts_url.clone())?),
        replays: application.replays.clone(),
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
