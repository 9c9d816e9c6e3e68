//! The downloads of the recorded decisions and actions: an auditor's export, and receipts.

mod export;
pub(crate) mod filter;
pub(crate) mod saved;

use super::current_user::CurrentUser;
use super::page_error::PageError;
use crate::backend::activity::Activity;
use crate::backend::role::{AUDITOR, MissingRole};
use crate::backend::{limited, not_now};
use crate::services::Services;
use crate::zone::Zone;
use agent::approval::ApprovalId;
use agent::ports::Clock;
use app::pages::failure::{Denied, PageFailure};
use axum::body::Body;
use axum::extract::{Path, Query, RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use export::Form;
use filter::{ActivityQuery, Wanted};
use serde::Deserialize;
use std::sync::Arc;
use system::SystemClock;
use text::visible;

/// Most entries of one page.
pub(crate) const SHOWN: usize = 100;

/// The form of an export in its query.
#[derive(Debug, Deserialize)]
pub(crate) struct ExportForm {
    form: Option<String>,
}

/// `GET /activity/export`: streams the entries that `/activity/all` would show, as CSV or JSON Lines.
pub(crate) async fn export(
    State(services): State<Arc<Services>>,
    CurrentUser(actor): CurrentUser,
    headers: HeaderMap,
    Query(ExportForm { form }): Query<ExportForm>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let unknown = || PageFailure::Query("The form of an export must be csv or json.".to_owned());
    let form = Form::named(form.as_deref()).ok_or_else(unknown)?;
    let zone = Zone::of(&headers);
    let wanted = Wanted::read(&query.unwrap_or_default());
    let chosen = wanted
        .and_then(|wanted| ActivityQuery::parse(wanted, SystemClock.now(), &zone))
        .map_err(|error| PageFailure::Query(error.to_string()))?;
    Activity::new(&services, &actor).audits().await.map_err(refused)?;
    let place = services.turns.admission().stream(&actor).map_err(|limit| PageError::Api(limited(limit)))?;
    let parts = services.audit.export(actor.tenant(), chosen.times(&zone), chosen.filter());
    let (kind, ending) = form.file();
    let body = Body::from_stream(export::chunks(parts, form, Some(place)));
    Ok(download(kind, &format!("countersign-activity-{chosen}.{ending}"), body))
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
fn download(kind: &'static str, name: &str, body: impl IntoResponse) -> Response {
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
