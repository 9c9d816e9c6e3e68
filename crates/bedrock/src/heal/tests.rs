use super::*;
use Role::{Assistant as A, User as U};
use proptest::prelude::*;

fn text(words: &str) -> Block {
    Block::Text(words.into())
}

fn call(id: &str, tool: &str, input: Value) -> Block {
    Block::Call(ToolCall { id: CallId(id.into()), tool: ToolName(tool.into()), input })
}

fn deed(id: &str) -> Block {
    call(id, "deed", json!({}))
}

fn result(id: &str, says: &str) -> Block {
    Block::Result { call: CallId(id.into()), content: json!({ "says": says }) }
}

fn signed(text: &str) -> Block {
    Block::Reasoning(Reasoning::Text { text: text.into(), signature: Some("sig".into()) })
}

fn unsigned() -> Block {
    Block::Reasoning(Reasoning::Text { text: "hm".into(), signature: None })
}

fn redacted(content: &str) -> Block {
    Block::Reasoning(Reasoning::Redacted { content: content.into() })
}

fn told(pieces: Vec<(Role, Vec<Block>)>) -> Vec<Message> {
    pieces.into_iter().map(|(role, blocks)| Message { role, blocks }).collect()
}

#[test]
fn a_valid_history_is_sent_unchanged() {
    let sound = told(vec![
        (U, vec![text("do it")]),
        (A, vec![signed(""), redacted("eA=="), text("Let me see."), deed("call-1-1"), deed("call-1-2")]),
        (U, vec![result("call-1-1", "a"), result("call-1-2", "b")]),
        (A, vec![signed("hm"), deed("call-1-3")]),
        (U, vec![result("call-1-3", "c"), text("and?")]),
        (A, vec![text("Done.")]),
        (U, vec![text("thanks")]),
    ]);
    assert_eq!(heal(sound.clone()), sound);
}

#[test]
fn a_history_that_the_service_would_refuse_is_repaired() {
    let healed = |number: u32| format!("healed-{number}");
    let long = "t".repeat(80);
    let rows = vec![
        (
            "an id repeats within a message, and in a later turn",
            vec![
                (U, vec![text("a")]),
                (A, vec![deed("x"), deed("x")]),
                (U, vec![result("x", "1"), result("x", "2")]),
                (A, vec![deed("x")]),
                (U, vec![result("x", "3")]),
            ],
            vec![
                (U, vec![text("a")]),
                (A, vec![deed("x"), deed(&healed(2))]),
                (U, vec![result("x", "1"), result(&healed(2), "2")]),
                (A, vec![deed(&healed(3))]),
                (U, vec![result(&healed(3), "3")]),
            ],
        ),
        (
            "malformed ids and names, and arguments that are not an object",
            vec![
                (U, vec![text("a")]),
                (A, vec![call("c 1", "a b/ü", json!([1])), call("", "", json!(null)), call("y", &long, json!({}))]),
                (U, vec![result("", "2"), result("c 1", "1"), result("y", "3")]),
            ],
            vec![
                (U, vec![text("a")]),
                (
                    A,
                    vec![
                        call(&healed(1), "a_b__", json!({"value": [1]})),
                        call(&healed(2), "unnamed", json!({"value": null})),
                        call("y", &"t".repeat(64), json!({})),
                    ],
                ),
                (U, vec![result(&healed(1), "1"), result(&healed(2), "2"), result("y", "3")]),
            ],
        ),
        (
            "blank text, and messages with blank text only",
            vec![
                (U, vec![text("a"), text(" \n")]),
                (A, vec![text("")]),
                (U, vec![text("b")]),
                (A, vec![text("\t"), deed("x")]),
                (U, vec![result("x", "1")]),
            ],
            vec![(U, vec![text("a"), text("b")]), (A, vec![deed("x")]), (U, vec![result("x", "1")])],
        ),
        (
            "results without a call, calls without a result, results behind words",
            vec![
                (U, vec![result("gone", "0"), text("a")]),
                (A, vec![deed("x"), deed("y")]),
                (U, vec![text("b"), result("y", "1"), result("z", "2")]),
                (A, vec![deed("w")]),
            ],
            vec![
                (U, vec![text("a")]),
                (A, vec![deed("x"), deed("y")]),
                (U, vec![lost(CallId("x".into())), result("y", "1"), text("b")]),
                (A, vec![deed("w")]),
                (U, vec![lost(CallId("w".into()))]),
            ],
        ),
        (
            "the first message is the assistant's",
            vec![(A, vec![deed("x")]), (U, vec![result("x", "1")]), (A, vec![text("b")]), (U, vec![text("c")])],
            vec![(U, vec![text("c")])],
        ),
        (
            "reasoning that stands alone, has no signature, or is the user's",
            vec![
                (U, vec![text("a"), signed("no")]),
                (A, vec![signed("alone"), redacted("eA==")]),
                (U, vec![text("b")]),
                (A, vec![unsigned(), redacted(""), signed("hm"), text("c")]),
                (U, vec![text("d")]),
            ],
            vec![(U, vec![text("a"), text("b")]), (A, vec![signed("hm"), text("c")]), (U, vec![text("d")])],
        ),
    ];
    for (what, before, after) in rows {
        assert_eq!(heal(told(before)), told(after), "{what}");
    }
}

