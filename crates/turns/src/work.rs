//! The work that runs in this instance: turns of conversations, and calls that nobody attends.

use super::{Activity, Key};
use agent::ports::Millis;
use agent::turn::Interrupt;
use std::collections::HashMap;
use tokio::sync::watch::Sender;

/// The work that runs now, and the time at which the instance last became busy or idle.
#[derive(Debug)]
pub(super) struct Work {
    conversations: HashMap<Key, Running>,
    calls: usize,
    changed: Millis,
}

#[derive(Debug)]
struct Running {
    interrupts: Sender<Option<Interrupt>>,
    /// `true` if the conversation was woken while it ran: the run may have looked for work just before there was some.
    again: bool,
}

impl Work {
    /// Returns no work.
    pub(super) fn new(now: Millis) -> Self {
        Self { conversations: HashMap::new(), calls: 0, changed: now }
    }

    /// Adds a conversation, whose turns stop by `interrupts`. Returns `false` if it runs already; it is then marked as woken.
    pub(super) fn begin(&mut self, key: &Key, interrupts: Sender<Option<Interrupt>>, now: Millis) -> bool {
        if let Some(running) = self.conversations.get_mut(key) {
            running.again = true;
            return false;
        }
        self.change(now, |work| drop(work.conversations.insert(key.clone(), Running { interrupts, again: false })));
        true
    }

    /// Removes a conversation; returns `true` if it was woken meanwhile.
    pub(super) fn end(&mut self, key: &Key, now: Millis) -> bool {
        let mut ended = None;
        self.change(now, |work| ended = work.conversations.remove(key));
        ended.is_some_and(|ended| ended.again)
    }

    /// Counts a call without a conversation.
    pub(super) fn begin_call(&mut self, now: Millis) {
        self.change(now, |work| work.calls += 1);
    }

    /// Ends a call that was counted.
    pub(super) fn end_call(&mut self, now: Millis) {
        self.change(now, |work| work.calls = work.calls.saturating_sub(1));
    }

    /// Returns the way to stop the turns of a conversation, if it runs here.
    pub(super) fn interrupts(&self, key: &Key) -> Option<&Sender<Option<Interrupt>>> {
        self.conversations.get(key).map(|running| &running.interrupts)
    }

    /// Replaces the way to stop the turns of a conversation; returns `false` if it does not run here.
    pub(super) fn replace(&mut self, key: &Key, interrupts: Sender<Option<Interrupt>>) -> bool {
        let running = self.conversations.get_mut(key);
        running.map(|running| running.interrupts = interrupts).is_some()
    }

    /// Returns the ways to stop all turns.
    pub(super) fn all_interrupts(&self) -> impl Iterator<Item = &Sender<Option<Interrupt>>> {
        self.conversations.values().map(|running| &running.interrupts)
    }

    /// Returns the activity.
    pub(super) fn activity(&self) -> Activity {
        Activity { is_busy: self.is_busy(), since: self.changed }
    }

    fn is_busy(&self) -> bool {
        self.calls > 0 || !self.conversations.is_empty()
    }

    fn change(&mut self, now: Millis, change: impl FnOnce(&mut Self)) {
        let before = self.is_busy();
        change(self);
        if before != self.is_busy() {
            self.changed = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use agent::ids::ConversationId;
    use agent::turn::Interrupts;

    #[test]
    fn an_instance_is_busy_while_a_turn_or_a_call_that_nobody_attends_runs_and_since_the_first_of_them() {
        let id = ConversationId::from_random([1; ConversationId::LENGTH]);
        let key = ("acme".to_owned(), "https://idp.example/".to_owned(), "ada".to_owned(), id);
        let interrupts = || Interrupts::new().0;
        let mut work = Work::new(1);
        let told = |work: &Work| (work.activity().is_busy, work.activity().since);
        assert_eq!(told(&work), (false, 1));
        work.begin_call(2);
        assert_eq!(told(&work), (true, 2), "a call alone");
        assert!(work.begin(&key, interrupts(), 3));
        assert!(!work.begin(&key, interrupts(), 4), "it runs already");
        work.begin_call(5);
        work.end_call(6);
        work.end_call(7);
        assert_eq!(told(&work), (true, 2), "the turn still runs");
        assert!(work.end(&key, 8), "it was woken meanwhile");
        assert_eq!(told(&work), (false, 8));
        work.begin_call(9);
        work.end_call(10);
        assert_eq!(told(&work), (false, 10));
    }
}
