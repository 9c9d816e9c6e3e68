//! Each request in a reactive scope of its own.
//!
//! Rendering a page makes its scope the current one of the thread and leaves it there (`Owner::new_root` in `leptos_axum`).
//! A server function that comes to that thread while the page waits would become a part of it, and find what was meant for
//! the page's reader: signed out, another person's backend.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use leptos::reactive::computed::ScopedFuture;
use leptos::reactive::owner::Owner;

/// Answers the request in a scope without a parent, and leaves the thread's scope as it was.
pub async fn alone(request: Request, next: Next) -> Response {
    let scope = Owner::new_root(None);
    scope.with(|| ScopedFuture::new(next.run(request))).await
}
