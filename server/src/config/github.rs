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
    /// Each person's own, connected at the identity provider and given by its token vault.
    Connection {
        /// The connection's name.
        name: String,
        /// The scopes to ask for; none for a GitHub App, which has permissions instead.
        scopes: Vec<String>,
    },
    /// As the provider of this name in the file of providers has it.
    Provider,
}

impl GitHub {
    /// As the file of providers says; else by a connection, if one is named; else nobody uses it.
    pub(super) fn read(r: &mut Reader<'_>, providers: &Providers) -> Option<Self> {
        let scopes = r.text("GITHUB_CONNECTION_SCOPES");
        let scopes = scopes.split_whitespace().filter(|scope| *scope != "none").map(str::to_owned).collect();
        let connection = r.optional("GITHUB_CONNECTION").map(|name| GitHubAccess::Connection { name, scopes });
        let access = if providers.has("github") { Some(GitHubAccess::Provider) } else { connection };
        let api_url = r.url("GITHUB_API_URL");
        access.map(|access| Self { api_url, access })
    }
}
