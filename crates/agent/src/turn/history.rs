//! The fold of a conversation's log: waiting messages, the running turn, and the messages for the model.

use super::open::{Open, Pending, Stage, Stop};
use super::told::{Extent, Start};
use super::{Event, messages};
use crate::CallId;
use crate::approval::{Answer, ApprovalId, SignedApproval};
use crate::guard::{Account, ApprovalState};
use crate::ports::{Block, Message, Millis, Numbered, Role};
use crate::via::Arrival;
use serde_json::json;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// The state of a conversation, derived from its log.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct History {
    /// Messages that have no turn yet, oldest first.
    pub waiting: VecDeque<Waiting>,
    /// The turn that has started and not ended.
    pub open: Option<Open>,
    /// The whole conversation in the form that models use: roles alternate, and each call has its result. The model
    /// receives only [`told`](Self::told); the origin of a call's arguments is searched for in all of it.
    pub messages: Vec<Arc<Message>>,
    /// The external recipients to whom the person allowed data of this conversation to go, each with the call that they
    /// approved.
    pub disclosed: BTreeMap<String, CallId>,
    /// The last call that the client of a door asked for.
    pub requested: Option<Requested>,
    /// The starts of the turns that the model receives, oldest first.
    pub(super) starts: Vec<Start>,
    /// The part of the conversation that the model receives.
    pub(super) extent: Extent,
}

/// A call that the client of a door asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requested {
    /// The number of its message.
    pub said: u64,
    /// The client has received the outcome.
    pub is_fetched: bool,
}

/// A message that has no turn yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its number in the log.
    pub said: u64,
    /// Its text.
    pub text: String,
    /// The hash of the id of the session that posted it.
    pub session: Option<String>,
    /// The number of the message that it replaces.
    pub replaces: Option<u64>,
    /// The door through which it came.
    pub arrival: Option<Box<Arrival>>,
}

impl History {
    /// Folds a log.
    #[must_use]
    pub fn fold(log: &[Numbered]) -> Self {
        let mut history = Self::default();
        for entry in log {
            history.apply(entry);
        }
        history
    }

    /// Returns whether the last answer was interrupted together with its instance. A conversation sent to Bedrock must
    /// end with the user's words or results of calls (`Converse`, `messages`).
    #[must_use]
    pub fn is_broken_off(&self) -> bool {
        self.messages.last().is_some_and(|message| message.role == Role::Assistant)
    }

    /// Returns whether a call was proposed so far.
    #[must_use]
    pub fn has_called(&self) -> bool {
        self.messages.iter().any(|message| message.blocks.iter().any(|block| matches!(block, Block::Call(_))))
    }

