//! A reasoning model: only the model receives its reasoning, and signs of life without text are not silence.

use super::*;
use crate::ports::{Message, Model, Prompt, Reasoning, ReplyStream, Role};
use async_trait::async_trait;
use futures::{StreamExt, stream};

fn signed(text: &str) -> Reasoning {
    Reasoning::Text { text: text.into(), signature: Some(format!("signature of {text}")) }
}

fn redacted() -> Reasoning {
    Reasoning::Redacted { content: "c2VhbGVk".into() }
}

fn part(part: ReplyPart) -> Result<ReplyPart, ModelError> {
    Ok(part)
}

fn call(id: &str) -> Result<ReplyPart, ModelError> {
    Ok(ReplyPart::Call(ToolCall { id: CallId("same".into()), tool: ToolName("deed".into()), input: json!({"id": id}) }))
}

/// Two rounds of calls, each preceded by reasoning, then an answer preceded by reasoning.
fn rounds() -> Vec<Script> {
    let think = |block: Reasoning| part(ReplyPart::Reasoning(block));
    let stop = |reason| part(ReplyPart::Stop(reason));
    vec![
        vec![think(signed("first")), think(redacted()), call("1"), stop(StopReason::Calls)],
        vec![think(signed("")), call("1"), think(signed("between")), call("1"), stop(StopReason::Calls)],
        [vec![think(signed("last"))], text("It is done.")].concat(),
    ]
}

/// A text for each block that the model itself wrote, including its reasoning.
fn own(messages: &[Message]) -> Vec<String> {
    let own = messages.iter().filter(|message| message.role == Role::Assistant).flat_map(|message| &message.blocks);
    let kind = |block: &Block| match block {
        Block::Reasoning(Reasoning::Text { text, signature }) => format!("{text}/{}", signature.clone().unwrap()),
        Block::Reasoning(Reasoning::Redacted { content }) => content.clone(),
        Block::Call(call) => call.id.0.clone(),
        Block::Text(text) | Block::Relayed { text, .. } => text.clone(),
        Block::Result { .. } => "result".to_owned(),
    };
    own.map(kind).collect()
}

const FIRST: [&str; 3] = ["first/signature of first", "c2VhbGVk", "call-1-1"];
const SECOND: [&str; 4] = ["/signature of ", "call-1-2", "between/signature of between", "call-1-3"];

#[tokio::test]
async fn reasoning_goes_back_unmodified_and_in_order_until_the_turn_has_its_answer() {
    let house = house(rounds(), FakeAction::Brings(json!("ok")));
    let journal = MemoryJournal::with(vec![said("do it")]);
    run(&house, &journal).await.unwrap();
    assert_eq!(ended(&journal.events()), &TurnEnd::Done);
    let prompts = house.model.prompts();
    assert_eq!(own(&prompts[1].messages), FIRST);
    assert_eq!(own(&prompts[2].messages), [FIRST.as_slice(), &SECOND].concat());
    let later = journal.history().told();
    assert_eq!(own(&later), ["call-1-1", "call-1-2", "call-1-3", "It is done."], "an earlier turn's is left out");
}

#[tokio::test]
async fn reasoning_is_in_the_log_and_in_nothing_that_is_said() {
    let house = house(rounds(), FakeAction::Brings(json!("ok")));
    let journal = MemoryJournal::with(vec![said("do it")]);
    run(&house, &journal).await.unwrap();
    let others = journal.events().into_iter().filter(|event| !matches!(event, Event::Reasoned { .. }));
    for event in others {
        let stored = serde_json::to_string(&event).unwrap();
        assert!(!stored.contains("signature of") && !stored.contains("c2VhbGVk"), "{stored}");
    }
    assert_eq!(house.tool.done().len(), 3);
}

