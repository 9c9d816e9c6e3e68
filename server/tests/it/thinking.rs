//! A model with extended thinking, which expects its thinking back: it answers, and nobody else sees its thinking.

use crate::world::frames::{began, end, said};
use crate::world::{Custom, TestApp, logs};
use app::wire::{Event, TurnEnd};
use sandbox::bedrock::Mischief;
use serde_json::Value;

const MODEL: &str = "us.anthropic.claude-opus-5";
/// A question that needs two tools, one after the other.
const QUESTION: &str = "What are my Okta groups, and what is 12 * 7?";
/// Beginning of the thinking of the sandbox's model.
const THOUGHT: &str = "I should think about what to do";

async fn app(more: &[(&'static str, &str)]) -> TestApp {
    let named = [("BEDROCK_MODEL_ID", MODEL)];
    let env = named.iter().chain(more).map(|(name, value)| (*name, (*value).to_owned())).collect();
    TestApp::with(Custom { env, ..Custom::default() }).await
}

/// Starts a conversation and returns the events of the turn; thinking may leave gaps in their numbers.
async fn ask_on(app: &TestApp, who: &str, text: &str) -> (String, Vec<Event>) {
    let person = app.signed_in(who).await;
    let posted = person.begin(text).await.unwrap();
    let events = person.watch(&posted.conversation, 0).await.with_gaps().turn().await;
    (posted.conversation, events)
}

/// Returns the kinds of the blocks in each assistant message of a request.
fn blocks(body: &Value) -> Vec<Vec<String>> {
    let messages = body["messages"].as_array().unwrap().iter().filter(|message| message["role"] == "assistant");
    let kinds = |message: &Value| {
        let blocks = message["content"].as_array().unwrap().iter();
        blocks.map(|block| block.as_object().unwrap().keys().next().unwrap().clone()).collect()
    };
    messages.map(kinds).collect()
}

#[tokio::test]
async fn a_model_that_thinks_answers_after_two_rounds_of_tools() {
    let app = app(&[]).await;
    let (conversation, events) = ask_on(&app, "ada", QUESTION).await;
    assert_eq!((end(&events), began(&events)), (TurnEnd::Done, true), "{events:?}");
    assert!(said(&events).contains("84"), "{}", said(&events));

    let requests = app.sandbox.bedrock().requests();
    assert_eq!(requests.len(), 3, "a request for each round of tools, and one for the answer");
    let last = &requests[2].body;
    let [first, second] = &blocks(last)[..] else { panic!("two answers with calls: {last}") };
    assert!(first.starts_with(&["reasoningContent".to_owned(), "reasoningContent".to_owned()]), "{first:?}");
    assert_eq!(second, &["reasoningContent", "toolUse"]);
    assert_eq!(last["inferenceConfig"].as_object().unwrap().keys().collect::<Vec<_>>(), ["maxTokens"]);
    let cached = |at: &str| last.pointer(at).unwrap().as_array().unwrap().last().unwrap()["cachePoint"].is_object();
    assert!(cached("/system") && cached("/toolConfig/tools") && cached("/messages/4/content"), "{last}");

    // A later turn continues without the thinking of this one.
    let ada = app.signed_in("ada").await;
    let page = ada.load(Some(&conversation)).await.unwrap();
    let posted = ada.post(&conversation, "Thanks", &page.talk.client_id).await.unwrap();
    let later = ada.watch(&conversation, posted.said - 1).await.with_gaps().turn().await;
    assert_eq!(end(&later), TurnEnd::Done, "{later:?}");
    let later = app.sandbox.bedrock().requests().pop().unwrap().body;
    assert!(blocks(&later).concat().iter().all(|kind| kind != "reasoningContent"), "{later}");
    app.finish().await;
}

#[tokio::test]
async fn thinking_is_neither_shown_nor_logged_nor_readable_in_the_table() {
    let app = app(&[]).await;
    let (conversation, events) = ask_on(&app, "ada", QUESTION).await;
    assert!(!format!("{events:?}").contains(THOUGHT), "{events:?}");
    let page = app.signed_in("ada").await.visit(&format!("/c/{conversation}")).await;
    assert!(page.status == 200 && page.body.contains("84"), "{}", page.body);
    assert!(!page.body.contains(THOUGHT), "{}", page.body);
    let table = app.table("Scan", serde_json::json!({"TableName": app.config.aws.table})).await.to_string();
    assert!(table.contains("e#00000000000") && !table.contains(THOUGHT), "the stored thinking is sealed");
    assert!(!logs::text().contains(THOUGHT));
    app.finish().await;
}

#[tokio::test]
async fn an_operator_may_let_people_unfold_the_models_thinking() {
    let app = app(&[("BEDROCK_SHOW_REASONING", "on")]).await;
    let (conversation, events) = ask_on(&app, "ada", QUESTION).await;
    let folded = "<details><summary>Thinking</summary><p dir=\"auto\">The user wants something.";
    let shown = events.iter().filter(|event| matches!(event, Event::Said { html } if html.starts_with(folded)));
    assert_eq!(shown.count(), 1, "readable thinking is shown once: {events:?}");
    let page = app.signed_in("ada").await.visit(&format!("/c/{conversation}")).await;
    assert!(page.body.contains(folded), "{}", page.body);
    let request = app.sandbox.bedrock().requests().pop().unwrap().body;
    assert_eq!(request["additionalModelRequestFields"]["thinking"]["display"], "summarized");
    app.finish().await;
}

#[tokio::test]
async fn a_model_that_spends_all_tokens_on_thinking_says_so_and_can_be_asked_again() {
    let app = app(&[]).await;
    let ada = app.signed_in("ada").await;
    app.sandbox.bedrock().next(Mischief::MaxTokens);
    let posted = ada.begin("Tell me a long story").await.unwrap();
    let events = ada.watch(&posted.conversation, 0).await.with_gaps().turn().await;
    assert!(matches!(end(&events), TurnEnd::Tokens { .. }), "{events:?}");
    let page = ada.load(Some(&posted.conversation)).await.unwrap();
    let again = ada.post(&posted.conversation, QUESTION, &page.talk.client_id).await.unwrap();
    let events = ada.watch(&posted.conversation, again.said - 1).await.with_gaps().turn().await;
    assert_eq!(end(&events), TurnEnd::Done, "{events:?}");
    app.finish().await;
}
