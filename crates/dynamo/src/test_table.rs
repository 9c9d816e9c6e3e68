//! An in-memory table behind the real protocol, for tests.

#![expect(clippy::unwrap_used, reason = "tests")]

use crate::tables;
use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Region};

pub(crate) const TABLE: &str = "countersign";

/// Returns a client for a new, empty table.
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
