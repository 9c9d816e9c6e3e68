//! Invalid input is answered with a sentence and the right status; nothing is lost and nothing is done.

use crate::world::TestApp;
use crate::world::chat::Failure;
use app::wire::{ApiError, BadInput};
use reqwest::Method;

fn rows() -> Vec<(String, BadInput)> {
    vec![
        (String::new(), BadInput::Empty),
        (" \r\n\t ".to_owned(), BadInput::Empty),
        ("x".repeat(100 * 1024), BadInput::TooLong { length: 102_400, limit: 32_768 }),
        ("\u{b} \u{85}".to_owned(), BadInput::Empty),
    ]
}

#[tokio::test]
async fn an_unacceptable_text_is_refused_with_its_reason() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let (conversation, events) = ada.ask("Hello").await;
    for (text, problem) in rows() {
        let expected = Failure { status: 422, error: ApiError::Invalid(problem) };
        assert_eq!(ada.begin(&text).await, Err(expected.clone()), "{text:.20?}");
        assert_eq!(ada.post(&conversation, &text, "client-0001").await, Err(expected), "{text:.20?}");
    }
    let after = ada.load(Some(&conversation)).await.unwrap();
    assert_eq!(
        (after.talk.frames.len(), after.rail.heads.len()),
        (events.len(), 1),
        "no conversation was created and no message posted"
    );
    app.finish().await;
}

#[tokio::test]
async fn without_script_the_answer_contains_the_text_and_the_reason() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let (conversation, _) = ada.ask("Hello").await;
    let page = format!("/c/{conversation}");
    for (text, problem) in rows() {
        // The expected text of the box: line breaks and control characters as a browser shows them.
        let kept = text.trim_end_matches(['\0', '\u{7}']).replace("\r\n", "\n");
        for (page, action, id) in
            [("/", "/api/chat/start", &*fresh(&ada).await), (&*page, "/api/chat/post", &conversation)]
        {
            let fields = [("conversation", id), ("text", &text), ("client_id", "client-0001")];
            let shown = ada.submit(page, action, &fields).await;
            assert_eq!(shown.status, 422, "{text:.20?}");
            assert!(shown.body.contains(&format!("href=\"{page}\"")), "the way back to {page}");
            let sentence = ApiError::Invalid(problem.clone()).to_string();
            assert!(shown.body.contains(&sentence), "{sentence} on {page}");
            if !matches!(problem, BadInput::Empty) {
                let area = shown.between("<textarea", "</textarea>");
                assert!(area.contains(kept.trim_end()), "{text:.20?} is in the box of {page}: {area:.200}");
            }
        }
    }
    app.finish().await;
}

async fn fresh(browser: &crate::world::browser::Browser) -> String {
    browser.load(None).await.unwrap().talk.fresh
}

#[tokio::test]
async fn an_incomplete_request_is_reported_as_such() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let (conversation, events) = ada.ask("Hello").await;
    let form = "application/x-www-form-urlencoded";
    let rows = [
        ("/api/chat/post", form, "conversation=x"),
        ("/api/chat/post", form, ""),
        ("/api/chat/post", form, "text=%ff&conversation=%ff&client_id=%ff"),
        ("/api/chat/post", form, "text[a]=b&conversation=c&client_id=d"),
        ("/api/chat/post", "application/json", "{\"text\":"),
        ("/api/chat/post", "application/json", "{\"conversation\":\"x\",\"text\":\"y\",\"client_id\":\"client-0001\"}"),
        ("/api/chat/post", "text/plain", "conversation=x&text=y&client_id=client-0001"),
        ("/api/chat/post", "multipart/form-data; boundary=x", "--x--"),
        ("/api/chat/start", form, "text=hello"),
        ("/api/chat/withdraw", form, "conversation=x&said=minus"),
        ("/api/chat/withdraw", form, "conversation=x&said=-1"),
        ("/api/chat/withdraw", form, "conversation=x&said=99999999999999999999999"),
        ("/api/chat/stop", form, "nothing=1"),
    ];
    for (path, kind, body) in rows {
        let request = ada.ours(ada.request(Method::POST, path)).header("accept", "application/json");
        let answer = ada.send(request.header("content-type", kind).body(body)).await;
        assert!((400..500).contains(&answer.status), "{path} {kind} {body}: {} {}", answer.status, answer.body);
        assert!(!answer.body.is_empty() && answer.body.len() < 500, "{path} {kind} {body}: {}", answer.body);
    }
    for query in ["", "?conversation=x", "?conversation=x&after=minus", "?after=1", "?conversation=x&after=1&after=2"] {
        for stream in ["watch", "live"] {
            let answer = ada.send(ada.read(&format!("/api/chat/{stream}{query}"), &[])).await;
            assert!((400..500).contains(&answer.status), "{stream}{query}: {} {}", answer.status, answer.body);
        }
    }
    assert_eq!(ada.load(Some(&conversation)).await.unwrap().talk.frames.len(), events.len(), "nothing was done");
    app.finish().await;
}

#[tokio::test]
async fn invalid_ids_are_refused_before_any_service_is_asked() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let missing = Failure { status: 404, error: ApiError::NotFound };
    let malformed = Failure { status: 422, error: ApiError::Invalid(BadInput::Malformed) };
    let long = "A".repeat(10_000);
    for id in ["x", "../../etc/passwd", "user#x", "*", "\u{202e}", "0000000000000000000000000#", &long] {
        assert_eq!(ada.load(Some(id)).await.err(), Some(missing.clone()), "{id:.30}");
        assert_eq!(ada.post(id, "Hello", "client-0001").await, Err(missing.clone()), "{id:.30}");
        let fields = [("conversation", id), ("text", "Hello"), ("client_id", "client-0001")];
        let started = ada.call("/api/chat/start", &fields).await.value::<app::wire::Posted>();
        assert_eq!(started, Err(malformed.clone()), "{id:.30}");
    }
    let (conversation, _) = ada.ask("Hello").await;
    for client in ["", "short", "with space", "new\nline-0001", &long] {
        assert_eq!(ada.post(&conversation, "Hello", client).await, Err(malformed.clone()), "{client:.30?}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_with_a_status() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let body = format!("conversation=x&client_id=client-0001&text={}", "x".repeat(2 * 1024 * 1024));
    for path in ["/api/chat/start", "/api/chat/post", "/auth/logout", "/auth/backchannel-logout"] {
        let request = ada.ours(ada.request(Method::POST, path)).header("accept", "application/json");
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body.clone());
        let Ok(answer) = request.send().await else { continue };
        // Sign-out reads no body, so it may succeed.
        assert!(matches!(answer.status().as_u16(), 400..=499 | 303), "{path}: {}", answer.status());
    }
    app.finish().await;
}
