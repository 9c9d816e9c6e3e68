//! `GET /api/v1/users/{id}`.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::Value;

use super::Okta;
use super::authorize::{Access, Caller, target};
use super::error::OktaError;
use super::gate::Base;
use super::params::Params;

pub(super) async fn one(
    State(okta): State<Okta>,
    Extension(caller): Extension<Caller>,
    Extension(base): Extension<Base>,
    Path(id): Path<String>,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, OktaError> {
    params.only(&["expand", "fields"])?;
    let state = okta.lock();
    let user = target(&state.directory, &caller, &id, Access::Read)?;
    let body = trimmed(user.json(&base.0), &headers);
    Ok(([(header::ETAG, user.etag())], Json(body)).into_response())
}

/// Omits the members that `Content-Type: application/json; okta-response=…` names.
pub(super) fn trimmed(mut user: Value, headers: &HeaderMap) -> Value {
    let content = headers.get(header::CONTENT_TYPE).and_then(|content| content.to_str().ok()).unwrap_or_default();
    let wishes = content.split(';').find_map(|part| part.trim().strip_prefix("okta-response="));
    for wish in wishes.unwrap_or_default().trim_matches('"').split(',') {
        let (member, within) = match wish.trim() {
            "omitCredentials" => ("credentials", None),
            "omitCredentialsLinks" => ("_links", Some(["resetPassword", "expirePassword"])),
            _ => continue,
        };
        match (within, user.as_object_mut()) {
            (None, Some(user)) => drop(user.remove(member)),
            (Some(links), Some(user)) => {
                let own = user.get_mut(member).and_then(Value::as_object_mut);
                own.into_iter().for_each(|own| own.retain(|name, _| !links.contains(&name.as_str())));
            }
            (_, None) => {}
        }
    }
    user
}
