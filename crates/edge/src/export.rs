//! Downloads of a person's conversations, as streams: one, or all of them.

use super::current_user::CurrentUser;
use super::page_error::PageError;
use crate::backend::export::{Export, Form, Scope};
use crate::services::Services;
use agent::ids::ConversationId;
use agent::ports::Clock;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use system::SystemClock;

/// `GET /export/{form}`: returns everything that the person said and was told, in the form `markdown` or `json`.
pub(crate) async fn all(
    State(services): State<Arc<Services>>,
    CurrentUser(actor): CurrentUser,
    Path(form): Path<String>,
) -> Result<Response, PageError> {
    let form = Form::parse(&form).ok_or_else(absent)?;
    let export = Export::begin(&services, actor, form, Scope::All, SystemClock.now())?;
    Ok(download(form, "countersign-conversations", export))
}

/// `GET /export/{form}/{id}`: returns one conversation.
pub(crate) async fn one(
    State(services): State<Arc<Services>>,
    CurrentUser(actor): CurrentUser,
    Path((form, id)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let form = Form::parse(&form).ok_or_else(absent)?;
    let id = ConversationId::try_from(id).map_err(|_| absent())?;
    let header = services.conversations.header(&actor, &id).await?.ok_or_else(absent)?;
    let export = Export::begin(&services, actor, form, Scope::One(Box::new(header)), SystemClock.now())?;
    Ok(download(form, &format!("countersign-{id}"), export))
}

fn absent() -> PageError {
    PageError::absent(app::texts().not_yours())
}

/// Returns a file to download. Its name must consist of letters, digits and hyphens.
fn download(form: Form, name: &str, export: Export) -> Response {
    let (kind, ending) = match form {
        Form::Markdown => ("text/markdown; charset=utf-8", "md"),
        Form::Json => ("application/json", "json"),
    };
    let disposition = format!("attachment; filename=\"{name}.{ending}\"");
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    (headers, Body::from_stream(export.chunks())).into_response()
}
