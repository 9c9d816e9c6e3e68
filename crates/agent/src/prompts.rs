//! Limits on prompting a person: one question at a time, not the same one twice at once, not soon after a denial or a
//! cancellation, and not more often a day than anybody reads with care. Pure: who stores the state is the port's business.

use crate::Place;
use crate::approval::ApprovalId;
use crate::ports::Millis;
use serde::{Deserialize, Serialize};

/// The time in which nothing is asked after a denial, in milliseconds.
pub const COOLDOWN: Millis = 60_000;

/// The time in which the very action that was denied is not asked about again.
pub const SAME_COOLDOWN: Millis = 600_000;

/// The time in which a turn asks nothing more after the person took a question of it back. A new message of theirs may ask at once.
pub const CANCEL_COOLDOWN: Millis = 30_000;

/// Most questions a day.
pub const DAILY: u32 = 50;

/// Most questions that are listed while they wait; more may wait unlisted.
const QUEUED: usize = 20;

/// Most actions and turns that are remembered. A denial quiets everything for [`COOLDOWN`], so fewer denials than this are in
/// force at a time, and what ends first is forgotten first.
const REMEMBERED: usize = 20;

const DAY: Millis = 86_400_000;

/// A question that is to be put to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptRequest {
    /// Its id.
    pub id: ApprovalId,
    /// The action, whoever asks for it and when: two with the same text ask for the same thing.
    pub same: String,
    /// Its origin.
    pub place: Place,
    /// The action in plain words.
    pub summary: String,
    /// Until when its answer counts.
    pub until: Millis,
}

/// A question that a person has open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPrompt {
    /// Its origin.
    pub place: Place,
    /// The action in plain words.
    pub summary: String,
    /// Until when it is open at most.
    pub until: Millis,
}

/// The answer to a [`PromptRequest`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptPermit {
    /// The question may be put now.
    Granted,
    /// Another question is being put; this one waits.
    Busy,
    /// The very same thing is being asked already.
    Asked,
    /// A question was denied or taken back not long ago.
    Cooling {
        /// Until when.
        until: Millis,
    },
    /// Enough for a day.
    DailyLimit {
        /// The limit.
        limit: u32,
    },
}

/// The end of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptEnd {
    /// With a denial.
    Denied,
    /// The person took it back.
    Cancelled,
    /// Otherwise.
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
    held: Option<Held>,
    queued: Vec<Queued>,
    /// Denied actions, and turns of which a question was taken back, each until it may be asked about again.
    quiet: Vec<Quiet>,
    /// Until when nothing is asked at all.
    silence: Millis,
    day: i64,
    asked: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Held {
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
    /// Decides, and notes a grant.
    pub fn acquire(&mut self, request: &PromptRequest, now: Millis) -> PromptPermit {
        let day = now.div_euclid(DAY);
        if self.day != day {
            (self.day, self.asked) = (day, 0);
        }
        match &mut self.held {
            Some(held) if held.by == request.id => return PromptPermit::Granted,
            // The instance that took it died before it could write the question down; who goes on asks in its stead.
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
        self.held = Some(Held { by: request.id.clone(), same: request.same.clone(), open: request.open() });
        PromptPermit::Granted
    }

    /// Notes the end of a question. One that neither is put nor waits changes nothing.
    pub fn release(&mut self, question: &ApprovalId, end: PromptEnd, now: Millis) {
        self.queued.retain(|queued| queued.by != *question);
        let Some(held) = self.held.take_if(|held| held.by == *question) else { return };
        match end {
            PromptEnd::Denied => {
                self.silence = self.silence.max(now + COOLDOWN);
                self.keep_quiet(held.same, now + SAME_COOLDOWN, now);
            }
            PromptEnd::Cancelled => self.keep_quiet(held.open.place.turn(), now + CANCEL_COOLDOWN, now),
            PromptEnd::Over => {}
        }
    }

    /// The questions that the person has open: the one that is being put, and those that wait for it.
    #[must_use]
    pub fn open(&self, now: Millis) -> Vec<OpenPrompt> {
        let held = self.held.iter().map(|held| &held.open);
        let all = held.chain(self.queued.iter().map(|queued| &queued.open));
        all.filter(|open| open.until > now).cloned().collect()
    }

    /// Until when this action, or this turn, may not be asked about.
    fn cooling(&self, request: &PromptRequest, now: Millis) -> Option<Millis> {
        let turn = request.place.turn();
        let about = self.quiet.iter().filter(|quiet| [&request.same, &turn].contains(&&quiet.about));
        about.map(|quiet| quiet.until).chain([self.silence]).max().filter(|until| now < *until)
    }

    /// Remembers what is not to be asked about, beside all else that is still in force.
    fn keep_quiet(&mut self, about: String, until: Millis, now: Millis) {
        self.quiet.retain(|quiet| quiet.until > now && quiet.about != about);
        self.quiet.push(Quiet { about, until });
        self.quiet.sort_by_key(|quiet| quiet.until);
        let surplus = self.quiet.len().saturating_sub(REMEMBERED);
        self.quiet.drain(..surplus);
    }

    /// Notes once that a question waits.
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
