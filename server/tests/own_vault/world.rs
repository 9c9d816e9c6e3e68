//! The sandbox with local vaults, and people who connect accounts at GitHub.

use crate::between::Between;
use agent::Actor;
use agent::actor::Evidence;
use agent::intent::Need;
use agent::ports::{AccessToken, Clock, CredentialError, CredentialProvider, Millis, Unavailable};
use async_trait::async_trait;
use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig};
use aws_credential_types::Credentials;
use countersign::wiring::SealedTokens;
use credentials::AccountIdentity;
use credentials::accounts::{
    AccountError, AccountManager, Answer, Connected, ConnectionRecord, Owner, PendingConnection,
};
use credentials::local::{Expected, Leased, LocalVault, Store, StoredAccount, Version, Written};
use dynamo::DynamoAccounts;
use reqwest::{Client, Url, redirect};
use sandbox::{Sandbox, Settings};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;

const CALLBACK: &str = "http://localhost:3000/auth/connect/callback";

/// Ids of Ada's and Bob's GitHub accounts.
pub(crate) const ADA: u64 = 58_001;
pub(crate) const BOB: u64 = 58_003;

/// Time after which GitHub's access tokens have just expired, in seconds.
pub(crate) const LIFE: i64 = 28_801;

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) clock: Arc<TestClock>,
    http: Client,
}

/// A clock that moves only when a test advances it.
#[derive(Debug)]
pub(crate) struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Millis {
        self.0.load(Ordering::SeqCst)
    }
}

/// A store whose writes a test can delay and let fail.
pub(crate) struct Shaky {
    pub(crate) inner: SealedTokens,
    pub(crate) failing: AtomicU32,
    /// Number of completed reads.
    pub(crate) reads: AtomicU32,
    /// One permit for each write.
    pub(crate) gate: Semaphore,
}

impl World {
    pub(crate) async fn new() -> Self {
        let app_url = "http://localhost:3000".to_owned();
        let sandbox = Sandbox::start(Settings { app_url, ..Settings::for_tests() }).await.unwrap();
        let http = Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
        let clock = Arc::new(TestClock(AtomicI64::new(sandbox.clock().seconds() * 1000)));
        Self { sandbox, clock, http }
    }

    pub(crate) fn variable(&self, name: &str) -> &str {
        self.sandbox.variable(name).unwrap()
    }

    /// Advances the clocks of the sandbox and of the test.
    pub(crate) fn pass(&self, seconds: i64) {
        self.sandbox.clock().advance(seconds);
        self.clock.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    /// Creates a vault like that of one server instance. `more` is appended to the provider's settings.
    pub(crate) async fn vault(&self, more: &str) -> LocalVault {
        self.vault_on(Arc::new(self.store("countersign").await), more)
    }

    /// Creates a vault that sends token requests through the proxy `between`.
    pub(crate) async fn vault_behind(&self, between: &Between) -> LocalVault {
        self.vault_at(&between.url, Arc::new(self.store("countersign").await), "")
    }

    pub(crate) fn vault_on(&self, store: Arc<dyn Store>, more: &str) -> LocalVault {
        self.vault_at(&format!("{}/login/oauth/access_token", self.variable("GITHUB_API_URL")), store, more)
    }

    pub(crate) fn vault_at(&self, token_url: &str, store: Arc<dyn Store>, more: &str) -> LocalVault {
        let (pages, api) = (self.variable("GITHUB_BASE_URL"), self.variable("GITHUB_API_URL"));
        let text = format!(
            "[github]\nclient_id = \"{}\"\nsecret_env = \"X\"\nauthorization_url = \"{pages}/login/oauth/authorize\"\n\
             token_url = \"{token_url}\"\nissuer = \"{pages}/login/oauth\"\n\
             revoke_url = \"{api}/applications/{{client_id}}/grant\"\n{more}",
            self.variable("GITHUB_CLIENT_ID"),
        );
        let secret = |_: &credentials::local::SecretAt| SecretString::from(self.variable("GITHUB_CLIENT_SECRET"));
        self.vault_of(&text, store, secret)
    }

    pub(crate) fn vault_of(
        &self,
        text: &str,
        store: Arc<dyn Store>,
        secret: impl Fn(&credentials::local::SecretAt) -> SecretString,
    ) -> LocalVault {
        let providers = credentials::file::parse(text).unwrap().into_iter().map(|provider| {
            let secret = secret(provider.secret_at());
            provider.with(secret)
        });
        LocalVault::new(providers.collect(), store, self.clock.clone(), CALLBACK.parse().unwrap()).unwrap()
    }

    /// Creates a store whose records are bound to `agent`.
    pub(crate) async fn store(&self, agent: &str) -> SealedTokens {
        let aws = self.aws().await;
        let secrets = Some(self.variable("SECRETS_MANAGER_ENDPOINT_URL").to_owned());
        let keyring = secrets::fetch_live_keyring(&aws, secrets, self.variable("SESSION_KEY_SECRET_ID")).await.unwrap();
        let client = dynamo::client(&aws, Some(self.variable("DYNAMODB_ENDPOINT_URL").to_owned()));
        SealedTokens(DynamoAccounts::new(client, "countersign".to_owned(), Arc::new(keyring), agent.to_owned()))
    }

    pub(crate) async fn shaky(&self) -> Arc<Shaky> {
        let inner = self.store("countersign").await;
        Arc::new(Shaky { inner, failing: AtomicU32::new(0), reads: AtomicU32::new(0), gate: Semaphore::new(1_000) })
    }

    async fn aws(&self) -> SdkConfig {
        let (key, secret) = (self.variable("AWS_ACCESS_KEY_ID"), self.variable("AWS_SECRET_ACCESS_KEY"));
        aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(self.variable("AWS_REGION").to_owned()))
            .credentials_provider(Credentials::new(key, secret, None, None, "sandbox"))
            .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(5)))
            .load()
            .await
    }

    /// Consents on GitHub's page and returns the authorization code.
    pub(crate) async fn allow(&self, page: &Url, account: u64) -> String {
        let shown = self.http.get(page.clone()).send().await.unwrap().text().await.unwrap();
        let request = shown.split_once("name=\"request\" value=\"").unwrap().1.split('"').next().unwrap();
        let mut target = page.clone();
        target.set_query(None);
        let form = [("request", request), ("account", &account.to_string())];
        let back = self.http.post(target).form(&form).send().await.unwrap();
        let location = Url::parse(back.headers()["location"].to_str().unwrap()).unwrap();
        location.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
    }

    /// Connects an account from beginning to end.
    pub(crate) async fn connect(&self, vault: &LocalVault, actor: &Actor, account: u64) {
        let (page, pending) = vault.begin(actor, "github", &scopes(), "s").await.unwrap();
        let code = self.allow(&page, account).await;
        complete(vault, actor, pending, &code, None).await.unwrap();
    }

    /// Tells whether GitHub accepts the token.
    pub(crate) async fn works(&self, token: &str) -> bool {
        let request = self.http.get(format!("{}/user", self.variable("GITHUB_API_URL"))).bearer_auth(token);
        request.header("user-agent", "test").send().await.unwrap().status().is_success()
    }

    pub(crate) fn finish(self) {
        assert_eq!(self.sandbox.sins().all(), [], "protocol sins");
    }
}

