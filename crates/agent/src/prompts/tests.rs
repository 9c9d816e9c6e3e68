use super::*;
use crate::CallId;
use crate::ids::ConversationId;

fn asking(id: u8, same: &str, until: Millis) -> PromptRequest {
    let place = Place { conversation: ConversationId::from_random([id; 26]), call: CallId("call-1-1".into()) };
    PromptRequest {
        id: ApprovalId::from_random([id; 26]),
        same: same.to_owned(),
        place,
        summary: same.to_owned(),
        until,
    }
}

fn open(state: &PromptState, now: Millis) -> Vec<String> {
    state.open(now).into_iter().map(|open| open.summary).collect()
}

#[test]
fn one_question_at_a_time_and_the_same_one_only_once() {
    let mut state = PromptState::default();
    assert_eq!(state.acquire(&asking(1, "reset bob", 300), 0), PromptPermit::Granted);
    assert_eq!(state.acquire(&asking(1, "reset bob", 300), 1), PromptPermit::Granted, "after a crash it may ask again");
    assert_eq!(state.acquire(&asking(2, "reset bob", 300), 1), PromptPermit::Asked);
    assert_eq!(state.acquire(&asking(3, "reset eve", 300), 1), PromptPermit::Busy);
    state.release(&asking(3, "", 0).id, PromptEnd::Denied, 2);
    assert_eq!(state.acquire(&asking(3, "reset eve", 300), 2), PromptPermit::Busy, "only the holder releases");
    state.release(&asking(1, "", 0).id, PromptEnd::Over, 3);
    assert_eq!(state.acquire(&asking(3, "reset eve", 300), 3), PromptPermit::Granted);
    assert_eq!(state.acquire(&asking(2, "reset bob", 600), 301), PromptPermit::Granted, "what ended blocks nothing");
}

#[test]
fn after_a_crash_a_new_question_replaces_one_that_was_never_recorded() {
    let mut state = PromptState::default();
    assert_eq!(state.acquire(&asking(1, "reset bob", 300), 0), PromptPermit::Granted);
    let again = PromptRequest { id: ApprovalId::from_random([9; 26]), ..asking(1, "reset bob", 400) };
    assert_eq!(state.acquire(&again, 100), PromptPermit::Granted);
    assert_eq!(state.asked, 1, "it is one question");
    assert_eq!(
        state.acquire(&asking(2, "reset bob", 400), 350),
        PromptPermit::Asked,
        "the new question blocks others until its own end"
    );
    state.release(&asking(1, "", 0).id, PromptEnd::Denied, 360);
    assert_eq!(open(&state, 360), ["reset bob"], "the old question blocks nothing");
}

#[test]
fn open_questions_are_listed_until_they_end() {
    let mut state = PromptState::default();
    for (id, same) in [(1, "reset bob"), (2, "reset eve"), (3, "delete eve"), (2, "reset eve")] {
        state.acquire(&asking(id, same, 300), 0);
    }
    assert_eq!(open(&state, 1), ["reset bob", "reset eve", "delete eve"]);
    state.release(&asking(2, "", 0).id, PromptEnd::Over, 2);
    assert_eq!(open(&state, 2), ["reset bob", "delete eve"], "a waiting question was cancelled");
    state.release(&asking(1, "", 0).id, PromptEnd::Over, 3);
    state.acquire(&asking(3, "delete eve", 500), 3);
    assert_eq!(open(&state, 4), ["delete eve"], "it is listed once when its turn comes");
    assert_eq!(open(&state, 500), Vec::<String>::new());
}

#[test]
fn a_denial_pauses_all_questions_and_the_same_action_for_longer() {
    let mut state = PromptState::default();
    state.acquire(&asking(1, "reset bob", 300), 0);
    state.release(&asking(1, "", 0).id, PromptEnd::Denied, 10);
    assert_eq!(state.acquire(&asking(2, "reset eve", 1), 11), PromptPermit::Cooling { until: 10 + COOLDOWN });
    assert_eq!(state.acquire(&asking(2, "reset bob", 1), 11), PromptPermit::Cooling { until: 10 + SAME_COOLDOWN });
    let later = 10 + COOLDOWN;
    assert_eq!(state.acquire(&asking(2, "reset eve", later + 1), later), PromptPermit::Granted);
}

#[test]
fn the_number_of_questions_a_day_is_limited() {
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
fn alternating_actions_do_not_shorten_each_others_pause() {
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
fn the_list_of_denials_is_bounded_and_keeps_each_one_until_its_pause_ends() {
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
    assert!(state.quiet.len() <= REMEMBERED, "{}", state.quiet.len());
}

#[test]
fn a_turn_asks_nothing_for_a_while_after_a_cancelled_question() {
    let mut state = PromptState::default();
    ended(&mut state, 1, "reset bob", PromptEnd::Cancelled, 0);
    for same in ["reset bob", "reset eve"] {
        let mut again = asking(1, same, 300);
        (again.id, again.place.call) = (asking(2, "", 0).id, CallId("call-1-2".into()));
        assert_eq!(state.acquire(&again, CANCEL_COOLDOWN - 1), PromptPermit::Cooling { until: CANCEL_COOLDOWN });
    }
    ended(&mut state, 3, "reset bob", PromptEnd::Cancelled, 1);
    let mut next = asking(1, "reset bob", CANCEL_COOLDOWN);
    next.place.call = CallId("call-9-1".into());
    assert_eq!(state.acquire(&next, 2), PromptPermit::Granted, "a new message may ask at once");
}

#[test]
fn cancellations_never_displace_a_denial() {
    let mut state = PromptState::default();
    ended(&mut state, 0, "reset bob", PromptEnd::Denied, 0);
    for n in 1..60 {
        let now = COOLDOWN + Millis::from(n) * 1_000;
        state.asked = 0;
        ended(&mut state, n, "reset eve", PromptEnd::Cancelled, now);
    }
    let again = state.acquire(&asking(99, "reset bob", SAME_COOLDOWN), 2 * COOLDOWN);
    assert_eq!(again, PromptPermit::Cooling { until: SAME_COOLDOWN });
    assert!(state.quiet.len() <= REMEMBERED);
}

#[test]
fn a_denial_of_a_second_person_pauses_that_action_alone() {
    let mut state = PromptState::default();
    ended(&mut state, 1, "delete bob", PromptEnd::DeclinedByOther, 0);
    let again = state.acquire(&asking(2, "delete bob", 400), 1);
    assert_eq!(again, PromptPermit::Cooling { until: SAME_COOLDOWN });
    ended(&mut state, 3, "reset eve", PromptEnd::DeclinedByOther, 1);
    for n in 4..40 {
        ended(&mut state, n, &format!("action {n}"), PromptEnd::DeclinedByOther, 2);
    }
    let again = state.acquire(&asking(99, "delete bob", SAME_COOLDOWN), SAME_COOLDOWN - 1);
    assert_eq!(again, PromptPermit::Cooling { until: SAME_COOLDOWN }, "many denials displace none");
}
