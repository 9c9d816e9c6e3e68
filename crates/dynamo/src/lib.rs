//! Sessions, conversations, leases and the ledger's rows on DynamoDB.
//! It must never know what a conversation is about, nor who may read it: keys start from the caller's identity,
//! so a foreign id finds nothing.

mod accounts;
mod batch;
mod conversations;
mod feed;
mod grants;
mod item;
mod keys;
mod leases;
mod ledger_store;
mod pending_connections;
mod pins;
mod prompt_limiter;
mod queue;
mod sealed_item;
mod sessions;
mod sign_ins;
pub mod tables;
#[cfg(test)]
mod test_table;
mod transaction;

pub use accounts::{AccountLease, Condition, DynamoAccounts, KeptAccount, Rotated};
pub use conversations::DynamoConversations;
pub use feed::DynamoFeed;
pub use grants::Grants;
pub use leases::DynamoLeases;
pub use ledger_store::DynamoLedgerStore;
pub use pending_connections::PendingConnections;
pub use pins::{DynamoPins, PinnedBody, Proposal, Renewed};
pub use prompt_limiter::DynamoPromptLimiter;
pub use sessions::{BeginError, DynamoSessions};
pub use sign_ins::{EndedSignIn, SignInKey, SignIns};

use agent::ports::Unavailable;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::error::{DisplayErrorContext, SdkError};
use std::time::Duration;

/// The name that a person knows the service by.
pub const SERVICE: &str = "the conversation store";

/// Longest time of one operation, its retries included.
const TIMEOUT: Duration = Duration::from_secs(6);

/// A client in the account and region of `aws`, at another endpoint if one is given.
#[must_use]
pub fn client(aws: &aws_config::SdkConfig, endpoint_url: Option<String>) -> Client {
    let mut builder = aws_sdk_dynamodb::config::Builder::from(aws).timeout_config(timeouts());
    if let Some(url) = endpoint_url {
        builder = builder.endpoint_url(url);
    }
    Client::from_conf(builder.build())
}

/// The SDK's own leave an answer all the time in the world.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(3))
        .operation_timeout(TIMEOUT)
        .build()
}

fn unavailable<E, R>(error: SdkError<E, R>) -> Unavailable
where
    E: std::error::Error + 'static,
    R: std::fmt::Debug + 'static,
{
    Unavailable::new(SERVICE, DisplayErrorContext(error).to_string())
}

/// A random text of 24 letters and digits.
fn random() -> Result<String, Unavailable> {
    let mut bytes = [0_u8; 12];
    getrandom::fill(&mut bytes).map_err(|error| Unavailable::new(SERVICE, error.to_string()))?;
    Ok(keys::hex(&bytes))
}
