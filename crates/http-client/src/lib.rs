//! The HTTP client of every adapter. It follows no redirects, because they could forward a secret to another host; it
//! names itself, because some web application firewalls drop requests without a `User-Agent`; and it reads bodies only
//! up to a limit.

mod address;

pub use address::is_public;

use reqwest::{Client, ClientBuilder, Response};
use std::time::Duration;

/// The `User-Agent` of every request.
pub const USER_AGENT: &str = concat!("countersign/", env!("CARGO_PKG_VERSION"));

/// Most idle connections that are kept for each host. A connection holds about 17 KB of buffers, so the connections of a
/// burst are closed soon after it.
pub const IDLE_CONNECTIONS: usize = 16;

/// The body could not be read. Never contains a URL or a part of the body.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// The connection failed, or the time-out passed.
    #[error("the body could not be read: {0}")]
    Interrupted(#[source] reqwest::Error),
    /// The body exceeds the limit.
    #[error("the body is larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
}

/// Creates a client whose requests take at most `timeout`, each with its whole answer.
///
/// # Errors
/// An error if no HTTP client can be created on this machine.
pub fn client(timeout: Duration) -> Result<Client, reqwest::Error> {
    builder(timeout).build()
}

/// Starts a client with the settings of [`client`], to which an adapter may add its own.
pub fn builder(timeout: Duration) -> ClientBuilder {
    Client::builder()
        .timeout(timeout)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(USER_AGENT)
        .pool_max_idle_per_host(IDLE_CONNECTIONS)
}

/// Reads a body of at most `limit` bytes.
///
/// # Errors
/// See [`BodyError`].
pub async fn body(mut answer: Response, limit: usize) -> Result<Vec<u8>, BodyError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| BodyError::Interrupted(error.without_url()))? {
        if body.len() + chunk.len() > limit {
            return Err(BodyError::TooLarge { limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
