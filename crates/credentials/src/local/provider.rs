//! What is known of a provider. `S` is its secret, or where the secret is before it has been fetched.

use oidc::Method;
use secrecy::SecretString;
use std::fmt;
use url::Url;

/// Whoever gives tokens.
#[derive(Debug, Clone)]
pub struct Provider<S = SecretString> {
    /// What tools call it: `github`.
    pub id: String,
    /// The name that people know it by.
    pub name: &'static str,
    /// How its tokens are had.
    pub kind: Kind<S>,
}

/// How tokens are had.
#[derive(Debug, Clone)]
pub enum Kind<S = SecretString> {
    /// Each person connects an account of their own (three-legged).
    People(Box<People<S>>),
    /// The application has an account of its own (two-legged, RFC 6749 section 4.4).
    Application(Machine<S>),
    /// The application has one key.
    ApiKey(Key<S>),
}

/// An authorization server, and our client there.
#[derive(Debug, Clone)]
pub struct People<S = SecretString> {
    /// Our client.
    pub client: Client<S>,
    /// Where people are asked.
    pub authorization_url: Url,
    /// Where codes and refresh tokens are changed for tokens.
    pub token_url: Url,
    /// How a token is given back.
    pub revocation: Option<Revocation>,
    /// Who it says it is.
    pub issuer: Option<Issuer>,
    /// All scopes that tools may ask for.
    pub scopes: Vec<String>,
    /// Scopes that are always asked for and that no tool needs, such as `offline_access`.
    pub with_scopes: Vec<String>,
    /// What stands between scopes: Slack has commas.
    pub separator: char,
    /// More of the authorization request.
    pub parameters: Vec<(String, String)>,
    /// What makes it ask again who the person is.
    pub again: Vec<(String, String)>,
    /// How long a consent counts.
    pub authentication: Authentication,
}

/// A client that may have tokens of its own.
#[derive(Debug, Clone)]
pub struct Machine<S = SecretString> {
    /// Our client.
    pub client: Client<S>,
    /// The token endpoint.
    pub token_url: Url,
    /// The API that the token is for, where the server wants it said.
    pub audience: Option<String>,
    /// The scopes to ask for.
    pub scopes: Vec<String>,
}

/// An API key. Its `Debug` shows nothing of it.
#[derive(Clone)]
pub struct Key<S = SecretString>(pub S);

impl<S> fmt::Debug for Key<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// Our client at a provider.
#[derive(Debug, Clone)]
pub struct Client<S = SecretString> {
    /// `client_id`.
    pub id: String,
    /// `client_secret`.
    pub secret: S,
    /// The method by which it authenticates.
    pub auth: Method,
}

/// The issuer that a callback may name (RFC 9207).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// Exactly as it is sent.
    pub name: String,
    /// Whether it must be sent.
    pub iss: Iss,
}

/// Whether each callback of a provider names its issuer (`authorization_response_iss_parameter_supported`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Iss {
    /// One without is refused.
    Required,
    /// One that names another is refused.
    Optional,
}

/// How a token is given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revocation {
    /// RFC 7009.
    Standard(Url),
    /// `DELETE /applications/{client_id}/grant` of GitHub's REST API: all that the person allowed the application.
    GitHub(Url),
    /// Google's own: the token alone (developers.google.com, Using OAuth 2.0 for Web Server Applications).
    Google(Url),
    /// Slack's `auth.revoke`, with the token itself.
    Slack(Url),
}

/// How long a consent counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication {
    /// Until it is taken back.
    Lasting,
    /// For the deed at hand: ten minutes. Then the person is asked again, and asked to show again who they are.
    Forced,
}

/// Where a secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretAt {
    /// A secret in Secrets Manager, by name or ARN; its text is the secret.
    Manager(String),
    /// An environment variable.
    Variable(String),
}

impl Client {
    /// The same client for requests.
    #[must_use]
    pub fn oauth(&self) -> oidc::Client {
        oidc::Client::with_secret(self.id.clone(), self.secret.clone(), Some(self.auth))
    }
}

impl Provider<SecretAt> {
    /// Where its secret is.
    #[must_use]
    pub fn secret_at(&self) -> &SecretAt {
        match &self.kind {
            Kind::People(people) => &people.client.secret,
            Kind::Application(machine) => &machine.client.secret,
            Kind::ApiKey(Key(at)) => at,
        }
    }

    /// The same with its secret.
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
    /// How people connect accounts of their own there, if they do.
    #[must_use]
    pub fn people(&self) -> Option<&People<S>> {
        match &self.kind {
            Kind::People(people) => Some(people),
            Kind::Application(_) | Kind::ApiKey(_) => None,
        }
    }

    /// The scopes that tools may ask for; none, where a token is not about scopes.
    #[must_use]
    pub fn scopes(&self) -> &[String] {
        match &self.kind {
            Kind::People(people) => &people.scopes,
            Kind::Application(machine) => &machine.scopes,
            Kind::ApiKey(_) => &[],
        }
    }
}
