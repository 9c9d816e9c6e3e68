//! Limits on prompting a person: one question at a time, not the same one twice at once, not soon after a denial or a
//! cancellation, and not more often a day than anybody reads with care. Pure: who stores the state is the port's business.

use crate::Place;
use crate::approval::ApprovalId;
use crate::ports::Millis;
use serde::{Deserialize, Serialize};

/// How long nothing is asked after a denial, in milliseconds.
pub const COOLDOWN: Millis = 60_000;

/// How long the very action that was denied is not asked about again.
pub const SAME_COOLDOWN: Millis = 600_000;

/// How long nothing is asked after the person took a question back. Short: they may want to ask again themselves.
pub const CANCEL_COOLDOWN: Millis = 10_000;

/// Most questions a day.
pub const DAILY: u32 = 50;

/// Most questions that are listed while they wait; more may wait unlisted.
const QUEUED: usize = 20;

/// Most denials that are remembered. A denial quiets everything for [`COOLDOWN`], so fewer than this are in force at a time.
const DENIALS: usize = 20;

const DAY: Millis = 86_400_000;

/// A question that is to be put to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptRequest {
    /// Its id.
    pub id: ApprovalId,
    /// The action, whoever asks for it and when: two with the same text ask for the same thing.
    pub same: String,
    /// Where it comes from.
    pub place: Place,
    /// The action in plain words.
    pub summary: String,
    /// Until when its answer counts.
    pub until: Millis,
}

/// A question that a person has open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPrompt {
    /// Where it comes from.
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

/// How a question ended.
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
    /// Denied actions, each until it may be asked about again.
    denied: Vec<Denied>,
    /// Until when nothing is asked.
    quiet: Millis,
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
struct Denied {
    same: String,
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
        if let Some(until) = self.cooling(&request.same, now) {
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
                self.quiet = self.quiet.max(now + COOLDOWN);
                self.deny(held.same, now);
            }
            PromptEnd::Cancelled => self.quiet = self.quiet.max(now + CANCEL_COOLDOWN),
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

    /// Until when this action may not be asked about.
    fn cooling(&self, same: &str, now: Millis) -> Option<Millis> {
        let denied = self.denied.iter().filter(|denied| denied.same == same).map(|denied| denied.until);
        denied.chain([self.quiet]).max().filter(|until| now < *until)
    }

