//! The configuration: the only place that reads the environment. All mistakes are reported at once, by variable name.

mod cedar;
mod doors;
mod env;
mod fga;
mod github;
mod lent_for;
mod mcp;
mod model;
mod oidc;
mod okta;
mod policy;
mod providers;
mod push;
mod retention;
mod targets;
mod tenants;
mod variables;

pub use cedar::{Policies, PolicySource};
pub use env::{ConfigError, Env};
pub use fga::{Fga, FgaAccess};
pub use github::{GitHub, GitHubAccess};
pub use lent_for::LentFor;
pub use mcp::{Mcp, McpHints, McpLimits, McpServer, McpTool};
pub use model::{Guardrail, Model, ModelFamily, Switch};
pub use oidc::{ClientSettings, CredentialSettings, Oidc};
pub use okta::{Okta, OktaAccess, OktaApplication};
pub use providers::Providers;
pub use push::Push;
pub use targets::Targets;
pub use tenants::{Tenant, Tenants, ToolNames};
pub use variables::{VARIABLES, Variable};

use ::oidc::profile::AudienceTokens;
use approvals::Policy;
use callers::DoorsConfig;
use env::Reader;
use secrecy::SecretString;
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use turns::{AdmissionLimits, Retention};
use url::Url;

/// All settings of the server.
#[derive(Debug, Clone)]
pub struct Config {
    /// The public URL of the application.
    pub url: Url,
    /// The doors by which others than browsers reach the turns.
    pub doors: DoorsConfig,
    /// The policies in front of what comes through them.
    pub policies: Option<Policies>,
    /// The address on which a door listens; by default all addresses, with the port of the door.
    pub door_listen: Option<SocketAddr>,
    /// The address and port to listen on.
    pub listen: SocketAddr,
    /// The directory that holds style sheet, script and WebAssembly.
    pub site_root: PathBuf,
    /// Serves the style guide, for demos and tests.
    pub style_guide: bool,
    /// The identity provider, and our client there.
    pub oidc: Oidc,
    /// The approval of elevated actions.
    pub approval: Approval,
    /// Notifications in people's browsers; `None` if they are off.
    pub push: Option<Push>,
    /// Fine-grained authorization.
    pub fga: Fga,
    /// Okta; `None` if no tool acts there.
    pub okta: Option<Okta>,
    /// The weather service; `None` if no outside service may be asked for the weather.
    pub weather: Option<Weather>,
    /// The MCP servers whose tools are offered beside the built-in ones.
    pub mcp: Mcp,
    /// The targets whose tools are offered beside the built-in ones.
    pub targets: Targets,
    /// GitHub; `None` if no account to use it with is configured.
    pub github: Option<GitHub>,
    /// The token that Auth0's Token Vault takes in exchange for tokens of people's accounts.
    pub lent_for: LentFor,
    /// The OAuth providers whose tokens the local vault keeps.
    pub providers: Providers,
    /// The language model.
    pub model: Model,
    /// AWS.
    pub aws: Aws,
    /// The organization of people whose sign-in names none.
    pub tenant: String,
    /// The tenants beside that of the deployment.
    pub tenants: Tenants,
    /// Lifetime of a session, in hours.
    pub session_hours: u16,
    /// Duration of a turn's lease, in seconds: 2 to 60. The turns of an instance that died wait this long for another
    /// instance. A busy instance may lose a lease that is too short; a long one keeps people waiting.
    pub lease_seconds: u16,
    /// The limits on what people may have at once.
    pub admission: AdmissionLimits,
    /// The times without use after which conversations are deleted.
    pub retention: Retention,
    /// The format of log lines.
    pub log_format: LogFormat,
    /// The filter for log lines, as `tracing` directives.
    pub log: String,
}

