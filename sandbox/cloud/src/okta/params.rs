//! Query parameters, read strictly: an unknown or repeated one is rejected, not ignored.

use std::collections::BTreeMap;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;

use super::error::OktaError;

pub(super) struct Params(BTreeMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = OktaError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, OktaError> {
        let query = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let Ok(Query(pairs)) = query else { return Err(OktaError::validation("query")) };
        let mut params = BTreeMap::new();
        for (name, value) in pairs {
            if params.insert(name.clone(), value).is_some() {
                return Err(OktaError::validation(&name));
            }
        }
        Ok(Self(params))
    }
}

impl Params {
    /// Rejects every parameter except these.
    pub(super) fn only(&self, names: &[&str]) -> Result<(), OktaError> {
        match self.0.keys().find(|name| !names.contains(&name.as_str())) {
            Some(name) => Err(OktaError::validation(name)),
            None => Ok(()),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, OktaError> {
        match self.get(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(OktaError::validation(name)),
        }
    }

    pub(super) fn required_flag(&self, name: &str) -> Result<bool, OktaError> {
        self.flag(name)?.ok_or_else(|| OktaError::missing_parameter(name))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}
