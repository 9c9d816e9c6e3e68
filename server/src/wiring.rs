//! Creates the adapters and connects them to the ports: the only module that names concrete adapters.

mod access_tokens;
mod authorizer;
mod aws;
mod cedar;
mod doctor;
mod doors;
mod identity;
mod interceptors;
pub mod ledger_commands;
mod model;
mod published;
mod push;
mod remote_tools;
mod server_limits;
mod start_error;
mod storage;
mod targets;
mod tools;

pub use access_tokens::SealedTokens;
pub use authorizer::report_tenants;
pub use aws::aws;
pub use cedar::published;
pub use doctor::examine;
pub use doors::door;
pub use identity::report;
pub use model::limits;
pub use published::{NotPublished, PublishedPolicies};
pub use push::new_key;
pub use server_limits::{PermissionClock, ServerLimits};
pub use start_error::StartError;

use crate::config::Config;
use crate::instructions;
use crate::offered::OfferedTools;
use crate::tenant_tools::TenantTools;
use agent::access::{Access, AccessPorts};
use agent::ports::{AccessGrants, Approver, Conversations, LeaseId, Millis, Policies, Unavailable};
use agent::turn::Runner;
use agent::{Guard, Toolbox};
use authorizer::{PermissionStores, permission_stores};
use aws_config::SdkConfig;
use callers::ReplayMemory;
use credentials::accounts::Accounts;
use credentials::{AudienceTokens, CredentialProviders, LocalVault};
use edge::AppState;
use edge::cookies::OwnCookies;
use edge::doors::{Interceptors, PageSize};
use edge::headers::Transport;
use edge::health::Readiness;
use edge::logout::Auth;
use edge::pulse::Pulse;
use edge::services::{Check, InboxCounts, RoleHints, Services};
use fga::TenantStores;
use futures::FutureExt;
use futures::future::BoxFuture;
use mcp::Catalog;
use oidc::RelyingParty;
use std::sync::Arc;
use std::time::Duration;
use storage::Storage;
use system::SystemClock;
use system::random::{self, SystemIds};
use targets::Targets;
use tools::tools;
use turns::cached_conversations::CachedConversations;
use turns::{Settings, Stores, Turns};

/// The assembled server.
#[derive(Debug)]
pub struct Application {
    /// The state behind the routes.
    pub state: AppState,
    /// The bounds of calls that come through doors.
    pub policies: Arc<dyn Policies>,
    /// The operator's interceptors of the MCP door, if there are any.
    pub interceptors: Option<Arc<dyn Interceptors>>,
    /// The memory of used presigned requests of AWS callers, which all instances share.
    pub replays: Arc<dyn ReplayMemory>,
    /// Most tools of one page of the MCP door's list.
    pub tools_a_page: PageSize,
    /// Credential providers that must settle before the server ends.
    pub vaults: TokenRefreshers,
}

/// The credential providers that renew tokens.
#[derive(Debug, Clone)]
pub struct TokenRefreshers {
    own: Option<LocalVault>,
    access: Arc<AudienceTokens>,
}

impl TokenRefreshers {
    /// Waits until every running renewal has stored its tokens.
    pub async fn settle(&self) {
        if let Some(own) = &self.own {
            own.settle().await;
        }
        self.access.settle().await;
    }
}

