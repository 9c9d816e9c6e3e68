//! The parameters of AWS's Query protocol, from the query of a GET or the form of a POST.

use axum::extract::Query;
use axum::http::request::Parts;
use axum::http::{Method, Uri};

use super::answer::StsError;

/// Names and values, in their order.
#[derive(Debug)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn of(parts: &Parts, body: &[u8]) -> Result<Self, StsError> {
        let form = std::str::from_utf8(body).map_err(|_| StsError::Malformed)?;
        let uri: Uri = match parts.method {
            Method::POST => format!("/?{form}").parse().map_err(|_| StsError::Malformed)?,
            _ => parts.uri.clone(),
        };
        Query::try_from_uri(&uri).map(|Query(pairs)| Self(pairs)).map_err(|_| StsError::Malformed)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(own, _)| own == name)
    }

    /// Returns the value of a parameter that must occur once.
    pub(super) fn one(&self, name: &str) -> Result<&str, StsError> {
        self.optional(name)?.ok_or_else(|| StsError::missing(name))
    }

    /// Returns the value of a parameter that may occur once.
    pub(super) fn optional(&self, name: &str) -> Result<Option<&str>, StsError> {
        let mut values = self.0.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (value, None) => Ok(value),
            _ => Err(StsError::Malformed),
        }
    }

    /// Returns the members of a list: `Name.member.1` and so on.
    pub(super) fn list(&self, name: &str) -> Result<Vec<&str>, StsError> {
        let mut members = Vec::new();
        while let Some(member) = self.optional(&format!("{name}.member.{}", members.len() + 1))? {
            members.push(member);
        }
        Ok(members)
    }
}
