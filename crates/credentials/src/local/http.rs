//! The HTTP client for providers: no redirects (they would carry secrets elsewhere), short time-outs, bounded bodies.

use agent::ports::Unavailable;
use reqwest::header::{ACCEPT, HeaderValue};
use reqwest::{RequestBuilder, StatusCode};
use std::time::Duration;

/// Longest wait for one answer.
const TIMEOUT: Duration = Duration::from_secs(8);

/// Largest body that is read, in bytes: tokens are a few kilobytes.
const LARGEST: usize = 64 * 1024;

/// GitHub's API answers nobody who does not say who they are.
const AGENT: &str = "countersign";

pub(crate) fn client() -> Result<reqwest::Client, reqwest::Error> {
    let builder = reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none());
    builder.user_agent(AGENT).build()
}

/// Asks for JSON: without it GitHub answers with a form.
pub(crate) fn accepting(request: RequestBuilder) -> RequestBuilder {
    request.header(ACCEPT, HeaderValue::from_static("application/json"))
}

/// Status and body of the answer to `request`. The cause of a failure holds neither address nor body.
pub(crate) async fn send(service: &'static str, request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), Unavailable> {
    let failed = |error: reqwest::Error| Unavailable::new(service, error.without_url().to_string());
    let mut answer = accepting(request).send().await.map_err(failed)?;
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > LARGEST {
            return Err(Unavailable::new(service, format!("the body is larger than {LARGEST} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok((answer.status(), body))
}
