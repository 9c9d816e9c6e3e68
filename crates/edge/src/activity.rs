//! The recorded decisions and actions, as plain pages without script: a person's own, and everybody's for an auditor.

mod export;
mod filter;
mod page;

use super::document::CurrentUser;
use super::page_error::PageError;
use crate::backend::activity::Activity;
use crate::backend::role::{self, AUDITOR, MissingRole, OPERATOR};
use crate::services::Services;
use agent::approval::ApprovalId;
use agent::ports::Clock;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use filter::{ActivityQuery, BadWanted, Wanted};
use page::{Page, Tools, Whose};
use std::sync::Arc;
use system::SystemClock;

/// Most entries of one page.
const SHOWN: usize = 100;

/// Most entries of one export: a larger one is refused, never cut.
const EXPORTED: usize = 20_000;

/// `GET /activity`: shows the person's own entries.
pub(crate) async fn own(
    State(services): State<Arc<Services>>,
    CurrentUser(actor): CurrentUser,
    chosen: ActivityQuery,
) -> Result<Html<String>, PageError> {
    let activity = Activity::new(&services, &actor);
    let entries = activity.own(chosen.times(), SHOWN + 1).await?;
    // The person may see this page in any case. Links to the other pages are shown only if the role is certain.
    let (audits, operates) = tokio::join!(activity.audits(), role::require(&services, &actor, OPERATOR));
    let whose = if is_certain(&audits) { Whose::OwnOfAnAuditor } else { Whose::Own };
    let tools = if is_certain(&operates) { Tools::Operated } else { Tools::Unseen };
    Ok(Page { actor: &actor, whose, tools, chosen: &chosen, entries }.html())
}

fn is_certain(held: &Result<(), MissingRole>) -> bool {
    if let Err(MissingRole::Unavailable(error)) = held {
        tracing::warn!(error = %error, "the check for a role failed");
    }
    held.is_ok()
}

/// `GET /activity/all`: shows everybody's entries to an auditor.
pub(crate) async fn all(
    State(services): State<Arc<Services>>,
    CurrentUser(actor): CurrentUser,
    chosen: ActivityQuery,
) -> Result<Html<String>, PageError> {
    let activity = Activity::new(&services, &actor);
    let entries = activity.all(chosen.times(), &chosen.filter(), SHOWN + 1).await.map_err(refused)?;
    let (whose, tools) = (Whose::Everybodys, Tools::Unseen);
    Ok(Page { actor: &actor, whose, tools, chosen: &chosen, entries }.html())
}

/// `GET /activity/export`: returns the entries that `/activity/all` would show, as JSON Lines.
pub(crate) async fn export(
    State(services): State<Arc<Services>>,
    CurrentUser(actor): CurrentUser,
    chosen: ActivityQuery,
) -> Result<Response, PageError> {
    let activity = Activity::new(&services, &actor);
    let entries = activity.all(chosen.times(), &chosen.filter(), EXPORTED + 1).await.map_err(refused)?;
    if entries.len() > EXPORTED {
        let sentence = format!("There are more than {EXPORTED} entries. Nothing was exported; choose fewer days.");
        return Err(PageError::plain(StatusCode::UNPROCESSABLE_ENTITY, "Too much for one file", &sentence));
    }
    let lines = export::lines(&entries).map_err(|error| {
        tracing::error!(error = %error, "an export of the ledger could not be written");
        PageError::not_now("the export")
    })?;
    Ok(download("application/x-ndjson", &format!("countersign-activity-{chosen}.jsonl"), lines))
}

/// `GET /activity/receipt/{id}`: returns the receipt of an approval, which `countersign receipt verify` checks.
pub(crate) async fn receipt(
    State(services): State<Arc<Services>>,
    CurrentUser(actor): CurrentUser,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let absent = || PageError::absent("The address may be wrong, or the receipt may not be yours.");
    let id = ApprovalId::try_from(id).map_err(|_| absent())?;
    let receipt = Activity::new(&services, &actor).receipt(&id).await?.ok_or_else(absent)?;
    Ok(download("application/json", &format!("countersign-receipt-{id}.json"), receipt))
}

/// Parses the query; the rejection says what is wrong with it.
impl<S: Sync> FromRequestParts<S> for ActivityQuery {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        let wanted = Query::<Wanted>::try_from_uri(&parts.uri).map_err(|_| BadWanted::Repeated);
        wanted.and_then(|Query(wanted)| Self::parse(wanted, SystemClock.now())).map_err(|error| {
            PageError::plain(StatusCode::UNPROCESSABLE_ENTITY, "This cannot be looked up", &error.to_string())
        })
    }
}

/// Returns a file to download. Its name must consist of letters, digits, dots and hyphens.
fn download(kind: &'static str, name: &str, body: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], body).into_response()
}

fn refused(error: MissingRole) -> PageError {
    match error {
        MissingRole::Denied { object } => {
            PageError::Page(StatusCode::FORBIDDEN, page::denied(AUDITOR.relation.0, &object))
        }
        MissingRole::Unavailable(error) => error.into(),
    }
}
