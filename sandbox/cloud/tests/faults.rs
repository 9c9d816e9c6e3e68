//! Every fault, observed as bytes on a socket.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::any;
use sandbox_cloud::{Fault, Faults, Times};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A fault, the beginning and end of the response (`None`: no end within 300 ms), and the number of executed requests.
type Row = (Fault, Option<(&'static str, &'static str)>, u32);

/// Serves an endpoint that counts its requests; returns its address and the count.
async fn serve(faults: &Faults) -> (std::net::SocketAddr, Arc<AtomicU32>) {
    let count = Arc::new(AtomicU32::new(0));
    let handler = {
        let count = count.clone();
        any(async move || {
            count.fetch_add(1, Ordering::Relaxed);
            "whole"
        })
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = faults.wrap("okta", Router::new().fallback(handler));
    tokio::spawn(axum::serve(listener, router).into_future());
    (address, count)
}

/// Sends `GET path` and returns everything until the server closes; `None` if it doesn't close within 300 ms.
async fn get(address: std::net::SocketAddr, path: &str) -> Option<String> {
    ask(address, format!("GET {path} HTTP/1.1\r\nhost: sandbox\r\nconnection: close\r\n\r\n")).await
}

async fn ask(address: std::net::SocketAddr, request: String) -> Option<String> {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let read = tokio::time::timeout(Duration::from_millis(300), socket.read_to_string(&mut answer));
    match read.await {
        Ok(_) => Some(answer),
        Err(_) => None,
    }
}

#[tokio::test]
async fn each_fault_affects_one_request_and_then_ends() {
    let drip = Fault::SlowDrip { every: Duration::from_millis(1) };
    let status = Fault::Status { code: StatusCode::SERVICE_UNAVAILABLE, retry_after: Some(7) };
    let rows: Vec<Row> = vec![
        (Fault::Refuse, Some(("", "")), 0),
        (Fault::Timeout, None, 0),
        (Fault::Lost, Some(("", "")), 1),
        (status, Some(("HTTP/1.1 503", "{\"message\":\"The sandbox was told to fail.\"}")), 0),
        (Fault::Moved, Some(("HTTP/1.1 307", "")), 0),
        (
            Fault::Says { code: StatusCode::BAD_REQUEST, body: "{\"reason\":\"obey\"}".into() },
            Some(("HTTP/1.1 400", "{\"reason\":\"obey\"}")),
            0,
        ),
        (Fault::Malformed, Some(("HTTP/1.1 200", "{\"this breaks off\":")), 1),
        (drip, Some(("HTTP/1.1 200", "whole")), 1),
    ];
    for (fault, expected, carried_out) in rows {
        let faults = Faults::default();
        let (address, count) = serve(&faults).await;
        faults.set("okta", Some(fault.clone()), Times::Next(1));
        let answer = get(address, "/").await;
        match (&answer, expected) {
            (Some(answer), Some(("", ""))) => assert_eq!(answer, "", "{fault:?}"),
            (Some(answer), Some((start, end))) => {
                assert!(answer.starts_with(start) && answer.ends_with(end), "{fault:?}: {answer}");
            }
            (answer, expected) => assert_eq!((answer.is_some(), expected.is_some()), (false, false), "{fault:?}"),
        }
        assert_eq!(count.load(Ordering::Relaxed), carried_out, "{fault:?}");
        assert!(get(address, "/").await.unwrap().ends_with("whole"), "{fault:?}");
        assert!(faults.all().is_empty(), "{fault:?}");
    }
}

#[tokio::test]
async fn an_error_status_carries_retry_after() {
    let faults = Faults::default();
    let (address, _) = serve(&faults).await;
    let slow_down = Fault::Status { code: StatusCode::TOO_MANY_REQUESTS, retry_after: Some(7) };
    faults.set("okta", Some(slow_down), Times::Always);
    for _ in 0..3 {
        assert!(get(address, "/").await.unwrap().contains("retry-after: 7\r\n"));
    }
    faults.set("okta", None, Times::Always);
    assert!(get(address, "/").await.unwrap().ends_with("whole"));
}

#[tokio::test]
async fn a_fault_can_be_limited_to_some_requests_or_one_service() {
    let faults = Faults::default();
    let (address, _) = serve(&faults).await;
    faults.set("fga", Some(Fault::Refuse), Times::Always);
    faults.set_matching("okta", "/groups", Fault::Refuse, Times::Next(1));
    assert!(get(address, "/users").await.unwrap().ends_with("whole"));
    assert_eq!(get(address, "/users/ada/groups").await.as_deref(), Some(""));
    faults.clear();
    assert!(faults.all().is_empty());
}

#[tokio::test]
async fn a_fault_can_be_limited_to_one_grant_of_a_token_endpoint() {
    let faults = Faults::default();
    let (address, count) = serve(&faults).await;
    let post = async |form: &str| {
        let head = "POST /oauth/token HTTP/1.1\r\nhost: sandbox\r\nconnection: close";
        let form_type = "content-type: application/x-www-form-urlencoded";
        ask(address, format!("{head}\r\n{form_type}\r\ncontent-length: {}\r\n\r\n{form}", form.len())).await.unwrap()
    };
    faults.set_matching("okta", "=client_credentials", Fault::Refuse, Times::Always);
    assert!(post("grant_type=refresh_token").await.ends_with("whole"));
    assert_eq!(post("grant_type=client_credentials").await, "");
    assert_eq!(count.load(Ordering::Relaxed), 1);
}
