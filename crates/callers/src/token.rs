//! The checks of an access token, in their fixed order; the first that fails answers. Nothing from the token is believed
//! before its signature, except the choice among configured issuers and their keys.

mod actor;
mod kind;
mod registered;
pub(crate) mod subject;

pub(crate) use kind::check_unbound;

use crate::aws;
use crate::caller::{Agent, AgentForPerson, AgentIdentity, Caller, Grant, Person};
use crate::config::{IssuerConfig, Resource, StsIssuerConfig, Tenancy};
use crate::keys::KeyCache;
use crate::rejection::{Denial, InvalidToken, Reason};
use crate::scopes::Scopes;
use oidc::Claims;
use oidc::jws::{Algorithm, Compact};
use std::sync::Arc;

/// Accepted values of `typ`: RFC 7519 section 5.1 and RFC 9068 section 2.1. ID-JAG and logout tokens have others.
const TYPES: [&str; 3] = ["JWT", "at+jwt", "application/at+jwt"];

/// A trusted issuer with its keys.
#[derive(Debug)]
pub(crate) struct Issuer {
    pub(crate) rules: Rules,
    pub(crate) keys: Arc<KeyCache>,
}

/// The rules for the tokens of one issuer.
#[derive(Debug)]
pub(crate) enum Rules {
    /// Access tokens of people and clients.
    Access(IssuerConfig),
    /// Web identity tokens of AWS roles.
    Aws(StsIssuerConfig),
}

impl Rules {
    fn issuer(&self) -> &str {
        match self {
            Self::Access(config) => config.issuer.as_str(),
            Self::Aws(config) => config.issuer.as_str(),
        }
    }

    fn algorithms(&self) -> &[Algorithm] {
        match self {
            Self::Access(config) => &config.algorithms,
            Self::Aws(config) => &config.algorithms,
        }
    }
}

/// Checks `token` for the door `audience` at `now`, in seconds since 1970.
pub(crate) async fn check(issuers: &[Issuer], token: &str, audience: &Resource, now: i64) -> Result<Caller, Reason> {
    let compact = Compact::parse(token).map_err(|_| InvalidToken::Form)?;
    let algorithm = header(&compact)?;
    let claims = Claims::parse(compact.unverified_payload()).map_err(|_| InvalidToken::Form)?;
    // The issuer comes from the configuration. One that only the token names is never asked for anything.
    let named = claims.text("iss").ok_or(InvalidToken::Issuer)?;
    let issuer = issuers.iter().find(|own| own.rules.issuer() == named).ok_or(InvalidToken::Issuer)?;
    if !issuer.rules.algorithms().contains(&algorithm) {
        return Err(InvalidToken::Algorithm.into());
    }
    issuer.keys.verify(&compact, algorithm).await?;
    let subject = registered::check(&claims, audience, now)?;
    kind::check(&claims)?;
    match &issuer.rules {
        Rules::Access(config) => access(config, &claims, subject),
        Rules::Aws(config) => aws::web_identity(config, &claims, subject),
    }
}

fn header(token: &Compact<'_>) -> Result<Algorithm, InvalidToken> {
    let algorithm = token.algorithm().ok_or(InvalidToken::Algorithm)?;
    if token.typ().is_some_and(|typ| !TYPES.iter().any(|accepted| typ.eq_ignore_ascii_case(accepted))) {
        return Err(InvalidToken::Type);
    }
    if token.has_critical_extensions() { Err(InvalidToken::CriticalExtension) } else { Ok(algorithm) }
}

/// The checks of a verified token that only the issuer's own rules can decide: client, claims, tenant, binding, actors,
/// scopes.
fn access(config: &IssuerConfig, claims: &Claims, subject: &str) -> Result<Caller, Reason> {
    let client = subject::client(claims)?;
    if let Some(allowed) = &config.allowed_clients
        && !client.is_some_and(|client| allowed.contains(client))
    {
        return Err(Denial::Client.into());
    }
    if !config.claims.iter().all(|rule| rule.is_met(claims)) {
        return Err(Denial::Claim.into());
    }
    let tenant = tenant(&config.tenancy, claims).ok_or(Denial::Tenant)?;
    kind::check_unbound(claims)?;
    let chain = actor::chain(config, claims)?;
    let scopes = Scopes::of(claims);
    if config.allowed_scopes.as_ref().is_some_and(|any| !any.iter().any(|scope| scopes.contains(scope.as_str()))) {
        return Err(Reason::InsufficientScope);
    }
    let all = Arc::new(subject::texts(claims));
    let grant = Grant { tenant, scopes, claims: all, expires_at: registered::expiry(claims)? };
    let (issuer, subject_id, client_id) = (config.issuer.as_str().into(), subject.into(), client.map(Arc::from));
    if subject::is_agent(claims, subject, client) {
        let identity = AgentIdentity::Client { issuer, subject: subject_id, client: client_id };
        return if chain.is_empty() {
            Ok(Caller::Agent(Agent { identity, grant }))
        } else {
            Err(Denial::ActorWithoutPerson.into())
        };
    }
    let claims = Arc::new(subject::kept(claims, &config.person_claims));
    let person = Person { issuer, subject: subject_id, client: client_id, claims, grant };
    Ok(if chain.is_empty() { Caller::Person(person) } else { Caller::AgentForPerson(AgentForPerson { person, chain }) })
}

fn tenant(rule: &Tenancy, claims: &Claims) -> Option<Arc<str>> {
    match rule {
        Tenancy::Single(tenant) => Some(tenant.as_str().into()),
        Tenancy::ByOrganization { claim, tenants } => {
            tenants.get(claims.text(claim)?).map(|tenant| tenant.as_str().into())
        }
    }
}
