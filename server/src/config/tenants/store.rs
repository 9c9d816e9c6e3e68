//! The store of a tenant, `[tenants.<name>.fga]`. Its members are those of `FGA_…`, and are read by the same rules.

use crate::config::Fga;
use crate::config::env::{Env, Reader};
use secrecy::ExposeSecret;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    store_id: Option<String>,
    model_id: Option<String>,
    api_url: Option<String>,
    api_token_env: Option<String>,
    api_token_issuer: Option<String>,
    api_audience: Option<String>,
    client_id: Option<String>,
    client_secret_env: Option<String>,
    grants_client_id: Option<String>,
    grants_client_secret_env: Option<String>,
    grants_api_token_env: Option<String>,
}

/// The variables of the deployment's credentials.
const CREDENTIALS: [&str; 8] = [
    "FGA_API_TOKEN",
    "FGA_API_TOKEN_ISSUER",
    "FGA_API_AUDIENCE",
    "FGA_CLIENT_ID",
    "FGA_CLIENT_SECRET",
    "FGA_GRANTS_CLIENT_ID",
    "FGA_GRANTS_CLIENT_SECRET",
    "FGA_GRANTS_API_TOKEN",
];

/// Variables that hold for every store.
const EVERYWHERE: [&str; 2] = ["FGA_PRINCIPAL", "PRIVATE_HTTP_ORIGINS"];

impl Written {
    /// Reads the store as if its members were the variables. Without an address it is that of the deployment, and then
    /// without a credential the deployment's credentials too: they are never sent to another address.
    ///
    /// # Errors
    /// All mistakes, by member.
    pub(super) fn read(self, r: &Reader<'_>) -> Result<Fga, Vec<String>> {
        let named = |name: Option<String>, member: &str| match name {
            None => Ok(None),
            Some(name) => match r.named(&name) {
                Some(value) => Ok(Some(value.expose_secret().to_owned())),
                None => Err(vec![format!("{member} names the variable {name}, which is not set")]),
            },
        };
        let credentials = [
            ("FGA_API_TOKEN", named(self.api_token_env, "api_token_env")?),
            ("FGA_API_TOKEN_ISSUER", self.api_token_issuer),
            ("FGA_API_AUDIENCE", self.api_audience),
            ("FGA_CLIENT_ID", self.client_id),
            ("FGA_CLIENT_SECRET", named(self.client_secret_env, "client_secret_env")?),
            ("FGA_GRANTS_CLIENT_ID", self.grants_client_id),
            ("FGA_GRANTS_CLIENT_SECRET", named(self.grants_client_secret_env, "grants_client_secret_env")?),
            ("FGA_GRANTS_API_TOKEN", named(self.grants_api_token_env, "grants_api_token_env")?),
        ];
        let is_same_server = self.api_url.is_none();
        let has_own = credentials.iter().any(|(_, value)| value.is_some());
        let mut inherited = EVERYWHERE.to_vec();
        if is_same_server {
            inherited.push("FGA_API_URL");
        }
        if is_same_server && !has_own {
            inherited.extend(CREDENTIALS);
        }
        let inherited = inherited.into_iter().map(|name| (name, r.optional(name)));
        let own = [("FGA_STORE_ID", self.store_id), ("FGA_MODEL_ID", self.model_id), ("FGA_API_URL", self.api_url)];
        let all = inherited.chain(own.into_iter().chain(credentials).filter(|(_, value)| value.is_some()));
        let env: Env = all.filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
        let mut reader = Reader::new(&env);
        let fga = Fga::read(&mut reader);
        reader.finish(fga).map_err(|mistakes| mistakes.iter().map(|mistake| member(&mistake.to_string())).collect())
    }
}

/// Says a mistake by the members of the file: `store_id` for `FGA_STORE_ID`.
fn member(mistake: &str) -> String {
    let word = |word: &str| word.strip_prefix("FGA_").map_or_else(|| word.to_owned(), str::to_lowercase);
    mistake.split(' ').map(word).collect::<Vec<_>>().join(" ")
}
