//! The HTTP client for identity providers, in the form that the OpenID Connect library calls.

use openidconnect::{HttpRequest, HttpResponse};
use std::time::Duration;

/// Longest wait for one answer.
pub const TIMEOUT: Duration = Duration::from_secs(8);

/// Largest body that is read: discovery documents and key sets are a few kilobytes.
const LARGEST_DOCUMENT: usize = 512 * 1024;

/// The request failed. Never contains a URL with a query, a body, or a secret.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The request could not be completed.
    #[error("the request failed: {0}")]
    Request(#[from] reqwest::Error),
    /// The body could not be read.
    #[error(transparent)]
    Body(#[from] http_client::BodyError),
    /// The answer is not valid HTTP.
    #[error("the answer is not valid HTTP: {0}")]
    Invalid(#[from] openidconnect::http::Error),
}

/// Creates the client.
///
/// # Errors
/// An error if no HTTP client can be created on this machine.
pub fn client() -> Result<reqwest::Client, reqwest::Error> {
    http_client::client(TIMEOUT)
}

/// Sends one request of the OpenID Connect library.
///
/// # Errors
/// See [`HttpError`].
pub async fn send(client: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, HttpError> {
    let request = reqwest::Request::try_from(request).map_err(HttpError::Request)?;
    let answer = client.execute(request).await.map_err(reqwest::Error::without_url)?;
    let mut builder = openidconnect::http::Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        builder = builder.header(name, value);
    }
    Ok(builder.body(http_client::body(answer, LARGEST_DOCUMENT).await?)?)
}