fn any_block() -> impl Strategy<Value = Block> {
    let id = prop_oneof![
        Just("a"),
        Just("b"),
        Just("call-1-1"),
        Just("healed-1"),
        Just("healed-2"),
        Just("not ok"),
        Just("")
    ];
    let name = prop_oneof![Just("deed".to_owned()), Just("a b".to_owned()), Just(String::new()), Just("ü".repeat(70))];
    let value =
        prop_oneof![Just(json!({})), Just(json!({"a": 1})), Just(json!(null)), Just(json!([1])), Just(json!("x"))];
    prop_oneof![
        prop_oneof![Just(""), Just(" "), Just("words")].prop_map(text),
        (id.clone(), name, value.clone()).prop_map(|(id, name, input)| call(id, &name, input)),
        (id, value).prop_map(|(id, content)| Block::Result { call: CallId(id.into()), content }),
        prop_oneof![Just(signed("")), Just(unsigned()), Just(redacted("eA==")), Just(redacted(""))],
    ]
}

fn any_history() -> impl Strategy<Value = Vec<Message>> {
    let role = prop_oneof![Just(U), Just(A)];
    let message = (role, prop::collection::vec(any_block(), 0..5)).prop_map(|(role, blocks)| Message { role, blocks });
    prop::collection::vec(message, 0..12)
}

/// Returns the rule that the messages break, of those that the service is known to enforce. A last message by the
/// assistant (a prefill) is not checked.
fn refusal(messages: &[Message]) -> Option<String> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<String> = Vec::new();
    for (at, message) in messages.iter().enumerate() {
        if message.role != if at % 2 == 0 { U } else { A } {
            return Some(format!("roles at {at}"));
        }
        let mut results = Vec::new();
        let mut said = false;
        for block in &message.blocks {
            let sound = match (block, message.role) {
                (Block::Text(text), _) => !text.trim().is_empty(),
                (Block::Call(call), A) => {
                    call.input.is_object()
                        && is_identifier(&call.tool.0, "_-")
                        && is_identifier(&call.id.0, "_.:-")
                        && seen.insert(call.id.0.clone())
                }
                (Block::Result { call, content }, U) => {
                    results.push(call.0.clone());
                    content.is_object() && !said
                }
                (Block::Reasoning(Reasoning::Text { signature, .. }), A) => signature.is_some(),
                (Block::Reasoning(Reasoning::Redacted { content }), A) => !content.is_empty(),
                _ => false,
            };
            if !sound {
                return Some(format!("block at {at}: {block:?}"));
            }
            said |= !matches!(block, Block::Result { .. });
        }
        if results != open || message.blocks.iter().all(|block| matches!(block, Block::Reasoning(_))) {
            return Some(format!("results at {at}: {results:?}, not {open:?}"));
        }
        let calls = message
            .blocks
            .iter()
            .filter_map(|block| if let Block::Call(call) = block { Some(call.id.0.clone()) } else { None });
        open = calls.collect();
    }
    (!open.is_empty()).then(|| format!("without results: {open:?}"))
}

proptest! {
    #[test]
    fn the_service_accepts_every_repaired_history(history in any_history()) {
        let healed = heal(history.clone());
        prop_assert_eq!(refusal(&healed), None, "{:?}", history);
        prop_assert_eq!(heal(healed.clone()), healed);
    }
}