/// Creates every adapter once, in the account and region of `aws`.
///
/// # Errors
/// See [`StartError`].
pub async fn wire(config: &Config, aws: &SdkConfig, limits: ServerLimits) -> Result<Application, StartError> {
    let storage = Storage::open(config, aws).await?;
    let mapping = identity::mapping(config);
    let relying_party = Arc::new(identity::relying_party(config, aws, &mapping).await?);
    let PermissionStores { own: own_store, all: authorizer, grants } =
        permission_stores(config, limits.permission_clock)?;
    let notifier = push::notifier(config, &storage)?;
    let approver = identity::approver(config, relying_party.clone(), &storage, authorizer.clone(), notifier.clone());
    let approver: Arc<dyn Approver> = Arc::new(approver);
    let ToolsAndTokens { catalog, own_tools, targets, credentials, accounts, own, access } =
        tools_and_tokens(config, aws, &storage, &relying_party).await?;
    let toolboxes = Arc::new(TenantTools::new(Arc::new(catalog.clone()), authorizer::tools(config)));
    let toolboxes = Arc::new(OfferedTools::new(toolboxes, approver.clone(), config.oidc.issuer.as_str().into()));
    let cedar::Bounded { policies, toolboxes } = cedar::policies(config, aws, toolboxes).await?;
    let guard = Guard {
        authorizer: authorizer.clone(),
        approver: approver.clone(),
        prompts: storage.prompts.clone(),
        policies: policies.clone(),
        ledger: storage.ledger.clone(),
        vault: Arc::new(credentials),
        sign_ins: Arc::new(storage.sign_ins.clone()),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        patience: patience(config, &limits),
    };
    let accounts = Arc::new(accounts);
    let requests = requests_for_access(authorizer.clone(), grants, &storage, &limits);
    let runner = Runner {
        model: Arc::new(model::model(config, aws, limits.turn.silence)?),
        guard,
        toolboxes: toolboxes.clone(),
        clock: Arc::new(SystemClock),
        limits: limits.turn,
        instructions: Arc::new(instructions::system_prompt),
    };
    let checks = vec![
        check("store", storage.conversations.clone(), |it| async move { it.ready().await }.boxed()),
        check("permissions", own_store, |it| async move { it.ready().await }.boxed()),
        check("sign-in", relying_party.clone(), |it| async move { it.ready().await }.boxed()),
    ];
    let cached = Arc::new(CachedConversations::new(storage.conversations.clone(), storage.conversations.clone()));
    let conversations: Arc<dyn Conversations> = cached.clone();
    let services = Services {
        turns: turns(runner, conversations.clone(), &storage, &limits)?,
        conversations,
        pages: cached,
        search: storage.conversations.clone(),
        audit: storage.ledger.clone(),
        passkeys: identity::passkeys(config, &storage),
        standing: identity::standing(&storage),
        requests: storage.requests.clone(),
        records: storage.records,
        notifier,
        subscriptions: storage.subscriptions.clone(),
        ledger: storage.ledger,
        pulse: Pulse::start(Arc::new(storage.sessions.clone()), storage.prompts.clone(), limits.beat.0),
        prompts: storage.prompts,
        authorizer,
        access: requests,
        toolboxes,
        own_tools,
        accounts: accounts.clone(),
        sign_ins: Arc::new(storage.sign_ins.clone()),
        roles: RoleHints::default(),
        inbox: InboxCounts::default(),
        remote_tools: Arc::new(remote_tools::Shown { catalog, targets: targets.shown(config) }),
        checks,
        readiness: Readiness::new(limits.readiness),
        beat: limits.beat,
        reasoning: config.model.show_reasoning.into(),
    };
    let auth = Auth {
        grants: storage.grants,
        relying_party,
        sign_ins: storage.sign_ins,
        sessions: storage.sessions,
        subscriptions: storage.subscriptions,
        mapping,
        keyring: storage.keyring,
        cookies: OwnCookies(if config.secure() { Transport::Tls } else { Transport::Loopback }),
        lifetime: time::Duration::hours(i64::from(config.session_hours)),
        home: config.url.as_str().into(),
    };
    let replays = Arc::new(doors::SharedReplays(storage.replays));
    let state = AppState { services: Arc::new(services), auth, pending: storage.pending };
    let vaults = TokenRefreshers { own, access };
    let tools_a_page = limits.tools_a_page;
    Ok(Application { state, policies, interceptors: targets.interceptors, replays, tools_a_page, vaults })
}

/// The tools, and the access tokens that they need.
struct ToolsAndTokens {
    catalog: Catalog,
    /// The tools that need no MCP server.
    own_tools: Toolbox,
    targets: Targets,
    credentials: CredentialProviders,
    accounts: Accounts,
    /// The local vault, if it has providers.
    own: Option<LocalVault>,
    /// The source of the identity provider's own access tokens.
    access: Arc<AudienceTokens>,
}

