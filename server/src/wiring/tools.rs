//! Creates the built-in tools that are configured.

use super::StartError;
use crate::config::{Config, GitHub, GitHubAccess, Okta, OktaAccess};
use agent::Tool;
use builtin_tools::{Calculate, Weather};
use github::GitHubRepositories;
use std::sync::Arc;
use std::time::Duration;

pub(super) fn tools(config: &Config) -> Result<Vec<Arc<dyn Tool>>, StartError> {
    let mut tools: Vec<Arc<dyn Tool>> = vec![Arc::new(Calculate::default())];
    if let Some(okta) = &config.okta {
        let (base_url, timeout) = (okta.base_url.clone(), Duration::from_secs(10));
        tools.extend(okta::tools(okta::Config { base_url, timeout, acts_as: acts_as(config, okta) })?);
    }
    if let Some(weather) = &config.weather {
        let (forecast, geocoding) = (weather.forecast.clone(), weather.geocoding.clone());
        let weather = builtin_tools::Config { forecast, geocoding, timeout: Duration::from_secs(8) };
        tools.push(Arc::new(Weather::new(weather)?));
    }
    if let Some(github) = &config.github {
        let scopes = github_scopes(config, github);
        let github = github::Config { api_url: github.api_url.clone(), timeout: Duration::from_secs(10) };
        tools.push(Arc::new(GitHubRepositories::new(github::Client::new(github)?, scopes)));
    }
    Ok(tools)
}

/// Returns the scopes of the tokens for GitHub. The local vault's own settings come first.
fn github_scopes(config: &Config, github: &GitHub) -> Vec<String> {
    let own = config.providers.all.iter().find(|provider| provider.id == github::PROVIDER);
    match (own, &github.access) {
        (Some(provider), _) => provider.scopes().to_vec(),
        (None, GitHubAccess::Connection { scopes, .. }) => scopes.clone(),
        (None, GitHubAccess::Provider) => Vec::new(),
    }
}

/// Returns the owner of the access tokens for Okta: the person or the application.
fn acts_as(config: &Config, okta: &Okta) -> okta::ActsAs {
    let by_people = match &okta.access {
        OktaAccess::Own { .. } => true,
        OktaAccess::Application(_) => false,
        OktaAccess::Provider => {
            let mut providers = config.providers.all.iter();
            providers.any(|provider| provider.id == okta::PROVIDER && provider.people().is_some())
        }
    };
    if by_people { okta::ActsAs::Person } else { okta::ActsAs::Application }
}
