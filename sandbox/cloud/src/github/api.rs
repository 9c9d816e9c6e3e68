//! `GET /user` and `GET /user/repos`, and the authentication of their callers.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::Value;

use super::error::ApiError;
use super::gate::Base;
use super::paging::page;
use super::params::Params;
use super::{GitHub, Visibility};

/// The identity behind an access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account's id.
    pub account: u64,
    /// The granted scopes.
    pub scopes: Vec<String>,
}

/// Validates an access token; returns `None` if it is invalid or expired.
pub type Authenticate = Arc<dyn Fn(&str) -> Option<Caller> + Send + Sync>;

const REPOSITORIES: [&str; 9] =
    ["visibility", "affiliation", "type", "sort", "direction", "since", "before", "per_page", "page"];

/// Authenticates the caller. GitHub treats the schemes `Bearer` and `token` alike.
pub(super) fn authenticate(github: &GitHub, headers: &HeaderMap) -> Result<Caller, ApiError> {
    let header = headers.get(header::AUTHORIZATION).ok_or_else(ApiError::requires_authentication)?;
    let (scheme, token) = header.to_str().ok().and_then(|value| value.split_once(' ')).unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") && !scheme.eq_ignore_ascii_case("token") {
        return Err(ApiError::bad_credentials().sin("an Authorization header that is neither Bearer nor token"));
    }
    let own = github.lock().grants.caller(token, github.clock.seconds());
    let caller = own.or_else(|| (github.lent)(token)).ok_or_else(ApiError::bad_credentials)?;
    github.account(caller.account).is_some().then_some(caller).ok_or_else(ApiError::bad_credentials)
}

pub(super) async fn user(
    State(github): State<GitHub>,
    Extension(caller): Extension<Caller>,
    Extension(base): Extension<Base>,
) -> Result<Json<Value>, ApiError> {
    let account = github.account(caller.account).ok_or_else(ApiError::bad_credentials)?;
    Ok(Json(account.json(&base.0)))
}

/// Lists the caller's repositories; without the scope `repo`, only public ones.
pub(super) async fn repositories(
    State(github): State<GitHub>,
    Extension(caller): Extension<Caller>,
    Extension(base): Extension<Base>,
    uri: Uri,
    params: Params,
) -> Result<Response, ApiError> {
    if let Some(name) = params.names().find(|name| !REPOSITORIES.contains(name)) {
        github.sin(format!("GET /user/repos: unknown parameter {name}"));
    }
    let one_of = |name: &str, values: &[&'static str]| {
        let value = params.get(name).unwrap_or(values[0]);
        values.iter().find(|own| **own == value).copied().ok_or_else(|| ApiError::validation(name))
    };
    let visibility = one_of("visibility", &["all", "public", "private"])?;
    one_of("sort", &["full_name", "created", "updated", "pushed"])?;
    let direction = one_of("direction", &["asc", "desc"])?;
    let account = github.account(caller.account).ok_or_else(ApiError::bad_credentials)?;
    let sees_private = caller.scopes.iter().any(|scope| scope == "repo");
    let mut own: Vec<_> = (account.repositories.iter())
        .filter(|own| match own.visibility {
            Visibility::Public => visibility != "private",
            Visibility::Private => sees_private && visibility != "public",
        })
        .collect();
    own.sort_by(|one, other| one.name.cmp(&other.name));
    if direction == "desc" {
        own.reverse();
    }
    let bodies: Vec<Value> = own.into_iter().map(|own| account.repository(own, &base.0)).collect();
    let (links, bodies) = page(bodies, &params, &base.0, uri.path())?;
    Ok((links, Json(bodies)).into_response())
}
