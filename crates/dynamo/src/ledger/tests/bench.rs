//! What the tests stand on: a table in memory behind the real protocol, keys, entries.

use crate::ledger::verify::{Report, Scope, verify};
use crate::ledger::{DynamoLedger, LedgerKeys};
use crate::tables;
use agent::actor::Evidence;
use agent::approval::ApprovalId;
use agent::intent::Risk;
use agent::ports::{Approval, Entry, Given, Millis, Verdict};
use agent::{Actor, CallId, Place, ToolName, ids::ConversationId};
use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Region};
use sealing::Keyring;
use std::sync::Arc;

pub(crate) const TABLE: &str = "countersign";
/// 2026-03-01, at noon.
pub(crate) const NOON: Millis = 1_772_366_400_000;
pub(crate) const DAY: Millis = 86_400_000;

/// An empty table.
pub(crate) async fn table() -> Client {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(listener, dynoxide::Database::memory().unwrap()));
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(url)
        .credentials_provider(Credentials::new("AKIDTEST", "not a secret", None, None, "test"))
        .build();
    let client = Client::from_conf(config);
    tables::create_main(&client, TABLE).await.unwrap();
    client
}

/// Two keys of which this one signs.
pub(crate) fn keys(current: &str) -> Arc<LedgerKeys> {
    let key = |first: u8| {
        use base64::{Engine, engine::general_purpose::STANDARD};
        STANDARD.encode((first..first + 32).collect::<Vec<_>>())
    };
    let (k1, k2) = (key(1), key(2));
    let text = format!(r#"{{"current":"{current}","keys":{{"k1":"{k1}","k2":"{k2}"}}}}"#);
    Arc::new(LedgerKeys::of(&Keyring::parse(&text).unwrap()).unwrap())
}

/// An instance that writes to the table.
pub(crate) fn instance(client: &Client) -> DynamoLedger {
    DynamoLedger::new(client.clone(), TABLE.to_owned(), keys("k1"))
}

pub(crate) async fn checked(ledger: &DynamoLedger) -> Report {
    verify(ledger, &Scope::default()).await.unwrap()
}

/// Somebody of a tenant.
pub(crate) fn actor(tenant: &str, subject: &str) -> Actor {
    Actor::attest(Evidence::of("https://idp.example/", subject, tenant))
}

/// A reading entry, allowed.
pub(crate) fn entry(actor: &Actor, at: Millis) -> Entry {
    Entry {
        at,
        actor: actor.clone(),
        place: Some(Place { conversation: ConversationId::from_random([1; 26]), call: CallId("call-1-1".into()) }),
        tool: ToolName("okta_groups".into()),
        intent: "Read the Okta groups of bob@acme.example".into(),
        relation: "read_okta".into(),
        object: "okta:groups".into(),
        risk: Risk::Read,
        approval: None,
        verdict: Verdict::Allowed,
    }
}

pub(crate) fn approval(number: u8) -> ApprovalId {
    ApprovalId::from_random([number; ApprovalId::LENGTH])
}

/// An elevated entry, allowed on a yes.
pub(crate) fn elevated(actor: &Actor, at: Millis, number: u8) -> Entry {
    let evidence = "e1".repeat(32);
    let given = Given { issuer: actor.issuer().into(), subject: actor.subject().into(), at: at - 1000, evidence };
    let approval = Approval { id: approval(number), digest: "d1".repeat(32), given: Some(given) };
    Entry { risk: Risk::Elevated, approval: Some(approval), ..entry(actor, at) }
}
