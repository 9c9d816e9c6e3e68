//! Creates the policies of the doors.

use super::StartError;
use super::published::PublishedPolicies;
use crate::cedar::{CedarPolicies, KnownTools, PolicySet, follow, watch};
use crate::config::{Config, PolicySource};
use agent::ports::{NoPolicies, Policies, Toolboxes};
use aws_config::SdkConfig;
use dynamo::DynamoPolicies;
use policies::{Catalog, Engine, PolicyFiles};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The policies, and the toolboxes whose tools they know.
pub(super) struct Bounded {
    pub(super) policies: Arc<dyn Policies>,
    pub(super) toolboxes: Arc<dyn Toolboxes>,
}

/// Returns the policies for `toolboxes`. Follows their files, or the table, from now on.
///
/// # Errors
/// The policies do not load: the error names file, line, policy and remedy.
pub(super) async fn policies(
    config: &Config,
    aws: &SdkConfig,
    toolboxes: Arc<dyn Toolboxes>,
) -> Result<Bounded, StartError> {
    let Some(own) = &config.policies else { return Ok(Bounded { policies: Arc::new(NoPolicies), toolboxes }) };
    let catalog = Catalog::default();
    let bad = |error| StartError::Policies { place: own.source.clone(), error };
    let engine = match &own.source {
        PolicySource::Path(path) => {
            let engine = Engine::open(path, &catalog, own.mode).map_err(bad)?;
            tokio::spawn(watch(engine.clone(), path.clone()));
            engine
        }
        PolicySource::Table => {
            let published = published(config, aws).await?;
            let found = published.read().await.map_err(StartError::PublishedPolicies)?;
            let (files, version) = found.ok_or(StartError::NoPublishedPolicies)?;
            let engine = Engine::new(&files, &catalog, own.mode).map_err(bad)?;
            tokio::spawn(follow(engine.clone(), published, version));
            engine
        }
    };
    let gateways: BTreeMap<String, String> = config
        .doors
        .doors
        .iter()
        .map(|(name, door)| (name.clone(), own.gateway.clone().unwrap_or_else(|| door.resource.as_str().to_owned())))
        .collect();
    tracing::info!(place = %own.source, mode = ?own.mode, "policies bound what comes through the doors");
    let known = KnownTools::new(toolboxes, engine.clone());
    Ok(Bounded { policies: Arc::new(CedarPolicies::new(engine, gateways)), toolboxes: Arc::new(known) })
}

/// Returns the policies in the table, sealed with the keys of conversations.
///
/// # Errors
/// The keys cannot be fetched.
pub async fn published(config: &Config, aws: &SdkConfig) -> Result<PublishedPolicies, StartError> {
    let keyring = super::storage::live_keyring(config, aws, &config.aws.conversation_key_secret_id).await?;
    let client = dynamo::client(aws, config.aws.dynamodb_endpoint());
    Ok(PublishedPolicies::new(DynamoPolicies::new(client, config.aws.table.clone(), keyring)))
}

/// Reads the policies from their place, without following them.
///
/// # Errors
/// They cannot be read.
pub(super) async fn read(config: &Config, aws: &SdkConfig, source: &PolicySource) -> Result<PolicyFiles, StartError> {
    match source {
        PolicySource::Path(path) => {
            PolicyFiles::read(path).map_err(|error| StartError::Policies { place: source.clone(), error })
        }
        PolicySource::Table => {
            let found = published(config, aws).await?.read().await.map_err(StartError::PublishedPolicies)?;
            found.map(|(files, _)| files).ok_or(StartError::NoPublishedPolicies)
        }
    }
}
