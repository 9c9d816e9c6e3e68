//! Configuration: the one place that reads the environment. Every mistake is reported at once, by variable name.

mod env;
mod github;
mod lent_for;
mod mcp;
mod model;
mod oidc;
mod okta;
mod providers;
mod variables;

pub use env::{ConfigError, Env};
pub use github::{GitHub, GitHubAccess};
pub use lent_for::LentFor;
pub use mcp::{Mcp, McpHints, McpLimits, McpServer, McpTool};
pub use model::{Guardrail, Model, ModelFamily, Switch};
pub use oidc::{ClientSettings, CredentialSettings, Oidc};
pub use okta::{Okta, OktaAccess, OktaApplication};
pub use providers::Providers;
pub use variables::{VARIABLES, Variable};

use crate::turns::AdmissionLimits;
use ::oidc::profile::AudienceTokens;
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
    /// Okta; `None` where no tool acts there.
    pub okta: Option<Okta>,
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
    /// The bounds of what people may have at once.
    pub admission: AdmissionLimits,
    /// How log lines look.
    pub log_format: LogFormat,
    /// Which log lines are written, as `tracing` directives.
    pub log: String,
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
    /// How the server is told who asks.
    pub access: FgaAccess,
    /// Whose name the principal is.
    pub principal: Principal,
}

/// The ways in which an `OpenFGA` server knows who asks (its `authn.method`).
#[derive(Debug, Clone)]
pub enum FgaAccess {
    /// It asks for nothing.
    Open,
    /// A preshared key.
    Key(SecretString),
    /// A token of the client-credentials grant: Auth0 FGA, or a server with `oidc`.
    Client(Credentials),
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

/// The claim that names a person in FGA.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// The `sub` claim.
    Subject,
    /// The e-mail address, if it is verified.
    VerifiedEmail,
    /// Another claim, for example Entra's `oid`.
    Claim(String),
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
    /// The secret with the keys that seal conversations.
    pub conversation_key_secret_id: String,
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
        let oidc = Oidc::read(&mut r);
        let config = Self {
            url: r.public_url("COUNTERSIGN_URL"),
            listen: r.parsed("COUNTERSIGN_LISTEN", "an address and port, like 127.0.0.1:3000"),
            site_root: PathBuf::from(r.text("LEPTOS_SITE_ROOT")),
            approval: Approval {
                audience: approval_audience(&mut r, &oidc),
                details: r.choice("APPROVAL_DETAILS", &[("guardian", Details::Guardian), ("own", Details::Own)]),
                seconds: r.within("APPROVAL_SECONDS", 30..=300),
            },
            fga: Fga {
                api_url: r.url("FGA_API_URL"),
                store_id: r.ulid("FGA_STORE_ID"),
                model_id: r.ulid("FGA_MODEL_ID"),
                access: fga_access(&mut r),
                principal: principal(&mut r),
            },
            okta: Okta::read(&mut r, &providers, &oidc),
            oidc,
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
                conversation_key_secret_id: keyring(&mut r, "CONVERSATION_KEY_SECRET_ID"),
                vault_key_secret_id: keyring(&mut r, "VAULT_KEY_SECRET_ID"),
                ledger_key_secret_id: r.text("LEDGER_KEY_SECRET_ID"),
                sessions_table: r.text("SESSIONS_TABLE"),
                table: r.text("COUNTERSIGN_TABLE"),
            },
            tenant: r.text("COUNTERSIGN_TENANT"),
            session_hours: r.within("SESSION_HOURS", 1..=720),
            lease_seconds: r.within("LEASE_SECONDS", 2..=60),
            admission: AdmissionLimits {
                posts_a_minute: r.within("MAX_POSTS_A_MINUTE", 1..=60_000),
                turns: r.within("MAX_TURNS", 1..=100_000),
                streams: r.within("MAX_STREAMS", 1..=1_000_000),
                ..AdmissionLimits::default()
            },
            log_format: r.choice("LOG_FORMAT", &[("text", LogFormat::Text), ("json", LogFormat::Json)]),
            log: r.text("LOG_LEVEL"),
        };
        if !config.mcp.servers.is_empty() && config.oidc.audience_tokens == AudienceTokens::Unsupported {
            let profile = config.oidc.profile.name;
            let problem = format!(
                "names servers, but no way to their access tokens is known for the profile {profile}: see OIDC_API_TOKENS"
            );
            r.wrong("MCP_FILE", &problem);
        }
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

/// Required where the provider takes the action as authorization details: their type is registered for an API.
fn approval_audience(r: &mut Reader<'_>, oidc: &Oidc) -> Option<String> {
    let audience = r.optional("APPROVAL_AUDIENCE");
    if audience.is_none() && oidc.sends_details() {
        let problem = "is missing: the type of the approval's details is registered for an API at the provider";
        r.wrong("APPROVAL_AUDIENCE", problem);
    }
    audience
}

fn principal(r: &mut Reader<'_>) -> Principal {
    let text = r.text("FGA_PRINCIPAL");
    match (text.as_str(), text.strip_prefix("claim:")) {
        ("sub", _) => Principal::Subject,
        ("email", _) => Principal::VerifiedEmail,
        (_, Some(claim)) if !claim.is_empty() => Principal::Claim(claim.to_owned()),
        _ => {
            r.wrong("FGA_PRINCIPAL", "must be sub, email, or claim: with the name of a claim (claim:oid)");
            Principal::Subject
        }
    }
}

/// The keyring that a setting names; without it the sessions' own.
fn keyring(r: &mut Reader<'_>, setting: &'static str) -> String {
    r.optional(setting).unwrap_or_else(|| r.text("SESSION_KEY_SECRET_ID"))
}

fn fga_access(r: &mut Reader<'_>) -> FgaAccess {
    let issuer = match (r.optional("FGA_API_TOKEN"), r.optional("FGA_API_TOKEN_ISSUER")) {
        (None, None) => return FgaAccess::Open,
        (Some(key), None) => return FgaAccess::Key(SecretString::from(key)),
        (Some(_), Some(_)) => {
            r.wrong("FGA_API_TOKEN", "and FGA_API_TOKEN_ISSUER exclude each other");
            return FgaAccess::Open;
        }
        (None, Some(issuer)) => issuer,
    };
    // As in the SDKs of OpenFGA: a bare host means https, and an issuer without a path means /oauth/token.
    let address = if issuer.contains("://") { issuer } else { format!("https://{issuer}") };
    let mut token_url = r.parse_url("FGA_API_TOKEN_ISSUER", &address);
    if token_url.path() == "/" {
        token_url.set_path("/oauth/token");
    }
    FgaAccess::Client(Credentials {
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