/// The approval of elevated actions: by CIBA at the identity provider, by passkeys, by second persons.
#[derive(Debug, Clone)]
pub struct Approval {
    /// The API at the provider for which the type of the authorization details is registered.
    pub audience: Option<String>,
    /// The format of the authorization details.
    pub details: Details,
    /// Time for which a person may answer, in seconds: 30 to 300, since Auth0 sends a longer request by e-mail.
    pub seconds: u16,
    /// The channels by which each action is approved.
    pub policy: Policy,
}

/// The format of an approval's authorization details.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Details {
    /// The format that Auth0's stock Guardian app shows.
    Guardian,
    /// Our own type, for a custom approver app.
    Own,
}

/// The credentials of a client at a token endpoint.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The token endpoint.
    pub token_url: Url,
    /// The audience.
    pub audience: Option<String>,
    /// The client's id.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: SecretString,
}

/// The APIs of Open-Meteo.
#[derive(Debug, Clone)]
pub struct Weather {
    /// The forecast API.
    pub forecast: Url,
    /// The geocoding API.
    pub geocoding: Url,
}

/// Settings for AWS. Account and region come from the SDK's own chain.
#[derive(Debug, Clone)]
pub struct Aws {
    /// A custom `DynamoDB` endpoint.
    pub dynamodb_url: Option<Url>,
    /// A custom Secrets Manager endpoint.
    pub secrets_url: Option<Url>,
    /// A custom AWS STS endpoint.
    pub sts_url: Option<Url>,
    /// The secret with the session keys.
    pub session_key_secret_id: String,
    /// The secret with the keys that seal conversations.
    pub conversation_key_secret_id: String,
    /// The secret with the keys that wrap the stored tokens of people's accounts.
    pub vault_key_secret_id: String,
    /// The secret with the keys that sign the ledger.
    pub ledger_key_secret_id: String,
    /// The table of sessions.
    pub sessions_table: String,
    /// The table of everything else.
    pub table: String,
}

impl Aws {
    /// Returns the custom endpoint of `DynamoDB` as the SDK takes it.
    #[must_use]
    pub fn dynamodb_endpoint(&self) -> Option<String> {
        self.dynamodb_url.as_ref().map(Url::to_string)
    }

    /// Returns the custom endpoint of Secrets Manager as the SDK takes it.
    #[must_use]
    pub fn secrets_endpoint(&self) -> Option<String> {
        self.secrets_url.as_ref().map(Url::to_string)
    }
}

/// The format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Text for people.
    Text,
    /// JSON for machines, one object per line.
    Json,
}

