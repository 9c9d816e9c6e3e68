//! The provider's configuration at start: issuer, people, clients and APIs. Must not depend on requests.

mod ciba;
mod connections;
mod registration;

use std::fmt;

use sandbox_kit::People;

pub use ciba::{Ciba, PollStatuses};
pub use connections::{Connected, Connection, ScopeSeparator, ThirdPartyAccount, TokenForm};
pub use registration::{Party, Registration};

/// The provider's configuration.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The issuer, for example `http://localhost:4100/`: an absolute URL without query that ends in `/`.
    pub issuer: String,
    /// The people who can sign in.
    pub people: People,
    /// The registered applications.
    pub clients: Vec<Client>,
    /// The registered APIs.
    pub audiences: Vec<Audience>,
    /// Allowed URLs for the redirect after logout if no client is named.
    pub logout_urls: Vec<String>,
    /// Presence of `iss` in callbacks.
    pub callback_issuer: CallbackIssuer,
    /// Lifetime of an authorization code, in seconds.
    pub code_lifetime_s: i64,
    /// Settings of the backchannel flow (CIBA).
    pub ciba: Ciba,
    /// Third parties whose accounts can be connected.
    pub connections: Vec<Connection>,
    /// Accounts connected at start.
    pub connected: Vec<Connected>,
    /// Dynamic Client Registration.
    pub registration: Registration,
}

impl Settings {
    /// Creates settings with `iss` in callbacks, a code lifetime of one minute, and no clients or APIs.
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
            registration: Registration::Closed,
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

    /// Returns the identifier of the My Account API, which is usable only if [`Settings::audiences`] contains it.
    #[must_use]
    pub fn my_account_audience(&self) -> String {
        self.url("me/")
    }

    /// Returns the absolute URL of a path below the issuer.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }
}

/// Presence of `iss` in callbacks (RFC 9207), as announced in discovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallbackIssuer {
    /// Every callback carries `iss`.
    Sent,
    /// No callback carries `iss`.
    Omitted,
}

/// A registered client.
#[derive(Clone)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// `client_secret`; `None` for a public client.
    pub secret: Option<String>,
    /// Name shown on the sign-in page.
    pub name: String,
    /// The owner of the application.
    pub party: Party,
    /// Allowed values of `redirect_uri`, compared as exact strings.
    pub callbacks: Vec<String>,
    /// Allowed URLs for the redirect after logout, compared as exact strings.
    pub logout_urls: Vec<String>,
    /// Grant types that the client may use.
    pub grants: Vec<Grant>,
    /// Allowed types of `authorization_details`. If the request names an API, the API must allow the type as well.
    pub details_types: Vec<String>,
    /// APIs that the client may call on its own behalf.
    pub client_grants: Vec<ClientGrant>,
    /// APIs that the client may call on behalf of a person, by exchange of the person's token.
    pub user_grants: Vec<ClientGrant>,
    /// Additional APIs for which the client's refresh tokens yield access tokens (Auth0's *multi-resource refresh
    /// token*).
    pub refresh_policies: Vec<RefreshPolicy>,
    /// The API that this client belongs to (Auth0's *Custom API Client*). The client may exchange that API's access
    /// tokens.
    pub resource_server: Option<String>,
    /// URL that receives logout tokens.
    pub backchannel_logout_url: Option<String>,
    /// Refresh token rotation.
    pub refresh: Refresh,
    /// Lifetimes of the client's tokens.
    pub lifetimes: Lifetimes,
}

impl Client {
    /// Creates a web application with the code flow, refresh tokens that rotate without leeway, and Auth0's default
    /// lifetimes.
    #[must_use]
    pub fn new(id: impl Into<String>, secret: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secret: Some(secret.into()),
            name: name.into(),
            party: Party::First,
            callbacks: Vec::new(),
            logout_urls: Vec::new(),
            grants: vec![Grant::AuthorizationCode, Grant::RefreshToken],
            details_types: Vec::new(),
            client_grants: Vec::new(),
            user_grants: Vec::new(),
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
    /// Exchange of one of this provider's tokens for a third party's access token (Auth0's *Token Vault*).
    TokenVault,
    /// Exchange of a person's access token for one to another API (RFC 8693, Auth0's *On-Behalf-Of Token Exchange*).
    OnBehalfOf,
}

impl Grant {
    const ALL: [Self; 6] = [
        Self::AuthorizationCode,
        Self::RefreshToken,
        Self::ClientCredentials,
        Self::Ciba,
        Self::TokenVault,
        Self::OnBehalfOf,
    ];

    /// Returns the value of `grant_type` on the wire.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
            Self::Ciba => "urn:openid:params:grant-type:ciba",
            Self::TokenVault => "urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token",
            Self::OnBehalfOf => "urn:ietf:params:oauth:grant-type:token-exchange",
        }
    }

    pub(crate) fn parse(wire: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grant| grant.wire() == wire)
    }
}

/// The scopes of an API that are granted to a client, for itself or for people (Auth0's *client grant*).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientGrant {
    /// The API's identifier.
    pub audience: String,
    /// Scopes granted to the client.
    pub scopes: Vec<String>,
}

/// An API, other than the one requested at sign-in, for which a refresh token yields access tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshPolicy {
    /// The API's identifier.
    pub audience: String,
    /// Scopes available at this API.
    pub scopes: Vec<String>,
}

/// Refresh token rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    /// Each use replaces the token. Using a replaced token more than `leeway_s` seconds later revokes the whole family.
    Rotating {
        /// Auth0's *rotation overlap period*, in seconds; 0 disables it.
        leeway_s: i64,
    },
    /// The token stays the same.
    Fixed,
}

/// Token lifetimes in seconds. The defaults are Auth0's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    /// Lifetime of ID tokens.
    pub id_token_s: i64,
    /// Lifetime of opaque access tokens, which only `/userinfo` accepts. Each API defines its own lifetime.
    pub access_token_s: i64,
    /// Lifetime of refresh tokens from sign-in on; rotation does not extend it.
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
    /// Identifier of the API and `aud` of its tokens.
    pub identifier: String,
    /// Scopes that the API defines. Others are dropped silently, as Auth0 does.
    pub scopes: Vec<String>,
    /// Types of `authorization_details` that the API allows.
    pub details_types: Vec<String>,
    /// Availability of refresh tokens for this API.
    pub offline_access: OfflineAccess,
    /// Lifetime of the API's access tokens, in seconds.
    pub token_lifetime_s: i64,
    /// Claims about the person that an Action adds to the API's access tokens: any of `email`, `email_verified` and
    /// `preferred_username`.
    pub person_claims: Vec<String>,
}

impl Audience {
    /// Creates an API that allows offline access, with Auth0's default token lifetime of one day.
    #[must_use]
    pub fn new(identifier: impl Into<String>, scopes: &[&str]) -> Self {
        Self {
            identifier: identifier.into(),
            scopes: scopes.iter().map(ToString::to_string).collect(),
            details_types: Vec::new(),
            offline_access: OfflineAccess::Allowed,
            token_lifetime_s: 86_400,
            person_claims: Vec::new(),
        }
    }
}

/// Availability of refresh tokens for an API (Auth0's *Allow Offline Access*).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfflineAccess {
    /// `offline_access` yields a refresh token.
    Allowed,
    /// `offline_access` is dropped silently.
    Refused,
}
