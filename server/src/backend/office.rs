//! Offices in an organization: relations to it that let somebody see or do what is not theirs alone.
//! It must never take a failure for a permission, and never keep one: every request asks afresh.

use crate::services::Services;
use agent::Actor;
use agent::intent::{Intent, Object, Relation, Risk};
use agent::ports::Unavailable;
use agent::ports::authorizer::Decision;

/// What an organization is called in the authorization model.
const TENANT: &str = "tenant";

/// An office.
#[derive(Debug, Clone, Copy)]
pub struct Office {
    /// The relation to the organization.
    pub relation: Relation,
    /// What it lets somebody do, in plain words.
    summary: &'static str,
    /// The same in two words.
    verb: &'static str,
}

/// Reads what others did.
pub const AUDITOR: Office =
    Office { relation: Relation("auditor"), summary: "Read the activity of everybody", verb: "Read activity" };

/// Looks after the tools from elsewhere.
pub const OPERATOR: Office =
    Office { relation: Relation("operator"), summary: "Look after the tools from elsewhere", verb: "Operate tools" };

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
    let intent = Intent {
        summary: office.summary.to_owned(),
        verb: office.verb,
        target: tenant.to_owned(),
        relation: office.relation,
        object,
        risk: Risk::Read,
        needs: None,
    };
    match services.authorizer.decide(actor, &intent).await? {
        Decision::Allow => Ok(()),
        Decision::Deny => Err(denied()),
    }
}
