//! The HTTP client for identity providers: no redirects (they could forward secrets), short timeouts, limited bodies,
//! and a `User-Agent`, without which some web application firewalls drop a request.

use openidconnect::{HttpRequest, HttpResponse};
use std::time::Duration;

/// The `User-Agent` of every request.
pub const USER_AGENT: &str = concat!("countersign/", env!("CARGO_PKG_VERSION"));

/// Longest wait for one answer.
pub const TIMEOUT: Duration = Duration::from_secs(8);

/// Largest body that is read: discovery documents and key sets are a few kilobytes.
const LARGEST: usize = 512 * 1024;

/// The request failed. Never contains a URL with a query, a body, or a secret.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The request could not be completed.
    #[error("the request failed: {0}")]
    Request(#[from] reqwest::Error),
    /// The body exceeds the limit.
    #[error("the body is larger than {most} bytes")]
    TooLarge {
        /// The limit, in bytes.
        most: usize,
    },
    /// The answer is not valid HTTP.
    #[error("the answer is not valid HTTP: {0}")]
    Invalid(#[from] openidconnect::http::Error),
}

/// Creates the client.
///
/// # Errors
/// An error if no HTTP client can be created on this machine.
pub fn client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .timeout(TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(USER_AGENT)
        .build()
}

/// Sends one request of the OpenID Connect library.
///
/// # Errors
/// See [`HttpError`].
pub async fn send(client: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, HttpError> {
    let request = reqwest::Request::try_from(request).map_err(HttpError::Request)?;
    let mut answer = client.execute(request).await.map_err(reqwest::Error::without_url)?;
    let mut builder = openidconnect::http::Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        builder = builder.header(name, value);
    }
    Ok(builder.body(body(&mut answer, LARGEST).await?)?)
}

/// Reads a body of at most `most` bytes.
///
/// # Errors
/// See [`HttpError`].
pub async fn body(answer: &mut reqwest::Response, most: usize) -> Result<Vec<u8>, HttpError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
        if body.len() + chunk.len() > most {
            return Err(HttpError::TooLarge { most });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
