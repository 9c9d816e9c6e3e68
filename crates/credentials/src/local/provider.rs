//! The configuration of a provider. `S` is its secret, or the secret's location before it has been fetched.

use crate::identity::IdentityEndpoint;
use oidc::Method;
use secrecy::SecretString;
use std::fmt;
use url::Url;

/// A service that issues tokens.
#[derive(Debug, Clone)]
pub struct Provider<S = SecretString> {
    /// Identifier that tools use, such as `github`.
    pub id: String,
    /// Name in messages to people.
    pub name: &'static str,
    /// Method of obtaining its tokens, with the settings.
    pub kind: Kind<S>,
}

/// Method of obtaining tokens from a provider.
#[derive(Debug, Clone)]
pub enum Kind<S = SecretString> {
    /// Each person connects an account of their own (three-legged).
    People(Box<People<S>>),
    /// The application authenticates as itself (two-legged, RFC 6749 section 4.4).
    Application(Machine<S>),
    /// The application has one API key.
    ApiKey(Key<S>),
}

/// An authorization server where people connect accounts, and the application's client there.
#[derive(Debug, Clone)]
pub struct People<S = SecretString> {
    /// Client registered for this application.
    pub client: Client<S>,
    /// Authorization endpoint.
    pub authorization_url: Url,
    /// Token endpoint.
    pub token_url: Url,
    /// Method of revoking tokens; none if the provider cannot revoke them.
    pub revocation: Option<Revocation>,
    /// Address that names the owner of a token; none if the owner of an account stays unknown.
    pub identity: Option<IdentityEndpoint>,
    /// Issuer that a callback may name; none if the provider's issuer is unknown.
    pub issuer: Option<Issuer>,
    /// All scopes that tools may request.
    pub scopes: Vec<String>,
    /// Scopes that every request adds although no tool needs them, such as `offline_access`.
    pub with_scopes: Vec<String>,
    /// Separator of scopes in a request: Slack uses commas.
    pub separator: char,
    /// Additional parameters of the authorization request.
    pub parameters: Vec<(String, String)>,
    /// Parameters that make the provider authenticate the person again. They replace `parameters` of the same name.
    pub again: Vec<(String, String)>,
    /// Validity of a consent.
    pub authentication: Authentication,
}

/// A client that obtains tokens for itself by client credentials.
#[derive(Debug, Clone)]
pub struct Machine<S = SecretString> {
    /// Client registered for this application.
    pub client: Client<S>,
    /// Token endpoint.
    pub token_url: Url,
    /// `audience` parameter: the API that the token is for, if the server requires it.
    pub audience: Option<String>,
    /// Scopes to request.
    pub scopes: Vec<String>,
}

/// An API key. Its `Debug` output is redacted.
#[derive(Clone)]
pub struct Key<S = SecretString>(pub S);

impl<S> fmt::Debug for Key<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// The application's OAuth 2.0 client at a provider.
#[derive(Debug, Clone)]
pub struct Client<S = SecretString> {
    /// `client_id`.
    pub id: String,
    /// `client_secret`.
    pub secret: S,
    /// Client authentication method at the token endpoint.
    pub auth: Method,
}

/// The issuer that a callback may name (RFC 9207).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// Issuer identifier, compared exactly.
    pub name: String,
    /// Requirement that a callback names the issuer.
    pub iss: Iss,
}

/// The requirement that a callback names its issuer (`authorization_response_iss_parameter_supported`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Iss {
    /// Every callback names the issuer; one without `iss` is rejected.
    Required,
    /// A callback may omit `iss`; one that names another issuer is rejected.
    Optional,
}

/// Method of revoking a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revocation {
    /// RFC 7009.
    Standard(Url),
    /// `DELETE /applications/{client_id}/grant` of GitHub's REST API, which revokes the person's whole grant to the
    /// application.
    GitHub(Url),
    /// Google's endpoint, which takes the token without client authentication (developers.google.com, Using OAuth 2.0
    /// for Web Server Applications).
    Google(Url),
    /// Slack's `auth.revoke`, authorized by the token itself.
    Slack(Url),
}

/// Validity of a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication {
    /// Until the account is disconnected or revoked.
    Lasting,
    /// One-time consent, valid for ten minutes. Then the person must consent again, and is asked to authenticate again.
    Forced,
}

/// Location of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretAt {
    /// Name or ARN of a text secret in AWS Secrets Manager.
    Manager(String),
    /// Name of an environment variable.
    Variable(String),
}

impl Client {
    /// Converts to a client for token requests.
    #[must_use]
    pub fn oauth(&self) -> oidc::Client {
        oidc::Client::with_secret(self.id.clone(), self.secret.clone(), Some(self.auth))
    }
}

impl Provider<SecretAt> {
    /// Returns the location of the provider's secret.
    #[must_use]
    pub fn secret_at(&self) -> &SecretAt {
        match &self.kind {
            Kind::People(people) => &people.client.secret,
            Kind::Application(machine) => &machine.client.secret,
            Kind::ApiKey(Key(at)) => at,
        }
    }

    /// Replaces the location of the secret by the secret itself.
    #[must_use]
    pub fn with(self, secret: SecretString) -> Provider {
        let client = |client: Client<SecretAt>| Client { id: client.id, secret: secret.clone(), auth: client.auth };
        let kind = match self.kind {
            Kind::ApiKey(_) => Kind::ApiKey(Key(secret)),
            Kind::Application(Machine { client: own, token_url, audience, scopes }) => {
                Kind::Application(Machine { client: client(own), token_url, audience, scopes })
            }
            Kind::People(people) => Kind::People(Box::new(People {
                client: client(people.client),
                authorization_url: people.authorization_url,
                token_url: people.token_url,
                revocation: people.revocation,
                identity: people.identity,
                issuer: people.issuer,
                scopes: people.scopes,
                with_scopes: people.with_scopes,
                separator: people.separator,
                parameters: people.parameters,
                again: people.again,
                authentication: people.authentication,
            })),
        };
        Provider { id: self.id, name: self.name, kind }
    }
}

impl<S> Provider<S> {
    /// Returns the settings for people's own accounts; none if this provider has no such accounts.
    #[must_use]
    pub fn people(&self) -> Option<&People<S>> {
        match &self.kind {
            Kind::People(people) => Some(people),
            Kind::Application(_) | Kind::ApiKey(_) => None,
        }
    }

    /// Returns the scopes that tools may request; empty for an API key.
    #[must_use]
    pub fn scopes(&self) -> &[String] {
        match &self.kind {
            Kind::People(people) => &people.scopes,
            Kind::Application(machine) => &machine.scopes,
            Kind::ApiKey(_) => &[],
        }
    }
}
