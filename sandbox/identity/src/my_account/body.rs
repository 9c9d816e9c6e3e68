//! Strict parsing of request bodies: JSON objects whose members have the documented types and lengths.

use std::ops::RangeInclusive;

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::Problem;
use crate::provider::Provider;

pub(super) struct Body(Map<String, Value>);

impl Body {
    /// Parses a JSON object. Members not listed in `known` are ignored and recorded as protocol violations.
    pub(super) fn read(
        provider: &Provider,
        headers: &HeaderMap,
        bytes: &[u8],
        known: &[&str],
    ) -> Result<Self, Problem> {
        let content = headers.get(CONTENT_TYPE).and_then(|content| content.to_str().ok()).unwrap_or_default();
        if content.split(';').next().map(str::trim) != Some("application/json") {
            return Err(Problem::media_type());
        }
        let Ok(Value::Object(members)) = serde_json::from_slice(bytes) else {
            return Err(Problem::bad_request("The body is not a JSON object.").blame("the body is not a JSON object"));
        };
        for name in members.keys().filter(|name| !known.contains(&name.as_str())) {
            provider.sin(format!("/me/v1/connected-accounts: unknown member {name}"));
        }
        Ok(Self(members))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Returns a string whose length in characters is within this range.
    pub(super) fn text(&self, name: &str, length: RangeInclusive<usize>) -> Result<&str, Problem> {
        let text = self.0.get(name).ok_or_else(|| Problem::field(name, "body", "is required"))?;
        let text = text.as_str().ok_or_else(|| Problem::field(name, "body", "must be a string"))?;
        if !length.contains(&text.chars().count()) {
            let detail = format!("must have {} to {} characters", length.start(), length.end());
            return Err(Problem::field(name, "body", &detail));
        }
        Ok(text)
    }

    /// Returns an array of 1 to 100 distinct strings.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<&str>, Problem> {
        let wrong = |detail: &str| Problem::field(name, "body", detail);
        let list = self.0.get(name).ok_or_else(|| wrong("is required"))?;
        let list = list.as_array().ok_or_else(|| wrong("must be an array"))?;
        let texts: Option<Vec<&str>> = list.iter().map(Value::as_str).collect();
        let texts = texts.ok_or_else(|| wrong("must be an array of strings"))?;
        if texts.is_empty() || texts.len() > 100 {
            return Err(wrong("must have 1 to 100 items"));
        }
        if texts.iter().enumerate().any(|(at, text)| texts[..at].contains(text)) {
            return Err(wrong("must not repeat an item"));
        }
        Ok(texts)
    }

    /// Returns the member names of an object that are not in `known`; empty if the object is absent.
    pub(super) fn unknown_in(&self, name: &str, known: &[&str]) -> Result<Vec<&str>, Problem> {
        let Some(object) = self.0.get(name) else { return Ok(Vec::new()) };
        let object = object.as_object().ok_or_else(|| Problem::field(name, "body", "must be an object"))?;
        Ok(object.keys().map(String::as_str).filter(|key| !known.contains(key)).collect())
    }
}
