//! The person on whose behalf the agent acts. An [`Actor`] exists only for a verified session and is identified by
//! issuer and subject together.

use crate::via::Via;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// The kind of an actor. A person is never made of an agent, whatever a header or a message says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A person.
    #[default]
    Person,
    /// An agent without a person: no account, no question to anybody, and only tools that are for agents.
    Agent,
}

impl ActorKind {
    /// Returns whether this is a person, who needs no mention in a record.
    #[must_use]
    pub const fn is_person(&self) -> bool {
        matches!(self, Self::Person)
    }
}

/// The facts that a verified sign-in states about a person; an [`Actor`] is made from them. They are stored with
/// unfinished work, so that another instance can continue it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Evidence {
    /// The kind of the actor.
    #[serde(default)]
    pub kind: ActorKind,
    /// Issuer of the ID token, compared exactly: the same `sub` from another issuer is another person.
    pub issuer: String,
    /// The `sub` claim.
    pub subject: String,
    /// The organization whose data this person sees.
    pub tenant: String,
    /// The id part of the principal in FGA, `<sub>` by default.
    pub principal: String,
    /// The display name.
    pub name: String,
    /// The given name, for a greeting.
    pub given_name: Option<String>,
    /// The e-mail address, if the provider sent one. Never used as a key.
    pub email: Option<String>,
    /// The name that the person types to sign in. Some providers address approval requests by it.
    pub username: Option<String>,
    /// The person's id in the directory whose tools act on users, for example an Okta user id.
    pub directory_id: Option<String>,
}

impl Evidence {
    /// Returns the evidence for this issuer, subject and tenant. The FGA principal is the subject; name and address
    /// stay empty.
    #[must_use]
    pub fn of(issuer: impl Into<String>, subject: impl Into<String>, tenant: impl Into<String>) -> Self {
        let (issuer, subject, tenant) = (issuer.into(), subject.into(), tenant.into());
        let (principal, name) = (subject.clone(), String::new());
        let (given_name, email, username, directory_id) = (None, None, None, None);
        let kind = ActorKind::Person;
        Self { kind, issuer, subject, tenant, principal, name, given_name, email, username, directory_id }
    }
}

/// A signed-in person on whose behalf the agent acts.
#[derive(Clone)]
pub struct Actor {
    evidence: Arc<Evidence>,
    via: Option<Arc<Via>>,
}

impl Actor {
    /// Creates an actor from a verified session. The HTTP edge verified the sign-in; the stores of leases, of requests for
    /// access and of requests for approval sealed the evidence, and so did the log that names the person who approved.
    /// Nobody else may call it.
    #[must_use]
    pub fn attest(evidence: Evidence) -> Self {
        Self { evidence: Arc::new(evidence), via: None }
    }

    /// Returns the same person, acting through this door. `None` is their own browser.
    #[must_use]
    pub fn through(&self, via: Option<Arc<Via>>) -> Self {
        Self { evidence: self.evidence.clone(), via }
    }

    /// The door through which they act now; `None` in their own browser.
    #[must_use]
    pub fn via(&self) -> Option<&Arc<Via>> {
        self.via.as_ref()
    }

    /// The evidence that this actor was created from.
    #[must_use]
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// The kind of the actor.
    #[must_use]
    pub fn kind(&self) -> ActorKind {
        self.evidence.kind
    }

    /// Returns whether this is an agent without a person.
    #[must_use]
    pub fn is_agent(&self) -> bool {
        self.evidence.kind == ActorKind::Agent
    }

    /// Issuer of the identity.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.evidence.issuer
    }

    /// The `sub` claim, unique within [`Actor::issuer`].
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.evidence.subject
    }

    /// The organization whose data this person sees.
    #[must_use]
    pub fn tenant(&self) -> &str {
        &self.evidence.tenant
    }

    /// The id part of the principal in FGA: `user:<principal>`.
    #[must_use]
    pub fn principal(&self) -> &str {
        &self.evidence.principal
    }

    /// The display name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.evidence.name
    }

    /// The given name, if known.
    #[must_use]
    pub fn given_name(&self) -> Option<&str> {
        self.evidence.given_name.as_deref()
    }

    /// The name that the person types to sign in, if known.
    #[must_use]
    pub fn username(&self) -> Option<&str> {
        self.evidence.username.as_deref()
    }

    /// The person's id in the directory whose tools act on users, if the sign-in names it.
    #[must_use]
    pub fn directory_id(&self) -> Option<&str> {
        self.evidence.directory_id.as_deref()
    }

    /// The e-mail address, if known.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        self.evidence.email.as_deref()
    }
}

/// Shows only the subject, to keep names and addresses out of logs.
impl fmt::Debug for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Actor").field("subject", &self.evidence.subject).finish_non_exhaustive()
    }
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evidence").field("subject", &self.subject).finish_non_exhaustive()
    }
}
