//! The tools of other servers as an operator sees them. It must never know MCP: the wiring fills this in.

use agent::Actor;
use agent::ports::{Millis, Unavailable};
use async_trait::async_trait;

/// One server.
#[derive(Debug)]
pub struct RemoteServer {
    /// Its name.
    pub name: String,
    /// Its address.
    pub url: String,
    /// Why it cannot be used now, if it cannot.
    pub trouble: Option<String>,
    /// When it last answered to anybody at this instance.
    pub last: Option<Millis>,
    /// What is offered.
    pub tools: Vec<RemoteTool>,
    /// What changed and waits to be read.
    pub changes: Vec<Change>,
    /// What is not offered for another reason: name and reason.
    pub unfit: Vec<(String, String)>,
    /// What is not looked at, a sentence each. Names in them are the server's, uncleaned.
    pub notes: Vec<String>,
}

/// A tool that is offered.
#[derive(Debug)]
pub struct RemoteTool {
    /// Its name here.
    pub name: String,
    /// Its name at its server's, where that is another one.
    pub own: Option<String>,
    /// What the model is told of it.
    pub description: String,
    /// What somebody needs to call it.
    pub relation: String,
    /// On what.
    pub object: String,
    /// Whether a person is asked.
    pub asks: Asks,
    /// Since when it is as it is.
    pub since: Option<Millis>,
    /// The subject of who accepted it, if it has changed since it was first seen.
    pub by: Option<String>,
}

/// Whether a call waits for a yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// The permission suffices.
    Nobody,
    /// A person is asked.
    ThePerson,
}

/// A tool that is not what it was.
#[derive(Debug)]
pub struct Change {
    /// Its name at its server's.
    pub tool: String,
    /// Lines that begin with `-` and `+`; nothing in them is invisible.
    pub lines: Vec<String>,
    /// Names exactly this change.
    pub digest: String,
}

/// What became of a yes to a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// It is offered from now on.
    Yes,
    /// It is not what the server says any more: it must be read again.
    Outdated,
}

/// The servers, for an operator. It must never be asked on behalf of anybody else.
#[async_trait]
pub trait RemoteTools: Send + Sync {
    /// Every server as it is now, asked with this person's token, in the organization of theirs.
    ///
    /// # Errors
    /// [`Unavailable`] when what is known of them cannot be told.
    async fn look(&self, actor: &Actor) -> Result<Vec<RemoteServer>, Unavailable>;

    /// Accepts a change that this person has read.
    ///
    /// # Errors
    /// [`Unavailable`] when it cannot be written.
    async fn accept(&self, actor: &Actor, server: &str, tool: &str, digest: &str) -> Result<Accepted, Unavailable>;
}
