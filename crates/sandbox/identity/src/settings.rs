//! What the provider is told at start: its issuer, people, clients and APIs. It must never know about requests.

mod ciba;
mod connections;

use std::fmt;

use sandbox_kit::People;

pub use ciba::{Ciba, PollStatuses};
pub use connections::{Connected, Connection, ScopeSeparator, ThirdPartyAccount, TokenForm};

/// Everything that the provider is told at start.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The issuer, for example `http://localhost:4100/`: an absolute URL without query that ends in `/`.
    pub issuer: String,
    /// Everybody who can sign in.
    pub people: People,
    /// The registered applications.
    pub clients: Vec<Client>,
    /// The registered APIs.
    pub audiences: Vec<Audience>,
    /// Where a browser may be sent after logout when no client is named.
    pub logout_urls: Vec<String>,
    /// Whether callbacks carry `iss`.
    pub callback_issuer: CallbackIssuer,
    /// How long an authorization code lives, in seconds.
    pub code_lifetime_s: i64,
    /// How the backchannel flow behaves.
    pub ciba: Ciba,
    /// The third parties whose accounts can be connected.
    pub connections: Vec<Connection>,
    /// What is connected at the start.
    pub connected: Vec<Connected>,
}

impl Settings {
    /// Settings with `iss` in the callback, codes that live for a minute, and no clients or APIs yet.
    #[must_use]
    pub fn new(issuer: impl Into<String>, people: People) -> Self {
        Self {
            issuer: issuer.into(),
            people,
            clients: Vec::new(),
            audiences: Vec::new(),
            logout_urls: Vec::new(),
            callback_issuer: CallbackIssuer::Sent,
            code_lifetime_s: 60,
            ciba: Ciba::default(),
            connections: Vec::new(),
            connected: Vec::new(),
        }
    }

    pub(crate) fn client(&self, id: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.id == id)
    }

    pub(crate) fn audience(&self, identifier: &str) -> Option<&Audience> {
        self.audiences.iter().find(|audience| audience.identifier == identifier)
    }

    pub(crate) fn connection(&self, name: &str) -> Option<&Connection> {
        self.connections.iter().find(|connection| connection.name == name)
    }

    /// The identifier of the My Account API. It answers only if it is among the APIs.
    #[must_use]
    pub fn my_account_audience(&self) -> String {
        self.url("me/")
    }

    /// The absolute URL of a path below the issuer.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }
}

/// Whether the callback names the issuer (RFC 9207), and discovery says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallbackIssuer {
    /// Every callback carries `iss`.
    Sent,
    /// No callback carries `iss`.
    Omitted,
}

/// A registered application with a secret.
#[derive(Clone)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// `client_secret`.
    pub secret: String,
    /// The name that the sign-in page shows.
    pub name: String,
    /// Allowed `redirect_uri`s, compared character by character.
    pub callbacks: Vec<String>,
    /// Allowed URLs to return to after logout, compared character by character.
    pub logout_urls: Vec<String>,
    /// The grants that the client may use.
    pub grants: Vec<Grant>,
    /// The types of `authorization_details` that the client may send. An API that is named must know them, too.
    pub details_types: Vec<String>,
    /// The APIs that the client may call as itself.
    pub client_grants: Vec<ClientGrant>,
    /// The other APIs for which the client's refresh tokens yield access tokens (Auth0's *multi-resource refresh token*).
    pub refresh_policies: Vec<RefreshPolicy>,
    /// The API whose own client this is (Auth0's *Custom API Client*): it may exchange access tokens for that API.
    pub resource_server: Option<String>,
    /// Where logout tokens are posted.
    pub backchannel_logout_url: Option<String>,
    /// What happens to a refresh token that is used.
    pub refresh: Refresh,
    /// How long the client's tokens live.
    pub lifetimes: Lifetimes,
}

impl Client {
    /// A web application: code flow, refresh tokens that rotate without leeway, Auth0's default lifetimes.
    #[must_use]
    pub fn new(id: impl Into<String>, secret: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secret: secret.into(),
            name: name.into(),
            callbacks: Vec::new(),
            logout_urls: Vec::new(),
            grants: vec![Grant::AuthorizationCode, Grant::RefreshToken],
            details_types: Vec::new(),
            client_grants: Vec::new(),
            refresh_policies: Vec::new(),
            resource_server: None,
            backchannel_logout_url: None,
            refresh: Refresh::Rotating { leeway_s: 0 },
            lifetimes: Lifetimes::default(),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}

/// A grant type of the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grant {
    /// `authorization_code`.
    AuthorizationCode,
    /// `refresh_token`.
    RefreshToken,
    /// `client_credentials`.
    ClientCredentials,
    /// `urn:openid:params:grant-type:ciba`.
    Ciba,
    /// The exchange of a token of this provider for a third party's (Auth0's *Token Vault*).
    TokenVault,
}

impl Grant {
    const ALL: [Self; 5] =
        [Self::AuthorizationCode, Self::RefreshToken, Self::ClientCredentials, Self::Ciba, Self::TokenVault];

    /// The value of `grant_type` on the wire.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
            Self::Ciba => "urn:openid:params:grant-type:ciba",
            Self::TokenVault => "urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token",
        }
    }

    pub(crate) fn parse(wire: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grant| grant.wire() == wire)
    }
}

/// An API that a client may call as itself (Auth0's *client grant*).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientGrant {
    /// The API's identifier.
    pub audience: String,
    /// The scopes that the client gets there.
    pub scopes: Vec<String>,
}

/// An API, besides the one of the sign-in, for which a refresh token yields access tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshPolicy {
    /// The API's identifier.
    pub audience: String,
    /// The scopes that may be had there.
    pub scopes: Vec<String>,
}

/// What happens to a refresh token that is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    /// It is replaced; its reuse later than `leeway_s` seconds after that revokes the whole family.
    Rotating {
        /// Auth0's *rotation overlap period*; 0 means none.
        leeway_s: i64,
    },
    /// It stays as it is.
    Fixed,
}

/// Lifetimes in seconds. The defaults are Auth0's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    /// Of ID tokens.
    pub id_token_s: i64,
    /// Of access tokens that are good for `/userinfo` alone. An API has its own lifetime.
    pub access_token_s: i64,
    /// Of refresh tokens, from sign-in; rotation does not extend it.
    pub refresh_token_s: i64,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self { id_token_s: 36_000, access_token_s: 86_400, refresh_token_s: 2_592_000 }
    }
}

/// A registered API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audience {
    /// The identifier, which is the `aud` of its tokens.
    pub identifier: String,
    /// The scopes that the API knows; others are dropped silently, as Auth0 does.
    pub scopes: Vec<String>,
    /// The types of `authorization_details` that the API knows.
    pub details_types: Vec<String>,
    /// Whether refresh tokens are given for it.
    pub offline_access: OfflineAccess,
    /// How long its access tokens live, in seconds.
    pub token_lifetime_s: i64,
}

impl Audience {
    /// An API that allows offline access, with Auth0's default lifetime of a day.
    #[must_use]
    pub fn new(identifier: impl Into<String>, scopes: &[&str]) -> Self {
        Self {
            identifier: identifier.into(),
            scopes: scopes.iter().map(ToString::to_string).collect(),
            details_types: Vec::new(),
            offline_access: OfflineAccess::Allowed,
            token_lifetime_s: 86_400,
        }
    }
}

/// Whether an API allows refresh tokens (Auth0's *Allow Offline Access*).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfflineAccess {
    /// `offline_access` yields a refresh token.
    Allowed,
    /// `offline_access` is dropped silently.
    Refused,
}
