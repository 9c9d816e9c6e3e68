//! Granting and declining.

use super::desk::{Access, Action};
use super::grant::GrantDuration;
use super::request::{AccessRequest, AccessRequestId, AccessState, Answerer};
use super::{AccessGrant, LONGEST_REASON};
use crate::Actor;
use crate::ports::{Decision, GrantWritten, Millis, Outcome, Unavailable, Verdict};

/// Time after which an administrator who began to grant counts as gone, in milliseconds: another one may grant then.
const LONGEST_WRITE: Millis = 60_000;

/// The reason why a request was not answered, withdrawn or revoked.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// There is no such request, or the person does not administer its object.
    #[error("there is no such request")]
    NotFound,
    /// People do not answer their own requests.
    #[error("the request is the person's own")]
    OwnRequest,
    /// Somebody answered or withdrew it before, or its grant has ended.
    #[error("the request is no longer open")]
    Answered(Box<AccessRequest>),
    /// The person already has the permission, so nothing was granted.
    #[error("the person already has the permission")]
    AlreadyHeld,
    /// The time is longer than the person asked for.
    #[error("the time is longer than requested")]
    TooLong,
    /// A denial needs a reason of at most [`LONGEST_REASON`] characters.
    #[error("the reason is missing or too long")]
    BadReason,
    /// A service did not answer. Trying again is safe.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl Access {
    /// Grants a request for at most the requested time. Checks afresh that `admin` administers the object, is not the
    /// person who asks, and that this person still lacks the permission. One of several administrators who answer at the
    /// same moment wins. A repetition by the same administrator returns the same grant.
    ///
    /// # Errors
    /// See [`AnswerError`].
    pub async fn grant(
        &self,
        admin: &Actor,
        id: &AccessRequestId,
        duration: GrantDuration,
    ) -> Result<AccessRequest, AnswerError> {
        let request = self.for_admin(admin, id, Action::Grant(duration)).await?;
        let claimed = match self.claim(admin, &request, duration)? {
            Claim::Done => return Ok(request),
            Claim::Begin(state) => state,
        };
        if self.is_held(&request).await? {
            self.not_needed(admin, &request, duration).await?;
            return Err(AnswerError::AlreadyHeld);
        }
        let entry = self.open(admin, &request, Action::Grant(duration)).await?;
        if claimed != request.state && !self.claimed(&request, &claimed, &entry).await? {
            return Err(self.answered(admin.tenant(), id).await?);
        }
        let request = AccessRequest { state: claimed, ..request };
        self.write(admin, request, &entry).await
    }

    /// Returns the state with which `admin` takes the request, so that nobody else grants or declines it.
    fn claim(&self, admin: &Actor, request: &AccessRequest, duration: GrantDuration) -> Result<Claim, AnswerError> {
        if duration > request.duration {
            return Err(AnswerError::TooLong);
        }
        let (by, now) = (Answerer::from(admin), self.now());
        match &request.state {
            AccessState::Granted { by: other, duration: given, .. } if *other == by && *given == duration => {
                Ok(Claim::Done)
            }
            // The same administrator tries again: the same grant goes on.
            AccessState::Granting { by: other, duration: given, at } if *other == by && *given == duration => {
                let fresh = now.saturating_sub(*at) < LONGEST_WRITE;
                let at = if fresh { *at } else { now };
                Ok(Claim::Begin(AccessState::Granting { by, at, duration }))
            }
            AccessState::Granting { .. } if !self.is_abandoned(request) => {
                Err(AnswerError::Answered(Box::new(request.clone())))
            }
            AccessState::Open | AccessState::Granting { .. } => {
                Ok(Claim::Begin(AccessState::Granting { by, at: now, duration }))
            }
            _ => Err(AnswerError::Answered(Box::new(request.clone()))),
        }
    }

    /// Returns whether an administrator began to grant this so long ago that they are gone.
    fn is_abandoned(&self, request: &AccessRequest) -> bool {
        matches!(request.state, AccessState::Granting { at, .. } if self.now().saturating_sub(at) >= LONGEST_WRITE)
    }

    async fn claimed(
        &self,
        request: &AccessRequest,
        claimed: &AccessState,
        entry: &crate::ports::EntryId,
    ) -> Result<bool, Unavailable> {
        let changed = self.change(request, claimed).await;
        if !matches!(changed, Ok(true)) {
            self.close(entry, Outcome::of_change(changed.as_ref().ok())).await;
        }
        changed
    }

    /// Returns whether the person has the permission, other than by the grant that is being written.
    async fn is_held(&self, request: &AccessRequest) -> Result<bool, Unavailable> {
        if matches!(request.state, AccessState::Granting { .. }) {
            return Ok(false);
        }
        Ok(self.check(&request.asker(), &request.permission).await? == Decision::Allow)
    }

    async fn not_needed(
        &self,
        admin: &Actor,
        request: &AccessRequest,
        duration: GrantDuration,
    ) -> Result<(), Unavailable> {
        let verdict = Verdict::Refused("not needed: the person already has the permission".to_owned());
        self.refused(self.entry(admin, request, Action::Grant(duration), verdict)).await;
        self.change(request, &AccessState::NotNeeded { at: self.now() }).await.map(|_| ())
    }

    /// Writes the tuple of a claimed request.
    async fn write(
        &self,
        admin: &Actor,
        request: AccessRequest,
        entry: &crate::ports::EntryId,
    ) -> Result<AccessRequest, AnswerError> {
        let (Some(grants), Some(grant)) = (&self.0.grants, request.grant()) else {
            self.close(entry, Outcome::NotDone("no credential for grants is configured".to_owned())).await;
            return Err(Unavailable::new("granting access", "no credential for grants is configured").into());
        };
        let (after, outcome) = match grants.write(&grant).await {
            Ok(GrantWritten::Yes) => (granted(admin, &grant), Outcome::Done),
            Ok(GrantWritten::HeldForGood) => {
                let reason = "the person already has the permission".to_owned();
                (AccessState::NotNeeded { at: self.now() }, Outcome::NotDone(reason))
            }
            // The tuple may have been written. The request stays claimed, and a repetition writes the same.
            Err(error) => {
                self.close(entry, Outcome::Unknown).await;
                return Err(error.into());
            }
        };
        let changed = self.change(&request, &after).await;
        self.close(entry, outcome).await;
        if !changed? {
            return Err(self.answered(admin.tenant(), &request.id).await?);
        }
        match after {
            AccessState::Granted { .. } => Ok(AccessRequest { state: after, ..request }),
            _ => Err(AnswerError::AlreadyHeld),
        }
    }

    /// Declines a request with a reason, which the person who asked reads. If an administrator began to grant it and is
    /// gone, what they may have written is removed first.
    ///
    /// # Errors
    /// See [`AnswerError`].
    pub async fn decline(
        &self,
        admin: &Actor,
        id: &AccessRequestId,
        reason: &str,
    ) -> Result<AccessRequest, AnswerError> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
            return Err(AnswerError::BadReason);
        }
        let request = self.for_admin(admin, id, Action::Decline).await?;
        let abandoned = self.is_abandoned(&request);
        if request.state != AccessState::Open && !abandoned {
            return Err(AnswerError::Answered(Box::new(request)));
        }
        let entry = self.open(admin, &request, Action::Decline).await?;
        if let (true, Some(grants), Some(grant)) = (abandoned, &self.0.grants, request.grant())
            && let Err(error) = grants.remove(&grant).await
        {
            self.close(&entry, Outcome::Unknown).await;
            return Err(error.into());
        }
        let state = AccessState::Declined { by: admin.into(), at: self.now(), reason: reason.to_owned() };
        let changed = self.change(&request, &state).await;
        self.close(&entry, Outcome::of_change(changed.as_ref().ok())).await;
        if changed? { Ok(AccessRequest { state, ..request }) } else { Err(self.answered(admin.tenant(), id).await?) }
    }

    /// Returns the error for a request that was answered a moment before.
    pub(super) async fn answered(&self, tenant: &str, id: &AccessRequestId) -> Result<AnswerError, Unavailable> {
        let found = self.find(tenant, id).await?;
        Ok(found.map_or(AnswerError::NotFound, |request| AnswerError::Answered(Box::new(request))))
    }
}

/// The way to go on with a request that is to be granted.
enum Claim {
    /// Write the grant of this state.
    Begin(AccessState),
    /// It was granted before.
    Done,
}

fn granted(admin: &Actor, grant: &AccessGrant) -> AccessState {
    AccessState::Granted { by: admin.into(), at: grant.from, duration: grant.duration }
}

impl Outcome {
    /// The outcome of a conditional change; `None` stands for a store that did not answer.
    pub(super) fn of_change(changed: Option<&bool>) -> Self {
        match changed {
            Some(true) => Self::Done,
            Some(false) => Self::NotDone("somebody else was faster".to_owned()),
            None => Self::Unknown,
        }
    }
}
