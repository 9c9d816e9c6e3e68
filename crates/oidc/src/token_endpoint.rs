//! Requests of a client to an OAuth endpoint: the token endpoint (RFC 6749 section 3.2), and others that authenticate
//! the client in the same way. The error code decides the meaning of an error, because Auth0 sends some codes with
//! unexpected statuses.

use crate::client_authentication::{Client, Method};
use agent::ports::Unavailable;
use reqwest::StatusCode;
use reqwest::header::{ACCEPT, HeaderValue, RETRY_AFTER};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::time::Duration;
use url::Url;

/// Largest body that is read, in bytes.
const LARGEST_TOKEN_RESPONSE: usize = 256 * 1024;

/// Longest pause that a provider may request.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// An endpoint and the client that sends requests to it.
#[derive(Debug, Clone, Copy)]
pub struct Endpoint<'a> {
    /// The name of the service in messages to people.
    pub service: &'static str,
    /// The URL.
    pub url: &'a Url,
    /// The client.
    pub client: &'a Client,
    /// The method of client authentication that the service prefers.
    pub preferred: Method,
    /// The audience of a signed assertion: the issuer, or the URL of the token endpoint.
    pub assertion_audience: &'a str,
    /// The HTTP client, see [`crate::http::client`].
    pub http: &'a reqwest::Client,
}

/// A successful answer (RFC 6749 section 5.1, RFC 8693 section 2.2.1, RFC 9396 section 7).
#[derive(Deserialize)]
pub struct TokenResponse {
    /// `access_token`
    pub access_token: Option<SecretString>,
    /// `token_type`
    pub token_type: Option<String>,
    /// `issued_token_type` of a token exchange.
    pub issued_token_type: Option<String>,
    /// `refresh_token`
    pub refresh_token: Option<SecretString>,
    /// `id_token` (OpenID Connect Core section 3.1.3.3).
    pub id_token: Option<SecretString>,
    /// `scope`; if absent, as requested (RFC 6749 section 5.1).
    pub scope: Option<String>,
    /// `expires_in`, in seconds. Some providers send a string.
    #[serde(default, deserialize_with = "seconds")]
    pub expires_in: Option<i64>,
    /// `authorization_details` as granted.
    pub authorization_details: Option<serde_json::Value>,
}

/// An error response (RFC 6749 section 5.2).
#[derive(Deserialize)]
pub struct ErrorResponse {
    /// The code.
    pub error: String,
    #[serde(default)]
    error_description: Option<String>,
    #[serde(skip)]
    status: u16,
    #[serde(skip)]
    retry_after: Option<Duration>,
}

/// The request did not yield a token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The provider rejected the request with an error code.
    #[error("{0}")]
    Refused(ErrorResponse),
    /// The provider could not be reached, failed, or sent an unreadable answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl TokenError {
    /// Converts this error if no rejection has a meaning of its own.
    #[must_use]
    pub fn into_unavailable(self, service: &'static str, request: &str) -> Unavailable {
        match self {
            Self::Refused(refused) => Unavailable::new(service, format!("{request}: {refused}")),
            Self::Unavailable(error) => error,
        }
    }
}

impl Endpoint<'_> {
    /// Sends `form` and parses the answer. Requests are never repeated: one use invalidates a code or a rotating
    /// refresh token.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub async fn post<T: DeserializeOwned>(&self, form: &[(&str, &str)]) -> Result<T, TokenError> {
        let body = self.send(form).await?;
        serde_json::from_slice(&body).map_err(|_| self.failed("the answer cannot be read".to_owned()).into())
    }

    /// Sends `form` and returns the raw body, for endpoints whose successful answer is empty (RFC 7009 section 2.2).
    ///
    /// # Errors
    /// See [`TokenError`].
    pub async fn send(&self, form: &[(&str, &str)]) -> Result<Vec<u8>, TokenError> {
        let request = self.http.post(self.url.clone()).header(ACCEPT, HeaderValue::from_static("application/json"));
        let request = self.client.authenticate(request, form, self.preferred, self.assertion_audience);
        let request = request.map_err(|error| self.failed(format!("the client's private key {error}")))?;
        let answer = request.send().await;
        let answer = answer.map_err(|error| self.failed(error.without_url().to_string()))?;
        let status = answer.status();
        let retry_after = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let body =
            http_client::body(answer, LARGEST_TOKEN_RESPONSE).await.map_err(|error| self.failed(error.to_string()))?;
        if status.is_success() {
            return Ok(body);
        }
        Err(match serde_json::from_slice::<ErrorResponse>(&body) {
            Ok(refused) if !status.is_server_error() => TokenError::Refused(ErrorResponse {
                status: status.as_u16(),
                retry_after: retry_after.map(Duration::from_secs),
                ..refused
            }),
            _ => self.failed(format!("the provider answered with status {}", status.as_u16())).into(),
        })
    }

    fn failed(&self, cause: String) -> Unavailable {
        Unavailable::new(self.service, cause)
    }
}

