//! Creates the adapters and connects them to the ports: the only module that names concrete adapters.

mod access_tokens;
mod doctor;
mod identity;
pub mod ledger;
mod model;
mod remote_tools;

pub use access_tokens::SealedTokens;
pub use doctor::examine;
pub use identity::report;
pub use model::limits;

use crate::cached_conversations::CachedConversations;
use crate::clock::SystemClock;
use crate::config::{Config, Credentials, FgaAccess, Okta, OktaAccess};
use crate::edge::cookies::OwnCookies;
use crate::edge::headers::Transport;
use crate::edge::health::Readiness;
use crate::edge::logout::Auth;
use crate::instructions;
use crate::offered::OfferedTools;
use crate::pulse::{LivingSessions, Pulse};
use crate::random::{self, SystemIds};
use crate::services::{Check, Services};
use crate::turns::{AdmissionLimits, Beat, Lease, Settings, Turns};
use agent::ports::{Approver, Conversations, LeaseId, Unavailable};
use agent::turn::{Limits, Runner};
use agent::{Guard, Tool, Toolbox};
use async_trait::async_trait;
use aws_config::{BehaviorVersion, SdkConfig};
use credentials::accounts::Accounts;
use credentials::{ApplicationCredentials, ApplicationToken, AudienceTokens, CredentialProviders, LocalVault};
use dynamo::{
    DynamoConversations, DynamoFeed, DynamoLeases, DynamoLedgerStore, DynamoPins, DynamoPromptLimiter, DynamoSessions,
    Grants, PendingConnections, SignIns,
};
use everyday::{Calculate, Weather};
use fga::OpenFga;
use futures::FutureExt;
use futures::future::BoxFuture;
use github::GitHubRepositories;
use oidc::RelyingParty;
use secrecy::SecretString;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tower_sessions::session::Id;

/// The assembled server.
#[derive(Debug)]
pub struct Wired {
    /// Services of the request handlers.
    pub services: Arc<Services>,
    /// Managers of people's own accounts.
    pub accounts: Arc<Accounts>,
    /// Credential providers that must settle before the server ends.
    pub vaults: Renewing,
    /// Services of sign-in and sign-out.
    pub auth: Auth,
    /// Store of pending account connections.
    pub pending: PendingConnections,
}

/// The credential providers that renew tokens.
#[derive(Debug, Clone)]
pub struct Renewing {
    own: Option<LocalVault>,
    access: Arc<AudienceTokens>,
}

impl Renewing {
    /// Waits until every running renewal has stored its tokens.
    pub async fn settle(&self) {
        if let Some(own) = &self.own {
            own.settle().await;
        }
        self.access.settle().await;
    }
}

/// Limits of turns and streams. The defaults are the product's; tests shorten them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bounds {
    /// Limits of a turn.
    pub turn: Limits,
    /// Interval of a stream's heartbeats, at which the end of its session is noticed.
    pub beat: Beat,
    /// Time for which the outcome of the readiness checks is cached; by default they run for every request.
    pub readiness: Duration,
    /// Duration of a turn's lease.
    pub lease: Lease,
    /// Limits on what people may run at once.
    pub admission: AdmissionLimits,
    /// Time in which an approval may be answered; none for the configured time.
    pub approval: Option<Duration>,
}

