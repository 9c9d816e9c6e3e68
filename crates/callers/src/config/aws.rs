//! Trusted roles of AWS. A role carries no scopes of its own, so the configuration grants them.

use super::issuer::check_algorithms;
use super::values::{DocumentUrl, IssuerId, Scope};
use super::{ConfigError, KeyLocation};
use crate::aws::{AccountId, RoleArn};
use oidc::jws::Algorithm;
use serde::Deserialize;
use std::collections::BTreeSet;

/// The issuer of the web identity tokens of one account (`sts:GetWebIdentityToken`, outbound identity federation).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "RawStsIssuer")]
pub struct StsIssuerConfig {
    pub(crate) issuer: IssuerId,
    pub(crate) keys: KeyLocation,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) account: AccountId,
    pub(crate) roles: Vec<RoleArn>,
    pub(crate) tenant: String,
    pub(crate) scopes: BTreeSet<Scope>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStsIssuer {
    issuer: IssuerId,
    discovery_url: Option<DocumentUrl>,
    jwks_url: Option<DocumentUrl>,
    #[serde(default = "sts_algorithms")]
    algorithms: Vec<Algorithm>,
    account: AccountId,
    roles: Vec<RoleArn>,
    tenant: String,
    #[serde(default)]
    scopes: BTreeSet<Scope>,
}

/// The values of `SigningAlgorithm` of `GetWebIdentityToken`.
fn sts_algorithms() -> Vec<Algorithm> {
    vec![Algorithm::Rs256, Algorithm::Es384]
}

impl TryFrom<RawStsIssuer> for StsIssuerConfig {
    type Error = ConfigError;

    fn try_from(raw: RawStsIssuer) -> Result<Self, ConfigError> {
        check_algorithms(&raw.algorithms)?;
        if raw.roles.is_empty() || !raw.roles.iter().all(|role| role.account() == raw.account.as_str()) {
            return Err(ConfigError::Roles);
        }
        if raw.tenant.trim().is_empty() {
            return Err(ConfigError::Tenancy);
        }
        Ok(Self {
            keys: KeyLocation::of(raw.discovery_url, raw.jwks_url)?,
            issuer: raw.issuer,
            algorithms: raw.algorithms,
            account: raw.account,
            roles: raw.roles,
            tenant: raw.tenant,
            scopes: raw.scopes,
        })
    }
}

/// Roles that prove themselves by a presigned `sts:GetCallerIdentity`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "RawPresigned")]
pub struct PresignedConfig {
    pub(crate) hosts: BTreeSet<String>,
    pub(crate) roles: Vec<RoleArn>,
    pub(crate) tenant: String,
    pub(crate) scopes: BTreeSet<Scope>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPresigned {
    /// The regions whose endpoint a URL may name, besides the global one.
    #[serde(default)]
    regions: Vec<String>,
    roles: Vec<RoleArn>,
    tenant: String,
    #[serde(default)]
    scopes: BTreeSet<Scope>,
}

impl TryFrom<RawPresigned> for PresignedConfig {
    type Error = ConfigError;

    fn try_from(raw: RawPresigned) -> Result<Self, ConfigError> {
        if raw.roles.is_empty() {
            return Err(ConfigError::Roles);
        }
        if raw.roles.iter().any(RoleArn::has_path) {
            return Err(ConfigError::RolePath);
        }
        if raw.tenant.trim().is_empty() {
            return Err(ConfigError::Tenancy);
        }
        if !raw.regions.iter().all(|region| is_region(region)) {
            return Err(ConfigError::Region);
        }
        let regional = raw.regions.iter().map(|region| format!("sts.{region}.amazonaws.com"));
        let hosts = regional.chain(["sts.amazonaws.com".to_owned()]).collect();
        Ok(Self { hosts, roles: raw.roles, tenant: raw.tenant, scopes: raw.scopes })
    }
}

/// Decides whether a text is a label of lower-case letters, digits and inner hyphens.
fn is_region(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.bytes().all(allowed) && !text.starts_with('-') && !text.ends_with('-')
}
