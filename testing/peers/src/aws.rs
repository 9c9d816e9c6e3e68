//! `DynamoDB` and Secrets Manager by moto. One address serves both: a request's signature names its service.

use crate::{Peer, PeerError, python};

/// A running moto, with nothing in it.
#[derive(Debug)]
pub struct Moto(Peer);

impl Moto {
    /// Starts one.
    ///
    /// # Errors
    /// See [`PeerError`].
    pub async fn start() -> Result<Self, PeerError> {
        Peer::start(python("", "aws/server.py")?).await.map(Self)
    }

    /// Its address, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        self.0.ready()["url"].as_str().unwrap_or_default()
    }
}
