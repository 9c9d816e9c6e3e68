//! The one place that names concrete adapters.

mod borrowing;
pub mod ledger;
mod model;
mod own_vault;
mod remote_tools;
mod token_vault;

pub use model::limits;
pub use own_vault::SealedTokens;

use crate::accounts::Accounts;
use crate::clock::SystemClock;
use crate::config::{Config, Credentials, Details};
use crate::edge::identity::Naming;
use crate::edge::logout::Auth;
use crate::instructions;
use crate::random::{self, SystemIds};
use crate::services::{Check, Services};
use crate::turns::{Beat, Lease, Turns};
use crate::vaults::Vaults;
use agent::ports::{LeaseId, Unavailable};
use agent::turn::{Limits, Runner};
use agent::{Guard, Tool, Toolbox};
use async_trait::async_trait;
use aws_config::{BehaviorVersion, SdkConfig};
use dynamo::{
    DynamoAttention, DynamoConversations, DynamoLeases, DynamoLedger, DynamoPins, DynamoSessions, Grants, SignIns,
};
use everyday::{Calculate, Weather};
use fga::OpenFga;
use futures::FutureExt;
use futures::future::BoxFuture;
use github::GitHubRepositories;
use identity::{Ciba, ClientCredentials, RelyingParty, ResourceVault};
use okta::{Deed, OktaDeed, OktaGroups, OktaUser};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// The session store.
pub type Sessions = DynamoSessions;

/// The server put together.
#[derive(Debug)]
pub struct Wired {
    /// What requests need.
    pub services: Arc<Services>,
    /// People's own accounts.
    pub accounts: Arc<Accounts>,
    /// The vaults that must settle before the server ends.
    pub vaults: Renewing,
    /// What sign-in and sign-out need.
    pub auth: Auth,
    /// How people are named.
    pub naming: Naming,
}

/// The vaults that renew tokens.
#[derive(Debug, Clone)]
pub struct Renewing {
    own: Option<vault::OwnVault>,
    access: Arc<ResourceVault>,
}

impl Renewing {
    /// Waits until every renewal that was begun has kept what it was given.
    pub async fn settle(&self) {
        if let Some(own) = &self.own {
            own.settle().await;
        }
        self.access.settle().await;
    }
}

/// What bounds turns and streams. The defaults are the product's; a test that waits for a bound shortens it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bounds {
    /// The bounds of a turn.
    pub turn: Limits,
    /// How often a quiet stream looks whether its session still lives.
    pub beat: Beat,
    /// How long a turn's lease lives.
    pub lease: Lease,
    /// How long an approval may be answered, if not as configured.
    pub approval: Option<Duration>,
}

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The session keys cannot be had: nothing falls back to plain text.
    #[error("the session keys cannot be had, so no session could be sealed: {0}")]
    Keys(#[from] Unavailable),
    /// The ledger's keys cannot be had: nothing is done that could not be written down for good.
    #[error("the keys of the ledger cannot be had, so no deed could be written down: {0}")]
    LedgerKeys(Unavailable),
    /// The keys of the vault cannot be had.
    #[error("the keys of the vault cannot be had, so no account could be connected: {0}")]
    VaultKeys(Unavailable),
    /// The secret of a provider cannot be had.
    #[error("the secret of the provider {provider} cannot be had: {error}")]
    ProviderSecret {
        /// The provider.
        provider: String,
        /// Why.
        error: Unavailable,
    },
    /// The ledger cannot be read.
    #[error("the ledger cannot be read: {0}")]
    Ledger(Unavailable),
    /// An HTTP client cannot be made.
    #[error("no HTTP client: {0}")]
    Http(#[from] reqwest::Error),
    /// The relying party cannot be set up.
    #[error("sign-in: {0}")]
    SignIn(String),
    /// The MCP servers cannot be used as they are configured.
    #[error("MCP_FILE: {0}")]
    Mcp(String),
    /// No model is named, and the region has no default one.
    #[error("set BEDROCK_MODEL_ID: AWS documents no inference profile of Nova Pro for the region {region:?}")]
    NoModel {
        /// The AWS region; empty if none is set.
        region: String,
    },
    /// Two tools have one name.
    #[error(transparent)]
    Tools(#[from] agent::toolbox::DuplicateTool),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] random::NoRandomness),
}

/// The AWS account and region, by the SDK's own chain.
pub async fn aws() -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest()).load().await
}