/// Reason why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The session keys cannot be fetched. Sessions are never stored in plain text instead.
    #[error("the session keys cannot be had, so no session could be sealed: {0}")]
    Keys(#[from] Unavailable),
    /// The keys of the ledger cannot be fetched. No action runs that the ledger could not record.
    #[error("the keys of the ledger cannot be had, so no deed could be written down: {0}")]
    LedgerKeys(Unavailable),
    /// The keys of the local vault cannot be fetched.
    #[error("the keys of the vault cannot be had, so no account could be connected: {0}")]
    VaultKeys(Unavailable),
    /// The secret of a provider cannot be fetched.
    #[error("the secret of the provider {provider} cannot be had: {error}")]
    ProviderSecret {
        /// Identifier of the provider.
        provider: String,
        /// Cause.
        error: Unavailable,
    },
    /// The ledger cannot be read.
    #[error("the ledger cannot be read: {0}")]
    Ledger(Unavailable),
    /// An HTTP client cannot be created.
    #[error("no HTTP client: {0}")]
    Http(#[from] reqwest::Error),
    /// The relying party, the identity provider's client for sign-in, cannot be created.
    #[error("sign-in: {0}")]
    SignIn(String),
    /// A private key in Secrets Manager cannot be used.
    #[error("{variable} {problem}")]
    ClientKey {
        /// Environment variable that names the secret.
        variable: &'static str,
        /// Description of the problem, continuing the variable's name.
        problem: String,
    },
    /// The configuration of the MCP servers is invalid.
    #[error("MCP_FILE: {0}")]
    Mcp(String),
    /// No model is configured, and there is no default for the region.
    #[error("set BEDROCK_MODEL_ID: AWS documents no inference profile of Nova Pro for the region {region:?}")]
    NoModel {
        /// AWS region; empty if none is set.
        region: String,
    },
    /// Two tools have the same name.
    #[error(transparent)]
    Tools(#[from] agent::toolbox::DuplicateTool),
    /// The operating system provides no randomness.
    #[error(transparent)]
    Randomness(#[from] random::NoRandomness),
}

/// Loads the AWS credentials and region by the SDK's default provider chain.
pub async fn aws() -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest()).load().await
}

/// Creates every adapter once, in the account and region of `aws`.
///
/// # Errors
/// See [`StartError`].
pub async fn wire(config: &Config, aws: &SdkConfig, bounds: Bounds) -> Result<Wired, StartError> {
    let url = |url: &Option<url::Url>| url.as_ref().map(url::Url::to_string);
    let secret = &config.aws.session_key_secret_id;
    let keyring = Arc::new(secrets::fetch_live_keyring(aws, url(&config.aws.secrets_url), secret).await?);
    keyring.keep_fresh();
    let ledger_keys = ledger::keys(config, aws).await?;
    let store = dynamo::client(aws, url(&config.aws.dynamodb_url));
    let table = config.aws.table.clone();
    let sessions_table = config.aws.sessions_table.clone();
    let sign_ins = SignIns::new(store.clone(), table.clone(), sessions_table.clone());
    let sessions = DynamoSessions::new(store.clone(), sessions_table.clone(), sign_ins.clone(), keyring.clone());
    let log_keys = &config.aws.conversation_key_secret_id;
    let log_keys = Arc::new(secrets::fetch_live_keyring(aws, url(&config.aws.secrets_url), log_keys).await?);
    log_keys.keep_fresh();
    let stored = Arc::new(DynamoConversations::new(store.clone(), table.clone(), log_keys.clone()));
    let cached = Arc::new(CachedConversations::new(stored.clone(), stored.clone()));
    let conversations: Arc<dyn Conversations> = cached.clone();
    let mapping = identity::mapping(config);
    let relying_party = Arc::new(identity::relying_party(config, aws, &mapping).await?);
    let authorizer = Arc::new(authorizer(config)?);
    let rows = Arc::new(DynamoLedgerStore::new(store.clone(), table.clone()));
    let ledger = Arc::new(::ledger::SignedLedger::new(rows, Arc::new(ledger_keys)));
    let patience = bounds.approval.unwrap_or(Duration::from_secs(u64::from(config.approval.seconds)));
    let approver = identity::approver(config, relying_party.clone());
    let grants = Grants::new(store.clone(), table.clone(), sessions_table, keyring.clone());
    let servers = remote_tools::servers(config)?;
    let people = Arc::new(access_tokens::SignedInPeople(grants.clone()));
    // Share one instance: a provider that rotates refresh tokens accepts each of them only once.
    let access = Arc::new(access_tokens(config, &relying_party, people.clone(), &servers));
    let sources = access_tokens::Sources {
        relying_party: relying_party.clone(),
        people,
        access: access.clone(),
        sign_ins: sign_ins.clone(),
    };
    let tokens = access_tokens::wire(config, aws, sources).await?;
    let pins = DynamoPins::new(store.clone(), table.clone());
    let own = Toolbox::new(tools(config, tokens.github_scopes)?)?;
    let catalog = remote_tools::catalog(servers, own, pins, access.clone())?;
    let remote = |vaults: CredentialProviders, provider| vaults.with(provider, Arc::new(catalog.clone()));
    let prompts = Arc::new(DynamoPromptLimiter::new(store.clone(), table.clone()));
    let approver: Arc<dyn Approver> = Arc::new(approver);
    let guard = Guard {
        authorizer: authorizer.clone(),
        approver: approver.clone(),
        prompts: prompts.clone(),
        ledger: ledger.clone(),
        vault: Arc::new(catalog.providers().fold(tokens.vaults, remote)),
        sign_ins: Arc::new(sign_ins.clone()),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        patience: i64::try_from(patience.as_millis()).unwrap_or(i64::MAX),
    };
    let runner = Runner {
        model: Arc::new(model::model(config, aws, bounds.turn.silence)?),
        guard,
        toolboxes: Arc::new(OfferedTools::new(Arc::new(catalog.clone()), approver)),
        clock: Arc::new(SystemClock),
        limits: bounds.turn,
        instructions: Arc::new(instructions::system_prompt),
    };
    let leases = Arc::new(DynamoLeases::new(store.clone(), table.clone(), log_keys));
    let feed = Arc::new(DynamoFeed::new(store.clone(), table.clone()));
    let settings = Settings {
        instance: LeaseId(random::text()?),
        lease: bounds.lease,
        admission: bounds.admission,
        random: random::number,
    };
    let turns = Turns::new(runner, conversations.clone(), leases, feed, settings);
    let checks = vec![
        check("store", stored, |it| async move { it.ready().await }.boxed()),
        check("permissions", authorizer.clone(), |it| async move { it.ready().await }.boxed()),
        check("sign-in", relying_party.clone(), |it| async move { it.ready().await }.boxed()),
    ];
    let pulse = Pulse::start(Arc::new(sessions.clone()), prompts.clone(), bounds.beat.0);
    Ok(Wired {
        services: Arc::new(Services {
            conversations,
            pages: cached,
            audit: ledger.clone(),
            ledger,
            prompts,
            authorizer,
            turns,
            remote_tools: Arc::new(remote_tools::Shown(catalog)),
            pulse,
            checks,
            readiness: Readiness::new(bounds.readiness),
            beat: bounds.beat,
            thinking: config.model.show_thinking.into(),
        }),
        accounts: Arc::new(tokens.accounts),
        vaults: Renewing { own: tokens.own, access },
        auth: Auth {
            grants,
            relying_party,
            sign_ins,
            sessions,
            mapping,
            keyring: keyring.clone(),
            cookies: OwnCookies(if config.secure() { Transport::Tls } else { Transport::Loopback }),
            lifetime: time::Duration::hours(i64::from(config.session_hours)),
            home: config.url.as_str().into(),
        },
        pending: PendingConnections::new(store, table, keyring),
    })
}

#[async_trait]
impl LivingSessions for DynamoSessions {
    async fn living(&self, sessions: &[Id]) -> Result<HashSet<Id>, Unavailable> {
        Self::living(self, sessions).await
    }
}

/// Creates the tables, for `countersign tables create`.
///
/// # Errors
/// [`Unavailable`] with the cause.
pub async fn create_tables(config: &Config) -> Result<(), Unavailable> {
    let client = dynamo::client(&aws().await, config.aws.dynamodb_url.as_ref().map(url::Url::to_string));
    let sessions = dynamo::tables::create_sessions(&client, &config.aws.sessions_table).await?;
    tracing::info!(table = config.aws.sessions_table, made = ?sessions, "table");
    let main = dynamo::tables::create_main(&client, &config.aws.table).await?;
    tracing::info!(table = config.aws.table, made = ?main, "table");
    Ok(())
}

/// Wraps the data keys of people's stored tokens with the newest key, for `countersign vault rotate`. Can be repeated
/// after a partial run, and does not disturb running servers.
///
/// # Errors
/// [`Unavailable`] with the cause.
pub async fn rotate(config: &Config, aws: &SdkConfig) -> Result<dynamo::Rotated, Unavailable> {
    access_tokens::rotate(config, aws).await
}

/// Creates the source of the identity provider's own access tokens, for MCP servers, the My Account API and the Token
/// Vault.
fn access_tokens(
    config: &Config,
    relying_party: &Arc<RelyingParty>,
    people: Arc<access_tokens::SignedInPeople>,
    servers: &mcp::Servers,
) -> AudienceTokens {
    let audiences = servers.iter().map(|own| (own.provider(), own.audience.clone()));
    let audiences = audiences.chain(access_tokens::audiences(config)).collect();
    AudienceTokens::new(relying_party.clone(), people, audiences)
}

fn authorizer(config: &Config) -> Result<OpenFga, StartError> {
    let bearer: Option<Arc<dyn fga::Bearer>> = match &config.fga.access {
        FgaAccess::Open => None,
        FgaAccess::Key(key) => Some(Arc::new(FgaKey(key.clone()))),
        FgaAccess::Client(credentials) => Some(fga_bearer(credentials)?),
    };
    let config = fga::Config {
        api_url: config.fga.api_url.to_string(),
        store_id: config.fga.store_id.clone(),
        model_id: config.fga.model_id.clone(),
        timeout: Duration::from_secs(5),
    };
    Ok(OpenFga::new(config, bearer)?)
}

struct FgaBearer(ApplicationToken);

#[async_trait]
impl fga::Bearer for FgaBearer {
    async fn token(&self) -> Result<SecretString, String> {
        self.0.token().await.map_err(|error| error.cause)
    }

    async fn forget(&self) {
        self.0.forget();
    }
}

/// A preshared key of an `OpenFGA` server. It is constant, so rejecting it has no effect.
struct FgaKey(SecretString);

#[async_trait]
impl fga::Bearer for FgaKey {
    async fn token(&self) -> Result<SecretString, String> {
        Ok(self.0.clone())
    }

    async fn forget(&self) {}
}

fn fga_bearer(credentials: &Credentials) -> Result<Arc<dyn fga::Bearer>, StartError> {
    let credentials = ApplicationCredentials {
        service: "the permission service",
        token_url: credentials.token_url.clone(),
        client: oidc::Client::with_secret(credentials.client_id.clone(), credentials.client_secret.clone(), None),
        audience: credentials.audience.clone(),
        scopes: Vec::new(),
    };
    Ok(Arc::new(FgaBearer(ApplicationToken::new(credentials)?)))
}

fn tools(config: &Config, github_scopes: Option<Vec<String>>) -> Result<Vec<Arc<dyn Tool>>, StartError> {
    let mut tools: Vec<Arc<dyn Tool>> = vec![Arc::new(Calculate::default())];
    if let Some(okta) = &config.okta {
        let (base_url, timeout) = (okta.base_url.clone(), Duration::from_secs(10));
        tools.extend(okta::tools(okta::Config { base_url, timeout, acts_as: acts_as(config, okta) })?);
    }
    if let Some(weather) = &config.weather {
        let (forecast, geocoding) = (weather.forecast.clone(), weather.geocoding.clone());
        let weather = everyday::Config { forecast, geocoding, timeout: Duration::from_secs(8) };
        tools.push(Arc::new(Weather::new(weather)?));
    }
    if let (Some(github), Some(scopes)) = (&config.github, github_scopes) {
        let github = github::Config { api_url: github.api_url.clone(), timeout: Duration::from_secs(10) };
        tools.push(Arc::new(GitHubRepositories::new(github::Client::new(github)?, scopes)));
    }
    Ok(tools)
}

/// Returns the owner of the access tokens for Okta: the person or the application.
fn acts_as(config: &Config, okta: &Okta) -> okta::ActsAs {
    let by_people = match &okta.access {
        OktaAccess::Own { .. } => true,
        OktaAccess::Application(_) => false,
        OktaAccess::Provider => {
            let mut providers = config.providers.all.iter();
            providers.any(|provider| provider.id == okta::PROVIDER && provider.people().is_some())
        }
    };
    if by_people { okta::ActsAs::Person } else { okta::ActsAs::Application }
}

fn check<T: Send + Sync + 'static>(
    name: &'static str,
    it: Arc<T>,
    ask: impl Fn(Arc<T>) -> BoxFuture<'static, Result<(), Unavailable>> + Send + Sync + 'static,
) -> Check {
    let ask = move || ask(it.clone()).map(|answer| answer.map_err(|error| error.to_string())).boxed();
    Check { name, ask: Box::new(ask) }
}
