//! DynamoDB adapters for sessions, conversations, leases, connected accounts and the rows of the ledger.
//!
//! This crate must not depend on the content of a conversation, nor decide who may read it. Keys begin with the
//! identity of the caller, so the id of another person's item finds nothing.

mod access_requests;
mod accounts;
mod approval_requests;
mod batch;
mod conflicts;
mod conversations;
mod feed;
mod grants;
mod item;
mod keys;
mod leases;
mod ledger_store;
mod owner_item;
mod passkeys;
mod pending_connections;
mod personal_records;
mod pins;
mod policies;
mod prompt_limiter;
mod queue;
mod replays;
mod sealed_item;
mod sessions;
mod sign_ins;
mod subscriptions;
pub mod tables;
#[cfg(test)]
mod test_table;
mod transaction;
mod versioned;
mod writes;

pub use access_requests::DynamoAccessRequests;
pub use accounts::{AccountLease, Condition, DynamoAccounts, KeptAccount, Rotated};
pub use approval_requests::DynamoApprovalRequests;
pub use conversations::DynamoConversations;
pub use feed::DynamoFeed;
pub use grants::Grants;
pub use leases::DynamoLeases;
pub use ledger_store::DynamoLedgerStore;
pub use passkeys::DynamoPasskeys;
pub use pending_connections::PendingConnections;
pub use personal_records::DynamoPersonalRecords;
pub use pins::{DynamoPins, PinnedBody, Proposal, Renewed};
pub use policies::{DynamoPolicies, LARGEST_POLICIES};
pub use prompt_limiter::DynamoPromptLimiter;
pub use replays::DynamoReplays;
pub use sessions::{BeginError, DynamoSessions};
pub use sign_ins::{EndedSignIn, SignInKey, SignIns};
pub use subscriptions::DynamoSubscriptions;

use agent::ports::Unavailable;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::error::{DisplayErrorContext, SdkError};
use std::time::Duration;

/// Name of the service in messages to people.
pub const SERVICE: &str = "the conversation store";

/// Maximum time of one operation, including its retries.
const TIMEOUT: Duration = Duration::from_secs(6);

/// Creates a client for the account and region of `aws`; `endpoint_url` replaces the regional endpoint.
#[must_use]
pub fn client(aws: &aws_config::SdkConfig, endpoint_url: Option<String>) -> Client {
    let mut builder = aws_sdk_dynamodb::config::Builder::from(aws).timeout_config(timeouts());
    builder = builder.retry_classifier(conflicts::Conflicts);
    if let Some(url) = endpoint_url {
        builder = builder.endpoint_url(url);
    }
    Client::from_conf(builder.build())
}

/// Returns the timeouts of the client. By default the SDK waits for a response without limit.
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

/// Returns 12 random bytes as 24 hexadecimal digits.
fn random() -> Result<String, Unavailable> {
    let mut bytes = [0_u8; 12];
    getrandom::fill(&mut bytes).map_err(|error| Unavailable::new(SERVICE, error.to_string()))?;
    Ok(keys::hex(&bytes))
}
