//! Two instances over one table: what happens on one shows on the other within a second, and nobody polls for it.

use crate::world::TestApp;
use crate::world::frames::{end, said};
use app::wire::{End, Event};
use std::time::{Duration, Instant};

/// A message shows on another instance within this time; the feed is read twice a second.
const SOON: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_message_that_runs_on_one_instance_shows_on_the_other() {
    let app = TestApp::start().await;
    let other = app.second().await;
    let here = app.signed_in("ada").await;
    let there = other.browser(&here.session().unwrap());
    let (conversation, _) = here.ask("Hello").await;
    let length = there.load(Some(&conversation)).await.unwrap().frames.len() as u64;
    let mut watch = there.watch(&conversation, length).await;
    let posted = here.post(&conversation, "What are my Okta groups?", "client-0001").await.unwrap();
    let begun = Instant::now();
    let first = watch.events_until(|event| matches!(event, Event::UserSaid { .. })).await;
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    assert_eq!((first.len(), posted.said), (1, length + 1));
    let events = watch.turn().await;
    assert!(said(&events).contains("IT Helpdesk") && end(&events) == End::Done, "{events:?}");
    other.finish().await;
    app.finish().await;
}
