//! Values of the configuration, each checked while it is read.

use super::ConfigError;
use serde::{Deserialize, Serialize};
use std::fmt;
use url::Url;

/// The public URL of a door, which is the audience of its tokens (RFC 9728 section 1.2 `resource`, RFC 8707). Compared
/// byte by byte, so it must be written in one way only: `https` (or `http` on loopback), no user information, query or
/// fragment, and no slash at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Resource(String);

impl Resource {
    /// The URL, exactly as configured.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the path of the metadata document: the well-known name before the path of the resource (RFC 9728
    /// section 3.1).
    #[must_use]
    pub fn metadata_path(&self) -> String {
        format!("{}{}", crate::metadata::WELL_KNOWN, &self.0[self.origin_length()..])
    }

    /// Returns the URL of the metadata document.
    #[must_use]
    pub fn metadata_url(&self) -> String {
        format!("{}{}", &self.0[..self.origin_length()], self.metadata_path())
    }

    fn origin_length(&self) -> usize {
        let host = self.0.find("://").map_or(0, |scheme| scheme + 3);
        self.0[host..].find('/').map_or(self.0.len(), |path| host + path)
    }
}

impl TryFrom<String> for Resource {
    type Error = ConfigError;

    fn try_from(text: String) -> Result<Self, ConfigError> {
        let url = encrypted(&text).ok_or(ConfigError::Resource)?;
        let bare = url.query().is_none() && url.fragment().is_none() && !text.ends_with('/');
        let is_canonical = url.as_str() == text || url.as_str().strip_suffix('/') == Some(&text);
        if bare && is_canonical { Ok(Self(text)) } else { Err(ConfigError::Resource) }
    }
}

impl From<Resource> for String {
    fn from(resource: Resource) -> Self {
        resource.0
    }
}

/// The address of a document that the server fetches: `https`, or `http` on loopback.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct DocumentUrl(Url);

impl DocumentUrl {
    /// The parsed URL.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.0
    }
}

impl TryFrom<String> for DocumentUrl {
    type Error = ConfigError;

    fn try_from(text: String) -> Result<Self, ConfigError> {
        encrypted(&text).map(Self).ok_or(ConfigError::DocumentUrl)
    }
}

/// Parses an `https` URL, or an `http` URL on loopback, without user information.
pub(crate) fn encrypted(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let is_encrypted = url.scheme() == "https" || (url.scheme() == "http" && is_loopback);
    (is_encrypted && url.username().is_empty() && url.password().is_none()).then_some(url)
}

/// The identifier of a token issuer, compared byte by byte: Auth0's ends with a slash, Okta's does not.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IssuerId(String);

impl IssuerId {
    /// The identifier, exactly as configured.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for IssuerId {
    type Error = ConfigError;

    fn try_from(text: String) -> Result<Self, ConfigError> {
        encrypted(&text).map(|_| Self(text)).ok_or(ConfigError::Issuer)
    }
}

impl From<IssuerId> for String {
    fn from(issuer: IssuerId) -> Self {
        issuer.0
    }
}

/// A scope (RFC 6749 section 3.3): printable ASCII without blanks, quotation marks and backslashes.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scope(String);

impl Scope {
    /// The text of the scope.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Scope {
    type Error = ConfigError;

    /// Refuses `offline_access` as well: it asks for a refresh token and allows no action.
    fn try_from(text: String) -> Result<Self, ConfigError> {
        let is_token = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(&byte));
        if is_token && text != "offline_access" { Ok(Self(text)) } else { Err(ConfigError::Scope) }
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.0
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
