//! The built-in tools for sums and the weather: they need no account and no approval, but still a permission.

use crate::world::TestApp;
use crate::world::frames::{began, refusals, said};
use app::wire::{Event, Refusal};
use sandbox::cloud::{Fault, Times};

/// Returns the summary of the successful call.
fn summary(events: &[Event]) -> &str {
    let done = events.iter().find_map(|event| match event {
        Event::CallDone { summary, .. } => Some(summary.as_str()),
        _ => None,
    });
    done.unwrap_or_else(|| panic!("nothing was done: {events:?}"))
}

#[tokio::test]
async fn sums_and_the_weather_are_answered_to_permitted_people() {
    let app = TestApp::start().await;
    let bob = app.signed_in("bob").await;
    for (question, expected, answer) in [
        ("What is 12 * (3 + 4)?", "84", "84"),
        ("Calculate 0.1 + 0.2", "0.3", "0.3"),
        ("What is the weather in Berlin?", "4.4 °C, clear", "4.4"),
    ] {
        let (_, events) = bob.ask(question).await;
        assert_eq!(summary(&events), expected, "{question}");
        assert!(said(&events).contains(answer), "{question}: {}", said(&events));
    }
    let (_, events) = bob.ask("What is the weather in Nowhereville?").await;
    let failed =
        events.iter().any(|event| matches!(event, Event::CallFailed { reason, .. } if reason.contains("No place")));
    assert!(failed, "{events:?}");
    let eve = app.signed_in("eve").await;
    for (question, tool) in [("Calculate 2 + 2", "calculate"), ("What is the weather in Berlin?", "weather")] {
        let (_, events) = eve.ask(question).await;
        let object = format!("tool:countersign/{tool}");
        assert_eq!(refusals(&events), [Refusal::Denied { relation: "can_call".to_owned(), object }]);
        assert!(!began(&events), "{events:?}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_failing_weather_service_is_named_and_can_be_asked_again() {
    let app = TestApp::start().await;
    let bob = app.signed_in("bob").await;
    for fault in [
        Fault::Refuse,
        Fault::Malformed,
        Fault::Status { code: axum::http::StatusCode::BAD_GATEWAY, retry_after: None },
    ] {
        app.sandbox.faults().set("openmeteo", Some(fault.clone()), Times::Always);
        let (conversation, events) = bob.ask("What is the weather in Tokyo?").await;
        let named = |reason: &str| reason == "the weather service is not available right now. Nothing was done.";
        let failed = events.iter().any(|event| matches!(event, Event::CallFailed { reason, .. } if named(reason)));
        assert!(failed, "{fault:?}: {events:?}");
        app.sandbox.faults().clear();
        assert!(!summary(&bob.ask_on(&conversation, "What is the weather in Tokyo?").await).is_empty());
    }
    app.finish().await;
}
