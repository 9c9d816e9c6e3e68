#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::fakes::{
    CountingIds, FakeAction, FakeTool, MemoryApprover, MemoryJournal, MemoryLedger, MemoryPromptLimiter, MemorySignIns,
    MemoryVault, Person, RuntimeClock, ScriptedModel, TableAuthorizer, actor,
};
use crate::ids::{ConversationId, IdempotencyKey};
use crate::intent::Risk;
use crate::ports::{Block, ModelError, Outcome, ReplyPart, StopReason};
use crate::tool::ToolError;
use crate::{CallId, Guard, Tool, ToolCall, ToolName, Toolbox};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

mod approval;
mod arrivals;
mod disclosure;
mod reasoning;
mod several;
mod stop;
mod takeover;

type Script = Vec<Result<ReplyPart, ModelError>>;

fn text(words: &str) -> Script {
    let parts = [ReplyPart::Text(words.into()), ReplyPart::TextEnd, ReplyPart::Stop(StopReason::Done)];
    parts.into_iter().map(Ok).collect()
}

fn calls(inputs: &[(&str, Value)]) -> Script {
    let call = |(tool, input): &(&str, Value)| {
        ReplyPart::Call(ToolCall { id: CallId("same".into()), tool: ToolName((*tool).into()), input: input.clone() })
    };
    inputs.iter().map(call).chain([ReplyPart::Stop(StopReason::Calls)]).map(Ok).collect()
}

fn said(words: &str) -> Event {
    Event::UserSaid {
        text: words.into(),
        client: IdempotencyKey::try_from("client-0001".to_owned()).unwrap(),
        session: None,
        replaces: None,
        arrival: None,
    }
}

struct House {
    tool: Arc<FakeTool>,
    model: Arc<ScriptedModel>,
    authorizer: Arc<TableAuthorizer>,
    ledger: Arc<MemoryLedger>,
    approver: Arc<MemoryApprover>,
    runner: Runner,
}

fn house(scripts: Vec<Script>, deed: FakeAction) -> House {
    house_of(scripts, deed, Risk::Read, Person::Sleeps)
}

fn house_of(scripts: Vec<Script>, deed: FakeAction, risk: Risk, person: Person) -> House {
    let tool = Arc::new(FakeTool::new("deed", risk, deed));
    let model = Arc::new(ScriptedModel::saying(scripts));
    let authorizer = Arc::new(TableAuthorizer::knowing(&["ada may thing:1"]));
    let ledger = Arc::new(MemoryLedger::default());
    let clock = Arc::new(RuntimeClock::default());
    let approver = Arc::new(MemoryApprover::of(person));
    let guard = Guard {
        authorizer: authorizer.clone(),
        approver: approver.clone(),
        prompts: Arc::new(MemoryPromptLimiter::default()),
        policies: Arc::new(crate::ports::NoPolicies),
        ledger: ledger.clone(),
        vault: Arc::new(MemoryVault { connected: vec!["okta".into()], down: false }),
        sign_ins: Arc::new(MemorySignIns::default()),
        clock: clock.clone(),
        ids: Arc::new(CountingIds::default()),
        patience: 300_000,
    };
    let runner = Runner {
        model: model.clone(),
        guard,
        toolboxes: Arc::new(Toolbox::new([tool.clone() as Arc<dyn Tool>]).unwrap()),
        clock,
        limits: Limits {
            steps: 3,
            calls: 4,
            call_time: Duration::from_secs(1),
            silence: Duration::from_secs(2),
            ..Limits::default()
        },
        instructions: Arc::new(|actor, now| format!("for {} at {now}", actor.subject())),
    };
    House { tool, model, authorizer, ledger, approver, runner }
}

async fn run(house: &House, journal: &MemoryJournal) -> Result<(), crate::ports::Unavailable> {
    let (_order, interrupts) = Interrupts::new();
    house.runner.run(&actor("ada"), &ConversationId::from_random([1; 26]), journal, interrupts).await
}

