//! Where GitHub is, and by whose account it is used.

use super::env::Reader;
use super::providers::Providers;
use url::Url;

/// GitHub.
#[derive(Debug, Clone)]
pub struct GitHub {
    /// The REST API.
    pub api_url: Url,
    /// By whose account it is used.
    pub access: GitHubAccess,
}

/// By whose account GitHub is used.
#[derive(Debug, Clone)]
pub enum GitHubAccess {
    /// Each person's own, connected at the identity provider and borrowed from its token vault.
    Connection(String),
    /// As the provider of this name in the file of providers has it.
    Provider,
}

impl GitHub {
    /// As the file of providers says; else by a connection, if one is named; else nobody uses it.
    pub(super) fn read(r: &mut Reader<'_>, providers: &Providers) -> Option<Self> {
        let connection = r.optional("GITHUB_CONNECTION").map(GitHubAccess::Connection);
        let access = if providers.has("github") { Some(GitHubAccess::Provider) } else { connection };
        let api_url = r.url("GITHUB_API_URL");
        access.map(|access| Self { api_url, access })
    }
}
