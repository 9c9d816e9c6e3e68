//! Two instances over one table: events on one appear on the other within seconds, without polling by the page.

use crate::world::TestApp;
use crate::world::frames::{end, said};
use app::wire::{Event, TurnEnd};
use std::time::{Duration, Instant};

/// Longest delay until a message appears on the other instance, which reads the feed twice a second.
const SOON: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_message_of_one_instance_appears_on_the_other() {
    let app = TestApp::start().await;
    let other = app.second().await;
    let here = app.signed_in("ada").await;
    let there = other.browser(&here.session().unwrap());
    let (conversation, _) = here.ask("Hello").await;
    let length = there.load(Some(&conversation)).await.unwrap().talk.frames.len() as u64;
    let mut watch = there.watch(&conversation, length).await;
    let posted = here.post(&conversation, "What are my Okta groups?", "client-0001").await.unwrap();
    let begun = Instant::now();
    let first = watch.events_until(|event| matches!(event, Event::UserSaid { .. })).await;
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    assert_eq!((first.len(), posted.said), (1, length + 1));
    let events = watch.turn().await;
    assert!(said(&events).contains("IT Helpdesk") && end(&events) == TurnEnd::Done, "{events:?}");
    other.finish().await;
    app.finish().await;
}
