//! Session keys: rotation in two steps while instances run.

use crate::approvals::until_it_rings;
use crate::world::TestApp;
use crate::world::frames::{began, end};
use app::wire::TurnEnd;
use sandbox::identity::Answer;
use serde_json::{Map, Value, json};

const SECRET: &str = "countersign/session-keys";
const K1: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const K2: &str = "HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHgA=";

fn put(app: &TestApp, current: &str, keys: &[(&str, &str)]) {
    let keys: Map<_, _> = keys.iter().map(|(id, key)| ((*id).to_owned(), Value::from(*key))).collect();
    app.sandbox.secrets().put(SECRET, json!({"current": current, "keys": keys}).to_string());
}

/// One instance has restarted with the new keyring; the other still runs with the old one.
#[tokio::test]
async fn rotating_the_session_keys_signs_nobody_out_and_loses_no_approval() {
    let mut app = TestApp::start().await;
    put(&app, "k1", &[("k1", K1)]);
    app.restart().await;
    let old = app.second().await;
    let ada = app.signed_in("ada").await;
    let session = ada.session().unwrap();
    // The second step happens before the old instance has seen the first: it loads an unknown key on demand.
    put(&app, "k2", &[("k1", K1), ("k2", K2)]);
    app.restart().await;
    let ada_there = old.browser(&session);
    assert!(ada.load(None).await.is_ok() && ada_there.load(None).await.is_ok(), "sealed by the old key");
    let bob = app.signed_in("bob").await;
    let bob_there = old.browser(&bob.session().unwrap());
    assert_eq!(
        bob_there.load(None).await.unwrap().rail.me.name,
        "Bob Crane",
        "sealed by the new key, on the old instance"
    );
    for browser in [&ada_there, &bob_there, &app.browser()] {
        assert_eq!(browser.visit("/auth/login").await.status, 303, "a sign-in can begin");
    }
    // An approval requested under one keyring is polled under the other.
    let posted = ada.begin("Reset the password of bob@acme.example").await.unwrap();
    let mut watch = ada.watch(&posted.conversation, 0).await;
    let seen = until_it_rings(&mut watch).await.len() as u64;
    app.restart().await;
    app.answer(Answer::Approve);
    let events = ada.watch(&posted.conversation, seen).await.turn().await;
    assert!(began(&events) && end(&events) == TurnEnd::Done, "{events:?}");
    old.finish().await;
    app.finish().await;
}

/// A deleted key ends the sessions that it sealed, without an error: people sign in again.
#[tokio::test]
async fn sessions_of_a_removed_key_are_over() {
    let mut app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    put(&app, "k2", &[("k2", K2)]);
    app.restart().await;
    assert_eq!(ada.load(None).await.unwrap_err().status, 401);
    assert_eq!(ada.visit("/auth/login").await.status, 303);
    assert_eq!(ada.sign_in("ada").await.status, 200);
    assert!(ada.load(None).await.is_ok());
    app.finish().await;
}
