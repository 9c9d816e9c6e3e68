//! All conversations of the caller: the list, the search, renaming and deletion.

use super::{ForCaller, LISTED, id, not_now};
use agent::ids::ConversationId;
use agent::ports::{ChangeError, Clock, Found, Header, ListCursor, Listing};
use agent::search::SearchQuery;
use agent::title::{BadTitle, LONGEST_TITLE, Title};
use app::pages::conversations::{ConversationRow, Conversations, Deleted};
use app::wire::{ApiError, BadInput};
use std::collections::HashMap;
use system::SystemClock;
use url::form_urlencoded;

/// Most characters of a search; the rest is ignored.
const LONGEST_QUERY: usize = 200;

impl ForCaller {
    pub(super) async fn retitle(&self, conversation: String, title: &str) -> Result<(), ApiError> {
        let (id, title) = (id(conversation)?, Title::parse(title).map_err(bad_title)?);
        self.services.conversations.rename(&self.actor, &id, &title).await.map_err(unchanged)
    }

    pub(super) async fn remove(&self, conversation: String) -> Result<Deleted, ApiError> {
        let id = id(conversation)?;
        let until = self.services.turns.delete(&self.actor, &id).await.map_err(unchanged)?;
        self.services.pages.forget(&self.actor, &id);
        Ok(Deleted { conversation: id.into(), until })
    }

    /// Returns a page of the list, or of a search. A cursor that cannot be parsed leads to the first page.
    pub(super) async fn listed(&self, query: &str) -> Result<Conversations, ApiError> {
        let mut fields: HashMap<_, _> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let query = fields.remove("q").map(|query| query.chars().take(LONGEST_QUERY).collect::<String>());
        let query = query.filter(|query| !query.trim().is_empty());
        let after: Option<ListCursor> = fields.remove("after").and_then(|place| place.parse().ok());
        let (rows, next) = match &query {
            None => {
                let list = self.services.conversations.list(&self.actor, LISTED, after.as_ref()).await;
                let Listing { headers, next } = list.map_err(not_now)?;
                (headers.into_iter().map(|header| self.row(header, Vec::new())).collect(), next)
            }
            Some(query) => self.found(query, after.as_ref()).await?,
        };
        let next = next.map(|next| {
            let mut address = form_urlencoded::Serializer::new(String::new());
            if let Some(query) = &query {
                address.append_pair("q", query);
            }
            address.append_pair("after", &next.to_string()).finish()
        });
        // An id that is none is not repeated on the page.
        let deleted = fields.remove("deleted").and_then(|id| ConversationId::try_from(id).ok()).map(Into::into);
        Ok(Conversations { query, rows, next, deleted })
    }

    fn row(&self, header: Header, matched: Vec<String>) -> ConversationRow {
        let title = super::rail::title(&header, self.zone.texts());
        let Header { id, used, .. } = header;
        let day = self.zone.distance(used, SystemClock.now());
        ConversationRow { id: id.into(), title, day, used: self.zone.full(used), matched }
    }

    /// Searches a bounded part of the conversations. A query without words finds nothing.
    async fn found(
        &self,
        query: &str,
        after: Option<&ListCursor>,
    ) -> Result<(Vec<ConversationRow>, Option<ListCursor>), ApiError> {
        let Some(query) = SearchQuery::parse(query) else { return Ok((Vec::new(), None)) };
        let most = usize::try_from(LISTED).unwrap_or(usize::MAX);
        let found = self.services.search.search(&self.actor, &query, most, after).await;
        let Found { hits, next } = found.map_err(not_now)?;
        Ok((hits.into_iter().map(|hit| self.row(hit.header, hit.matched)).collect(), next))
    }
}

/// Translates the failure to change a conversation.
pub(super) fn unchanged(error: ChangeError) -> ApiError {
    match error {
        ChangeError::NotFound => ApiError::NotFound,
        ChangeError::Unavailable(error) => not_now(error),
    }
}

fn bad_title(bad: BadTitle) -> ApiError {
    let number = |number| u32::try_from(number).unwrap_or(u32::MAX);
    ApiError::Invalid(match bad {
        BadTitle::Empty => BadInput::NoTitle,
        BadTitle::TooLong(length) => BadInput::LongTitle { length: number(length), limit: number(LONGEST_TITLE) },
    })
}
