//! Our own client of the runtime door, against a door that says what the real one never would.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::post;
use countersign::invoke::{Invocation, InvokeExit, InvokeUsage};
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

const SESSION: &str = "session-of-a-test-0000000000000001";

/// Serves these routes and returns their address.
async fn served(routes: Router) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    format!("http://{address}")
}

/// Runs the command; returns its exit, its output and its notes.
async fn run(words: &[&str]) -> (InvokeExit, String, String) {
    let variable = |name: &str| match name {
        "TOKEN" => Some("token-1\n".to_owned()),
        "SECRET" => Some("secret-1".to_owned()),
        _ => None,
    };
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    let exit = Invocation::parse(words).unwrap().run(variable, &mut out, &mut notes).await;
    (exit, String::from_utf8(out).unwrap(), String::from_utf8(notes).unwrap())
}

/// Returns a door that answers with these pieces of a stream.
fn door(pieces: Vec<Vec<u8>>) -> Router {
    let answer = move || {
        let pieces = pieces.clone().into_iter().map(|piece| Ok::<_, Infallible>(Bytes::from(piece)));
        let body = Body::from_stream(futures::stream::iter(pieces));
        async move { ([("content-type", "text/event-stream")], body).into_response() }
    };
    Router::new().route("/invocations", post(answer))
}

async fn told(pieces: &[&str]) -> (InvokeExit, String, String) {
    let pieces = pieces.iter().map(|piece| piece.as_bytes().to_vec()).collect();
    let url = format!("{}/invocations", served(door(pieces)).await);
    run(&[&url, "--token-env", "TOKEN", "--session", SESSION, "--key", "key-0001", "Hello"]).await
}

const WORDS: &str = "data: {\"event\":\"words\",\"text\":\"Hello\"}\n\n";
const DONE: &str = "data: {\"event\":\"end\",\"outcome\":\"done\"}\n\n";

#[tokio::test]
async fn only_a_stream_with_its_last_event_counts_as_done() {
    let end = |outcome: &str| format!("data: {{\"event\":\"end\",\"outcome\":\"{outcome}\"}}\n\n");
    let error = |kind: &str| format!("data: {{\"event\":\"error\",\"kind\":\"{kind}\"}}\n\n");
    let later = "data: {\"event\":\"of a later version\",\"x\":1}\n\n";
    // Columns: pieces of the stream, exit, text of the notes.
    for (pieces, exit, note) in [
        (vec![WORDS, DONE], InvokeExit::Done, ""),
        (vec![": beat\n\n", WORDS, later, DONE], InvokeExit::Done, ""),
        (vec!["data: {\"event\":\"wo", "rds\",\"text\":\"Hello\"}\n", "\n", DONE], InvokeExit::Done, ""),
        (vec![WORDS, &end("stopped")], InvokeExit::NotDone, "stopped"),
        (vec![WORDS, &end("limited")], InvokeExit::NotDone, "limited"),
        (vec![WORDS, &end("of a later version")], InvokeExit::NotDone, "of a later version"),
        (vec![WORDS, &error("expired")], InvokeExit::NotDone, "The access token has ended. It may go on"),
        (vec![WORDS, &error("closing")], InvokeExit::NotDone, "--key key-0001"),
        (vec![WORDS], InvokeExit::Cut, "--session session-of-a-test-0000000000000001 --key key-0001"),
        (vec![], InvokeExit::Cut, "cut"),
        (vec![WORDS, &DONE[..20]], InvokeExit::Cut, "cut"),
        (vec![WORDS, DONE.trim_end()], InvokeExit::Cut, "cut"),
        (vec![WORDS, "data: {\"event\":\"end\"}\n\n", DONE], InvokeExit::Cut, "cut"),
        (vec![WORDS, "data: done\n\n", DONE], InvokeExit::Cut, "cut"),
        (vec!["data: ", &"a".repeat(1024 * 1024 + 1)], InvokeExit::Cut, "cut"),
    ] {
        let (got, out, notes) = told(&pieces).await;
        assert_eq!(got, exit, "{pieces:?}: {notes}");
        assert!(notes.contains(note), "{pieces:?}: {notes}");
        assert_eq!(notes.is_empty(), exit == InvokeExit::Done, "{pieces:?}: {notes}");
        assert!(!pieces.contains(&WORDS) || out == "Hello\n", "{pieces:?}: {out}");
    }
}

