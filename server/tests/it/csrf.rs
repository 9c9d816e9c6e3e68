//! Cross-site requests. The file `routes.txt` lists every route; a new route fails until it is listed with the test
//! that covers it.

use crate::world::TestApp;
use crate::world::browser::Browser;
use crate::world::frames::end;
use app::wire::TurnEnd;
use edge::origin::BACKCHANNEL_LOGOUT;
use leptos::server_fn::axum::server_fn_paths;
use reqwest::{Method, RequestBuilder};
use std::collections::BTreeSet;

/// Lines of `METHOD path test`.
const ROUTES: &str = include_str!("routes.txt");

fn listed() -> Vec<(Method, &'static str, &'static str)> {
    let line = |line: &'static str| {
        let [method, path, test] = line.split_whitespace().collect::<Vec<_>>()[..] else { panic!("{line}") };
        (method.parse().unwrap(), path, test)
    };
    ROUTES.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(line).collect()
}

/// Fields that suffice for every server function.
const FIELDS: [(&str, &str); 9] = [
    ("conversation", "0123456789ABCDEFGHJKMNPQRS"),
    ("text", "Hello"),
    ("client_id", "client-0001"),
    ("said", "1"),
    ("after", "0"),
    ("call", "call-1-1"),
    ("title", "Another title"),
    ("settled", "0"),
    ("before", "9"),
];

#[tokio::test]
async fn every_route_is_listed_with_the_test_that_covers_it() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let mut served = BTreeSet::new();
    for (path, method) in server_fn_paths() {
        served.insert(format!("{method} {path}"));
    }
    for path in app.paths() {
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let concrete = path.replace("{id}", "0123456789ABCDEFGHJKMNPQRS").replace("{*any}", "x");
            let request = browser.ours(browser.request(method.clone(), &concrete));
            if !path.starts_with("/api/") && browser.send(request).await.status != 405 {
                served.insert(format!("{method} {path}"));
            }
        }
    }
    let listed: BTreeSet<_> = listed().iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    assert_eq!(listed, served, "the routes as listed (left) and as served (right)");
    app.finish().await;
}

#[test]
fn every_test_on_the_list_exists() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let sources: String = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    for (method, path, test) in listed() {
        assert!(sources.contains(&format!("fn {test}()")), "{method} {path}: there is no test {test}");
    }
}

/// Turns a request into one that a foreign page could send.
type Stranger = fn(RequestBuilder) -> RequestBuilder;

fn foreign() -> Vec<(&'static str, Stranger)> {
    vec![
        ("no proof at all", |request| request),
        ("another origin", |request| request.header("origin", "https://evil.example")),
        ("the null origin", |request| request.header("origin", "null")),
        ("our name as a prefix", |request| request.header("origin", "http://localhost.evil.example")),
        ("another port", |request| request.header("origin", "http://localhost:1")),
        ("cross-site", |request| request.header("sec-fetch-site", "cross-site")),
        ("same-site", |request| request.header("sec-fetch-site", "same-site")),
        ("typed in", |request| request.header("sec-fetch-site", "none")),
        ("contradiction", |request| {
            request.header("sec-fetch-site", "same-origin").header("origin", "https://evil.example")
        }),
        ("garbled", |request| request.header("sec-fetch-site", "same-origin, cross-site")),
    ]
}

type Body = fn(RequestBuilder) -> RequestBuilder;

fn bodies() -> [(&'static str, Body); 4] {
    [
        ("form", |request| request.form(&FIELDS)),
        ("json", |request| request.json(&serde_json::json!({"conversation": "x", "text": "Hello"}))),
        ("plain", |request| request.header("content-type", "text/plain").body("text=Hello")),
        ("nothing", |request| request),
    ]
}

#[tokio::test]
async fn attack_11_no_unsafe_route_accepts_a_request_from_another_site() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let unsafe_routes: Vec<_> = listed()
        .into_iter()
        .filter(|(method, path, _)| *method != Method::GET && *path != BACKCHANNEL_LOGOUT)
        .collect();
    assert!(unsafe_routes.len() >= 5, "{unsafe_routes:?}");
    for (method, path, _) in unsafe_routes {
        for (how, origin) in foreign() {
            for (kind, body) in bodies() {
                for accept in ["application/json", "text/html"] {
                    let request = body(origin(ada.request(method.clone(), path))).header("accept", accept);
                    let answer = ada.send(request).await;
                    assert_eq!(answer.status, 403, "{method} {path}: {how}, {kind}: {}", answer.body);
                }
            }
        }
    }
    assert!(
        ada.load(None).await.unwrap().rail.heads.is_empty(),
        "the person is still signed in, and no conversation was created"
    );
    app.finish().await;
}