/// The instance crashes before each event in turn; its successor sends the same reasoning before the same calls.
#[tokio::test]
async fn an_instance_that_takes_over_a_turn_has_its_reasoning() {
    for cut in 3..=20 {
        let first = house(rounds(), FakeAction::Brings(json!("ok")));
        let journal = MemoryJournal::with(vec![said("do it")]).failing_at(Some(cut));
        if run(&first, &journal).await.is_ok() {
            assert!(cut > 15, "the turn has that many events: {cut}");
            break;
        }
        // An interrupted answer is requested again, a complete one is not.
        let history = journal.history();
        let pending = history.open.as_ref().is_some_and(|open| !open.pending.is_empty());
        let answers = history.messages.iter().filter(|message| message.role == Role::Assistant).count();
        let answered = answers - usize::from(history.is_broken_off() && !pending);
        let mut second = house(rounds().split_off(answered), FakeAction::Brings(json!("ok")));
        second.runner.limits.steps = 5;
        second.runner.guard.ledger = first.ledger.clone();
        let journal = MemoryJournal::with(journal.events());
        run(&second, &journal).await.unwrap();
        assert!(matches!(ended(&journal.events()), TurnEnd::Done), "cut at {cut}: {:?}", journal.events());
        for prompt in second.model.prompts() {
            let own = own(&prompt.messages);
            let calls = own.iter().filter(|it| it.starts_with("call-")).count();
            let reasoned = own.iter().filter(|it| it.contains("signature") || *it == "c2VhbGVk").count();
            assert!(calls == 0 || reasoned > 0, "cut at {cut}: {own:?}");
        }
    }
}

/// A model whose stream carries only signs of life for a long time.
struct Ponders {
    pieces: u32,
    pause: Duration,
}

#[async_trait]
impl Model for Ponders {
    async fn converse(&self, _: Prompt) -> Result<ReplyStream, ModelError> {
        let pause = self.pause;
        let piece = move |part| async move {
            tokio::time::sleep(pause).await;
            Ok(part)
        };
        let thinking = stream::iter(vec![ReplyPart::Progress; self.pieces as usize]).then(piece);
        Ok(thinking.chain(stream::iter(text("At last."))).boxed())
    }
}

#[tokio::test(start_paused = true)]
async fn thinking_does_not_count_as_silence() {
    for (pause, end) in [(1_900, TurnEnd::Done), (2_100, TurnEnd::Model { trouble: ModelFailure::Silent })] {
        let mut house = house(vec![text("")], FakeAction::Brings(json!(1)));
        house.runner.model = Arc::new(Ponders { pieces: 40, pause: Duration::from_millis(pause) });
        assert_eq!(ended(&turn(&house).await), &end, "a sign of life every {pause} ms, and two seconds allowed");
    }
}

#[tokio::test]
async fn each_stop_reason_ends_the_turn_in_a_state_of_its_own() {
    let thinks = || part(ReplyPart::Reasoning(signed("hm")));
    let speaks = || vec![part(ReplyPart::Text("half".into())), part(ReplyPart::TextEnd)];
    let model = |trouble| TurnEnd::Model { trouble };
    for (reason, end) in [
        (StopReason::MaxTokens, TurnEnd::Tokens { limit: 4096 }),
        (StopReason::Filtered, model(ModelFailure::Filtered)),
        (StopReason::ContextOverflow, model(ModelFailure::ContextOverflow)),
        (StopReason::Malformed, model(ModelFailure::Malformed)),
    ] {
        for before in [vec![thinks()], [vec![thinks()], speaks()].concat(), vec![thinks(), call("1")], Vec::new()] {
            let script = [before, vec![part(ReplyPart::Stop(reason))]].concat();
            let house = house(vec![script, text("On we go.")], FakeAction::Brings(json!(1)));
            let journal = MemoryJournal::with(vec![said("do it"), said("and on")]);
            run(&house, &journal).await.unwrap();
            assert_eq!(ended(&journal.events()), &end, "{reason:?}");
            assert!(house.tool.done().is_empty());
            run(&house, &journal).await.unwrap();
            assert_eq!(ended(&journal.events()), &TurnEnd::Done, "the conversation goes on after {reason:?}");
        }
    }
    let only = house(vec![vec![thinks(), part(ReplyPart::Stop(StopReason::Done))]], FakeAction::Brings(json!(1)));
    assert_eq!(ended(&turn(&only).await), &model(ModelFailure::Empty));
}

