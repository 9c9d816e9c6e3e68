//! The stage that looks up the object: what the service calls it, who shows themselves under that name, and whether the
//! actor may do this to it. It needs the account, so it comes after that; it is repeated once a person has approved.

use super::stages::{Connected, Located, Yes, not_now};
use super::{Guard, NotAdmitted, NotApproved, Refusal, Request};
use crate::ports::{Approval, Check, Decision, Unavailable};
use crate::target::{Target, TargetLookup};
use crate::tool::ToolError;

impl Connected {
    /// Looks the object up and asks about it. A request whose intent names its object is asked nothing more.
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
    /// Asks everything again after an approval, about the object as it is now. Minutes may have passed: the actor may have
    /// lost a permission, the object may have joined a group that nobody may touch, its name may be another object's.
    pub(super) async fn confirm(&mut self, guard: &Guard, yes: &Yes) -> Result<(), Refusal> {
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

    /// Asks whether the actor may do this to the object that was looked up; nothing is asked where none was.
    async fn decide_on_target(&self, guard: &Guard, yes: Option<&Yes>) -> Result<(), Refusal> {
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
        let approval: Option<Approval> = yes.map(Yes::approval);
        Err(self.refused(guard, approval, refusal).await)
    }
}

/// The object as the service knows it now, by a credential that reads.
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
