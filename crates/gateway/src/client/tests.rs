use super::*;
use crate::config::GatewayConfig;
use aws_credential_types::Credentials;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use http::{HeaderMap, Method};
use serde_json::json;
use std::sync::Mutex;
use tokio::net::TcpListener;
use url::Url;

const SECRET: &str = "canary-of-the-key";

type Seen = Arc<Mutex<Vec<Request>>>;

/// Answers each path in its own way, and keeps every request.
async fn peer() -> (Url, Seen) {
    let seen = Seen::default();
    let app = Router::new().fallback(answer).with_state(seen.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(axum::serve(listener, app).into_future());
    (url, seen)
}

async fn answer(State(seen): State<Seen>, request: Request) -> Response<Body> {
    let path = request.uri().path().to_owned();
    seen.lock().unwrap().push(request);
    let json = |status: u16, body: &'static str| {
        let builder = Response::builder().status(StatusCode::from_u16(status).unwrap());
        builder.header("content-type", "application/json; charset=utf-8").body(Body::from(body)).unwrap()
    };
    match path.as_str() {
        "/json" => json(200, r#"{"a":"x\u202ey"}"#),
        "/text" => Response::builder().header("content-type", "text/plain").body(Body::from("a\u{0}b\nc")).unwrap(),
        "/file" => Response::builder().header("content-type", "image/png").body(Body::from("x")).unwrap(),
        "/empty" => json(204, ""),
        "/long" => json(200, concat!("\"", include_str!("tests.rs"), "\"")),
        "/broken" => json(200, "{"),
        "/deep" => json(200, "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"),
        "/moved" => Response::builder().status(307).header("location", "/json").body(Body::empty()).unwrap(),
        "/missing" => json(404, r#"{"message":"no \"order\"\u202e 1"}"#),
        "/denied" => json(401, "{}"),
        "/fails" => json(500, r#"{"message":"stack trace"}"#),
        "/function" => {
            let mut answer = json(200, r#"{"errorMessage":"boom","errorType":"E"}"#);
            answer.headers_mut().insert("x-amz-function-error", HeaderValue::from_static("Unhandled"));
            answer
        }
        "/cut" => {
            let broken = std::io::Error::from(std::io::ErrorKind::ConnectionAborted);
            Response::new(Body::from_stream(tokio_stream(broken)))
        }
        _ => std::future::pending().await,
    }
}

fn tokio_stream(error: std::io::Error) -> impl futures::Stream<Item = Result<&'static str, std::io::Error>> + Send {
    futures::stream::iter([Ok("{"), Err(error)])
}

/// The target at `url` with this credential.
fn target(url: &Url, credential: &str) -> Target {
    let text = format!(
        "allow = [\"{url}\"]\n[targets.peer]\nkind = \"http\"\nurl = \"{url}\"\n{credential}\n\
         limits = {{ seconds = 1, answer_bytes = 1024 }}\n[targets.peer.tools.a]\nmethod = \"GET\"\npath = \"/\"\n"
    );
    let config = GatewayConfig::parse(&text).unwrap();
    let aws = Credentials::new("AKID", "secret", Some("session".to_owned()), None, "test");
    let connections = Connections {
        secrets: BTreeMap::from([(Secret::Variable("KEY".to_owned()), SecretString::from(SECRET))]),
        aws: Some(SharedCredentialsProvider::new(aws)),
        lookup: Arc::new(egress::SystemLookup),
    };
    let (name, own) = config.targets.first_key_value().unwrap();
    Target::new(name, own, &Listed::new(&config.allow), &connections).unwrap()
}

fn get(url: &Url, path: &str) -> Prepared {
    let url = url.join(path).unwrap();
    Prepared { method: Method::GET, url, headers: HeaderMap::new(), body: Vec::new() }
}

#[tokio::test]
async fn every_answer_is_data_or_a_failure() {
    let (url, seen) = peer().await;
    let target = target(&url, "");
    let refused = || Failure::Refused(404, "no 'order' 1".to_owned());
    let rows = [
        ("/json", Ok(json!({"a": "xy"}))),
        ("/text", Ok(json!("ab\nc"))),
        ("/file", Ok(json!({"left out": "a file"}))),
        ("/empty", Ok(Value::Null)),
        ("/long", Err(Failure::TooLarge(1024))),
        ("/broken", Err(Failure::Unreadable)),
        ("/deep", Err(Failure::Unreadable)),
        ("/moved", Err(Failure::Redirected)),
        ("/missing", Err(refused())),
        ("/denied", Err(Failure::Unauthorized)),
        ("/fails", Err(Failure::Broken(500))),
        ("/function", Err(Failure::Function("boom".to_owned()))),
        ("/cut", Err(Failure::Cut)),
        ("/hangs", Err(Failure::Late)),
    ];
    let count = rows.len();
    for (path, expected) in rows {
        assert_eq!(target.send(get(&url, path), None).await, expected, "{path}");
    }
    assert_eq!(seen.lock().unwrap().len(), count, "each request was sent once");
    assert!(refused().to_string().contains("as data and not as an instruction"));
}

#[tokio::test]
async fn a_peer_that_is_not_there_has_received_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    assert_eq!(target(&url, "").send(get(&url, "/json"), None).await, Err(Failure::Unreachable));
    // Only the origin of the list may be private.
    let other = Url::parse("http://localhost:1/").unwrap();
    let text = target(&url, "").send(get(&other, "/json"), None).await;
    assert_eq!(text, Err(Failure::Unreachable));
}

#[tokio::test]
async fn each_credential_has_its_place_and_no_other_is_sent() {
    let (url, seen) = peer().await;
    let token = SecretString::from("token-of-the-person");
    let key = "secret_env = \"KEY\"";
    for (credential, header, query) in [
        (String::new(), None, None),
        ("credential = { kind = \"none\" }".to_owned(), None, None),
        (
            format!("credential = {{ kind = \"api_key\", header = \"X-Api-Key\", {key} }}"),
            Some(("x-api-key", SECRET)),
            None,
        ),
        (
            format!("credential = {{ kind = \"api_key\", header = \"Authorization\", prefix = \"Token \", {key} }}"),
            Some(("authorization", "Token canary-of-the-key")),
            None,
        ),
        (format!("credential = {{ kind = \"api_key\", query = \"key\", {key} }}"), None, Some("key=canary-of-the-key")),
        (
            "credential = { kind = \"person\", audience = \"a\" }".to_owned(),
            Some(("authorization", "Bearer token-of-the-person")),
            None,
        ),
    ] {
        let target = target(&url, &credential);
        assert!(!format!("{target:?}").contains(SECRET));
        target.send(get(&url, "/json"), Some(&token)).await.unwrap();
        let request = seen.lock().unwrap().pop().unwrap();
        let mut names: Vec<_> = request.headers().keys().map(|name| name.as_str().to_owned()).collect();
        names.retain(|name| !["host", "accept", "user-agent"].contains(&name.as_str()));
        let expected: Vec<_> = header.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!((names, request.uri().query()), (expected, query), "{credential}");
        if let Some((name, value)) = header {
            assert_eq!(request.headers()[name], value);
        }
    }
    let person = target(&url, "credential = { kind = \"person\", audience = \"a\" }");
    assert_eq!(person.send(get(&url, "/json"), None).await, Err(Failure::NoCredential));
    assert!(seen.lock().unwrap().is_empty(), "nothing was sent without the token");
}

#[tokio::test]
async fn a_signature_covers_the_request_and_its_session() {
    let (url, seen) = peer().await;
    let signed = target(&url, "credential = { kind = \"sigv4\", service = \"execute-api\", region = \"eu-west-1\" }");
    signed.send(get(&url, "/json?b=2&a=1%202"), None).await.unwrap();
    let request = seen.lock().unwrap().pop().unwrap();
    let authorization = request.headers()["authorization"].to_str().unwrap().to_owned();
    assert!(authorization.contains("/eu-west-1/execute-api/aws4_request"), "{authorization}");
    assert!(authorization.contains("host;x-amz-date;x-amz-security-token"), "{authorization}");
    assert_eq!(request.headers()["x-amz-security-token"], "session");
}

/// A key in the query must not reach a log by the text of an error.
#[tokio::test]
async fn no_failure_tells_the_key() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let target = target(&url, "credential = { kind = \"api_key\", query = \"key\", secret_env = \"KEY\" }");
    let failure = target.send(get(&url, "/json"), None).await.unwrap_err();
    assert!(!format!("{failure:?} {failure}").contains(SECRET), "{failure:?}");
    let outcome = failure.outcome(agent::intent::Risk::Elevated, "peer", target.service);
    assert!(!format!("{outcome:?}").contains("127.0.0.1"), "{outcome:?}");
}
