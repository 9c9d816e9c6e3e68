//! Regression tests: the shortest schedule for each bug that the search found. The comments describe the bug.

use crate::crossing::Crossing::{Cancel, Clock, Correct, Crash, Freeze, Post, Repeat, SignOut, Stall, Stop, Withdraw};
use crate::crossing::Place::Start;
use crate::crossing::{Schedule, after};
use crate::explore::run;
use crate::gates::Who::{First, Second};

/// Runs a schedule and asserts that all properties hold and all its places were reached.
#[track_caller]
fn hold(schedule: Schedule) -> usize {
    let run = run(&schedule);
    assert!(run.broken.is_empty(), "{:?}", run.broken);
    assert!(run.missed.is_empty(), "the run no longer reaches these places: {:?}\n{:?}", run.missed, run.trace);
    run.done
}

/// The same, and nothing was done: the judge learns of a stop from the log alone, so a stop that does nothing would pass it.
#[track_caller]
fn hold_and_do_nothing(schedule: Schedule) {
    assert_eq!(hold(schedule), 0, "nothing is done");
}

/// The person approved by mistake and pressed Stop at once. The turn appended the approval after the stop and acted.
#[test]
fn an_approval_after_a_stop_does_nothing() {
    hold_and_do_nothing(vec![(after(First, "look", 2), Stop(Second))]);
}

/// No check for a stop took place between the approval and the action.
#[test]
fn a_stop_between_an_approval_and_its_action_wins() {
    hold_and_do_nothing(vec![(after(First, "verify", 1), Stop(First))]);
    hold_and_do_nothing(vec![(after(First, "session", 1), Stop(Second))]);
}

/// The message was in the log but not in the queue, so no instance ran its turn.
#[test]
fn a_message_whose_instance_dies_at_once_is_answered() {
    hold(vec![(after(First, "append user_said", 1), Crash)]);
}

/// The turn before it had just found that no message was waiting.
#[test]
fn a_message_that_comes_while_a_turn_ends_is_answered() {
    hold(vec![(after(First, "append turn_ended", 1), Post)]);
    hold(vec![(after(First, "read", 9), Post)]);
}

/// A corrected message, posted before the page knew of the first one, was treated as a retry of it.
#[test]
fn a_corrected_message_is_another_message() {
    hold(vec![(Start, Correct)]);
}

/// The SDK retried a slow write. The turn mistook its own event for that of another instance and reported the outcome
/// of the call as unknown.
#[test]
fn a_turn_recognises_its_own_event_when_the_write_is_repeated() {
    hold(vec![(after(First, "session", 1), Repeat)]);
    hold(vec![(after(First, "append approval_answered", 1), Repeat)]);
}

/// The person was told that it was too late, although the question had been cancelled.
#[test]
fn a_cancellation_is_confirmed_when_the_write_is_repeated() {
    hold(vec![(after(First, "look", 1), Repeat), (after(First, "look", 1), Cancel(First))]);
}

/// The expiry of a lease was decided by comparing wall clocks.
#[test]
fn an_instance_whose_clock_is_behind_keeps_its_turns() {
    hold(vec![(Start, Clock(-30))]);
}

/// The same comparison with a clock that is ahead: no instance took over the turns of a crashed one.
#[test]
fn the_turns_of_an_instance_whose_clock_is_ahead_are_taken_over_in_time() {
    hold(vec![(Start, Clock(600)), (after(First, "ask", 1), Crash)]);
}

/// An instance that slept past the end of its lease started its call after the ledger said "not done" and before the
/// log had the refusal.
#[test]
fn the_ledger_waits_for_the_log_before_it_says_not_done() {
    hold(vec![(Start, Freeze), (after(First, "session", 1), Stall(First)), (after(Second, "close", 1), Stall(Second))]);
}

/// The turn of a message began right after its withdrawal.
#[test]
fn a_message_that_is_withdrawn_before_its_turn_is_not_begun() {
    hold(vec![(after(First, "read", 2), Withdraw(Second))]);
}

/// A turn that used no account continued for a person who had signed out.
#[test]
fn an_approval_after_a_sign_out_does_nothing() {
    hold_and_do_nothing(vec![(after(First, "look", 2), SignOut)]);
    hold_and_do_nothing(vec![(after(First, "open", 1), SignOut)]);
}
