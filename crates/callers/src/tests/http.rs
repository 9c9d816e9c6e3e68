//! The adapters over HTTP against a local server.

use super::issuer::{jwk, key_set};
use crate::config::{DocumentUrl, IssuerId, KeyLocation};
use crate::{HttpKeys, HttpSts, KeySource, LARGEST_KEY_SET, SignedRequest, StsClient};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

/// Answers each request by its path, and notes the requests.
async fn serve(answer: impl Fn(&str, &str) -> String + Send + 'static) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (own, seen) = (address.clone(), Arc::new(Mutex::new(Vec::new())));
    let noted = seen.clone();
    tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 8192];
            let length = connection.read(&mut request).await.unwrap();
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
            noted.lock().unwrap().push(request);
            let _ = connection.write_all(answer(&own, &path).as_bytes()).await;
        }
    });
    (address, seen)
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

fn keys() -> String {
    String::from_utf8(key_set(&[jwk("ES256")])).unwrap()
}

fn source() -> HttpKeys {
    HttpKeys::with_client(http_client::builder(Duration::from_secs(5)).no_proxy().build().unwrap())
}

#[tokio::test]
async fn keys_come_from_the_configured_addresses_alone() {
    let (address, _) = serve(|own, path| match path {
        "/good" => ok(&format!(r#"{{"issuer":"{own}","jwks_uri":"{own}/keys"}}"#)),
        "/slash" => ok(&format!(r#"{{"issuer":"{own}/","jwks_uri":"{own}/keys"}}"#)),
        "/plain" => ok(&format!(r#"{{"issuer":"{own}","jwks_uri":"http://192.0.2.1/keys"}}"#)),
        "/file" => ok(&format!(r#"{{"issuer":"{own}","jwks_uri":"file:///etc/passwd"}}"#)),
        "/less" => ok(&format!(r#"{{"issuer":"{own}"}}"#)),
        "/html" => ok("<html>"),
        "/keys" => ok(&keys()),
        "/moved" => {
            format!("HTTP/1.1 302 Found\r\nlocation: {own}/keys\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
        }
        "/largest" => ok(&"x".repeat(LARGEST_KEY_SET)),
        "/larger" => ok(&"x".repeat(LARGEST_KEY_SET + 1)),
        _ => "HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".to_owned(),
    })
    .await;
    let issuer = IssuerId::try_from(address.clone()).unwrap();
    let at = |path: &str| DocumentUrl::try_from(format!("{address}{path}")).unwrap();
    let discovery =
        [("/good", true), ("/slash", false), ("/plain", false), ("/file", false), ("/less", false), ("/html", false)];
    for (path, expected) in discovery {
        let found = source().fetch(&issuer, &KeyLocation::Discovery(at(path))).await;
        assert_eq!(found.is_ok(), expected, "{path} {found:?}");
    }
    for (path, expected) in
        [("/keys", true), ("/largest", true), ("/larger", false), ("/moved", false), ("/none", false)]
    {
        let found = source().fetch(&issuer, &KeyLocation::KeySet(at(path))).await;
        assert_eq!(found.is_ok(), expected, "{path}");
    }
}

fn signed() -> SignedRequest {
    let url = "https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity&X-Amz-Signature=x";
    SignedRequest { url: url.into(), audience: "https://countersign.example.com/mcp".to_owned() }
}

fn sts(address: &str) -> HttpSts {
    HttpSts::new(Some(Url::parse(address).unwrap())).unwrap()
}

#[tokio::test]
async fn the_request_to_aws_sts_carries_nothing_of_the_caller_but_the_query() {
    let (address, seen) = serve(|_, _| ok("{}")).await;
    let answer = sts(&address).get_caller_identity(&signed()).await.unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (200, b"{}".as_slice()));
    let request = seen.lock().unwrap()[0].to_lowercase();
    assert!(request.starts_with("get /?action=getcalleridentity&x-amz-signature=x http/1.1\r\n"), "{request}");
    let mut headers: Vec<&str> = request.lines().skip(1).filter(|line| !line.is_empty()).collect();
    headers.sort_unstable();
    let agent = format!("user-agent: {}", http_client::USER_AGENT);
    let audience = "x-countersign-audience: https://countersign.example.com/mcp";
    assert_eq!(headers, ["accept: application/json", "host: sts.us-east-1.amazonaws.com", agent.as_str(), audience]);
}

#[tokio::test]
async fn aws_sts_is_not_followed_and_a_long_answer_is_none() {
    let (address, seen) = serve(|own, _| {
        format!("HTTP/1.1 302 Found\r\nlocation: {own}/elsewhere\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
    })
    .await;
    assert_eq!(sts(&address).get_caller_identity(&signed()).await.unwrap().status, 302);
    assert_eq!(seen.lock().unwrap().len(), 1);
    let (address, _) = serve(|_, _| ok(&"x".repeat(64 * 1024))).await;
    assert!(sts(&address).get_caller_identity(&signed()).await.is_ok());
    let (address, _) = serve(|_, _| ok(&"x".repeat(65 * 1024))).await;
    assert!(sts(&address).get_caller_identity(&signed()).await.is_err());
}

/// The paused time of the runtime passes by itself.
#[tokio::test(start_paused = true)]
async fn an_aws_sts_that_hangs_is_given_up_after_five_seconds() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let begun = tokio::time::Instant::now();
    let error = sts(&address).get_caller_identity(&signed()).await.unwrap_err();
    assert!(begun.elapsed() <= Duration::from_secs(6), "{:?}", begun.elapsed());
    assert!(!error.to_string().contains("Signature"), "{error}");
    drop(listener);
}
