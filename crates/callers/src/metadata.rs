//! The metadata document of a door (RFC 9728).

use crate::config::DoorConfig;
use serde::{Deserialize, Serialize};

/// The beginning of the document's path; the path of the resource follows (RFC 9728 section 3.1).
pub const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// The metadata of a protected resource (RFC 9728 section 2), built from the configuration alone: no header of a request
/// reaches it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProtectedResourceMetadata {
    /// The public URL of the door, which is the audience of its tokens.
    pub resource: String,
    /// The issuers from which a client can get a token. Issuers of AWS roles are not among them, because no OAuth client
    /// can ask there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorization_servers: Vec<String>,
    /// All scopes that an action may need.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes_supported: Vec<String>,
    /// The one method of RFC 6750 that a door accepts: `header`.
    pub bearer_methods_supported: Vec<String>,
    /// The name of the door for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_name: Option<String>,
    /// The page for developers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_documentation: Option<String>,
}

impl ProtectedResourceMetadata {
    pub(crate) fn of(door: &DoorConfig) -> Self {
        Self {
            resource: door.resource.as_str().to_owned(),
            authorization_servers: door.issuers.iter().map(|own| own.issuer.as_str().to_owned()).collect(),
            scopes_supported: door.scopes.iter().map(|scope| scope.as_str().to_owned()).collect(),
            bearer_methods_supported: vec!["header".to_owned()],
            resource_name: door.name.clone(),
            resource_documentation: door.documentation.as_ref().map(|page| page.url().as_str().to_owned()),
        }
    }
}