async fn tools_and_tokens(
    config: &Config,
    aws: &SdkConfig,
    storage: &Storage,
    relying_party: &Arc<RelyingParty>,
) -> Result<ToolsAndTokens, StartError> {
    let servers = remote_tools::servers(config)?;
    let people = Arc::new(access_tokens::SignedInPeople(storage.grants.clone()));
    // Share one instance: a provider that rotates refresh tokens accepts each of them only once.
    let access = Arc::new(access_tokens(config, relying_party, people.clone(), &servers));
    let sources = access_tokens::Sources {
        relying_party: relying_party.clone(),
        people,
        access: access.clone(),
        sign_ins: storage.sign_ins.clone(),
    };
    let targets = Targets::wire(config, aws, &servers).await?;
    let tools = tools(config)?.into_iter().chain(targets.tools()).collect::<Vec<_>>();
    let tokens = access_tokens::wire(config, aws, storage, &tools, sources).await?;
    let own_tools = Toolbox::new(tools)?;
    let catalog = remote_tools::catalog(servers, own_tools.clone(), storage.pins.clone(), access.clone())?;
    let remote = |vaults: CredentialProviders, provider| vaults.with(provider, Arc::new(catalog.clone()));
    let credentials = catalog.providers().fold(tokens.vaults, remote);
    let audiences = config.targets.gateway.audiences().map(|(name, _)| name.provider());
    let credentials = audiences.fold(credentials, |vaults, provider| vaults.with(provider, access.clone()));
    let clients = targets.clients.iter().cloned();
    let credentials = clients.fold(credentials, |vaults, (provider, source)| vaults.with(provider, source));
    Ok(ToolsAndTokens { catalog, own_tools, targets, credentials, accounts: tokens.accounts, own: tokens.own, access })
}

fn requests_for_access(
    permissions: Arc<TenantStores>,
    grants: Option<Arc<dyn AccessGrants>>,
    storage: &Storage,
    limits: &ServerLimits,
) -> Access {
    Access::new(AccessPorts {
        permissions,
        requests: storage.access.clone(),
        grants,
        ledger: storage.ledger.clone(),
        clock: Arc::new(limits.permission_clock),
        ids: Arc::new(SystemIds),
    })
}

fn turns(
    runner: Runner,
    conversations: Arc<dyn Conversations>,
    storage: &Storage,
    limits: &ServerLimits,
) -> Result<Turns, StartError> {
    let settings = Settings {
        instance: LeaseId(random::text()?),
        lease: limits.lease,
        admission: limits.admission,
        deletion: limits.deletion.clone(),
        random: random::number,
    };
    let stores = Stores {
        conversations,
        deletions: storage.conversations.clone(),
        leases: storage.leases.clone(),
        feed: storage.feed.clone(),
    };
    Ok(Turns::new(runner, stores, settings))
}

/// Returns the time in which an approval can be given, in milliseconds.
fn patience(config: &Config, limits: &ServerLimits) -> Millis {
    let patience = limits.approval.unwrap_or(Duration::from_secs(u64::from(config.approval.seconds)));
    i64::try_from(patience.as_millis()).unwrap_or(i64::MAX)
}

/// Creates the tables, for `countersign tables create`.
///
/// # Errors
/// [`Unavailable`] with the cause.
pub async fn create_tables(config: &Config) -> Result<(), Unavailable> {
    let client = dynamo::client(&aws().await, config.aws.dynamodb_endpoint());
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
    let targets = config.targets.gateway.audiences().map(|(name, audience)| (name.provider(), audience.to_owned()));
    let audiences = audiences.chain(targets).chain(access_tokens::audiences(config)).collect();
    AudienceTokens::new(relying_party.clone(), people, audiences)
}

fn check<T: Send + Sync + 'static>(
    name: &'static str,
    it: Arc<T>,
    ask: impl Fn(Arc<T>) -> BoxFuture<'static, Result<(), Unavailable>> + Send + Sync + 'static,
) -> Check {
    let ask = move || ask(it.clone()).map(|answer| answer.map_err(|error| error.to_string())).boxed();
    Check { name, ask: Box::new(ask) }
}
