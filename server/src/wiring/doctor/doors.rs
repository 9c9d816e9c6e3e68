//! Checks of what stands around the doors: the keys of each issuer, the policies, and the targets.

use super::in_time;
use crate::config::{Config, Policies};
use crate::doctor::Finding;
use crate::wiring::targets::Targets;
use crate::wiring::{cedar, remote_tools};
use aws_config::SdkConfig;
use callers::{HttpKeys, IssuerId, KeyLocation, KeySource};
use policies::{Catalog, Engine};

pub(super) async fn examine(config: &Config, aws: &SdkConfig) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, door) in &config.doors.doors {
        for (issuer, keys) in door.keys() {
            let advice =
                format!("Check [doors.{name}] in DOORS_FILE: issuer, discovery_url or jwks_url (docs/doors.md).");
            findings.push(Finding::of("door", in_time(reachable(name, issuer, keys)).await, &advice));
        }
    }
    if let Some(own) = &config.policies {
        let advice = "Run `countersign policy check`, and check POLICIES (docs/policies.md).";
        findings.push(Finding::of("policies", in_time(loaded(config, aws, own)).await, advice));
    }
    if !config.targets.gateway.targets.is_empty() {
        let advice = "Correct this in GATEWAY_FILE, and check the secrets (docs/targets.md).";
        findings.push(Finding::of("targets", in_time(made(config, aws)).await, advice));
    }
    findings
}

async fn reachable(door: &str, issuer: &IssuerId, keys: &KeyLocation) -> Result<String, String> {
    let (source, issuer_name) = (HttpKeys::new().map_err(|error| error.to_string())?, issuer.as_str());
    let fetched = source.fetch(issuer, keys).await;
    fetched.map_err(|error| format!("{door}: the keys of {issuer_name} cannot be read: {}", error.cause))?;
    Ok(format!("{door}: the keys of {issuer_name} are readable"))
}

/// Loads the policies for no tool: a running server alone knows those of targets and of MCP servers.
async fn loaded(config: &Config, aws: &SdkConfig, own: &Policies) -> Result<String, String> {
    let files = cedar::read(config, aws, &own.source).await.map_err(|error| error.to_string())?;
    Engine::new(&files, &Catalog::default(), own.mode).map_err(|error| error.to_string())?;
    Ok(format!("those of {} load", own.source))
}

/// Makes the tools, which fetches the secrets and asks no target.
async fn made(config: &Config, aws: &SdkConfig) -> Result<String, String> {
    let servers = remote_tools::servers(config).map_err(|error| error.to_string())?;
    let made = Targets::wire(config, aws, &servers).await.map_err(|error| error.to_string())?;
    Ok(format!("{} tools of {} targets", made.tools().count(), config.targets.gateway.targets.len()))
}
