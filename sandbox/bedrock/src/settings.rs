//! The settings of a sandbox's Bedrock. Must not hold anything that a request can change.

use std::fmt;
use std::time::Duration;

/// The stand-in's settings, fixed for its lifetime.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The only accepted credentials. `None` accepts every access key and bearer token, and checks only the form of a
    /// signature.
    pub credentials: Option<Credentials>,
    /// The model's speed.
    pub pace: Pace,
    /// The model's context, in tokens of four characters; a longer request is rejected. Nova Pro has 300,000.
    pub context_tokens: usize,
}

impl Default for Settings {
    /// Settings for tests: any credentials, no delays, Nova Pro's context.
    fn default() -> Self {
        Self { credentials: None, pace: Pace::default(), context_tokens: 300_000 }
    }
}

/// One access key of AWS, and the region that signatures must name.
#[derive(Clone)]
pub struct Credentials {
    /// The access key id, for example `AKIAIOSFODNN7EXAMPLE`.
    pub access_key: String,
    /// The secret that signs requests.
    pub secret_key: String,
    /// The region in the signature's scope, for example `us-east-1`.
    pub region: String,
    /// The Bedrock API key that `Authorization: Bearer` may carry instead; `None` rejects every bearer token.
    pub bearer: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key", &self.access_key)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

/// The speed of the model's output.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pace {
    /// Delay before each delta, which is a word or less. Zero never sleeps.
    pub per_word: Duration,
}

impl Pace {
    /// Returns a pace at which people can read along: 25 ms per word.
    #[must_use]
    pub fn demo() -> Self {
        Self { per_word: Duration::from_millis(25) }
    }
}
