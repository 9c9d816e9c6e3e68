//! Creates the policies of the doors.

use super::StartError;
use crate::cedar::{CedarPolicies, KnownTools, watch};
use crate::config::Config;
use agent::ports::{NoPolicies, Policies, Toolboxes};
use policies::{Catalog, Engine};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The policies, and the toolboxes whose tools they know.
pub(super) struct Bounded {
    pub(super) policies: Arc<dyn Policies>,
    pub(super) toolboxes: Arc<dyn Toolboxes>,
}

/// Returns the policies for `toolboxes`. Follows the files from now on.
///
/// # Errors
/// The policies do not load: the error names file, line, policy and remedy.
pub(super) fn policies(config: &Config, toolboxes: Arc<dyn Toolboxes>) -> Result<Bounded, StartError> {
    let Some(own) = &config.policies else { return Ok(Bounded { policies: Arc::new(NoPolicies), toolboxes }) };
    let engine = Engine::open(&own.path, &Catalog::default(), own.mode)
        .map_err(|error| StartError::Policies { path: own.path.clone(), error })?;
    let gateways: BTreeMap<String, String> = config
        .doors
        .doors
        .iter()
        .map(|(name, door)| (name.clone(), own.gateway.clone().unwrap_or_else(|| door.resource.as_str().to_owned())))
        .collect();
    tokio::spawn(watch(engine.clone(), own.path.clone()));
    tracing::info!(path = %own.path.display(), mode = ?own.mode, "policies bound what comes through the doors");
    let known = KnownTools::new(toolboxes, engine.clone());
    Ok(Bounded { policies: Arc::new(CedarPolicies::new(engine, gateways)), toolboxes: Arc::new(known) })
}
