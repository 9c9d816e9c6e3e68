//! Answers of the backchannel and token endpoints. Auth0 may answer an error with any status, so only `error` counts.

use super::failed;
use crate::http;
use agent::ports::Unavailable;
use reqwest::header::RETRY_AFTER;
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::time::Duration;

/// Largest body that is read.
const LARGEST: usize = 256 * 1024;

/// Longest pause that a provider may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The question was taken (CIBA Core section 7.3).
#[derive(Deserialize)]
pub(super) struct Acknowledged {
    pub(super) auth_req_id: String,
    pub(super) expires_in: u32,
    #[serde(default = "five")]
    pub(super) interval: u64,
}

const fn five() -> u64 {
    5
}

/// The yes. The access token is not read: nothing is done with it.
#[derive(Deserialize)]
pub(super) struct Tokens {
    pub(super) id_token: Option<SecretString>,
    pub(super) authorization_details: Option<serde_json::Value>,
}

/// An error answer.
#[derive(Deserialize)]
pub(crate) struct Refused {
    pub(crate) error: String,
    #[serde(default)]
    error_description: String,
    #[serde(skip)]
    retry_after: Option<Duration>,
}

impl Refused {
    /// Auth0 has no code of its own for a person without a device: the words tell.
    pub(super) fn no_device(&self) -> bool {
        self.mentions("No eligible notification channels")
    }

    /// Whether the provider's words name this; for what has no code of its own.
    pub(crate) fn mentions(&self, word: &str) -> bool {
        self.error_description.contains(word)
    }

    pub(super) fn retry_after(&self) -> Duration {
        self.retry_after.unwrap_or_default().min(LONGEST_PAUSE)
    }
}

/// For the log: the code alone, since a description may repeat what was sent.
impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the provider answered {}", self.error.chars().take(60).collect::<String>().escape_debug())
    }
}

/// Reads an answer: what was asked for, or the provider's error.
pub(crate) async fn read<T: DeserializeOwned>(
    mut answer: reqwest::Response,
) -> Result<Result<T, Refused>, Unavailable> {
    let status = answer.status();
    let retry_after = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let body = http::body(&mut answer, LARGEST).await.map_err(|error| failed(error.to_string()))?;
    if status.is_success() {
        let read = serde_json::from_slice(&body);
        return read.map(Ok).map_err(|_| failed("the answer cannot be read".to_owned()));
    }
    match serde_json::from_slice::<Refused>(&body) {
        Ok(refused) if !status.is_server_error() => {
            Ok(Err(Refused { retry_after: retry_after.map(Duration::from_secs), ..refused }))
        }
        _ => Err(failed(format!("the provider answered with status {}", status.as_u16()))),
    }
}
