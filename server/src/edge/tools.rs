//! The tools of other servers, for an operator, as a plain page without script: what is offered, what has changed since it
//! was first seen, and the yes to a change. Whether somebody is an operator is asked at each request.

mod accept;
mod page;

use super::document::Person;
use super::trouble;
use crate::backend::office::{self, NoOffice, OPERATOR};
use crate::remote_tools::Accepted;
use crate::services::Services;
use agent::ports::Unavailable;
use app::wire::ApiError;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

/// `GET /tools`: every server as it is now.
pub async fn list(State(services): State<Arc<Services>>, Person(actor): Person, headers: HeaderMap) -> Response {
    if let Err(error) = office::holds(&services, &actor, OPERATOR).await {
        return refused(&headers, &error);
    }
    match services.remote_tools.look(&actor).await {
        Ok(servers) => page::html(&actor, &servers).into_response(),
        Err(error) => not_now(&headers, &error),
    }
}

/// Which change.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    server: String,
    tool: String,
    digest: String,
}

impl Chosen {
    /// Whether it may be the name of anything: what is written down for good must not be a stranger's essay.
    fn is_sane(&self) -> bool {
        let name = |text: &str| text.len() <= 128 && text.chars().all(|sign| sign.is_ascii_graphic());
        name(&self.server) && name(&self.tool) && self.digest.len() <= 64 && name(&self.digest)
    }
}

/// `POST /tools/accept`: a change that the operator has read is what is offered from now on.
pub async fn accept(
    State(services): State<Arc<Services>>,
    Person(actor): Person,
    headers: HeaderMap,
    Form(chosen): Form<Chosen>,
) -> Response {
    if !chosen.is_sane() {
        return (StatusCode::CONFLICT, page::outdated()).into_response();
    }
    match accept::accept(&services, &actor, &chosen).await {
        Ok(Accepted::Yes) => Redirect::to("/tools").into_response(),
        Ok(Accepted::Outdated) => (StatusCode::CONFLICT, page::outdated()).into_response(),
        Err(error) => refused(&headers, &error),
    }
}

fn refused(headers: &HeaderMap, error: &NoOffice) -> Response {
    match error {
        NoOffice::Denied { object } => {
            (StatusCode::FORBIDDEN, page::denied(OPERATOR.relation.0, object)).into_response()
        }
        NoOffice::Unavailable(error) => not_now(headers, error),
    }
}

fn not_now(headers: &HeaderMap, error: &Unavailable) -> Response {
    tracing::warn!(error = %error, "the tools from elsewhere could not be looked after");
    trouble::answer(headers, &ApiError::NotNow { service: error.service.to_owned() })
}
