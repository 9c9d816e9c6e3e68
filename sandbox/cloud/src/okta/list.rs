//! `GET /api/v1/users`, with the subset of the search language that compares one attribute per condition.

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::Value;

use super::Okta;
use super::authorize::{Caller, everybody};
use super::error::OktaError;
use super::gate::Base;
use super::paging::page;
use super::params::Params;
use super::user::Status;
use super::users::trimmed;

pub(super) async fn users(
    State(okta): State<Okta>,
    Extension(caller): Extension<Caller>,
    Extension(base): Extension<Base>,
    uri: Uri,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, OktaError> {
    params.only(&["q", "search", "filter", "limit", "after"])?;
    let state = okta.lock();
    everybody(&state.directory, &caller)?;
    // Without a search, Okta lists every user who isn't deactivated.
    let searched = params.get("search").is_some() || params.get("filter").is_some();
    let mut found: Vec<Value> = (state.directory.users.iter())
        .filter(|user| searched || user.status != Status::Deprovisioned)
        .map(|user| user.json(&base.0))
        .collect();
    if let Some(start) = params.get("q") {
        let start = start.to_lowercase();
        let begins = |user: &Value, name: &str| text(user, name).to_lowercase().starts_with(&start);
        found.retain(|user| ["firstName", "lastName", "email"].iter().any(|name| begins(&user["profile"], name)));
    }
    for expression in [params.get("search"), params.get("filter")].into_iter().flatten() {
        let conditions: Vec<_> = expression.split(" and ").map(Condition::parse).collect::<Result<_, _>>()?;
        found.retain(|user| conditions.iter().all(|condition| condition.holds(user)));
    }
    let (links, users) = page(found, &params, state.limits.page_size, &base, &uri)?;
    let users: Vec<Value> = users.into_iter().map(|user| trimmed(user, &headers)).collect();
    Ok((links, Json(users)).into_response())
}

/// A condition, `attribute eq "value"` or `attribute sw "value"`.
struct Condition<'a> {
    attribute: &'a str,
    comparison: Comparison,
    value: &'a str,
}

enum Comparison {
    Equals,
    StartsWith,
}

impl<'a> Condition<'a> {
    fn parse(text: &'a str) -> Result<Self, OktaError> {
        let mut words = text.trim().splitn(3, ' ');
        let (Some(attribute), Some(operator), Some(value)) = (words.next(), words.next(), words.next()) else {
            return Err(OktaError::invalid_search());
        };
        let comparison = match operator {
            "eq" => Comparison::Equals,
            "sw" => Comparison::StartsWith,
            _ => return Err(OktaError::invalid_search()),
        };
        let known = ["id", "status", "profile.login", "profile.email", "profile.firstName", "profile.lastName"];
        let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        match value {
            Some(value) if known.contains(&attribute) && !value.contains('"') => {
                Ok(Self { attribute, comparison, value })
            }
            _ => Err(OktaError::invalid_search()),
        }
    }

    fn holds(&self, user: &Value) -> bool {
        let actual = match self.attribute.strip_prefix("profile.") {
            Some(name) => text(&user["profile"], name),
            None => text(user, self.attribute),
        };
        let (actual, value) = (actual.to_lowercase(), self.value.to_lowercase());
        match self.comparison {
            Comparison::Equals => actual == value,
            Comparison::StartsWith => actual.starts_with(&value),
        }
    }
}

fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object[name].as_str().unwrap_or_default()
}
