//! Sessions under races: an ended session stays ended, whatever is in flight; requests without a session store nothing;
//! and reading a page writes nothing.

mod borrowed;
mod rotation;

use crate::sign_out::{claims, deliver};
use crate::world::browser::{Answer, Browser};
use crate::world::{Custom, TestApp};
use futures::future::join_all;
use reqwest::header::SET_COOKIE;
use sandbox::cloud::{Fault, Times};
use sandbox::identity::Signing;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

/// Loops that load pages at the same time with the same cookie.
const LOOPS: usize = 6;

/// Loads by each loop, on average, before the session ends, so that all loops are under way.
const WARM: u32 = 3;

/// The way a session ends while pages are loading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EndedBy {
    Person,
    Provider,
}

/// Loads pages with one cookie in six loops, on all instances, while the session ends; returns the number of loops that
/// still worked afterwards.
async fn go_on(app: &TestApp, thieves: &[Browser], ada: &Browser, by: EndedBy) -> usize {
    let (over, loaded) = (AtomicBool::new(false), AtomicU32::new(0));
    let load = async |number: usize| {
        let thief = &thieves[number % thieves.len()];
        while !over.load(Ordering::Acquire) {
            match number % 2 {
                0 => drop(thief.load(None).await),
                _ => drop(thief.visit("/").await),
            }
            loaded.fetch_add(1, Ordering::AcqRel);
        }
        // The session ended before this load began.
        usize::from(thief.load(None).await.is_ok())
    };
    let end = async {
        while loaded.load(Ordering::Acquire) < WARM * u32::try_from(LOOPS).unwrap() {
            tokio::task::yield_now().await;
        }
        match by {
            EndedBy::Person => assert_eq!(ada.submit("/", "/auth/logout", &[]).await.status, 303),
            EndedBy::Provider => {
                let claims = claims(app, "auth0|ada", "jti-race");
                let token = app.sandbox.provider().forge(json!({}), claims, Signing::CurrentKey).unwrap();
                assert_eq!(deliver(app, &token).await, 200);
            }
        }
        over.store(true, Ordering::Release);
    };
    let (went_on, ()) = tokio::join!(join_all((0..LOOPS).map(load)), end);
    went_on.into_iter().sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ends_while_pages_load_stays_ended() {
    for by in [EndedBy::Person, EndedBy::Provider] {
        let app = TestApp::start().await;
        let ada = app.signed_in("ada").await;
        let thief = app.browser();
        thief.plant(&ada.session().unwrap());
        assert_eq!(
            go_on(&app, &[thief], &ada, by).await,
            0,
            "loops of {LOOPS} that still had a session, ended by {by:?}"
        );
        assert_eq!(count(&app, "bedrock-sessions").await, 0, "{by:?}");
        app.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ends_on_one_instance_is_ended_on_all() {
    for by in [EndedBy::Person, EndedBy::Provider] {
        let app = TestApp::start().await;
        let (second, ada) = (app.second().await, app.signed_in("ada").await);
        let session = ada.session().unwrap();
        let thieves = [app.browser(), second.browser(&session)];
        thieves[0].plant(&session);
        assert!(thieves[1].load(None).await.is_ok(), "the other instance knows the session");
        assert_eq!(
            go_on(&app, &thieves, &ada, by).await,
            0,
            "loops of {LOOPS} that still had a session, ended by {by:?}"
        );
        assert_eq!(count(&app, "bedrock-sessions").await, 0, "{by:?}");
        second.finish().await;
        app.finish().await;
    }
}

/// Returns the number of requests that change a table, by operation.
fn writes(app: &TestApp) -> BTreeMap<String, u64> {
    let mut all = app.sandbox.dynamo().requests();
    all.retain(|operation, _| !matches!(operation.as_str(), "GetItem" | "BatchGetItem" | "Query" | "Scan"));
    all
}

/// Returns the writes so far, after waiting until all pending ones are done.
async fn settled(app: &TestApp) -> BTreeMap<String, u64> {
    let mut before = writes(app);
    loop {
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        let now = writes(app);
        if now == before {
            return now;
        }
        before = now;
    }
}

#[tokio::test]
async fn loading_a_page_writes_nothing_and_sets_no_cookie() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let (conversation, _) = ada.ask("Hello").await;
    // After this load, the turn has no pending writes.
    ada.load(Some(&conversation)).await.unwrap();
    let before = settled(&app).await;
    let page = format!("/c/{conversation}");
    for path in ["/", &page, "/activity", "/tools", "/connections", "/c/0123456789ABCDEFGHJKMNPQRS", "/auth/login"] {
        let answer = ada.visit(path).await;
        let session = |value: &&reqwest::header::HeaderValue| value.as_bytes().starts_with(b"countersign=");
        assert_eq!(answer.headers.get_all(SET_COOKIE).iter().filter(session).count(), 0, "{path}");
        let head = ada.request(reqwest::Method::HEAD, path);
        ada.send(head).await;
    }
    for load in [None, Some(conversation.as_str())] {
        ada.load(load).await.unwrap();
    }
    assert_eq!(writes(&app), before);
    app.finish().await;
}

async fn items(app: &TestApp, table: &str) -> Vec<Value> {
    app.table("Scan", json!({"TableName": table})).await["Items"].as_array().unwrap().clone()
}

async fn count(app: &TestApp, table: &str) -> usize {
    items(app, table).await.len()
}

#[tokio::test]
async fn requests_without_a_session_store_nothing() {
    let app = TestApp::start().await;
    let nobody = app.browser();
    let before = writes(&app);
    let huge = "x".repeat(300_000);
    for (conversation, text) in
        [("0123456789ABCDEFGHJKMNPQRS", "Hello"), (huge.as_str(), "Hello"), ("x", huge.as_str())]
    {
        for path in ["/api/chat/start", "/api/chat/post"] {
            let fields = [("conversation", conversation), ("text", text), ("client_id", "client-0001")];
            let answer = nobody.submit("/", path, &fields).await;
            assert_eq!(answer.status, 401, "{path}");
            assert!(answer.between("<textarea", "</textarea>").ends_with(text), "{path}: the text is given back");
        }
    }
    let callback = nobody.callback("ada", "/auth/login").await;
    for path in ["/", "/c/0123456789ABCDEFGHJKMNPQRS", "/auth/login?return_to=/c/x", "/auth/callback?state=x&code=y"] {
        nobody.visit(path).await;
    }
    nobody.submit("/", "/auth/logout", &[]).await;
    assert_eq!(writes(&app), before);
    assert_eq!((count(&app, "bedrock-sessions").await, nobody.session()), (0, None));
    nobody.follow(callback.as_str()).await;
    assert!(nobody.load(None).await.is_ok(), "the sign-in that was pending before still works");
    app.finish().await;
}

fn max_age(answer: &Answer) -> i64 {
    let mut cookies = answer.headers.get_all(SET_COOKIE).iter().map(|value| value.to_str().unwrap());
    let session = cookies.find(|cookie| cookie.starts_with("countersign=")).unwrap();
    session.split("Max-Age=").nth(1).unwrap().split(';').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_session_and_its_index_end_a_fixed_time_after_the_sign_in() {
    let env = vec![("SESSION_HOURS", "2".to_owned())];
    let app = TestApp::with(Custom { env, ..Custom::default() }).await;
    let ada = app.browser();
    let callback = ada.callback("ada", "/auth/login").await;
    let begun = app.sandbox.clock().seconds();
    assert_eq!(max_age(&ada.visit(callback.as_str()).await), 2 * 3600);
    let stored = async || {
        let index = items(&app, "countersign").await.into_iter().filter(|item| {
            let pk = item["pk"]["S"].as_str().unwrap();
            ["subject#", "sid#", "grants#"].iter().any(|prefix| pk.starts_with(prefix))
        });
        (items(&app, "bedrock-sessions").await.remove(0), index.collect::<Vec<_>>())
    };
    let (session, index) = stored().await;
    let end: i64 = session["ttl"]["N"].as_str().unwrap().parse().unwrap();
    assert!((begun + 7200..=app.sandbox.clock().seconds() + 7200).contains(&end), "{end} after {begun}");
    assert_eq!(index.len(), 3, "{index:?}");
    assert!(index.iter().all(|item| item["ttl"] == session["ttl"]), "{index:?}");
    ada.visit("/").await;
    ada.ask("Hello").await;
    assert_eq!(stored().await.0, session, "nothing extends the session");
    app.finish().await;
}

#[tokio::test]
async fn an_unreadable_session_is_ignored_and_does_not_block_a_sign_in() {
    let app = TestApp::start().await;
    for (attribute, value) in [("sealed", json!({"B": "cGxhbnRlZA=="})), ("key", json!({"S": "k9"}))] {
        let ada = app.signed_in("ada").await;
        let mut item = items(&app, "bedrock-sessions").await.remove(0);
        item[attribute] = value;
        app.table("PutItem", json!({"TableName": "bedrock-sessions", "Item": item})).await;
        assert_eq!(ada.load(None).await.unwrap_err().status, 401, "{attribute}");
        assert_eq!(ada.visit("/auth/login").await.status, 303, "{attribute}");
        assert_eq!(ada.sign_in("ada").await.status, 200, "{attribute}");
        assert_eq!(ada.load(None).await.unwrap().rail.me.name, "Ada Byron");
        assert_eq!(ada.submit("/", "/auth/logout", &[]).await.status, 303);
        assert_eq!(count(&app, "bedrock-sessions").await, 0, "{attribute}: the sign-in removed the planted session");
    }
    app.finish().await;
}

/// The store fails, or loses the response to a successful write, at each step of a back-channel logout.
#[tokio::test]
async fn a_logout_that_fails_half_way_is_completed_by_the_next_delivery() {
    let broken = Fault::Status { code: axum::http::StatusCode::INTERNAL_SERVER_ERROR, retry_after: None };
    let rows = [
        ("DeleteItem", broken.clone(), 503),
        ("PutItem", broken.clone(), 503),
        ("Query", broken, 503),
        ("DeleteItem", Fault::Lost, 200),
        ("PutItem", Fault::Lost, 200),
    ];
    for (number, (operation, fault, first)) in rows.into_iter().enumerate() {
        let app = TestApp::start().await;
        let ada = app.signed_in("ada").await;
        let claims = claims(&app, "auth0|ada", &format!("jti-{number}"));
        let token = app.sandbox.provider().forge(json!({}), claims, Signing::CurrentKey).unwrap();
        let times = if fault == Fault::Lost { Times::Next(1) } else { Times::Always };
        app.sandbox.faults().set_matching("dynamodb", operation, fault, times);
        assert_eq!(deliver(&app, &token).await, first, "{operation}");
        app.sandbox.faults().clear();
        assert_eq!(deliver(&app, &token).await, 200, "{operation}: the same delivery again");
        assert_eq!(ada.load(None).await.unwrap_err().status, 401, "{operation}");
        app.finish().await;
    }
}

#[tokio::test]
async fn a_sign_in_with_a_slow_write_is_stored_completely_and_once() {
    let app = TestApp::start().await;
    let ada = app.browser();
    let callback = ada.callback("ada", "/auth/login").await;
    app.sandbox.faults().set_matching("dynamodb", "TransactWriteItems", Fault::Lost, Times::Next(1));
    assert_eq!(ada.visit(callback.as_str()).await.status, 303);
    assert!(ada.load(None).await.is_ok());
    app.console("/people/sign-out", &[("sub", "auth0|ada")]).await;
    assert_eq!(ada.load(None).await.unwrap_err().status, 401, "the provider can end it");
    app.finish().await;
}

/// Of many connections that one session starts, only the newest four can be completed.
#[tokio::test]
async fn abandoned_connections_are_limited() {
    let app = TestApp::start().await;
    let bob = app.signed_in("bob").await;
    let begin = async || bob.submit("/connections", "/connections/connect", &[("provider", "github")]).await.status;
    assert_eq!(join_all((0..12).map(|_| begin())).await, [200; 12]);
    assert_eq!(begin().await, 200);
    let pending = async || {
        let own = |item: &Value| item["pk"]["S"].as_str().unwrap().starts_with("connecting#");
        items(&app, "countersign").await.into_iter().filter(own).collect::<Vec<_>>()
    };
    let kept = pending().await;
    assert_eq!(kept.len(), 4, "{kept:?}");
    assert!(kept.iter().all(|item| item["ttl"]["N"].is_string() && item["sealed"]["B"].is_string()), "{kept:?}");
    app.finish().await;
}
