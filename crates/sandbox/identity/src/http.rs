//! Reading requests strictly: parameters each at most once, cookies, bearer tokens. It must never know what they mean.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use serde_json::Value;
use url::form_urlencoded;

/// Named parameters. An empty value counts as none (RFC 6749, section 3.1).
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
    /// A query string or a form.
    pub(crate) fn form(encoded: &[u8]) -> Result<Self, Unreadable> {
        let mut map = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(encoded) {
            if map.insert(name.to_string(), value.into_owned()).is_some() {
                return Err(Unreadable::Repeated(name.into_owned()));
            }
        }
        Ok(Self(map))
    }

    /// A form or a JSON object of strings, by content type.
    pub(crate) fn body(headers: &HeaderMap, body: &[u8]) -> Result<Self, Unreadable> {
        match media_type(headers) {
            Some("application/x-www-form-urlencoded") => Self::form(body),
            Some("application/json") => Self::json(body).ok_or(Unreadable::Body),
            _ => Err(Unreadable::Body),
        }
    }

    /// A form and nothing else, by content type.
    pub(crate) fn form_alone(headers: &HeaderMap, body: &[u8]) -> Result<Self, Unreadable> {
        match media_type(headers) {
            Some("application/x-www-form-urlencoded") => Self::form(body),
            _ => Err(Unreadable::NoForm),
        }
    }

    fn json(body: &[u8]) -> Option<Self> {
        let Value::Object(members) = serde_json::from_slice(body).ok()? else { return None };
        // Auth0's own SDK sends what it has no value for as `null`.
        let given = members.into_iter().filter(|(_, value)| !value.is_null());
        let string = |(name, value): (String, Value)| Some((name, value.as_str()?.to_owned()));
        given.map(string).collect::<Option<_>>().map(Self)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The value, and nothing when it is absent.
    pub(crate) fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    pub(crate) fn unknown<'a>(&'a self, known: &'a [&str]) -> impl Iterator<Item = &'a str> {
        self.0.keys().map(String::as_str).filter(|name| !known.contains(name))
    }
}

fn media_type(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or(value).trim())
}

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(own, value)| (own == name).then_some(value))
}

/// What follows the scheme (in any case) in the `Authorization` header.
pub(crate) fn authorization<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (own, rest) = value.split_once(' ')?;
    own.eq_ignore_ascii_case(scheme).then_some(rest.trim())
}
