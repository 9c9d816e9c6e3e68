//! The operator's page of the tools of MCP servers, plain and without script: the offered tools, their changes since
//! they were first seen, and the acceptance of a change. Each request checks that the person is an operator.

mod accept;
mod page;

use super::document::CurrentUser;
use super::page_error::PageError;
use crate::backend::role::{self, MissingRole, OPERATOR};
use crate::remote_tools::Accepted;
use crate::services::Services;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{Html, Redirect};
use serde::Deserialize;
use std::sync::Arc;

/// `GET /tools`: shows the present state of every server.
pub(crate) async fn list(
    State(services): State<Arc<Services>>,
    CurrentUser(actor): CurrentUser,
) -> Result<Html<String>, PageError> {
    role::require(&services, &actor, OPERATOR).await.map_err(refused)?;
    Ok(page::html(&actor, &services.remote_tools.look(&actor).await?))
}

/// The change to accept.
#[derive(Debug, Deserialize)]
pub(crate) struct ChosenChange {
    server: String,
    tool: String,
    digest: String,
}

impl ChosenChange {
    /// Returns `true` if each field could be a name or a digest: they are recorded for good, so they must not be
    /// arbitrary text.
    fn is_sane(&self) -> bool {
        let name = |text: &str| text.len() <= 128 && text.chars().all(|sign| sign.is_ascii_graphic());
        name(&self.server) && name(&self.tool) && self.digest.len() <= 64 && name(&self.digest)
    }
}

/// `POST /tools/accept`: accepts a change that the operator has read; the tool is offered in its new form from now on.
pub(crate) async fn accept(
    State(services): State<Arc<Services>>,
    CurrentUser(actor): CurrentUser,
    Form(chosen): Form<ChosenChange>,
) -> Result<Redirect, PageError> {
    let outdated = || PageError::Page(StatusCode::CONFLICT, page::outdated());
    if !chosen.is_sane() {
        return Err(outdated());
    }
    match accept::accept(&services, &actor, &chosen).await.map_err(refused)? {
        Accepted::Yes => Ok(Redirect::to("/tools")),
        Accepted::Outdated => Err(outdated()),
    }
}

fn refused(error: MissingRole) -> PageError {
    match error {
        MissingRole::Denied { object } => {
            PageError::Page(StatusCode::FORBIDDEN, page::denied(OPERATOR.relation.0, &object))
        }
        MissingRole::Unavailable(error) => error.into(),
    }
}