#[tokio::test]
async fn a_turn_is_printed_as_text_and_foreign_text_controls_no_terminal() {
    let events = [
        r#"{"event":"words","text":"I will reset it.\u001b[2J\rDone\u202e"}"#,
        r#"{"event":"call","call":"c1","state":"proposed","tool":"okta_reset_password","text":"Reset the password of eve"}"#,
        r#"{"event":"approval_wanted","call":"c1","code":"K7-QX","until":1,"url":"https://desk.example.com/c/1"}"#,
        r#"{"event":"call","call":"c1","state":"not_approved","text":"You said no."}"#,
        r#"{"event":"account_wanted","call":"c2","text":"Your GitHub account is needed.","until":1,"url":"https://desk.example.com/c/1"}"#,
        r#"{"event":"void"}"#,
        r#"{"event":"words","text":"All"}"#,
        r#"{"event":"words","text":" right.\r\n"}"#,
    ];
    let events: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
    let (exit, out, notes) = told(&[&events, DONE]).await;
    assert_eq!((exit, notes.as_str()), (InvokeExit::Done, ""));
    assert_eq!(
        out,
        "I will reset it.⟨U+001B⟩[2J⟨U+000D⟩Done⟨U+202E⟩\n\
         > Reset the password of eve (okta_reset_password)\n\
         Waiting for your confirmation, code K7-QX. You can also answer at https://desk.example.com/c/1\n\
         > Reset the password of eve: not approved. You said no.\n\
         Your GitHub account is needed. Connect it at https://desk.example.com/c/1\n\
         (The text after the last call is void. The answer begins again.)\n\
         All right.\n"
    );
}

#[tokio::test]
async fn the_door_receives_the_token_the_session_and_the_key() {
    let seen: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
    let record = seen.clone();
    let door = post(move |headers: HeaderMap, body: String| {
        let names = ["authorization", "accept", "idempotency-key", "x-amzn-bedrock-agentcore-runtime-session-id"];
        let sent = names.map(|name| (name.to_owned(), headers[name].to_str().unwrap().to_owned()));
        record.lock().unwrap().extend(sent);
        record.lock().unwrap().push(("body".to_owned(), body));
        async { ([("content-type", "text/event-stream")], DONE) }
    });
    let url = format!("{}/invocations", served(Router::new().route("/invocations", door)).await);
    let (exit, ..) = run(&[&url, "--token-env", "TOKEN", "--session", SESSION, "--key", "key-0001", "Hello"]).await;
    assert_eq!(exit, InvokeExit::Done);
    let sent = seen.lock().unwrap().clone();
    let sent: Vec<&str> = sent.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(sent, ["Bearer token-1", "text/event-stream", "key-0001", SESSION, "{\"prompt\":\"Hello\"}"]);
    run(&[&url, "--token-env", "TOKEN", "Hello"]).await;
    let made = seen.lock().unwrap()[8].1.clone();
    assert!((33..=256).contains(&made.len()), "{made}");
}

#[tokio::test]
async fn an_agent_gets_its_own_token_first() {
    let token = post(|body: String| async move {
        for part in ["grant_type=client_credentials", "client_id=cli", "client_secret=secret-1", "invocations"] {
            assert!(body.contains(part), "{body}");
        }
        axum::Json(serde_json::json!({ "access_token": "token-2", "token_type": "Bearer" }))
    });
    let door = post(|headers: HeaderMap| async move {
        assert_eq!(headers["authorization"], "Bearer token-2");
        let told = serde_json::json!({ "error": "no_person", "message": "This door answers people." });
        (StatusCode::FORBIDDEN, axum::Json(told))
    });
    let refusing =
        post(|| async { (StatusCode::UNAUTHORIZED, axum::Json(serde_json::json!({ "error": "access_denied" }))) });
    let html = post(|| async { "<!doctype html>" });
    let routes = Router::new().route("/invocations", door).route("/token", token).route("/refusing", refusing);
    let base = served(routes.route("/html", html)).await;
    // Columns: token endpoint, variable of the secret, text of the notes.
    for (path, secret, note) in [
        ("token", "SECRET", "the door answered 403: This door answers people."),
        ("refusing", "SECRET", "the token endpoint answered 401: access_denied"),
        ("html", "SECRET", "the token endpoint answered something else"),
        ("none", "SECRET", "the token endpoint answered 404"),
        ("token", "UNSET", "the variable UNSET is not set"),
    ] {
        let (door, token) = (format!("{base}/invocations"), format!("{base}/{path}"));
        let words =
            [door.as_str(), "--agent", "--token-url", &token, "--client-id", "cli", "--secret-env", secret, "Hello"];
        let (exit, out, notes) = run(&words).await;
        assert_eq!((exit, out.as_str()), (InvokeExit::NotDone, ""), "{path}");
        assert!(notes.contains(note), "{path}: {notes}");
        assert!(!notes.contains("secret-1"), "{notes}");
    }
}

