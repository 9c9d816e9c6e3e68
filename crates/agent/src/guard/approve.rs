//! The stage that asks a person. An elevated action, or one that discloses data, needs an out-of-band approval of
//! exactly this request; any other passes without one.

use super::stages::{Approved, ApprovedQuestion, Located, is_role_kept, is_standing_kept, not_now, unproven};
use super::{ApprovalState, CallLog, Guard, NotAdmitted, NotApproved, Refusal, Request, question};
use crate::approval::{Answer, ApprovalId, Declined, Question, SignedApproval};
use crate::intent::Risk;
use crate::ports::{AskError, Millis, PollResult, Ticket, Unavailable};
use crate::prompts::{PromptEnd, PromptPermit, PromptRequest};
use std::time::Duration;
use tokio::time::Instant;

/// Interval at which a queued question retries.
const QUEUE_POLL: Duration = Duration::from_secs(2);

/// Longest time between two reads of the call's state while a person is prompted: another instance may have recorded a
/// cancellation.
const CALL_LOG: Duration = Duration::from_secs(5);

/// Time after a question's end in which an answer that was under way is still accepted, in milliseconds.
pub(super) const GRACE: Millis = 5_000;

impl Located {
    /// Asks, waits, and verifies the answer. After an approval, the object is looked up and authorization is checked
    /// again.
    pub(super) async fn approve(self, guard: &Guard, call_log: &dyn CallLog) -> Result<Approved, NotAdmitted> {
        let Self(mut request) = self;
        if request.intent.risk == Risk::Read && request.discloses.is_none() {
            return Ok(Approved(request, None));
        }
        let (question, answer) = consult(&request, guard, call_log).await?;
        if let Some(question) = &question {
            let end = match answer {
                Answer::Declined { declined: Declined { by: Some(_), .. } } => PromptEnd::DeclinedByOther,
                Answer::Denied | Answer::Declined { .. } => PromptEnd::Denied,
                Answer::Cancelled => PromptEnd::Cancelled,
                _ => PromptEnd::Over,
            };
            release(&request, guard, &question.id, end).await;
            guard.approver.withdraw(&request.asking(&request.place(), question)).await;
        }
        let approval = question.as_ref().map(unproven);
        let refusal = match (answer, question) {
            (Answer::Approved { given }, Some(question)) if request.is_as_asked(&request.definition, &question) => {
                let yes = ApprovedQuestion { question, given };
                if guard.clock.now() > yes.until() {
                    let stale = not_approved(NotApproved::Stale);
                    return Err(request.refused(guard, Some(yes.approval()), stale).await.into());
                }
                yes.verify(guard, &request).await?;
                request.confirm(guard, &yes).await?;
                yes.confirm_approvers(guard, &request).await?;
                return Ok(Approved(request, Some(yes)));
            }
            (Answer::Approved { .. }, _) => not_approved(NotApproved::Changed),
            (Answer::Denied, _) => not_approved(NotApproved::Denied),
            (Answer::Declined { declined: Declined { by, reason } }, _) => {
                not_approved(NotApproved::Declined { by, reason })
            }
            (Answer::Expired, _) => not_approved(NotApproved::Expired),
            (Answer::Cancelled, _) => not_approved(NotApproved::Cancelled),
            (Answer::Mismatched { what }, _) => not_approved(NotApproved::Mismatched { what }),
            (Answer::NoDevice, _) => not_approved(NotApproved::NoDevice),
            (Answer::NoPasskey, _) => not_approved(NotApproved::NoPasskey),
            (Answer::NoApprover, _) => not_approved(NotApproved::NoApprover),
            (Answer::Lost, _) => not_approved(NotApproved::Lost),
            (Answer::Unavailable { service }, _) => Refusal::Unavailable { service },
        };
        Err(request.refused(guard, approval, refusal).await.into())
    }
}

async fn release(request: &Request, guard: &Guard, question: &ApprovalId, end: PromptEnd) {
    if let Err(error) = guard.prompts.release(&request.actor, question, end, guard.clock.now()).await {
        tracing::warn!(error = %error, "the end of a question could not be recorded; the question expires by itself");
    }
}

pub(super) fn not_approved(why: NotApproved) -> Refusal {
    Refusal::NotApproved { why }
}

