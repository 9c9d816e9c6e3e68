//! The sandbox with the adapters under test, and people who sign in and submit its pages.

use agent::fakes::actor;
use agent::ports::Unavailable;
use agent::{Actor, actor::Evidence};
use async_trait::async_trait;
use credentials::accounts::AccountError;
use credentials::auth0::my_account::{self, ConnectRequest};
use credentials::auth0::{self, Exchange, MyAccount, PendingConnection};
use credentials::{AudienceTokens, SignInTokens};
use oidc::profile::AudienceTokens as AudienceTokensWay;
use oidc::{Client as OAuthClient, Config, Profile, RelyingParty};
use reqwest::{Client, Response, Url, redirect};
use sandbox::identity::{Endpoint, Grant, Refresh};
use sandbox::{Sandbox, Settings};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// PKCE verifier and challenge from RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// Base address of the application.
const APP: &str = "http://localhost:3000";
pub(crate) const CALLBACK: &str = "http://localhost:3000/auth/connect/callback";

/// The refresh tokens of people's sign-ins, in memory. A test can make it reject writes or return an outdated token.
#[derive(Default)]
pub(crate) struct SignIns {
    pub(crate) tokens: Mutex<BTreeMap<String, SecretString>>,
    pub(crate) full: Mutex<bool>,
    /// Outdated token that the next read returns in place of the stored one.
    pub(crate) stale: Mutex<Option<SecretString>>,
}

#[async_trait]
impl SignInTokens for SignIns {
    async fn refresh_token(&self, actor: &Actor) -> Result<Option<SecretString>, Unavailable> {
        let stale = self.stale.lock().unwrap().take();
        Ok(stale.or_else(|| self.tokens.lock().unwrap().get(actor.subject()).cloned()))
    }

    async fn rotated(&self, actor: &Actor, old: &SecretString, fresh: &SecretString) -> Result<(), Unavailable> {
        if *self.full.lock().unwrap() {
            return Err(Unavailable::new("the store", "it is full"));
        }
        let before = self.tokens.lock().unwrap().insert(actor.subject().to_owned(), fresh.clone());
        assert_eq!(before.unwrap().expose_secret(), old.expose_secret());
        Ok(())
    }
}

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) sign_ins: Arc<SignIns>,
    pub(crate) access: Arc<AudienceTokens>,
    pub(crate) vault: Exchange,
    pub(crate) accounts: MyAccount,
    http: Client,
    begun: AtomicUsize,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Refresh::Fixed).await
    }

    pub(crate) async fn with(refresh: Refresh) -> Self {
        let settings = Settings { app_url: APP.to_owned(), refresh, ..Settings::for_tests() };
        let sandbox = Sandbox::start(settings).await.unwrap();
        let http = Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
        let sign_ins = Arc::new(SignIns::default());
        let Adapters { vault, access, accounts } =
            adapters(sandbox.variable("OIDC_ISSUER").unwrap(), &sandbox, sign_ins.clone());
        Self { sandbox, sign_ins, access, vault, accounts, http, begun: AtomicUsize::new(0) }
    }

    pub(crate) fn variable(&self, name: &str) -> &str {
        self.sandbox.variable(name).unwrap()
    }

    /// Signs a person in (`ada`, `bob`, `eve` or `grace`) and returns the refresh token.
    pub(crate) async fn signed_in(&self, who: &str) -> SecretString {
        let (issuer, client) = (self.variable("OIDC_ISSUER"), self.variable("OIDC_CLIENT_ID"));
        let callback = format!("{APP}/auth/callback");
        let query = [
            ("response_type", "code"),
            ("client_id", client),
            ("redirect_uri", &callback),
            ("scope", "openid offline_access"),
            ("state", who),
            ("nonce", who),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let page = self.http.get(format!("{issuer}authorize")).query(&query).send().await.unwrap();
        let (state, sub) = (sent(&page, "state").unwrap(), format!("auth0|{who}"));
        let form = [("state", state.as_str()), ("sub", &sub)];
        let back = self.http.post(format!("{issuer}u/login")).form(&form).send().await.unwrap();
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", client),
            ("client_secret", self.variable("OIDC_CLIENT_SECRET")),
            ("code", &sent(&back, "code").unwrap()),
            ("redirect_uri", &callback),
            ("code_verifier", VERIFIER),
        ];
        let answer = self.http.post(format!("{issuer}oauth/token")).form(&form).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        // Discard the recorded violation: these tests use the same challenge for every sign-in.
        self.sandbox.sins().take();
        SecretString::from(answer["refresh_token"].as_str().unwrap())
    }

    /// Signs a person in and stores the refresh token.
    pub(crate) async fn person(&self, who: &str) -> Actor {
        let token = self.signed_in(who).await;
        let person = person(who);
        self.sign_ins.tokens.lock().unwrap().insert(person.subject().to_owned(), token);
        person
    }

    pub(crate) async fn begin(
        &self,
        person: &Actor,
        connection: &str,
        scopes: &[&str],
    ) -> Result<(Url, PendingConnection), AccountError> {
        let scopes: Vec<String> = scopes.iter().map(ToString::to_string).collect();
        // A new state each time, as a correct client sends, with a character that must be escaped.
        let state = format!("s&{}", self.begun.fetch_add(1, Ordering::Relaxed) + 1);
        let wish = ConnectRequest { connection, scopes: &scopes, redirect_uri: CALLBACK, state: &state };
        self.accounts.begin(person, wish).await
    }

    /// Opens the page, presses a button, and returns the redirect to the callback.
    pub(crate) async fn answer(&self, page: &Url, action: &str, account: &str) -> Response {
        let shown = self.http.get(page.clone()).send().await.unwrap();
        let cookie = shown.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let ticket = page.query_pairs().find(|(name, _)| name == "ticket").unwrap().1.into_owned();
        let form = [("ticket", ticket.as_str()), ("action", action), ("account", account)];
        let mut target = page.clone();
        target.set_query(None);
        self.http.post(target).header("cookie", cookie).form(&form).send().await.unwrap()
    }

    /// Connects an account from beginning to end.
    pub(crate) async fn connect(&self, person: &Actor, connection: &str, scopes: &[&str], account: &str) {
        let (page, connecting) = self.begin(person, connection, scopes).await.unwrap();
        let back = self.answer(&page, "allow", account).await;
        let done = self.accounts.complete(person, connecting, &sent(&back, "connect_code").unwrap()).await;
        assert!(done.unwrap().is_some(), "completed now");
    }

    /// Number of exchanges at the Token Vault.
    pub(crate) fn exchanges(&self) -> u64 {
        self.sandbox.provider().requests_to(Endpoint::Token(Grant::TokenVault))
    }

    /// Number of requests with a refresh token.
    pub(crate) fn refreshes(&self) -> u64 {
        self.sandbox.provider().requests_to(Endpoint::Token(Grant::RefreshToken))
    }

    pub(crate) fn sins(&self) -> Vec<String> {
        self.sandbox.sins().take().into_iter().map(|sin| sin.what).collect()
    }
}

