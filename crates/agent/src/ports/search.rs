//! The search in a person's conversations.

use super::{Header, ListCursor, Unavailable};
use crate::Actor;
use crate::search::SearchQuery;
use async_trait::async_trait;

/// A conversation that a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchHit {
    /// The conversation.
    pub header: Header,
    /// The folded words of its title and of the person's messages that matched.
    pub matched: Vec<String>,
}

/// A page of a search's results.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Conversations, most recently used first. May be empty although later pages are not: a request reads a bounded part
    /// of the index.
    pub hits: Vec<SearchHit>,
    /// The position after which the search continues, if not everything was searched.
    pub next: Option<ListCursor>,
}

/// Searches titles and the words of a person's own messages.
#[async_trait]
pub trait Search: Send + Sync {
    /// Returns up to `most` of the actor's conversations that match, most recently used first, searching from `after` on
    /// if it is given. Entries that fail to decrypt are logged and skipped.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn search(
        &self,
        actor: &Actor,
        query: &SearchQuery,
        most: usize,
        after: Option<&ListCursor>,
    ) -> Result<Found, Unavailable>;
}
