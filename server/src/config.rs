//! Configuration: the one place that reads the environment. Every mistake is reported at once, by variable name.

mod env;
mod github;
mod lent_for;
mod mcp;
mod model;
mod providers;
mod variables;

pub use env::{ConfigError, Env};
pub use github::{GitHub, GitHubAccess};
pub use lent_for::LentFor;
pub use mcp::{Mcp, McpHints, McpLimits, McpServer, McpTool};
pub use model::{Guardrail, Model, ModelFamily, Switch};
pub use providers::Providers;
pub use variables::{VARIABLES, Variable};

use env::Reader;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::path::PathBuf;
use url::Url;

/// All that the server is told from outside.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where people reach it.
    pub url: Url,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where style, script and WebAssembly lie.
    pub site_root: PathBuf,
    /// The identity provider.
    pub oidc: Oidc,
    /// How elevated deeds are approved.
    pub approval: Approval,
    /// Fine-grained authorization.
    pub fga: Fga,
    /// Okta.
    pub okta: Okta,
    /// The weather service; none, if nothing is to be asked outside.
    pub weather: Option<Weather>,
    /// MCP servers, whose tools are offered beside our own.
    pub mcp: Mcp,
    /// GitHub; none, where nobody has said by whose account it is used.
    pub github: Option<GitHub>,
    /// In exchange for what the identity provider lends people's accounts.
    pub lent_for: LentFor,
    /// Who gives tokens to the vault of our own.
    pub providers: Providers,
    /// The language model.
    pub model: Model,
    /// AWS.
    pub aws: Aws,
    /// The organization of people whose sign-in names none.
    pub tenant: String,
    /// How long a session lives, in hours.
    pub session_hours: u16,
    /// How long a turn of an instance that died waits for another one, in seconds: 2 to 60. A shorter lease is lost by a
    /// busy instance, a longer one by patience.
    pub lease_seconds: u16,
    /// How log lines look.
    pub log_format: LogFormat,
    /// Which log lines are written, as `tracing` directives.
    pub log: String,
}

/// The identity provider.
#[derive(Debug, Clone)]
pub struct Oidc {
    /// Issuer, exactly as in its tokens.
    pub issuer: Url,
    /// The client.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretString,
}

/// How elevated deeds are approved: by CIBA, at the identity provider.
#[derive(Debug, Clone)]
pub struct Approval {
    /// The API that the details' type is registered with.
    pub audience: Option<String>,
    /// How the details are written.
    pub details: Details,
    /// How long a question waits for its answer, in seconds: 30 to 300, since a longer one goes by mail at Auth0.
    pub seconds: u16,
}

/// How the details of a question are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Details {
    /// As Auth0's stock Guardian app shows them.
    Guardian,
    /// As our own type, for an approver app of one's own.
    Own,
}

/// Fine-grained authorization.
#[derive(Debug, Clone)]
pub struct Fga {
    /// Base URL of the HTTP API.
    pub api_url: Url,
    /// The store.
    pub store_id: String,
    /// The model.
    pub model_id: String,
    /// How to get a token; `None` for a server without authentication.
    pub credentials: Option<Credentials>,
    /// Whose name the principal is.
    pub principal: Principal,
}

/// A client of a token endpoint.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The token endpoint.
    pub token_url: Url,
    /// The audience.
    pub audience: Option<String>,
    /// The client.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretString,
}

/// What names a person in FGA.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Principal {
    /// The `sub` claim.
    Subject,
    /// The e-mail address, if the provider vouches for it.
    VerifiedEmail,
}

/// Okta.
#[derive(Debug, Clone)]
pub struct Okta {
    /// The organization's address.
    pub base_url: Url,
    /// By whose account it is used.
    pub access: OktaAccess,
    /// The scopes that the tools ask for.
    pub scopes: Vec<String>,
}

/// By whose account Okta is used.
#[derive(Debug, Clone)]
pub enum OktaAccess {
    /// Each person's own, connected at the identity provider and borrowed from its token vault.
    Own {
        /// The connection's name at the identity provider.
        connection: String,
    },
    /// As the provider of this name in the file of providers has it.
    Provider,
    /// The application's own.
    Application(Credentials),
}

/// Open-Meteo.
#[derive(Debug, Clone)]
pub struct Weather {
    /// The forecast API.
    pub forecast: Url,
    /// The geocoding API.
    pub geocoding: Url,
}

