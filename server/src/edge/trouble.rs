//! Errors of the edge itself: JSON for a script, a small page for a person.

use app::backend::status;
use app::wire::ApiError;
use axum::Json;
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Response};

/// The answer to a request that did not get to the application.
pub fn answer(headers: &HeaderMap, error: &ApiError) -> Response {
    let wants_page = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    let status = status(error);
    if wants_page {
        (status, page("Not done", &error.to_string())).into_response()
    } else {
        (status, Json(error)).into_response()
    }
}

/// A page of one sentence and a way back. Both texts are ours; nothing of the request is repeated in it.
pub fn page(title: &str, sentence: &str) -> Html<String> {
    Html(format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title} · Countersign</title>\
         <link rel=\"icon\" type=\"image/svg+xml\" href=\"/favicon.svg\"><link rel=\"stylesheet\" href=\"/pkg/countersign.css\"></head><body><main class=\"plain\">\
         <h1>{title}</h1><p>{sentence}</p><p class=\"row\"><a class=\"btn first\" href=\"/\">Go on</a></p>\
         </main></body></html>"
    ))
}
