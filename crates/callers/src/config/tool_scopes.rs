//! Scopes that calls of single tools need.

use super::{ConfigError, Scope};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The scopes that a call of a tool needs beyond those with which a caller enters, by the name of the tool. A tool that is not
/// named needs none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct ToolScopes(BTreeMap<String, Vec<Scope>>);

impl ToolScopes {
    /// The named tools.
    pub fn tools(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Returns the scopes that a call of this tool needs.
    pub(crate) fn of(&self, tool: &str) -> &[Scope] {
        self.0.get(tool).map_or(&[], Vec::as_slice)
    }

    /// Refuses an empty list, and a scope that is not among those of the metadata document: a client could not know it.
    pub(super) fn check(&self, scopes: &[Scope]) -> Result<(), ConfigError> {
        if self.0.values().any(Vec::is_empty) {
            return Err(ConfigError::EmptyList);
        }
        let are_known = self.0.values().flatten().all(|scope| scopes.contains(scope));
        if are_known { Ok(()) } else { Err(ConfigError::ToolScopes) }
    }
}
