//! The events that cross a turn, and the places at which they may.

use crate::gates::{What, Who};
use std::fmt;

/// Something that crosses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crossing {
    /// The person stops the turn, by this instance.
    Stop(Who),
    /// The person takes the question back.
    Cancel(Who),
    /// The person takes the message back.
    Withdraw(Who),
    /// The person posts another message, by the second instance.
    Post,
    /// The person corrects the message that they have sent, and the page sends it with the same key, by the second instance.
    Correct,
    /// The person signs out.
    SignOut,
    /// The first instance dies.
    Crash,
    /// The store is slow for this instance: nothing of it happens for half a minute, and what was sent happens then.
    Stall(Who),
    /// The next operation of the first instance takes place, and its answer is lost.
    Lose,
    /// The next conditional write of the first instance is repeated by the SDK.
    Repeat,
    /// The turn of the first instance panics right behind its next operation that is no request to the store.
    Panic,
    /// The wall clock of the first instance jumps by so many seconds.
    Clock(i32),
    /// The monotonic clock of the first instance stands still, as that of a suspended machine does: it believes for ever
    /// that it holds its lease. Counts at the start alone.
    Freeze,
    /// The tool borrows the person's account. Counts at the start alone.
    Borrow,
}

use Crossing::{
    Borrow, Cancel, Clock, Correct, Crash, Freeze, Lose, Panic, Post, Repeat, SignOut, Stall, Stop, Withdraw,
};
use Who::{First, Second};

/// The crossings that may fall anywhere.
pub(crate) const CROSSINGS: [Crossing; 15] = [
    Stop(Second),
    Stop(First),
    Cancel(Second),
    Cancel(First),
    Withdraw(Second),
    Withdraw(First),
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

/// The worlds in which they fall: clocks that disagree, a machine that is suspended, an account that is borrowed.
pub(crate) const WORLDS: [&[Crossing]; 8] =
    [&[], &[Clock(30)], &[Clock(-30)], &[Clock(600)], &[Clock(-600)], &[Freeze], &[Borrow], &[Freeze, Borrow]];

impl Crossing {
    /// Reports whether a turn may be taken from the first instance, or broken off, because of it.
    pub(crate) fn disturbs(self) -> bool {
        matches!(self, Crash | Stall(_) | Lose | Panic | Freeze)
    }
}

/// A place in a run.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Start,
    /// Right behind an operation of an instance: the first, second, … of its name.
    After(Who, What, u32),
}

/// The place behind the `nth` operation of this name.
pub(crate) fn after(who: Who, what: impl Into<What>, nth: u32) -> Place {
    Place::After(who, what.into(), nth)
}

impl Place {
    /// Reports whether the operation looks for work or news, and finds none mostly.
    pub(crate) fn is_a_look(&self) -> bool {
        matches!(self, Self::After(_, what, _) if matches!(&**what, "queue" | "hear" | "tell"))
    }
}

/// As a kept row has it.
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
