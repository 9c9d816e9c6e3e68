//! The requests of one person, as one value: it bounds how many there are, and no two of them ask for the same.

use super::grant::{AccessGrant, GrantDuration};
use crate::actor::Evidence;
use crate::ids::BadId;
use crate::permission::Permission;
use crate::ports::Millis;
use crate::{Actor, Place, ToolName};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A request for access: 26 random characters of Crockford's base 32, and as many that name the person who asks, so that the
/// request is found without a search.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccessRequestId(String);

impl AccessRequestId {
    /// Length of each half, in characters.
    pub const HALF: usize = 26;

    /// Makes the id of a request of `asker` from 26 random bytes, using five bits of each.
    #[must_use]
    pub fn from_random(bytes: [u8; Self::HALF], asker: &Actor) -> Self {
        Self(letters(&bytes) + &Self::owner_of(asker))
    }

    /// Returns the name of a person in the ids of their requests: a hash of tenant, issuer and subject. It is no secret.
    #[must_use]
    pub fn owner_of(asker: &Actor) -> String {
        let mut hash = Sha256::new();
        for part in [asker.tenant(), asker.issuer(), asker.subject()] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        letters(&hash.finalize()[..Self::HALF])
    }

    /// Returns the name of the person who asks.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.0[Self::HALF..]
    }
}

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn letters(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect()
}

impl TryFrom<String> for AccessRequestId {
    type Error = BadId;

    fn try_from(text: String) -> Result<Self, BadId> {
        let fits = text.len() == 2 * Self::HALF && text.bytes().all(|byte| ALPHABET.contains(&byte));
        if fits { Ok(Self(text)) } else { Err(BadId) }
    }
}

impl From<AccessRequestId> for String {
    fn from(id: AccessRequestId) -> Self {
        id.0
    }
}

impl std::fmt::Display for AccessRequestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A person's request for a permission that they lack.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccessRequest {
    /// Its id.
    pub id: AccessRequestId,
    /// The person who asks.
    pub asker: Evidence,
    /// The permission that is missing.
    pub permission: Permission,
    /// The tool for which it is needed.
    pub tool: ToolName,
    /// The person's reason. At most [`super::LONGEST_REASON`] characters.
    pub reason: String,
    /// The time for which access is requested.
    pub duration: GrantDuration,
    /// The time of the request.
    pub asked_at: Millis,
    /// The refused call that goes on once access is granted, if the request came from one.
    pub place: Option<Place>,
    /// Its state.
    pub state: AccessState,
}

/// The state of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AccessState {
    /// Nobody has answered.
    Open,
    /// An administrator is granting it: the decision stands, the tuple may not be written yet.
    Granting {
        /// The administrator.
        by: Answerer,
        /// The beginning of the grant.
        at: Millis,
        /// Its duration.
        duration: GrantDuration,
    },
    /// Granted. The grant ends by itself.
    Granted {
        /// The administrator.
        by: Answerer,
        /// The beginning of the grant.
        at: Millis,
        /// Its duration.
        duration: GrantDuration,
    },
    /// Declined.
    Declined {
        /// The administrator.
        by: Answerer,
        /// The time.
        at: Millis,
        /// The reason, for the person who asked.
        reason: String,
    },
    /// The person withdrew it.
    Withdrawn {
        /// The time.
        at: Millis,
    },
    /// The person already had the permission when it was to be granted.
    NotNeeded {
        /// The time.
        at: Millis,
    },
    /// Granted and then taken back.
    Revoked {
        /// The person who revoked it.
        by: Answerer,
        /// The time.
        at: Millis,
    },
}

/// A person who answered a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answerer {
    /// Issuer of their identity.
    pub issuer: String,
    /// Subject of that identity.
    pub subject: String,
    /// The name to show.
    pub name: String,
}

impl From<&Actor> for Answerer {
    fn from(actor: &Actor) -> Self {
        let (issuer, subject, name) = (actor.issuer().to_owned(), actor.subject().to_owned(), actor.name().to_owned());
        Self { issuer, subject, name }
    }
}

impl AccessRequest {
    /// The person who asks. They were signed in when they asked; the guard checks that they still are.
    #[must_use]
    pub fn asker(&self) -> Actor {
        Actor::attest(self.asker.clone())
    }

    /// Returns whether `actor` is the person who asks: by their sign-in or by their name in FGA.
    #[must_use]
    pub fn is_of(&self, actor: &Actor) -> bool {
        let same = (&self.asker.issuer, &self.asker.subject) == (&actor.evidence().issuer, &actor.evidence().subject);
        same || self.asker.principal == actor.principal()
    }