#[tokio::test]
async fn attack_11_get_changes_nothing() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let (conversation, _) = ada.ask("Hello").await;
    let before = ada.load(Some(&conversation)).await.unwrap();
    let mut fields = FIELDS;
    fields[0].1 = &conversation;
    for (method, path, _) in listed().into_iter().filter(|(method, ..)| *method != Method::GET) {
        for get in [Method::GET, Method::HEAD] {
            let answer = ada.send(ada.request(get.clone(), path).query(&fields)).await;
            assert!((400..500).contains(&answer.status), "{get} in place of {method} {path}: {}", answer.status);
        }
        let request = ada.request(Method::GET, path).query(&fields).header("x-http-method-override", "POST");
        assert!((400..500).contains(&ada.send(request).await.status), "{path} with an override");
    }
    let after = ada.load(Some(&conversation)).await.unwrap();
    assert_eq!((before.talk.frames, before.rail.heads), (after.talk.frames, after.rail.heads));
    app.finish().await;
}

#[tokio::test]
async fn attack_11_unusual_methods_and_upgrades_need_the_same_proof() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    for method in ["PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"] {
        for path in ["/", "/api/chat/post", "/auth/logout", "/auth/login"] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let answer = ada.send(ada.request(method.clone(), path)).await;
            assert_eq!(answer.status, 403, "{method} {path}");
        }
    }
    let request = ada.request(Method::GET, "/api/chat/watch").header("upgrade", "websocket");
    assert_eq!(ada.send(request.header("connection", "upgrade")).await.status, 403);
    app.finish().await;
}

#[tokio::test]
async fn attack_27_a_stream_is_read_only_by_its_own_page_and_person() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let (conversation, _) = ada.ask("Hello").await;
    let query = [("conversation", &*conversation), ("settled", "0"), ("after", "0")];
    let read = |browser: &Browser, stream: &'static str, site: &'static str| {
        browser.request(Method::GET, stream).query(&query).header("sec-fetch-site", site)
    };
    let watch = |browser: &Browser, site: &'static str| read(browser, "/api/chat/watch", site);
    let nobody = app.browser();
    for stream in ["/api/chat/watch", "/api/chat/live"] {
        for site in ["cross-site", "same-site"] {
            assert_eq!(ada.send(read(&ada, stream, site)).await.status, 403, "{stream} {site}");
        }
        assert_eq!(nobody.send(read(&nobody, stream, "same-origin")).await.status, 401, "{stream}");
    }
    let bob = app.signed_in("bob").await;
    assert_eq!(bob.send(watch(&bob, "same-origin")).await.status, 404);
    assert_eq!(end(&ada.watch(&conversation, 0).await.turn().await), TurnEnd::Done);
    app.finish().await;
}

#[tokio::test]
async fn without_a_session_every_server_function_answers_401() {
    let app = TestApp::start().await;
    let nobody = app.browser();
    for (path, method) in server_fn_paths() {
        let request = nobody.ours(nobody.request(method.clone(), path)).header("accept", "application/json");
        let request = if method == Method::GET { request.query(&FIELDS) } else { request.form(&FIELDS) };
        let answer = nobody.send(request).await;
        let error = answer.value::<()>().unwrap_err();
        assert_eq!((error.status, error.error), (401, app::wire::ApiError::SignedOut), "{method} {path}");
    }
    // The response to a plain form contains the text and a sign-in link.
    let fields = [("conversation", "0123456789ABCDEFGHJKMNPQRS"), ("text", "Keep me"), ("client_id", "client-0001")];
    let answer = nobody.submit("/", "/api/chat/start", &fields).await;
    assert_eq!((answer.status, answer.between("<textarea", "</textarea>").contains("Keep me")), (401, true));
    assert!(answer.body.contains("href=\"/auth/login?return_to=/\""), "{}", answer.body);
    nobody.sign_in("ada").await;
    assert_eq!(
        nobody.submit("/", "/api/chat/start", &fields).await.status,
        302,
        "it is accepted when it is sent again"
    );
    app.finish().await;
}
