//! Creates all DynamoDB adapters, with the keys that encrypt their items.

use super::{StartError, ledger_commands};
use crate::config::Config;
use agent::notifications::Subscriptions;
use aws_config::SdkConfig;
use dynamo::{
    DynamoAccessRequests, DynamoApprovalRequests, DynamoConversations, DynamoFeed, DynamoLeases, DynamoLedgerStore,
    DynamoPasskeys, DynamoPersonalRecords, DynamoPins, DynamoPromptLimiter, DynamoReplays, DynamoSessions,
    DynamoSubscriptions, Grants, PendingConnections, SignIns,
};
use ledger::SignedLedger;
use sealing::LiveKeyring;
use std::sync::Arc;

/// The stores of one server. They share a DynamoDB client.
pub(super) struct Storage {
    /// Keyring of sessions, pending sign-ins and refresh tokens.
    pub(super) keyring: Arc<LiveKeyring>,
    pub(super) sign_ins: SignIns,
    pub(super) sessions: DynamoSessions,
    pub(super) grants: Grants,
    pub(super) pending: PendingConnections,
    pub(super) conversations: Arc<DynamoConversations>,
    pub(super) leases: Arc<DynamoLeases>,
    pub(super) feed: Arc<DynamoFeed>,
    pub(super) prompts: Arc<DynamoPromptLimiter>,
    pub(super) pins: DynamoPins,
    pub(super) replays: DynamoReplays,
    pub(super) passkeys: Arc<DynamoPasskeys>,
    pub(super) records: Arc<DynamoPersonalRecords>,
    pub(super) requests: Arc<DynamoApprovalRequests>,
    pub(super) subscriptions: Subscriptions,
    pub(super) ledger: Arc<SignedLedger>,
    pub(super) access: Arc<DynamoAccessRequests>,
}

impl Storage {
    /// Fetches the keys and creates the adapters.
    ///
    /// # Errors
    /// See [`StartError`]. The server does not start without keys, because nothing is stored unencrypted.
    pub(super) async fn open(config: &Config, aws: &SdkConfig) -> Result<Self, StartError> {
        let keyring = live_keyring(config, aws, &config.aws.session_key_secret_id).await?;
        let log_keys = live_keyring(config, aws, &config.aws.conversation_key_secret_id).await?;
        let ledger_keys = Arc::new(ledger_commands::keys(config, aws).await?);
        let client = dynamo::client(aws, config.aws.dynamodb_endpoint());
        let (table, sessions_table) = (&config.aws.table, &config.aws.sessions_table);
        let sign_ins = SignIns::new(client.clone(), table.clone(), sessions_table.clone(), keyring.clone());
        let rows = Arc::new(DynamoLedgerStore::new(client.clone(), table.clone()));
        Ok(Self {
            sessions: DynamoSessions::new(client.clone(), sessions_table.clone(), sign_ins.clone(), keyring.clone()),
            grants: Grants::new(client.clone(), table.clone(), sessions_table.clone(), keyring.clone()),
            pending: PendingConnections::new(client.clone(), table.clone(), keyring.clone()),
            conversations: Arc::new(DynamoConversations::new(client.clone(), table.clone(), log_keys.clone())),
            access: Arc::new(DynamoAccessRequests::new(client.clone(), table.clone(), log_keys.clone())),
            requests: Arc::new(DynamoApprovalRequests::new(client.clone(), table.clone(), log_keys.clone())),
            records: Arc::new(DynamoPersonalRecords::new(client.clone(), table.clone(), log_keys.clone())),
            passkeys: Arc::new(DynamoPasskeys::new(client.clone(), table.clone(), log_keys.clone())),
            subscriptions: Subscriptions::new(Arc::new(DynamoSubscriptions::new(
                client.clone(),
                table.clone(),
                log_keys.clone(),
            ))),
            leases: Arc::new(DynamoLeases::new(client.clone(), table.clone(), log_keys)),
            feed: Arc::new(DynamoFeed::new(client.clone(), table.clone())),
            prompts: Arc::new(DynamoPromptLimiter::new(client.clone(), table.clone())),
            pins: DynamoPins::new(client.clone(), table.clone()),
            replays: DynamoReplays::new(client, table.clone()),
            ledger: Arc::new(SignedLedger::new(rows, ledger_keys)),
            keyring,
            sign_ins,
        })
    }
}

/// Fetches a keyring and keeps it up to date.
pub(super) async fn live_keyring(
    config: &Config,
    aws: &SdkConfig,
    secret: &str,
) -> Result<Arc<LiveKeyring>, StartError> {
    let keyring = Arc::new(secrets::fetch_live_keyring(aws, config.aws.secrets_endpoint(), secret).await?);
    keyring.keep_fresh();
    Ok(keyring)
}
