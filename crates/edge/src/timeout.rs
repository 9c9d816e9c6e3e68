//! Limits the time until an answer begins. Each service behind it has a shorter timeout of its own, so this one is
//! reached only through a defect of ours. A stream may go on as long as it likes once it has begun.

use super::page_error::PageError;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// Longest wait for the beginning of an answer.
const LONGEST_ANSWER: Duration = Duration::from_secs(45);

/// Returns the answer, or after the timeout the error that the server does not answer now.
pub(crate) async fn answer(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    tokio::time::timeout(LONGEST_ANSWER, next.run(request)).await.unwrap_or_else(|_| {
        tracing::error!(path, "a request timed out");
        PageError::not_now("this server").into_response()
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt;

    #[tokio::test(start_paused = true)]
    async fn a_request_that_times_out_gets_an_answer() {
        let app = Router::new()
            .route("/never", get(std::future::pending::<String>))
            .route("/late", get(|| async { tokio::time::sleep(LONGEST_ANSWER / 2).await }))
            .layer(from_fn(answer));
        for (path, status) in [("/never", StatusCode::SERVICE_UNAVAILABLE), ("/late", StatusCode::OK)] {
            let request = Request::get(path).body(Body::empty()).unwrap();
            assert_eq!(app.clone().oneshot(request).await.unwrap().status(), status, "{path}");
        }
    }
}