/// AWS; account and region come from the SDK's own chain.
#[derive(Debug, Clone)]
pub struct Aws {
    /// Another `DynamoDB` endpoint.
    pub dynamodb_url: Option<Url>,
    /// Another Secrets Manager endpoint.
    pub secrets_url: Option<Url>,
    /// The secret with the session keys.
    pub session_key_secret_id: String,
    /// The secret with the keys that wrap what is kept of people's accounts.
    pub vault_key_secret_id: String,
    /// The secret with the keys that sign the ledger.
    pub ledger_key_secret_id: String,
    /// The table of sessions.
    pub sessions_table: String,
    /// The table of everything else.
    pub table: String,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

impl Config {
    /// Reads `env`.
    ///
    /// # Errors
    /// Every mistake there is.
    pub fn read(env: &Env) -> Result<Self, Vec<ConfigError>> {
        let mut r = Reader::new(env);
        let providers = Providers::read(&mut r);
        let config = Self {
            url: r.url("COUNTERSIGN_URL"),
            listen: r.parsed("COUNTERSIGN_LISTEN", "an address and port, like 127.0.0.1:3000"),
            site_root: PathBuf::from(r.text("LEPTOS_SITE_ROOT")),
            oidc: Oidc {
                issuer: r.url("OIDC_ISSUER"),
                client_id: r.text("OIDC_CLIENT_ID"),
                client_secret: r.secret("OIDC_CLIENT_SECRET"),
            },
            approval: Approval {
                audience: r.optional("APPROVAL_AUDIENCE"),
                details: r.choice("APPROVAL_DETAILS", &[("guardian", Details::Guardian), ("own", Details::Own)]),
                seconds: r.within("APPROVAL_SECONDS", 30..=300),
            },
            fga: Fga {
                api_url: r.url("FGA_API_URL"),
                store_id: r.ulid("FGA_STORE_ID"),
                model_id: r.ulid("FGA_MODEL_ID"),
                credentials: fga_credentials(&mut r),
                principal: r
                    .choice("FGA_PRINCIPAL", &[("sub", Principal::Subject), ("email", Principal::VerifiedEmail)]),
            },
            okta: Okta {
                base_url: r.url("OKTA_BASE_URL"),
                access: okta_access(&mut r, &providers),
                scopes: r.text("OKTA_SCOPES").split_whitespace().map(str::to_owned).collect(),
            },
            weather: r.optional_url("OPEN_METEO_URL").map(|forecast| Weather {
                geocoding: r.optional_url("OPEN_METEO_GEOCODING_URL").unwrap_or_else(|| forecast.clone()),
                forecast,
            }),
            mcp: mcp::read(&mut r),
            github: GitHub::read(&mut r, &providers),
            lent_for: LentFor::read(&mut r),
            providers,
            model: Model::read(&mut r),
            aws: Aws {
                dynamodb_url: r.optional_url("DYNAMODB_ENDPOINT_URL"),
                secrets_url: r.optional_url("SECRETS_MANAGER_ENDPOINT_URL"),
                session_key_secret_id: r.text("SESSION_KEY_SECRET_ID"),
                vault_key_secret_id: vault_key(&mut r),
                ledger_key_secret_id: r.text("LEDGER_KEY_SECRET_ID"),
                sessions_table: r.text("SESSIONS_TABLE"),
                table: r.text("COUNTERSIGN_TABLE"),
            },
            tenant: r.text("COUNTERSIGN_TENANT"),
            session_hours: r.within("SESSION_HOURS", 1..=720),
            lease_seconds: r.within("LEASE_SECONDS", 2..=60),
            log_format: r.choice("LOG_FORMAT", &[("text", LogFormat::Text), ("json", LogFormat::Json)]),
            log: r.text("LOG_LEVEL"),
        };
        r.finish(config)
    }

    /// The origin of [`Config::url`], as browsers send it.
    #[must_use]
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// Whether people reach the server by TLS. Plain HTTP is taken on a loopback name only.
    #[must_use]
    pub fn secure(&self) -> bool {
        self.url.scheme() == "https"
    }
}

/// As the file of providers says; else people's own accounts, if a connection is named; else the application's, which then
/// must be there.
fn okta_access(r: &mut Reader<'_>, providers: &Providers) -> OktaAccess {
    if providers.has("okta") {
        return OktaAccess::Provider;
    }
    match r.optional("OKTA_CONNECTION") {
        Some(connection) => OktaAccess::Own { connection },
        None => OktaAccess::Application(Credentials {
            token_url: r.url("OKTA_TOKEN_URL"),
            audience: r.optional("OKTA_AUDIENCE"),
            client_id: r.text("OKTA_CLIENT_ID"),
            client_secret: r.secret("OKTA_CLIENT_SECRET"),
        }),
    }
}

/// A keyring of its own, if one is named.
fn vault_key(r: &mut Reader<'_>) -> String {
    r.optional("VAULT_KEY_SECRET_ID").unwrap_or_else(|| r.text("SESSION_KEY_SECRET_ID"))
}

fn fga_credentials(r: &mut Reader<'_>) -> Option<Credentials> {
    let issuer = r.optional("FGA_API_TOKEN_ISSUER")?;
    // As in the SDKs of OpenFGA: a bare host means https, and an issuer without a path means /oauth/token.
    let address = if issuer.contains("://") { issuer } else { format!("https://{issuer}") };
    let mut token_url = r.parse_url("FGA_API_TOKEN_ISSUER", &address);
    if token_url.path() == "/" {
        token_url.set_path("/oauth/token");
    }
    Some(Credentials {
        token_url,
        audience: Some(r.text("FGA_API_AUDIENCE")),
        client_id: r.text("FGA_CLIENT_ID"),
        client_secret: r.secret("FGA_CLIENT_SECRET"),
    })
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::with;
