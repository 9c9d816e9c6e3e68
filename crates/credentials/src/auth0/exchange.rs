//! Exchanges a person's token for a third party's access token at Auth0's *Token Vault*: token exchange (RFC 8693) with
//! a grant type of Auth0's own. Caches nothing.

use agent::ports::{CredentialError, Unavailable};
use oidc::{Client, ErrorResponse, RelyingParty, SERVICE, TokenError, TokenResponse};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::time::Duration;

/// `grant_type` of the exchange.
const GRANT: &str = "urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token";
const REFRESH_TOKEN: &str = "urn:ietf:params:oauth:token-type:refresh_token";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
/// `requested_token_type`. An identifier that Auth0 spells with `http`; nothing is requested from this address.
const ACCOUNT_TOKEN: &str = "http://auth0.com/oauth/token-type/federated-connection-access-token";

/// The Token Vault of the Auth0 tenant that people sign in to.
#[derive(Debug, Clone)]
pub struct Exchange {
    provider: Arc<RelyingParty>,
}

/// The token to exchange, and the client that may exchange it.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// The refresh token of the person's sign-in, exchanged by the client that they signed in to. The client's refresh
    /// tokens must not rotate (Auth0, *Refresh Token Exchange with Token Vault*).
    RefreshToken(&'a SecretString),
    /// An access token for an API of one's own, exchanged by that API's client (Auth0, *Access Token Exchange with
    /// Token Vault*).
    AccessToken(&'a SecretString, &'a Client),
}

/// An access token of a third party, for one person.
#[derive(Debug)]
pub struct AccountToken {
    /// The token. It must be sent to the third party only.
    pub token: SecretString,
    /// Granted scopes: at least the requested ones and often more, since the Token Vault cannot narrow them.
    pub scopes: Vec<String>,
    /// Remaining lifetime. Zero if Auth0 does not state it; such a token must not be cached.
    pub expires_in: Duration,
}

impl Exchange {
    /// Creates a client of the Token Vault at `provider`.
    #[must_use]
    pub const fn new(provider: Arc<RelyingParty>) -> Self {
        Self { provider }
    }

    /// Exchanges `subject` for the third party's token behind `connection`, which must have at least `scopes`.
    /// `login_hint` is the third party's id of the account, needed when the person has connected several.
    ///
    /// # Errors
    /// See [`CredentialError`].
    pub async fn exchange(
        &self,
        subject: Subject<'_>,
        connection: &str,
        login_hint: Option<&str>,
        scopes: &[String],
    ) -> Result<AccountToken, CredentialError> {
        let (client, token, kind) = match subject {
            Subject::RefreshToken(token) => (self.provider.client(), token, REFRESH_TOKEN),
            Subject::AccessToken(token, client) => (client, token, ACCESS_TOKEN),
        };
        // Send no `scope`: the Token Vault does not narrow scopes.
        let mut form = vec![
            ("grant_type", GRANT),
            ("subject_token", token.expose_secret()),
            ("subject_token_type", kind),
            ("requested_token_type", ACCOUNT_TOKEN),
            ("connection", connection),
        ];
        form.extend(login_hint.map(|hint| ("login_hint", hint)));
        match self.provider.token_as(client, &form).await {
            Ok(answer) => checked(answer, scopes),
            Err(TokenError::Refused(refused)) => Err(error(&refused)),
            Err(TokenError::Unavailable(error)) => Err(error.into()),
        }
    }
}

fn checked(answer: TokenResponse, wanted: &[String]) -> Result<AccountToken, CredentialError> {
    let is_bearer = answer.token_type.is_some_and(|kind| kind.eq_ignore_ascii_case("Bearer"));
    if !is_bearer || answer.issued_token_type.is_some_and(|kind| kind != ACCOUNT_TOKEN) {
        return Err(failed("token exchange: the answer holds another kind of token").into());
    }
    let token = answer.access_token.filter(|token| !token.expose_secret().is_empty());
    let token = token.ok_or_else(|| failed("token exchange: the answer has no token"))?;
    let expires_in = match answer.expires_in {
        None => Duration::ZERO,
        Some(seconds) => match u64::try_from(seconds) {
            Ok(seconds) if seconds > 0 => Duration::from_secs(seconds),
            _ => return Err(failed("token exchange: the token has expired already").into()),
        },
    };
    // The request had no `scope`, so a missing one does not mean "as requested" (RFC 8693 section 2.2.1).
    let Some(scope) = answer.scope else {
        if wanted.is_empty() {
            return Ok(AccountToken { token, scopes: Vec::new(), expires_in });
        }
        return Err(failed("token exchange: the answer names no granted scopes").into());
    };
    // Auth0 passes on the third party's separator: GitHub's is a comma.
    let scopes: Vec<String> = scope.split([' ', ',']).filter(|own| !own.is_empty()).map(str::to_owned).collect();
    let missing: Vec<String> = wanted.iter().filter(|wanted| !scopes.contains(wanted)).cloned().collect();
    if !missing.is_empty() {
        return Err(CredentialError::MoreScopes { missing });
    }
    Ok(AccountToken { token, scopes, expires_in })
}

