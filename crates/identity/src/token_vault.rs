//! Borrowing a person's own account at a third party: Auth0's *Token Vault*, by exchange of a token of theirs (RFC 8693).
//! It must never keep what is lent, nor decide for which tool it is: the caller does both.

use crate::ciba::wire::{self, Refused};
use crate::{RelyingParty, SERVICE, http};
use agent::ports::Unavailable;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;

/// The exchange's grant.
const GRANT: &str = "urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token";
const REFRESH_TOKEN: &str = "urn:ietf:params:oauth:token-type:refresh_token";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
/// An identifier, not an address: `http` is how Auth0 spells it.
const LENT_TOKEN: &str = "http://auth0.com/oauth/token-type/federated-connection-access-token";

/// Lends third parties' access tokens at the provider that people sign in with.
#[derive(Debug, Clone)]
pub struct TokenVault {
    provider: Arc<RelyingParty>,
    http: reqwest::Client,
}

/// What is exchanged: a token of the person's, by the client that may exchange it.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// The refresh token of their sign-in, by the client that they signed in to. Its refresh tokens must not rotate (Auth0,
    /// *Refresh Token Exchange with Token Vault*).
    RefreshToken(&'a SecretString),
    /// An access token for an API of one's own, by that API's client (Auth0, *Access Token Exchange with Token Vault*).
    AccessToken(&'a SecretString, &'a ApiClient),
}

/// The client of an API of one's own: what Auth0 calls a *Custom API Client*.
#[derive(Debug, Clone)]
pub struct ApiClient {
    /// The client.
    pub id: String,
    /// Its secret.
    pub secret: SecretString,
}

/// An access token of a third party, for one person.
#[derive(Debug)]
pub struct Lent {
    /// The token: for the third party alone.
    pub token: SecretString,
    /// What was granted there: at least what was asked for, often more, since the vault cannot narrow.
    pub scopes: Vec<String>,
    /// How long it still lives; zero when the provider does not say, and then it is not to be kept.
    pub expires_in: Duration,
}

/// Why nothing is lent.
#[derive(Debug, thiserror::Error)]
pub enum VaultFault {
    /// The person has not connected such an account, or the third party has ended it: it is to be connected (again).
    #[error("the account is not connected")]
    NotConnected,
    /// The account is connected with less than is needed: it is to be connected again, with more.
    #[error("the account lacks the scopes {}", .missing.join(" "))]
    MoreScopes {
        /// What is lacking.
        missing: Vec<String>,
    },
    /// Several accounts of this connection are connected, and `login_hint` says not which. What Auth0 answers here is
    /// not documented; whatever it refuses with the words `login_hint` is taken for this.
    #[error("several accounts are connected")]
    SeveralAccounts,
    /// The sign-in's refresh token works no more: the person must sign in again.
    #[error("the sign-in is over")]
    SignInAgain,
    /// The provider did not answer, or not in a way that can be trusted. A configuration that the provider refuses
    /// (the grant, the client, a second factor that it wants) is in here with its code.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The answer (RFC 8693 section 2.2.1).
#[derive(Deserialize)]
struct Answer {
    access_token: SecretString,
    token_type: String,
    issued_token_type: Option<String>,
    scope: Option<String>,
    expires_in: Option<i64>,
}

impl TokenVault {
    /// Lends at the provider of `provider`.
    ///
    /// # Errors
    /// A sentence, when no HTTP client can be made.
    pub fn new(provider: Arc<RelyingParty>) -> Result<Self, String> {
        let http = http::client().map_err(|error| error.to_string())?;
        Ok(Self { provider, http })
    }

