//! GitHub's address, and the account with which it is used.

use super::env::Reader;
use super::providers::Providers;
use url::Url;

/// The settings for GitHub.
#[derive(Debug, Clone)]
pub struct GitHub {
    /// The REST API.
    pub api_url: Url,
    /// The account with which it is used.
    pub access: GitHubAccess,
}

/// The account with which GitHub is used.
#[derive(Debug, Clone)]
pub enum GitHubAccess {
    /// Each person's own account, connected at the identity provider and accessed through its Token Vault.
    Connection {
        /// The connection's name.
        name: String,
        /// The scopes to request; empty for a GitHub App, which has permissions instead.
        scopes: Vec<String>,
    },
    /// The provider `github` in the providers file.
    Provider,
}

impl GitHub {
    /// Reads the settings. A provider in the providers file comes before a connection; `None` if there is neither.
    pub(super) fn read(r: &mut Reader<'_>, providers: &Providers) -> Option<Self> {
        let scopes = r.text("GITHUB_CONNECTION_SCOPES");
        let scopes = scopes.split_whitespace().filter(|scope| *scope != "none").map(str::to_owned).collect();
        let connection = r.optional("GITHUB_CONNECTION").map(|name| GitHubAccess::Connection { name, scopes });
        let access = if providers.has("github") { Some(GitHubAccess::Provider) } else { connection };
        let api_url = r.url("GITHUB_API_URL");
        access.map(|access| Self { api_url, access })
    }
}
