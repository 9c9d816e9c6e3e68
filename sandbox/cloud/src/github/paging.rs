//! Pagination by page number, with one `Link` header for all relations.

use axum::http::{HeaderMap, HeaderValue, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::error::ApiError;
use super::params::Params;

/// Returns the requested page and its `Link` header; a list of one page has no header.
pub(super) fn page<T>(items: Vec<T>, params: &Params, base: &str, path: &str) -> Result<(HeaderMap, Vec<T>), ApiError> {
    let number = |name: &str, default: usize| match params.get(name).map(str::parse::<usize>) {
        None => Ok(default),
        Some(Ok(number)) if number > 0 => Ok(number),
        Some(_) => Err(ApiError::validation(name)),
    };
    // GitHub caps `per_page` at 100 instead of rejecting a larger value.
    let size = number("per_page", 30)?.min(100);
    let asked = number("page", 1)?;
    let last = items.len().div_ceil(size).max(1);
    let mut ways = Vec::new();
    if asked > 1 {
        ways.push(("prev", (asked - 1).min(last)));
    }
    if asked < last {
        ways.push(("next", asked + 1));
        ways.push(("last", last));
    }
    if asked > 1 {
        ways.push(("first", 1));
    }
    let others: String = (params.iter().filter(|(name, _)| *name != "page"))
        .map(|(name, value)| format!("&{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
        .collect();
    let links = ways.iter().map(|(relation, page)| format!("<{base}{path}?page={page}{others}>; rel=\"{relation}\""));
    let mut headers = HeaderMap::new();
    if let (false, Ok(value)) = (ways.is_empty(), HeaderValue::from_str(&links.collect::<Vec<_>>().join(", "))) {
        headers.insert(header::LINK, value);
    }
    let start = (asked - 1).saturating_mul(size);
    Ok((headers, items.into_iter().skip(start).take(size).collect()))
}
