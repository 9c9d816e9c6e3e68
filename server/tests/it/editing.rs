//! Editing a message that was answered: the new message replaces it, the log keeps it.

use crate::world::TestApp;
use crate::world::chat::Failure;
use app::wire::{ApiError, BadInput, Event, Posted};
use sandbox::bedrock::Mischief;

const FIRST: &str = "What are my Okta groups?";
const SECOND: &str = "Hello";

fn refused() -> Failure {
    Failure { status: 422, error: ApiError::Invalid(BadInput::NotReplaceable) }
}

#[tokio::test]
async fn an_edited_message_replaces_the_old_one_which_stays_readable() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let (conversation, answered) = ada.ask(FIRST).await;
    let page = ada.visit(&format!("/c/{conversation}?edit=1")).await;
    let area = page.between("<textarea", "</textarea>");
    assert!(area.ends_with(FIRST), "the box holds the text: {area}");
    assert!(page.body.contains("name=\"replaces\" value=\"1\""), "the form names the message");

    let fields = [("conversation", &*conversation), ("text", SECOND), ("client_id", "client-0002"), ("replaces", "1")];
    let shown = ada.submit(&format!("/c/{conversation}?edit=1"), "/api/chat/post", &fields).await;
    assert!(
        shown.location().as_str().ends_with(&format!("/c/{conversation}")),
        "the box edits no more: {}",
        shown.location()
    );
    let events = ada.watch(&conversation, answered.len() as u64).await.turn().await;
    let said = |event: &Event| matches!(event, Event::UserSaid { text, replaces: Some(1) } if text == SECOND);
    assert!(events.iter().any(said), "{events:?}");

    let page = ada.visit(&format!("/c/{conversation}")).await;
    let old = page.between("<details class=\"replaced\">", "</details>");
    assert!(old.contains(FIRST), "the old version: {old}");
    app.finish().await;
}

#[tokio::test]
async fn only_an_answered_message_is_replaced_and_only_while_nothing_runs() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.signed_in("ada").await, app.signed_in("eve").await);
    let (conversation, _) = ada.ask(SECOND).await;
    for number in [0, 2, 99, u64::MAX] {
        assert_eq!(ada.replace(&conversation, FIRST, "client-0002", number).await, Err(refused()), "{number}");
    }
    let foreign = eve.replace(&conversation, FIRST, "client-0002", 1).await;
    assert_eq!(foreign.map_err(|failure| failure.error), Err(ApiError::NotFound));

    app.sandbox.bedrock().next(Mischief::Gate { after_words: 1 });
    let last = ada.load(Some(&conversation)).await.unwrap().talk.last;
    let mut watch = ada.watch(&conversation, last).await;
    ada.post(&conversation, "Tell me a story", "client-0003").await.unwrap();
    watch.words(1).await;
    assert_eq!(ada.replace(&conversation, FIRST, "client-0004", 1).await, Err(refused()), "a turn runs or waits");
    app.sandbox.bedrock().release();
    watch.turn().await;

    let posted = ada.replace(&conversation, FIRST, "client-0005", 1).await.unwrap();
    let Posted { said, .. } = ada.replace(&conversation, FIRST, "client-0005", 1).await.unwrap();
    assert_eq!(said, posted.said, "a repeated post is the same post");
    app.finish().await;
}

#[tokio::test]
async fn a_message_is_sent_again_in_its_own_place() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.signed_in("ada").await, app.signed_in("eve").await);
    let (conversation, answered) = ada.ask(SECOND).await;
    let resend =
        |said: &'static str| [("conversation", conversation.as_str()), ("said", said)].map(|(a, b)| (a, b.to_owned()));
    let call = async |browser: &crate::world::browser::Browser, said| {
        let fields = resend(said);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.call("/api/chat/resend", &fields).await.status
    };
    assert_eq!(call(&ada, "2").await, 422, "no message");
    assert_eq!(call(&eve, "1").await, 404, "somebody else's");
    assert_eq!(call(&ada, "1").await, 200);
    let events = ada.watch(&conversation, answered.len() as u64).await.turn().await;
    let again = |event: &Event| matches!(event, Event::UserSaid { text, replaces: Some(1) } if text == SECOND);
    assert_eq!(events.iter().filter(|event| again(event)).count(), 1, "{events:?}");
    assert_eq!(call(&ada, "1").await, 200, "a second press is the same message");
    let last = ada.load(Some(&conversation)).await.unwrap().talk.last;
    assert_eq!(last, (answered.len() + events.len()) as u64);
    app.finish().await;
}
