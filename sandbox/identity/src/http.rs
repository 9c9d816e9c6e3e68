//! Strict parsing of requests: unique parameters, cookies and bearer tokens. Must not interpret their values.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use serde_json::Value;
use url::form_urlencoded;

/// Named parameters. An empty value counts as absent (RFC 6749, section 3.1).
#[derive(Debug, Default)]
pub(crate) struct Params(BTreeMap<String, String>);

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("Parameter sent more than once: {0}")]
    Repeated(String),
    #[error("Body must be application/x-www-form-urlencoded or a flat application/json object")]
    Body,
    #[error("Body must be application/x-www-form-urlencoded")]
    NoForm,
}

impl Params {
    /// Parses a query string or a form.
    pub(crate) fn form(encoded: &[u8]) -> Result<Self, Unreadable> {
        let mut map = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(encoded) {
            if map.insert(name.to_string(), value.into_owned()).is_some() {
                return Err(Unreadable::Repeated(name.into_owned()));
            }
        }
        Ok(Self(map))
    }

    /// Parses a form or a JSON object of strings, depending on the content type.
    pub(crate) fn body(headers: &HeaderMap, body: &[u8]) -> Result<Self, Unreadable> {
        match media_type(headers) {
            Some("application/x-www-form-urlencoded") => Self::form(body),
            Some("application/json") => Self::json(body).ok_or(Unreadable::Body),
            _ => Err(Unreadable::Body),
        }
    }

    /// Parses a form and rejects every other content type.
    pub(crate) fn form_alone(headers: &HeaderMap, body: &[u8]) -> Result<Self, Unreadable> {
        match media_type(headers) {
            Some("application/x-www-form-urlencoded") => Self::form(body),
            _ => Err(Unreadable::NoForm),
        }
    }

    fn json(body: &[u8]) -> Option<Self> {
        let Value::Object(members) = serde_json::from_slice(body).ok()? else { return None };
        // Auth0's own SDK sends absent values as `null`.
        let given = members.into_iter().filter(|(_, value)| !value.is_null());
        let string = |(name, value): (String, Value)| Some((name, value.as_str()?.to_owned()));
        given.map(string).collect::<Option<_>>().map(Self)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Returns an owned copy of the value, if present.
    pub(crate) fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    pub(crate) fn unknown<'a>(&'a self, known: &'a [&str]) -> impl Iterator<Item = &'a str> {
        self.0.keys().map(String::as_str).filter(|name| !known.contains(name))
    }
}

pub(crate) fn media_type(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or(value).trim())
}

/// Returns the value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(own, value)| (own == name).then_some(value))
}

/// Returns the rest of the `Authorization` header after this scheme, which is matched ignoring ASCII case.
pub(crate) fn authorization<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (own, rest) = value.split_once(' ')?;
    own.eq_ignore_ascii_case(scheme).then_some(rest.trim())
}
