//! Requests to Okta's management API with an access token, and the interpretation of its errors.

use crate::SERVICE;
use agent::ports::AccessToken;
use agent::tool::ToolError;
use reqwest::header::{ACCEPT, HeaderMap};
use reqwest::{RequestBuilder, Response, StatusCode, Url};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Longest body of one answer, in bytes.
const LONGEST_ANSWER: usize = 1024 * 1024;

/// Calls the management API of one organization.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) http: reqwest::Client,
    pub(crate) base: Url,
}

/// Only `errorCode` is stable; summaries change (Okta's error codes reference).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OktaError {
    error_code: String,
}

impl Client {
    /// Creates a client that waits at most `timeout` for an answer.
    pub(crate) fn new(base: Url, timeout: Duration) -> Result<Self, reqwest::Error> {
        Ok(Self { http: http_client::client(timeout)?, base })
    }

    /// Returns the URL of a path. Each segment is percent-encoded, so that a login stays one segment.
    pub(crate) fn path(&self, segments: &[&str]) -> Result<Url, ToolError> {
        let mut url = self.base.clone();
        url.path_segments_mut().map_err(|()| unreadable())?.pop_if_empty().extend(segments);
        Ok(url)
    }

    /// Reads a resource; the headers contain the link to the next page. `None` if the resource does not exist.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        url: Url,
        access_token: &AccessToken,
    ) -> Result<Option<(HeaderMap, T)>, ToolError> {
        let answer = authorized(self.http.get(url), access_token).send().await.map_err(|error| {
            tracing::warn!(error = %error.without_url(), "Okta did not answer");
            unreadable()
        })?;
        match answer.status() {
            StatusCode::NOT_FOUND => Ok(None),
            status if status.is_success() => {
                let headers = answer.headers().clone();
                let read = serde_json::from_slice(&body(answer).await?);
                read.map(|read| Some((headers, read))).map_err(|_| unreadable())
            }
            _ => Err(refusal(answer, access_token).await),
        }
    }

    /// Sends a request that changes something. If no answer arrives, it may still have been carried out.
    pub(crate) async fn change(&self, request: RequestBuilder, access_token: &AccessToken) -> Result<(), ToolError> {
        let answer = authorized(request, access_token).send().await.map_err(|error| {
            let not_begun = error.is_connect() || error.is_builder();
            tracing::warn!(error = %error.without_url(), "Okta did not answer");
            if not_begun { unreadable() } else { ToolError::Unknown { service: SERVICE } }
        })?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            status if status.is_server_error() => Err(ToolError::Unknown { service: SERVICE }),
            _ => Err(refusal(answer, access_token).await),
        }
    }
}

/// Adds the access token to a request.
fn authorized(request: RequestBuilder, access_token: &AccessToken) -> RequestBuilder {
    request.bearer_auth(access_token.token().expose_secret()).header(ACCEPT, "application/json")
}

/// Interprets an error response, and logs its code and request id. A rejected token is reported to its provider.
async fn refusal(answer: Response, access_token: &AccessToken) -> ToolError {
    let status = answer.status();
    let request_id = header(answer.headers(), "x-okta-request-id");
    // A 403 for a missing scope has no body, so an unreadable body is not an error of its own.
    let code = body(answer).await.ok().and_then(|body| serde_json::from_slice::<OktaError>(&body).ok());
    let code = code.map(|error| error.error_code).unwrap_or_default();
    tracing::warn!(
        okta.request_id = %request_id, okta.code = %code, http.status = status.as_u16(), "Okta refused a request"
    );
    if status == StatusCode::UNAUTHORIZED {
        access_token.refused().await;
    }
    let sentence = match (status, code.as_str()) {
        (StatusCode::TOO_MANY_REQUESTS, _) => return unreadable(),
        (status, _) if status.is_server_error() => return unreadable(),
        // Not possible in this user's state, or for a user who is managed elsewhere (Okta's error codes reference).
        (StatusCode::FORBIDDEN, "E0000016" | "E0000017" | "E0000038") => {
            "Okta does not allow this for a user in this state. Nothing was done.".to_owned()
        }
        (StatusCode::NOT_FOUND, _) => "Okta has no such user.".to_owned(),
        (StatusCode::UNAUTHORIZED, _) => {
            "Okta no longer accepts the account that is used here. Try again; if the account must be connected again, \
             you are asked then."
                .to_owned()
        }
        (StatusCode::FORBIDDEN, _) => "Okta does not allow this account to do that.".to_owned(),
        (status, _) => format!("Okta answered {}.", status.as_u16()),
    };
    ToolError::Failed(sentence)
}

async fn body(answer: Response) -> Result<Vec<u8>, ToolError> {
    http_client::body(answer, LONGEST_ANSWER).await.map_err(|_| unreadable())
}

/// The error for a missing or unreadable answer.
pub(crate) const fn unreadable() -> ToolError {
    ToolError::Unavailable { service: SERVICE }
}

fn header(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("none").to_owned()
}
