//! `/ws` of the runtime door: the same turns over one WebSocket.

use crate::world::door::{RESOURCE, SESSION, runtime, words};
use crate::world::{Custom, TestApp};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign::wiring::ServerLimits;
use futures::{SinkExt, StreamExt};
use sandbox::bedrock::Mischief;
use sandbox::identity::Answer;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use turns::{AdmissionLimits, Heartbeat};

const SESSION_HEADER: &str = "x-amzn-bedrock-agentcore-runtime-session-id";

pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Opens a socket; otherwise returns the status of the refusal.
    pub(crate) async fn open(app: &TestApp, path: &str, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let url = format!("{}{path}", app.door().replace("http:", "ws:"));
        let mut request = url.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match connect_async(request).await {
            Ok((socket, answer)) => {
                assert_eq!(answer.headers()[SESSION_HEADER], SESSION);
                Ok(Self(socket))
            }
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    async fn of(app: &TestApp, claims: Value) -> Self {
        let token = format!("Bearer {}", app.token("ada", claims));
        Self::open(app, "/ws", &[("authorization", &token), (SESSION_HEADER, SESSION)]).await.unwrap()
    }

    pub(crate) async fn say(&mut self, frame: impl ToString) {
        self.0.send(Message::text(frame.to_string())).await.unwrap();
    }

    /// Returns the next event, or the code with which the socket was closed.
    async fn next(&mut self) -> Result<Value, u16> {
        loop {
            let frame = tokio::time::timeout(Duration::from_secs(20), self.0.next()).await.expect("a frame");
            match frame.expect("the socket is closed with a code").unwrap() {
                Message::Text(text) => return Ok(serde_json::from_str(&text).unwrap()),
                Message::Close(frame) => return Err(frame.expect("a code").code.into()),
                _ => {}
            }
        }
    }

    /// Returns the events up to the first of this name.
    pub(crate) async fn until(&mut self, name: &str) -> Vec<Value> {
        let mut told = Vec::new();
        while told.last().is_none_or(|event: &Value| event["event"] != name) {
            told.push(self.next().await.unwrap_or_else(|code| panic!("closed with {code}: {told:?}")));
        }
        told
    }
}

async fn app() -> TestApp {
    with(ServerLimits::default()).await
}

async fn with(bounds: ServerLimits) -> TestApp {
    let bounds = ServerLimits { lease: Custom::default().bounds.lease, ..bounds };
    let app = TestApp::with(Custom { doors: Box::new(runtime), bounds, ..Custom::default() }).await;
    app.signed_in("ada").await;
    app
}

fn prompt(text: &str) -> Value {
    json!({ "prompt": text })
}

#[tokio::test]
async fn each_frame_is_a_prompt_and_is_answered_like_one_of_the_stream_in_their_order() {
    let app = app().await;
    let mut socket = Socket::of(&app, json!({})).await;
    socket.say(prompt("What are my Okta groups?")).await;
    socket.say(prompt("Thanks")).await;
    let (first, second) = (socket.until("end").await, socket.until("end").await);
    assert!(words(&first).contains("IT Helpdesk"), "{first:?}");
    assert_eq!((words(&second).as_str(), &second.last().unwrap()["outcome"]), ("You're welcome.", &json!("done")));

    socket.say(prompt("Reset the password of eve@acme.example")).await;
    let wanted = socket.until("approval_wanted").await.pop().unwrap();
    assert_eq!(app.ping().await["status"], "HealthyBusy");
    assert!(app.effects().is_empty(), "nothing is done yet");
    while app.sandbox.provider().pushes().is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(format!("{:?}", app.ringing()).contains(wanted["code"].as_str().unwrap()));
    app.answer(Answer::Approve);
    socket.until("end").await;
    assert_eq!(app.effects().len(), 1);
    assert_eq!(app.signed_in("ada").await.titles().await.len(), 1, "the session is one conversation");
    app.finish().await;
}

#[tokio::test]
async fn a_caller_enters_by_header_or_subprotocol_and_never_from_a_page_or_by_the_query() {
    let app = app().await;
    let token = app.token("ada", json!({}));
    let bearer = format!("Bearer {token}");
    let encoded = URL_SAFE_NO_PAD.encode(&token);
    let offered = format!("base64UrlBearerAuthorization.{encoded}, base64UrlBearerAuthorization");
    let other = format!("Bearer {}", app.token("ada", json!({ "azp": "unlisted" })));
    let agent = format!(
        "Bearer {}",
        app.token(
            "supervisor",
            json!({ "gty": "client-credentials", "sub": "supervisor@clients", "azp": "supervisor" })
        )
    );
    let session = (SESSION_HEADER, SESSION);
    let query = format!("/ws?X-Amzn-Bedrock-AgentCore-Runtime-Session-Id={SESSION}");
    let (query, in_query) = (query.as_str(), format!("{query}&access_token={token}"));
    let (door, subprotocol) = (app.door().to_owned(), "sec-websocket-protocol");
    for (path, headers, expected) in [
        ("/ws", vec![("authorization", bearer.as_str()), session], None),
        (query, vec![("authorization", &bearer)], None),
        (query, vec![(subprotocol, &offered)], None),
        ("/ws", vec![("authorization", &bearer), session, ("origin", "https://evil.example")], Some(403)),
        ("/ws", vec![("authorization", &bearer), session, ("origin", "null")], Some(403)),
        ("/ws", vec![("authorization", &bearer), session, ("origin", &door)], Some(403)),
        (query, vec![("authorization", &bearer), (subprotocol, &offered)], Some(400)),
        (in_query.as_str(), vec![], Some(400)),
        ("/ws", vec![session], Some(401)),
        ("/ws", vec![("authorization", &other), session], Some(403)),
        ("/ws", vec![("authorization", &agent), session], None),
        ("/ws", vec![("authorization", &bearer)], Some(400)),
        (query, vec![("authorization", &bearer), session], Some(400)),
    ] {
        let refused = Socket::open(&app, path, &headers).await.err();
        assert_eq!(refused, expected, "{path} {headers:?}");
    }
    let plain = reqwest::Client::new().get(format!("{door}/ws")).bearer_auth(&token).header(SESSION_HEADER, SESSION);
    assert!(plain.send().await.unwrap().status().is_client_error(), "no upgrade was asked for");
    assert!(RESOURCE.ends_with("/invocations"), "one audience for both");
    app.finish().await;
}

#[tokio::test]
async fn a_frame_that_is_no_prompt_is_refused_and_a_flood_of_them_ends_the_socket() {
    let app = app().await;
    let mut socket = Socket::of(&app, json!({})).await;
    for frame in ["hello", "{}", r#"{"prompt":{"toolUse":{}}}"#, r#"{"prompt":"Hi","idempotency_key":"x"}"#] {
        socket.say(frame).await;
        let refused = socket.next().await.unwrap();
        assert_eq!((&refused["event"], &refused["kind"]), (&json!("refused"), &json!("malformed")), "{frame}");
    }
    socket.say(prompt("Thanks")).await;
    assert_eq!(words(&socket.until("end").await), "You're welcome.", "the socket goes on");
    for _ in 0..40 {
        if socket.0.send(Message::text("x")).await.is_err() {
            break;
        }
    }
    let code = loop {
        match socket.next().await {
            Ok(event) => assert_eq!(event["event"], "refused"),
            Err(code) => break code,
        }
    };
    assert_eq!(code, 1008);
    app.finish().await;
}

#[tokio::test]
async fn a_socket_is_closed_with_a_code_that_says_why() {
    let app = app().await;
    let mut large = Socket::of(&app, json!({})).await;
    // The server may close before it has read all of it.
    let _ = large.0.send(Message::text(prompt(&"x".repeat(70 * 1024)).to_string())).await;
    assert_eq!(large.next().await, Err(1009), "too big");

    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let mut expiring = Socket::of(&app, json!({ "exp": now + 2 })).await;
    app.sandbox.bedrock().next(Mischief::Gate { after_words: 5 });
    expiring.say(prompt("Tell me a long story")).await;
    let code = loop {
        match expiring.next().await {
            Ok(event) => assert_eq!(event["event"], "words", "{event}"),
            Err(code) => break code,
        }
    };
    assert_eq!(code, 1008, "the token has ended");
    app.sandbox.bedrock().release();

    let mut closing = Socket::of(&app, json!({})).await;
    app.services().turns.shut_down(Duration::from_secs(5)).await;
    assert_eq!(closing.next().await, Err(1001), "the server goes away");
    app.finish().await;
}

#[tokio::test]
async fn a_caller_that_leaves_joins_its_turn_again_over_another_socket() {
    let app = app().await;
    let story = json!({ "prompt": "Tell me a long story", "idempotency_key": "client-0001" });
    app.sandbox.bedrock().next(Mischief::Gate { after_words: 5 });
    let mut first = Socket::of(&app, json!({})).await;
    first.say(&story).await;
    first.until("words").await;
    drop(first);
    let mut second = Socket::of(&app, json!({})).await;
    second.say(&story).await;
    let mut told = second.until("words").await;
    app.sandbox.bedrock().release();
    told.extend(second.until("end").await);
    assert!(words(&told).starts_with("Once there was a harbor town"), "{told:?}");
    assert_eq!(app.sandbox.bedrock().requests().len(), 1, "the model was asked once");
    app.finish().await;
}

#[tokio::test]
async fn a_socket_takes_a_place_among_the_streams_until_its_client_is_silent() {
    let admission = AdmissionLimits { streams_each: 1, ..AdmissionLimits::default() };
    let beat = Heartbeat(Duration::from_millis(200));
    let app = with(ServerLimits { admission, beat, ..ServerLimits::default() }).await;
    let token = format!("Bearer {}", app.token("ada", json!({})));
    let headers = [("authorization", token.as_str()), (SESSION_HEADER, SESSION)];
    let mut reading = Socket::open(&app, "/ws", &headers).await.unwrap();
    let Message::Ping(_) = reading.0.next().await.unwrap().unwrap() else { panic!("a ping") };
    assert_eq!(Socket::open(&app, "/ws", &headers).await.err(), Some(429));
    // It no longer reads, so it answers no ping.
    let freed = async {
        while Socket::open(&app, "/ws", &headers).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), freed).await.expect("the place is free again");
    drop(reading);
    app.finish().await;
}