#[tokio::test]
async fn endless_reasoning_ends_the_turn() {
    let big = part(ReplyPart::Reasoning(Reasoning::Redacted { content: "x".repeat(70_000) }));
    let house =
        house(vec![[vec![big.clone(), big.clone(), big], text("Well.")].concat()], FakeAction::Brings(json!(1)));
    assert_eq!(ended(&turn(&house).await), &TurnEnd::Tokens { limit: 4096 });
}

#[tokio::test]
async fn a_conversation_that_is_too_long_is_sent_again_with_less_of_it() {
    let overflow = || vec![Err(ModelError::ContextOverflow("too long".into()))];
    // Number of refusals by the model, number of earlier turns; number of messages in the last prompt, or none.
    for (refusals, turns, expected) in [(0, 5, Some(11)), (1, 5, Some(5)), (2, 5, Some(1)), (3, 5, None), (1, 0, None)]
    {
        let earlier = std::iter::repeat_with(|| text("Yes.")).take(turns);
        let refused = std::iter::repeat_with(overflow).take(refusals);
        let house = house(earlier.chain(refused).chain([text("At last.")]).collect(), FakeAction::Brings(json!(1)));
        let journal = MemoryJournal::with((0..=turns).map(|n| said(&format!("message {n}"))).collect());
        for _ in 0..=turns {
            run(&house, &journal).await.unwrap();
        }
        let last = house.model.prompts().pop().unwrap().messages;
        match expected {
            Some(messages) => {
                assert_eq!((ended(&journal.events()), last.len()), (&TurnEnd::Done, messages), "{refusals} refusals");
            }
            None => assert_eq!(ended(&journal.events()), &TurnEnd::Model { trouble: ModelFailure::ContextOverflow }),
        }
        assert_eq!(last.last().unwrap().blocks, [Block::Text(format!("message {turns}"))], "{refusals} refusals");
        let cuts = journal.events().iter().filter(|event| matches!(event, Event::Shortened { .. })).count();
        assert_eq!(cuts, refusals.min(2).min(turns), "each cut stands in the log");
    }
}

#[tokio::test]
async fn a_conversation_that_was_shortened_is_not_sent_whole_again() {
    let overflow = vec![Err(ModelError::ContextOverflow("too long".into()))];
    let scripts = vec![text("1"), text("2"), text("3"), overflow, text("4"), text("5")];
    let house = house(scripts, FakeAction::Brings(json!(1)));
    let journal = MemoryJournal::with((1..=5).map(|n| said(&format!("message {n}"))).collect());
    for _ in 1..=5 {
        run(&house, &journal).await.unwrap();
    }
    let prompts = house.model.prompts();
    let lengths: Vec<_> = prompts.iter().map(|prompt| prompt.messages.len()).collect();
    assert_eq!(lengths, [1, 3, 5, 7, 3, 5], "the fourth is asked twice, the fifth begins where that did");
    assert!(prompts[5].system.contains("its beginning is left out") && !prompts[3].system.contains("left out"));
    assert!(journal.events().contains(&Event::Shortened { kept_from: 3 }));
}

#[tokio::test]
async fn a_conversation_beyond_the_bound_is_shortened_before_the_model_refuses() {
    let mut house = house(vec![text(&"word ".repeat(400))], FakeAction::Brings(json!(1)));
    house.runner.limits.history_bytes = 10_000;
    let journal = MemoryJournal::with((1..=30).map(|n| said(&format!("message {n}"))).collect());
    for _ in 1..=30 {
        run(&house, &journal).await.unwrap();
    }
    let sizes: Vec<_> = house.model.prompts().iter().map(|prompt| prompt.messages.len()).collect();
    assert_eq!(sizes.len(), 30, "the model is asked once a turn");
    assert!(sizes.iter().all(|messages| *messages <= 11) && sizes.contains(&9), "{sizes:?}");
    let cuts = journal.events().iter().filter(|event| matches!(event, Event::Shortened { .. })).count();
    assert!((5..=15).contains(&cuts), "{cuts} cuts");
}
