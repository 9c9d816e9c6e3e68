//! The checks of `countersign doctor`: each sends a live service a request like those of the server, and changes
//! nothing.

mod doors;
mod provider;
mod services;

use super::identity;
use crate::config::Config;
use crate::doctor::{Finding, LONGEST_CHECK, Report};
use aws_config::SdkConfig;
use std::fmt::Display;
use std::sync::Arc;

/// Runs all checks of `config` against the live services.
pub async fn examine(config: &Config, aws: &SdkConfig) -> Report {
    let mut report = Report::default();
    match identity::relying_party(config, aws, &identity::mapping(config)).await {
        Ok(party) => {
            let (findings, abilities) = provider::examine(config, Arc::new(party)).await;
            report.findings.extend(findings);
            report.abilities = abilities;
        }
        Err(error) => report.findings.push(Finding::of("sign-in", Err::<String, _>(error), "Correct this setting.")),
    }
    report.findings.extend(services::examine(config, aws).await);
    report.findings.extend(doors::examine(config, aws).await);
    report
}

/// Limits the time of a check; returns its outcome, or an error if it takes longer than [`LONGEST_CHECK`].
async fn in_time<E: Display>(check: impl Future<Output = Result<String, E>>) -> Result<String, String> {
    match tokio::time::timeout(LONGEST_CHECK, check).await {
        Ok(outcome) => outcome.map_err(|error| error.to_string()),
        Err(_) => Err(format!("no answer within {} seconds", LONGEST_CHECK.as_secs())),
    }
}
