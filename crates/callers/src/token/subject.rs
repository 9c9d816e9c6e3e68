//! The client and the subject of a token, in the dialects of the issuers.

use crate::rejection::InvalidToken;
use oidc::Claims;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The claims that name the client: Auth0, Entra and Keycloak; RFC 9068 and Cognito; Okta.
pub(super) const CLIENT_CLAIMS: [&str; 3] = ["azp", "client_id", "cid"];

/// Returns the client. If several claims name it, they must agree.
pub(super) fn client(claims: &Claims) -> Result<Option<&str>, InvalidToken> {
    let mut found = None;
    for name in CLIENT_CLAIMS.into_iter().filter(|name| claims.has(name)) {
        let named = claims.text(name).ok_or(InvalidToken::Client)?;
        if *found.get_or_insert(named) != named {
            return Err(InvalidToken::Client);
        }
    }
    Ok(found)
}

/// Returns whether the subject is an agent and not a person. Every known sign suffices: an agent must never pass for a
/// person.
pub(super) fn is_agent(claims: &Claims, subject: &str, client: Option<&str>) -> bool {
    // Auth0, default dialect: the client credentials grant.
    let by_grant = claims.value("gty").is_some_and(|gty| names(gty, "client-credentials"));
    let by_subject = subject.ends_with("@clients") || subject.starts_with("agt_") || client == Some(subject);
    // Auth0's agents as principals.
    let by_profile = claims.value("sub_profile").is_some_and(|profile| names(profile, "ai_agent"));
    // Entra's optional claim for tokens without a user.
    let by_type = claims.text("idtyp") == Some("app");
    // Keycloak's service accounts have the id of a user as subject.
    let by_account = claims.text("preferred_username").is_some_and(|name| name.starts_with("service-account-"));
    by_grant || by_subject || by_profile || by_type || by_account
}

/// Returns the claims with these names that are texts, numbers or truth values.
pub(super) fn kept(claims: &Claims, names: &BTreeSet<String>) -> BTreeMap<String, String> {
    let kept = names.iter().filter_map(|name| match claims.value(name)? {
        Value::String(text) => Some((name.clone(), text.clone())),
        value @ (Value::Bool(_) | Value::Number(_)) => Some((name.clone(), value.to_string())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    });
    kept.collect()
}

/// Returns all claims as texts; see [`crate::Caller::claims`].
pub(crate) fn texts(claims: &Claims) -> BTreeMap<String, String> {
    let texts = claims.all().filter_map(|(name, value)| match value {
        Value::Null => None,
        Value::String(text) => Some((name.clone(), text.clone())),
        other => Some((name.clone(), other.to_string())),
    });
    texts.collect()
}

/// Returns whether a claim is this word, or a list or a text of several with it.
fn names(claim: &Value, word: &str) -> bool {
    match claim {
        Value::String(text) => text.split(' ').any(|own| own == word),
        Value::Array(several) => several.iter().any(|one| one.as_str() == Some(word)),
        _ => false,
    }
}
