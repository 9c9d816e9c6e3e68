use super::*;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const TIMEOUT: Duration = Duration::from_secs(5);

/// Answers one connection with `answer`, and returns the address and the request that came.
async fn server(answer: &'static str) -> (SocketAddr, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let request = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 4096];
        let read = socket.read(&mut request).await.unwrap();
        socket.write_all(answer.as_bytes()).await.unwrap();
        String::from_utf8_lossy(&request[..read]).into_owned()
    });
    (address, request)
}

async fn get(answer: &'static str) -> (Response, String) {
    let (address, request) = server(answer).await;
    let client = builder(TIMEOUT).no_proxy().build().unwrap();
    let answer = client.get(format!("http://{address}/secret?code=1")).send().await.unwrap();
    (answer, request.await.unwrap())
}

#[tokio::test]
async fn a_request_names_its_sender_and_follows_no_redirect() {
    let (answer, request) =
        get("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n").await;
    assert_eq!(answer.status(), 302);
    assert!(request.contains(USER_AGENT), "{request}");
}

#[tokio::test]
async fn a_body_is_read_up_to_the_limit() {
    const FOUR: &str = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfour";
    assert_eq!(body(get(FOUR).await.0, 4).await.unwrap(), b"four");
    assert!(matches!(body(get(FOUR).await.0, 3).await, Err(BodyError::TooLarge { limit: 3 })));
}

#[tokio::test]
async fn an_interrupted_body_is_an_error_without_the_url() {
    let error = body(get("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nfour").await.0, 99).await.unwrap_err();
    assert!(matches!(error, BodyError::Interrupted(_)));
    assert!(!error.to_string().contains("secret"), "{error}");
}
