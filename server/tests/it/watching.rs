//! Following a conversation: reloads, second tabs, waiting messages, and stopping.

use crate::world::chat::Failure;
use crate::world::frames::{Watch, deeds, end, said};
use crate::world::{TestApp, browser::Browser};
use app::wire::{ApiError, BadInput, Event, Frame, TurnEnd};
use sandbox::bedrock::Mischief;

const STORY: &str = "Tell me a long story";

/// Starts a conversation whose answer pauses after ten words.
async fn held(app: &TestApp, browser: &Browser) -> (String, Watch) {
    app.sandbox.bedrock().next(Mischief::Gate { after_words: 10 });
    let posted = browser.begin(STORY).await.unwrap();
    let mut watch = browser.watch(&posted.conversation, 0).await;
    watch.words(10).await;
    (posted.conversation, watch)
}

#[tokio::test]
async fn a_reload_in_the_middle_shows_the_text_so_far_and_continues() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let (conversation, mut first) = held(&app, &ada).await;
    let page = ada.visit(&format!("/c/{conversation}")).await;
    assert!(page.body.contains(first.partial.trim()), "the page shows the words so far");
    let chat = ada.load(Some(&conversation)).await.unwrap();
    let partial = chat.talk.frames.last().cloned();
    assert_eq!(partial, Some(Frame::Partial { since: 2, html: first.blocks.clone(), text: first.partial.clone() }));
    let mut second = ada.watch(&conversation, 2).await;
    second.words(10).await;
    assert_eq!(second.partial, first.partial, "a watcher that comes later gets all of the unfinished block");
    app.sandbox.bedrock().release();
    let (all, rest) = (first.turn().await, second.turn().await);
    assert_eq!(deeds(&all), ["user_said", "turn_started", "turn_ended"].map(str::to_owned)[2..]);
    assert_eq!(all, rest, "two watchers see the same");
    assert!(said(&all).contains("Once there was a harbor town") && end(&all) == TurnEnd::Done);
    let loaded = ada.load(Some(&conversation)).await.unwrap().talk.frames;
    assert!(loaded.iter().all(|frame| matches!(frame, Frame::Event { .. })), "nothing is unfinished: {loaded:?}");
    app.finish().await;
}

#[tokio::test]
async fn a_stream_can_start_at_any_number() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let (conversation, events) = ada.ask("What are my Okta groups?").await;
    for after in 0..events.len() {
        let rest = ada.watch(&conversation, after as u64).await.turn().await;
        assert_eq!(rest, events[after..], "after {after}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_message_posted_during_a_turn_waits_and_is_answered_next() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let (conversation, mut watch) = held(&app, &ada).await;
    let withdrawn = ada.post(&conversation, "Never mind this", "client-withdrawn").await.unwrap();
    let waiting = ada.post(&conversation, "Thanks", "client-waiting").await.unwrap();
    ada.withdraw(&conversation, withdrawn.said).await.unwrap();
    app.sandbox.bedrock().release();
    let first = watch.turn().await;
    assert_eq!(deeds(&first), ["user_said", "user_said", "withdrawn", "turn_ended"]);
    let second = watch.turn().await;
    assert_eq!(second[0], Event::TurnStarted { said: waiting.said });
    assert_eq!(deeds(&second), ["turn_started", "turn_ended"], "the withdrawn one is never answered");
    let too_late = Failure { status: 422, error: ApiError::Invalid(BadInput::TooLate) };
    for said in [waiting.said, withdrawn.said, 1, 99] {
        assert_eq!(ada.withdraw(&conversation, said).await, Err(too_late.clone()), "{said}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_repeated_post_is_the_same_post() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let (conversation, _) = ada.ask("Hello").await;
    let first = ada.post(&conversation, "Thanks", "client-repeated").await.unwrap();
    let again = ada.post(&conversation, "Thanks", "client-repeated").await.unwrap();
    assert_eq!(first.said, again.said);
    ada.watch(&conversation, first.said).await.turn().await;
    let mine = |frame: &&Frame| matches!(frame, Frame::Event { event: Event::UserSaid { .. }, .. });
    assert_eq!(ada.load(Some(&conversation)).await.unwrap().talk.frames.iter().filter(mine).count(), 2);
    // The first message of a conversation too: the page that sent it may have missed the response.
    let page = ada.load(None).await.unwrap();
    let fields = [("conversation", &*page.talk.fresh), ("text", "Hello"), ("client_id", &page.talk.client_id)];
    for _ in 0..2 {
        assert_eq!(ada.call("/api/chat/start", &fields).await.value::<app::wire::Posted>().unwrap().said, 1);
    }
    ada.watch(&page.talk.fresh, 0).await.turn().await;
    app.finish().await;
}

#[tokio::test]
async fn concurrent_posts_get_different_numbers() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let (conversation, _) = ada.ask("Hello").await;
    let ids: Vec<_> = (0..8).map(|i| format!("client-{i:04}")).collect();
    let posts = ids.iter().map(|id| ada.post(&conversation, "Thanks", id));
    let mut numbers: Vec<_> =
        futures::future::join_all(posts).await.into_iter().map(|post| post.unwrap().said).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 8);
    let mut watch = ada.watch(&conversation, 4).await;
    for _ in 0..8 {
        assert_eq!(end(&watch.turn().await), TurnEnd::Done);
    }
    app.finish().await;
}

#[tokio::test]
async fn stopping_keeps_the_text_so_far_and_the_next_turn_runs() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let (conversation, mut watch) = held(&app, &ada).await;
    let words = watch.partial.trim().to_owned();
    ada.stop(&conversation).await.unwrap();
    let events = watch.turn().await;
    assert_eq!(end(&events), TurnEnd::Stopped);
    assert!(said(&events).contains(&words[..words.len() / 2]), "{words} in {}", said(&events));
    assert_eq!(end(&ada.ask_on(&conversation, "What are my Okta groups?").await), TurnEnd::Done);
    ada.stop(&conversation).await.unwrap();
    app.finish().await;
}

#[tokio::test]
async fn shutting_down_ends_turns_as_interrupted_and_streams_at_once() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let (_, mut watch) = held(&app, &ada).await;
    let reading = async {
        while watch.next().await.is_some() {}
        watch
    };
    let ((), watch) = tokio::join!(app.finish(), reading);
    drop(watch);
}
