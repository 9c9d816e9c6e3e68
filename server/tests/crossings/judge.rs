//! The properties that must hold at the end of every schedule.

use crate::crossing::{Crossing, Schedule};
use crate::store::Rows;
use crate::world::World;
use agent::approval::Answer;
use agent::fakes::Line;
use agent::ports::{Numbered, Outcome, Verdict};
use agent::turn::{Event, History};
use std::sync::atomic::Ordering;

/// Returns the violated properties.
pub(crate) fn judge(world: &World, schedule: &Schedule) -> Vec<String> {
    let rows = world.rows.lock().unwrap();
    let done = world.done.lock().unwrap();
    let ledger = world.ledger.lines();
    let mut broken: Vec<&str> = Vec::new();
    let mut hold = |holds: bool, property: &'static str| {
        if !holds {
            broken.push(property);
        }
    };
    // The scripted model proposes the action once.
    hold(done.len() <= 1, "no action takes place twice");
    let log = rows.told();
    for call in &*done {
        let action = Action::of(log, call);
        hold(action.is_approved(&ledger), "no action happens without its approval in the log and in the ledger");
        hold(!action.is_taken_back(), "no action happens after a stop or a cancellation");
        hold(action.is_told(), "the log does not call a done action not done");
    }
    let allowed = ledger.iter().filter(|line| line.verdict == Verdict::Allowed);
    let not_done = allowed.clone().filter(|line| matches!(line.outcome, Some(Outcome::NotDone(_)))).count();
    hold(not_done + done.len() <= allowed.count(), "the ledger does not call a done action not done");
    hold(done.is_empty() || !world.session.forbids_actions(), "no action happens for an ended session");
    messages(log, rows.deletion.is_some(), world, &mut hold);
    let person = &world.person;
    let crashes = schedule.iter().any(|(_, crossing)| *crossing == Crossing::Crash);
    let answered = person.posted.lock().unwrap().len() + person.refused.load(Ordering::Relaxed);
    hold(crashes || answered == person.asked.load(Ordering::Relaxed), "every post is answered in the end");
    hold(
        rows.deletion.is_some() || person.refused.load(Ordering::Relaxed) == 0,
        "no post is refused without a deletion",
    );
    deletion(&rows, world, &mut hold);
    hold(!person.limited.load(Ordering::Relaxed), "no post is refused for a limit");
    let history = History::fold(log);
    hold(history.open.is_none(), "every turn ends");
    hold(history.waiting.is_empty(), "no message waits for ever");
    hold(rows.queued.is_none(), "the queue is empty at the end");
    hold(!rows.stolen, "no turn is taken from an instance that renews its lease");
    let undisturbed = !schedule.iter().any(|(_, crossing)| crossing.disturbs());
    let unknown = log.iter().any(|entry| matches!(entry.event, Event::CallUnknown { .. }));
    hold(!(undisturbed && unknown), "no outcome is unknown unless an instance was slow or died");
    broken.into_iter().map(str::to_owned).collect()
}

