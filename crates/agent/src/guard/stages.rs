//! The stages. Each consumes the previous one, so the types enforce the order and no stage can be skipped.

use super::approve::{GRACE, not_approved};
use super::{Guard, NotAdmitted, NotApproved, Permit, Refusal, Request, question};
use crate::Place;
use crate::approval::{self, ActionKind, ApprovalId, Channel, Definition, Question, SignedApproval};
use crate::intent::{Object, Relation, Risk};
use crate::ports::{
    AccessToken, Approval, Asking, CAN_APPROVE, Check, Decision, Entry, EntryId, EvidenceError, Millis, OpenError,
    Outcome, Unavailable, Verdict,
};
use crate::target::Fact;

pub(super) struct Authorized(pub(super) Box<Request>);

/// The account whose credential the action needs is connected.
pub(super) struct Connected(pub(super) Box<Request>);

/// The object that the call touches is known, and the actor may act on it.
pub(super) struct Located(pub(super) Box<Request>);

pub(super) struct Approved(pub(super) Box<Request>, pub(super) Option<ApprovedQuestion>);

pub(super) struct Recorded(Box<Request>, Option<ApprovedQuestion>, EntryId);

/// An approval of exactly this request.
pub(super) struct ApprovedQuestion {
    pub(super) question: Question,
    /// Never empty.
    pub(super) given: Vec<SignedApproval>,
}

impl Request {
    /// Checks, without a cache, whether the actor has the intent's relation on its object.
    pub(super) async fn authorize(mut self: Box<Self>, guard: &Guard) -> Result<Authorized, Refusal> {
        match self.decide(guard, None).await {
            Ok(()) => Ok(Authorized(self)),
            Err(refusal) => Err(refusal),
        }
    }

    /// Checks policies and authorization now. A denial is recorded together with the approval that preceded it, if any.
    pub(super) async fn decide(&mut self, guard: &Guard, yes: Option<&ApprovedQuestion>) -> Result<(), Refusal> {
        if self.actor.is_agent() && !self.needs_nobody() {
            return Err(self.refused(guard, None, Refusal::NoPerson).await);
        }
        if let Err(refusal) = self.apply_policies(guard) {
            return Err(self.refused(guard, yes.map(ApprovedQuestion::approval), refusal).await);
        }
        let refusal = match guard.authorizer.decide(&self.actor, Check::of(&self.intent)).await {
            Ok(Decision::Allow) => return Ok(()),
            Ok(Decision::Deny) => {
                Refusal::Denied { relation: self.intent.relation.to_string(), object: self.intent.object.to_string() }
            }
            Err(error) => not_now(error),
        };
        Err(self.refused(guard, yes.map(ApprovedQuestion::approval), refusal).await)
    }

    /// Returns whether the action needs neither an account nor an approval, so that an agent without a person may do it.
    fn needs_nobody(&self) -> bool {
        self.intent.risk == Risk::Read
            && self.intent.needs.is_none()
            && self.lookup.is_none()
            && self.discloses.is_none()
    }

    /// Asks the policies about a call that came through a door, and keeps their decision for the ledger.
    fn apply_policies(&mut self, guard: &Guard) -> Result<(), Refusal> {
        if self.actor.via().is_none() {
            return Ok(());
        }
        let decision = guard.policies.decide(&self.actor, &self.call, guard.clock.now());
        let decision = decision.map_err(|bad| Refusal::BadInput { reason: bad.0 })?;
        let forbids = decision.forbids().map(|ruling| Refusal::Forbidden { policies: ruling.policies.clone() });
        self.policy = Some(decision).filter(|decision| !decision.is_empty());
        forbids.map_or(Ok(()), Err)
    }

    /// The relation and the object that decide: those of the target once it was looked up, or else the intent's.
    pub(super) fn access(&self) -> (Relation, &Object) {
        let target = self.target.as_ref().map(|target| (target.relation, &target.object));
        target.unwrap_or((self.intent.relation, &self.intent.object))
    }

    /// The facts about the object that was looked up.
    pub(super) fn facts(&self) -> &[Fact] {
        self.target.as_ref().map_or(&[], |target| &target.facts)
    }

    /// The call that the request is about.
    pub(super) fn place(&self) -> Place {
        Place { conversation: self.conversation.clone(), call: self.call.id.clone() }
    }

