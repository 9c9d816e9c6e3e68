//! `DynamoDB` and Secrets Manager by moto. One URL serves both: a request's signature names its service.

use crate::{Peer, PeerError, python};

/// A running moto without data.
#[derive(Debug)]
pub struct Moto(Peer);

impl Moto {
    /// Starts a moto server.
    ///
    /// # Errors
    /// See [`PeerError`].
    pub async fn start() -> Result<Self, PeerError> {
        Peer::start(python("", "aws/server.py")?).await.map(Self)
    }

    /// Returns its URL without a trailing slash.
    #[must_use]
    pub fn url(&self) -> &str {
        self.0.ready()["url"].as_str().unwrap_or_default()
    }
}
