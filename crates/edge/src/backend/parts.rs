//! Splits a conversation into the parts that a page shows at a time: whole turns, as many as fit.
//!
//! A part begins where a turn begins while no other turn is open, so that each part can be folded on its own. A message
//! that waited during an earlier turn belongs to the turn that answers it, or to the last part while it still waits. A
//! log only grows at its end, so a part that another turn follows never changes, and the number of its first event
//! remains a valid address.

use super::convert::{self, View};
use agent::ports::Numbered;
use agent::turn::Event;
use app::wire::{Frame, Past, Replaced};
use std::collections::{HashMap, HashSet};

/// Most events of a part that holds several turns.
const PART_EVENTS: usize = 60;
/// Most bytes of the frames of a part that holds several turns. A single turn is bounded by its own limits.
const PART_BYTES: usize = 32 * 1024;

/// The log of a conversation, split into turns.
pub(super) struct Parts<'a> {
    turns: Vec<Turn<'a>>,
    cut: Option<Cut<'a>>,
    view: View,
}

/// The last event by which the conversation was shortened for the model.
struct Cut<'a> {
    entry: &'a Numbered,
    /// The turn during which it was shortened.
    during: usize,
    /// The first turn that the model still sees.
    kept: usize,
}

struct Turn<'a> {
    /// The number of the event that began it; 1 for the first turn, which also holds the events before it.
    first: u64,
    events: Vec<&'a Numbered>,
    /// `true` if the turn is not running and no message waits.
    quiet: bool,
}

/// The frames of some turns, and the address of the part before them.
pub(super) struct Part {
    pub(super) frames: Vec<Frame>,
    /// The event number that requests the part before; `None` for the first part.
    pub(super) earlier: Option<u64>,
}

impl<'a> Parts<'a> {
    pub(super) fn of(log: impl Iterator<Item = &'a Numbered> + Clone, view: View) -> Self {
        let homes = homes(log.clone());
        let mut turns = vec![Turn { first: 1, events: Vec::new(), quiet: true }];
        turns.extend(starts(log.clone()).skip(1).map(|first| Turn { first, events: Vec::new(), quiet: true }));
        let last = turns.len() - 1;
        let mut current = 0;
        let mut cut = None;
        for entry in log {
            if turns.get(current + 1).is_some_and(|next| next.first == entry.number) {
                current += 1;
            }
            let home = match &entry.event {
                Event::UserSaid { .. } => homes.get(&entry.number).copied().unwrap_or(last),
                _ => current,
            };
            let Some(turn) = turns.get_mut(home) else { continue };
            match &entry.event {
                Event::TurnStarted { .. } => turn.quiet = false,
                Event::TurnEnded { .. } => turn.quiet = true,
                Event::Shortened { kept_from } => {
                    cut = homes.get(kept_from).map(|kept| Cut { entry, during: current, kept: *kept });
                }
                _ => {}
            }
            turn.events.push(entry);
        }
        let waits =
            |entry: &&Numbered| matches!(entry.event, Event::UserSaid { .. }) && !homes.contains_key(&entry.number);
        if let Some(turn) = turns.last_mut()
            && turn.events.iter().any(waits)
        {
            turn.quiet = false;
        }
        Self { turns, cut, view }
    }

    /// Returns the parts of the conversation that edited messages have replaced, by their started turns.
    pub(super) fn replaced(&self) -> Vec<Replaced> {
        let events = || self.turns.iter().flat_map(|turn| &turn.events);
        let started: HashSet<u64> = events()
            .filter_map(|entry| match entry.event {
                Event::TurnStarted { said } => Some(said),
                _ => None,
            })
            .collect();
        let replaces = |entry: &&Numbered| match entry.event {
            Event::UserSaid { replaces: Some(from), .. } if started.contains(&entry.number) => {
                Some(Replaced { from, by: entry.number })
            }
            _ => None,
        };
        events().filter_map(replaces).collect()
    }

    /// Returns as many of the last turns as fit. The very last turn is always included, and whole.
    pub(super) fn last(&self) -> Part {
        self.up_to(self.turns.len())
    }

