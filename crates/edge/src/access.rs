//! The forms about access: ask, withdraw, grant, decline, revoke. Each leads back to a page, or says in a sentence why
//! nothing was done. The permission that a person asks for comes from their tools or their log, never from the form.

mod ask;
mod error;
mod one_request;
mod resume;

use super::current_user::CurrentUser;
use super::page_error::PageError;
use crate::services::Services;
use agent::access::{AskError, GrantDuration};
use axum::extract::{Form, State};
use axum::response::Redirect;
use one_request::OneRequest;
use serde::Deserialize;
use std::sync::Arc;

/// The page of the person's own permissions and requests.
const PERMISSIONS: &str = "/permissions";

/// The page of what waits for a person.
const INBOX: &str = "/inbox";

/// The fields of a request: a tool, or a refused call.
#[derive(Debug, Deserialize)]
pub(crate) struct Wish {
    tool: Option<String>,
    conversation: Option<String>,
    call: Option<String>,
    #[serde(default)]
    reason: String,
    duration: String,
}

/// `POST /access/ask`: asks for the permission that a tool requires, or that a call was refused for.
pub(crate) async fn ask(
    State(services): State<Arc<Services>>,
    CurrentUser(actor): CurrentUser,
    Form(wish): Form<Wish>,
) -> Result<Redirect, PageError> {
    let back = wish.conversation.clone().filter(|_| wish.call.is_some());
    let wanted = ask::wanted(&services, &actor, wish).await?;
    services.turns.count_post(&actor).map_err(|_| error::too_fast())?;
    match services.access.ask(&actor, wanted.ask.clone()).await {
        Ok(_) => {}
        Err(AskError::AlreadyHeld) if wanted.is_in_vain(&services, &actor).await? => return Err(error::barred()),
        Err(error) => return Err(error::not_asked(error)),
    }
    // The conversation exists: the permission was read from its log.
    Ok(Redirect::to(&back.map_or_else(|| PERMISSIONS.to_owned(), |id| format!("/c/{id}"))))
}

/// `POST /access/{id}/withdraw`: withdraws one of the person's own requests.
pub(crate) async fn withdraw(OneRequest { services, actor, id }: OneRequest) -> Result<Redirect, PageError> {
    services.access.withdraw(&actor, &id).await?;
    Ok(Redirect::to(PERMISSIONS))
}

/// The duration that an administrator grants: `1h`, `8h` or `7d`.
#[derive(Debug, Deserialize)]
pub(crate) struct Granted {
    duration: String,
}

/// `POST /access/{id}/grant`: grants a request; the refused turn then goes on by itself.
pub(crate) async fn grant(
    OneRequest { services, actor, id }: OneRequest,
    Form(granted): Form<Granted>,
) -> Result<Redirect, PageError> {
    let request = services.access.grant(&actor, &id, duration(&granted.duration)?).await?;
    services.inbox.forget(&actor).await;
    resume::resume(&services, &request).await;
    Ok(Redirect::to(INBOX))
}

/// The reason for a denial, which the person who asked reads.
#[derive(Debug, Deserialize)]
pub(crate) struct Declined {
    #[serde(default)]
    reason: String,
}

/// `POST /access/{id}/decline`: declines a request.
pub(crate) async fn decline(
    OneRequest { services, actor, id }: OneRequest,
    Form(declined): Form<Declined>,
) -> Result<Redirect, PageError> {
    services.access.decline(&actor, &id, &declined.reason).await?;
    services.inbox.forget(&actor).await;
    Ok(Redirect::to(INBOX))
}

/// `POST /access/{id}/revoke`: takes a grant back.
pub(crate) async fn revoke(OneRequest { services, actor, id }: OneRequest) -> Result<Redirect, PageError> {
    let own = services.access.own(&actor).await?.iter().any(|request| request.id == id);
    services.access.revoke(&actor, &id).await?;
    Ok(Redirect::to(if own { PERMISSIONS } else { INBOX }))
}

fn duration(name: &str) -> Result<GrantDuration, PageError> {
    GrantDuration::named(name).ok_or_else(error::bad_duration)
}
