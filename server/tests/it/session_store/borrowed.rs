//! A turn that continues after its person has signed out: it gets no more credentials.

use crate::approvals::until_it_rings;
use crate::world::frames::{Watch, began, end, refusals};
use crate::world::{Custom, TestApp};
use app::wire::{Event, Refusal, TurnEnd};
use countersign::wiring::ServerLimits;
use sandbox::bedrock::Mischief;
use sandbox::identity::{Answer, Endpoint, Grant};
use std::time::Duration;
use turns::Heartbeat;

/// Streams check their session once a minute, so that an open one shows the rest of the turn.
async fn app() -> TestApp {
    let custom = Custom::default();
    let bounds = ServerLimits { beat: Heartbeat(Duration::from_secs(60)), ..custom.bounds };
    TestApp::with(Custom { bounds, ..custom }).await
}

/// Waits until the model has more requests than `before`: a release before its request has no effect.
async fn until_asked(app: &TestApp, before: usize) {
    let asked = async {
        while app.sandbox.bedrock().request_count() == before {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), asked).await.expect("the model is asked");
}

/// Returns the events until the turn ends or waits for a sign-in.
async fn rest(watch: &mut Watch) -> Vec<Event> {
    let over = |event: &Event| matches!(event, Event::TurnEnded { .. } | Event::AccountWanted { .. });
    watch.events_until(over).await
}

#[tokio::test]
async fn an_approval_after_a_sign_out_gets_no_token() {
    let app = app().await;
    let ada = app.signed_in("ada").await;
    let posted = ada.begin("Reset the password of bob@acme.example").await.unwrap();
    let mut watch = ada.watch(&posted.conversation, 0).await;
    until_it_rings(&mut watch).await;
    let exchanged = || app.sandbox.provider().requests_to(Endpoint::Token(Grant::TokenVault));
    let before = exchanged();
    assert_eq!(ada.submit("/", "/auth/logout", &[]).await.status, 303);
    app.answer(Answer::Approve);
    let events = rest(&mut watch).await;
    assert!(!began(&events), "{events:?}");
    assert_eq!((exchanged(), app.effects()), (before, Vec::new()), "no token was asked for, and nothing was done");
    let why = "Your sign-in has ended or is too old for this. Sign in again. Nothing was done.".to_owned();
    let wants =
        events.iter().any(|event| matches!(event, Event::AccountWanted { label, .. } if label == "Sign in again"));
    assert!(wants || refusals(&events) == [Refusal::NoAccount { why }], "{events:?}");
    app.finish().await;
}

/// A sum needs no account; it is not done for somebody who has signed out all the same.
#[tokio::test]
async fn a_call_after_a_sign_out_is_not_done_even_without_credentials() {
    let app = app().await;
    let bob = app.signed_in("bob").await;
    app.sandbox.bedrock().next(Mischief::Gate { after_words: 1000 });
    let before = app.sandbox.bedrock().request_count();
    let posted = bob.begin("Calculate 2 + 2").await.unwrap();
    let mut watch = bob.watch(&posted.conversation, 0).await;
    watch.events_until(|event| matches!(event, Event::TurnStarted { .. })).await;
    until_asked(&app, before).await;
    assert_eq!(bob.submit("/", "/auth/logout", &[]).await.status, 303);
    app.sandbox.bedrock().release();
    let events = watch.turn().await;
    let why = "Your sign-in has ended or is too old for this. Sign in again. Nothing was done.".to_owned();
    assert!(!began(&events), "{events:?}");
    assert_eq!(refusals(&events), [Refusal::NoAccount { why }], "{events:?}");
    app.finish().await;
}

/// With the identity provider's vault and with our local one: neither a cached nor a stored token is used for a
/// signed-out person.
#[tokio::test]
async fn a_call_after_a_sign_out_gets_no_token_until_the_person_signs_in_again() {
    let app = app().await;
    for question in ["What are my Okta groups?", "List my repositories"] {
        let bob = app.signed_in("bob").await;
        if question == "List my repositories" {
            bob.connect_github(crate::own_vault::BOB).await;
        }
        assert!(began(&bob.ask(question).await.1), "{question}: signed in, it works, and the token is fresh");
        app.sandbox.bedrock().next(Mischief::Gate { after_words: 1000 });
        let before = app.sandbox.bedrock().request_count();
        let posted = bob.begin(question).await.unwrap();
        let mut watch = bob.watch(&posted.conversation, 0).await;
        watch.events_until(|event| matches!(event, Event::TurnStarted { .. })).await;
        until_asked(&app, before).await;
        assert_eq!(bob.submit("/", "/auth/logout", &[]).await.status, 303);
        app.sandbox.bedrock().release();
        let events = rest(&mut watch).await;
        let wants =
            events.iter().any(|event| matches!(event, Event::AccountWanted { label, .. } if label == "Sign in again"));
        assert!(wants && !began(&events), "{question}: {events:?}");
        let again = app.signed_in("bob").await;
        let events = watch.turn().await;
        assert!(began(&events) && end(&events) == TurnEnd::Done, "{question}: {events:?}");
        again.submit("/", "/auth/logout", &[]).await;
    }
    app.finish().await;
}