    /// Returns the part before the turn that begins with event `number`, and the frames of the last turn if it is
    /// unfinished; `None` if that part would be the last. A number that begins no turn stands for the next turn.
    pub(super) fn before(&self, number: u64) -> Option<(Part, Past)> {
        let end = self.turns.partition_point(|turn| turn.first < number).max(1);
        if end >= self.turns.len() {
            return None;
        }
        let Part { frames, earlier } = self.up_to(end);
        let past = Past { frames, later: self.address(self.end_of(end)) };
        let open = match self.turns.last() {
            Some(last) if !last.quiet => self.frames(last),
            _ => Vec::new(),
        };
        Some((Part { frames: open, earlier }, past))
    }

    /// Returns the part that ends with the turn of event `number`; the last part if that shows it.
    pub(super) fn with(&self, number: u64) -> (Part, Option<Past>) {
        let last = self.last();
        let next = self.address(self.turns.partition_point(|turn| turn.first <= number));
        let is_before = last.earlier.is_some_and(|first| number < first);
        match next.filter(|_| is_before).and_then(|next| self.before(next)) {
            Some((part, past)) => (part, Some(past)),
            None => (last, None),
        }
    }

    /// Returns as many turns before `end` as fit.
    fn up_to(&self, end: usize) -> Part {
        let turns = self.turns.get(..end).unwrap_or_default();
        let mut part: Vec<Vec<Frame>> = Vec::new();
        let mut room = Room::default();
        for turn in turns.iter().rev() {
            let frames = self.frames(turn);
            if !room.takes(&frames) {
                break;
            }
            part.push(frames);
        }
        let start = end - part.len();
        let mut frames: Vec<Frame> = part.into_iter().flatten().collect();
        // The marker (`Shortened`) that a later turn puts into this part comes with it.
        let cut = self.cut.iter().filter(|cut| (start..end).contains(&cut.kept) && cut.during >= end);
        frames.extend(cut.filter_map(|cut| convert::frame(cut.entry, self.view)));
        frames.sort_by_key(number);
        Part { frames, earlier: self.address(start).filter(|_| start > 0) }
    }

    /// Returns the end of the part that begins with the turn at `start`.
    fn end_of(&self, start: usize) -> usize {
        let turns = self.turns.get(start..).unwrap_or_default();
        let mut room = Room::default();
        start + turns.iter().take_while(|turn| room.takes(&self.frames(turn))).count()
    }

    fn address(&self, turn: usize) -> Option<u64> {
        self.turns.get(turn).map(|turn| turn.first)
    }

    fn frames(&self, turn: &Turn<'_>) -> Vec<Frame> {
        turn.events.iter().filter_map(|entry| convert::frame(entry, self.view)).collect()
    }
}

/// Returns an event's position in the log. There, a message that waited comes before the end of the turn that it waited
/// for.
const fn number(frame: &Frame) -> Option<u64> {
    match frame {
        Frame::Event { n, .. } => Some(*n),
        _ => None,
    }
}

/// The space that the turns of a part take up so far.
#[derive(Default)]
struct Room {
    events: usize,
    bytes: usize,
}

impl Room {
    /// Adds a turn; returns `true` if it fits or is the first.
    fn takes(&mut self, frames: &[Frame]) -> bool {
        let first = self.events == 0;
        self.events += frames.len();
        self.bytes += frames.iter().map(|frame| frame.line().len()).sum::<usize>();
        first || (self.events <= PART_EVENTS && self.bytes <= PART_BYTES)
    }
}

/// Returns the numbers of the events that begin turns.
fn starts<'a>(log: impl Iterator<Item = &'a Numbered>) -> impl Iterator<Item = u64> {
    log.filter(|entry| matches!(entry.event, Event::TurnStarted { .. })).map(|entry| entry.number)
}

/// Maps each message to the turn that answers it, or during which it was withdrawn.
fn homes<'a>(log: impl Iterator<Item = &'a Numbered>) -> HashMap<u64, usize> {
    let mut homes = HashMap::new();
    let mut begun = 0_usize;
    for entry in log {
        match entry.event {
            Event::TurnStarted { said } => {
                begun += 1;
                homes.insert(said, begun - 1);
            }
            Event::Withdrawn { said } => {
                homes.insert(said, begun.saturating_sub(1));
            }
            _ => {}
        }
    }
    homes
}

#[cfg(test)]
mod tests;