async fn turn(house: &House) -> Vec<Event> {
    let journal = MemoryJournal::with(vec![said("do it")]);
    run(house, &journal).await.unwrap();
    journal.events()
}

fn ended(events: &[Event]) -> &TurnEnd {
    match events.last() {
        Some(Event::TurnEnded { why, .. }) => why,
        other => panic!("the turn has not ended: {other:?}"),
    }
}

#[tokio::test]
async fn a_call_is_proposed_admitted_run_once_and_its_result_returned() {
    let house =
        house(vec![calls(&[("deed", json!({"id": "1"}))]), text("It is done.")], FakeAction::Brings(json!("ok")));
    let events = turn(&house).await;
    let kinds: Vec<String> =
        events.iter().map(|event| serde_json::to_value(event).unwrap()["kind"].as_str().unwrap().to_owned()).collect();
    assert_eq!(
        kinds,
        ["user_said", "turn_started", "call_proposed", "call_started", "call_done", "said", "turn_ended"]
    );
    assert_eq!(house.tool.done(), ["ada thing:1"]);
    assert_eq!(house.ledger.lines().len(), 1);
    assert_eq!(house.ledger.lines()[0].outcome, Some(Outcome::Done));
    let last = house.model.prompts().pop().unwrap();
    assert!(last.messages.last().unwrap().blocks.iter().any(|block| matches!(block, Block::Result { .. })));
}

/// Attack 20 of `docs/threat-model.md`: the object is taken from the arguments that will be used, and the default is a
/// denial.
#[tokio::test]
async fn the_object_that_is_checked_comes_from_the_arguments() {
    let house = house(vec![calls(&[("deed", json!({"id": "2"}))]), text("No.")], FakeAction::Brings(json!("ok")));
    let events = turn(&house).await;
    assert!(events.iter().any(|event| matches!(event, Event::CallRefused { .. })));
    assert_eq!(house.authorizer.asked(), ["ada may thing:2"]);
    assert!(house.tool.done().is_empty());
}

#[tokio::test]
async fn no_output_of_the_model_runs_a_call_unchecked() {
    let big = "x".repeat(1_000_000);
    for call in [
        ("unknown", json!({"id": "1"})),
        ("deed", json!({})),
        ("deed", json!(null)),
        ("deed", json!([1, 2])),
        ("deed", json!({"id": "*"})),
        ("deed", json!({"id": "1#member"})),
        ("deed", json!({"id": "user:ada"})),
        ("deed", json!({ "id": big })),
        ("../deed", json!({"id": "1"})),
        (big.as_str(), json!({"id": "1"})),
    ] {
        let house = house(vec![calls(std::slice::from_ref(&call)), text("Well.")], FakeAction::Brings(json!("ok")));
        let events = turn(&house).await;
        assert!(events.iter().any(|event| matches!(event, Event::CallRefused { .. })), "{:.60}", call.1.to_string());
        assert!(house.tool.done().is_empty());
        let size: usize = events.iter().map(|event| serde_json::to_string(event).unwrap().len()).sum();
        assert!(size < 20_000, "the log is not flooded: {size}");
    }
}

/// Attack 52 of `docs/threat-model.md`: a model that calls tools forever.
#[tokio::test]
async fn a_turn_has_limits_and_names_the_one_it_reached() {
    let loop_ = house(vec![calls(&[("deed", json!({"id": "1"}))])], FakeAction::Brings(json!("ok")));
    assert_eq!(ended(&turn(&loop_).await), &TurnEnd::Steps { limit: 3 });
    assert_eq!(loop_.tool.done().len(), 3);

    let flood =
        house(vec![calls(&vec![("deed", json!({"id": "1"})); 1000]), text("Done.")], FakeAction::Brings(json!("ok")));
    let events = turn(&flood).await;
    assert_eq!(flood.tool.done().len(), 4, "no more calls than the limit");
    assert_eq!(ended(&events), &TurnEnd::Done);
}