    /// Remembers a denial beside those that are still in force.
    fn deny(&mut self, same: String, now: Millis) {
        self.denied.retain(|denied| denied.until > now && denied.same != same);
        if self.denied.len() >= DENIALS {
            self.denied.remove(0);
        }
        self.denied.push(Denied { same, until: now + SAME_COOLDOWN });
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
mod tests {
    use super::*;
    use crate::CallId;
    use crate::ids::ConversationId;

    fn asking(id: u8, same: &str, until: Millis) -> PromptRequest {
        let place = Place { conversation: ConversationId::from_random([id; 26]), call: CallId("call-1-1".into()) };
        PromptRequest { id: ApprovalId::from_random([id; 26]), same: same.to_owned(), place, summary: same.to_owned(), until }
    }

    fn open(state: &PromptState, now: Millis) -> Vec<String> {
        state.open(now).into_iter().map(|open| open.summary).collect()
    }

    #[test]
    fn one_question_at_a_time_and_the_same_one_only_once() {
        let mut state = PromptState::default();
        assert_eq!(state.acquire(&asking(1, "reset bob", 300), 0), PromptPermit::Granted);
        assert_eq!(state.acquire(&asking(1, "reset bob", 300), 1), PromptPermit::Granted, "after a crash it asks on");
        assert_eq!(state.acquire(&asking(2, "reset bob", 300), 1), PromptPermit::Asked);
        assert_eq!(state.acquire(&asking(3, "reset eve", 300), 1), PromptPermit::Busy);
        state.release(&asking(3, "", 0).id, PromptEnd::Denied, 2);
        assert_eq!(state.acquire(&asking(3, "reset eve", 300), 2), PromptPermit::Busy, "only the holder releases");
        state.release(&asking(1, "", 0).id, PromptEnd::Over, 3);
        assert_eq!(state.acquire(&asking(3, "reset eve", 300), 3), PromptPermit::Granted);
        assert_eq!(state.acquire(&asking(2, "reset bob", 600), 301), PromptPermit::Granted, "what is over holds nothing");
    }

    #[test]
    fn who_goes_on_after_a_crash_asks_in_the_place_of_the_question_that_was_never_written_down() {
        let mut state = PromptState::default();
        assert_eq!(state.acquire(&asking(1, "reset bob", 300), 0), PromptPermit::Granted);
        let again = PromptRequest { id: ApprovalId::from_random([9; 26]), ..asking(1, "reset bob", 400) };
        assert_eq!(state.acquire(&again, 100), PromptPermit::Granted);
        assert_eq!(state.asked, 1, "it is one question");
        assert_eq!(state.acquire(&asking(2, "reset bob", 400), 350), PromptPermit::Asked, "the new one holds it, to its own end");
        state.release(&asking(1, "", 0).id, PromptEnd::Denied, 360);
        assert_eq!(open(&state, 360), ["reset bob"], "the old one holds nothing");
    }

    #[test]
    fn all_that_is_open_is_listed_until_it_is_over() {
        let mut state = PromptState::default();
        for (id, same) in [(1, "reset bob"), (2, "reset eve"), (3, "delete eve"), (2, "reset eve")] {
            state.acquire(&asking(id, same, 300), 0);
        }
        assert_eq!(open(&state, 1), ["reset bob", "reset eve", "delete eve"]);
        state.release(&asking(2, "", 0).id, PromptEnd::Over, 2);
        assert_eq!(open(&state, 2), ["reset bob", "delete eve"], "one that waited was taken back");
        state.release(&asking(1, "", 0).id, PromptEnd::Over, 3);
        state.acquire(&asking(3, "delete eve", 500), 3);
        assert_eq!(open(&state, 4), ["delete eve"], "and is listed once when its time comes");
        assert_eq!(open(&state, 500), Vec::<String>::new());
    }

    #[test]
    fn after_a_no_there_is_quiet_and_longer_for_the_same_thing() {
        let mut state = PromptState::default();
        state.acquire(&asking(1, "reset bob", 300), 0);
        state.release(&asking(1, "", 0).id, PromptEnd::Denied, 10);
        assert_eq!(state.acquire(&asking(2, "reset eve", 1), 11), PromptPermit::Cooling { until: 10 + COOLDOWN });
        assert_eq!(state.acquire(&asking(2, "reset bob", 1), 11), PromptPermit::Cooling { until: 10 + SAME_COOLDOWN });
        let later = 10 + COOLDOWN;
        assert_eq!(state.acquire(&asking(2, "reset eve", later + 1), later), PromptPermit::Granted);
    }

    #[test]
    fn a_day_has_only_so_many_questions() {
        let mut state = PromptState::default();
        for n in 0..DAILY {
            let now = Millis::from(n);
            let one = asking(u8::try_from(n).unwrap_or(0), "x", now);
            assert_eq!(state.acquire(&one, now), PromptPermit::Granted, "{n}");
            state.release(&one.id, PromptEnd::Over, now);
        }
        assert_eq!(state.acquire(&asking(99, "x", 900), 900), PromptPermit::DailyLimit { limit: DAILY });
        assert_eq!(state.acquire(&asking(99, "x", DAY + 1), DAY), PromptPermit::Granted);
    }

    fn ended(state: &mut PromptState, id: u8, same: &str, end: PromptEnd, now: Millis) {
        assert_eq!(state.acquire(&asking(id, same, now + 300), now), PromptPermit::Granted, "{same} at {now}");
        state.release(&asking(id, "", 0).id, end, now);
    }

    #[test]
    fn two_actions_in_turn_do_not_shorten_each_other_s_denial() {
        let mut state = PromptState::default();
        ended(&mut state, 1, "reset bob", PromptEnd::Denied, 0);
        ended(&mut state, 2, "reset eve", PromptEnd::Denied, COOLDOWN);
        let later = 2 * COOLDOWN;
        for (same, until) in [("reset bob", SAME_COOLDOWN), ("reset eve", COOLDOWN + SAME_COOLDOWN)] {
            let again = state.acquire(&asking(3, same, later + 300), later);
            assert_eq!(again, PromptPermit::Cooling { until }, "{same}");
        }
        ended(&mut state, 4, "reset bob", PromptEnd::Over, SAME_COOLDOWN);
    }

    #[test]
    fn what_is_remembered_of_denials_is_bounded_and_outlives_as_many_as_can_be_given() {
        let mut state = PromptState::default();
        ended(&mut state, 0, "the first", PromptEnd::Denied, 0);
        for n in 1..10 {
            ended(&mut state, n, &format!("action {n}"), PromptEnd::Denied, Millis::from(n) * COOLDOWN);
        }
        let (end, other) = (SAME_COOLDOWN - 1, asking(99, "the first", 2 * SAME_COOLDOWN));
        assert_eq!(state.acquire(&other, end), PromptPermit::Cooling { until: 9 * COOLDOWN + COOLDOWN });
        for n in 10..40 {
            ended(&mut state, n, &format!("action {n}"), PromptEnd::Denied, Millis::from(n) * COOLDOWN);
        }
        assert!(state.denied.len() <= DENIALS, "{}", state.denied.len());
    }

    #[test]
    fn a_question_that_is_taken_back_is_followed_by_quiet() {
        let mut state = PromptState::default();
        ended(&mut state, 1, "reset bob", PromptEnd::Cancelled, 0);
        for same in ["reset bob", "reset eve"] {
            let again = state.acquire(&asking(2, same, 300), CANCEL_COOLDOWN - 1);
            assert_eq!(again, PromptPermit::Cooling { until: CANCEL_COOLDOWN }, "{same}");
        }
        ended(&mut state, 3, "reset bob", PromptEnd::Denied, CANCEL_COOLDOWN);
        state.release(&asking(9, "", 0).id, PromptEnd::Cancelled, CANCEL_COOLDOWN);
        assert_eq!(state.quiet, CANCEL_COOLDOWN + COOLDOWN, "a later end shortens no earlier one");
    }
}
