//! The view of the servers for an operator: each is queried now, with the operator's own token, without the cache.

use super::{Catalog, LONGEST_LISTING, ListingFailure};
use crate::config::Server;
use crate::discovery::Discovery;
use crate::error::Cause;
use crate::pin::Pin;
use agent::Actor;
use agent::ports::{Millis, Unavailable};
use futures::future::join_all;

/// The state of one server.
#[derive(Debug)]
pub struct ServerStatus {
    /// The configured server.
    pub server: Server,
    /// Its reachability.
    pub state: State,
    /// The time of its last answer to anybody on this instance; `None` if there was none since the process started.
    pub last: Option<Millis>,
    /// The tools that it offers now; the pinned ones if it does not answer.
    pub discovery: Discovery,
    /// The pinned tools.
    pub pins: Vec<Pin>,
}

/// The reachability of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It has just answered.
    Answers,
    /// It did not answer.
    Fails(ListingFailure),
}

impl Catalog {
    /// Queries every server.
    ///
    /// # Errors
    /// [`Unavailable`] if the pins cannot be read.
    pub async fn look(&self, actor: &Actor) -> Result<Vec<ServerStatus>, Unavailable> {
        let looks = self.0.client.servers().map(|server| self.look_at(actor, server));
        join_all(looks).await.into_iter().collect()
    }

    async fn look_at(&self, actor: &Actor, server: &Server) -> Result<ServerStatus, Unavailable> {
        let found = tokio::time::timeout(LONGEST_LISTING, self.0.discover(actor, &server.name)).await;
        let (state, discovery) = match found.unwrap_or(Err(ListingFailure::Server(Cause::Late))) {
            Ok(discovery) => (State::Answers, discovery),
            Err(trouble) => {
                let tools = self.known(actor, &server.name).await;
                (State::Fails(trouble), Discovery { tools, ..Discovery::default() })
            }
        };
        // Read after the query, so that changes which the query has just recorded are included.
        let pins = self.0.client.pins(actor.tenant(), &server.name).await?;
        Ok(ServerStatus { server: server.clone(), state, last: self.0.client.answered(&server.name), discovery, pins })
    }
}
