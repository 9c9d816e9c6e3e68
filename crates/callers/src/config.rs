//! The configuration of the doors: a TOML document, parsed strictly. Unknown members, values that could be misread and
//! rules that contradict each other stop the start.

mod aws;
mod claim;
mod issuer;
mod tool_scopes;
pub(crate) mod values;

pub use aws::{PresignedConfig, StsIssuerConfig};
pub use claim::ClaimRule;
pub use issuer::{IssuerConfig, KeyLocation, Tenancy};
pub use tool_scopes::ToolScopes;
pub use values::{DocumentUrl, IssuerId, Resource, Scope};

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A mistake in the configuration. The text says which value is meant and how it must look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the texts of the errors")]
pub enum ConfigError {
    #[error(
        "`resource` must be an https URL (http is allowed only for localhost) as browsers write it, without user \
         information, query, fragment and final slash"
    )]
    Resource,
    #[error("the address of a document must be an https URL (http is allowed only for localhost)")]
    DocumentUrl,
    #[error(
        "`issuer` must be the issuer's https URL (http is allowed only for localhost), exactly as its tokens name it"
    )]
    Issuer,
    #[error("a scope is printable ASCII without blanks, quotation marks and backslashes, and not `offline_access`")]
    Scope,
    #[error("a claim rule needs `claim`, and `value` for EQUALS and CONTAINS or `values` for CONTAINS_ANY")]
    ClaimRule,
    #[error("exactly one of `discovery_url` and `jwks_url` must be given")]
    KeyLocation,
    #[error("`algorithms` must name at least one of RS256, ES256, ES384 and EdDSA")]
    Algorithms,
    #[error("a list is empty that would allow nothing; omit it to check nothing")]
    EmptyList,
    #[error("exactly one of `tenant` and `organizations` must be given, and `organization_claim` only with the latter")]
    Tenancy,
    #[error("an account is twelve digits")]
    Account,
    #[error("a role is an ARN such as arn:aws:iam::123456789012:role/Name, without wildcards")]
    Role,
    #[error("`roles` must name at least one role, all of this `account`")]
    Roles,
    #[error("a role of a presigned caller has no path, because AWS does not tell it")]
    RolePath,
    #[error("`regions` must name regions of AWS, such as us-east-1")]
    Region,
    #[error("an issuer is listed twice at one door")]
    DuplicateIssuer,
    #[error("`challenge_scopes` must be among `scopes`")]
    ChallengeScopes,
    #[error("the scopes of `tool_scopes` must be among `scopes`")]
    ToolScopes,
    #[error("a door trusts no issuer and no role, so nobody could enter")]
    Closed,
    #[error("doors name different addresses of keys for the same issuer")]
    ContradictoryKeys,
}

/// The configuration of all doors.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DoorsConfig {
    /// Each door by its name.
    #[serde(default)]
    pub doors: BTreeMap<String, DoorConfig>,
}

impl DoorsConfig {
    /// Parses the document.
    ///
    /// # Errors
    /// The first mistake with its place.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
}

/// The configuration of one door.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "RawDoor")]
pub struct DoorConfig {
    /// The public URL of the door, and the audience of its tokens.
    pub resource: Resource,
    pub(crate) name: Option<String>,
    pub(crate) documentation: Option<DocumentUrl>,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) challenge_scopes: Vec<Scope>,
    /// The scopes that calls of single tools need. Only a door that carries out single calls can ask for them.
    pub tool_scopes: ToolScopes,
    pub(crate) issuers: Vec<IssuerConfig>,
    pub(crate) aws_issuers: Vec<StsIssuerConfig>,
    pub(crate) aws_presigned: Option<PresignedConfig>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDoor {
    /// The public URL of the door, and the audience of its tokens.
    resource: Resource,
    /// The name of the door for people, in the metadata document.
    name: Option<String>,
    /// The page for developers, in the metadata document.
    documentation: Option<DocumentUrl>,
    /// All scopes that an action may need, in the metadata document.
    #[serde(default)]
    scopes: Vec<Scope>,
    /// The scopes that a client should request first, in the challenge; by default those that any issuer's tokens need to
    /// enter.
    #[serde(default)]
    challenge_scopes: Vec<Scope>,
    /// The scopes that calls of single tools need, beyond those to enter.
    #[serde(default)]
    tool_scopes: ToolScopes,
    #[serde(default)]
    issuers: Vec<IssuerConfig>,
    #[serde(default)]
    aws_issuers: Vec<StsIssuerConfig>,
    aws_presigned: Option<PresignedConfig>,
}

impl DoorConfig {
    /// Returns the issuers whose tokens the door accepts, and the places of their keys.
    pub fn keys(&self) -> impl Iterator<Item = (&IssuerId, &KeyLocation)> {
        let people = self.issuers.iter().map(|own| (&own.issuer, &own.keys));
        people.chain(self.aws_issuers.iter().map(|own| (&own.issuer, &own.keys)))
    }

    /// Returns the tenants of all callers.
    #[must_use]
    pub fn tenants(&self) -> BTreeSet<&str> {
        let mut all: BTreeSet<&str> = self.aws_issuers.iter().map(|own| own.tenant.as_str()).collect();
        all.extend(self.aws_presigned.iter().map(|own| own.tenant.as_str()));
        for issuer in &self.issuers {
            match &issuer.tenancy {
                Tenancy::Single(tenant) => drop(all.insert(tenant)),
                Tenancy::ByOrganization { tenants, .. } => all.extend(tenants.values().map(String::as_str)),
            }
        }
        all
    }
}

impl TryFrom<RawDoor> for DoorConfig {
    type Error = ConfigError;

    fn try_from(raw: RawDoor) -> Result<Self, ConfigError> {
        let RawDoor {
            resource,
            name,
            documentation,
            scopes,
            mut challenge_scopes,
            tool_scopes,
            issuers,
            aws_issuers,
            aws_presigned,
        } = raw;
        let names = issuers.iter().map(|own| &own.issuer).chain(aws_issuers.iter().map(|own| &own.issuer));
        let (count, distinct) = (issuers.len() + aws_issuers.len(), names.collect::<BTreeSet<_>>().len());
        if distinct < count {
            return Err(ConfigError::DuplicateIssuer);
        }
        if count == 0 && aws_presigned.is_none() {
            return Err(ConfigError::Closed);
        }
        if !challenge_scopes.iter().all(|scope| scopes.contains(scope)) {
            return Err(ConfigError::ChallengeScopes);
        }
        tool_scopes.check(&scopes)?;
        if challenge_scopes.is_empty() {
            let any: BTreeSet<&Scope> =
                issuers.iter().filter_map(|own| own.allowed_scopes.as_ref()).flatten().collect();
            challenge_scopes = any.into_iter().cloned().collect();
        }
        Ok(Self {
            resource,
            name,
            documentation,
            scopes,
            challenge_scopes,
            tool_scopes,
            issuers,
            aws_issuers,
            aws_presigned,
        })
    }
}
