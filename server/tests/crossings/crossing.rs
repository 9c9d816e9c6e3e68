//! Crossings: events that happen in the middle of a turn, and the places at which they can happen.

use crate::gates::{What, Who};
use std::fmt;

/// An event that happens in the middle of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crossing {
    /// The person stops the turn, on this instance.
    Stop(Who),
    /// The person cancels the question, on this instance.
    Cancel(Who),
    /// The person withdraws the message, on this instance.
    Withdraw(Who),
    /// The person deletes the conversation, on this instance.
    Delete(Who),
    /// The person posts another message, on the second instance.
    Post,
    /// The person corrects the message before the page knows that it was stored, so the page posts it with the same
    /// idempotency key, on the second instance.
    Correct,
    /// The person signs out.
    SignOut,
    /// The first instance crashes.
    Crash,
    /// The store is slow for this instance: its requests are delayed for 30 seconds and executed then.
    Stall(Who),
    /// The next operation of the first instance is executed, but its response is lost.
    Lose,
    /// The SDK retries the next conditional write of the first instance.
    Repeat,
    /// The turn of the first instance panics after its next operation that is not a request to the store.
    Panic,
    /// The wall clock of the first instance is off by this many seconds.
    Clock(i32),
    /// The monotonic clock of the first instance stands still, like that of a suspended machine, so it always
    /// believes that it holds its lease. Has an effect at the start only.
    Freeze,
    /// The tool uses the person's connected account. Has an effect at the start only.
    Borrow,
}

use Crossing::{
    Borrow, Cancel, Clock, Correct, Crash, Delete, Freeze, Lose, Panic, Post, Repeat, SignOut, Stall, Stop, Withdraw,
};
use Who::{First, Second};

/// The crossings that can happen at any place.
pub(crate) const CROSSINGS: [Crossing; 17] = [
    Stop(Second),
    Stop(First),
    Cancel(Second),
    Cancel(First),
    Withdraw(Second),
    Withdraw(First),
    Delete(Second),
    Delete(First),
    Post,
    Correct,
    SignOut,
    Crash,
    Stall(First),
    Stall(Second),
    Lose,
    Repeat,
    Panic,
];

/// The initial conditions: clocks that disagree, a suspended machine, a connected account.
pub(crate) const WORLDS: [&[Crossing]; 8] =
    [&[], &[Clock(30)], &[Clock(-30)], &[Clock(600)], &[Clock(-600)], &[Freeze], &[Borrow], &[Freeze, Borrow]];

impl Crossing {
    /// Returns whether another instance may take over the first instance's turn, or the turn may be interrupted,
    /// because of this crossing.
    pub(crate) fn disturbs(self) -> bool {
        matches!(self, Crash | Stall(_) | Lose | Panic | Freeze)
    }
}

/// A place in a run at which a crossing can happen.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Start,
    /// After an operation of an instance: its name, and its number among the operations of that name, from 1.
    After(Who, What, u32),
}

/// Returns the place after the `nth` operation of this name, counted from 1.
pub(crate) fn after(who: Who, what: impl Into<What>, nth: u32) -> Place {
    Place::After(who, what.into(), nth)
}

impl Place {
    /// Returns whether the operation polls for work or news, which it usually does not find.
    pub(crate) fn is_a_look(&self) -> bool {
        matches!(self, Self::After(_, what, _) if matches!(&**what, "queue" | "hear" | "tell" | "due"))
    }
}

/// Formats the place as Rust code for the schedules in `kept`.
impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => f.write_str("Start"),
            Self::After(who, what, nth) => write!(f, "after({who:?}, {what:?}, {nth})"),
        }
    }
}

/// Crossings, each with its place.
pub(crate) type Schedule = Vec<(Place, Crossing)>;
