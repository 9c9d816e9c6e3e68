//! The operator's view of MCP servers and targets, and of their tools. It must not depend on MCP: the wiring implements its port.

use agent::Actor;
use agent::ports::{Millis, Unavailable};
use async_trait::async_trait;

/// An MCP server or a target.
#[derive(Debug, Clone)]
pub struct RemoteServer {
    /// The source of its tools.
    pub source: Source,
    /// Its configured name.
    pub name: String,
    /// Its endpoint.
    pub url: String,
    /// The reason why it cannot be used now; `None` if it can.
    pub trouble: Option<String>,
    /// The time of its last answer to anybody at this instance.
    pub last: Option<Millis>,
    /// The tools that are offered to people.
    pub tools: Vec<RemoteTool>,
    /// The changed tools that wait for an operator's review.
    pub changes: Vec<Change>,
    /// The tools that are withheld for another reason: name and reason.
    pub unfit: Vec<(String, String)>,
    /// Notes about what was ignored, one sentence each. They quote the server's names unsanitized.
    pub notes: Vec<String>,
}

/// The source of tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// An MCP server, which lists them.
    Discovered,
    /// The operator's own files, which describe them.
    Configured,
}

/// A tool that is offered.
#[derive(Debug, Clone)]
pub struct RemoteTool {
    /// Its name in this application.
    pub name: String,
    /// Its name at its server, if that is a different one.
    pub own: Option<String>,
    /// Its description, as given to the model.
    pub description: String,
    /// The relation that a person needs to call it.
    pub relation: String,
    /// The object of that relation.
    pub object: String,
    /// The approval that a call needs.
    pub asks: Asks,
    /// The time at which its present definition was pinned.
    pub since: Option<Millis>,
    /// The subject of the operator who accepted its present definition; `None` if it has not changed since it was first
    /// seen.
    pub by: Option<String>,
}

/// The approval that a call needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// None: the permission suffices.
    Nobody,
    /// An approval by the person.
    ThePerson,
}

/// A tool whose definition has changed.
#[derive(Debug, Clone)]
pub struct Change {
    /// Its name at its server.
    pub tool: String,
    /// The difference, in lines that begin with `-` or `+`. It contains no invisible characters.
    pub lines: Vec<String>,
    /// The digest that identifies exactly this change.
    pub digest: String,
}

/// The outcome of accepting a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// The new definition is offered from now on.
    Yes,
    /// The server's definition has changed again: it must be read again.
    Outdated,
}

/// The MCP servers, for operators. Callers must have checked that `actor` is an operator.
#[async_trait]
pub trait RemoteTools: Send + Sync {
    /// Returns the present state of every server, queried with this person's token and for their organization.
    ///
    /// # Errors
    /// [`Unavailable`] when the pinned definitions cannot be read.
    async fn look(&self, actor: &Actor) -> Result<Vec<RemoteServer>, Unavailable>;

    /// Accepts a change that this person has read.
    ///
    /// # Errors
    /// [`Unavailable`] when the acceptance cannot be stored.
    async fn accept(&self, actor: &Actor, server: &str, tool: &str, digest: &str) -> Result<Accepted, Unavailable>;
}