/// Makes every adapter once, in the account and region of `aws`.
///
/// # Errors
/// See [`StartError`].
pub async fn wire(config: &Config, aws: &SdkConfig, bounds: Bounds) -> Result<Wired, StartError> {
    let url = |url: &Option<url::Url>| url.as_ref().map(url::Url::to_string);
    let secret = &config.aws.session_key_secret_id;
    let keyring = Arc::new(dynamo::fetch_keyring(aws, url(&config.aws.secrets_url), secret).await?);
    let ledger_keys = ledger::keys(config, aws).await?;
    let store = dynamo::client(aws, url(&config.aws.dynamodb_url));
    let table = config.aws.table.clone();
    let sessions = DynamoSessions::new(store.clone(), config.aws.sessions_table.clone(), keyring.clone());
    let conversations = Arc::new(DynamoConversations::new(store.clone(), table.clone(), keyring.clone()));
    let relying_party = Arc::new(relying_party(config)?);
    let http = identity::http::client()?;
    let authorizer = Arc::new(authorizer(config, &http)?);
    let ledger = Arc::new(DynamoLedger::new(store.clone(), table.clone(), Arc::new(ledger_keys)));
    let patience = bounds.approval.unwrap_or(Duration::from_secs(u64::from(config.approval.seconds)));
    let approver = Ciba::new(relying_party.clone(), config.approval.audience.clone(), form(config.approval.details));
    let grants = Grants::new(store.clone(), table.clone(), config.aws.sessions_table.clone(), keyring.clone());
    let servers = remote_tools::servers(config)?;
    let people = Arc::new(token_vault::SignedInPeople(grants.clone()));
    // One for all: a provider that rotates refresh tokens takes each of them once.
    let access = Arc::new(access_tokens(config, &relying_party, people.clone(), &servers)?);
    let sign_ins = borrowing::SignIns { relying_party: relying_party.clone(), people, access: access.clone() };
    let borrowing = borrowing::wire(config, aws, sign_ins, &http).await?;
    let pins = DynamoPins::new(store.clone(), table.clone());
    let own = Toolbox::new(tools(config, borrowing.github_scopes)?)?;
    let catalog = remote_tools::catalog(servers, own, pins, access.clone())?;
    let remote = |vaults: Vaults, provider| vaults.with(provider, Arc::new(catalog.clone()));
    let attention = Arc::new(DynamoAttention::new(store.clone(), table.clone()));
    let guard = Guard {
        authorizer: authorizer.clone(),
        approver: Arc::new(approver.map_err(StartError::SignIn)?),
        attention: attention.clone(),
        ledger: ledger.clone(),
        vault: Arc::new(catalog.providers().fold(borrowing.vaults, remote)),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        patience: i64::try_from(patience.as_millis()).unwrap_or(i64::MAX),
    };
    let runner = Runner {
        model: Arc::new(model::model(config, aws, bounds.turn.silence)?),
        guard,
        toolboxes: Arc::new(catalog.clone()),
        clock: Arc::new(SystemClock),
        limits: bounds.turn,
        instructions: Arc::new(instructions::system_prompt),
    };
    let leases = Arc::new(DynamoLeases::new(store.clone(), table.clone()));
    let turns = Turns::new(runner, conversations.clone(), leases, LeaseId(random::text()?), bounds.lease);
    let checks = vec![
        check("store", conversations.clone(), |it| async move { it.ready().await }.boxed()),
        check("permissions", authorizer.clone(), |it| async move { it.ready().await }.boxed()),
        check("sign-in", relying_party.clone(), |it| async move { it.ready().await }.boxed()),
    ];
    let naming = Naming { principal: config.fga.principal, tenant: config.tenant.as_str().into() };
    Ok(Wired {
        services: Arc::new(Services {
            conversations,
            audit: ledger.clone(),
            ledger,
            attention,
            authorizer,
            turns,
            remote_tools: Arc::new(remote_tools::Shown(catalog)),
            sessions: Arc::new(sessions.clone()),
            checks,
            beat: bounds.beat,
            thinking: config.model.show_thinking.into(),
        }),
        accounts: Arc::new(borrowing.accounts),
        vaults: Renewing { own: borrowing.own, access },
        auth: Auth {
            grants,
            relying_party,
            sign_ins: SignIns::new(store, table),
            sessions,
            naming: naming.clone(),
            lifetime: time::Duration::hours(i64::from(config.session_hours)),
            home: config.url.as_str().into(),
        },
        naming,
    })
}

/// Makes the tables: what `countersign tables create` does.
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

