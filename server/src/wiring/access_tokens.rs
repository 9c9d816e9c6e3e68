//! Creates the source of each provider's access tokens and the managers of people's accounts.

mod stores;

pub use stores::SealedTokens;
pub(super) use stores::SignedInPeople;

use super::storage::Storage;
use super::{StartError, identity};
use crate::config::{Config, GitHubAccess, LentFor, OktaAccess, OktaApplication};
use agent::Tool;
use agent::ports::{CredentialProvider, Unavailable};
use aws_config::SdkConfig;
use credentials::accounts::{AccountManager, Accounts, Keeper, Provider};
use credentials::auth0::{
    self, AccountOwners, Auth0TokenVault, Exchange, MyAccount, SubjectTokens, TokenVaultAccounts, my_account,
};
use credentials::local::SecretAt;
use credentials::{
    ApplicationCredentials, ApplicationToken, CredentialProviders, IdentityEndpoint, IdentityFormat, LocalVault,
};
use dynamo::{DynamoAccounts, Rotated, SignIns};
use oidc::RelyingParty;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use stores::WhileSignedIn;
use system::SystemClock;
use url::Url;

/// Scopes of every connect request for Okta: an OpenID Connect connection issues no ID token without them
/// (auth0.com/docs, "Connected Accounts for Token Vault": the scopes of a request replace those of the connection).
const OKTA_REPEATED: [&str; 2] = ["openid", "profile"];

/// The sources of access tokens and the managers of accounts.
pub(super) struct AccessTokens {
    pub(super) vaults: CredentialProviders,
    pub(super) accounts: Accounts,
    /// Local vault, which must settle before the server ends.
    pub(super) own: Option<LocalVault>,
}

/// The uses of one provider's accounts by the built-in tools.
struct Uses {
    provider: String,
    scopes: Vec<String>,
    purposes: Vec<String>,
    /// Names of the tools.
    tools: Vec<String>,
}

/// The adapters from which access tokens are obtained.
pub(super) struct Sources {
    /// People's sign-ins; tokens of the local vault are handed out only to people who are signed in.
    pub(super) sign_ins: SignIns,
    pub(super) relying_party: Arc<RelyingParty>,
    pub(super) people: Arc<SignedInPeople>,
    /// Source of the identity provider's own access tokens.
    pub(super) access: Arc<dyn CredentialProvider>,
}

/// Returns the audiences of the identity provider's access tokens that the My Account API and the Token Vault need.
pub(super) fn audiences(config: &Config) -> impl Iterator<Item = (String, String)> {
    let mine = my_account::audience(&config.oidc.issuer);
    let subject = match &config.lent_for {
        LentFor::RefreshToken => None,
        LentFor::AccessToken { audience, .. } => Some((auth0::SUBJECT.to_owned(), audience.clone())),
    };
    std::iter::once((my_account::PROVIDER.to_owned(), mine)).chain(subject)
}