    /// The grant that this request led to, if it did, whether or not it has ended.
    #[must_use]
    pub fn grant(&self) -> Option<AccessGrant> {
        match self.state {
            AccessState::Granting { at, duration, .. } | AccessState::Granted { at, duration, .. } => {
                Some(AccessGrant { person: self.asker(), permission: self.permission.clone(), from: at, duration })
            }
            _ => None,
        }
    }

    /// Returns whether the request waits for an answer.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.state, AccessState::Open | AccessState::Granting { .. })
    }

    /// Returns whether the grant counts at `now`.
    #[must_use]
    pub fn is_active(&self, now: Millis) -> bool {
        matches!(self.state, AccessState::Granted { .. }) && self.grant().is_some_and(|grant| now < grant.end())
    }

    /// Returns whether its grant counted at `time`.
    #[must_use]
    pub fn was_granted_at(&self, time: Millis) -> bool {
        let grant = self.grant().filter(|_| matches!(self.state, AccessState::Granted { .. }));
        grant.is_some_and(|grant| (grant.from..grant.end()).contains(&time))
    }

    /// The time after which the request is only history.
    fn last_at(&self) -> Millis {
        match &self.state {
            AccessState::Open => self.asked_at,
            AccessState::Granting { at, duration, .. } | AccessState::Granted { at, duration, .. } => {
                at.saturating_add(duration.millis())
            }
            AccessState::Declined { at, .. }
            | AccessState::Withdrawn { at }
            | AccessState::NotNeeded { at }
            | AccessState::Revoked { at, .. } => *at,
        }
    }
}

/// The reason why a request was not added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotAdded {
    /// An open request asks for the same permission.
    Asked(AccessRequestId),
    /// The person has the most requests that they may have.
    TooMany,
}

/// All requests of one person, oldest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PersonRequests(Vec<AccessRequest>);

impl PersonRequests {
    /// Most requests of one person that wait for an answer.
    pub const MOST_OPEN: usize = 10;

    /// Most grants of one person that count at the same time.
    pub const MOST_ACTIVE: usize = 20;

    /// Most answered requests that are remembered.
    const MOST_PAST: usize = 20;

    /// The requests, oldest first.
    #[must_use]
    pub fn all(&self) -> &[AccessRequest] {
        &self.0
    }

    /// The request with this id.
    #[must_use]
    pub fn get(&self, id: &AccessRequestId) -> Option<&AccessRequest> {
        self.0.iter().find(|own| own.id == *id)
    }

    /// Adds a request, unless an open one asks for the same or there are too many. A request that is here already was
    /// stored by a write whose answer was lost.
    ///
    /// # Errors
    /// See [`NotAdded`].
    pub fn add(&mut self, request: AccessRequest, now: Millis) -> Result<(), NotAdded> {
        if self.get(&request.id).is_some() {
            return Ok(());
        }
        let mut open = self.0.iter().filter(|own| own.is_open());
        if let Some(same) = open.clone().find(|own| own.permission == request.permission) {
            return Err(NotAdded::Asked(same.id.clone()));
        }
        let active = self.0.iter().filter(|own| own.is_active(now)).count();
        if open.by_ref().count() >= Self::MOST_OPEN || active >= Self::MOST_ACTIVE {
            return Err(NotAdded::TooMany);
        }
        self.0.push(request);
        self.forget(now);
        Ok(())
    }

    /// Replaces the state of a request if it is still `before`; returns whether it was. A request that is in the state
    /// `after` was changed by a write whose answer was lost: the state names who changed it, and when.
    pub fn change(&mut self, id: &AccessRequestId, before: &AccessState, after: AccessState) -> bool {
        let fits = |own: &AccessRequest| own.id == *id && (own.state == *before || own.state == after);
        match self.0.iter_mut().find(|own| fits(own)) {
            Some(own) => {
                own.state = after;
                true
            }
            None => false,
        }
    }

    /// The time after which nothing here matters any more; `None` if there is nothing.
    #[must_use]
    pub fn last_at(&self) -> Option<Millis> {
        self.0.iter().map(AccessRequest::last_at).max()
    }

    /// Drops the oldest answered requests beyond those that are remembered.
    fn forget(&mut self, now: Millis) {
        let past = |own: &AccessRequest| !own.is_open() && !own.is_active(now);
        let mut surplus = self.0.iter().filter(|own| past(own)).count().saturating_sub(Self::MOST_PAST);
        self.0.retain(|own| {
            let dropped = surplus > 0 && past(own);
            surplus -= usize::from(dropped);
            !dropped
        });
    }
}
