//! The acceptance of a changed tool of an MCP server. Each request checks that the person is an operator.

mod accept;

use super::current_user::CurrentUser;
use super::page_error::PageError;
use crate::backend::not_now;
use crate::backend::role::{MissingRole, OPERATOR};
use crate::remote_tools::Accepted;
use crate::services::Services;
use app::pages::failure::{Denied, PageFailure};
use app::pages::notice::{Notice, Way};
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use serde::Deserialize;
use std::sync::Arc;
use text::visible;

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
    if !chosen.is_sane() {
        return Err(outdated());
    }
    match accept::accept(&services, &actor, &chosen).await.map_err(refused)? {
        Accepted::Yes => Ok(Redirect::to("/tools")),
        Accepted::Outdated => Err(outdated()),
    }
}

/// Returns the error for a change that is no longer what the server proposes.
fn outdated() -> PageError {
    let sentence = "The server has changed the tool again, or this change was already accepted. Nothing was accepted.";
    let way = Way { href: "/tools".to_owned(), label: "Read it again" };
    PageError::notice(StatusCode::CONFLICT, Notice::new("It has changed again", sentence.to_owned(), way))
}

/// Translates the failed check of an operator.
pub(crate) fn refused(error: MissingRole) -> PageFailure {
    match error {
        MissingRole::Denied { object } => PageFailure::Denied(Denied {
            heading: "Tool sources are for operators",
            relation: OPERATOR.relation.0.to_owned(),
            object: visible(&object),
        }),
        MissingRole::Unavailable(error) => not_now(error).into(),
    }
}
