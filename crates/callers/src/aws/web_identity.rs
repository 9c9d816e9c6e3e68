//! Web identity tokens of AWS STS (`GetWebIdentityToken`; IAM User Guide, "Outbound identity federation: token claims").

use crate::caller::{Agent, AgentIdentity, Caller, Grant};
use crate::config::StsIssuerConfig;
use crate::rejection::{Denial, InvalidToken, Reason};
use crate::scopes::Scopes;
use crate::token::check_unbound;
use oidc::Claims;

/// The claim with the statements of AWS about the caller.
const AWS: &str = "https://sts.amazonaws.com/";

/// Longest lifetime of a token in seconds (`DurationSeconds`).
const LONGEST_LIFETIME_S: i64 = 3600;

/// Decides about a verified token: account and role must be listed. `principal_id` names the role even where a subject
/// mode changes `sub`. Tags are not read; those of the request are the caller's own words.
pub(crate) fn web_identity(config: &StsIssuerConfig, claims: &Claims, subject: &str) -> Result<Caller, Reason> {
    check_unbound(claims)?;
    let aws = claims.object(AWS).ok_or(InvalidToken::AwsAccount)?;
    if aws.get("aws_account").and_then(|account| account.as_str()) != Some(config.account.as_str()) {
        return Err(InvalidToken::AwsAccount.into());
    }
    let issued_at = claims.seconds("iat").ok_or(InvalidToken::IssuedAt)?;
    let expires_at = claims.seconds("exp").ok_or(InvalidToken::Expiry)?;
    if expires_at.saturating_sub(issued_at) > LONGEST_LIFETIME_S {
        return Err(InvalidToken::Lifetime.into());
    }
    if claims.has("act") {
        return Err(Denial::ActorWithoutPerson.into());
    }
    let principal = match aws.get("principal_id") {
        Some(principal) => principal.as_str().ok_or(InvalidToken::Subject)?,
        None => subject,
    };
    let role = config.roles.iter().find(|role| role.as_str() == principal).ok_or(Denial::AwsRole)?;
    let scopes: Scopes = config.scopes.iter().map(|scope| scope.as_str()).collect();
    let grant = Grant {
        tenant: config.tenant.as_str().into(),
        scopes,
        claims: std::sync::Arc::new(crate::token::subject::texts(claims)),
        expires_at,
    };
    Ok(Caller::Agent(Agent { identity: AgentIdentity::AwsRole(role.clone()), grant }))
}
