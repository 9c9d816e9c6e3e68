//! The downloads of the recorded decisions and actions: an auditor's export, and receipts.

mod export;
pub(crate) mod filter;

use super::current_user::CurrentUser;
use super::page_error::PageError;
use crate::backend::activity::Activity;
use crate::backend::not_now;
use crate::backend::role::{AUDITOR, MissingRole};
use crate::services::Services;
use crate::zone::Zone;
use agent::approval::ApprovalId;
use agent::ports::Clock;
use app::pages::failure::{Denied, PageFailure};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use filter::{ActivityQuery, Wanted};
use std::sync::Arc;
use system::SystemClock;
use text::visible;

/// Most entries of one page.
pub(crate) const SHOWN: usize = 100;

/// Most entries of one export: a larger one is refused, never cut.
const EXPORTED: usize = 20_000;

/// `GET /activity/export`: returns the entries that `/activity/all` would show, as JSON Lines.
pub(crate) async fn export(
    State(services): State<Arc<Services>>,
    CurrentUser(actor): CurrentUser,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let zone = Zone::of(&headers);
    let wanted = Wanted::read(&query.unwrap_or_default());
    let chosen = wanted
        .and_then(|wanted| ActivityQuery::parse(wanted, SystemClock.now(), &zone))
        .map_err(|error| PageFailure::Query(error.to_string()))?;
    let activity = Activity::new(&services, &actor);
    let entries = activity.all(chosen.times(&zone), &chosen.filter(), EXPORTED + 1).await.map_err(refused)?;
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

/// Returns a file to download. Its name must consist of letters, digits, dots and hyphens.
fn download(kind: &'static str, name: &str, body: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], body).into_response()
}

/// Translates the failed check of an auditor.
pub(crate) fn refused(error: MissingRole) -> PageFailure {
    match error {
        MissingRole::Denied { object } => PageFailure::Denied(Denied {
            heading: "Everyone's activity is for auditors",
            relation: AUDITOR.relation.0.to_owned(),
            object: visible(&object),
        }),
        MissingRole::Unavailable(error) => not_now(error).into(),
    }
}
