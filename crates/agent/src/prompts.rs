//! Limits on prompting a person: one question at a time, no duplicate of an open question, a pause after a denial or a
//! cancellation, and a daily maximum. Pure state; a port stores it.

use crate::Place;
use crate::approval::ApprovalId;
use crate::ports::Millis;
use serde::{Deserialize, Serialize};

/// Period after a denial in which no question is asked, in milliseconds.
pub const COOLDOWN: Millis = 60_000;

/// Period after a denial in which the same action is not asked about again, in milliseconds.
pub const SAME_COOLDOWN: Millis = 600_000;

/// Period after a cancellation in which the same turn asks nothing, in milliseconds. The turn of a new message may ask
/// at once.
pub const CANCEL_COOLDOWN: Millis = 30_000;

/// Most questions to one person a day.
pub const DAILY: u32 = 50;

/// Most waiting questions that are listed; further ones wait without being listed.
const QUEUED: usize = 20;

/// Most actions and turns that are remembered: more than the denials of a day. The entry that expires first is dropped
/// first, and a cancellation expires before a denial.
const REMEMBERED: usize = 60;

const DAY: Millis = 86_400_000;

/// A question to be put to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptRequest {
    /// Its id.
    pub id: ApprovalId,
    /// A key of the action, independent of who requests it and when: equal texts mean the same action.
    pub same: String,
    /// The call that asks.
    pub place: Place,
    /// The action in plain words.
    pub summary: String,
    /// The time until which an answer is accepted.
    pub until: Millis,
}

/// An open question of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPrompt {
    /// The call that asks.
    pub place: Place,
    /// The action in plain words.
    pub summary: String,
    /// The latest time at which it can still be open.
    pub until: Millis,
}

/// The answer to a [`PromptRequest`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptPermit {
    /// The question may be put now.
    Granted,
    /// Another question is open; this one waits.
    Busy,
    /// A question about the same action is already open.
    Asked,
    /// A question was denied or cancelled recently.
    Cooling {
        /// End of the pause.
        until: Millis,
    },
    /// The daily limit of questions was reached.
    DailyLimit {
        /// The limit.
        limit: u32,
    },
}

/// The way in which a question ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptEnd {
    /// The person denied it.
    Denied,
    /// Another person, whose approval it needed, declined it.
    DeclinedByOther,
    /// The person cancelled it.
    Cancelled,
    /// It ended in any other way.
    Over,
}

impl PromptRequest {
    fn open(&self) -> OpenPrompt {
        OpenPrompt { place: self.place.clone(), summary: self.summary.clone(), until: self.until }
    }
}

/// The stored record of one person's questions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PromptState {
    held: Option<HeldPrompt>,
    queued: Vec<Queued>,
    /// Denied actions, and turns in which a question was cancelled, each with the end of its pause.
    quiet: Vec<Quiet>,
    /// End of the pause in which no question is asked at all.
    silence: Millis,
    day: i64,
    asked: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct HeldPrompt {
    by: ApprovalId,
    same: String,
    open: OpenPrompt,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Queued {
    by: ApprovalId,
    open: OpenPrompt,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Quiet {
    about: String,
    until: Millis,
}

impl PromptState {
    /// Decides about a question and records a grant.
    pub fn acquire(&mut self, request: &PromptRequest, now: Millis) -> PromptPermit {
        let day = now.div_euclid(DAY);
        if self.day != day {
            (self.day, self.asked) = (day, 0);
        }
        match &mut self.held {
            Some(held) if held.by == request.id => return PromptPermit::Granted,
            // The instance that reserved the person died before it recorded the question; the instance that continues
            // takes its place.
            Some(held) if held.open.place == request.place => {
                (held.by, held.open.until) = (request.id.clone(), request.until);
                return PromptPermit::Granted;
            }
            Some(held) if held.open.until > now && held.same == request.same => return PromptPermit::Asked,
            Some(held) if held.open.until > now => {
                self.queue(request, now);
                return PromptPermit::Busy;
            }
            _ => {}
        }
        self.queued.retain(|queued| queued.open.place != request.place);
        if let Some(until) = self.cooling(request, now) {
            return PromptPermit::Cooling { until };
        }
        if self.asked >= DAILY {
            return PromptPermit::DailyLimit { limit: DAILY };
        }
        self.asked += 1;
        self.held = Some(HeldPrompt { by: request.id.clone(), same: request.same.clone(), open: request.open() });
        PromptPermit::Granted
    }

    /// Records the end of a question. Does nothing if it is neither open nor waiting.
    pub fn release(&mut self, question: &ApprovalId, end: PromptEnd, now: Millis) {
        self.queued.retain(|queued| queued.by != *question);
        let Some(held) = self.held.take_if(|held| held.by == *question) else { return };
        match end {
            PromptEnd::Denied => {
                self.silence = self.silence.max(now + COOLDOWN);
                self.keep_quiet(held.same, now + SAME_COOLDOWN, now);
            }
            // Nobody is to be asked about the same again so soon; the person who asks has said no to nothing.
            PromptEnd::DeclinedByOther => self.keep_quiet(held.same, now + SAME_COOLDOWN, now),
            PromptEnd::Cancelled => self.keep_quiet(held.open.place.turn(), now + CANCEL_COOLDOWN, now),
            PromptEnd::Over => {}
        }
    }

    /// The person's open questions: the one that was put, and those waiting for it.
    #[must_use]
    pub fn open(&self, now: Millis) -> Vec<OpenPrompt> {
        let held = self.held.iter().map(|held| &held.open);
        let all = held.chain(self.queued.iter().map(|queued| &queued.open));
        all.filter(|open| open.until > now).cloned().collect()
    }

    /// End of the pause for this action or turn, if one is in force.
    fn cooling(&self, request: &PromptRequest, now: Millis) -> Option<Millis> {
        let turn = request.place.turn();
        let about = self.quiet.iter().filter(|quiet| [&request.same, &turn].contains(&&quiet.about));
        about.map(|quiet| quiet.until).chain([self.silence]).max().filter(|until| now < *until)
    }

    /// Remembers a pause for an action or turn, along with all others that are still in force.
    fn keep_quiet(&mut self, about: String, until: Millis, now: Millis) {
        self.quiet.retain(|quiet| quiet.until > now && quiet.about != about);
        self.quiet.push(Quiet { about, until });
        self.quiet.sort_by_key(|quiet| quiet.until);
        let surplus = self.quiet.len().saturating_sub(REMEMBERED);
        self.quiet.drain(..surplus);
    }

    /// Lists a waiting question once.
    fn queue(&mut self, request: &PromptRequest, now: Millis) {
        self.queued.retain(|queued| queued.open.until > now);
        if self.queued.iter().all(|queued| queued.by != request.id) && self.queued.len() < QUEUED {
            self.queued.retain(|queued| queued.open.place != request.place);
            self.queued.push(Queued { by: request.id.clone(), open: request.open() });
        }
    }
}

#[cfg(test)]
mod tests;