fn deletion(rows: &Rows, world: &World, hold: &mut impl FnMut(bool, &'static str)) {
    let confirmed = world.person.deleted.load(Ordering::Relaxed);
    hold(rows.deletion.is_some() || !confirmed, "a confirmed deletion has taken place");
    let Some(deletion) = &rows.deletion else { return };
    hold(deletion.erased, "a deleted conversation is erased in the end");
    let late = rows.log.iter().any(|entry| entry.event.starts_a_call());
    hold(!(deletion.erased && late), "no call starts in an erased log");
    let said = rows.log.iter().any(|entry| matches!(entry.event, Event::UserSaid { .. }));
    hold(!(deletion.erased && said), "no message reaches an erased log");
}

fn messages(log: &[Numbered], deleted: bool, world: &World, hold: &mut impl FnMut(bool, &'static str)) {
    let count = |kind: fn(&Event) -> bool| log.iter().filter(|entry| kind(&entry.event)).count();
    for (number, posted) in &*world.person.posted.lock().unwrap() {
        let there = log.iter().find(|entry| entry.number == *number);
        let same = there.is_some_and(|entry| matches!(&entry.event, Event::UserSaid { text, .. } if text == posted));
        hold(same, "an accepted message is in the log unchanged");
    }
    let mut said: Vec<String> = log
        .iter()
        .filter(|entry| matches!(entry.event, Event::UserSaid { .. }))
        .map(|entry| format!("{:?}", entry.event))
        .collect();
    let all = said.len();
    said.sort_unstable();
    said.dedup();
    hold(all == said.len(), "a repeated post is one message");
    let withdrawn = |said: &u64| log.iter().any(|entry| entry.event == Event::Withdrawn { said: *said });
    let begun = log.iter().any(|entry| matches!(&entry.event, Event::TurnStarted { said } if withdrawn(said)));
    hold(!begun, "no turn begins for a message that was withdrawn");
    let told = world.person.withdrawn.lock().unwrap();
    let count_withdrawn = count(|event| matches!(event, Event::Withdrawn { .. }));
    // A deletion withdraws messages, too.
    hold(deleted || told.fits(count_withdrawn), "a withdrawal is confirmed to the person");
    let told = world.person.cancelled.lock().unwrap();
    let cancelled = count(|event| matches!(event, Event::ApprovalCancelled { .. } | Event::AccountDeclined { .. }));
    hold(told.fits(cancelled), "a cancellation is confirmed to the person");
}

/// The events about a call whose action took place.
struct Action<'a> {
    call: &'a str,
    /// Log before the event that the call started; the whole log if there is none.
    before: &'a [Numbered],
    after: &'a [Numbered],
}

impl<'a> Action<'a> {
    fn of(log: &'a [Numbered], call: &'a str) -> Self {
        let is_begun = |entry: &Numbered| matches!(&entry.event, Event::CallStarted { call: own, .. } if own.0 == call);
        let (before, after) = log.split_at(log.iter().position(is_begun).unwrap_or(log.len()));
        Self { call, before, after }
    }

    /// Returns whether the first answer to the call's question is an approval and an allowed entry of the ledger
    /// names it.
    fn is_approved(&self, ledger: &[Line]) -> bool {
        let asked = self.before.iter().rev().find_map(|entry| match &entry.event {
            Event::ApprovalAsked { call, question } if call.0 == self.call => Some(question),
            _ => None,
        });
        let answer = self.before.iter().find_map(|entry| match &entry.event {
            Event::ApprovalAnswered { call, answer } if call.0 == self.call => Some(answer.clone()),
            Event::ApprovalCancelled { call } if call.0 == self.call => Some(Answer::Cancelled),
            _ => None,
        });
        let rests =
            |line: &Line| line.approval.as_ref().zip(asked).is_some_and(|(own, question)| own.id == question.id);
        !self.after.is_empty()
            && matches!(answer, Some(Answer::Approved { .. }))
            && ledger.iter().any(|line| line.verdict == Verdict::Allowed && rests(line))
    }

    /// Returns whether the person stopped the turn of this call or cancelled this call before it started. A stop of
    /// another turn does not count.
    fn is_taken_back(&self) -> bool {
        let turn = self.before.iter().rev().find_map(|entry| match &entry.event {
            Event::TurnStarted { said } => Some(said),
            _ => None,
        });
        self.before.iter().any(|entry| match &entry.event {
            Event::StopAsked { said } => Some(said) == turn,
            Event::ApprovalCancelled { call } | Event::AccountDeclined { call } => call.0 == self.call,
            _ => false,
        })
    }

    /// Returns whether the log says that the action was performed, or that its outcome is unknown.
    fn is_told(&self) -> bool {
        let is_end = |event: &Event| match event {
            Event::CallRefused { call, .. } | Event::CallFailed { call, .. } => (call.0 == self.call).then_some(false),
            Event::CallDone { call, .. } | Event::CallUnknown { call } => (call.0 == self.call).then_some(true),
            _ => None,
        };
        self.after.iter().find_map(|entry| is_end(&entry.event)).unwrap_or(false)
    }
}
