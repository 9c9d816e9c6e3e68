//! Tools of MCP servers in real turns: offered, permitted, called with the person's own token, and refused with what is
//! missing when anything is.

use crate::world::TestApp;
use crate::world::frames::{began, end, refusals, said};
use app::wire::{End, Event, Refusal};
use sandbox::cloud::{Fault, Times};

const QUESTION: &str = "List all my assigned tasks";
const TUPLE: [&str; 3] = ["user:auth0|ada", "can_call", "tool:tasks/get_tasks"];

fn not_now(service: &str) -> Vec<Refusal> {
    vec![Refusal::NotNow { service: service.to_owned() }]
}

#[tokio::test]
async fn the_assigned_tasks_are_listed_through_the_gateway_by_whom_it_is_permitted() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let (conversation, events) = ada.ask(QUESTION).await;
    assert!(began(&events) && end(&events) == End::Done, "{events:?}");
    for (task, whose) in [("Review the contractors' VPN access", true), ("Close the books for November", false)] {
        assert_eq!(
            said(&events).contains(&task.replace('\'', "&#39;")) || said(&events).contains(task),
            whose,
            "{}",
            said(&events)
        );
    }
    app.revoke(TUPLE[0], TUPLE[1], TUPLE[2]).await;
    let events = ada.ask_on(&conversation, QUESTION).await;
    let denied = Refusal::Denied { relation: TUPLE[1].to_owned(), object: TUPLE[2].to_owned() };
    assert_eq!((refusals(&events), began(&events), end(&events)), (vec![denied], false, End::Done));
    app.finish().await;
}

#[tokio::test]
async fn a_gateway_that_is_down_is_not_now_and_the_turn_goes_on() {
    let mut app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    assert!(began(&ada.ask(QUESTION).await.1));
    // What this instance remembers of the server is gone, what the table knows of its tools is not.
    app.restart().await;
    for fault in [Fault::Refuse, Fault::Timeout] {
        app.sandbox.faults().set("mcp", Some(fault.clone()), Times::Always);
        let (conversation, events) = ada.ask(QUESTION).await;
        assert_eq!(refusals(&events), not_now("the outside server tasks"), "{fault:?}: {events:?}");
        assert!(!began(&events) && end(&events) == End::Done, "{fault:?}: {events:?}");
        app.sandbox.faults().clear();
        let events = ada.ask_on(&conversation, QUESTION).await;
        assert!(events.iter().any(|event| matches!(event, Event::CallDone { .. })), "{fault:?}: {events:?}");
        app.restart().await;
    }
    app.finish().await;
}
