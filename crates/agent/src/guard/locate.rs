//! The stage that looks up the object and decides whether the actor may act on it. The lookup needs the account, so
//! this stage follows that one. It is repeated after an approval.

use super::stages::{ApprovedQuestion, Connected, Located, not_now};
use super::{Guard, NotAdmitted, NotApproved, Refusal, Request};
use crate::ports::{Approval, Check, Decision, Unavailable};
use crate::target::{Target, TargetLookup};
use crate::tool::ToolError;

impl Connected {
    /// Looks up the object and authorizes access to it. Does nothing if the intent names the object.
    pub(super) async fn locate(self, guard: &Guard) -> Result<Located, NotAdmitted> {
        let Self(mut request) = self;
        if let Some(lookup) = request.lookup.clone() {
            match look_up(&request, guard, lookup.as_ref()).await {
                Ok(target) => request.target = Some(target),
                Err(refusal) => return Err(request.refused(guard, None, refusal).await.into()),
            }
            request.decide_on_target(guard, None).await?;
        }
        Ok(Located(request))
    }
}

impl Request {
    /// Repeats all checks after an approval, for the object as it is now. Minutes may have passed: the actor may have
    /// lost a permission, the object may have joined a protected group, its name may belong to another object.
    pub(super) async fn confirm(&mut self, guard: &Guard, yes: &ApprovedQuestion) -> Result<(), Refusal> {
        self.decide(guard, Some(yes)).await?;
        let (Some(lookup), Some(shown)) = (self.lookup.clone(), self.target.clone()) else { return Ok(()) };
        let refusal = match look_up(self, guard, lookup.as_ref()).await {
            Ok(target) if target.is_as_shown(&shown) => {
                self.target = Some(target);
                return self.decide_on_target(guard, Some(yes)).await;
            }
            Ok(_) => Refusal::NotApproved { why: NotApproved::Changed },
            Err(refusal) => refusal,
        };
        Err(self.refused(guard, Some(yes.approval()), refusal).await)
    }

    /// Checks whether the actor may act on the object that was looked up. Does nothing if none was.
    async fn decide_on_target(&self, guard: &Guard, yes: Option<&ApprovedQuestion>) -> Result<(), Refusal> {
        let Some(target) = &self.target else { return Ok(()) };
        let Target { relation, object, facts, caveat, .. } = target;
        let refusal = match guard.authorizer.decide(&self.actor, Check { relation: *relation, object, facts }).await {
            Ok(Decision::Allow) => return Ok(()),
            Ok(Decision::Deny) => match caveat {
                Some(caveat) => Refusal::UnusableTarget { reason: format!("{relation} on {object}: {caveat}") },
                None => Refusal::Denied { relation: relation.to_string(), object: object.to_string() },
            },
            Err(error) => not_now(error),
        };
        let approval: Option<Approval> = yes.map(ApprovedQuestion::approval);
        Err(self.refused(guard, approval, refusal).await)
    }
}

/// Returns the object as the service knows it now, using a read-only credential.
async fn look_up(request: &Request, guard: &Guard, lookup: &dyn TargetLookup) -> Result<Target, Refusal> {
    let need = lookup.needs();
    let credential = guard.vault.access_token(&request.actor, &need).await;
    let credential = credential.map_err(|error| super::account::refusal(error, &need))?;
    lookup.target(&request.call, &credential).await.map_err(|error| match error {
        ToolError::Failed(reason) => Refusal::UnusableTarget { reason },
        ToolError::Unavailable { service } | ToolError::Unknown { service } => {
            not_now(Unavailable::new(service, "the object of a call could not be looked up"))
        }
    })
}