impl ErrorResponse {
    /// Returns whether the description contains `word`, for conditions without a code of their own.
    #[must_use]
    pub fn mentions(&self, word: &str) -> bool {
        self.error_description.as_deref().is_some_and(|text| text.contains(word))
    }

    /// Returns whether the provider rejected the client itself: status 401 with any code except those that only an
    /// authenticated client gets. Auth0 answers a wrong secret with `access_denied`, which with another status is a
    /// person's denial.
    #[must_use]
    pub fn refuses_client(&self) -> bool {
        const OF_KNOWN_CLIENTS: [&str; 4] = ["invalid_grant", "authorization_pending", "slow_down", "mfa_required"];
        self.status == StatusCode::UNAUTHORIZED.as_u16() && !OF_KNOWN_CLIENTS.contains(&self.error.as_str())
    }

    /// Returns whether only a new sign-in helps: the refresh token is invalid, or the provider requires the person to
    /// be present (OpenID Connect Core section 3.1.2.6; Auth0's `mfa_required` and
    /// `unmet_authentication_requirements`).
    #[must_use]
    pub fn needs_sign_in(&self) -> bool {
        const CODES: [&str; 6] = [
            "invalid_grant",
            "mfa_required",
            "unmet_authentication_requirements",
            "login_required",
            "interaction_required",
            "consent_required",
        ];
        CODES.contains(&self.error.as_str())
    }

    /// The pause that the provider requests, at most a minute.
    #[must_use]
    pub fn retry_after(&self) -> Duration {
        self.retry_after.unwrap_or_default().min(LONGEST_PAUSE)
    }
}

/// For the log: only the code, because a description may repeat parts of the request.
impl fmt::Display for ErrorResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the provider answered {}", self.error.chars().take(60).collect::<String>().escape_debug())
    }
}

impl fmt::Debug for ErrorResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ErrorResponse({self}, status {})", self.status)
    }
}

impl fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenResponse").field("scope", &self.scope).finish_non_exhaustive()
    }
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let value = Option::<serde_json::Value>::deserialize(deserializer)?;
    Ok(value.and_then(|value| match value {
        serde_json::Value::String(text) => text.parse().ok(),
        other => other.as_i64(),
    }))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn an_expiry_may_be_a_string() {
        for (json, expected) in [("3600", Some(3600)), (r#""3599""#, Some(3599)), ("null", None), (r#""soon""#, None)] {
            let body = format!(r#"{{"access_token":"a","token_type":"Bearer","expires_in":{json}}}"#);
            assert_eq!(serde_json::from_str::<TokenResponse>(&body).unwrap().expires_in, expected, "{json}");
        }
    }

    #[test]
    fn only_errors_that_need_the_person_ask_for_a_new_sign_in() {
        let rows = [
            ("invalid_grant", true),
            ("mfa_required", true),
            ("unmet_authentication_requirements", true),
            ("login_required", true),
            ("interaction_required", true),
            ("invalid_client", false),
            ("temporarily_unavailable", false),
            ("access_denied", false),
        ];
        for (code, expected) in rows {
            let refused: ErrorResponse = serde_json::from_str(&format!(r#"{{"error":"{code}"}}"#)).unwrap();
            assert_eq!(refused.needs_sign_in(), expected, "{code}");
        }
    }
}
