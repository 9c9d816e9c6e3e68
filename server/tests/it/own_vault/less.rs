//! An account that is connected with less than was asked for, as a GitHub App's are: it has permissions instead of scopes.

use super::{BOB, leads_to};
use crate::world::frames::refusals;
use crate::world::{TestApp, logs};
use app::wire::Refusal;

#[tokio::test]
async fn an_account_that_allows_less_than_requested_ends_the_call_and_says_so_once() {
    let app = TestApp::start().await;
    let bob = app.signed_in("bob").await;
    let (conversation, mut watch, call) = bob.want_github().await;
    let fields = [("conversation", conversation.as_str()), ("call", call.as_str())];
    let asked = leads_to(&bob.submit(&format!("/c/{conversation}"), "/connect", &fields).await);
    let mut page = asked.clone();
    let kept: Vec<_> = asked.query_pairs().filter(|(name, _)| name != "scope").collect();
    page.query_pairs_mut().clear().extend_pairs(kept);
    let callback = bob.answer_github(&page, BOB).await;
    let said = bob.visit(callback.as_str()).await;
    assert_eq!(said.status, 200, "{}", said.body);
    assert!(said.body.contains("without: repo.") && said.body.contains("the person who runs"), "{}", said.body);
    let why = "Your account at GitHub does not allow repo. Nothing was done.";
    let too_little = Refusal::NoAccount { why: why.to_owned() };
    assert_eq!(refusals(&watch.turn().await), [too_little], "nobody waits any more");
    let log = logs::text();
    let line = log.lines().find(|line| line.contains("an account has fewer scopes than were requested")).unwrap();
    assert!(line.contains("provider=\"github\"") && line.contains("repo") && line.contains("scopes = []"), "{line}");
    let accounts = bob.visit("/connections").await;
    assert!(
        accounts.body.contains("Disconnect GitHub now"),
        "the account stays connected for tools that need less: {}",
        accounts.body
    );
    app.finish().await;
}
