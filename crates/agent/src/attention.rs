//! When a person may be asked: one question at a time, not the same one twice at once, not soon after a *no*, and not
//! more often a day than anybody reads with care. Pure: who stores the state is the port's business.

use crate::Place;
use crate::approval::ApprovalId;
use crate::ports::Millis;
use serde::{Deserialize, Serialize};

/// How long nothing is asked after a *no*.
pub const COOLDOWN: Millis = 60_000;

/// How long the very thing that was denied is not asked again.
pub const SAME_COOLDOWN: Millis = 600_000;

/// Most questions a day.
pub const DAILY: u32 = 50;

/// Most questions that are listed while they wait; more may wait unlisted.
const QUEUED: usize = 20;

const DAY: Millis = 86_400_000;

/// A question that wants to be put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// Its id.
    pub id: ApprovalId,
    /// What it asks, whoever asks it and when: two with the same text ask for the same thing.
    pub same: String,
    /// Where it comes from.
    pub place: Place,
    /// The deed in plain words.
    pub summary: String,
    /// Until when its answer counts.
    pub until: Millis,
}

/// A question that a person has open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// Where it comes from.
    pub place: Place,
    /// The deed in plain words.
    pub summary: String,
    /// Until when it is open at most.
    pub until: Millis,
}

/// Whether it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// It may, now.
    Granted,
    /// Another question is being put; this one waits.
    Busy,
    /// The very same thing is being asked already.
    Asked,
    /// A *no* was said not long ago.
    Cooling {
        /// Until when.
        until: Millis,
    },
    /// Enough for a day.
    Spent {
        /// The limit.
        limit: u32,
    },
}

/// How a question ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// With a *no*.
    Denied,
    /// Otherwise.
    Over,
}

impl Asking {
    fn open(&self) -> Open {
        Open { place: self.place.clone(), summary: self.summary.clone(), until: self.until }
    }
}

