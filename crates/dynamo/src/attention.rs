//! What is known of a person's attention: one item a person, replaced only if nobody else replaced it meanwhile.

use crate::item::{broken, n, number, s, text};
use crate::{SERVICE, keys, unavailable};
use agent::Actor;
use agent::approval::ApprovalId;
use agent::attention::{Asking, End, Leave, Open, State};
use agent::ports::{Attention, Millis, Unavailable};
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;

/// How often a change is tried when others change the same item.
const TRIES: u32 = 8;

/// Attention in the table `countersign`.
#[derive(Debug, Clone)]
pub struct DynamoAttention {
    client: Client,
    table: String,
}

impl DynamoAttention {
    /// Attention in `table`.
    #[must_use]
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    async fn change<T>(&self, actor: &Actor, act: impl Fn(&mut State) -> T) -> Result<T, Unavailable> {
        for _ in 0..TRIES {
            let (before, version) = self.read(actor).await?;
            let mut state = before.clone();
            let result = act(&mut state);
            if state == before || self.replace(actor, &state, version).await? {
                return Ok(result);
            }
        }
        Err(Unavailable::new(SERVICE, "a person's attention changes too fast"))
    }

    async fn read(&self, actor: &Actor) -> Result<(State, u64), Unavailable> {
        let request = self.client.get_item().table_name(&self.table).consistent_read(true);
        let request = request.key("pk", s(keys::conversations_of(actor))).key("sk", s(SORT));
        match request.send().await.map_err(unavailable)?.item {
            None => Ok((State::default(), 0)),
            Some(item) => {
                let state = serde_json::from_str(text(&item, "body")?).map_err(|_| broken("body"))?;
                Ok((state, number(&item, "version")?))
            }
        }
    }

    async fn replace(&self, actor: &Actor, state: &State, version: u64) -> Result<bool, Unavailable> {
        let body = serde_json::to_string(state)
            .map_err(|error| Unavailable::new(SERVICE, format!("attention cannot be written: {error}")))?;
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

const SORT: &str = "attention";

#[async_trait]
impl Attention for DynamoAttention {
    async fn take(&self, actor: &Actor, asking: &Asking, now: Millis) -> Result<Leave, Unavailable> {
        self.change(actor, |state| state.take(asking, now)).await
    }

    async fn give_back(&self, actor: &Actor, question: &ApprovalId, end: End, now: Millis) -> Result<(), Unavailable> {
        self.change(actor, |state| state.give_back(question, end, now)).await
    }

    async fn open(&self, actor: &Actor, now: Millis) -> Result<Vec<Open>, Unavailable> {
        Ok(self.read(actor).await?.0.open(now))
    }
}