/// Wraps what seals people's tokens by the newest key: what `countersign vault rotate` does. A second run does what a first
/// one did not, and none disturbs the servers that run.
///
/// # Errors
/// [`Unavailable`] with the cause.
pub async fn rotate(config: &Config, aws: &SdkConfig) -> Result<dynamo::Rotated, Unavailable> {
    borrowing::rotate(config, aws).await
}

fn relying_party(config: &Config) -> Result<RelyingParty, StartError> {
    let redirect = config.url.join("auth/callback").map_err(|error| StartError::SignIn(error.to_string()))?;
    let config = identity::Config {
        issuer: config.oidc.issuer.to_string(),
        client_id: config.oidc.client_id.clone(),
        client_secret: config.oidc.client_secret.clone(),
        redirect_url: redirect.to_string(),
    };
    RelyingParty::new(config).map_err(StartError::SignIn)
}

/// Lends the identity provider's own access tokens: for MCP servers, and for what is asked there about people's accounts.
fn access_tokens(
    config: &Config,
    relying_party: &Arc<RelyingParty>,
    people: Arc<token_vault::SignedInPeople>,
    servers: &mcp::Servers,
) -> Result<ResourceVault, StartError> {
    let audiences = servers.iter().map(|own| (own.provider(), own.audience.clone()));
    let audiences = audiences.chain(borrowing::audiences(config)).collect();
    ResourceVault::new(relying_party.clone(), people, audiences).map_err(StartError::SignIn)
}

fn authorizer(config: &Config, http: &reqwest::Client) -> Result<OpenFga, StartError> {
    let bearer = config.fga.credentials.as_ref().map(|credentials| {
        let bearer: Arc<dyn fga::Bearer> = Arc::new(FgaBearer(client_credentials(credentials, Vec::new(), http)));
        bearer
    });
    let config = fga::Config {
        api_url: config.fga.api_url.to_string(),
        store_id: config.fga.store_id.clone(),
        model_id: config.fga.model_id.clone(),
        timeout: Duration::from_secs(5),
    };
    Ok(OpenFga::new(config, bearer)?)
}

struct FgaBearer(ClientCredentials);

#[async_trait]
impl fga::Bearer for FgaBearer {
    async fn token(&self) -> Result<SecretString, String> {
        self.0.token().await
    }

    async fn forget(&self) {
        self.0.forget().await;
    }
}

fn client_credentials(credentials: &Credentials, scopes: Vec<String>, http: &reqwest::Client) -> ClientCredentials {
    ClientCredentials {
        token_url: credentials.token_url.to_string(),
        client_id: credentials.client_id.clone(),
        client_secret: credentials.client_secret.clone(),
        audience: credentials.audience.clone(),
        scopes,
        http: http.clone(),
        kept: Mutex::default(),
    }
}

fn tools(config: &Config, github_scopes: Option<Vec<String>>) -> Result<Vec<Arc<dyn Tool>>, StartError> {
    let okta = okta::Config { base_url: config.okta.base_url.clone(), timeout: Duration::from_secs(10) };
    let client = okta::Client::new(okta)?;
    let mut tools: Vec<Arc<dyn Tool>> =
        vec![Arc::new(OktaGroups::new(client.clone())), Arc::new(OktaUser::new(client.clone()))];
    tools.push(Arc::new(Calculate::default()));
    if let Some(weather) = &config.weather {
        let (forecast, geocoding) = (weather.forecast.clone(), weather.geocoding.clone());
        let weather = everyday::Config { forecast, geocoding, timeout: Duration::from_secs(8) };
        tools.push(Arc::new(Weather::new(weather)?));
    }
    tools.extend(Deed::ALL.map(|deed| Arc::new(OktaDeed::new(deed, client.clone())) as Arc<dyn Tool>));
    if let (Some(github), Some(scopes)) = (&config.github, github_scopes) {
        let github = github::Config { api_url: github.api_url.clone(), timeout: Duration::from_secs(10) };
        tools.push(Arc::new(GitHubRepositories::new(github::Client::new(github)?, scopes)));
    }
    Ok(tools)
}

const fn form(details: Details) -> identity::Form {
    match details {
        Details::Guardian => identity::Form::Guardian,
        Details::Own => identity::Form::Own,
    }
}

fn check<T: Send + Sync + 'static>(
    name: &'static str,
    it: Arc<T>,
    ask: impl Fn(Arc<T>) -> BoxFuture<'static, Result<(), Unavailable>> + Send + Sync + 'static,
) -> Check {
    let ask = move || ask(it.clone()).map(|answer| answer.map_err(|error| error.to_string())).boxed();
    Check { name, ask: Box::new(ask) }
}
