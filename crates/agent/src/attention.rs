//! When a person may be asked: one question at a time, not the same one twice at once, not soon after a *no*, and not
//! more often a day than anybody reads with care. Pure: who stores the state is the port's business.

use crate::approval::ApprovalId;
use crate::ports::Millis;
use serde::{Deserialize, Serialize};

/// How long nothing is asked after a *no*.
pub const COOLDOWN: Millis = 60_000;

/// How long the very thing that was denied is not asked again.
pub const SAME_COOLDOWN: Millis = 600_000;

/// Most questions a day.
pub const DAILY: u32 = 50;

const DAY: Millis = 86_400_000;

/// A question that wants to be put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// Its id.
    pub id: ApprovalId,
    /// What it asks, whoever asks it and when: two with the same text ask for the same thing.
    pub same: String,
    /// Until when its answer counts.
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

/// What is known of one person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    held: Option<Held>,
    denied: Option<Denied>,
    day: i64,
    asked: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Held {
    by: ApprovalId,
    same: String,
    until: Millis,
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
        match &self.held {
            Some(held) if held.by == asking.id => return Leave::Granted,
            Some(held) if held.until > now && held.same == asking.same => return Leave::Asked,
            Some(held) if held.until > now => return Leave::Busy,
            _ => {}
        }
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
        self.held = Some(Held { by: asking.id.clone(), same: asking.same.clone(), until: asking.until });
        Leave::Granted
    }

    /// Notes the end of a question. One that does not hold the attention changes nothing.
    pub fn give_back(&mut self, question: &ApprovalId, end: End, now: Millis) {
        if let Some(held) = self.held.take_if(|held| held.by == *question)
            && end == End::Denied
        {
            self.denied = Some(Denied { same: held.same, at: now });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(id: u8, same: &str, until: Millis) -> Asking {
        Asking { id: ApprovalId::from_random([id; 26]), same: same.to_owned(), until }
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
