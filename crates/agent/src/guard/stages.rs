//! The stages. Each eats the one before it, so the order is in the types and none can be left out.

use super::approve::{GRACE, not_approved};
use super::{Guard, NotAdmitted, NotApproved, Permit, Refusal, Request, question};
use crate::Place;
use crate::approval::{self, ApprovalId, Definition, Question, SignedApproval};
use crate::intent::{Object, Relation};
use crate::ports::{
    Approval, Check, Decision, Entry, EntryId, EvidenceError, Loan, Millis, OpenError, Outcome, Unavailable, Verdict,
};

pub(super) struct Authorized(pub(super) Box<Request>);

/// The account that the deed borrows from is there.
pub(super) struct Connected(pub(super) Box<Request>);

/// The object that the call touches is known, and the actor may do this to it.
pub(super) struct Located(pub(super) Box<Request>);

pub(super) struct Approved(pub(super) Box<Request>, pub(super) Option<Yes>);

pub(super) struct Recorded(Box<Request>, Option<Yes>, EntryId);

/// A yes to exactly this request.
pub(super) struct Yes {
    pub(super) question: Question,
    pub(super) given: SignedApproval,
}

impl Request {
    /// Asks afresh whether the actor has the intent's relation on its object.
    pub(super) async fn authorize(self: Box<Self>, guard: &Guard) -> Result<Authorized, Refusal> {
        match self.decide(guard, None).await {
            Ok(()) => Ok(Authorized(self)),
            Err(refusal) => Err(refusal),
        }
    }

    /// The decision of now; a no is written down with the approval that came before it, if one did.
    pub(super) async fn decide(&self, guard: &Guard, yes: Option<&Yes>) -> Result<(), Refusal> {
        let refusal = match guard.authorizer.decide(&self.actor, Check::of(&self.intent)).await {
            Ok(Decision::Allow) => return Ok(()),
            Ok(Decision::Deny) => {
                Refusal::Denied { relation: self.intent.relation.to_string(), object: self.intent.object.to_string() }
            }
            Err(error) => not_now(error),
        };
        Err(self.refused(guard, yes.map(Yes::approval), refusal).await)
    }

    /// The relation and the object that decide: those of the object that was looked up, once it was.
    pub(super) fn access(&self) -> (Relation, &Object) {
        let target = self.target.as_ref().map(|target| (target.relation, &target.object));
        target.unwrap_or((self.intent.relation, &self.intent.object))
    }

    pub(super) fn entry(&self, guard: &Guard, approval: Option<Approval>, verdict: Verdict) -> Entry {
        Entry {
            at: guard.clock.now(),
            actor: self.actor.clone(),
            place: Some(Place { conversation: self.conversation.clone(), call: self.call.id.clone() }),
            tool: self.call.tool.clone(),
            intent: self.intent.summary.clone(),
            relation: self.access().0.to_string(),
            object: self.access().1.to_string(),
            risk: self.intent.risk,
            approval,
            verdict,
        }
    }

    /// A refusal stands whether or not it can be written down: an unwritten *no* harms nobody.
    pub(super) async fn refused(&self, guard: &Guard, approval: Option<Approval>, refusal: Refusal) -> Refusal {
        let entry = self.entry(guard, approval, Verdict::Refused(refusal.to_string()));
        if let Err(error) = guard.ledger.open(entry).await {
            tracing::error!(error = %error, "a refusal could not be written in the ledger");
        }
        refusal
    }

    /// The credential, if the call needs one. Also a call that borrows nothing is done only for somebody who is signed in. The
    /// session is looked up after the loan, which may take seconds: it is the last question before the action.
    async fn borrow_signed_in(&self, guard: &Guard) -> Result<Option<Loan>, Refusal> {
        let loan = match &self.intent.needs {
            None => None,
            Some(need) => {
                let lent = guard.vault.lend(&self.actor, need).await;
                Some(lent.map_err(|error| super::account::refusal(error, need))?)
            }
        };
        match guard.sign_ins.is_signed_in(&self.actor, guard.clock.now()).await {
            Ok(true) => Ok(loan),
            Ok(false) => Err(Refusal::SignInAgain),
            Err(error) => Err(not_now(error)),
        }
    }

