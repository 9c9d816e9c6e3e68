//! Failing services: nothing is done, nothing is lost, the person learns which service failed, and asking again works.

use crate::world::chat::Failure;
use crate::world::frames::{began, deeds, end, refusals, said};
use crate::world::{Custom, TestApp};
use agent::turn::Limits;
use app::wire::{ApiError, Event, ModelFailure, Refusal, TurnEnd};
use axum::http::StatusCode;
use countersign::wiring::ServerLimits;
use sandbox::bedrock::Mischief;
use sandbox::cloud::{Fault, Times};
use std::time::Duration;

const QUESTION: &str = "What are my Okta groups?";

fn status(code: u16) -> Fault {
    Fault::Status { code: StatusCode::from_u16(code).unwrap(), retry_after: None }
}

#[tokio::test]
async fn attack_21_no_faulty_answer_of_fga_counts_as_a_permission() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let not_now = Refusal::NotNow { service: "the permission service".to_owned() };
    let faults =
        [Fault::Refuse, Fault::Lost, status(500), status(503), status(429), status(401), status(403), Fault::Malformed];
    for fault in faults {
        app.sandbox.faults().set("fga", Some(fault.clone()), Times::Always);
        let (conversation, events) = ada.ask(QUESTION).await;
        assert_eq!(refusals(&events), std::slice::from_ref(&not_now), "{fault:?}");
        assert!(!began(&events) && end(&events) == TurnEnd::Done, "{fault:?}: {events:?}");
        app.sandbox.faults().clear();
        assert!(began(&ada.ask_on(&conversation, QUESTION).await), "asked again after {fault:?}");
    }
    app.finish().await;
}

#[tokio::test]
async fn attack_21_a_silent_fga_counts_as_no_permission() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    app.sandbox.faults().set("fga", Some(Fault::Timeout), Times::Always);
    let (_, events) = ada.ask(QUESTION).await;
    assert_eq!(refusals(&events), [Refusal::NotNow { service: "the permission service".to_owned() }]);
    app.finish().await;
}

#[tokio::test]
async fn attack_21_a_missing_store_or_model_counts_as_no_permission() {
    for variable in ["FGA_STORE_ID", "FGA_MODEL_ID"] {
        let env = vec![(variable, "01JD0000000000000000000000".to_owned())];
        let app = TestApp::with(Custom { env, ..Custom::default() }).await;
        let ada = app.signed_in("ada").await;
        let (_, events) = ada.ask(QUESTION).await;
        assert_eq!(refusals(&events), [Refusal::NotNow { service: "the permission service".to_owned() }], "{variable}");
        assert!(!began(&events), "{variable}");
        let ready = ada.visit("/health/ready").await;
        assert_eq!(ready.status, 503, "{variable}: {}", ready.body);
        app.sandbox.sins().take();
        app.finish().await;
    }
}

#[tokio::test]
async fn a_failing_model_ends_its_turn_with_the_reason_and_can_be_asked_again() {
    let app = TestApp::start().await;
    let rows = [
        (Mischief::Throttle429 { retry_after: None }, ModelFailure::Throttled),
        (Mischief::Internal500, ModelFailure::Unavailable),
        (Mischief::ServiceUnavailable503, ModelFailure::Unavailable),
        (Mischief::Forbidden403, ModelFailure::Misconfigured),
        (Mischief::ContextOverflow, ModelFailure::ContextOverflow),
        (Mischief::ThrottleMidStream, ModelFailure::Throttled),
        (Mischief::InternalMidStream, ModelFailure::Unavailable),
        (Mischief::EndBeforeMessageStop, ModelFailure::Cut),
        (Mischief::CutConnection, ModelFailure::Cut),
        (Mischief::NonsenseFrames, ModelFailure::Cut),
        (Mischief::NonsenseJson, ModelFailure::Cut),
        (Mischief::GuardrailIntervened, ModelFailure::Filtered),
        (Mischief::ContentFiltered, ModelFailure::Filtered),
        (Mischief::MalformedModelOutput, ModelFailure::Cut),
        (Mischief::MalformedToolUse, ModelFailure::Cut),
        (Mischief::ContextWindowExceeded, ModelFailure::ContextOverflow),
        (Mischief::EmptyMessage, ModelFailure::Empty),
    ];
    for (mischief, trouble) in rows {
        ends_with(&app, mischief, trouble).await;
    }
    app.finish().await;
}

#[tokio::test]
async fn a_silent_model_ends_its_turn_and_can_be_asked_again() {
    let bounds = ServerLimits {
        turn: Limits { silence: Duration::from_secs(2), ..Limits::default() },
        ..ServerLimits::default()
    };
    let app = TestApp::with(Custom { bounds, ..Custom::default() }).await;
    for mischief in [Mischief::Silence, Mischief::SilenceMidStream] {
        ends_with(&app, mischief, ModelFailure::Silent).await;
    }
    app.finish().await;
}