#[tokio::test]
async fn an_answer_that_is_no_stream_is_not_done() {
    let plain = post(|| async { DONE });
    let moved = post(|| async { (StatusCode::FOUND, [("location", "/stream")]) });
    let stream = post(|| async { ([("content-type", "text/event-stream")], DONE) });
    let routes = Router::new().route("/plain", plain).route("/moved", moved).route("/stream", stream);
    let base = served(routes).await;
    for (path, note) in [("plain", "something else"), ("moved", "302"), ("absent", "404")] {
        let (exit, _, notes) = run(&[&format!("{base}/{path}"), "--token-env", "TOKEN", "Hello"]).await;
        assert_eq!(exit, InvokeExit::NotDone, "{path}");
        assert!(notes.contains(note), "{path}: {notes}");
    }
    let (exit, _, notes) = run(&["http://127.0.0.1:1/", "--token-env", "TOKEN", "Hello"]).await;
    assert!(exit == InvokeExit::NotDone && notes.contains("cannot be reached"), "{notes}");
}

#[test]
fn wrong_arguments_are_named() {
    let agent = "--agent --token-url https://a.example/t --client-id c --secret-env S https://b.example/ Hello";
    for words in [agent, "--aws https://b.example/ Hello", "--aws --audience a https://b.example/ Hello"] {
        assert!(Invocation::parse(&words.split(' ').collect::<Vec<_>>()).is_ok(), "{words}");
    }
    for (words, error) in [
        ("", InvokeUsage::Missing("--token-env, --agent or --aws")),
        ("--token-env T", InvokeUsage::Missing("URL")),
        ("--token-env T https://a.example/", InvokeUsage::Missing("PROMPT")),
        ("https://a.example/ Hello --token-env", InvokeUsage::Value("--token-env")),
        ("https://a.example/ Hello there --token-env T", InvokeUsage::Unknown("there".to_owned())),
        ("https://a.example/ Hello --token T", InvokeUsage::Unknown("--token".to_owned())),
        ("https://a.example/ Hello --key a --key b", InvokeUsage::Unknown("--key".to_owned())),
        ("http://a.example/ Hello --token-env T", InvokeUsage::Url("URL")),
        ("http://localhost.a.example/ Hello --token-env T", InvokeUsage::Url("URL")),
        ("ftp://localhost/ Hello --token-env T", InvokeUsage::Url("URL")),
        ("https://a:b@a.example/ Hello --token-env T", InvokeUsage::Url("URL")),
        ("https://a.example/ Hello --token-env T --session short", InvokeUsage::Session),
        ("https://a.example/ Hello --token-env T --client-id c", InvokeUsage::Misplaced("--client-id")),
        ("https://a.example/ Hello --agent --token-env T", InvokeUsage::Misplaced("--token-env")),
        ("https://a.example/ Hello --aws --token-env T", InvokeUsage::Misplaced("--token-env")),
        ("https://a.example/ Hello --aws --secret-env S", InvokeUsage::Misplaced("--secret-env")),
        ("https://a.example/ Hello --aws --agent", InvokeUsage::Unknown("--agent".to_owned())),
        ("https://a.example/ Hello --agent", InvokeUsage::Missing("--token-url")),
        ("https://a.example/ Hello --agent --token-url http://a.example/", InvokeUsage::Url("--token-url")),
    ] {
        let words: Vec<_> = words.split(' ').filter(|word| !word.is_empty()).collect();
        assert_eq!(Invocation::parse(&words), Err(error), "{words:?}");
    }
}