    /// Applies the next event.
    pub fn apply(&mut self, Numbered { number, at, event }: &Numbered) {
        match event {
            Event::UserSaid { text, session, replaces, arrival, .. } => {
                if arrival.as_deref().is_some_and(|arrival| arrival.call.is_some()) {
                    self.requested = Some(Requested { said: *number, is_fetched: false });
                }
                self.waiting.push_back(Waiting {
                    said: *number,
                    text: text.clone(),
                    session: session.clone(),
                    replaces: *replaces,
                    arrival: arrival.clone(),
                });
            }
            Event::Withdrawn { said } => self.waiting.retain(|waiting| waiting.said != *said),
            Event::Fetched { said } => {
                if let Some(requested) = self.requested.as_mut().filter(|requested| requested.said == *said) {
                    requested.is_fetched = true;
                }
            }
            Event::TurnStarted { said } => self.start(*said, *at),
            Event::Said { text } => {
                self.answering();
                if let Some(open) = &mut self.open {
                    open.written += text.len();
                }
                self.push(Role::Assistant, Block::Text(text.clone()));
            }
            Event::Reasoned { blocks } => {
                self.answering();
                for block in blocks {
                    self.push(Role::Assistant, Block::Reasoning(block.clone()));
                }
            }
            Event::CallProposed { call, .. } => {
                self.answering();
                if let Some(open) = &mut self.open {
                    open.calls += 1;
                    // Most turns that wait have one pending call, so room for one is enough.
                    open.pending.reserve_exact(1);
                    open.pending.push(Pending {
                        call: call.clone(),
                        stage: Stage::Proposed(ApprovalState::Unasked),
                        account: Account::Unasked,
                    });
                }
                self.push(Role::Assistant, Block::Call(call.clone()));
            }
            Event::AccountWanted { call, remedy, until, .. } => {
                self.wait(*at);
                // An account that is already connected or declined stays so.
                self.account(call, |now| match now {
                    Account::Unasked | Account::Wanted { .. } => Account::Wanted { until: *until, remedy: *remedy },
                    settled => settled,
                });
            }
            Event::AccountConnected { call, .. } => {
                self.resume(*at);
                self.account(call, |now| match now {
                    Account::Wanted { .. } => Account::Connected,
                    other => other,
                });
            }
            Event::AccountDeclined { call } => {
                self.resume(*at);
                self.account(call, |now| match now {
                    Account::Wanted { remedy, .. } => Account::Declined { remedy },
                    other => other,
                });
            }
            Event::ApprovalQueued { .. } => self.wait(*at),
            Event::ApprovalAsked { call, question } => {
                self.wait(*at);
                self.stand(call, |_| ApprovalState::Asked(question.clone()));
            }
            Event::ApprovalPut { call, ticket } => self.stand(call, |standing| match standing {
                ApprovalState::Asked(question) => ApprovalState::Put(question, ticket.clone(), Vec::new()),
                other => other,
            }),
            Event::ApprovedInAdvance { call, question, given } => {
                self.resume(*at);
                let stopped = self.is_stopped();
                let answer =
                    || if stopped { Answer::Cancelled } else { Answer::Approved { given: vec![given.clone()] } };
                // A question that is open, or has an answer, is another one.
                self.stand(call, |standing| match standing {
                    ApprovalState::Unasked => ApprovalState::Answered(Some(question.clone()), answer()),
                    other => other,
                });
            }
            Event::ApprovalGiven { call, question, given } => self.given(call, question, given),
            Event::ApprovalDeclined { call, question, declined } if self.is_open(call, question) => {
                self.answered(call, &Answer::Declined { declined: declined.clone() }, *at);
            }
            Event::ApprovalDeclined { .. } => {}
            Event::ApprovalAnswered { call, answer } => self.answered(call, answer, *at),
            Event::ApprovalCancelled { call } => self.answered(call, &Answer::Cancelled, *at),
            Event::StopAsked { said } => {
                if let Some(open) = self.open.as_mut().filter(|open| open.said == *said) {
                    open.stop = Stop::Asked;
                }
            }
            Event::CallStarted { call, entry } => {
                self.note_disclosure(call);
                let stage = if self.is_stopped() { Stage::Stopped } else { Stage::Started };
                self.set(call, stage(entry.clone()));
            }
            Event::CallRefused { call, refusal } => {
                self.resume(*at);
                self.result(call, json!({ "refused": refusal.for_model() }));
            }
            Event::CallDone { call, content, .. } => self.result(call, object(content)),
            Event::CallFailed { call, reason } => self.result(call, json!({ "failed": reason })),
            Event::CallUnknown { call } => self.result(call, json!({ "unknown": UNKNOWN })),
            // The answer is requested again, so the model must not find the interrupted one in the conversation.
            Event::BrokenOff { .. } => {
                self.messages.pop_if(|message| message.role == Role::Assistant);
            }
            Event::Shortened { kept_from } => self.cut(*kept_from),
            Event::TurnEnded { .. } => self.end(),
        }
    }

    fn start(&mut self, said: u64, at: Millis) {
        if let Some(place) = self.waiting.iter().position(|waiting| waiting.said == said)
            && let Some(waiting) = self.waiting.remove(place)
        {
            let Waiting { text, session, replaces, arrival, .. } = waiting;
            if let Some(replaced) = replaces {
                self.rewind(replaced);
            }
            self.push(Role::User, words(text, arrival.as_deref()));
            self.begin(said);
            self.open = Some(Open {
                said,
                since: at,
                waits: None,
                stop: Stop::Unasked,
                session,
                arrival,
                steps: 0,
                calls: 0,
                written: 0,
                pending: Vec::new(),
                shortened: 0,
                first: self.messages.len().saturating_sub(1),
            });
        }
    }

    /// Counts a step at the first block of an answer, which follows the user's words or results of calls.
    fn answering(&mut self) {
        let begins = self.messages.last().is_some_and(|message| message.role == Role::User);
        if let (true, Some(open)) = (begins, &mut self.open) {
            open.steps += 1;
        }
    }

    fn set(&mut self, call: &CallId, stage: Stage) {
        if let Some(pending) = self.pending(call) {
            pending.stage = stage;
        }
    }

    fn account(&mut self, call: &CallId, to: impl FnOnce(Account) -> Account) {
        if let Some(pending) = self.pending(call) {
            pending.account = to(pending.account);
        }
    }

