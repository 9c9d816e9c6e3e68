//! The owner of a connected account is named on the page, on the card and in the ledger.

use super::{ADA, BOB, leads_to};
use crate::world::{Custom, TestApp};
use app::wire::Event;

/// A slip at GitHub's chooser: Bob connects Ada's account.
#[tokio::test]
async fn an_account_of_somebody_else_is_named_on_page_card_and_ledger_and_the_page_warns() {
    let app = TestApp::start().await;
    let bob = app.signed_in("bob").await;
    let (conversation, mut watch, call) = bob.want_github().await;
    let fields = [("conversation", conversation.as_str()), ("call", call.as_str())];
    let asked = leads_to(&bob.submit(&format!("/c/{conversation}"), "/connect", &fields).await);
    let callback = bob.answer_github(&asked, ADA).await;
    assert_eq!(bob.visit(callback.as_str()).await.location().path(), format!("/c/{conversation}"));
    let events = watch.turn().await;
    let named = |event: &Event| match event {
        Event::AccountSettled { account, .. } => account.clone(),
        _ => None,
    };
    let sentence = "You connected the account ada-byron at GitHub.";
    assert_eq!(events.iter().find_map(named).as_deref(), Some(sentence), "{events:?}");
    assert!(bob.visit(&format!("/c/{conversation}")).await.body.contains(sentence));

    let page = bob.visit("/connections").await.body;
    assert!(page.contains("ada-byron at GitHub"), "{page}");
    let warning = "This account belongs to ada@acme.example, but you signed in as bob@acme.example.";
    assert!(page.contains(warning), "{page}");
    assert!(page.contains("See and change your repositories, including private ones"), "{page}");
    let ledger = bob.visit("/activity").await.body;
    assert!(ledger.contains("Connect the account ada-byron (ada@acme.example) at GitHub"), "{ledger}");

    // His own account takes its place, and nothing is left of hers.
    bob.connect_github(BOB).await;
    let page = bob.visit("/connections").await.body;
    assert!(page.contains("bobcrane at GitHub") && !page.contains("ada-byron"), "{page}");
    assert!(!page.contains("This account belongs to"), "{page}");
    app.finish().await;
}

#[tokio::test]
async fn an_account_whose_owner_is_unknown_is_connected_and_the_page_says_so() {
    let app = TestApp::start().await;
    let bob = app.signed_in("bob").await;
    app.sandbox.github().set_requests_per_hour(0);
    bob.connect_github(BOB).await;
    let page = bob.visit("/connections").await.body;
    assert!(page.contains("Countersign could not look up whose account this is."), "{page}");
    assert!(page.contains("Disconnect GitHub now"), "{page}");
    let ledger = bob.visit("/activity").await.body;
    assert!(ledger.contains("Connect an account at GitHub whose owner could not be looked up"), "{ledger}");
    app.finish().await;
}

/// The Token Vault does not name owners, so Countersign keeps them.
#[tokio::test]
async fn the_owner_of_an_account_in_the_token_vault_is_named_as_well() {
    let app = TestApp::with(Custom { env: vec![("PROVIDERS_FILE", String::new())], ..Custom::default() }).await;
    let bob = app.signed_in("bob").await;
    let begun = bob.submit("/connections", "/connections/connect", &[("provider", "github")]).await;
    let callback = bob.consent(&leads_to(&begun), "allow").await;
    assert_eq!(bob.visit(callback.as_str()).await.location().path(), "/connections");
    let page = bob.visit("/connections").await.body;
    assert!(page.contains("bobcrane at GitHub"), "{page}");
    let ledger = bob.visit("/activity").await.body;
    assert!(ledger.contains("Name the owner of the account at GitHub: bobcrane"), "{ledger}");
    assert!(ledger.contains("Connect an account at GitHub<"), "{ledger}");
    // The record is encrypted; only the ledger names the account.
    let table = app.table("Scan", serde_json::json!({ "TableName": "countersign" })).await;
    let records = table["Items"].as_array().unwrap().iter().filter(|item| item["sk"]["S"] == "account_owners");
    let records: Vec<_> = records.map(ToString::to_string).collect();
    assert!(records.len() == 1 && !records[0].contains("bobcrane"), "{records:?}");
    app.finish().await;
}
