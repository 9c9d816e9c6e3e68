//! Offices in an organization: relations to it that let somebody see or do what is not theirs alone.
//! It must never take a failure for a permission, and never keep one: every request asks afresh.

use crate::services::Services;
use agent::Actor;
use agent::intent::{Object, Relation};
use agent::ports::{Check, Decision, Unavailable};

/// What an organization is called in the authorization model.
const TENANT: &str = "tenant";

/// An office.
#[derive(Debug, Clone, Copy)]
pub struct Office {
    /// The relation to the organization.
    pub relation: Relation,
}

/// Reads what others did.
pub const AUDITOR: Office = Office { relation: Relation("auditor") };

/// Looks after the tools from elsewhere.
pub const OPERATOR: Office = Office { relation: Relation("operator") };

/// Why somebody may not.
#[derive(Debug, thiserror::Error)]
pub enum NoOffice {
    /// They do not hold the office.
    #[error("the relation to {object} is missing")]
    Denied {
        /// The organization as the authorization model names it.
        object: String,
    },
    /// It is not known.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Whether `actor` holds `office` in their organization, now.
///
/// # Errors
/// See [`NoOffice`].
pub async fn holds(services: &Services, actor: &Actor, office: Office) -> Result<(), NoOffice> {
    let tenant = actor.tenant();
    let denied = || NoOffice::Denied { object: format!("{TENANT}:{tenant}") };
    // Of an organization that the model cannot name, nobody can hold an office.
    let object = Object::new(TENANT, tenant).map_err(|_| denied())?;
    let check = Check { relation: office.relation, object: &object, facts: &[] };
    match services.authorizer.decide(actor, check).await? {
        Decision::Allow => Ok(()),
        Decision::Deny => Err(denied()),
    }
}
