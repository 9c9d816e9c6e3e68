//! Validation of the settings at start. Must not depend on requests.

use std::collections::HashSet;

use url::Url;

use super::SetupError;
use crate::settings::{Client, Settings};

pub(super) fn check(settings: &Settings) -> Result<(), SetupError> {
    if !is_web_url(&settings.issuer) || !settings.issuer.ends_with('/') || settings.issuer.contains('?') {
        return Err(SetupError::Issuer(settings.issuer.clone()));
    }
    if settings.ciba.interval_s < 1 {
        return Err(SetupError::Interval(settings.ciba.interval_s));
    }
    let mut ids = HashSet::new();
    for client in &settings.clients {
        if !ids.insert(&client.id) {
            return Err(SetupError::TwoClients(client.id.clone()));
        }
        check_client(settings, client)?;
    }
    check_connections(settings)
}

fn check_client(settings: &Settings, client: &Client) -> Result<(), SetupError> {
    let urls = client.callbacks.iter().chain(&client.logout_urls).chain(&client.backchannel_logout_url);
    if let Some(url) = urls.into_iter().find(|url| !is_web_url(url)) {
        return Err(SetupError::Url { client: client.id.clone(), url: url.clone() });
    }
    let grants = client.client_grants.iter().map(|grant| &grant.audience);
    let policies = client.refresh_policies.iter().map(|policy| &policy.audience);
    let for_people = client.user_grants.iter().map(|grant| &grant.audience);
    let mut wanted = grants.chain(policies).chain(for_people).chain(&client.resource_server);
    match wanted.find(|wanted| settings.audience(wanted).is_none()) {
        Some(audience) => Err(SetupError::UnknownAudience { client: client.id.clone(), audience: audience.clone() }),
        None => Ok(()),
    }
}

fn check_connections(settings: &Settings) -> Result<(), SetupError> {
    let mut names = HashSet::new();
    if let Some(twice) = settings.connections.iter().find(|connection| !names.insert(&connection.name)) {
        return Err(SetupError::TwoConnections(twice.name.clone()));
    }
    for connected in &settings.connected {
        let possible = settings.connection(&connected.connection).is_some_and(|connection| {
            connection.accounts_of(&connected.sub).next().is_some()
                && connected.scopes.iter().all(|scope| connection.scopes.contains(scope))
        });
        if !possible {
            let (sub, connection) = (connected.sub.clone(), connected.connection.clone());
            return Err(SetupError::Connected { sub, connection });
        }
    }
    Ok(())
}

fn is_web_url(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.fragment().is_none())
}
