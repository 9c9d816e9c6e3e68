//! Asking for access.

use super::desk::{Access, Action};
use super::grant::GrantDuration;
use super::request::{AccessRequest, AccessRequestId, AccessState, NotAdded, PersonRequests};
use crate::permission::Permission;
use crate::ports::{Decision, Outcome, Unavailable};
use crate::{Actor, Place, ToolName};

/// Longest reason of a request or of a denial, in characters.
pub const LONGEST_REASON: usize = 500;

/// A person's wish for access. The permission comes from a tool or from a refusal in the log, never from a form, so that
/// nobody can search for objects with it.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The permission that is missing.
    pub permission: Permission,
    /// The tool for which it is needed.
    pub tool: ToolName,
    /// The reason, in the person's own words.
    pub reason: String,
    /// The time for which access is requested.
    pub duration: GrantDuration,
    /// The refused call that goes on once access is granted.
    pub place: Option<Place>,
}

/// The reason why a request was not made.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The person has the permission.
    #[error("the person already has the permission")]
    AlreadyHeld,
    /// An open request asks for the same.
    #[error("the request {0} asks for the same")]
    AlreadyAsked(AccessRequestId),
    /// The person has the most requests or grants that they may have.
    #[error("the person has too many requests or grants")]
    TooMany,
    /// The object does not exist, nobody administers it, its relation cannot be granted, or no credential for grants is
    /// configured. One sentence for all of them.
    #[error("nobody can grant this")]
    NobodyCanGrant,
    /// The reason is longer than [`LONGEST_REASON`].
    #[error("the reason is too long")]
    ReasonTooLong,
    /// A service did not answer. Nothing was stored.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl Access {
    /// Stores a request, which the administrators of its object then see.
    ///
    /// # Errors
    /// See [`AskError`].
    pub async fn ask(&self, asker: &Actor, ask: Ask) -> Result<AccessRequest, AskError> {
        if ask.reason.chars().count() > LONGEST_REASON {
            return Err(AskError::ReasonTooLong);
        }
        if self.check(asker, &ask.permission).await? == Decision::Allow {
            return Err(AskError::AlreadyHeld);
        }
        if !self.can_be_granted(asker, &ask.permission).await? {
            return Err(AskError::NobodyCanGrant);
        }
        let now = self.now();
        let request = AccessRequest {
            id: self.0.ids.access_request(asker)?,
            asker: asker.evidence().clone(),
            permission: ask.permission,
            tool: ask.tool,
            reason: ask.reason.trim().to_owned(),
            duration: ask.duration,
            asked_at: now,
            place: ask.place,
            state: AccessState::Open,
        };
        let entry = self.open(asker, &request, Action::Ask).await?;
        let add = |own: &mut PersonRequests| own.add(request.clone(), now);
        let added = self.update(asker, add, Result::is_ok).await;
        self.close(
            &entry,
            match &added {
                Ok(Ok(())) => Outcome::Done,
                Ok(Err(_)) => Outcome::NotDone("the person has such a request, or too many".to_owned()),
                Err(_) => Outcome::Unknown,
            },
        )
        .await;
        match added? {
            Ok(()) => Ok(request),
            Err(NotAdded::Asked(id)) => Err(AskError::AlreadyAsked(id)),
            Err(NotAdded::TooMany) => Err(AskError::TooMany),
        }
    }

    /// Returns whether the permission can be granted to this person for a limited time, if its object has an administrator.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn is_grantable(&self, person: &Actor, permission: &Permission) -> Result<bool, Unavailable> {
        let has_writer = self.0.grants.as_ref().is_some_and(|grants| grants.serves(person));
        Ok(has_writer && self.0.permissions.is_grantable(person, permission).await?)
    }

    /// Returns whether somebody could grant this person the permission for a limited time.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn can_be_granted(&self, person: &Actor, permission: &Permission) -> Result<bool, Unavailable> {
        Ok(self.is_grantable(person, permission).await?
            && !self.0.permissions.administrators(person, permission).await?.people.is_empty())
    }

    /// Withdraws one of the person's own requests that nobody has answered.
    ///
    /// # Errors
    /// See [`super::AnswerError`]; another person's request is reported like a missing one.
    pub async fn withdraw(&self, asker: &Actor, id: &AccessRequestId) -> Result<(), super::AnswerError> {
        use super::AnswerError;
        let (own, _) = self.0.requests.of(asker).await?;
        let request = own.get(id).ok_or(AnswerError::NotFound)?;
        if request.state != AccessState::Open {
            return Err(AnswerError::Answered(Box::new(request.clone())));
        }
        let entry = self.open(asker, request, Action::Withdraw).await?;
        let changed = self.change(request, &AccessState::Withdrawn { at: self.now() }).await;
        self.close(&entry, Outcome::of_change(changed.as_ref().ok())).await;
        if changed? { Ok(()) } else { Err(self.answered(asker.tenant(), id).await?) }
    }
}
