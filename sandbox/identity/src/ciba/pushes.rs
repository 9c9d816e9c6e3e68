//! All pushes and the polling state of their clients. Must not depend on HTTP.

use std::collections::HashMap;

use sandbox_kit::canary;

use crate::ciba::push::{Answer, AnswerError, Push, PushState};
use crate::ciba::request::Request;

/// Maximum number of pushes to one person per minute.
const PER_MINUTE: usize = 5;
/// Tolerance for early polls, in milliseconds: a poll may travel faster over the network than the one before it.
const JITTER_MS: i64 = 250;
/// Seconds by which each early poll lengthens the interval (CIBA Core, section 11).
const SLOWER_S: i64 = 5;

/// The person has reached the limit of pushes per minute.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full {
    pub(crate) retry_after_s: i64,
}

struct Entry {
    request: Request,
    id: String,
    created_ms: i64,
    verdict: Verdict,
    pace: Pace,
    polls: u64,
    /// Number of polls whose responses have not been sent completely.
    in_flight: u32,
    /// Number of polls answered with a final result.
    told: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    None,
    Approved { at_s: i64 },
    Denied,
    Redeemed,
}

struct Pace {
    interval_s: i64,
    next_ms: i64,
    too_early: u32,
}

/// A poll arrived before its interval had passed.
pub(crate) struct TooEarly {
    /// The new interval, in seconds.
    pub(crate) interval_s: i64,
    /// Number of early polls for this request, including this one.
    pub(crate) times: u32,
}

/// Result of a poll that kept the interval.
pub(crate) enum Poll {
    /// This client has no such request.
    Unknown,
    /// The person has not answered yet.
    Pending,
    /// Denied or expired.
    Refused,
    /// Approved at `at_s`, in seconds since 1970-01-01 UTC. Later polls return [`Poll::Redeemed`].
    Approved { request: Box<Request>, at_s: i64 },
    /// The tokens have already been issued.
    Redeemed,
}

/// All pushes in order of creation.
#[derive(Default)]
pub(crate) struct Pushes {
    entries: Vec<Entry>,
    by_auth_req_id: HashMap<String, usize>,
}

impl Pushes {
    /// Creates a push unless the person has reached the limit per minute.
    pub(crate) fn open(
        &mut self,
        auth_req_id: String,
        request: Request,
        interval_s: i64,
        now_ms: i64,
    ) -> Result<(), Full> {
        let minute_ago = now_ms - 60_000;
        let mut recent =
            self.entries.iter().rev().filter(|entry| entry.request.sub == request.sub && entry.created_ms > minute_ago);
        if let Some(first) = recent.nth(PER_MINUTE - 1) {
            let left_ms = first.created_ms - minute_ago;
            return Err(Full { retry_after_s: (left_ms + 999).div_euclid(1000) });
        }
        self.by_auth_req_id.insert(auth_req_id, self.entries.len());
        self.entries.push(Entry {
            request,
            id: canary::random(12),
            created_ms: now_ms,
            verdict: Verdict::None,
            pace: Pace { interval_s, next_ms: now_ms + interval_s * 1000, too_early: 0 },
            polls: 0,
            in_flight: 0,
            told: 0,
        });
        Ok(())
    }

    pub(crate) fn all(&self, now_ms: i64) -> Vec<Push> {
        self.entries.iter().map(|entry| entry.push(now_ms)).collect()
    }

    pub(crate) fn answer(&mut self, id: &str, answer: Answer, now_ms: i64) -> Result<Push, AnswerError> {
        let entry = self.entries.iter_mut().find(|entry| entry.id == id).ok_or(AnswerError::Unknown)?;
        match entry.state(now_ms) {
            PushState::Pending => {
                entry.verdict = match answer {
                    Answer::Approve => Verdict::Approved { at_s: now_ms.div_euclid(1000) },
                    Answer::Deny => Verdict::Denied,
                };
                Ok(entry.push(now_ms))
            }
            over => Err(AnswerError::Over(over)),
        }
    }

