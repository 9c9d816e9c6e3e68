//! Responses of the My Account API: accounts and problem documents, whose format differs from the token endpoint's
//! errors.

use super::failed;
use crate::accounts::AccountError;
use agent::ports::AccessToken;
use reqwest::{RequestBuilder, StatusCode};
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Maximum size of a response body, in bytes.
const LARGEST_ANSWER: usize = 256 * 1024;

/// An account at a third party that a person has connected.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ConnectedAccount {
    /// Identifier for `delete`: `cac_…`
    pub id: String,
    /// Name of the Auth0 connection.
    pub connection: String,
    /// Granted scopes.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Time of connection, as an ISO 8601 date and time.
    pub created_at: String,
    /// Time of expiry, if the account expires.
    pub expires_at: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Started {
    pub(super) auth_session: SecretString,
    pub(super) connect_uri: String,
    pub(super) connect_params: ConnectParams,
}

#[derive(Deserialize)]
pub(super) struct ConnectParams {
    pub(super) ticket: SecretString,
}

#[derive(Deserialize)]
pub(super) struct Accounts {
    pub(super) accounts: Vec<ConnectedAccount>,
    pub(super) next: Option<String>,
}

/// A problem document. Its `detail` is ignored, since it may repeat request data that must not be logged.
#[derive(Default, Deserialize)]
struct Problem {
    #[serde(default)]
    title: String,
    #[serde(default)]
    validation_errors: Vec<Invalid>,
}

#[derive(Deserialize)]
struct Invalid {
    #[serde(default)]
    field: String,
}

/// Sends a request and returns the status and body of the response. Reports `token` as rejected on status 401.
pub(super) async fn answer(
    request: RequestBuilder,
    token: &AccessToken,
) -> Result<(StatusCode, Vec<u8>), AccountError> {
    let sent = request.send().await;
    let answer = sent.map_err(|error| failed(&format!("My Account API: {}", error.without_url())))?;
    let status = answer.status();
    let body = http_client::body(answer, LARGEST_ANSWER).await.map_err(|error| failed(&error.to_string()))?;
    if status == StatusCode::UNAUTHORIZED {
        token.refused().await;
    }
    Ok((status, body))
}

/// Decodes the body of a successful response, or returns the error of any other.
pub(super) fn read<T: DeserializeOwned>(status: StatusCode, body: &[u8]) -> Result<T, AccountError> {
    if !status.is_success() {
        return Err(error(status, body));
    }
    serde_json::from_slice(body).map_err(|_| failed("the answer cannot be read").into())
}

pub(super) fn error(status: StatusCode, body: &[u8]) -> AccountError {
    let problem: Problem = serde_json::from_slice(body).unwrap_or_default();
    match status {
        StatusCode::UNAUTHORIZED => AccountError::SignInAgain,
        StatusCode::TOO_MANY_REQUESTS => failed("the My Account API throttles").into(),
        status if status.is_client_error() => AccountError::Refused(problem.reason(status)),
        status => failed(&format!("the My Account API answered with status {}", status.as_u16())).into(),
    }
}

impl Problem {
    fn reason(&self, status: StatusCode) -> String {
        let short = |text: &str| text.chars().take(60).collect::<String>().escape_debug().to_string();
        let fields: Vec<String> = self.validation_errors.iter().take(5).map(|invalid| short(&invalid.field)).collect();
        let fields = if fields.is_empty() { String::new() } else { format!(" ({})", fields.join(", ")) };
        format!("status {} {}{fields}", status.as_u16(), short(&self.title))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_classified_by_its_status_and_logs_nothing_that_was_sent() {
        let problem = r#"{"title":"Invalid Request","detail":"hunter2","validation_errors":[{"field":"scopes","detail":"hunter2"}]}"#;
        let rows = [
            (401, problem, "the sign-in is over"),
            (409, problem, "refused: status 409 Invalid Request (scopes)"),
            (400, problem, "refused: status 400 Invalid Request (scopes)"),
            (403, r#"{"title":"Insufficient scope"}"#, "refused: status 403 Insufficient scope"),
            (404, "", "refused: status 404 "),
            (415, "<html>", "refused: status 415 "),
            (400, "{\"title\":\"a\\nb\"}", "refused: status 400 a\\nb"),
            (429, problem, "the sign-in service is not available: the My Account API throttles"),
            (503, problem, "the sign-in service is not available: the My Account API answered with status 503"),
            (302, "", "the sign-in service is not available: the My Account API answered with status 302"),
        ];
        for (status, body, expected) in rows {
            let shown = StatusCode::from_u16(status).map(|status| error(status, body.as_bytes()).to_string());
            assert_eq!(shown.as_deref().ok(), Some(expected), "{status} {body}");
        }
    }
}
