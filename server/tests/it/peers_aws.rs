//! Third-party emulators of `DynamoDB` and Secrets Manager: the command creates the tables, and the product works as
//! with the sandbox's.

use crate::approvals::until_it_rings;
use crate::world::frames::{began, end, said};
use crate::world::{Custom, Elsewhere, TestApp};
use app::wire::TurnEnd;
use peers::aws::Moto;
use sandbox::identity::Answer;
use sandbox::{Sandbox, Settings};
use serde_json::{Value, json};
use std::process::{Command, Output};
use tokio::net::TcpListener;

/// 32 bytes each in base64, in the form that `openssl rand -base64 32` prints.
const KEYS: [(&str, &str); 2] = [
    ("countersign/session-keys", "b3BlbnNzbC1yYW5kLWJhc2U2NC0zMi1zZXNzaW9uIS4="),
    ("countersign/ledger-keys", "b3BlbnNzbC1yYW5kLWJhc2U2NC0zMi1sZWRnZXIhIS4="),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_works_on_third_party_tables_and_secrets() {
    let moto = Moto::start().await.unwrap();
    for (name, key) in KEYS {
        let secret = json!({"current": "k1", "keys": {"k1": key}}).to_string();
        secrets_manager(
            &moto,
            "CreateSecret",
            json!({"Name": name, "SecretString": secret, "ClientRequestToken": TOKEN}),
        )
        .await;
    }
    let made = countersign(&environment(&moto).await, &["tables", "create"]).await;
    assert!(made.status.success(), "{made:?}");
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let elsewhere = Some(Elsewhere { listener, env: variables(&moto) });
    let app = TestApp::with(Custom { elsewhere, ..Custom::default() }).await;
    let ada = app.signed_in("ada").await;
    let (conversation, events) = ada.ask("What are my Okta groups?").await;
    assert!(said(&events).contains("IT Helpdesk"), "{events:?}");
    let page = ada.load(Some(&conversation)).await.unwrap();
    let posted = ada.post(&conversation, "Reset the password of bob@acme.example", &page.talk.client_id).await.unwrap();
    let mut watch = ada.watch(&conversation, posted.said - 1).await;
    until_it_rings(&mut watch).await;
    app.answer(Answer::Approve);
    let events = watch.turn().await;
    assert!(began(&events) && end(&events) == TurnEnd::Done, "{events:?}");
    assert_eq!(app.effects().len(), 1);
    let env: Vec<_> = app.sandbox.environment().into_iter().chain(variables(&moto)).collect();
    let verified = countersign(&env, &["ledger", "verify"]).await;
    assert!(verified.status.success(), "{verified:?}");
    ada.submit("/", "/auth/logout", &[]).await;
    assert_eq!(ada.load(None).await.unwrap_err().status, 401);
    app.finish().await;
}

/// Idempotency token that Secrets Manager requires in each request; at least 32 characters.
const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fn variables(moto: &Moto) -> Vec<(String, String)> {
    let both = ["DYNAMODB_ENDPOINT_URL", "SECRETS_MANAGER_ENDPOINT_URL"];
    both.map(|name| (name.to_owned(), moto.url().to_owned())).into()
}

/// Returns a complete environment for a command that runs before the server.
async fn environment(moto: &Moto) -> Vec<(String, String)> {
    let sandbox = Sandbox::start(Settings::for_tests()).await.unwrap();
    sandbox.environment().into_iter().chain(variables(moto)).collect()
}

/// Runs the operator's command.
async fn countersign(env: &[(String, String)], words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.args(words).envs(env.iter().cloned());
    tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap()
}

async fn secrets_manager(moto: &Moto, operation: &str, body: Value) {
    let credential = "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/secretsmanager/aws4_request";
    let request = reqwest::Client::new()
        .post(moto.url())
        .header("x-amz-target", format!("secretsmanager.{operation}"))
        .header("x-amz-date", "20260101T000000Z")
        .header("content-type", "application/x-amz-json-1.1")
        .header("authorization", format!("{credential}, SignedHeaders=host, Signature=00"));
    let answer = request.body(body.to_string()).send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{operation}: {text}");
}
