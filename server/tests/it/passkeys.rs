//! Approval by passkeys and by a second person, through the whole server: enrolment, the page of the question, races, and
//! the receipt that proves the signature offline.

use crate::world::browser::{Answer, Browser};
use crate::world::frames::{Watch, end, refusals};
use crate::world::{Custom, TestApp};
use app::wire::{Event, NotApproved, Refusal, TurnEnd};
use axum::http::Method;
use countersign::audit::Finding;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use webauthn::RelyingParty;
use webauthn::fakes::Authenticator;

const RESET: &str = "Reset the password of bob@acme.example";

/// A policy file, deleted on drop.
pub(crate) struct PolicyFile(pub(crate) PathBuf);

impl PolicyFile {
    pub(crate) fn of(text: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("countersign-approvals-{}-{number}.toml", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for PolicyFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Starts a server whose every action needs these approvals.
async fn needing(approvals: &str, more: &str) -> TestApp {
    let file = PolicyFile::of(&format!("[default]\napprovals = {approvals}\n{more}\n"));
    let env = vec![("APPROVALS_FILE", file.0.display().to_string())];
    TestApp::with(Custom { env, ..Custom::default() }).await
}

pub(crate) fn party(app: &TestApp) -> RelyingParty {
    RelyingParty { id: "localhost".to_owned(), origin: app.url.clone() }
}

/// Posts JSON as `passkey.js` does.
pub(crate) async fn post(browser: &Browser, path: &str, body: &Value) -> Answer {
    let request = browser.ours(browser.request(Method::POST, path)).header("accept", "application/json");
    browser.send(request.header("content-type", "application/json").body(body.to_string())).await
}

pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    let bytes: webauthn::Bytes = serde_json::from_value(value.clone()).unwrap();
    bytes.as_slice().to_vec()
}

/// Signs a person in again, as the page asks before an enrolment.
async fn fresh(app: &TestApp, who: &str) -> Browser {
    let browser = app.browser();
    let callback = browser.callback(who, "/auth/login?again=true&return_to=/passkeys").await;
    let page = browser.follow(callback.as_str()).await;
    assert_eq!((page.status, page.url.path()), (200, "/passkeys"), "{}", page.body);
    browser
}

/// Returns the browser of a person who has just enrolled a passkey, and the passkey.
pub(crate) async fn enrolled(app: &TestApp, who: &str, name: &str) -> (Browser, Authenticator) {
    let browser = fresh(app, who).await;
    let begun = post(&browser, "/passkeys/options", &json!({})).await;
    assert_eq!(begun.status, 200, "{}", begun.body);
    let begun: Value = serde_json::from_str(&begun.body).unwrap();
    let authenticator = Authenticator::new(name);
    let response = authenticator.register(&party(app), &bytes(&begun["publicKey"]["challenge"]));
    let response = json!({
        "clientDataJSON": response.client_data_json, "attestationObject": response.attestation_object,
    });
    let body = json!({ "token": begun["token"], "name": name, "response": response });
    let done = post(&browser, "/passkeys/enrol", &body).await;
    assert_eq!(done.status, 200, "{}", done.body);
    (browser, authenticator)
}

/// Returns the id of the only request that waits for this person.
pub(crate) async fn waiting(browser: &Browser) -> String {
    let answer = browser.send(browser.read("/approvals", &[])).await;
    let all: Vec<Value> = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(all.len(), 1, "{all:?}");
    all[0]["id"].as_str().unwrap().to_owned()
}

/// Signs the question as its page lets a person do.
async fn signed(app: &TestApp, browser: &Browser, passkey: &mut Authenticator, id: &str) -> Value {
    let question = browser.send(browser.read(&format!("/approvals/{id}"), &[])).await;
    assert_eq!(question.status, 200, "{}", question.body);
    let question: Value = serde_json::from_str(&question.body).unwrap();
    let response = passkey.assert(&party(app), &bytes(&question["publicKey"]["challenge"]));
    json!({ "id": passkey.credential_id, "userHandle": null, "response": response })
}

pub(crate) async fn approve(app: &TestApp, browser: &Browser, passkey: &mut Authenticator, id: &str) -> Answer {
    let answer = signed(app, browser, passkey, id).await;
    post(browser, &format!("/approvals/{id}"), &answer).await
}

pub(crate) async fn begin(browser: &Browser) -> (String, Watch) {
    let posted = browser.begin(RESET).await.unwrap();
    let mut watch = browser.watch(&posted.conversation, 0).await;
    crate::approvals::until_it_rings(&mut watch).await;
    (posted.conversation, watch)
}

fn not_approved(why: NotApproved) -> Vec<Refusal> {
    vec![Refusal::NotApproved { why }]
}

#[tokio::test]
async fn a_passkey_is_enrolled_after_a_new_sign_in_listed_and_revoked() {
    let app = TestApp::start().await;
    let old = app.signed_in("ada").await;
    let refused = post(&old, "/passkeys/options", &json!({})).await;
    assert_eq!(refused.status, 403, "{}", refused.body);
    assert!(old.visit("/passkeys").await.body.contains("sign in again"));
    let (ada, passkey) = enrolled(&app, "ada", "Laptop <b>").await;
    let page = ada.visit("/passkeys").await;
    assert!(page.body.contains("Laptop &lt;b&gt;") && page.body.contains("/passkey.js"), "{}", page.body);
    assert!(!app.signed_in("bob").await.visit("/passkeys").await.body.contains("Laptop"));
    // The challenge is sealed for its session.
    let begun = post(&ada, "/passkeys/options", &json!({})).await;
    let begun: Value = serde_json::from_str(&begun.body).unwrap();
    let response = Authenticator::new("other").register(&party(&app), &bytes(&begun["publicKey"]["challenge"]));
    let response = json!({
        "clientDataJSON": response.client_data_json, "attestationObject": response.attestation_object,
    });
    let body = json!({ "token": begun["token"], "name": "other", "response": response });
    assert_eq!(post(&fresh(&app, "ada").await, "/passkeys/enrol", &body).await.status, 410, "moved to another session");
    let id = passkey.credential_id.encoded();
    let gone = ada.submit("/passkeys", "/passkeys/revoke", &[("id", &id)]).await;
    assert_eq!((gone.status, gone.location().path()), (303, "/passkeys"));
    assert!(ada.visit("/passkeys").await.body.contains("You have no passkey yet."));
    let activity = ada.visit("/activity").await.body;
    assert!(activity.contains("Enrol the passkey") && activity.contains("Revoke the passkey"), "{activity}");
    app.finish().await;
}

#[tokio::test]
async fn a_passkey_on_another_device_approves_and_its_receipt_needs_nothing_but_a_key() {
    let mut app = needing(r#"["passkey"]"#, "device = \"other\"").await;
    let laptop = app.signed_in("ada").await;
    let (phone, mut passkey) = enrolled(&app, "ada", "phone").await;
    let (conversation, watch) = begin(&laptop).await;
    assert!(app.sandbox.provider().pushes().is_empty(), "no phone rings");
    let id = waiting(&laptop).await;
    let page = laptop.visit(&format!("/approve/{id}")).await;
    assert!(page.body.contains("another device") && page.body.contains("bob@acme.example"), "{}", page.body);
    let same = approve(&app, &laptop, &mut passkey, &id).await;
    assert_eq!(same.status, 403, "{}", same.body);
    drop(watch);
    // The instance that asked is gone; another one answers.
    app.restart().await;
    let page = phone.visit(&format!("/approve/{id}")).await;
    assert!(page.body.contains("Confirm with passkey"), "{}", page.body);
    let answer = signed(&app, &phone, &mut passkey, &id).await;
    let done = post(&phone, &format!("/approvals/{id}"), &answer).await;
    assert_eq!(done.status, 200, "{}", done.body);
    let events = laptop.watch(&conversation, 0).await.turn().await;
    assert_eq!((end(&events), app.effects().len()), (TurnEnd::Done, 1), "{events:?}");
    let again = post(&phone, &format!("/approvals/{id}"), &answer).await;
    assert_eq!(again.status, 410, "replayed: {}", again.body);
    assert_eq!(phone.visit(&format!("/approve/{id}/done")).await.status, 200);

    let receipt = phone.visit(&format!("/activity/receipt/{id}")).await.body;
    let (_, key) = app.command(&["ledger", "key"]).await;
    let altered = receipt.replacen("\\\"signature\\\":\\\"ME", "\\\"signature\\\":\\\"MF", 1);
    assert_ne!(altered, receipt);
    for (text, expected) in [(receipt, Finding::Well), (altered, Finding::Wrong)] {
        let file = std::env::temp_dir().join(format!("countersign-receipt-{}.json", std::process::id()));
        std::fs::write(&file, text).unwrap();
        let (found, said) = app.command(&["receipt", "verify", file.to_str().unwrap(), "--key", key.trim()]).await;
        std::fs::remove_file(&file).unwrap();
        assert_eq!(found, expected, "{said}");
        let says = "the passkey signed the digest below, on http://localhost";
        assert_eq!(said.contains(says), expected == Finding::Well, "{said}");
    }
    app.finish().await;
}

#[tokio::test]
async fn nobody_else_sees_or_answers_a_persons_own_question() {
    let app = needing(r#"["passkey"]"#, "").await;
    let (ada, mut passkey) = enrolled(&app, "ada", "ada's").await;
    let (bob, mut foreign) = enrolled(&app, "bob", "bob's").await;
    let (conversation, watch) = begin(&ada).await;
    let id = waiting(&ada).await;
    assert_eq!(bob.visit(&format!("/approve/{id}")).await.status, 404);
    let scan = format!("/approve/{id}/code.svg");
    // The code is made of the id alone, so it tells nobody anything.
    let (code, foreign_code) = (ada.visit(&scan).await, bob.visit(&scan).await);
    assert_eq!(code.body, foreign_code.body);
    assert_eq!((code.status, code.header("content-type")), (200, "image/svg+xml"));
    assert_eq!(bob.send(bob.read(&format!("/approvals/{id}"), &[])).await.status, 410);
    let own = signed(&app, &ada, &mut passkey, &id).await;
    assert_eq!(post(&bob, &format!("/approvals/{id}"), &own).await.status, 410, "Ada's answer from Bob's session");
    assert_eq!(approve(&app, &ada, &mut foreign, &id).await.status, 403, "Bob's passkey in Ada's session");
    assert_eq!(app.browser().send(app.browser().read("/approvals", &[])).await.status, 401, "signed out");
    // A cancellation wins over an approval that comes after it.
    ada.cancel(&conversation, "call-1-1").await.unwrap();
    assert_eq!(post(&ada, &format!("/approvals/{id}"), &own).await.status, 410, "after the cancellation");
    let events = {
        let mut watch = watch;
        watch.turn().await
    };
    assert_eq!(refusals(&events), not_approved(NotApproved::Cancelled));
    assert!(app.effects().is_empty());
    app.finish().await;
}

#[tokio::test]
async fn a_second_person_approves_or_declines_with_a_reason() {
    let app = needing(r#"["passkey", "second_person"]"#, "").await;
    let (ada, mut own) = enrolled(&app, "ada", "ada's").await;
    let (grace, mut second) = enrolled(&app, "grace", "grace's").await;
    let (conversation, mut watch) = begin(&ada).await;
    let id = waiting(&grace).await;
    let page = grace.visit(&format!("/approve/{id}")).await;
    assert!(page.body.contains("asks for your approval") && page.body.contains("Reset password"), "{}", page.body);
    assert!(!page.body.contains(&conversation), "the conversation is not shown");
    assert!(grace.visit("/inbox").await.body.contains(&id));
    assert_eq!(approve(&app, &grace, &mut second, &id).await.status, 200);
    let after = grace.send(grace.read("/approvals", &[])).await.body;
    assert_eq!(after, "[]", "answered, although Ada's own is missing");
    assert!(ada.visit("/inbox").await.body.contains(&id));
    assert_eq!(approve(&app, &ada, &mut own, &id).await.status, 200);
    let events = watch.turn().await;
    assert_eq!((end(&events), app.effects().len()), (TurnEnd::Done, 1), "{events:?}");

    let (_, mut watch) = begin(&ada).await;
    let id = waiting(&grace).await;
    // Her last answer made the number be counted again.
    assert!(grace.visit("/help").await.body.contains("<title>(1) "), "the number is on every page");
    let fields = [("reason", "Ask Bob first")];
    let declined = grace.submit(&format!("/approve/{id}"), &format!("/approvals/{id}/decline"), &fields).await;
    assert_eq!((declined.status, declined.location().path()), (303, "/approve"));
    assert_eq!(approve(&app, &ada, &mut own, &id).await.status, 410, "after the denial");
    let events = watch.turn().await;
    let by = events.iter().find_map(|event| match event {
        Event::CallRefused { refusal: Refusal::NotApproved { why: NotApproved::Declined { by, reason } }, .. } => {
            Some((by.contains("Grace"), reason.as_str()))
        }
        _ => None,
    });
    assert_eq!(by, Some((true, "Ask Bob first")), "{events:?}");
    assert_eq!(app.effects().len(), 1);
    // Ada has denied nothing, so she may ask for something else at once.
    let posted = ada.begin("Reset the password of eve@acme.example").await.unwrap();
    crate::approvals::until_it_rings(&mut ada.watch(&posted.conversation, 0).await).await;
    app.finish().await;
}

#[tokio::test]
async fn a_second_person_who_lost_the_relation_before_the_action_begins_approves_nothing() {
    let app = needing(r#"["passkey", "second_person"]"#, "").await;
    let (ada, mut own) = enrolled(&app, "ada", "ada's").await;
    let (grace, mut second) = enrolled(&app, "grace", "grace's").await;
    let (_, mut watch) = begin(&ada).await;
    let id = waiting(&grace).await;
    assert_eq!(approve(&app, &grace, &mut second, &id).await.status, 200);
    app.revoke("user:auth0|grace", "can_approve", "okta:users").await;
    assert_eq!(approve(&app, &ada, &mut own, &id).await.status, 200);
    assert_eq!(refusals(&watch.turn().await), not_approved(NotApproved::NotApprover));
    assert!(app.effects().is_empty());
    app.finish().await;
}

#[tokio::test]
async fn without_a_passkey_or_a_second_person_nobody_is_asked() {
    let app = needing(r#"["second_person"]"#, "").await;
    app.revoke("user:auth0|grace", "can_approve", "okta:users").await;
    let ada = app.signed_in("ada").await;
    let (_, events) = ada.ask(RESET).await;
    assert_eq!(refusals(&events), not_approved(NotApproved::NoApprover));
    app.finish().await;
    let app = needing(r#"["passkey"]"#, "").await;
    let ada = app.signed_in("ada").await;
    let (_, events) = ada.ask(RESET).await;
    assert_eq!(refusals(&events), not_approved(NotApproved::NoPasskey));
    app.finish().await;
}

/// The session's authentication is older than the policy allows, or of unknown age.
#[tokio::test]
async fn an_old_sign_in_does_not_approve() {
    let app = needing(r#"["passkey"]"#, "sign_in_minutes = 30").await;
    let (fresh, mut passkey) = enrolled(&app, "ada", "phone").await;
    let old = app.signed_in("ada").await;
    let (_, mut watch) = begin(&old).await;
    let id = waiting(&old).await;
    assert!(old.visit(&format!("/approve/{id}")).await.body.contains("Sign in again"));
    assert_eq!(approve(&app, &old, &mut passkey, &id).await.status, 403);
    assert_eq!(approve(&app, &fresh, &mut passkey, &id).await.status, 200);
    assert_eq!(end(&watch.turn().await), TurnEnd::Done);
    app.finish().await;
}