#[tokio::test]
async fn a_result_is_cut_to_size() {
    let house = house(
        vec![calls(&[("deed", json!({"id": "1"}))]), text("Big.")],
        FakeAction::Brings(json!("ü".repeat(100_000))),
    );
    let events = turn(&house).await;
    let content = events.iter().find_map(|event| match event {
        Event::CallDone { content, .. } => Some(content.to_string().len()),
        _ => None,
    });
    assert!(content.unwrap() < 34_000, "{content:?}");
}

#[tokio::test(start_paused = true)]
async fn a_failure_of_the_model_is_named_and_no_text_is_lost() {
    let cut = vec![Ok(ReplyPart::Text("half a ".into()))];
    let throttled = vec![Ok(ReplyPart::Text("half a ".into())), Err(ModelError::Throttled("slow".into()))];
    let garbled = vec![
        Ok(ReplyPart::Garbled { id: CallId("g".into()), tool: "deed".into() }),
        Ok(ReplyPart::Stop(StopReason::Calls)),
    ];
    for (script, trouble) in
        [(cut, ModelFailure::Cut), (throttled, ModelFailure::Throttled), (text("  "), ModelFailure::Empty)]
    {
        let house = house(vec![script.clone()], FakeAction::Brings(json!(1)));
        let events = turn(&house).await;
        assert_eq!(ended(&events), &TurnEnd::Model { trouble });
        let kept = events.contains(&Event::Said { text: "half a ".into() });
        assert_eq!(kept, trouble != ModelFailure::Empty, "what was said is kept");
    }
    let house1 = house(vec![garbled, text("Sorry.")], FakeAction::Brings(json!(1)));
    assert_eq!(ended(&turn(&house1).await), &TurnEnd::Done);
    assert!(house1.tool.done().is_empty());

    let hangs = house(vec![calls(&[("deed", json!({"id": "1"}))]), text("Unclear.")], FakeAction::Hangs);
    let events = turn(&hangs).await;
    assert!(events.iter().any(|event| matches!(event, Event::CallUnknown { .. })));
    assert_eq!(hangs.ledger.lines()[0].outcome, Some(Outcome::Unknown));

    let fails = house(
        vec![calls(&[("deed", json!({"id": "1"}))]), text("No.")],
        FakeAction::Fails(ToolError::Unavailable { service: "Okta" }),
    );
    assert!(turn(&fails).await.iter().any(|event| matches!(event, Event::CallFailed { .. })));
}

/// The person sees a service's error text; the signed ledger contains only fixed wording.
#[tokio::test]
async fn no_text_of_a_service_reaches_the_ledger() {
    let theirs = "Dear auditor, entry 7 is void";
    let house = house(
        vec![calls(&[("deed", json!({"id": "1"}))]), text("No.")],
        FakeAction::Fails(ToolError::Failed(theirs.into())),
    );
    let events = turn(&house).await;
    assert!(events.iter().any(|event| matches!(event, Event::CallFailed { reason, .. } if reason == theirs)));
    let told = format!("{:?}", house.ledger.lines());
    assert!(told.contains("NotDone") && !told.contains("auditor"), "{told}");
}

/// Calls of an incomplete answer are not run: the missing part might have withdrawn them.
#[tokio::test]
async fn the_calls_of_an_unfinished_answer_are_not_run() {
    let mut script = calls(&[("deed", json!({"id": "1"}))]);
    script.pop();
    let house = house(vec![script], FakeAction::Brings(json!(1)));
    assert_eq!(ended(&turn(&house).await), &TurnEnd::Model { trouble: ModelFailure::Cut });
    assert!(house.tool.done().is_empty());
}

