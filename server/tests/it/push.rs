//! Web Push, from the person who turns it on in a browser to the message that the browser decrypts.

use crate::passkeys::{PolicyFile, approve, begin, enrolled, post, waiting};
use crate::sign_out::{claims, deliver};
use crate::world::browser::{Answer, Browser};
use crate::world::{Custom, TestApp};
use sandbox::cloud::push::Subscription;
use sandbox::identity::Signing;
use secrecy::ExposeSecret;
use serde_json::json;
use std::path::PathBuf;

/// A key file, deleted on drop.
struct KeyFile(PathBuf);

impl Drop for KeyFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Starts a server with notifications, whose every action needs these approvals.
async fn telling(approvals: &str) -> TestApp {
    let policy = PolicyFile::of(&format!("[default]\napprovals = {approvals}\n"));
    let key = KeyFile(policy.0.with_extension("pem"));
    std::fs::write(&key.0, countersign::wiring::new_key().unwrap().expose_secret()).unwrap();
    let file = |path: &PathBuf| path.display().to_string();
    let env = vec![("APPROVALS_FILE", file(&policy.0)), ("PUSH_KEY_FILE", file(&key.0))];
    TestApp::with(Custom { env, ..Custom::default() }).await
}

async fn subscribe(browser: &Browser, subscription: &Subscription) -> Answer {
    post(browser, "/notifications/subscribe", &json!(subscription)).await
}

/// Turns notifications on, as `push.js` does.
async fn turn_on(app: &TestApp, browser: &Browser) -> Subscription {
    let inbox = browser.visit("/inbox").await;
    assert!(inbox.body.contains("/push.js"), "{}", inbox.body);
    let subscription = app.sandbox.push().subscribe(inbox.between("data-push=\"", "\"")).unwrap();
    let answer = subscribe(browser, &subscription).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    subscription
}

async fn browsers(browser: &Browser) -> usize {
    browser.visit("/inbox").await.all("data-browser=\"", "\"").count()
}