/// Requires that both text and calls end with `trouble`, that nothing runs, and that the conversation continues.
async fn ends_with(app: &TestApp, mischief: Mischief, trouble: ModelFailure) {
    let ada = app.signed_in("ada").await;
    let (conversation, _) = ada.ask("Hello").await;
    for question in ["Tell me a long story", QUESTION] {
        app.sandbox.bedrock().always(Some(mischief.clone()));
        let events = ada.ask_on(&conversation, question).await;
        assert_eq!(end(&events), TurnEnd::Model { trouble }, "{mischief:?}: {question}");
        assert!(!began(&events), "{mischief:?}: {events:?}");
        app.sandbox.bedrock().behave();
    }
    let events = ada.ask_on(&conversation, QUESTION).await;
    assert_eq!((end(&events), began(&events)), (TurnEnd::Done, true), "asked again after {mischief:?}");
}

#[tokio::test]
async fn an_unusual_but_complete_answer_of_the_model_is_understood() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    for mischief in [Mischief::UnknownEvent, Mischief::EndTurnWithToolUse, Mischief::ThinkingText] {
        app.sandbox.bedrock().next(mischief.clone());
        let (conversation, events) = ada.ask(QUESTION).await;
        assert!(began(&events) && end(&events) == TurnEnd::Done, "{mischief:?}: {events:?}");
        assert!(!said(&events).contains("thinking"), "{mischief:?}: {}", said(&events));
        assert_eq!(end(&ada.ask_on(&conversation, QUESTION).await), TurnEnd::Done, "on after {mischief:?}");
    }
    app.sandbox.bedrock().next(Mischief::MaxTokens);
    assert!(matches!(end(&ada.ask("Tell me a long story").await.1), TurnEnd::Tokens { .. }));
    app.finish().await;
}

#[tokio::test]
async fn a_failing_okta_is_reported_and_can_be_asked_again() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    // A 401 concerns the account; see `token_vault.rs`.
    for fault in [Fault::Refuse, Fault::Lost, Fault::Malformed, status(500), status(429), status(403)] {
        app.sandbox.faults().set("okta", Some(fault.clone()), Times::Always);
        let (conversation, events) = ada.ask(QUESTION).await;
        let reason = events.iter().find_map(|event| match event {
            Event::CallFailed { reason, .. } => Some(reason.clone()),
            _ => None,
        });
        assert!(reason.is_some_and(|reason| reason.contains("Okta")), "{fault:?}: {events:?}");
        assert_eq!(end(&events), TurnEnd::Done, "{fault:?}");
        app.sandbox.faults().clear();
        let events = ada.ask_on(&conversation, QUESTION).await;
        assert!(said(&events).contains("IT Helpdesk"), "asked again after {fault:?}: {events:?}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_person_unknown_to_okta_is_not_a_failure_of_okta() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let (_, events) = ada.ask("What are the groups of nobody@acme.example?").await;
    let failed = events
        .iter()
        .any(|event| matches!(event, Event::CallFailed { reason, .. } if reason == "Okta has no user whose login is nobody@acme.example."));
    assert!(failed && end(&events) == TurnEnd::Done, "{events:?}");
    app.finish().await;
}

#[tokio::test]
async fn no_token_for_a_service_means_not_now() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    // The token for FGA that the first page needed is no longer accepted.
    for _ in 0..2 {
        app.sandbox.provider().rotate_keys().unwrap();
    }
    app.sandbox.faults().set("identity", Some(status(503)), Times::Always);
    let (conversation, events) = ada.ask(QUESTION).await;
    assert_eq!(refusals(&events), [Refusal::NotNow { service: "the permission service".to_owned() }]);
    app.sandbox.faults().clear();
    // The token for FGA is available again; the one for Okta is not.
    app.browser().visit("/health/ready").await;
    app.sandbox.faults().set("identity", Some(status(503)), Times::Always);
    let events = ada.ask_on(&conversation, QUESTION).await;
    assert_eq!(refusals(&events), [Refusal::NotNow { service: "the sign-in service".to_owned() }]);
    app.sandbox.faults().clear();
    assert!(began(&ada.ask_on(&conversation, QUESTION).await));
    app.finish().await;
}

#[tokio::test]
async fn a_token_that_is_refused_before_it_expires_is_replaced() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    assert_eq!(app.browser().visit("/health/ready").await.status, 200);
    for _ in 0..2 {
        app.sandbox.provider().rotate_keys().unwrap();
    }
    assert!(began(&ada.ask(QUESTION).await.1), "the key of the token for FGA is no longer published");
    app.finish().await;
}

