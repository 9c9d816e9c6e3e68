//! Calls that nobody attends, such as those that a client makes by itself: they have no conversation in which a question
//! could wait, so a call that needs a person is not admitted here. All other stages are the same.

use super::stages::{Approved, Authorized, Connected, Located, not_now};
use super::{Guard, NotAdmitted, NotAdmittedAlone, Permit, Request};
use crate::intent::Risk;
use crate::ports::CredentialError;

impl Guard {
    /// Decides whether this actor may run this call now, without asking anybody. A refusal is recorded in the ledger.
    ///
    /// # Errors
    /// See [`NotAdmittedAlone`].
    pub async fn admit_alone(&self, request: Request) -> Result<Permit, NotAdmittedAlone> {
        let request = Box::new(Request { is_logged: false, ..request });
        let reachable = request.authorize(self).await?.connect_alone(self).await?;
        let located = reachable.locate(self).await?;
        Ok(located.pass_alone()?.record(self).await?.equip(self).await?)
    }
}

impl Authorized {
    /// Checks that an access token is available now.
    async fn connect_alone(self, guard: &Guard) -> Result<Connected, NotAdmittedAlone> {
        let Self(request) = self;
        let Some(need) = &request.intent.needs else { return Ok(Connected(request)) };
        match guard.vault.access_token(&request.actor, need).await {
            Ok(_) => Ok(Connected(request)),
            Err(CredentialError::Unavailable(error)) => Err(request.refused(guard, None, not_now(error)).await.into()),
            Err(_) => Err(NotAdmittedAlone::NeedsPerson),
        }
    }
}

impl Located {
    /// Passes an action that needs no approval.
    fn pass_alone(self) -> Result<Approved, NotAdmittedAlone> {
        let Self(request) = self;
        let passes = request.intent.risk == Risk::Read && request.discloses.is_none();
        if passes { Ok(Approved(request, None)) } else { Err(NotAdmittedAlone::NeedsPerson) }
    }
}

impl From<NotAdmitted> for NotAdmittedAlone {
    fn from(not: NotAdmitted) -> Self {
        Self::Refused(match not {
            NotAdmitted::Refused(refusal) | NotAdmitted::Spent { refusal, .. } => refusal,
            NotAdmitted::Suspended(error) => not_now(error),
        })
    }
}