#[tokio::test]
async fn a_request_rings_in_the_browsers_of_those_who_answer_it_and_says_nothing_of_itself() {
    let app = telling(r#"["passkey", "second_person"]"#).await;
    let (ada, mut own) = enrolled(&app, "ada", "ada's").await;
    let (grace, mut second) = enrolled(&app, "grace", "grace's").await;
    let bob = app.signed_in("bob").await;
    for browser in [&ada, &grace, &bob] {
        turn_on(&app, browser).await;
    }
    let (_, mut watch) = begin(&ada).await;
    app.sandbox.push().until(2).await;
    let messages = app.sandbox.push().messages();
    for message in &messages {
        assert_eq!(message.text, r#"{"waits":"approval"}"#);
        assert_eq!((message.topic.as_deref(), &*message.urgency), (Some("approval"), "high"));
        assert!((1..=300).contains(&message.ttl_s), "{message:?}");
        assert_eq!(message.contact, "mailto:it@acme.example");
    }
    assert_ne!(messages[0].id, messages[1].id);
    // The request itself is where it always was.
    let id = waiting(&grace).await;
    assert_eq!(approve(&app, &grace, &mut second, &id).await.status, 200);
    assert_eq!(approve(&app, &ada, &mut own, &id).await.status, 200);
    watch.turn().await;
    assert_eq!(app.sandbox.push().messages().len(), 2, "nobody else is told, and nobody twice");
    app.finish().await;
}

#[tokio::test]
async fn a_browser_is_forgotten_by_its_person_by_a_sign_out_and_when_its_subscription_ends() {
    let app = telling(r#"["passkey"]"#).await;
    let (ada, _passkey) = enrolled(&app, "ada", "ada's").await;
    let other = app.signed_in("ada").await;
    let third = app.signed_in("ada").await;
    turn_on(&app, &ada).await;
    let removed = turn_on(&app, &ada).await;
    turn_on(&app, &other).await;
    turn_on(&app, &third).await;
    assert_eq!(browsers(&ada).await, 4);
    assert_eq!(subscribe(&ada, &removed).await.status, 200);
    assert_eq!(browsers(&ada).await, 4, "the same browser once");
    assert!(!app.signed_in("bob").await.visit("/inbox").await.body.contains("data-browser"));
    let page = ada.visit("/inbox").await;
    let id = page.between("data-browser=\"", "\"").to_owned();
    let gone = ada.submit("/inbox", "/notifications/remove", &[("id", &id)]).await;
    assert_eq!((gone.status, gone.location().path()), (303, "/inbox"));
    assert_eq!(browsers(&ada).await, 3);
    assert_eq!(other.submit("/", "/auth/logout", &[]).await.status, 303);
    assert_eq!(browsers(&ada).await, 2);
    // The browser of a person who takes the permission back.
    app.sandbox.push().end_all();
    let (_, watch) = begin(&ada).await;
    app.sandbox.push().until(2).await;
    drop(watch);
    while browsers(&ada).await > 0 {
        tokio::task::yield_now().await;
    }
    turn_on(&app, &ada).await;
    // The provider ends all sessions of Ada.
    let claims = claims(&app, "auth0|ada", "jti-push");
    let token = app.sandbox.provider().forge(json!({}), claims, Signing::CurrentKey).unwrap();
    assert_eq!(deliver(&app, &token).await, 200);
    let again = app.signed_in("ada").await;
    assert_eq!(browsers(&again).await, 0);
    app.finish().await;
}

#[tokio::test]
async fn an_address_of_another_service_a_foreign_page_and_a_stranger_are_refused() {
    let app = telling(r#"["passkey"]"#).await;
    let ada = app.signed_in("ada").await;
    let good = turn_on(&app, &ada).await;
    for endpoint in [
        "http://127.0.0.1:1/push/1",
        "https://169.254.169.254/latest",
        "https://evil.example/push",
        "file:///etc/passwd",
    ] {
        let moved = Subscription { endpoint: endpoint.to_owned(), ..good.clone() };
        assert_eq!(subscribe(&ada, &moved).await.status, 400, "{endpoint}");
    }
    assert_eq!(browsers(&ada).await, 1);
    assert_eq!(subscribe(&app.browser(), &good).await.status, 401, "signed out");
    let body = json!(good).to_string();
    let foreign = ada.request(axum::http::Method::POST, "/notifications/subscribe");
    let foreign = foreign.header("content-type", "application/json").header("origin", "https://evil.example");
    assert_eq!(ada.send(foreign.header("sec-fetch-site", "cross-site").body(body.clone())).await.status, 403);
    let other = ada.ours(ada.request(axum::http::Method::POST, "/notifications/subscribe"));
    let other = other.header("content-type", "application/json").header("countersign-owner", "somebodyelse");
    assert_eq!(ada.send(other.body(body)).await.status, 403, "a page of another person");
    app.finish().await;
}

#[tokio::test]
async fn a_push_service_that_fails_delays_and_fails_no_turn() {
    let app = telling(r#"["passkey"]"#).await;
    let (ada, mut passkey) = enrolled(&app, "ada", "ada's").await;
    turn_on(&app, &ada).await;
    app.sandbox.faults().set("push", Some(sandbox::cloud::Fault::Refuse), sandbox::cloud::Times::Always);
    let (_, mut watch) = begin(&ada).await;
    let id = waiting(&ada).await;
    assert_eq!(approve(&app, &ada, &mut passkey, &id).await.status, 200);
    assert_eq!(crate::world::frames::end(&watch.turn().await), app::wire::TurnEnd::Done);
    assert_eq!(browsers(&ada).await, 1, "a failure ends no subscription");
    app.finish().await;
}

#[tokio::test]
async fn an_inbox_shows_what_waits_although_the_subscriptions_cannot_be_read() {
    let app = telling(r#"["passkey", "second_person"]"#).await;
    let (ada, _passkey) = enrolled(&app, "ada", "ada's").await;
    let (grace, _) = enrolled(&app, "grace", "grace's").await;
    for browser in [&ada, &grace] {
        turn_on(&app, browser).await;
    }
    let (_, watch) = begin(&ada).await;
    let id = waiting(&grace).await;
    // Whoever writes to the table gives each of the two the item of the other.
    let all = app.table("Scan", json!({"TableName": "countersign"})).await;
    let own: Vec<_> =
        all["Items"].as_array().unwrap().iter().filter(|item| item["sk"]["S"] == "subscriptions").collect();
    let [one, two] = own[..] else { panic!("{own:?}") };
    for (item, of) in [(one, two), (two, one)] {
        let mut planted = item.clone();
        planted["pk"] = of["pk"].clone();
        app.table("PutItem", json!({"TableName": "countersign", "Item": planted})).await;
    }
    let inbox = grace.visit("/inbox").await;
    assert_eq!(inbox.status, 200, "{}", inbox.body);
    assert!(inbox.body.contains(&format!("/approve/{id}")), "{}", inbox.body);
    assert!(inbox.body.contains("Your notifications cannot be looked up right now."), "{}", inbox.body);
    assert!(!inbox.body.contains("push.js"), "{}", inbox.body);
    drop(watch);
    app.finish().await;
}

#[tokio::test]
async fn without_a_key_nothing_is_offered_and_nothing_is_taken() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    assert!(!ada.visit("/inbox").await.body.contains("push.js"));
    let subscription = app.sandbox.push().subscribe("key").unwrap();
    assert_eq!(subscribe(&ada, &subscription).await.status, 404);
    app.finish().await;
}