#[tokio::test]
async fn a_stop_takes_effect_before_the_next_action() {
    let house = house(vec![calls(&[("deed", json!({"id": "1"}))])], FakeAction::Brings(json!(1)));
    let journal = MemoryJournal::with(vec![said("do it")]);
    let (order, interrupts) = Interrupts::new();
    order.send_replace(Some(Interrupt::Stop));
    house.runner.run(&actor("ada"), &ConversationId::from_random([1; 26]), &journal, interrupts).await.unwrap();
    assert_eq!(ended(&journal.events()), &TurnEnd::Stopped);
    assert!(house.tool.done().is_empty());
}

fn begun(event: &Event) -> Option<String> {
    match event {
        Event::CallStarted { call, .. } => Some(call.0.clone()),
        _ => None,
    }
}

/// The instance crashes before each event in turn; its successor repeats nothing.
#[tokio::test]
async fn a_turn_continues_where_its_log_ends_and_repeats_no_action() {
    let scripts = || vec![calls(&[("deed", json!({"id": "1"})), ("deed", json!({"id": "1"}))]), text("Done.")];
    for cut in 2..=10 {
        let first = house(scripts(), FakeAction::Brings(json!("ok")));
        let journal = MemoryJournal::with(vec![said("do it")]).failing_at(Some(cut));
        run(&first, &journal).await.unwrap_err();
        let proposed = journal.events().iter().any(|event| matches!(event, Event::CallProposed { .. }));
        let again = if proposed { vec![text("Done.")] } else { scripts() };
        let mut second = house(again, FakeAction::Brings(json!("ok")));
        second.runner.guard.ledger = first.ledger.clone();
        let journal = MemoryJournal::with(journal.events());
        run(&second, &journal).await.unwrap();
        assert!(matches!(ended(&journal.events()), TurnEnd::Done), "cut at {cut}");
        let started = journal.events().iter().filter(|event| matches!(event, Event::CallStarted { .. })).count();
        let calls: BTreeSet<_> = journal.events().iter().filter_map(begun).collect();
        assert_eq!(calls.len(), started, "cut at {cut}: a call starts once");
        let done = first.tool.done().len() + second.tool.done().len();
        assert!(done <= started, "cut at {cut}: {done} actions, {started} started");
    }
}

/// The instance crashes between two blocks of one answer: the model is asked again, without its own unfinished words.
#[tokio::test]
async fn an_interrupted_answer_is_generated_again() {
    let spoken = || {
        let mut script = text("Let me see.");
        script.pop();
        script.extend(calls(&[("deed", json!({"id": "1"}))]));
        vec![script, text("Done.")]
    };
    for cut in [4, 8] {
        let first = house(spoken(), FakeAction::Brings(json!("ok")));
        let journal = MemoryJournal::with(vec![said("do it")]).failing_at(Some(cut));
        run(&first, &journal).await.unwrap_err();
        assert!(matches!(journal.events().last(), Some(Event::Said { .. })), "cut at {cut}");
        let second = house(if cut == 4 { spoken() } else { vec![text("Done.")] }, FakeAction::Brings(json!("ok")));
        let journal = MemoryJournal::with(journal.events());
        run(&second, &journal).await.unwrap();
        assert_eq!(ended(&journal.events()), &TurnEnd::Done, "cut at {cut}");
        assert_eq!(first.tool.done().len() + second.tool.done().len(), 1, "cut at {cut}");
        let told = format!("{:?}", journal.history().messages);
        assert_eq!(told.matches("Let me see.").count(), 1, "cut at {cut}: {told}");
    }
}

#[tokio::test]
async fn a_message_that_was_withdrawn_is_not_answered_and_the_next_one_is() {
    let house = house(vec![text("Yes.")], FakeAction::Brings(json!(1)));
    let journal = MemoryJournal::with(vec![said("first"), said("second"), Event::Withdrawn { said: 1 }]);
    run(&house, &journal).await.unwrap();
    assert!(journal.events().contains(&Event::TurnStarted { said: 2 }));
    run(&house, &journal).await.unwrap();
    assert_eq!(journal.events().len(), 6, "nothing waits any more");
}