    /// The third party's token behind `connection` for the person whose token `subject` is, if it has at least `scopes`.
    /// `login_hint` is the third party's own id of the account, for people who have several.
    ///
    /// # Errors
    /// See [`VaultFault`].
    pub async fn exchange(
        &self,
        subject: Subject<'_>,
        connection: &str,
        login_hint: Option<&str>,
        scopes: &[String],
    ) -> Result<Lent, VaultFault> {
        let metadata = self.provider.provider().metadata().await?;
        let url = metadata.token_endpoint().ok_or_else(|| failed("the provider has no token endpoint"))?;
        let own = self.provider.config();
        let (client, secret, token, kind) = match subject {
            Subject::RefreshToken(token) => (&own.client_id, &own.client_secret, token, REFRESH_TOKEN),
            Subject::AccessToken(token, client) => (&client.id, &client.secret, token, ACCESS_TOKEN),
        };
        // No `scope`: the vault does not narrow.
        let mut form = vec![
            ("grant_type", GRANT),
            ("client_id", client.as_str()),
            ("client_secret", secret.expose_secret()),
            ("subject_token", token.expose_secret()),
            ("subject_token_type", kind),
            ("requested_token_type", LENT_TOKEN),
            ("connection", connection),
        ];
        form.extend(login_hint.map(|hint| ("login_hint", hint)));
        let answer = self.http.post(url.as_str()).form(&form).send().await;
        let answer = answer.map_err(|error| failed(&format!("token exchange: {}", error.without_url())))?;
        match wire::read::<Answer>(answer).await? {
            Ok(answer) => checked(answer, scopes),
            Err(refused) => Err(fault(&refused)),
        }
    }
}

fn checked(answer: Answer, wanted: &[String]) -> Result<Lent, VaultFault> {
    let is_bearer = answer.token_type.eq_ignore_ascii_case("Bearer");
    if !is_bearer || answer.issued_token_type.is_some_and(|kind| kind != LENT_TOKEN) {
        return Err(failed("token exchange: the answer is another kind of token").into());
    }
    if answer.access_token.expose_secret().is_empty() {
        return Err(failed("token exchange: the answer has no token").into());
    }
    let expires_in = match answer.expires_in {
        None => Duration::ZERO,
        Some(seconds) => match u64::try_from(seconds) {
            Ok(seconds) if seconds > 0 => Duration::from_secs(seconds),
            _ => return Err(failed("token exchange: the token has already ended").into()),
        },
    };
    // None were asked for, so a missing `scope` says nothing (RFC 8693 section 2.2.1), and nothing is not enough.
    let Some(scope) = answer.scope else {
        if wanted.is_empty() {
            return Ok(Lent { token: answer.access_token, scopes: Vec::new(), expires_in });
        }
        return Err(failed("token exchange: the answer does not say what was granted").into());
    };
    // The third party's own separator is handed on: GitHub's is a comma.
    let scopes: Vec<String> = scope.split([' ', ',']).filter(|own| !own.is_empty()).map(str::to_owned).collect();
    let missing: Vec<String> = wanted.iter().filter(|wanted| !scopes.contains(wanted)).cloned().collect();
    if !missing.is_empty() {
        return Err(VaultFault::MoreScopes { missing });
    }
    Ok(Lent { token: answer.access_token, scopes, expires_in })
}

fn fault(refused: &Refused) -> VaultFault {
    match refused.error.as_str() {
        "federated_connection_refresh_token_not_found"
        | "federated_connection_refresh_token_flow_failed"
        | "user_not_found" => VaultFault::NotConnected,
        "invalid_grant" => VaultFault::SignInAgain,
        "invalid_request" if refused.mentions("login_hint") => VaultFault::SeveralAccounts,
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
        json!({"access_token": "tok", "token_type": "Bearer", "issued_token_type": LENT_TOKEN, "scope": "a b", "expires_in": 60})
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
    fn an_answer_is_taken_only_if_it_is_what_was_asked_for() {
        let cannot = |why: &str| format!("{SERVICE} is not available: token exchange: {why}");
        let other = cannot("the answer is another kind of token");
        let rows = [
            ("scope", json!("a b"), &["a", "b"][..], "a+b for 60".to_owned()),
            ("scope", json!("a,b"), &["a", "b"], "a+b for 60".to_owned()),
            ("scope", json!("a b"), &[], "a+b for 60".to_owned()),
            ("scope", json!("a b"), &["b", "c", "d"], "the account lacks the scopes c d".to_owned()),
            ("scope", json!("ab"), &["a"], "the account lacks the scopes a".to_owned()),
            ("scope", json!(null), &["a"], cannot("the answer does not say what was granted")),
            ("scope", json!(null), &[], " for 60".to_owned()),
            ("expires_in", json!(null), &["a"], "a+b for 0".to_owned()),
            ("expires_in", json!(0), &["a"], cannot("the token has already ended")),
            ("expires_in", json!(-5), &["a"], cannot("the token has already ended")),
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
    fn a_refusal_is_told_by_its_code() {
        let rows = [
            ("federated_connection_refresh_token_not_found", "", "the account is not connected"),
            ("federated_connection_refresh_token_flow_failed", "", "the account is not connected"),
            ("user_not_found", "Identity User not found.", "the account is not connected"),
            ("invalid_grant", "Unknown or invalid refresh token.", "the sign-in is over"),
            ("invalid_request", "login_hint is required", "several accounts are connected"),
            ("invalid_request", "Missing required parameter: connection", "the provider answered invalid_request"),
            ("mfa_required", "", "the provider answered mfa_required"),
            ("unauthorized_client", "", "the provider answered unauthorized_client"),
            ("access_denied", "Unauthorized", "the provider answered access_denied"),
        ];
        for (error, description, expected) in rows {
            let refused = json!({"error": error, "error_description": description});
            let shown = fault(&serde_json::from_value(refused).unwrap()).to_string();
            assert!(shown.ends_with(expected), "{error} {description}: {shown}");
        }
    }
}
