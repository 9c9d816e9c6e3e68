//! Tools of targets in real turns: permitted for the object that the call touches, approved, called once with the right
//! credential, and honest about what is not known.

use crate::approvals::until_it_rings;
use crate::world::frames::{began, end, failures, refusals};
use crate::world::{Custom, TestApp, targets};
use app::wire::{Event, Refusal, TurnEnd};
use axum::http::StatusCode;
use sandbox::bedrock::{Block, Mischief};
use sandbox::cloud::orders::Asked;
use sandbox::cloud::{Fault, Times};
use sandbox::identity::Answer;
use serde_json::{Value, json};

async fn start() -> TestApp {
    TestApp::with(Custom { targets: targets::demo, ..Custom::default() }).await
}

impl TestApp {
    /// Makes the model propose this call next.
    fn propose(&self, tool: &str, input: Value) {
        self.sandbox.bedrock().next(Mischief::Say(vec![Block::call(tool, input)]));
    }
}

fn denied(object: &str) -> Vec<Refusal> {
    vec![Refusal::Denied { relation: "can_call".to_owned(), object: object.to_owned() }]
}

fn broken() -> Fault {
    Fault::Status { code: StatusCode::INTERNAL_SERVER_ERROR, retry_after: None }
}

#[tokio::test]
async fn authorization_decides_about_the_order_that_a_call_reads() {
    let app = start().await;
    let (ada, bob) = (app.signed_in("ada").await, app.signed_in("bob").await);
    let allowed = "A-1001";
    app.propose("orders___get_order", json!({"order_id": allowed}));
    let (_, events) = ada.ask("Hello").await;
    assert!(began(&events) && end(&events) == TurnEnd::Done, "{events:?}");
    assert!(events.iter().any(|event| matches!(event, Event::CallDone { .. })), "{events:?}");
    // The API accepts only tokens with its own audience: the sandbox would record any other as a sin.
    let asked = || vec![Asked { line: format!("GET /orders/{allowed}"), subject: "auth0|ada".to_owned() }];
    assert_eq!(app.sandbox.orders().asked(), asked());
    for (who, id, object) in [
        (&ada, "A-1002", "tool:orders/order/A-1002"),
        (&bob, "A-1001", "tool:orders/order/A-1001"),
        (&ada, "A-1001#x", "tool:orders/order/A-1001%23x"),
    ] {
        app.propose("orders___get_order", json!({"order_id": id}));
        let (_, events) = who.ask("Hello").await;
        assert_eq!((refusals(&events), began(&events)), (denied(object), false), "{id}");
    }
    assert_eq!(app.sandbox.orders().asked(), asked(), "the API saw nothing of the refused calls");
    app.finish().await;
}

#[tokio::test]
async fn an_elevated_call_of_a_function_is_asked_about_and_runs_once() {
    let app = start().await;
    let (ada, bob) = (app.signed_in("ada").await, app.signed_in("bob").await);
    let input = json!({"order_id": "A-1001", "cents": 250});
    app.propose("shop___refund", input.clone());
    assert_eq!(refusals(&bob.ask("Hello").await.1), denied("tool:shop/refund"));
    app.propose("shop___refund", input.clone());
    let posted = ada.begin("Refund 250 cents of the order A-1001").await.unwrap();
    let mut watch = ada.watch(&posted.conversation, 0).await;
    let asked = until_it_rings(&mut watch).await;
    let details = asked.iter().find_map(|event| match event {
        Event::ApprovalAsked { details, .. } => Some(details.clone()),
        _ => None,
    });
    let details = details.unwrap();
    let detail = |name: &str| details.iter().find(|own| own.name == name).map(|own| own.value.clone());
    assert_eq!(detail("Action").as_deref(), Some("Refund order"));
    assert_eq!(detail("In full").as_deref(), Some("Refund 250 cents of the order A-1001"));
    assert!(app.sandbox.lambda().invocations().is_empty(), "nothing ran before the approval");
    app.answer(Answer::Approve);
    let events = watch.turn().await;
    assert!(events.iter().any(|event| matches!(event, Event::CallDone { .. })), "{events:?}");
    let [invocation] = &app.sandbox.lambda().invocations()[..] else { panic!("one invocation") };
    assert_eq!((invocation.function.as_str(), &invocation.payload), ("refund", &input));
    let custom = &invocation.context["custom"];
    assert_eq!(
        (&custom["bedrockAgentCoreTargetId"], &custom["bedrockAgentCoreToolName"]),
        (&json!("shop"), &json!("shop___refund"))
    );
    app.finish().await;
}

#[tokio::test]
async fn a_change_that_may_have_been_made_is_told_as_unknown_and_a_read_as_not_available() {
    let app = start().await;
    let ada = app.signed_in("ada").await;
    for (fault, unknown) in [(broken(), true), (Fault::Lost, true)] {
        app.sandbox.faults().set("orders", Some(fault.clone()), Times::Always);
        app.propose("orders___add_note", json!({"order_id": "A-1001", "text": "Hello"}));
        let posted = ada.begin("Add the note Hello to A-1001").await.unwrap();
        let mut watch = ada.watch(&posted.conversation, 0).await;
        until_it_rings(&mut watch).await;
        app.answer(Answer::Approve);
        let events = watch.turn().await;
        let told = events.iter().any(|event| matches!(event, Event::CallUnknown { .. }));
        assert_eq!((told, failures(&events).len()), (unknown, 0), "{fault:?}: {events:?}");
        app.sandbox.faults().clear();
    }
    assert_eq!(app.sandbox.orders().notes().len(), 1, "the lost answer was of a note that was added, once");
    app.sandbox.faults().set("lambda", Some(broken()), Times::Always);
    app.propose("status___order_status", json!({"order_id": "A-1001"}));
    let (_, events) = ada.ask("Hello").await;
    assert_eq!(failures(&events), ["the target status is not available right now. Nothing was done."], "{events:?}");
    app.sandbox.faults().clear();
    app.propose("status___order_status", json!({"order_id": "A-9"}));
    let (_, events) = ada.ask("Hello").await;
    let [failure] = failures(&events)[..] else { panic!("{events:?}") };
    assert!(failure.contains("the function failed") && failure.contains("there is no such order"), "{failure}");
    app.finish().await;
}

#[tokio::test]
async fn the_pages_show_the_tools_of_targets() {
    let app = start().await;
    let ada = app.signed_in("ada").await;
    let page = ada.visit("/tools").await;
    for words in
        ["orders___get_order", "tool:orders/order/{order_id}", "shop___refund", "Configured", "its body is not JSON"]
    {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let page = ada.visit("/permissions").await;
    for words in ["shop___refund", "status___order_status"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    app.finish().await;
}

#[tokio::test]
async fn the_server_does_not_start_with_a_target_that_could_be_taken_for_another() {
    let with = |file: fn(&sandbox::Sandbox) -> Option<String>| async move {
        let started = TestApp::try_with(Custom { targets: file, ..Custom::default() }).await;
        started.err().unwrap().to_string()
    };
    let named = with(|own| Some(targets::demo(own)?.replace("targets.orders", "targets.tasks"))).await;
    assert_eq!(named, "GATEWAY_FILE: the target tasks is named like an MCP server");
    let shared = with(|own| {
        let audience = own.variable("ORDERS_AUDIENCE").unwrap();
        let tasks = own.variable("MCP_TASKS_AUDIENCE").unwrap();
        Some(targets::demo(own)?.replace(&format!("audience = \"{audience}\""), &format!("audience = \"{tasks}\"")))
    });
    assert!(shared.await.contains("has the audience of an MCP server elsewhere"));
}