/// Classifies an error response. Auth0 does not document its response for a person with several accounts of a
/// connection: an `invalid_request` that mentions `login_hint` is taken for it (not verified against the service).
fn error(refused: &ErrorResponse) -> CredentialError {
    match refused.error.as_str() {
        "federated_connection_refresh_token_not_found"
        | "federated_connection_refresh_token_flow_failed"
        | "user_not_found" => CredentialError::NotConnected,
        "invalid_request" if refused.mentions("login_hint") => CredentialError::SeveralAccounts,
        _ if refused.needs_sign_in() => CredentialError::SignInAgain,
        _ => failed(&format!("token exchange: {refused}")).into(),
    }
}

fn failed(cause: &str) -> Unavailable {
    Unavailable::new(SERVICE, cause)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test")]
    use super::*;
    use serde_json::{Value, json};

    fn answer() -> Value {
        json!({"access_token": "tok", "token_type": "Bearer", "issued_token_type": ACCOUNT_TOKEN, "scope": "a b", "expires_in": 60})
    }

    fn judged(member: &str, value: Value, wanted: &[&str]) -> String {
        let mut body = answer();
        body[member] = value;
        let wanted: Vec<String> = wanted.iter().map(ToString::to_string).collect();
        match checked(serde_json::from_value(body).unwrap(), &wanted) {
            Ok(lent) => format!("{} for {}", lent.scopes.join("+"), lent.expires_in.as_secs()),
            Err(fault) => fault.to_string(),
        }
    }

    #[test]
    fn an_exchanged_token_is_accepted_only_if_it_is_the_requested_one() {
        let cannot = |why: &str| format!("{SERVICE} is not available: token exchange: {why}");
        let other = cannot("the answer holds another kind of token");
        let rows = [
            ("scope", json!("a b"), &["a", "b"][..], "a+b for 60".to_owned()),
            ("scope", json!("a,b"), &["a", "b"], "a+b for 60".to_owned()),
            ("scope", json!("a b"), &[], "a+b for 60".to_owned()),
            ("scope", json!("a b"), &["b", "c", "d"], "the account lacks c d".to_owned()),
            ("scope", json!("ab"), &["a"], "the account lacks a".to_owned()),
            ("scope", json!(null), &["a"], cannot("the answer names no granted scopes")),
            ("scope", json!(null), &[], " for 60".to_owned()),
            ("expires_in", json!(null), &["a"], "a+b for 0".to_owned()),
            ("expires_in", json!(0), &["a"], cannot("the token has expired already")),
            ("expires_in", json!(-5), &["a"], cannot("the token has expired already")),
            ("token_type", json!("bearer"), &["a"], "a+b for 60".to_owned()),
            ("token_type", json!("DPoP"), &["a"], other.clone()),
            ("issued_token_type", json!(null), &["a"], "a+b for 60".to_owned()),
            ("issued_token_type", json!("urn:ietf:params:oauth:token-type:access_token"), &["a"], other),
            ("access_token", json!(""), &["a"], cannot("the answer has no token")),
        ];
        for (member, value, wanted, expected) in rows {
            assert_eq!(judged(member, value.clone(), wanted), expected, "{member}: {value}, wanted {wanted:?}");
        }
    }

    #[test]
    fn a_refused_exchange_is_classified_by_its_code() {
        let rows = [
            ("federated_connection_refresh_token_not_found", "", "account not connected"),
            ("federated_connection_refresh_token_flow_failed", "", "account not connected"),
            ("user_not_found", "Identity User not found.", "account not connected"),
            ("invalid_grant", "Unknown or invalid refresh token.", "the sign-in is over"),
            ("invalid_request", "login_hint is required", "several accounts are connected"),
            ("invalid_request", "Missing required parameter: connection", "the provider answered invalid_request"),
            ("mfa_required", "", "the sign-in is over"),
            ("unmet_authentication_requirements", "", "the sign-in is over"),
            ("unauthorized_client", "", "the provider answered unauthorized_client"),
            ("access_denied", "Unauthorized", "the provider answered access_denied"),
        ];
        for (error, description, expected) in rows {
            let refused = json!({"error": error, "error_description": description});
            let shown = super::error(&serde_json::from_value(refused).unwrap()).to_string();
            assert!(shown.ends_with(expected), "{error} {description}: {shown}");
        }
    }
}