pub(super) async fn wire(
    config: &Config,
    aws: &SdkConfig,
    storage: &Storage,
    tools: &[Arc<dyn Tool>],
    sources: Sources,
) -> Result<AccessTokens, StartError> {
    let callback = config.url.join("auth/connect/callback").map_err(|error| StartError::SignIn(error.to_string()))?;
    let mut vaults = CredentialProviders::default();
    let (mut providers, mut managers) = (Vec::new(), BTreeMap::<Keeper, Arc<dyn AccountManager>>::new());

    let Sources { relying_party, people, access, sign_ins } = sources;
    let connections = connections(config);
    let exchange = Exchange::new(relying_party.clone());
    let subjects = match config.lent_for.clone() {
        LentFor::RefreshToken => SubjectTokens::Refresh(people),
        LentFor::AccessToken { client_id: id, client_secret: secret, .. } => {
            SubjectTokens::Access { vault: access.clone(), client: oidc::Client::with_secret(id, secret, None) }
        }
    };
    let lending = Arc::new(Auth0TokenVault::new(exchange, subjects, connections.clone()));
    let uses = uses(tools);
    for uses in uses.iter().filter(|uses| connections.contains_key(&uses.provider)) {
        vaults = vaults.with(uses.provider.clone(), lending.clone());
        providers.push(uses.provider(Keeper::TokenVault, uses.scopes.clone(), None));
    }
    if !connections.is_empty() {
        let api = MyAccount::new(relying_party, access);
        let repeated = HashMap::from([(okta::PROVIDER, &OKTA_REPEATED[..])]);
        let http = oidc::http::client()?;
        let owners = AccountOwners { endpoints: owner_endpoints(config), records: storage.records.clone(), http };
        let accounts = TokenVaultAccounts { api, vault: lending, repeated, callback: callback.clone(), owners };
        managers.insert(Keeper::TokenVault, Arc::new(accounts));
    }
    if let Some(OktaAccess::Application(application)) = config.okta.as_ref().map(|okta| &okta.access) {
        let token = ApplicationToken::new(okta_application(config, aws, application).await?)?;
        vaults = vaults.with(okta::PROVIDER, Arc::new(token));
    }

    let own = local_vault(config, aws, callback).await?;
    for known in own.iter().flat_map(LocalVault::providers) {
        let people = known.people().map(|people| people.scopes.clone());
        let of_tools = uses.iter().find(|uses| uses.provider == known.id);
        let unused = Uses::none(&known.id);
        let uses = of_tools.unwrap_or(&unused);
        providers.extend(people.map(|scopes| uses.provider(Keeper::LocalVault, scopes, Some(known.name))));
    }
    if let Some(own) = &own {
        let lending = Arc::new(WhileSignedIn { sign_ins, vault: own.clone() });
        for known in own.providers() {
            let of_people = known.people().is_some();
            let vault: Arc<dyn CredentialProvider> = if of_people { lending.clone() } else { Arc::new(own.clone()) };
            vaults = vaults.with(known.id.clone(), vault);
        }
        managers.insert(Keeper::LocalVault, Arc::new(own.clone()));
    }
    let accounts = Accounts { providers, managers, ledger: storage.ledger.clone(), clock: Arc::new(SystemClock) };
    Ok(AccessTokens { vaults, accounts, own })
}

/// Collects the uses that the tools declare, by provider.
fn uses(tools: &[Arc<dyn Tool>]) -> Vec<Uses> {
    let mut all: Vec<Uses> = Vec::new();
    for (tool, account) in tools.iter().filter_map(|tool| Some((tool, tool.account()?))) {
        let place = all.iter().position(|uses| uses.provider == account.need.provider).unwrap_or(all.len());
        if place == all.len() {
            all.push(Uses::none(&account.need.provider));
        }
        let uses = &mut all[place];
        let fresh = account.need.scopes.into_iter().filter(|scope| !uses.scopes.contains(scope)).collect::<Vec<_>>();
        uses.scopes.extend(fresh);
        uses.purposes.push(account.purpose.to_owned());
        uses.tools.push(tool.spec().name.0.clone());
    }
    all
}

impl Uses {
    fn none(provider: &str) -> Self {
        Self { provider: provider.to_owned(), scopes: Vec::new(), purposes: Vec::new(), tools: Vec::new() }
    }

    /// Describes the provider for the page of accounts. Without a configured name it gets the name that people know.
    fn provider(&self, keeper: Keeper, scopes: Vec<String>, name: Option<&str>) -> Provider {
        let Self { provider: id, purposes, tools, .. } = self;
        let name = name.map_or_else(|| edge::backend::provider_name(id), str::to_owned);
        Provider { id: id.clone(), name, keeper, scopes, tools: purposes.clone(), names: tools.clone() }
    }
}