/// The adapters under test.
pub(crate) struct Adapters {
    pub(crate) vault: Exchange,
    pub(crate) access: Arc<AudienceTokens>,
    pub(crate) accounts: MyAccount,
}

/// Creates all adapters for a provider with this issuer and the sandbox's client. `mcp:tasks` is the sandbox's MCP
/// server, and `mcp:other` a server whose audience no refresh-token policy names.
pub(crate) fn adapters(issuer: &str, sandbox: &Sandbox, sign_ins: Arc<SignIns>) -> Adapters {
    let provider = provider(issuer, sandbox);
    let audiences = [
        ("mcp:tasks", sandbox.variable("MCP_TASKS_AUDIENCE").unwrap().to_owned()),
        ("mcp:other", "https://other.example/mcp".to_owned()),
        (my_account::PROVIDER, my_account::audience(issuer)),
        (auth0::SUBJECT, sandbox.variable("API_AUDIENCE").unwrap().to_owned()),
    ];
    let audiences = audiences.map(|(name, audience)| (name.to_owned(), audience)).into();
    let access = Arc::new(AudienceTokens::new(provider.clone(), sign_ins, audiences));
    let accounts = MyAccount::new(provider.clone(), access.clone());
    Adapters { vault: Exchange::new(provider), access, accounts }
}

/// Returns one of the sandbox's people.
pub(crate) fn person(who: &str) -> Actor {
    Actor::attest(Evidence { subject: format!("auth0|{who}"), ..actor(who).evidence().clone() })
}

/// Returns the relying party for this issuer, with the sandbox's client.
fn provider(issuer: &str, sandbox: &Sandbox) -> Arc<RelyingParty> {
    let variable = |name| sandbox.variable(name).unwrap();
    let provider = RelyingParty::new(Config {
        issuer: issuer.to_owned(),
        client: OAuthClient::with_secret(
            variable("OIDC_CLIENT_ID").to_owned(),
            variable("OIDC_CLIENT_SECRET").into(),
            None,
        ),
        redirect_url: format!("{APP}/auth/callback"),
        profile: Profile::named("auth0").unwrap(),
        scopes: None,
        other_audiences: Vec::new(),
        trust_email: false,
        claims: BTreeSet::new(),
        organization: None,
        audience_tokens: AudienceTokensWay::Audience,
    });
    Arc::new(provider.unwrap())
}

/// Returns a query parameter of the redirect.
pub(crate) fn sent(answer: &Response, name: &str) -> Option<String> {
    let location = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    location.query_pairs().find(|(own, _)| own == name).map(|(_, value)| value.into_owned())
}
