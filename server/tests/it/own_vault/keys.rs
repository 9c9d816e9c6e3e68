//! Keys: rotated while the server runs, broken off and begun again, and the old one gone.

use super::{ADA, BOB, QUESTION};
use crate::world::frames::began;
use crate::world::{Custom, TestApp, aws};
use countersign::wiring;
use sandbox::Sandbox;
use sandbox::cloud::{Fault, Times};

const SECRET: &str = "countersign/vault-keys";
const K1: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const K2: &str = "HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHgA=";

fn put(sandbox: &Sandbox, current: &str, keys: &[(&str, &str)]) {
    let keys: serde_json::Map<_, _> =
        keys.iter().map(|(id, key)| ((*id).to_owned(), serde_json::Value::from(*key))).collect();
    sandbox.secrets().put(SECRET, serde_json::json!({"current": current, "keys": keys}).to_string());
}

async fn app() -> TestApp {
    let env = vec![("VAULT_KEY_SECRET_ID", SECRET.to_owned())];
    TestApp::with(Custom { env, prepare: |sandbox| put(sandbox, "k1", &[("k1", K1)]), ..Custom::default() }).await
}

/// Returns the output of `countersign vault rotate`, run as an operator does.
async fn command(app: &TestApp) -> String {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.env_clear().envs(app.sandbox.environment()).env("VAULT_KEY_SECRET_ID", SECRET).args(["vault", "rotate"]);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Row 17: rotated keys.
#[tokio::test]
async fn attack_17_a_key_rotation_disturbs_nobody_and_lets_the_old_key_go() {
    let mut app = app().await;
    let (ada, bob, grace) = (app.signed_in("ada").await, app.signed_in("bob").await, app.signed_in("grace").await);
    ada.connect_github(ADA).await;
    bob.connect_github(BOB).await;
    put(&app.sandbox, "k2", &[("k1", K1), ("k2", K2)]);
    let account = aws(&app.sandbox).await;
    let rotate = async |app: &TestApp| {
        let rotated = wiring::rotate(&app.config, &account).await;
        rotated.map(|rotated| (rotated.wrapped, rotated.before, rotated.unreadable))
    };
    // Broken off before it could write anything; and in the middle.
    app.sandbox.faults().set_matching("dynamodb", "UpdateItem", Fault::Refuse, Times::Always);
    assert!(rotate(&app).await.is_err());
    app.sandbox.faults().clear();
    assert!(began(&ada.ask(QUESTION).await.1));
    let said = command(&app).await;
    assert_eq!(said, "2 data keys were wrapped with the newest key, 0 already were, 0 cannot be opened\n");
    assert_eq!(rotate(&app).await.unwrap(), (0, 2, 0));
    // The server that runs has never seen the new key until now.
    assert!(began(&bob.ask(QUESTION).await.1));
    put(&app.sandbox, "k2", &[("k2", K2)]);
    grace.connect_github(58_004).await;
    app.restart().await;
    for browser in [&ada, &bob, &grace] {
        assert!(began(&browser.ask(QUESTION).await.1), "with the old key gone");
    }
    for who in ["ada", "bob", "grace"] {
        let kept = app.kept(who).await;
        assert!(kept.iter().any(|item| item["key"]["S"] == "k2"), "{kept:?}");
    }
    app.finish().await;
}

/// A key that is taken away too soon is no reason to forget anything: with the key back, all is back.
#[tokio::test]
async fn attack_17_a_missing_key_is_not_now_until_it_is_restored() {
    let mut app = app().await;
    let bob = app.signed_in("bob").await;
    bob.connect_github(BOB).await;
    put(&app.sandbox, "k2", &[("k2", K2)]);
    app.restart().await;
    let (_, events) = bob.ask(QUESTION).await;
    let refusal = app::wire::Refusal::NotNow { service: "the vault".to_owned() };
    assert_eq!(crate::world::frames::refusals(&events), [refusal]);
    let rotated = wiring::rotate(&app.config, &aws(&app.sandbox).await).await.unwrap();
    assert_eq!((rotated.wrapped, rotated.before, rotated.unreadable), (0, 0, 1), "and a rotation says so");
    put(&app.sandbox, "k1", &[("k1", K1), ("k2", K2)]);
    app.restart().await;
    assert!(began(&bob.ask(QUESTION).await.1));
    app.finish().await;
}