#[tokio::test]
async fn a_message_that_the_store_refuses_is_reported_and_can_be_sent_later() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let (conversation, events) = ada.ask("Hello").await;
    let down = Failure { status: 503, error: ApiError::NotNow { service: "the conversation store".to_owned() } };
    app.sandbox.faults().set_matching("dynamodb", "TransactWriteItems", status(500), Times::Always);
    assert_eq!(ada.post(&conversation, "Thanks", "client-again").await, Err(down.clone()));
    assert_eq!(ada.begin("Hello").await, Err(down));
    // Without a script the text comes back in the page.
    let fresh = ada.load(None).await.unwrap().talk.fresh;
    let fields = [("conversation", &*fresh), ("text", "Keep these words"), ("client_id", "client-0001")];
    let page = ada.submit("/", "/api/chat/start", &fields).await;
    app.sandbox.faults().clear();
    assert_eq!(page.status, 503);
    assert!(page.between("<textarea", "</textarea>").contains("Keep these words"));
    assert!(page.body.contains("cannot be reached right now"), "{}", page.body);
    // The repeated post is stored once.
    let said = ada.post(&conversation, "Thanks", "client-again").await.unwrap().said;
    assert_eq!(said, events.len() as u64 + 1);
    ada.watch(&conversation, said).await.turn().await;
    app.finish().await;
}

#[tokio::test]
async fn a_repeated_post_finds_the_message_whose_answer_was_lost() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let (conversation, _) = ada.ask("Hello").await;
    app.sandbox.faults().set_matching("dynamodb", "PutItem", Fault::Lost, Times::Next(1));
    let first = ada.post(&conversation, "Thanks", "client-lost").await;
    let again = ada.post(&conversation, "Thanks", "client-lost").await.unwrap();
    assert!(first.is_err() || first.as_ref().is_ok_and(|first| first.said == again.said), "{first:?}");
    let events = ada.watch(&conversation, again.said - 1).await.turn().await;
    assert_eq!(deeds(&events), ["user_said", "turn_started", "turn_ended"]);
    app.finish().await;
}

#[tokio::test]
async fn a_turn_whose_log_cannot_be_written_tells_its_watchers_and_resumes_later() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    app.sandbox.bedrock().next(Mischief::Gate { after_words: 5 });
    let posted = ada.begin("Tell me a long story").await.unwrap();
    let mut watch = ada.watch(&posted.conversation, 0).await;
    watch.words(5).await;
    app.sandbox.faults().set("dynamodb", Some(status(500)), Times::Always);
    app.sandbox.bedrock().release();
    let mut last = None;
    while let Some(frame) = watch.next().await {
        last = Some(frame);
    }
    let error = ApiError::NotNow { service: "the conversation store".to_owned() };
    assert_eq!(last, Some(app::wire::Frame::Fault { error }));
    app.sandbox.faults().clear();
    let events = ada.watch(&posted.conversation, 2).await.turn().await;
    assert_eq!(end(&events), TurnEnd::Done, "an instance resumes the turn");
    app.finish().await;
}

#[tokio::test]
async fn a_silent_session_store_is_reported_and_signs_nobody_out() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    app.sandbox.faults().set_matching("dynamodb", "GetItem", status(500), Times::Always);
    let down = Failure { status: 503, error: ApiError::NotNow { service: "the session store".to_owned() } };
    assert_eq!(ada.load(None).await.err(), Some(down.clone()));
    assert_eq!(ada.post("0123456789ABCDEFGHJKMNPQRS", "Hello", "client-0001").await, Err(down));
    let page = ada.visit("/").await;
    assert_eq!(page.status, 503, "{}", page.body);
    assert!(page.body.contains("cannot be reached right now"), "{}", page.body);
    assert_eq!(ada.visit("/health/live").await.status, 200);
    assert_eq!(ada.visit("/pkg/0123456789abcdef/countersign.css").await.status, 200);
    app.sandbox.faults().clear();
    assert!(ada.load(None).await.is_ok(), "the session still works");
    app.finish().await;
}

#[tokio::test]
async fn a_silent_identity_provider_is_reported_as_not_now() {
    let app = TestApp::start().await;
    let browser = app.browser();
    for fault in [status(500), Fault::Refuse, Fault::Malformed] {
        app.sandbox.faults().set("identity", Some(fault.clone()), Times::Always);
        let answer = browser.visit("/auth/login").await;
        assert_eq!(answer.status, 503, "{fault:?}: {}", answer.body);
    }
    app.sandbox.faults().clear();
    let callback = browser.callback("ada", "/auth/login").await;
    app.sandbox.faults().set("identity", Some(status(500)), Times::Always);
    assert_eq!(browser.visit(callback.as_str()).await.status, 503);
    app.sandbox.faults().clear();
    assert_eq!(browser.sign_in("ada").await.status, 200, "a new sign-in works");
    app.finish().await;
}

#[tokio::test]
async fn a_session_that_cannot_be_stored_is_reported_with_the_name_of_the_store() {
    let app = TestApp::start().await;
    let ada = app.browser();
    let callback = ada.callback("ada", "/auth/login").await;
    app.sandbox.faults().set_matching("dynamodb", "TransactWriteItems", status(500), Times::Always);
    let answer = ada.visit(callback.as_str()).await;
    assert!(answer.status == 503 && answer.body.contains("the session store cannot be reached"), "{}", answer.body);
    assert_eq!(ada.session(), None);
    app.sandbox.faults().clear();
    assert_eq!(ada.sign_in("ada").await.status, 200);
    app.finish().await;
}
