//! The limits for one person: beyond a limit the response has a sentence and a retry time, and nothing accepted earlier
//! is lost.

use crate::world::chat::Failure;
use crate::world::frames::end;
use crate::world::{Custom, TestApp};
use app::wire::{ApiError, Event, Limit, TurnEnd};
use countersign::wiring::ServerLimits;
use sandbox::bedrock::Mischief;
use turns::AdmissionLimits;

async fn app(admission: AdmissionLimits) -> TestApp {
    TestApp::with(Custom { bounds: ServerLimits { admission, ..ServerLimits::default() }, ..Custom::default() }).await
}

fn limit(failure: &Failure) -> Option<Limit> {
    match failure {
        Failure { status: 429, error: ApiError::Limited { limit, .. } } => Some(*limit),
        _ => None,
    }
}

#[tokio::test]
async fn messages_beyond_the_limit_a_minute_are_refused_with_a_time_and_earlier_ones_are_answered() {
    let app = app(AdmissionLimits { posts_a_minute: 3, ..AdmissionLimits::default() }).await;
    let (ada, bob) = (app.signed_in("ada").await, app.signed_in("bob").await);
    let mut taken = Vec::new();
    for _ in 0..3 {
        taken.push(ada.begin("Hello").await.unwrap());
    }
    let page = ada.load(None).await.unwrap();
    let fields = [("conversation", &*page.talk.fresh), ("text", "Hello"), ("client_id", &*page.talk.client_id)];
    let refused = ada.call("/api/chat/start", &fields).await;
    let seconds: u32 = refused.header("retry-after").parse().unwrap();
    assert!((1..=21).contains(&seconds), "{seconds}");
    assert_eq!(limit(&refused.value::<()>().unwrap_err()), Some(Limit::Posts));
    assert_eq!(ada.load(Some(&page.talk.fresh)).await.unwrap_err().status, 404, "no conversation was created");
    assert!(bob.begin("Hello").await.is_ok(), "other people are not affected");
    for posted in taken {
        assert_eq!(end(&ada.watch(&posted.conversation, 0).await.turn().await), TurnEnd::Done);
    }
    app.finish().await;
}

#[tokio::test]
async fn filters_are_removed_no_more_often_than_messages_are_posted() {
    let app = app(AdmissionLimits { posts_a_minute: 1, ..AdmissionLimits::default() }).await;
    let ada = app.signed_in("ada").await;
    let fields = [("whose", "own"), ("name", "mine")];
    for expected in [303, 429] {
        let answer = ada.submit("/activity", "/activity/filters/remove", &fields).await;
        assert_eq!(answer.status, expected, "{}", answer.body);
    }
    app.finish().await;
}

#[tokio::test]
async fn turns_beyond_a_persons_limit_wait_and_are_all_completed() {
    let app = app(AdmissionLimits { turns_each: 1, ..AdmissionLimits::default() }).await;
    let (ada, bob) = (app.signed_in("ada").await, app.signed_in("bob").await);
    app.sandbox.bedrock().next(Mischief::Gate { after_words: 2 });
    let first = ada.begin("Tell me a long story").await.unwrap();
    ada.watch(&first.conversation, 0).await.words(2).await;
    let second = ada.begin("Hello").await.unwrap();
    assert_eq!(end(&bob.ask("Hello").await.1), TurnEnd::Done, "another person does not wait");
    let waits = ada.load(Some(&second.conversation)).await.unwrap();
    assert_eq!(waits.talk.frames.len(), 1, "it waits: {:?}", waits.talk.frames);
    app.sandbox.bedrock().release();
    for posted in [first, second] {
        assert_eq!(end(&ada.watch(&posted.conversation, 0).await.turn().await), TurnEnd::Done);
    }
    app.finish().await;
}

#[tokio::test]
async fn waiting_messages_streams_and_lengths_are_limited() {
    let limits = AdmissionLimits { waiting: 2, streams_each: 2, events: 8, ..AdmissionLimits::default() };
    let app = app(limits).await;
    let ada = app.signed_in("ada").await;
    app.sandbox.bedrock().next(Mischief::Gate { after_words: 2 });
    let posted = ada.begin("Tell me a long story").await.unwrap();
    let mut watch = ada.watch(&posted.conversation, 0).await;
    watch.words(2).await;
    for key in ["client-0001", "client-0002"] {
        ada.post(&posted.conversation, "More", key).await.unwrap();
    }
    let refused = ada.post(&posted.conversation, "More", "client-0003").await.unwrap_err();
    assert_eq!(limit(&refused), Some(Limit::Waiting));
    let again = ada.post(&posted.conversation, "More", "client-0002").await.unwrap();
    assert_eq!(again.said, 4, "a repeated post finds the accepted message");
    let second = ada.watch(&posted.conversation, 0).await;
    for stream in ["/api/chat/watch", "/api/chat/live"] {
        let query = [("conversation", &*posted.conversation), ("settled", "0"), ("after", "0")];
        let third = ada.send(ada.read(stream, &query)).await;
        assert_eq!(limit(&third.value::<()>().unwrap_err()), Some(Limit::Streams), "{stream}");
    }
    drop(second);
    app.sandbox.bedrock().release();
    for _ in 0..3 {
        watch.turn().await;
    }
    let refused = ada.post(&posted.conversation, "More", "client-0004").await.unwrap_err();
    assert_eq!(limit(&refused), Some(Limit::Length));
    app.finish().await;
}

#[tokio::test]
async fn the_same_key_with_another_text_is_another_message() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let (conversation, _) = ada.ask("Hello").await;
    let first = ada.post(&conversation, "Reset bob", "client-0001").await.unwrap();
    let same = ada.post(&conversation, "Reset bob", "client-0001").await.unwrap();
    let corrected = ada.post(&conversation, "Reset eve", "client-0001").await.unwrap();
    assert_eq!(first.said, same.said);
    assert!(corrected.said > first.said);
    let mut watch = ada.watch(&conversation, first.said - 1).await;
    let mut texts = Vec::new();
    for _ in 0..2 {
        texts.extend(watch.turn().await.into_iter().filter_map(|event| match event {
            Event::UserSaid { text, .. } => Some(text),
            _ => None,
        }));
    }
    assert_eq!(texts, ["Reset bob", "Reset eve"]);
    app.finish().await;
}
