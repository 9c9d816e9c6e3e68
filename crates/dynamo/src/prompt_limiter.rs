//! The state of a person's open prompts: one item for each person, updated with optimistic locking.

use crate::item::{Item, broken, n, number, s, text};
use crate::{SERVICE, batch, keys, unavailable};
use agent::Actor;
use agent::approval::ApprovalId;
use agent::ports::{Millis, PromptLimiter, Unavailable};
use agent::prompts::{OpenPrompt, PromptEnd, PromptPermit, PromptRequest, PromptState};
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use std::collections::{BTreeSet, HashMap};

/// Maximum attempts at an update while others change the same item.
const TRIES: u32 = 8;

/// Limits on prompting people, in the table `countersign`.
#[derive(Debug, Clone)]
pub struct DynamoPromptLimiter {
    client: Client,
    table: String,
}

impl DynamoPromptLimiter {
    /// Creates the store in `table`.
    #[must_use]
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    async fn change<T>(&self, actor: &Actor, act: impl Fn(&mut PromptState) -> T) -> Result<T, Unavailable> {
        for _ in 0..TRIES {
            let (before, version) = self.read(actor).await?;
            let mut state = before.clone();
            let result = act(&mut state);
            if state == before || self.replace(actor, &state, version).await? {
                return Ok(result);
            }
        }
        Err(Unavailable::new(SERVICE, "the record of a person's questions changes too fast"))
    }

    async fn read(&self, actor: &Actor) -> Result<(PromptState, u64), Unavailable> {
        let request = self.client.get_item().table_name(&self.table).consistent_read(true);
        let request = request.key("pk", s(keys::conversations_of(actor))).key("sk", s(SORT));
        match request.send().await.map_err(unavailable)?.item {
            None => Ok((PromptState::default(), 0)),
            Some(item) => Ok((state(&item)?, number(&item, "version")?)),
        }
    }

    async fn replace(&self, actor: &Actor, state: &PromptState, version: u64) -> Result<bool, Unavailable> {
        let body = serde_json::to_string(state).map_err(|error| {
            Unavailable::new(SERVICE, format!("the record of questions cannot be written: {error}"))
        })?;
        let request = self.client.put_item().table_name(&self.table);
        let request = request
            .item("pk", s(keys::conversations_of(actor)))
            .item("sk", s(SORT))
            .item("version", n(version + 1))
            .item("body", s(body))
            .condition_expression("attribute_not_exists(pk) OR version = :version")
            .expression_attribute_values(":version", n(version));
        match request.send().await {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => Ok(false),
            Err(error) => Err(unavailable(error)),
        }
    }
}

/// Sort key of the item.
pub(crate) const SORT: &str = "prompts";

/// Parses the state of an item.
pub(crate) fn state(item: &Item) -> Result<PromptState, Unavailable> {
    serde_json::from_str(text(item, "body")?).map_err(|_| broken("body"))
}

#[async_trait]
impl PromptLimiter for DynamoPromptLimiter {
    async fn acquire(&self, actor: &Actor, request: &PromptRequest, now: Millis) -> Result<PromptPermit, Unavailable> {
        self.change(actor, |state| state.acquire(request, now)).await
    }

    async fn release(
        &self,
        actor: &Actor,
        question: &ApprovalId,
        end: PromptEnd,
        now: Millis,
    ) -> Result<(), Unavailable> {
        self.change(actor, |state| state.release(question, end, now)).await
    }

    async fn open(&self, actor: &Actor, now: Millis) -> Result<Vec<OpenPrompt>, Unavailable> {
        Ok(self.read(actor).await?.0.open(now))
    }

    async fn open_of(&self, actors: &[Actor], now: Millis) -> Result<Vec<Vec<OpenPrompt>>, Unavailable> {
        let partitions: BTreeSet<String> = actors.iter().map(keys::conversations_of).collect();
        let key = |pk: &String| Item::from([("pk".to_owned(), s(pk)), ("sk".to_owned(), s(SORT))]);
        let items = batch::get(&self.client, &self.table, partitions.iter().map(key).collect()).await?;
        let mut states: HashMap<String, PromptState> = HashMap::new();
        for item in &items {
            states.insert(text(item, "pk")?.to_owned(), state(item)?);
        }
        let open = |actor| states.get(&keys::conversations_of(actor)).map(|state| state.open(now)).unwrap_or_default();
        Ok(actors.iter().map(open).collect())
    }
}