impl Config {
    /// Reads the configuration from `env`.
    ///
    /// # Errors
    /// Returns all mistakes at once.
    pub fn read(env: &Env) -> Result<Self, Vec<ConfigError>> {
        let mut r = Reader::new(env);
        let providers = Providers::read(&mut r);
        let oidc = Oidc::read(&mut r);
        let config = Self {
            url: r.public_url("COUNTERSIGN_URL"),
            listen: r.parsed("COUNTERSIGN_LISTEN", "an address and port, like 127.0.0.1:3000"),
            doors: doors::read(&mut r),
            policies: cedar::read(&mut r),
            door_listen: r.optional_parsed("DOOR_LISTEN", "an address and port, like 0.0.0.0:8080"),
            site_root: PathBuf::from(r.text("LEPTOS_SITE_ROOT")),
            style_guide: r.choice("STYLEGUIDE", &[("false", false), ("true", true)]),
            approval: Approval {
                audience: approval_audience(&mut r, &oidc),
                details: r.choice("APPROVAL_DETAILS", &[("guardian", Details::Guardian), ("own", Details::Own)]),
                seconds: r.within("APPROVAL_SECONDS", 30..=300),
                policy: policy::read(&mut r),
            },
            push: Push::read(&mut r),
            fga: Fga::read(&mut r),
            okta: Okta::read(&mut r, &providers, &oidc),
            oidc,
            weather: r.optional_url("OPEN_METEO_URL").map(|forecast| Weather {
                geocoding: r.optional_url("OPEN_METEO_GEOCODING_URL").unwrap_or_else(|| forecast.clone()),
                forecast,
            }),
            mcp: mcp::read(&mut r),
            targets: Targets::read(&mut r),
            github: GitHub::read(&mut r, &providers),
            lent_for: LentFor::read(&mut r),
            providers,
            model: Model::read(&mut r),
            aws: Aws {
                dynamodb_url: r.optional_url("DYNAMODB_ENDPOINT_URL"),
                secrets_url: r.optional_url("SECRETS_MANAGER_ENDPOINT_URL"),
                sts_url: r.optional_url("STS_ENDPOINT_URL"),
                session_key_secret_id: r.text("SESSION_KEY_SECRET_ID"),
                conversation_key_secret_id: keyring(&mut r, "CONVERSATION_KEY_SECRET_ID"),
                vault_key_secret_id: keyring(&mut r, "VAULT_KEY_SECRET_ID"),
                ledger_key_secret_id: r.text("LEDGER_KEY_SECRET_ID"),
                sessions_table: r.text("SESSIONS_TABLE"),
                table: r.text("COUNTERSIGN_TABLE"),
            },
            tenant: r.text("COUNTERSIGN_TENANT"),
            tenants: Tenants::read(&mut r),
            session_hours: r.within("SESSION_HOURS", 1..=720),
            lease_seconds: r.within("LEASE_SECONDS", 2..=60),
            admission: AdmissionLimits {
                posts_a_minute: r.within("MAX_POSTS_A_MINUTE", 1..=60_000),
                turns: r.within("MAX_TURNS", 1..=100_000),
                streams: r.within("MAX_STREAMS", 1..=1_000_000),
                ..AdmissionLimits::default()
            },
            retention: retention::read(&mut r),
            log_format: r.choice("LOG_FORMAT", &[("text", LogFormat::Text), ("json", LogFormat::Json)]),
            log: r.text("LOG_LEVEL"),
        };
        Tenants::check(&config, &mut r);
        if config.oidc.audience_tokens == AudienceTokens::Unsupported {
            let profile = config.oidc.profile.name;
            let problem = |what: &str| {
                format!("names {what}, but the profile {profile} gets no access tokens for them: see OIDC_API_TOKENS")
            };
            if !config.mcp.servers.is_empty() {
                r.wrong("MCP_FILE", &problem("servers"));
            }
            if config.targets.gateway.audiences().next().is_some() {
                r.wrong("GATEWAY_FILE", &problem("audiences"));
            }
        }
        r.finish(config)
    }

    /// Returns the tenants of the deployment itself: the one by default, and the organization that people must sign in to.
    #[must_use]
    pub fn own_tenants(&self) -> BTreeSet<&str> {
        [Some(self.tenant.as_str()), self.oidc.organization.as_deref()].into_iter().flatten().collect()
    }

    /// Returns the origin of [`Config::url`], as browsers send it.
    #[must_use]
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// Returns the address on which a door with this port by default listens.
    #[must_use]
    pub fn door_address(&self, port: u16) -> SocketAddr {
        self.door_listen.unwrap_or_else(|| SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)))
    }

    /// Returns `true` if people reach the server by TLS. Plain HTTP is accepted only on a loopback name.
    #[must_use]
    pub fn secure(&self) -> bool {
        self.url.scheme() == "https"
    }
}

/// Reads the audience of approvals. It is required if the provider takes the action as authorization details, whose
/// type is registered for an API.
fn approval_audience(r: &mut Reader<'_>, oidc: &Oidc) -> Option<String> {
    let audience = r.optional("APPROVAL_AUDIENCE");
    if audience.is_none() && oidc.sends_details() {
        let problem = "is missing: the provider registers the type of the approval's details with an API";
        r.wrong("APPROVAL_AUDIENCE", problem);
    }
    audience
}

/// Returns the keyring that `setting` names; without it, the keyring of the sessions.
fn keyring(r: &mut Reader<'_>, setting: &'static str) -> String {
    r.optional(setting).unwrap_or_else(|| r.text("SESSION_KEY_SECRET_ID"))
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::with;
