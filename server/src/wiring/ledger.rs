//! The ledger as the commands see it: opened for whoever checks it, apart from the server.

use super::StartError;
use crate::config::Config;
use ::ledger::verify::{self, Report, Scope};
use ::ledger::witness::Witness;
use ::ledger::{Head, LedgerKeys, SignedLedger};
use agent::ports::Unavailable;
use aws_config::SdkConfig;
use dynamo::DynamoLedgerStore;
use std::sync::Arc;

/// The ledger's keys.
///
/// # Errors
/// [`StartError::LedgerKeys`]: no key, no start.
pub async fn keys(config: &Config, aws: &SdkConfig) -> Result<LedgerKeys, StartError> {
    let url = config.aws.secrets_url.as_ref().map(url::Url::to_string);
    let keyring = secrets::fetch_keyring(aws, url, &config.aws.ledger_key_secret_id).await;
    let keyring = keyring.map_err(StartError::LedgerKeys)?;
    let keys = LedgerKeys::of(keyring.current(), keyring.expose_keys());
    keys.map_err(|error| StartError::LedgerKeys(Unavailable::new(secrets::SERVICE, error.to_string())))
}

/// Looks at every row of the ledger in `scope`.
///
/// # Errors
/// When keys or table do not answer: then it is not known whether anything is wrong.
pub async fn verify(config: &Config, aws: &SdkConfig, scope: &Scope) -> Result<Report, StartError> {
    let ledger = open(config, aws).await?;
    verify::verify(&ledger, scope).await.map_err(StartError::Ledger)
}

/// The signed heads of the chains in `scope`.
///
/// # Errors
/// When keys or table do not answer.
pub async fn heads(config: &Config, aws: &SdkConfig, scope: &Scope) -> Result<Vec<Head>, StartError> {
    let ledger = open(config, aws).await?;
    verify::heads(&ledger, scope).await.map_err(StartError::Ledger)
}

/// A witness of the ledger that goes on after the heads that were `witnessed` before.
///
/// # Errors
/// When the keys cannot be had.
pub async fn witness(config: &Config, aws: &SdkConfig, witnessed: &[Head]) -> Result<Witness, StartError> {
    Ok(Witness::new(open(config, aws).await?, witnessed))
}

/// The ledger as it lies in the table.
///
/// # Errors
/// When the keys cannot be had.
pub async fn open(config: &Config, aws: &SdkConfig) -> Result<SignedLedger, StartError> {
    let keys = keys(config, aws).await?;
    let client = dynamo::client(aws, config.aws.dynamodb_url.as_ref().map(url::Url::to_string));
    let store = DynamoLedgerStore::new(client, config.aws.table.clone());
    Ok(SignedLedger::new(Arc::new(store), Arc::new(keys)))
}