    fn stand(&mut self, call: &CallId, to: impl FnOnce(ApprovalState) -> ApprovalState) {
        if let Some(Pending { stage: Stage::Proposed(standing), .. }) = self.pending(call) {
            *standing = to(standing.clone());
        }
    }

    /// Only the first answer counts. An answer on a page that arrives after the turn was stopped is recorded as a cancellation.
    fn answered(&mut self, call: &CallId, answer: &Answer, at: Millis) {
        self.resume(at);
        let late = self.is_stopped() && matches!(answer, Answer::Approved { .. } | Answer::Declined { .. });
        let answer = if late { &Answer::Cancelled } else { answer };
        self.stand(call, |standing| match standing {
            ApprovalState::Unasked => ApprovalState::Answered(None, answer.clone()),
            ApprovalState::Asked(question) | ApprovalState::Put(question, ..) => {
                ApprovalState::Answered(Some(question), answer.clone())
            }
            ApprovalState::Answered(..) => standing,
        });
    }

    /// Adds one of several approvals. It counts only while the question is open and the turn is not stopped, and once
    /// for each person.
    fn given(&mut self, call: &CallId, question: &ApprovalId, given: &SignedApproval) {
        if self.is_stopped() || !self.is_open(call, question) {
            return;
        }
        self.stand(call, |standing| match standing {
            ApprovalState::Put(question, ticket, mut received) => {
                if !received.iter().any(|other| other.is_by_same_person(given)) {
                    received.push(given.clone());
                }
                ApprovalState::Put(question, ticket, received)
            }
            other => other,
        });
    }

    /// Returns whether `question` is the one that a person is being asked about `call`.
    fn is_open(&mut self, call: &CallId, question: &ApprovalId) -> bool {
        let stage = self.pending(call).map(|pending| &pending.stage);
        matches!(stage, Some(Stage::Proposed(ApprovalState::Put(own, ..))) if own.id == *question)
    }

    /// An approval to disclose data is valid for the rest of the conversation, once the guard has accepted it: the call
    /// then starts. An approval that is refused later allows nothing.
    fn note_disclosure(&mut self, call: &CallId) {
        let stage = self.pending(call).map(|pending| &pending.stage);
        if let Some(Stage::Proposed(ApprovalState::Answered(Some(question), Answer::Approved { .. }))) = stage
            && let Some(recipient) = question.discloses.clone()
        {
            self.disclosed.entry(recipient).or_insert_with(|| call.clone());
        }
    }

    fn is_stopped(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.stop == Stop::Asked)
    }

    fn pending(&mut self, call: &CallId) -> Option<&mut Pending> {
        self.open.iter_mut().flat_map(|open| &mut open.pending).find(|pending| pending.call.id == *call)
    }

    /// Pauses the turn's clock: time spent waiting for a person does not count.
    fn wait(&mut self, at: Millis) {
        if let Some(open) = &mut self.open {
            open.waits.get_or_insert(at);
        }
    }

    fn resume(&mut self, at: Millis) {
        if let Some(open) = &mut self.open
            && let Some(waits) = open.waits.take()
        {
            open.since += at - waits;
        }
    }

    fn result(&mut self, call: &CallId, content: serde_json::Value) {
        if let Some(open) = &mut self.open {
            open.pending.retain(|pending| pending.call.id != *call);
        }
        self.push(Role::User, Block::Result { call: call.clone(), content });
    }

    /// Gives every call that is still pending an unknown result: it will never get another one, and models require a
    /// result for each call.
    fn end(&mut self) {
        let Some(open) = self.open.take() else { return };
        for pending in open.pending {
            self.push(Role::User, Block::Result { call: pending.call.id, content: json!({ "unknown": UNKNOWN }) });
        }
        messages::forget_reasoning(&mut self.messages, open.first);
    }

    fn push(&mut self, role: Role, block: Block) {
        messages::push(&mut self.messages, role, block);
    }
}

/// Returns a message in the form that models use. What an agent writes is not the person's word, and neither is a call that
/// a client asks for.
fn words(text: String, arrival: Option<&Arrival>) -> Block {
    match arrival {
        Some(Arrival { via, call }) if call.is_some() || !via.agents.is_empty() => {
            Block::Relayed { text, by: via.sender().to_owned() }
        }
        _ => Block::Text(text),
    }
}

/// Wraps a result that is not an object in one, because results must be objects.
fn object(content: &serde_json::Value) -> serde_json::Value {
    if content.is_object() { content.clone() } else { json!({ "result": content }) }
}

const UNKNOWN: &str = "The call was interrupted, and it is not known if it was done. Do not repeat it; tell the user.";
