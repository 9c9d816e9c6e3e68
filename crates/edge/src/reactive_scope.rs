//! Runs each request in a reactive scope of its own.
//!
//! Rendering a page makes its scope the current one of the thread and leaves it there (`Owner::new_root` in
//! `leptos_axum`). Without this module, a server function that comes to that thread while the page waits would become a
//! part of that scope, and find what was meant for the page's reader: a signed-out visitor, or another person's
//! backend.

use crate::language;
use app::Assets;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use leptos::reactive::computed::ScopedFuture;
use leptos::reactive::owner::{Owner, provide_context};

/// Answers the request in a scope without a parent, which holds its texts and the files of its pages, and restores the thread's scope.
pub(crate) async fn alone(State(assets): State<Assets>, request: Request, next: Next) -> Response {
    let scope = Owner::new_root(None);
    let texts = language::texts(request.headers());
    let answer = || {
        provide_context(texts);
        provide_context(assets);
        ScopedFuture::new(next.run(request))
    };
    scope.with(answer).await
}
