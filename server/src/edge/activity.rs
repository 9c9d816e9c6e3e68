//! What was decided and done, as plain pages without script: a person's own, and everybody's for an auditor.

mod export;
mod page;
mod wanted;

use super::document::Person;
use super::trouble;
use crate::backend::activity::Activity;
use crate::backend::office::{self, AUDITOR, NoOffice, OPERATOR};
use crate::clock::SystemClock;
use crate::services::Services;
use agent::approval::ApprovalId;
use agent::ports::{Clock, Unavailable};
use app::wire::ApiError;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use page::{Page, Tools, Whose};
use std::sync::Arc;
use wanted::{BadWanted, Chosen, Wanted};

/// Most entries of one page.
const SHOWN: usize = 100;

/// Most entries of one export: a larger one is refused, never cut.
const EXPORTED: usize = 20_000;

/// `GET /activity`: the person's own entries.
pub async fn own(
    State(services): State<Arc<Services>>,
    Person(actor): Person,
    headers: HeaderMap,
    chosen: Chosen,
) -> Response {
    let activity = Activity::new(&services, &actor);
    let entries = match activity.own(chosen.times(), SHOWN + 1).await {
        Ok(entries) => entries,
        Err(error) => return not_now(&headers, &error),
    };
    // This page is theirs in any case; the way to others is shown on a certain yes alone.
    let (audits, operates) = tokio::join!(activity.audits(), office::holds(&services, &actor, OPERATOR));
    let whose = if is_certain(&audits) { Whose::OwnOfAnAuditor } else { Whose::Own };
    let tools = if is_certain(&operates) { Tools::Operated } else { Tools::Unseen };
    Page { actor: &actor, whose, tools, chosen: &chosen, entries }.html().into_response()
}

fn is_certain(held: &Result<(), NoOffice>) -> bool {
    if let Err(NoOffice::Unavailable(error)) = held {
        tracing::warn!(error = %error, "it is not known whether somebody holds an office");
    }
    held.is_ok()
}

/// `GET /activity/all`: everybody's entries, for an auditor.
pub async fn all(
    State(services): State<Arc<Services>>,
    Person(actor): Person,
    headers: HeaderMap,
    chosen: Chosen,
) -> Response {
    match Activity::new(&services, &actor).all(chosen.times(), &chosen.filter(), SHOWN + 1).await {
        Ok(entries) => {
            let (whose, tools) = (Whose::Everybodys, Tools::Unseen);
            Page { actor: &actor, whose, tools, chosen: &chosen, entries }.html().into_response()
        }
        Err(error) => refused(&headers, &error),
    }
}

/// `GET /activity/export`: what `/activity/all` would show, as JSON Lines.
pub async fn export(
    State(services): State<Arc<Services>>,
    Person(actor): Person,
    headers: HeaderMap,
    chosen: Chosen,
) -> Response {
    let entries = match Activity::new(&services, &actor).all(chosen.times(), &chosen.filter(), EXPORTED + 1).await {
        Ok(entries) if entries.len() > EXPORTED => {
            let sentence = format!("There are more than {EXPORTED} entries. Choose fewer days; no part was left out.");
            return (StatusCode::UNPROCESSABLE_ENTITY, trouble::page("Too much for one file", &sentence))
                .into_response();
        }
        Ok(entries) => entries,
        Err(error) => return refused(&headers, &error),
    };
    match export::lines(&entries) {
        Ok(lines) => download("application/x-ndjson", &format!("countersign-activity-{chosen}.jsonl"), lines),
        Err(error) => {
            tracing::error!(error = %error, "an export could not be written");
            trouble::answer(&headers, &ApiError::NotNow { service: "the export".to_owned() })
        }
    }
}

/// `GET /activity/receipt/{id}`: the receipt of an approval, which `countersign receipt verify` checks.
pub async fn receipt(
    State(services): State<Arc<Services>>,
    Person(actor): Person,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Ok(id) = ApprovalId::try_from(id) else { return absent() };
    match Activity::new(&services, &actor).receipt(&id).await {
        Ok(Some(receipt)) => download("application/json", &format!("countersign-receipt-{id}.json"), receipt),
        Ok(None) => absent(),
        Err(error) => not_now(&headers, &error),
    }
}

/// What the query says; a sentence, when it says nothing that could be looked up.
impl<S: Sync> FromRequestParts<S> for Chosen {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let wanted = Query::<Wanted>::try_from_uri(&parts.uri).map_err(|_| BadWanted::Repeated);
        wanted.and_then(|Query(wanted)| Self::parse(wanted, SystemClock.now())).map_err(|error| {
            (StatusCode::UNPROCESSABLE_ENTITY, trouble::page("This cannot be looked up", &error.to_string()))
                .into_response()
        })
    }
}

/// The name holds nothing but letters, digits, dots and hyphens.
fn download(kind: &'static str, name: &str, body: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], body).into_response()
}

fn refused(headers: &HeaderMap, error: &NoOffice) -> Response {
    match error {
        NoOffice::Denied { object } => {
            (StatusCode::FORBIDDEN, page::denied(AUDITOR.relation.0, object)).into_response()
        }
        NoOffice::Unavailable(error) => not_now(headers, error),
    }
}

fn not_now(headers: &HeaderMap, error: &Unavailable) -> Response {
    tracing::warn!(error = %error, "activity could not be read");
    trouble::answer(headers, &ApiError::NotNow { service: error.service.to_owned() })
}

fn absent() -> Response {
    let page = trouble::page("There is nothing here", "The address may be wrong, or the receipt may not be yours.");
    (StatusCode::NOT_FOUND, page).into_response()
}
