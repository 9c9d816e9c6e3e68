//! The credentials with which a target is called. A door's token, or a session of a browser, is none of them and is never
//! forwarded.

use super::{ConfigError, raw};
use http::HeaderName;
use serde::Deserialize;
use url::Url;

/// The credential of a target.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "raw::Credential")]
pub enum Credential {
    /// None.
    #[default]
    None,
    /// A key that the target issued.
    ApiKey {
        /// The place of the key in a request.
        #[doc(hidden)]
        place: KeyPlace,
        /// The key.
        secret: Secret,
    },
    /// The application's own access token.
    ClientCredentials(ClientCredentials),
    /// An access token of the person who asks.
    Person(PersonToken),
    /// A signature with the server's AWS credentials (Signature Version 4).
    SigV4 {
        /// The service in the scope of the signature: `execute-api`.
        service: String,
        /// The region in the scope of the signature.
        region: String,
    },
}

/// The place of an API key in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyPlace {
    /// A header, and the text before the key in it.
    Header(HeaderName, String),
    /// A member of the query.
    Query(String),
}

/// A client at a token endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCredentials {
    /// The token endpoint.
    pub token_url: Url,
    /// The client's id.
    pub client_id: String,
    /// The client's secret.
    pub secret: Secret,
    /// The audience of the token.
    pub audience: Option<String>,
    /// The scopes of the token.
    pub scopes: Vec<String>,
}

/// The source of a person's access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonToken {
    /// The identity provider, for the audience of the target.
    Audience {
        /// The `aud` of the token.
        audience: String,
        /// Its scopes.
        scopes: Vec<String>,
    },
    /// The person's connected account.
    Account {
        /// The provider of the account, such as `github`.
        account: String,
        /// The scopes that the account must have.
        scopes: Vec<String>,
    },
}

/// The location of a secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Secret {
    /// A variable of the environment.
    Variable(String),
    /// A secret in AWS Secrets Manager, by name or ARN.
    Manager(String),
}

impl Credential {
    /// The location of its secret, if it has one.
    pub(crate) const fn secret(&self) -> Option<&Secret> {
        match self {
            Self::ApiKey { secret, .. } => Some(secret),
            Self::ClientCredentials(own) => Some(&own.secret),
            Self::None | Self::Person(_) | Self::SigV4 { .. } => None,
        }
    }
}

/// Names of headers that no parameter of a tool sets: they authenticate, route or frame the request.
const RESERVED: [&str; 19] = [
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "forwarded",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-api-key",
];

/// Beginnings of such names.
const RESERVED_PREFIXES: [&str; 5] = ["proxy-", "sec-", "x-amz-", "x-amzn-", "x-forwarded-"];

/// Returns `true` if no parameter may set the header of this name, in lower case.
pub(crate) fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name) || RESERVED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

impl TryFrom<raw::Credential> for Credential {
    type Error = ConfigError;

    fn try_from(raw: raw::Credential) -> Result<Self, ConfigError> {
        Ok(match raw {
            raw::Credential::None {} => Self::None,
            raw::Credential::ApiKey { header, query, prefix, secret_id, secret_env } => {
                let place = match (header, query) {
                    (Some(header), None) => KeyPlace::Header(key_header(&header)?, prefix.unwrap_or_default()),
                    (None, Some(query)) if prefix.is_none() && !query.is_empty() => KeyPlace::Query(query),
                    _ => return Err(ConfigError::KeyPlace),
                };
                Self::ApiKey { place, secret: secret(secret_id, secret_env)? }
            }
            raw::Credential::ClientCredentials { token_url, client_id, secret_id, secret_env, audience, scopes } => {
                let secret = secret(secret_id, secret_env)?;
                Self::ClientCredentials(ClientCredentials {
                    token_url: token_url.0,
                    client_id,
                    secret,
                    audience,
                    scopes,
                })
            }
            raw::Credential::Person { audience, account, scopes } => Self::Person(match (audience, account) {
                (Some(audience), None) if !audience.is_empty() => PersonToken::Audience { audience, scopes },
                (None, Some(account)) if !account.is_empty() => PersonToken::Account { account, scopes },
                _ => return Err(ConfigError::Person),
            }),
            raw::Credential::SigV4 { service, region } => Self::SigV4 { service, region },
        })
    }
}

/// A key may be sent as `Authorization` or `X-Api-Key`; the other reserved headers are no place for one.
fn key_header(name: &str) -> Result<HeaderName, ConfigError> {
    let wrong = || ConfigError::Header(name.to_owned());
    let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
    let free = !is_reserved(header.as_str()) || matches!(header.as_str(), "authorization" | "x-api-key");
    free.then_some(header).ok_or_else(wrong)
}

fn secret(id: Option<String>, variable: Option<String>) -> Result<Secret, ConfigError> {
    match (id, variable) {
        (Some(id), None) if !id.is_empty() => Ok(Secret::Manager(id)),
        (None, Some(variable)) if !variable.is_empty() => Ok(Secret::Variable(variable)),
        _ => Err(ConfigError::Secret),
    }
}