    /// The question as channels receive it.
    pub(super) fn asking<'a>(&'a self, place: &'a Place, question: &'a Question) -> Asking<'a> {
        Asking { actor: &self.actor, place, question, kind: self.kind(), object: self.access().1, facts: self.facts() }
    }

    /// The action, as standing approvals compare it.
    fn kind(&self) -> ActionKind<'_> {
        ActionKind { call: &self.call, definition: &self.definition, target: &self.intent.target }
    }

    pub(super) fn entry(&self, guard: &Guard, approval: Option<Approval>, verdict: Verdict) -> Entry {
        Entry {
            at: guard.clock.now(),
            actor: self.actor.clone(),
            place: self.is_logged.then(|| self.place()),
            tool: self.call.tool.clone(),
            intent: self.intent.summary.clone(),
            relation: self.access().0.to_string(),
            object: self.access().1.to_string(),
            risk: self.intent.risk,
            approval,
            policy: self.policy.clone(),
            verdict,
        }
    }

    /// Records a refusal and returns it, even if the ledger fails: a refusal that is not recorded harms nobody.
    pub(super) async fn refused(&self, guard: &Guard, approval: Option<Approval>, refusal: Refusal) -> Refusal {
        let entry = self.entry(guard, approval, Verdict::Refused(refusal.to_string()));
        if let Err(error) = guard.ledger.open(entry).await {
            tracing::error!(error = %error, "a refusal could not be written to the ledger");
        }
        refusal
    }

    /// Obtains the credential, if the call needs one. A call that needs none is done only for a person who is signed in, too. The
    /// session is checked after the credential, which may take seconds: it is the last check before the action.
    async fn credential_while_signed_in(&self, guard: &Guard) -> Result<Option<AccessToken>, Refusal> {
        let access_token = match &self.intent.needs {
            None => None,
            Some(need) => {
                let obtained = guard.vault.access_token(&self.actor, need).await;
                Some(obtained.map_err(|error| super::account::refusal(error, need))?)
            }
        };
        self.signed_in(guard).await?;
        Ok(access_token)
    }

    /// Refuses unless the person is signed in. The token of a door proves a sign-in until its end.
    pub(super) async fn signed_in(&self, guard: &Guard) -> Result<(), Refusal> {
        if self.actor.via().is_some_and(|via| guard.clock.now() < via.until) {
            return Ok(());
        }
        match guard.sign_ins.is_signed_in(&self.actor, guard.clock.now()).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Refusal::SignInAgain),
            Err(error) => Err(not_now(error)),
        }
    }

    /// The subject that the digest binds for a question with this nonce, end and window, given this definition of the
    /// tool.
    pub(super) fn subject<'a>(
        &'a self,
        definition: &'a Definition,
        nonce: &'a ApprovalId,
        until: Millis,
        window: Millis,
    ) -> approval::Subject<'a> {
        let Self { actor, conversation, call, discloses, .. } = self;
        let target = self.target.as_ref().map(|target| &target.object);
        let discloses = discloses.as_deref();
        approval::Subject { actor, conversation, call, target, definition, nonce, until, window, discloses }
    }

    /// Returns whether a tool of this definition would perform exactly the action that `question` describes.
    pub(super) fn is_as_asked(&self, definition: &Definition, question: &Question) -> bool {
        let subject = self.subject(definition, &question.id, question.until, question.window);
        approval::digest(&subject).is_ok_and(|digest| digest == question.digest)
    }
}

impl ApprovedQuestion {
    /// The latest time at which the action may start, counted from the last approval. The clock of the instance that
    /// recorded it may be ahead, so the question's own end limits it as well.
    pub(super) fn until(&self) -> Millis {
        let last = self.given.iter().map(|given| given.at).max().unwrap_or(0);
        last.min(self.question.until + GRACE).saturating_add(self.question.window)
    }

    pub(super) fn approval(&self) -> Approval {
        Approval { given: self.given.iter().map(SignedApproval::given).collect(), ..unproven(&self.question) }
    }

    /// Verifies the evidence again, because the log is only storage and carries no authority.
    pub(super) async fn verify(&self, guard: &Guard, request: &Request) -> Result<(), Refusal> {
        let mismatched = |what: &str| not_approved(NotApproved::Mismatched { what: what.to_owned() });
        let refusal = match self.check(guard, request).await {
            Ok(()) => return Ok(()),
            Err(EvidenceError::Invalid(what)) => mismatched(&what),
            Err(EvidenceError::Unavailable(error)) => not_now(error),
        };
        Err(request.refused(guard, Some(unproven(&self.question)), refusal).await)
    }

    /// Checks that each approval is valid, comes from a person who may give it, and that none is missing.
    async fn check(&self, guard: &Guard, request: &Request) -> Result<(), EvidenceError> {
        let place = request.place();
        let asking = request.asking(&place, &self.question);
        for (number, given) in self.given.iter().enumerate() {
            guard.approver.verify(&asking, given).await?;
            is_role_kept(given, request).map_err(|what| EvidenceError::Invalid(what.to_owned()))?;
            is_standing_kept(given, request, &self.question).map_err(|what| EvidenceError::Invalid(what.to_owned()))?;
            if self.given[..number].iter().any(|other| other.is_by_same_person(given)) {
                return Err(EvidenceError::Invalid("one person approved twice".to_owned()));
            }
        }
        if self.given.is_empty() || !guard.approver.missing(&self.question, &self.given).is_empty() {
            return Err(EvidenceError::Invalid("an approval is missing".to_owned()));
        }
        Ok(())
    }