    /// The subject that is bound by the digest of a question with this id, this end and this window, if the tool is of this definition.
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

    /// Whether a tool of this definition would do just what `question` asked about.
    pub(super) fn is_as_asked(&self, definition: &Definition, question: &Question) -> bool {
        let subject = self.subject(definition, &question.id, question.until, question.window);
        approval::digest(&subject).is_ok_and(|digest| digest == question.digest)
    }
}

impl Yes {
    /// Until when the action may begin. The clock of the instance that noted the approval may run ahead: the question's own
    /// end bounds it as well.
    pub(super) fn until(&self) -> Millis {
        self.given.at.min(self.question.until + GRACE).saturating_add(self.question.window)
    }

    pub(super) fn approval(&self) -> Approval {
        Approval { given: Some(self.given.given()), ..self.unproven() }
    }

    fn unproven(&self) -> Approval {
        Approval { id: self.question.id.clone(), digest: self.question.digest.clone(), given: None }
    }

    /// Has the evidence verified once more, since the log is storage and no authority.
    pub(super) async fn verify(&self, guard: &Guard, request: &Request) -> Result<(), Refusal> {
        let mismatched = |what: &str| not_approved(NotApproved::Mismatched { what: what.to_owned() });
        let refusal = match guard.approver.verify(&request.actor, &self.question, &self.given).await {
            Ok(()) if self.given.is_of(&request.actor) => return Ok(()),
            Ok(()) => mismatched("the yes is of another person"),
            Err(EvidenceError::Invalid(what)) => mismatched(&what),
            Err(EvidenceError::Unavailable(error)) => not_now(error),
        };
        Err(request.refused(guard, Some(self.unproven()), refusal).await)
    }
}

impl Approved {
    /// Writes the deed down before it is done; without the ledger there is no deed. The yes is spent in the same step.
    pub(super) async fn record(self, guard: &Guard) -> Result<Recorded, NotAdmitted> {
        let Self(request, yes) = self;
        let approval = yes.as_ref().map(Yes::approval);
        match guard.ledger.open(request.entry(guard, approval.clone(), Verdict::Allowed)).await {
            Ok(entry) => Ok(Recorded(request, yes, entry)),
            Err(OpenError::Unavailable(error)) => Err(not_now(error).into()),
            // An instance that died after this step and before the next, or that is slow and may still begin the call.
            Err(OpenError::Spent(entry)) => {
                let refusal = Refusal::NotApproved { why: NotApproved::Used };
                Err(NotAdmitted::Spent { refusal: request.refused(guard, approval, refusal).await, entry })
            }
        }
    }
}

impl Recorded {
    /// Borrows the credential, last of all: no token without everything before it.
    pub(super) async fn equip(self, guard: &Guard) -> Result<Permit, NotAdmitted> {
        let Self(request, yes, entry) = self;
        let loan = match request.borrow_signed_in(guard).await {
            Ok(loan) => loan,
            Err(refusal) => {
                close(guard, &entry, &refusal).await;
                return Err(refusal.into());
            }
        };
        // A decision without a person grows old as well, by the same measure.
        let until = yes.as_ref().map_or_else(|| guard.clock.now() + question::WINDOW, Yes::until);
        let question = yes.map(|yes| yes.question);
        Ok(Permit { request, entry, loan, question, until, clock: guard.clock.clone() })
    }
}

pub(super) fn not_now(Unavailable { service, cause }: Unavailable) -> Refusal {
    tracing::warn!(service, cause, "the guard had no answer");
    Refusal::Unavailable { service: service.to_owned() }
}

async fn close(guard: &Guard, entry: &EntryId, refusal: &Refusal) {
    if let Err(error) = guard.ledger.close(entry, Outcome::NotDone(refusal.to_string()), guard.clock.now()).await {
        tracing::error!(error = %error, "an entry of the ledger could not be closed");
    }
}
