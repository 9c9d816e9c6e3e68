//! Who acts. An [`Actor`] exists only for a verified session, and names a person by issuer and subject together.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// What a verified sign-in says about a person: the evidence an [`Actor`] is made from. It is stored beside work that
/// another instance may have to go on with.
#[derive(Clone, Serialize, Deserialize)]
pub struct Evidence {
    /// Issuer of the ID token, compared exactly: the same `sub` of another issuer is another person.
    pub issuer: String,
    /// The `sub` claim.
    pub subject: String,
    /// The organization whose data this person sees.
    pub tenant: String,
    /// The id part of the principal in FGA, `<sub>` by default.
    pub principal: String,
    /// The name to show.
    pub name: String,
    /// The given name, for a greeting.
    pub given_name: Option<String>,
    /// The e-mail address, if the provider gave one. Never a key.
    pub email: Option<String>,
    /// The name that the person types to sign in, by which some providers address a request for approval.
    pub username: Option<String>,
    /// The person's id in the directory whose tools act on users, for example an Okta user id.
    pub directory_id: Option<String>,
}

impl Evidence {
    /// The person whom issuer and subject name, in an organization: named by the subject in FGA, with no name or address.
    #[must_use]
    pub fn of(issuer: impl Into<String>, subject: impl Into<String>, tenant: impl Into<String>) -> Self {
        let (issuer, subject, tenant) = (issuer.into(), subject.into(), tenant.into());
        let (principal, name) = (subject.clone(), String::new());
        let (given_name, email, username, directory_id) = (None, None, None, None);
        Self { issuer, subject, tenant, principal, name, given_name, email, username, directory_id }
    }
}

/// A signed-in person on whose behalf the agent acts.
#[derive(Clone)]
pub struct Actor(Arc<Evidence>);

impl Actor {
    /// Makes an actor of a verified session. Only the HTTP edge may call this, which alone has seen the evidence, and the
    /// store of leases, which kept it.
    #[must_use]
    pub fn attest(evidence: Evidence) -> Self {
        Self(Arc::new(evidence))
    }

    /// What the sign-in said.
    #[must_use]
    pub fn evidence(&self) -> &Evidence {
        &self.0
    }

    /// Issuer of the identity.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// The `sub` claim, unique within [`Actor::issuer`].
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.0.subject
    }

    /// The organization whose data this person sees.
    #[must_use]
    pub fn tenant(&self) -> &str {
        &self.0.tenant
    }

    /// The id part of the principal in FGA: `user:<principal>`.
    #[must_use]
    pub fn principal(&self) -> &str {
        &self.0.principal
    }

    /// The name to show.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The given name, if known.
    #[must_use]
    pub fn given_name(&self) -> Option<&str> {
        self.0.given_name.as_deref()
    }

    /// The name that the person types to sign in, if known.
    #[must_use]
    pub fn username(&self) -> Option<&str> {
        self.0.username.as_deref()
    }

    /// The person's id in the directory whose tools act on users, if the sign-in names it.
    #[must_use]
    pub fn directory_id(&self) -> Option<&str> {
        self.0.directory_id.as_deref()
    }

    /// The e-mail address, if known.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }
}

/// Shows the subject alone: names and addresses stay out of logs.
impl fmt::Debug for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Actor").field("subject", &self.0.subject).finish_non_exhaustive()
    }
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evidence").field("subject", &self.subject).finish_non_exhaustive()
    }
}