    /// Checks that each second person may still approve actions on the object.
    pub(super) async fn confirm_approvers(&self, guard: &Guard, request: &Request) -> Result<(), Refusal> {
        for given in self.given.iter().filter(|given| !given.channel.is_own()) {
            let check = Check { relation: CAN_APPROVE, object: request.access().1, facts: request.facts() };
            let refusal = match guard.authorizer.decide(&given.approver(request.actor.tenant()), check).await {
                Ok(Decision::Allow) => continue,
                Ok(Decision::Deny) => not_approved(NotApproved::NotApprover),
                Err(error) => not_now(error),
            };
            return Err(request.refused(guard, Some(self.approval()), refusal).await);
        }
        Ok(())
    }
}

/// Checks that an approval comes from the actor, or from somebody else, as its channel demands. A person who signs in at
/// two issuers keeps their principal, so that must differ as well.
pub(super) fn is_role_kept(given: &SignedApproval, request: &Request) -> Result<(), &'static str> {
    let is_same = given.is_of(&request.actor) || given.principal == request.actor.principal();
    match (given.channel.is_own(), given.is_of(&request.actor)) {
        (true, true) => Ok(()),
        (true, false) => Err("another person gave the approval"),
        (false, _) if is_same => Err("the person who asks cannot be the second person"),
        (false, _) => Ok(()),
    }
}

/// Checks that an approval that names a standing approval is the one with which it was given, or a use that it covers.
pub(super) fn is_standing_kept(
    given: &SignedApproval,
    request: &Request,
    question: &Question,
) -> Result<(), &'static str> {
    match &given.standing {
        None => Ok(()),
        Some(_) if given.channel != Channel::Passkey => Err("a standing approval is given by a passkey"),
        Some(standing) => standing.check(question, &request.actor, &request.kind(), given.at),
    }
}

/// Names a question for the ledger, without the evidence of an answer.
pub(super) fn unproven(question: &Question) -> Approval {
    Approval { id: question.id.clone(), digest: question.digest.clone(), given: Vec::new() }
}

impl Approved {
    /// Records the action before it is done; without a ledger entry nothing is done. The same write spends the
    /// approval.
    pub(super) async fn record(self, guard: &Guard) -> Result<Recorded, NotAdmitted> {
        let Self(request, yes) = self;
        let approval = yes.as_ref().map(ApprovedQuestion::approval);
        match guard.ledger.open(request.entry(guard, approval.clone(), Verdict::Allowed)).await {
            Ok(entry) => Ok(Recorded(request, yes, entry)),
            Err(OpenError::Unavailable(error)) => Err(not_now(error).into()),
            // Another instance died between this step and the next, or is slow and may still start the call.
            Err(OpenError::Spent(entry)) => {
                let refusal = Refusal::NotApproved { why: NotApproved::Used };
                Err(NotAdmitted::Spent { refusal: request.refused(guard, approval, refusal).await, entry })
            }
        }
    }
}

impl Recorded {
    /// Obtains the credential, after every other stage has passed.
    pub(super) async fn equip(self, guard: &Guard) -> Result<Permit, NotAdmitted> {
        let Self(request, yes, entry) = self;
        let access_token = match request.credential_while_signed_in(guard).await {
            Ok(access_token) => access_token,
            Err(refusal) => {
                close(guard, &entry, &refusal).await;
                return Err(refusal.into());
            }
        };
        // A decision that needed no approval expires after the same period.
        let until = yes.as_ref().map_or_else(|| guard.clock.now() + question::WINDOW, ApprovedQuestion::until);
        let question = yes.map(|yes| yes.question);
        Ok(Permit { request, entry, access_token, question, until, clock: guard.clock.clone() })
    }
}

pub(super) fn not_now(Unavailable { service, cause }: Unavailable) -> Refusal {
    tracing::warn!(service, cause, "a service did not answer the guard");
    Refusal::Unavailable { service: service.to_owned() }
}

async fn close(guard: &Guard, entry: &EntryId, refusal: &Refusal) {
    if let Err(error) = guard.ledger.close(entry, Outcome::NotDone(refusal.to_string()), guard.clock.now()).await {
        tracing::error!(error = %error, "an entry of the ledger could not be closed");
    }
}
