//! Creates the tables for `countersign tables create`: on-demand capacity, with TTL.

use crate::unavailable;
use agent::ports::Unavailable;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, TimeToLiveSpecification,
};

/// The result of creating a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// The table was created.
    New,
    /// The table already existed.
    Before,
}

/// Creates the table of sessions: partition key `session_id`, TTL attribute `ttl`.
///
/// # Errors
/// [`Unavailable`] with the cause.
pub async fn create_sessions(client: &Client, table: &str) -> Result<Made, Unavailable> {
    create(client, table, &[("session_id", KeyType::Hash)]).await
}

/// Creates the table for everything else: partition key `pk`, sort key `sk`, TTL attribute `ttl`.
///
/// # Errors
/// [`Unavailable`] with the cause.
pub async fn create_main(client: &Client, table: &str) -> Result<Made, Unavailable> {
    create(client, table, &[("pk", KeyType::Hash), ("sk", KeyType::Range)]).await
}

async fn create(client: &Client, table: &str, keys: &[(&str, KeyType)]) -> Result<Made, Unavailable> {
    let built = |error: aws_sdk_dynamodb::error::BuildError| Unavailable::new(crate::SERVICE, error.to_string());
    let mut request = client.create_table().table_name(table).billing_mode(BillingMode::PayPerRequest);
    for (name, kind) in keys {
        let attribute = AttributeDefinition::builder().attribute_name(*name).attribute_type(ScalarAttributeType::S);
        let key = KeySchemaElement::builder().attribute_name(*name).key_type(kind.clone());
        request =
            request.attribute_definitions(attribute.build().map_err(built)?).key_schema(key.build().map_err(built)?);
    }
    match request.send().await {
        Err(SdkError::ServiceError(error)) if error.err().is_resource_in_use_exception() => return Ok(Made::Before),
        other => other.map_err(unavailable)?,
    };
    let waited = aws_sdk_dynamodb::client::Waiters::wait_until_table_exists(client).table_name(table);
    waited
        .wait(std::time::Duration::from_secs(60))
        .await
        .map_err(|error| Unavailable::new(crate::SERVICE, error.to_string()))?;
    let ttl = TimeToLiveSpecification::builder().enabled(true).attribute_name("ttl").build().map_err(built)?;
    let request = client.update_time_to_live().table_name(table).time_to_live_specification(ttl);
    request.send().await.map_err(unavailable)?;
    Ok(Made::New)
}