/// Continues from the recorded state until there is an answer.
async fn consult(
    request: &Request,
    guard: &Guard,
    call_log: &dyn CallLog,
) -> Result<(Option<Question>, Answer), NotAdmitted> {
    loop {
        match call_log.approval_state().await? {
            ApprovalState::Unasked => {
                // Before the prompt is counted against the person's limits.
                if let Err(refusal) = request.signed_in(guard).await {
                    return Err(request.refused(guard, None, refusal).await.into());
                }
                if let Some((question, given)) = Box::pin(in_advance(request, guard)).await? {
                    call_log.approved_in_advance(&question, &given).await?;
                    continue;
                }
                // Boxed, because most of the wait comes after it.
                if let Some(question) = Box::pin(pose(request, guard, call_log)).await? {
                    call_log.asked(&question).await?;
                }
            }
            ApprovalState::Asked(question) if guard.clock.now() >= question.until => {
                call_log.answered(Answer::Expired).await?;
            }
            ApprovalState::Asked(question) => {
                // No phone rings for a person who has signed out while the question was prepared or queued.
                if let Err(refusal) = request.signed_in(guard).await {
                    release(request, guard, &question.id, PromptEnd::Over).await;
                    return Err(request.refused(guard, Some(unproven(&question)), refusal).await.into());
                }
                match guard.approver.ask(&request.asking(&request.place(), &question), guard.clock.now()).await {
                    Ok(ticket) => call_log.put(&ticket).await?,
                    Err(error) => {
                        let answer = match error {
                            AskError::NoDevice => Answer::NoDevice,
                            AskError::NoPasskey => Answer::NoPasskey,
                            AskError::NoApprover => Answer::NoApprover,
                            AskError::Unavailable(error) => unavailable(error),
                        };
                        call_log.answered(answer).await?;
                    }
                }
            }
            ApprovalState::Put(question, ticket, received) => {
                let answer = match complete(guard, &question, &received) {
                    Some(answer) => Some(answer),
                    None => wait(request, guard, call_log, &question, &ticket, &received).await?,
                };
                if let Some(answer) = answer {
                    call_log.answered(answer).await?;
                }
            }
            ApprovalState::Answered(question, answer) => return Ok((question, answer)),
        }
    }
}

/// Returns a use of a standing approval that covers the action, and the question that it answers. Whatever is unclear
/// is asked.
async fn in_advance(request: &Request, guard: &Guard) -> Result<Option<(Question, SignedApproval)>, NotAdmitted> {
    if request.discloses.is_some() {
        return Ok(None);
    }
    let now = guard.clock.now();
    let unseen = question::of(request, guard.ids.approval().map_err(not_now)?, now, guard.patience)?;
    let given = match guard.approver.in_advance(&request.asking(&request.place(), &unseen), now).await {
        Ok(Some(given)) => given,
        Ok(None) => return Ok(None),
        Err(error) => {
            tracing::warn!(error = %error, "standing approvals could not be read; the person is asked");
            return Ok(None);
        }
    };
    let id = given.standing.as_ref().and_then(|standing| Some(standing.limits.use_id(standing.used?)));
    let Some(id) = id else { return Ok(None) };
    let question = question::of(request, id, now, guard.patience)?;
    let fits = is_standing_kept(&given, request, &question).is_ok();
    Ok(fits.then_some((question, given)))
}

/// Builds the question once the person may be prompted. `None` if it was cancelled while it was queued.
async fn pose(request: &Request, guard: &Guard, call_log: &dyn CallLog) -> Result<Option<Question>, NotAdmitted> {
    let id = guard.ids.approval().map_err(not_now)?;
    let begun = guard.clock.now();
    let mut queued = false;
    loop {
        let now = guard.clock.now();
        let question = question::of(request, id.clone(), now, guard.patience)?;
        let question = match guard.approver.patience(&question) {
            Some(patience) => question::of(request, id.clone(), now, patience)?,
            None => question,
        };
        let prompt = PromptRequest {
            id: id.clone(),
            same: question::same(request),
            place: request.place(),
            summary: question.summary.clone(),
            until: question.until,
        };
        let why = match guard.prompts.acquire(&request.actor, &prompt, now).await {
            Ok(PromptPermit::Granted) => return Ok(Some(question)),
            Ok(PromptPermit::Busy) if now < begun + guard.patience => {
                if !queued {
                    call_log.queued().await?;
                    queued = true;
                }
                let _ = tokio::time::timeout(QUEUE_POLL, call_log.changed()).await;
                // Cancelled, or the turn was stopped, while it was queued.
                if let ApprovalState::Answered(..) = call_log.approval_state().await? {
                    release(request, guard, &id, PromptEnd::Over).await;
                    return Ok(None);
                }
                continue;
            }
            Ok(PromptPermit::Busy) => {
                release(request, guard, &id, PromptEnd::Over).await;
                NotApproved::Busy
            }
            Ok(PromptPermit::Asked) => NotApproved::Asked,
            Ok(PromptPermit::Cooling { until }) => NotApproved::Cooling { until },
            Ok(PromptPermit::DailyLimit { limit }) => NotApproved::DailyLimit { limit },
            Err(error) => return Err(request.refused(guard, None, not_now(error)).await.into()),
        };
        return Err(request.refused(guard, None, not_approved(why)).await.into());
    }
}

