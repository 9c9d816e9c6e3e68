//! What an operator sees of the servers: asked now, with the operator's own token, whatever was heard before.

use super::{Catalog, PATIENCE, Trouble};
use crate::config::Server;
use crate::discovery::Discovery;
use crate::error::Cause;
use crate::pin::Pin;
use agent::Actor;
use agent::ports::{Millis, Unavailable};
use futures::future::join_all;

/// One server.
#[derive(Debug)]
pub struct Look {
    /// The server, as it is configured.
    pub server: Server,
    /// How it stands.
    pub state: State,
    /// When it last answered to anybody here; never, since this process began.
    pub last: Option<Millis>,
    /// What it offers now; what is known of it, when it does not answer.
    pub discovery: Discovery,
    /// What is pinned.
    pub pins: Vec<Pin>,
}

/// How a server stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It has just answered.
    Answers,
    /// It has not.
    Fails(Trouble),
}

impl Catalog {
    /// Every server as it is now.
    ///
    /// # Errors
    /// [`Unavailable`] when what is pinned cannot be told.
    pub async fn look(&self, actor: &Actor) -> Result<Vec<Look>, Unavailable> {
        let looks = self.0.client.servers().map(|server| self.look_at(actor, server));
        join_all(looks).await.into_iter().collect()
    }

    async fn look_at(&self, actor: &Actor, server: &Server) -> Result<Look, Unavailable> {
        let found = tokio::time::timeout(PATIENCE, self.0.discover(actor, &server.name)).await;
        let (state, discovery) = match found.unwrap_or(Err(Trouble::Server(Cause::Late))) {
            Ok(discovery) => (State::Answers, discovery),
            Err(trouble) => {
                let tools = self.known(actor, &server.name).await;
                (State::Fails(trouble), Discovery { tools, ..Discovery::default() })
            }
        };
        // After the server was asked: what it changed just now stands there then.
        let pins = self.0.client.pins(actor.tenant(), &server.name).await?;
        Ok(Look { server: server.clone(), state, last: self.0.client.answered(&server.name), discovery, pins })
    }
}
