//! The agents that act for a person (RFC 8693 section 4.1): `act` names the current one, the `act` within it the one
//! before.

use crate::config::IssuerConfig;
use crate::rejection::{Denial, InvalidToken, Reason};
use oidc::Claims;
use serde_json::Value;
use std::sync::Arc;

/// Most agents in a chain, as Auth0 allows.
const MOST_AGENTS: usize = 4;

/// Returns the chain from the current agent, which must be listed, to the first; empty if nobody acts for the subject.
pub(super) fn chain(config: &IssuerConfig, claims: &Claims) -> Result<Vec<Arc<str>>, Reason> {
    let mut chain = Vec::new();
    let mut next = claims.value("act");
    while let Some(act) = next {
        if chain.len() == MOST_AGENTS {
            return Err(Denial::ActorDepth.into());
        }
        let subject = text(act, "sub").ok_or(InvalidToken::Actor)?;
        if chain.is_empty() && !is_listed(config, act, subject) {
            return Err(Denial::Actor.into());
        }
        chain.push(subject.into());
        next = act.get("act");
    }
    Ok(chain)
}

/// Returns whether the configuration lists this agent. One that another issuer named is another agent.
fn is_listed(config: &IssuerConfig, act: &Value, subject: &str) -> bool {
    let is_own = act.get("iss").is_none_or(|issuer| issuer.as_str() == Some(config.issuer.as_str()));
    is_own && config.actors.contains(subject)
}

fn text<'a>(act: &'a Value, name: &str) -> Option<&'a str> {
    act.get(name)?.as_str().filter(|text| !text.trim().is_empty())
}
