//! One batch read of everything that may have changed since a page was last rendered.

use super::entry::StoredHeader;
use super::{DynamoConversations, HEADER, list};
use crate::item::{Item, s, text};
use crate::prompt_limiter;
use crate::{batch, keys};
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{Glance, Glances, Millis, Stamp, Unavailable};
use async_trait::async_trait;

#[async_trait]
impl Glances for DynamoConversations {
    async fn glance(
        &self,
        actor: &Actor,
        known: Option<(&ConversationId, u64)>,
        now: Millis,
    ) -> Result<Glance, Unavailable> {
        let key = |pk: String, sk: String| Item::from([("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))]);
        let owner = keys::conversations_of(actor);
        let mut wanted = vec![key(owner.clone(), list::STAMP.to_owned()), key(owner, prompt_limiter::SORT.to_owned())];
        if let Some((id, last)) = known {
            let log = keys::conversation(actor, id);
            wanted.extend([key(log.clone(), keys::event(last + 1)), key(log, HEADER.to_owned())]);
        }
        let mut glance = Glance { open: Some(Vec::new()), ..Glance::default() };
        for item in batch::get(&self.client, &self.table, wanted).await? {
            match text(&item, "sk")? {
                list::STAMP => glance.list = Some(Stamp(text(&item, "stamp")?.to_owned())),
                // Each question is also in the log of its own conversation, so the page works without this list.
                prompt_limiter::SORT => {
                    let state = prompt_limiter::state(&item).inspect_err(|error| {
                        tracing::warn!(error = %error, "the record of a person's questions cannot be read");
                    });
                    glance.open = state.ok().map(|state| state.open(now));
                }
                HEADER => glance.header = self.header_of(StoredHeader::new(item)).await?,
                _ => glance.grown = true,
            }
        }
        Ok(glance)
    }
}

#[cfg(test)]
mod tests;
