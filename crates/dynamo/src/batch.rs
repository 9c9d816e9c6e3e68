//! Reads many items with few requests.

use crate::item::Item;
use crate::{SERVICE, unavailable};
use agent::ports::Unavailable;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use std::time::Duration;

/// Maximum number of keys in one `BatchGetItem` (API reference, "Limits").
const KEYS_A_REQUEST: usize = 100;
/// Maximum number of requests for one batch: a response may leave keys unprocessed.
const TRIES: u32 = 5;
const RETRY_PAUSE: Duration = Duration::from_millis(50);

/// Returns the items under these keys in any order, with consistent reads. Absent items are left out.
///
/// # Errors
/// [`Unavailable`], also if some keys are still unprocessed after all attempts.
pub(crate) async fn get(client: &Client, table: &str, keys: Vec<Item>) -> Result<Vec<Item>, Unavailable> {
    let mut found = Vec::new();
    for part in keys.chunks(KEYS_A_REQUEST) {
        let mut wanted = Some(wanted(part.to_vec())?);
        for attempt in 0..TRIES {
            let Some(keys) = wanted.take() else { break };
            let answer = client.batch_get_item().request_items(table, keys).send().await.map_err(unavailable)?;
            found.extend(answer.responses.into_iter().flatten().flat_map(|(_, items)| items));
            wanted = answer.unprocessed_keys.and_then(|mut keys| keys.remove(table));
            if wanted.is_some() {
                tokio::time::sleep(RETRY_PAUSE * (attempt + 1)).await;
            }
        }
        if wanted.is_some() {
            return Err(Unavailable::new(SERVICE, "DynamoDB did not return all keys of a batch"));
        }
    }
    Ok(found)
}

fn wanted(keys: Vec<Item>) -> Result<KeysAndAttributes, Unavailable> {
    let keys = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
    keys.map_err(|error| Unavailable::new(SERVICE, error.to_string()))
}
