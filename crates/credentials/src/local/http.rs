//! Requests to providers of accounts: JSON is asked for, and an answer's body is bounded.

use agent::ports::Unavailable;
use oidc::http;
use reqwest::header::{ACCEPT, HeaderValue};
use reqwest::{RequestBuilder, StatusCode};

/// Largest body that is read, in bytes: tokens are a few kilobytes.
const LARGEST: usize = 64 * 1024;

/// Asks for JSON: without it GitHub answers with a form.
pub(crate) fn accepting(request: RequestBuilder) -> RequestBuilder {
    request.header(ACCEPT, HeaderValue::from_static("application/json"))
}

/// Status and body of the answer to `request`. The cause of a failure holds neither address nor body.
pub(crate) async fn send(service: &'static str, request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), Unavailable> {
    let answer = accepting(request).send().await;
    let mut answer = answer.map_err(|error| Unavailable::new(service, error.without_url().to_string()))?;
    let body = http::body(&mut answer, LARGEST).await;
    Ok((answer.status(), body.map_err(|error| Unavailable::new(service, error.to_string()))?))
}
