//! Pagination by cursor: two `link` headers, `self` and, while there are more entries, `next` with an opaque cursor.

use axum::http::{HeaderMap, HeaderValue, Uri, header};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::error::OktaError;
use super::gate::Base;
use super::params::Params;

/// Returns the requested page, at most `size` entries, and its `link` headers.
pub(super) fn page<T>(
    items: Vec<T>,
    params: &Params,
    size: usize,
    base: &Base,
    uri: &Uri,
) -> Result<(HeaderMap, Vec<T>), OktaError> {
    let path = uri.path();
    let asked = params.get("limit").map(str::parse::<usize>).transpose();
    let limit = match asked.map_err(|_| OktaError::validation("limit"))? {
        Some(0) => return Err(OktaError::validation("limit")),
        Some(limit) => limit.min(size),
        None => size,
    };
    let start = params.get("after").map_or(Some(0), |after| read(after, path));
    let start = start.ok_or_else(|| OktaError::validation("after"))?;
    let more = items.len() > start.saturating_add(limit);
    let page = items.into_iter().skip(start).take(limit).collect();
    let mut headers = HeaderMap::new();
    let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
    link(&mut headers, &format!("{}{path}{query}", base.0), "self");
    if more {
        let mut next = format!("{}{path}?after={}&limit={limit}", base.0, write(start + limit, path));
        for (name, value) in params.iter().filter(|(name, _)| *name != "after" && *name != "limit") {
            next.push_str(&format!("&{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
        }
        link(&mut headers, &next, "next");
    }
    Ok((headers, page))
}

fn link(headers: &mut HeaderMap, url: &str, relation: &str) {
    if let Ok(value) = HeaderValue::from_str(&format!("<{url}>; rel=\"{relation}\"")) {
        headers.append(header::LINK, value);
    }
}

/// Encodes a cursor, which is valid for its own list only.
fn write(start: usize, path: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{start}:{path}"))
}

fn read(after: &str, path: &str) -> Option<usize> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(after).ok()?).ok()?;
    let (start, of) = text.split_once(':')?;
    if of == path { start.parse().ok() } else { None }
}
