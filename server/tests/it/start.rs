//! Conditions under which the server refuses to start.

use crate::world::{Custom, TestApp, aws};
use countersign::router;
use countersign::wiring::{StartError, wire};
use sandbox::Sandbox;
use sandbox::cloud::{Fault, Times};

const SECRET: &str = "countersign/session-keys";

#[tokio::test]
async fn the_server_does_not_start_without_valid_session_keys() {
    type Spoil = fn(&Sandbox);
    let rows: [(&str, Spoil); 8] = [
        ("no JSON", |sandbox| sandbox.secrets().put(SECRET, "hunter2")),
        ("no key", |sandbox| sandbox.secrets().put(SECRET, r#"{"current":"k1","keys":{}}"#)),
        ("a short key", |sandbox| sandbox.secrets().put(SECRET, r#"{"current":"k1","keys":{"k1":"aHVudGVyMg=="}}"#)),
        ("no base64", |sandbox| sandbox.secrets().put(SECRET, r#"{"current":"k1","keys":{"k1":"hunter2!"}}"#)),
        ("a placeholder", |sandbox| {
            let zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
            sandbox.secrets().put(SECRET, format!(r#"{{"current":"k1","keys":{{"k1":"{zeros}"}}}}"#));
        }),
        ("another current key", |sandbox| {
            let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
            sandbox.secrets().put(SECRET, format!(r#"{{"current":"k2","keys":{{"k1":"{key}"}}}}"#));
        }),
        ("Secrets Manager down", |sandbox| sandbox.faults().set("secretsmanager", Some(Fault::Refuse), Times::Always)),
        ("half an answer", |sandbox| sandbox.faults().set("secretsmanager", Some(Fault::Malformed), Times::Always)),
    ];
    for (what, prepare) in rows {
        let error = TestApp::try_with(Custom { prepare, ..Custom::default() }).await.err();
        assert!(matches!(error, Some(StartError::Keys(_))), "{what}: {error:?}");
        let text = format!("{:?} {}", error, error.as_ref().map(ToString::to_string).unwrap_or_default());
        assert!(!text.contains("hunter2") && !text.contains("aHVudGVyMg"), "{what}: {text}");
    }
}

#[tokio::test]
async fn the_server_does_not_start_with_a_secret_of_another_name() {
    let env = vec![("SESSION_KEY_SECRET_ID", "countersign/other".to_owned())];
    let error = TestApp::try_with(Custom { env, ..Custom::default() }).await.err();
    assert!(matches!(error, Some(StartError::Keys(_))), "{error:?}");
}

/// With several servers in one process, as in these tests, a start must not block another server's pages.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_starting_server_does_not_disturb_the_pages_of_another() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let wired = wire(&app.config, &aws(&app.sandbox).await, app.bounds.clone()).await.unwrap();
    let config = app.config.clone();
    let starts = tokio::task::spawn_blocking(move || (0..2_000).for_each(|_| drop(router(&config, &wired))));
    let mut pages = 0;
    while !starts.is_finished() {
        assert_eq!(ada.visit("/").await.status, 200, "page {pages}");
        pages += 1;
    }
    starts.await.unwrap();
    assert!(pages > 0);
    app.finish().await;
}
