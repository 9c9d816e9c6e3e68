//! `GET /api/v1/users/{id}/groups` and `GET /api/v1/groups`.

use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::{Value, json};

use super::authorize::{Access, Caller, everybody, target};
use super::error::OktaError;
use super::gate::Base;
use super::paging::page;
use super::params::Params;
use super::user::time;
use super::{Group, Okta};

pub(super) async fn of_user(
    State(okta): State<Okta>,
    Extension(caller): Extension<Caller>,
    Extension(base): Extension<Base>,
    Path(id): Path<String>,
    uri: Uri,
    params: Params,
) -> Result<Response, OktaError> {
    params.only(&["limit", "after"])?;
    let state = okta.lock();
    let user = target(&state.directory, &caller, &id, Access::Read)?;
    let mut groups = state.directory.groups();
    groups.retain(|group| group.members.contains(&user.login));
    answer(&groups, &params, state.limits.page_size, &base, &uri)
}

pub(super) async fn all(
    State(okta): State<Okta>,
    Extension(caller): Extension<Caller>,
    Extension(base): Extension<Base>,
    uri: Uri,
    params: Params,
) -> Result<Response, OktaError> {
    params.only(&["q", "limit", "after"])?;
    let state = okta.lock();
    everybody(&state.directory, &caller)?;
    let mut groups = state.directory.groups();
    if let Some(start) = params.get("q") {
        groups.retain(|group| group.name.to_lowercase().starts_with(&start.to_lowercase()));
    }
    answer(&groups, &params, state.limits.page_size, &base, &uri)
}

fn answer(groups: &[Group], params: &Params, size: usize, base: &Base, uri: &Uri) -> Result<Response, OktaError> {
    let groups: Vec<Value> = groups.iter().map(|group| shown(group, base)).collect();
    let (links, groups) = page(groups, params, size, base, uri)?;
    Ok((links, Json(groups)).into_response())
}

fn shown(group: &Group, base: &Base) -> Value {
    let start = "2025-06-24T16:39:18.000Z";
    let kind = if group.is_built_in() { "BUILT_IN" } else { "OKTA_GROUP" };
    json!({"id": group.id, "created": start, "lastUpdated": start,
        "lastMembershipUpdated": group.changed.map_or_else(|| start.to_owned(), time),
        "objectClass": ["okta:user_group"], "type": kind, "profile": {"name": group.name, "description": null},
        "_links": {"users": {"href": format!("{}/api/v1/groups/{}/users", base.0, group.id)}}})
}
