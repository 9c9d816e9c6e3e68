//! Trusted issuers of access tokens.

use super::values::{DocumentUrl, IssuerId, Scope};
use super::{ClaimRule, ConfigError};
use oidc::jws::Algorithm;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The claim that names the organization at Auth0.
const ORGANIZATION: &str = "org_id";

/// A trusted issuer of access tokens for people and clients.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "RawIssuer")]
pub struct IssuerConfig {
    pub(crate) issuer: IssuerId,
    pub(crate) keys: KeyLocation,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) allowed_clients: Option<BTreeSet<String>>,
    pub(crate) allowed_scopes: Option<BTreeSet<Scope>>,
    pub(crate) claims: Vec<ClaimRule>,
    pub(crate) tenancy: Tenancy,
    pub(crate) actors: BTreeSet<String>,
    pub(crate) person_claims: BTreeSet<String>,
}

/// The place of an issuer's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyLocation {
    /// A discovery document with the member `jwks_uri` (OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2).
    Discovery(DocumentUrl),
    /// A JWK set (RFC 7517 section 5).
    KeySet(DocumentUrl),
}

impl KeyLocation {
    pub(super) fn of(discovery: Option<DocumentUrl>, key_set: Option<DocumentUrl>) -> Result<Self, ConfigError> {
        match (discovery, key_set) {
            (Some(url), None) => Ok(Self::Discovery(url)),
            (None, Some(url)) => Ok(Self::KeySet(url)),
            _ => Err(ConfigError::KeyLocation),
        }
    }
}

/// The rule that selects the tenant of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tenancy {
    /// All tokens of the issuer belong to this tenant.
    Single(String),
    /// The organization that a claim names selects the tenant. Tokens without a listed organization have none.
    ByOrganization {
        /// The claim.
        claim: String,
        /// The tenant of each organization.
        tenants: BTreeMap<String, String>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawIssuer {
    /// The `iss` claim of its tokens.
    issuer: IssuerId,
    discovery_url: Option<DocumentUrl>,
    jwks_url: Option<DocumentUrl>,
    algorithms: Vec<Algorithm>,
    /// Clients that may call, by `azp`, `client_id` or `cid`; absent: all clients of the issuer.
    allowed_clients: Option<BTreeSet<String>>,
    /// Scopes of which a token needs any one to enter; absent: none is needed.
    allowed_scopes: Option<BTreeSet<Scope>>,
    #[serde(default)]
    custom_claims: Vec<ClaimRule>,
    tenant: Option<String>,
    organization_claim: Option<String>,
    organizations: Option<BTreeMap<String, String>>,
    /// Agents that may act for a person, by the `sub` of their `act` claim.
    #[serde(default)]
    actors: BTreeSet<String>,
    /// Claims about a person that are kept: texts, numbers and truth values.
    #[serde(default)]
    person_claims: BTreeSet<String>,
}

impl TryFrom<RawIssuer> for IssuerConfig {
    type Error = ConfigError;

    fn try_from(raw: RawIssuer) -> Result<Self, ConfigError> {
        check_algorithms(&raw.algorithms)?;
        if raw.allowed_clients.as_ref().is_some_and(BTreeSet::is_empty)
            || raw.allowed_scopes.as_ref().is_some_and(BTreeSet::is_empty)
        {
            return Err(ConfigError::EmptyList);
        }
        Ok(Self {
            keys: KeyLocation::of(raw.discovery_url, raw.jwks_url)?,
            tenancy: tenancy(raw.tenant, raw.organization_claim, raw.organizations)?,
            issuer: raw.issuer,
            algorithms: raw.algorithms,
            allowed_clients: raw.allowed_clients,
            allowed_scopes: raw.allowed_scopes,
            claims: raw.custom_claims,
            actors: raw.actors,
            person_claims: raw.person_claims,
        })
    }
}

/// Refuses an empty list, and `PS256`, which only sign-in accepts.
pub(super) fn check_algorithms(algorithms: &[Algorithm]) -> Result<(), ConfigError> {
    if algorithms.is_empty() || algorithms.contains(&Algorithm::Ps256) { Err(ConfigError::Algorithms) } else { Ok(()) }
}

fn tenancy(
    tenant: Option<String>,
    claim: Option<String>,
    tenants: Option<BTreeMap<String, String>>,
) -> Result<Tenancy, ConfigError> {
    match (tenant, claim, tenants) {
        (Some(tenant), None, None) if !tenant.trim().is_empty() => Ok(Tenancy::Single(tenant)),
        (None, claim, Some(tenants)) if !tenants.is_empty() => {
            Ok(Tenancy::ByOrganization { claim: claim.unwrap_or_else(|| ORGANIZATION.to_owned()), tenants })
        }
        _ => Err(ConfigError::Tenancy),
    }
}