    /// Registers a poll and returns its protocol violations. Call [`Pushes::leave`] after its response was sent.
    pub(crate) fn enter(&mut self, auth_req_id: &str, client: &str) -> Vec<&'static str> {
        let Some(entry) = self.of(auth_req_id, client) else { return Vec::new() };
        entry.polls += 1;
        entry.in_flight += 1;
        let overlap = (entry.in_flight > 1).then_some("a poll before the last one was answered");
        // One further poll is allowed because the response with the final result may have been lost.
        let after_end = (entry.told > 1).then_some("polling continued after the final answer");
        overlap.into_iter().chain(after_end).collect()
    }

    pub(crate) fn leave(&mut self, auth_req_id: &str, client: &str) {
        if let Some(entry) = self.of(auth_req_id, client) {
            entry.in_flight = entry.in_flight.saturating_sub(1);
        }
    }

    /// Returns `None` if the poll kept the interval; otherwise lengthens the interval.
    pub(crate) fn too_early(&mut self, auth_req_id: &str, client: &str, now_ms: i64) -> Option<TooEarly> {
        let entry = self.of(auth_req_id, client).filter(|entry| entry.told == 0)?;
        if now_ms + JITTER_MS >= entry.pace.next_ms {
            entry.pace.next_ms = now_ms + entry.pace.interval_s * 1000;
            return None;
        }
        entry.pace.too_early += 1;
        let times = entry.pace.too_early;
        Some(TooEarly { interval_s: entry.slow_down(now_ms), times })
    }

    /// Lengthens the interval of a client that kept it, and returns the new interval in seconds.
    pub(crate) fn slow_down(&mut self, auth_req_id: &str, client: &str, now_ms: i64) -> Option<i64> {
        self.of(auth_req_id, client).map(|entry| entry.slow_down(now_ms))
    }

    /// Delays the earliest next poll until `seconds` from now.
    pub(crate) fn delay(&mut self, auth_req_id: &str, client: &str, seconds: i64, now_ms: i64) {
        if let Some(entry) = self.of(auth_req_id, client) {
            entry.pace.next_ms = now_ms + seconds * 1000;
        }
    }

    /// Returns the result for a poll that kept the interval, and marks an approval as redeemed.
    pub(crate) fn settle(&mut self, auth_req_id: &str, client: &str, now_ms: i64) -> Poll {
        let Some(entry) = self.of(auth_req_id, client) else { return Poll::Unknown };
        let poll = match (entry.state(now_ms), entry.verdict) {
            (PushState::Pending, _) => return Poll::Pending,
            (PushState::Approved, Verdict::Approved { at_s }) => {
                entry.verdict = Verdict::Redeemed;
                Poll::Approved { request: entry.request.clone().into(), at_s }
            }
            (PushState::Redeemed, _) => Poll::Redeemed,
            _ => Poll::Refused,
        };
        entry.told += 1;
        poll
    }

    fn of(&mut self, auth_req_id: &str, client: &str) -> Option<&mut Entry> {
        let entry = self.entries.get_mut(*self.by_auth_req_id.get(auth_req_id)?)?;
        (entry.request.client == client).then_some(entry)
    }
}

impl Entry {
    fn expires_ms(&self) -> i64 {
        self.created_ms + self.request.expires_in_s * 1000
    }

    /// Returns the state. An approval that is not redeemed in time expires as well.
    fn state(&self, now_ms: i64) -> PushState {
        match self.verdict {
            Verdict::Denied => PushState::Denied,
            Verdict::Redeemed => PushState::Redeemed,
            _ if now_ms >= self.expires_ms() => PushState::Expired,
            Verdict::Approved { .. } => PushState::Approved,
            Verdict::None => PushState::Pending,
        }
    }

    fn slow_down(&mut self, now_ms: i64) -> i64 {
        self.pace.interval_s += SLOWER_S;
        self.pace.next_ms = now_ms + self.pace.interval_s * 1000;
        self.pace.interval_s
    }

    fn push(&self, now_ms: i64) -> Push {
        Push {
            id: self.id.clone(),
            sub: self.request.sub.clone(),
            client: self.request.client.clone(),
            binding_message: self.request.binding_message.clone(),
            authorization_details: self.request.details.clone(),
            scope: self.request.scopes.to_string(),
            audience: self.request.audience.clone(),
            created_at: self.created_ms.div_euclid(1000),
            expires_at: self.expires_ms().div_euclid(1000),
            state: self.state(now_ms),
            polls: self.polls,
        }
    }
}