pub(crate) fn scopes() -> Vec<String> {
    vec!["repo".to_owned()]
}

pub(crate) fn need() -> Need {
    Need { provider: "github".to_owned(), scopes: scopes() }
}

pub(crate) fn person(name: &str) -> Actor {
    let evidence = Evidence::of("https://idp.example/", format!("auth0|{name}"), "acme");
    Actor::attest(Evidence { principal: name.to_owned(), name: name.to_owned(), ..evidence })
}

/// Completes a connection with an authorization code.
pub(crate) async fn complete(
    vault: &LocalVault,
    actor: &Actor,
    pending: PendingConnection,
    code: &str,
    iss: Option<&str>,
) -> Result<Connected, AccountError> {
    complete_recorded(vault, actor, pending, code, iss, &Record::Open).await
}

/// A record of connections that is written, or not.
pub(crate) enum Record {
    Open,
    Down,
}

#[async_trait]
impl ConnectionRecord for Record {
    async fn open(&self, _: Owner<'_>) -> Result<(), Unavailable> {
        match self {
            Self::Open => Ok(()),
            Self::Down => Err(Unavailable::new("the ledger", "down")),
        }
    }

    async fn name(&self, _: &AccountIdentity) -> Result<(), Unavailable> {
        self.open(Owner::Unknown).await
    }
}

/// As [`complete`], with this record.
pub(crate) async fn complete_recorded(
    vault: &LocalVault,
    actor: &Actor,
    pending: PendingConnection,
    code: &str,
    iss: Option<&str>,
    record: &Record,
) -> Result<Connected, AccountError> {
    let answer = Answer { code: Some(code.to_owned()), iss: iss.map(str::to_owned), ..Answer::default() };
    vault.complete(actor, "github", pending, answer, record).await
}

/// Returns the text of the token or of the error.
pub(crate) fn shown(lent: Result<AccessToken, CredentialError>) -> Result<String, String> {
    lent.map(|access_token| access_token.token().expose_secret().to_owned()).map_err(|error| error.to_string())
}

pub(crate) async fn lend(vault: &LocalVault, actor: &Actor) -> Result<String, String> {
    shown(vault.access_token(actor, &need()).await)
}

#[async_trait]
impl Store for Shaky {
    async fn read(&self, actor: &Actor, provider: &str) -> Result<Option<StoredAccount>, Unavailable> {
        let held = self.inner.read(actor, provider).await;
        self.reads.fetch_add(1, Ordering::SeqCst);
        held
    }

    async fn all(&self, actor: &Actor) -> Result<Vec<(String, StoredAccount)>, Unavailable> {
        self.inner.all(actor).await
    }

    async fn write(
        &self,
        actor: &Actor,
        provider: &str,
        plain: &[u8],
        expected: Expected,
    ) -> Result<Written, Unavailable> {
        self.gate.acquire().await.unwrap().forget();
        let fails = self.failing.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if fails.is_ok() {
            return Err(Unavailable::new("the store", "told to fail"));
        }
        self.inner.write(actor, provider, plain, expected).await
    }

    async fn lease(
        &self,
        actor: &Actor,
        provider: &str,
        version: &Version,
        now: Millis,
        until: Millis,
    ) -> Result<Leased, Unavailable> {
        self.inner.lease(actor, provider, version, now, until).await
    }

    async fn release(&self, actor: &Actor, provider: &str, version: &Version) -> Result<(), Unavailable> {
        self.inner.release(actor, provider, version).await
    }

    async fn remove(&self, actor: &Actor, provider: &str, version: Option<&Version>) -> Result<(), Unavailable> {
        self.inner.remove(actor, provider, version).await
    }
}
