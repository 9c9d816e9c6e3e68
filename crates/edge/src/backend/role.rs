//! Roles in an organization: relations to it that let a person see or do more than what is their own. A failed
//! permission check never counts as a permission, and no result is cached: every request checks anew.

use crate::services::Services;
use agent::Actor;
use agent::intent::{Object, Relation};
use agent::ports::{Check, Decision, Unavailable};

/// The type of an organization in the authorization model.
const TENANT: &str = "tenant";

/// A role in an organization.
#[derive(Debug, Clone, Copy)]
pub struct Role {
    /// The relation to the organization that the role requires.
    pub relation: Relation,
}

/// The role of reading everybody's recorded actions.
pub const AUDITOR: Role = Role { relation: Relation("auditor") };

/// The role of managing the tools of MCP servers.
pub const OPERATOR: Role = Role { relation: Relation("operator") };

/// The failure of a role check.
#[derive(Debug, thiserror::Error)]
pub enum MissingRole {
    /// The person does not have the role.
    #[error("the person lacks the relation to {object}")]
    Denied {
        /// The organization's object in the authorization model.
        object: String,
    },
    /// The authorization service did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Checks that `actor` has `role` in their organization now.
///
/// # Errors
/// See [`MissingRole`].
pub async fn require(services: &Services, actor: &Actor, role: Role) -> Result<(), MissingRole> {
    let tenant = actor.tenant();
    let denied = || MissingRole::Denied { object: format!("{TENANT}:{tenant}") };
    // Nobody can have a role in an organization whose name is not a valid object id.
    let object = Object::new(TENANT, tenant).map_err(|_| denied())?;
    let check = Check { relation: role.relation, object: &object, facts: &[] };
    match services.authorizer.decide(actor, check).await? {
        Decision::Allow => Ok(()),
        Decision::Deny => Err(denied()),
    }
}
