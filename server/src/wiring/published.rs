//! Policies that are published in the table, for all instances at once.

use crate::cedar::PolicySet;
use agent::ports::Unavailable;
use async_trait::async_trait;
use dynamo::{DynamoPolicies, LARGEST_POLICIES};
use policies::{PolicyFile, PolicyFiles};
use serde::{Deserialize, Serialize};

/// The published policies.
#[derive(Debug, Clone)]
pub struct PublishedPolicies(DynamoPolicies);

/// A text of policies, as it is stored.
#[derive(Serialize, Deserialize)]
struct Stored {
    name: String,
    text: String,
}

/// The reason why nothing was published.
#[derive(Debug, thiserror::Error)]
pub enum NotPublished {
    /// An item of the table cannot hold them.
    #[error("the policies have {0} bytes, and the table holds {LARGEST_POLICIES} at most: use POLICIES with files")]
    TooLarge(usize),
    /// Another publisher was faster.
    #[error("other policies were published meanwhile: look at them, and publish again")]
    Overtaken,
    /// The table or the keys are not available.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The texts could not be written as JSON.
    #[error("the policies cannot be stored: {0}")]
    Form(#[from] serde_json::Error),
}

impl PublishedPolicies {
    /// Reads and writes in `store`.
    #[must_use]
    pub const fn new(store: DynamoPolicies) -> Self {
        Self(store)
    }

    /// Publishes policies in place of those that are published now; returns their version.
    ///
    /// # Errors
    /// [`NotPublished`].
    pub async fn publish(&self, files: &PolicyFiles) -> Result<u64, NotPublished> {
        let stored: Vec<Stored> =
            files.0.iter().map(|file| Stored { name: file.name.clone(), text: file.text.clone() }).collect();
        let plain = serde_json::to_vec(&stored)?;
        if plain.len() > LARGEST_POLICIES {
            return Err(NotPublished::TooLarge(plain.len()));
        }
        let version = self.0.read().await?.map_or(0, |(_, version)| version);
        if self.0.replace(&plain, version).await? { Ok(version + 1) } else { Err(NotPublished::Overtaken) }
    }
}

#[async_trait]
impl PolicySet for PublishedPolicies {
    async fn read(&self) -> Result<Option<(PolicyFiles, u64)>, Unavailable> {
        let Some((plain, version)) = self.0.read().await? else { return Ok(None) };
        let stored: Vec<Stored> =
            serde_json::from_slice(&plain).map_err(|error| Unavailable::new(dynamo::SERVICE, error.to_string()))?;
        let files = stored.into_iter().map(|Stored { name, text }| PolicyFile { name, text });
        Ok(Some((PolicyFiles(files.collect()), version)))
    }
}
