//! The console: one page that shows the state and the records of the stand-ins, with plain forms to change them. Must
//! never be reachable from another site, because its buttons require no sign-in.

mod accounts;
mod faults;
mod groups;
mod html;
mod messages;
mod people;
mod pushes;
mod records;
mod strangers;
mod time;
mod tuples;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use sandbox_kit::origin;

use crate::sandbox::Parts;

pub(crate) fn router(parts: Parts) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/sandbox.css", get(stylesheet))
        .route("/people/sign-out", post(people::sign_out))
        .route("/people/revoke", post(people::revoke))
        .route("/keys/rotate", post(people::rotate_keys))
        .route("/accounts/remove", post(accounts::remove))
        .route("/accounts/revoke", post(accounts::revoke))
        .route("/tuples/add", post(tuples::add))
        .route("/tuples/remove", post(tuples::remove))
        .route("/groups/add", post(groups::add))
        .route("/groups/remove", post(groups::remove))
        .route("/faults/set", post(faults::set))
        .route("/faults/clear", post(faults::clear))
        .route("/clock/advance", post(time::advance))
        .layer(from_fn(origin::check))
        .with_state(parts)
}

async fn index(State(parts): State<Parts>) -> Response {
    let sections = [
        pushes::section(&parts),
        messages::section(&parts),
        people::section(&parts),
        accounts::section(&parts),
        strangers::section(&parts),
        tuples::section(&parts),
        groups::section(&parts),
        records::effects(&parts),
        records::model(&parts),
        records::sins(&parts),
        faults::section(&parts),
        time::section(&parts),
    ];
    html::page(StatusCode::OK, &sections.concat())
}

async fn stylesheet() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("console/sandbox.css"))
}

/// The response to a button: a redirect to its section, or a page with the reason for the failure.
type Done = Result<Redirect, Refused>;

/// The reason for a button's failure.
struct Refused(String);

impl<E: std::error::Error> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let why = html::escape(&self.0);
        let body =
            format!("<section><h2>Nothing was done</h2><p>{why}</p><a class=\"btn\" href=\"/\">Back</a></section>");
        html::page(StatusCode::BAD_REQUEST, &body)
    }
}