/// What is known of one person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    held: Option<Held>,
    queued: Vec<Queued>,
    denied: Option<Denied>,
    day: i64,
    asked: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Held {
    by: ApprovalId,
    same: String,
    open: Open,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Queued {
    by: ApprovalId,
    open: Open,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Denied {
    same: String,
    at: Millis,
}

impl State {
    /// Decides, and notes a grant.
    pub fn take(&mut self, asking: &Asking, now: Millis) -> Leave {
        let day = now.div_euclid(DAY);
        if self.day != day {
            (self.day, self.asked) = (day, 0);
        }
        match &mut self.held {
            Some(held) if held.by == asking.id => return Leave::Granted,
            // The instance that took it died before it could write the question down; who goes on asks in its stead.
            Some(held) if held.open.place == asking.place => {
                (held.by, held.open.until) = (asking.id.clone(), asking.until);
                return Leave::Granted;
            }
            Some(held) if held.open.until > now && held.same == asking.same => return Leave::Asked,
            Some(held) if held.open.until > now => {
                self.queue(asking, now);
                return Leave::Busy;
            }
            _ => {}
        }
        self.queued.retain(|queued| queued.open.place != asking.place);
        if let Some(denied) = &self.denied {
            let cooling = if denied.same == asking.same { SAME_COOLDOWN } else { COOLDOWN };
            if now < denied.at + cooling {
                return Leave::Cooling { until: denied.at + cooling };
            }
        }
        if self.asked >= DAILY {
            return Leave::Spent { limit: DAILY };
        }
        self.asked += 1;
        self.held = Some(Held { by: asking.id.clone(), same: asking.same.clone(), open: asking.open() });
        Leave::Granted
    }

    /// Notes the end of a question. One that neither holds the attention nor waits for it changes nothing.
    pub fn give_back(&mut self, question: &ApprovalId, end: End, now: Millis) {
        self.queued.retain(|queued| queued.by != *question);
        if let Some(held) = self.held.take_if(|held| held.by == *question)
            && end == End::Denied
        {
            self.denied = Some(Denied { same: held.same, at: now });
        }
    }

    /// The questions that the person has open: the one that is being put, and those that wait for it.
    #[must_use]
    pub fn open(&self, now: Millis) -> Vec<Open> {
        let held = self.held.iter().map(|held| &held.open);
        let all = held.chain(self.queued.iter().map(|queued| &queued.open));
        all.filter(|open| open.until > now).cloned().collect()
    }

    /// Notes once that a question waits.
    fn queue(&mut self, asking: &Asking, now: Millis) {
        self.queued.retain(|queued| queued.open.until > now);
        if self.queued.iter().all(|queued| queued.by != asking.id) && self.queued.len() < QUEUED {
            self.queued.retain(|queued| queued.open.place != asking.place);
            self.queued.push(Queued { by: asking.id.clone(), open: asking.open() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CallId;
    use crate::ids::ConversationId;

    fn asking(id: u8, same: &str, until: Millis) -> Asking {
        let place = Place { conversation: ConversationId::from_random([id; 26]), call: CallId("call-1-1".into()) };
        Asking { id: ApprovalId::from_random([id; 26]), same: same.to_owned(), place, summary: same.to_owned(), until }
    }

    fn open(state: &State, now: Millis) -> Vec<String> {
        state.open(now).into_iter().map(|open| open.summary).collect()
    }

    #[test]
    fn one_question_at_a_time_and_the_same_one_only_once() {
        let mut state = State::default();
        assert_eq!(state.take(&asking(1, "reset bob", 300), 0), Leave::Granted);
        assert_eq!(state.take(&asking(1, "reset bob", 300), 1), Leave::Granted, "after a crash it asks on");
        assert_eq!(state.take(&asking(2, "reset bob", 300), 1), Leave::Asked);
        assert_eq!(state.take(&asking(3, "reset eve", 300), 1), Leave::Busy);
        state.give_back(&asking(3, "", 0).id, End::Denied, 2);
        assert_eq!(state.take(&asking(3, "reset eve", 300), 2), Leave::Busy, "only the holder gives back");
        state.give_back(&asking(1, "", 0).id, End::Over, 3);
        assert_eq!(state.take(&asking(3, "reset eve", 300), 3), Leave::Granted);
        assert_eq!(state.take(&asking(2, "reset bob", 600), 301), Leave::Granted, "what is over holds nothing");
    }

    #[test]
    fn who_goes_on_after_a_crash_asks_in_the_place_of_the_question_that_was_never_written_down() {
        let mut state = State::default();
        assert_eq!(state.take(&asking(1, "reset bob", 300), 0), Leave::Granted);
        let again = Asking { id: ApprovalId::from_random([9; 26]), ..asking(1, "reset bob", 400) };
        assert_eq!(state.take(&again, 100), Leave::Granted);
        assert_eq!(state.asked, 1, "it is one question");
        assert_eq!(state.take(&asking(2, "reset bob", 400), 350), Leave::Asked, "the new one holds it, to its own end");
        state.give_back(&asking(1, "", 0).id, End::Denied, 360);
        assert_eq!(open(&state, 360), ["reset bob"], "the old one holds nothing");
    }

    #[test]
    fn all_that_is_open_is_listed_until_it_is_over() {
        let mut state = State::default();
        for (id, same) in [(1, "reset bob"), (2, "reset eve"), (3, "delete eve"), (2, "reset eve")] {
            state.take(&asking(id, same, 300), 0);
        }
        assert_eq!(open(&state, 1), ["reset bob", "reset eve", "delete eve"]);
        state.give_back(&asking(2, "", 0).id, End::Over, 2);
        assert_eq!(open(&state, 2), ["reset bob", "delete eve"], "one that waited was taken back");
        state.give_back(&asking(1, "", 0).id, End::Over, 3);
        state.take(&asking(3, "delete eve", 500), 3);
        assert_eq!(open(&state, 4), ["delete eve"], "and is listed once when its time comes");
        assert_eq!(open(&state, 500), Vec::<String>::new());
    }

    #[test]
    fn after_a_no_there_is_quiet_and_longer_for_the_same_thing() {
        let mut state = State::default();
        state.take(&asking(1, "reset bob", 300), 0);
        state.give_back(&asking(1, "", 0).id, End::Denied, 10);
        assert_eq!(state.take(&asking(2, "reset eve", 1), 11), Leave::Cooling { until: 10 + COOLDOWN });
        assert_eq!(state.take(&asking(2, "reset bob", 1), 11), Leave::Cooling { until: 10 + SAME_COOLDOWN });
        let later = 10 + COOLDOWN;
        assert_eq!(state.take(&asking(2, "reset eve", later + 1), later), Leave::Granted);
    }

    #[test]
    fn a_day_has_only_so_many_questions() {
        let mut state = State::default();
        for n in 0..DAILY {
            let now = Millis::from(n);
            let one = asking(u8::try_from(n).unwrap_or(0), "x", now);
            assert_eq!(state.take(&one, now), Leave::Granted, "{n}");
            state.give_back(&one.id, End::Over, now);
        }
        assert_eq!(state.take(&asking(99, "x", 900), 900), Leave::Spent { limit: DAILY });
        assert_eq!(state.take(&asking(99, "x", DAY + 1), DAY), Leave::Granted);
    }
}