/// Returns the answer if none of the approvals that `question` needs is missing.
fn complete(guard: &Guard, question: &Question, received: &[SignedApproval]) -> Option<Answer> {
    let in_time: Vec<_> = received.iter().filter(|given| given.at <= question.until + GRACE).cloned().collect();
    let is_complete = !in_time.is_empty() && guard.approver.missing(question, &in_time).is_empty();
    is_complete.then_some(Answer::Approved { given: in_time })
}

/// Polls until there is an answer or the question has expired. `None` if the recorded state has moved on, for example
/// by a cancellation or by one of several approvals.
async fn wait(
    request: &Request,
    guard: &Guard,
    call_log: &dyn CallLog,
    question: &Question,
    ticket: &Ticket,
    received: &[SignedApproval],
) -> Result<Option<Answer>, NotAdmitted> {
    let until = question.until.min(ticket.until);
    let place = request.place();
    let asking = request.asking(&place, question);
    let mut interval = Duration::from_millis(ticket.interval_ms);
    let mut read = Instant::now();
    loop {
        let left = Duration::from_millis(u64::try_from(until - guard.clock.now()).unwrap_or(0));
        // The last poll happens exactly at the end, so that an answer in the last seconds is not missed.
        let due = Instant::now() + interval.min(left);
        while tokio::time::timeout_at(due, call_log.changed()).await.is_ok() || read + CALL_LOG <= Instant::now() {
            read = Instant::now();
            match call_log.approval_state().await? {
                ApprovalState::Put(_, _, now) if now.len() == received.len() => {}
                _ => return Ok(None),
            }
        }
        let now = guard.clock.now();
        let error = match guard.approver.poll(&asking, ticket, received, now).await {
            Ok(PollResult::Pending { wait }) => {
                interval = interval.max(wait);
                None
            }
            Ok(PollResult::Approved { given, digest }) => {
                let given = match judge(given, &digest, request, question, until, guard.clock.now()) {
                    Ok(given) => given,
                    Err(answer) => return Ok(Some(answer)),
                };
                let all = [received, std::slice::from_ref(&given)].concat();
                if let Some(answer) = complete(guard, question, &all) {
                    return Ok(Some(answer));
                }
                call_log.given(question, &given).await?;
                return Ok(None);
            }
            // Some approvers report a denial and an expiry alike; only the clock distinguishes them.
            Ok(PollResult::Expired) => return Ok(Some(Answer::Expired)),
            Ok(PollResult::NotApproved) => {
                return Ok(Some(if guard.clock.now() >= until { Answer::Expired } else { Answer::Denied }));
            }
            Ok(PollResult::Gone) => return Ok(Some(Answer::Lost)),
            Ok(PollResult::Invalid { what }) => return Ok(Some(Answer::Mismatched { what })),
            // A failed poll does not end the question: the next one may succeed.
            Err(error) => Some(error),
        };
        if now >= until {
            return Ok(Some(error.map_or(Answer::Expired, unavailable)));
        }
    }
}

/// Accepts an approval only from a person who may give it, for this question, and in time.
fn judge(
    given: SignedApproval,
    digest: &str,
    request: &Request,
    question: &Question,
    until: Millis,
    now: Millis,
) -> Result<SignedApproval, Answer> {
    let mismatched = |what: &str| Answer::Mismatched { what: what.to_owned() };
    is_role_kept(&given, request).map_err(mismatched)?;
    if digest != question.digest {
        Err(mismatched("the approval answers another question"))
    } else if now > until + GRACE {
        Err(Answer::Expired)
    } else {
        Ok(SignedApproval { at: now, ..given })
    }
}

fn unavailable(error: Unavailable) -> Answer {
    tracing::warn!(error = %error, "a person could not be asked for approval");
    Answer::Unavailable { service: error.service.to_owned() }
}
