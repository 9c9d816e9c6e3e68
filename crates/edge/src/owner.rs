//! Refuses requests of a page that belongs to another person than the one who is signed in: the same browser may have signed
//! in somebody else in another tab, and a cookie alone cannot tell.

use super::page_error::PageError;
use crate::backend::owner;
use agent::Actor;
use app::wire::{ApiError, OWNER_HEADER};
use axum::extract::Request;
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Compares the person whom the page names, by a header or, in a form, by the query, with the one who is signed in. The
/// page's script names them in every form (`public/page.js`); without a script only a message names its author.
pub(crate) async fn check(request: Request, next: Next) -> Response {
    let actor = request.extensions().get::<Actor>();
    let foreign = actor.zip(named(&request)).is_some_and(|(actor, named)| owner(actor) != named);
    if foreign {
        return PageError::Api(ApiError::OtherPerson).into_response();
    }
    next.run(request).await
}

fn named(request: &Request) -> Option<&str> {
    if let Some(header) = request.headers().get(OWNER_HEADER) {
        return header.to_str().ok();
    }
    let query = request.uri().query().filter(|_| request.method() == Method::POST)?;
    query.split('&').find_map(|pair| pair.strip_prefix("owner="))
}
