//! HTTP requests to providers: they accept JSON, and the size of a response body is limited.

use agent::ports::Unavailable;
use reqwest::header::{ACCEPT, HeaderValue};
use reqwest::{RequestBuilder, StatusCode};

/// Maximum size of a response body, in bytes: tokens are a few kilobytes.
const LARGEST_ANSWER: usize = 64 * 1024;

/// Adds an `Accept` header for JSON: without it GitHub responds with a form.
pub(crate) fn accepting(request: RequestBuilder) -> RequestBuilder {
    request.header(ACCEPT, HeaderValue::from_static("application/json"))
}

/// Sends `request` and returns the status and body of the response. The cause of an error contains neither URL nor
/// body.
pub(crate) async fn send(service: &'static str, request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), Unavailable> {
    let answer = accepting(request).send().await;
    let answer = answer.map_err(|error| Unavailable::new(service, error.without_url().to_string()))?;
    let status = answer.status();
    let body = http_client::body(answer, LARGEST_ANSWER).await;
    Ok((status, body.map_err(|error| Unavailable::new(service, error.to_string()))?))
}
