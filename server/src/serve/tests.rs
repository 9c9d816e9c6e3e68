use super::*;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;

/// A server whose `/slow` answers once `go_on` has a permit, and which stops when `stop` fires.
struct World {
    address: std::net::SocketAddr,
    go_on: Arc<Semaphore>,
    stop: Option<oneshot::Sender<()>>,
    serving: tokio::task::JoinHandle<()>,
}

impl World {
    async fn new() -> Self {
        let go_on = Arc::new(Semaphore::new(0));
        let gate = go_on.clone();
        let slow = move || async move { gate.acquire().await.map(|_| "done").unwrap_or("never") };
        let app = Router::new().route("/", get(|| async { "hello" })).route("/slow", get(slow));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(serve(listener, app, async move { drop(stopped.await) }));
        Self { address, go_on, stop: Some(stop), serving }
    }

    async fn send(&self, head: &str) -> TcpStream {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        socket.write_all(head.as_bytes()).await.unwrap();
        socket
    }
}

/// Returns everything that the server sends until it closes the connection.
async fn rest(mut socket: TcpStream) -> String {
    let mut text = Vec::new();
    // A reset ends the answer as well.
    let _ = socket.read_to_end(&mut text).await;
    String::from_utf8(text).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_silent_client_is_disconnected() {
    let world = World::new().await;
    let half = "GET / HTTP/1.1\r\nhost: a\r\n";
    for (head, begins) in [("", ""), (half, ""), ("GET / HTTP/1.1\r\nhost: a\r\n\r\n", "HTTP/1.1 200")] {
        let answer = rest(world.send(head).await).await;
        assert!(answer.starts_with(begins) && answer.contains("hello") != begins.is_empty(), "{head:?}: {answer}");
    }
}

#[tokio::test]
async fn a_head_that_is_too_long_is_refused() {
    let world = World::new().await;
    let head = format!("GET / HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n", "x".repeat(2 * LARGEST_BUFFER));
    let answer = rest(world.send(&head).await).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn a_stop_lets_answers_end_and_accepts_nothing_new() {
    let mut world = World::new().await;
    let socket = world.send("GET /slow HTTP/1.1\r\nhost: a\r\n\r\n").await;
    // The slow request is in progress once a later request on another connection has been answered.
    let other = world.send("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    assert!(rest(other).await.ends_with("hello"));
    drop(world.stop.take());
    while TcpStream::connect(world.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    world.go_on.add_permits(1);
    assert!(rest(socket).await.ends_with("done"));
    world.serving.await.unwrap();
}
