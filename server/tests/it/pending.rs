//! Approvals pending in several conversations, and answers lost on their way.

use crate::approvals::until_it_rings;
use crate::world::TestApp;
use crate::world::browser::Browser;
use crate::world::frames::{began, end, refusals};
use app::wire::{Event, Frame, NotApproved, Refusal, TurnEnd};
use sandbox::identity::{Alteration, Answer, Tamper};

const BOB: &str = "Reset the password of bob@acme.example";
const EVE: &str = "Reset the password of eve@acme.example";

/// Returns the approvals in other conversations that a page lists.
async fn elsewhere(browser: &Browser, conversation: Option<&str>) -> Vec<(String, String)> {
    let waiting = browser.load(conversation).await.unwrap().talk.elsewhere;
    waiting.into_iter().map(|waiting| (waiting.conversation, waiting.summary)).collect()
}

#[tokio::test]
async fn every_page_names_each_waiting_approval_and_links_to_it() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let one = ada.begin(BOB).await.unwrap();
    let mut first = ada.watch(&one.conversation, 0).await;
    until_it_rings(&mut first).await;
    let two = ada.begin(EVE).await.unwrap();
    let mut second = ada.watch(&two.conversation, 0).await;
    second.events_until(|event| matches!(event, Event::ApprovalQueued { .. })).await;

    let bob = (one.conversation.clone(), "Reset the password of bob@acme.example".to_owned());
    let eve = (two.conversation.clone(), "Reset the password of eve@acme.example".to_owned());
    assert_eq!(elsewhere(&ada, None).await, [bob.clone(), eve.clone()]);
    assert_eq!(elsewhere(&ada, Some(&one.conversation)).await, [eve]);
    assert_eq!(elsewhere(&ada, Some(&two.conversation)).await, std::slice::from_ref(&bob));
    let page = ada.visit(&format!("/c/{}", two.conversation)).await.body;
    assert!(page.contains(&format!("<a href=\"/c/{}\">Show</a>", bob.0)) && page.contains(&bob.1), "{page}");
    assert!(page.contains("<title>(1) "), "{page}");
    let mut watch = ada.watch(&one.conversation, 0).await;
    let beat = loop {
        if let Some(Frame::Beat { elsewhere }) = watch.next().await {
            break elsewhere.unwrap();
        }
    };
    assert_eq!(beat.len(), 1, "an open page is informed");
    let stranger = app.signed_in("grace").await;
    assert_eq!(elsewhere(&stranger, None).await, [], "nobody else is informed");

    app.answer(Answer::Approve);
    assert!(began(&first.turn().await));
    until_it_rings(&mut second).await;
    assert_eq!(elsewhere(&ada, Some(&two.conversation)).await, []);
    app.answer(Answer::Deny);
    second.turn().await;
    assert_eq!(elsewhere(&ada, None).await, []);
    app.finish().await;
}

/// The provider returns an answer only once. If a server received it and died, nothing is done, and the card says why.
#[tokio::test]
async fn a_lost_answer_does_nothing_and_can_be_asked_for_again() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let posted = ada.begin(BOB).await.unwrap();
    let mut watch = ada.watch(&posted.conversation, 0).await;
    until_it_rings(&mut watch).await;
    app.sandbox.provider().tamper(Tamper::Once(Alteration::Refused("invalid_grant")));
    let events = watch.turn().await;
    assert_eq!(refusals(&events), [Refusal::NotApproved { why: NotApproved::Lost }]);
    assert!(!began(&events) && app.effects().is_empty());
    let page = ada.visit(&format!("/c/{}", posted.conversation)).await.body;
    assert!(page.contains("before it could store your answer") && page.contains("Ask again"), "{page}");

    // The phone still shows the first request; approving it approves nothing that is pending.
    app.answer(Answer::Approve);
    let again = ada.post(&posted.conversation, BOB, "client-again").await.unwrap();
    let mut watch = ada.watch(&posted.conversation, again.said).await;
    until_it_rings(&mut watch).await;
    assert!(app.effects().is_empty());
    app.answer(Answer::Approve);
    assert_eq!(end(&watch.turn().await), TurnEnd::Done);
    assert_eq!(app.effects().len(), 1, "{:?}", app.effects());
    app.finish().await;
}
