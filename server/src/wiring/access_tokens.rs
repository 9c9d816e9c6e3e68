//! Creates the source of each provider's access tokens and the managers of people's accounts.

mod stores;

pub use stores::SealedTokens;
pub(super) use stores::SignedInPeople;

use super::{StartError, identity};
use crate::config::{Config, GitHubAccess, LentFor, OktaAccess, OktaApplication};
use agent::ports::{CredentialProvider, Unavailable};
use aws_config::SdkConfig;
use credentials::accounts::{AccountManager, Accounts, Keeper, Provider};
use credentials::auth0::{self, Auth0TokenVault, Exchange, MyAccount, SubjectTokens, TokenVaultAccounts, my_account};
use credentials::local::SecretAt;
use credentials::{ApplicationCredentials, ApplicationToken, CredentialProviders, LocalVault};
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
    /// Scopes that the tools for GitHub request; none if GitHub is not configured.
    pub(super) github_scopes: Option<Vec<String>>,
}

/// The built-in tools of a provider.
struct Uses {
    id: &'static str,
    scopes: &'static [&'static str],
    tools: &'static [&'static str],
    names: &'static [&'static str],
}

const USES: [Uses; 2] = [
    Uses { id: okta::PROVIDER, scopes: &okta::SCOPES, tools: &okta::USES, names: &okta::TOOLS },
    Uses { id: github::PROVIDER, scopes: &[], tools: &github::USES, names: &github::TOOLS },
];

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

pub(super) async fn wire(config: &Config, aws: &SdkConfig, sources: Sources) -> Result<AccessTokens, StartError> {
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
    for uses in USES.iter().filter(|uses| connections.contains_key(uses.id)) {
        vaults = vaults.with(uses.id, lending.clone());
        providers.push(provider(uses.id, Keeper::TokenVault, connection_scopes(config, uses), None));
    }
    if !connections.is_empty() {
        let api = MyAccount::new(relying_party, access);
        let repeated = HashMap::from([(okta::PROVIDER, &OKTA_REPEATED[..])]);
        let accounts = TokenVaultAccounts { api, vault: lending, repeated, callback: callback.clone() };
        managers.insert(Keeper::TokenVault, Arc::new(accounts));
    }
    if let Some(OktaAccess::Application(application)) = config.okta.as_ref().map(|okta| &okta.access) {
        let token = ApplicationToken::new(okta_application(config, aws, application).await?)?;
        vaults = vaults.with(okta::PROVIDER, Arc::new(token));
    }

    let own = local_vault(config, aws, callback).await?;
    for known in own.iter().flat_map(LocalVault::providers) {
        let people = known.people().map(|people| people.scopes.clone());
        providers.extend(people.map(|scopes| provider(&known.id, Keeper::LocalVault, scopes, Some(known.name))));
    }
    let own_scopes = own.iter().flat_map(LocalVault::providers).find(|known| known.id == github::PROVIDER);
    let github_scopes = config.github.as_ref().map(|github| match (own_scopes, &github.access) {
        (Some(known), _) => known.scopes().to_vec(),
        (None, GitHubAccess::Connection { scopes, .. }) => scopes.clone(),
        (None, GitHubAccess::Provider) => Vec::new(),
    });
    if let Some(own) = &own {
        let lending = Arc::new(WhileSignedIn { sign_ins, vault: own.clone() });
        for known in own.providers() {
            let of_people = known.people().is_some();
            let vault: Arc<dyn CredentialProvider> = if of_people { lending.clone() } else { Arc::new(own.clone()) };
            vaults = vaults.with(known.id.clone(), vault);
        }
        managers.insert(Keeper::LocalVault, Arc::new(own.clone()));
    }
    Ok(AccessTokens { vaults, accounts: Accounts { providers, managers }, own, github_scopes })
}

/// Returns the scopes that the tools request from a connection at the identity provider.
fn connection_scopes(config: &Config, uses: &Uses) -> Vec<String> {
    match config.github.as_ref().map(|github| &github.access) {
        Some(GitHubAccess::Connection { scopes, .. }) if uses.id == github::PROVIDER => scopes.clone(),
        _ => uses.scopes.iter().map(ToString::to_string).collect(),
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

fn provider(id: &str, keeper: Keeper, scopes: Vec<String>, name: Option<&str>) -> Provider {
    let uses = USES.iter().find(|uses| uses.id == id);
    let all = |of: fn(&Uses) -> &'static [&'static str]| {
        uses.into_iter().flat_map(of).map(ToString::to_string).collect::<Vec<_>>()
    };
    let name = name.map_or_else(|| edge::backend::provider_name(id), str::to_owned);
    Provider { id: id.to_owned(), name, keeper, scopes, tools: all(|uses| uses.tools), names: all(|uses| uses.names) }
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
