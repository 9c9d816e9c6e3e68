//! The error type of the edge: a person gets a page, a script gets JSON, and the log gets the cause.

use agent::ports::{ReadError, Unavailable};
use app::backend::status;
use app::pages::PageFailure;
use app::pages::failure::query_notice;
use app::pages::notice::{Notice, Way};
use app::wire::ApiError;
use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

/// The error of a request that was not served.
#[derive(Debug)]
pub enum PageError {
    /// An error that pages and scripts share. [`face`] renders it in the form that the request accepts.
    Api(ApiError),
    /// An error with a page of its own.
    Page(StatusCode, Html<String>),
}

impl PageError {
    /// Returns the error for a service that does not answer now.
    #[must_use]
    pub fn not_now(service: &str) -> Self {
        Self::Api(ApiError::NotNow { service: app::texts().stored(service).into_owned() })
    }

    /// Returns an error with a page of its own.
    #[must_use]
    pub fn notice(status: StatusCode, notice: Notice) -> Self {
        Self::Page(status, Html(notice.document(None)))
    }

    /// Returns an error with a page of one sentence and a link back.
    #[must_use]
    pub fn plain(status: StatusCode, title: &'static str, sentence: &str) -> Self {
        Self::notice(status, Notice::new(title, sentence.to_owned(), Way::home()))
    }

    /// Returns the error for an address at which there is nothing.
    #[must_use]
    pub fn absent(sentence: &str) -> Self {
        Self::plain(StatusCode::NOT_FOUND, app::texts().nothing_here(), sentence)
    }
}

impl From<PageFailure> for PageError {
    fn from(failure: PageFailure) -> Self {
        let status = failure.status();
        match failure {
            PageFailure::Api(error) => Self::Api(error),
            PageFailure::Denied(denied) => Self::notice(status, denied.notice()),
            PageFailure::Query(sentence) => Self::notice(status, query_notice(sentence, Way::home())),
        }
    }
}

impl From<Unavailable> for PageError {
    fn from(error: Unavailable) -> Self {
        tracing::warn!(error = %error, "a page could not be served");
        Self::not_now(error.service)
    }
}

impl From<ReadError> for PageError {
    fn from(error: ReadError) -> Self {
        Self::Api(crate::backend::unread(error))
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        match self {
            Self::Page(code, page) => (code, page).into_response(),
            Self::Api(error) => {
                let mut response = (status(&error), Json(&error)).into_response();
                response.extensions_mut().insert(Faceless(error));
                response
            }
        }
    }
}

/// Marks an answer whose form is not chosen yet.
#[derive(Debug, Clone)]
struct Faceless(ApiError);

/// Renders a marked error as a page if the request accepts HTML; a script keeps the JSON.
pub(crate) async fn face(request: Request, next: Next) -> Response {
    let wants_page = wants_page(request.headers());
    let mut response = next.run(request).await;
    let Some(Faceless(error)) = response.extensions_mut().remove::<Faceless>().filter(|_| wants_page) else {
        return response;
    };
    // Headers that a handler added stay, a cookie that is taken away for example, and so does the person's name for the log.
    let page = Notice::new("Not done", error.text(app::texts()), Way::home()).document(None);
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    response.headers_mut().remove(header::CONTENT_LENGTH);
    *response.body_mut() = page.into();
    response
}

fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt;

    #[tokio::test]
    async fn an_error_is_html_for_a_browser_and_json_for_a_script_and_keeps_its_headers() {
        let fails = || async { ([(header::SET_COOKIE, "a=; max-age=0")], PageError::not_now("the store")) };
        let app = Router::new().route("/", get(fails)).layer(from_fn(face));
        for (accept, kind, begins) in
            [("text/html", "text/html; charset=utf-8", "<!DOCTYPE html>"), ("*/*", "application/json", "{")]
        {
            let request = Request::get("/").header(header::ACCEPT, accept).body(Body::empty()).unwrap();
            let response = app.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE, "{accept}");
            assert_eq!(response.headers()[header::CONTENT_TYPE], kind);
            assert_eq!(response.headers()[header::SET_COOKIE], "a=; max-age=0", "{accept}");
            let body = to_bytes(response.into_body(), 10_000).await.unwrap();
            assert!(body.starts_with(begins.as_bytes()), "{body:?}");
        }
    }
}