pub(super) async fn okta_application(
    config: &Config,
    aws: &SdkConfig,
    application: &OktaApplication,
) -> Result<ApplicationCredentials, StartError> {
    Ok(ApplicationCredentials {
        service: "the token service of Okta",
        token_url: application.token_url.clone(),
        client: identity::client(config, aws, &application.client).await?,
        audience: application.audience.clone(),
        scopes: config.okta.as_ref().map(|okta| okta.scopes.clone()).unwrap_or_default(),
    })
}

/// Returns the connections at the identity provider, by provider.
fn connections(config: &Config) -> HashMap<String, String> {
    let okta = match config.okta.as_ref().map(|okta| &okta.access) {
        Some(OktaAccess::Own { connection }) => Some((okta::PROVIDER.to_owned(), connection.clone())),
        Some(OktaAccess::Application(_) | OktaAccess::Provider) | None => None,
    };
    let github = match config.github.as_ref().map(|github| &github.access) {
        Some(GitHubAccess::Connection { name, .. }) => Some((github::PROVIDER.to_owned(), name.clone())),
        Some(GitHubAccess::Provider) | None => None,
    };
    okta.into_iter().chain(github).collect()
}

/// Returns the addresses at which the services behind the connections name the owner of a token: those of the tools.
fn owner_endpoints(config: &Config) -> HashMap<String, IdentityEndpoint> {
    let at = |base: &Url, path: &str, format| {
        let url = format!("{}/{path}", base.as_str().trim_end_matches('/')).parse().ok()?;
        Some(IdentityEndpoint { url, format })
    };
    let okta = config.okta.as_ref();
    let okta = okta.and_then(|okta| at(&okta.base_url, "oauth2/v1/userinfo", IdentityFormat::UserInfo));
    let github = config.github.as_ref().and_then(|github| at(&github.api_url, "user", IdentityFormat::GitHub));
    let all = [(okta::PROVIDER, okta), (github::PROVIDER, github)];
    all.into_iter().filter_map(|(provider, endpoint)| Some((provider.to_owned(), endpoint?))).collect()
}

/// Creates the local vault; none if the file configures no providers.
async fn local_vault(config: &Config, aws: &SdkConfig, callback: Url) -> Result<Option<LocalVault>, StartError> {
    if config.providers.all.is_empty() {
        return Ok(None);
    }
    let mut providers = Vec::new();
    for known in &config.providers.all {
        let secret = match known.secret_at() {
            SecretAt::Manager(id) => secrets::fetch_secret(aws, config.aws.secrets_endpoint(), id).await,
            SecretAt::Variable(name) => config
                .providers
                .variables
                .get(name)
                .cloned()
                .ok_or_else(|| Unavailable::new("the environment", format!("{name} is not set"))),
        };
        let failed = |error| StartError::ProviderSecret { provider: known.id.clone(), error };
        providers.push(known.clone().with(secret.map_err(failed)?));
    }
    let store = Arc::new(SealedTokens(sealed_accounts(config, aws).await.map_err(StartError::VaultKeys)?));
    Ok(Some(LocalVault::new(providers, store, Arc::new(SystemClock), callback)?))
}

/// Wraps every data key with the newest key, for `countersign vault rotate`.
///
/// # Errors
/// [`Unavailable`] with the cause; keys that were wrapped before the error stay wrapped.
pub(super) async fn rotate(config: &Config, aws: &SdkConfig) -> Result<Rotated, Unavailable> {
    sealed_accounts(config, aws).await?.rotate().await
}

/// Creates the encrypted store of accounts. Records are bound to the application's client id at the identity provider.
async fn sealed_accounts(config: &Config, aws: &SdkConfig) -> Result<DynamoAccounts, Unavailable> {
    let keyring =
        secrets::fetch_live_keyring(aws, config.aws.secrets_endpoint(), &config.aws.vault_key_secret_id).await?;
    let store = dynamo::client(aws, config.aws.dynamodb_endpoint());
    Ok(DynamoAccounts::new(store, config.aws.table.clone(), Arc::new(keyring), config.oidc.client.id.clone()))
}
