//! Creates the adapters and connects them to the ports: the only module that names concrete adapters.

mod access_tokens;
mod authorizer;
mod aws;
mod doctor;
mod identity;
pub mod ledger_commands;
mod model;
mod remote_tools;
mod server_limits;
mod start_error;
mod storage;
mod tools;

pub use access_tokens::SealedTokens;
pub use aws::aws;
pub use doctor::examine;
pub use identity::report;
pub use model::limits;
pub use server_limits::ServerLimits;
pub use start_error::StartError;

use crate::config::Config;
use crate::instructions;
use crate::offered::OfferedTools;
use agent::ports::{Approver, Conversations, LeaseId, Unavailable};
use agent::turn::Runner;
use agent::{Guard, Toolbox};
use authorizer::authorizer;
use aws_config::SdkConfig;
use credentials::{AudienceTokens, CredentialProviders, LocalVault};
use edge::AppState;
use edge::cookies::OwnCookies;
use edge::headers::Transport;
use edge::health::Readiness;
use edge::logout::Auth;
use edge::pulse::Pulse;
use edge::services::{Check, Services};
use futures::FutureExt;
use futures::future::BoxFuture;
use oidc::RelyingParty;
use std::sync::Arc;
use std::time::Duration;
use storage::Storage;
use system::SystemClock;
use system::random::{self, SystemIds};
use tools::tools;
use turns::cached_conversations::CachedConversations;
use turns::{Settings, Turns};

/// The assembled server.
#[derive(Debug)]
pub struct Application {
    /// The state behind the routes.
    pub state: AppState,
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
pub async fn wire(config: &Config, aws: &SdkConfig, bounds: ServerLimits) -> Result<Application, StartError> {
    let Storage {
        keyring,
        sign_ins,
        sessions,
        grants,
        pending,
        conversations: stored,
        leases,
        feed,
        prompts,
        pins,
        ledger,
    } = Storage::open(config, aws).await?;
    let cached = Arc::new(CachedConversations::new(stored.clone(), stored.clone()));
    let conversations: Arc<dyn Conversations> = cached.clone();
    let mapping = identity::mapping(config);
    let relying_party = Arc::new(identity::relying_party(config, aws, &mapping).await?);
    let authorizer = Arc::new(authorizer(config)?);
    let patience = bounds.approval.unwrap_or(Duration::from_secs(u64::from(config.approval.seconds)));
    let approver = identity::approver(config, relying_party.clone());
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
    let tools = tools(config)?;
    let tokens = access_tokens::wire(config, aws, &tools, sources).await?;
    let own = Toolbox::new(tools)?;
    let catalog = remote_tools::catalog(servers, own, pins, access.clone())?;
    let remote = |vaults: CredentialProviders, provider| vaults.with(provider, Arc::new(catalog.clone()));
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
    let state = AppState {
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
        auth: Auth {
            grants,
            relying_party,
            sign_ins,
            sessions,
            mapping,
            keyring,
            cookies: OwnCookies(if config.secure() { Transport::Tls } else { Transport::Loopback }),
            lifetime: time::Duration::hours(i64::from(config.session_hours)),
            home: config.url.as_str().into(),
        },
        pending,
    };
    Ok(Application { state, vaults: TokenRefreshers { own: tokens.own, access } })
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
    let audiences = audiences.chain(access_tokens::audiences(config)).collect();
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
