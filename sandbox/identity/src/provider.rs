//! The provider: a cheaply cloned handle that serves HTTP and lets the console and tests act. Must not build pages.

mod check;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use sandbox_kit::{Clock, Sins};

use crate::adversary::Adversary;
use crate::keys::{Key, KeyFailure, KeyRing};
use crate::settings::{Client, Settings};
use crate::store::Store;
use crate::trace::{Endpoint, Trace};
use crate::{
    accounts, authorize, ciba, connect, discovery, logout, my_account, pages, phone, registration, token, userinfo,
};

/// The identity provider. Clones share everything.
#[derive(Clone)]
pub struct Provider(Arc<Inner>);

struct Inner {
    settings: Settings,
    clock: Clock,
    sins: Sins,
    keys: KeyRing,
    /// Signs the JWTs of third parties that use JWTs; generated on first use.
    third_party_key: OnceLock<Key>,
    store: Mutex<Store>,
    adversary: Adversary,
    backchannel_adversary: Adversary,
    trace: Trace,
    outbound: reqwest::Client,
}

/// Settings that [`Provider::new`] rejects.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The issuer is not an absolute http(s) URL that ends in `/` and has no query.
    #[error("the issuer must be an absolute http(s) URL that ends in `/` and has no query: {0}")]
    Issuer(String),
    /// Two clients share an id.
    #[error("two clients have the id {0}")]
    TwoClients(String),
    /// A callback, logout or back-channel URL is not an absolute http(s) URL without fragment.
    #[error("client {client}: not an absolute http(s) URL without fragment: {url}")]
    Url {
        /// The client's id.
        client: String,
        /// The URL in question.
        url: String,
    },
    /// The polling interval is less than one second.
    #[error("the interval between polls must be at least 1 second: {0}")]
    Interval(i64),
    /// A client's grant or policy names an API that is not registered.
    #[error("client {client} names the API {audience}, which is not registered")]
    UnknownAudience {
        /// The client's id.
        client: String,
        /// The API's identifier.
        audience: String,
    },
    /// Two connections share a name.
    #[error("two connections have the name {0}")]
    TwoConnections(String),
    /// An entry of `connected` names an unknown connection or scope, or a person without an account there.
    #[error("{sub} cannot have connected {connection}: no such connection, account or scope")]
    Connected {
        /// The person's `sub`.
        sub: String,
        /// The connection's name.
        connection: String,
    },
    /// A signing key could not be generated.
    #[error(transparent)]
    Key(#[from] KeyFailure),
    /// The HTTP client for back-channel logout could not be built.
    #[error("could not create the HTTP client: {0}")]
    Http(#[from] reqwest::Error),
}

impl Provider {
    /// Creates the provider and generates its two signing keys, which takes a moment.
    ///
    /// # Errors
    /// Returns an error if the settings are inconsistent or a key or the HTTP client cannot be created.
    pub fn new(settings: Settings, clock: Clock, sins: Sins) -> Result<Self, SetupError> {
        check::check(&settings)?;
        // Auth0's timeout for a logout request is five seconds, and it follows no redirects.
        let outbound = reqwest::Client::builder()
            .timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        let mut store = Store::default();
        accounts::seed(&settings, &mut store, clock.seconds());
        Ok(Self(Arc::new(Inner {
            settings,
            clock,
            sins,
            keys: KeyRing::generate()?,
            third_party_key: OnceLock::new(),
            store: Mutex::new(store),
            adversary: Adversary::default(),
            backchannel_adversary: Adversary::default(),
            trace: Trace::default(),
            outbound,
        })))
    }

    /// Returns the provider's routes, to be mounted at the issuer's path.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/.well-known/openid-configuration", get(discovery::document))
            .route("/.well-known/oauth-authorization-server", get(discovery::document))
            .route("/.well-known/jwks.json", get(discovery::keys))
            .route("/authorize", get(authorize::authorize))
            .route("/u/login", get(authorize::sign_in::page).post(authorize::sign_in::submit))
            .route("/u/consent", get(authorize::consent::page).post(authorize::consent::submit))
            .route("/oidc/register", post(registration::register))
            .route("/oauth/token", post(token::token))
            .route("/bc-authorize", post(ciba::start))
            .route("/oauth/revoke", post(token::revoke::revoke))
            .route("/userinfo", get(userinfo::userinfo).post(userinfo::userinfo))
            .route("/v2/logout", get(logout::classic::logout))
            .route("/oidc/logout", get(logout::rp::get).post(logout::rp::post))
            .route("/u/logout", post(logout::rp::confirm))
            .route("/sandbox.css", get(pages::stylesheet))
            .merge(phone::router())
            .merge(connect::router())
            .merge(my_account::router())
            .with_state(self.clone())
    }

    /// Promotes the next signing key to the current one. The previous key stays published until the next rotation.
    ///
    /// # Errors
    /// Returns an error if no new key can be generated; the keys are then unchanged.
    pub fn rotate_keys(&self) -> Result<(), KeyFailure> {
        self.0.keys.rotate()
    }

    /// Revokes all refresh tokens of a person, as an administrator would. Access tokens stay valid.
    pub fn revoke_refresh_tokens_of(&self, sub: &str) {
        self.store(|store| store.families.revoke_where(|family| family.authorization.sub == sub));
    }

    /// Returns the clients that registered themselves, by id.
    #[must_use]
    pub fn registered_clients(&self) -> Vec<Client> {
        self.store(|store| store.registered.values().cloned().collect())
    }

    /// Returns the number of requests to each endpoint.
    #[must_use]
    pub fn requests(&self) -> BTreeMap<Endpoint, u64> {
        self.0.trace.all()
    }

    /// Returns the number of requests to this endpoint.
    #[must_use]
    pub fn requests_to(&self, endpoint: Endpoint) -> u64 {
        self.requests().get(&endpoint).copied().unwrap_or_default()
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Returns the client with this id, from the settings or registered since.
    pub(crate) fn client(&self, id: &str) -> Option<Client> {
        let own = self.settings().client(id).cloned();
        own.or_else(|| self.store(|store| store.registered.get(id).cloned()))
    }

    pub(crate) fn keys(&self) -> &KeyRing {
        &self.0.keys
    }

    /// Returns the third parties' signing key. It is not in the provider's JWKS.
    pub(crate) fn third_party_key(&self) -> Result<&Key, KeyFailure> {
        if let Some(key) = self.0.third_party_key.get() {
            return Ok(key);
        }
        let key = Key::generate()?;
        Ok(self.0.third_party_key.get_or_init(|| key))
    }

    pub(crate) fn adversary(&self) -> &Adversary {
        &self.0.adversary
    }

    /// The adversary of `/bc-authorize`.
    pub(crate) fn backchannel_adversary(&self) -> &Adversary {
        &self.0.backchannel_adversary
    }

    pub(crate) fn outbound(&self) -> &reqwest::Client {
        &self.0.outbound
    }

    /// Seconds since 1970-01-01 UTC.
    pub(crate) fn now(&self) -> i64 {
        self.0.clock.seconds()
    }

    /// Milliseconds since 1970-01-01 UTC.
    pub(crate) fn now_ms(&self) -> i64 {
        self.0.clock.millis()
    }

    pub(crate) fn sin(&self, what: impl Into<String>) {
        self.0.sins.commit("oidc", what);
    }

    pub(crate) fn saw(&self, endpoint: Endpoint) {
        self.0.trace.saw(endpoint);
    }

    pub(crate) fn store<T>(&self, act: impl FnOnce(&mut Store) -> T) -> T {
        act(&mut self.0.store.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider").field("issuer", &self.0.settings.issuer).finish_non_exhaustive()
    }
}
