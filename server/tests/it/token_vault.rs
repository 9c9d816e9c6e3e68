//! Accounts in the identity provider's token vault: the choice of the account, the token exchanged for it, and rejected
//! accounts.

use crate::accounts::{leads_to, wanted};
use crate::world::frames::{began, end, failures, refusals, said};
use crate::world::{Custom, TestApp};
use app::wire::{Event, TurnEnd};
use sandbox::identity::{Alteration, Endpoint, Grant, Tamper};
use serde_json::json;

const GROUPS: &str = "What are my Okta groups?";
const REPOSITORIES: &str = "List my repositories";

/// A defect to avoid: the first account in a list is not the intended one. The person chooses, and the same turn
/// continues.
#[tokio::test]
async fn with_two_accounts_none_is_used_until_only_one_is_left() {
    // Without a providers file, GitHub is a connection of the identity provider.
    let env = vec![("PROVIDERS_FILE", String::new())];
    let app = TestApp::with(Custom { env, ..Custom::default() }).await;
    let ada = app.signed_in("ada").await;
    for account in 0..2 {
        let begun = ada.submit("/connections", "/connections/connect", &[("provider", "github")]).await;
        let callback = ada.consent_as(&leads_to(&begun), "allow", account).await;
        assert_eq!(ada.visit(callback.as_str()).await.location().path(), "/connections");
    }
    let posted = ada.begin(REPOSITORIES).await.unwrap();
    let mut watch = ada.watch(&posted.conversation, 0).await;
    let events = watch.events_until(|event| matches!(event, Event::AccountWanted { .. })).await;
    assert!(
        matches!(events.last(), Some(Event::AccountWanted { scopes, label, .. }) if scopes.is_empty() && label == "Show my accounts"),
        "{events:?}"
    );
    let page = ada.visit(&format!("/c/{}", posted.conversation)).await.body;
    assert!(page.contains("You have several accounts at GitHub") && !page.contains("Connect GitHub"), "{page}");
    let pressed = ada.want(&posted.conversation, &wanted(&events).0).await;
    assert_eq!(pressed.location().path(), "/connections");
    let page = ada.visit("/connections").await;
    let last = page.all("name=\"id\" value=\"", "\"").last().unwrap();
    ada.submit("/connections", "/connections/disconnect", &[("id", last)]).await;
    let events = watch.turn().await;
    assert_eq!(
        (refusals(&events), began(&events), end(&events)),
        (vec![], true, TurnEnd::Done),
        "the same turn continues"
    );
    app.finish().await;
}

/// The vault can also take an access token for the company's own API, exchanged by that API's client.
#[tokio::test]
async fn the_token_vault_can_exchange_access_tokens() {
    let variables = ["AUDIENCE", "CLIENT_ID", "CLIENT_SECRET"];
    let names = ["TOKEN_VAULT_AUDIENCE", "TOKEN_VAULT_CLIENT_ID", "TOKEN_VAULT_CLIENT_SECRET"];
    let env = names.into_iter().zip(variables.map(|name| format!("$API_{name}"))).collect();
    let app = TestApp::with(Custom { env, mcp: Box::new(|_| String::new()), ..Custom::default() }).await;
    let bob = app.signed_in("bob").await;
    let (_, events) = bob.ask(GROUPS).await;
    assert!(began(&events) && said(&events).contains("Finance"), "{events:?}");
    let asked = |grant| app.sandbox.provider().requests_to(Endpoint::Token(grant));
    assert_eq!((asked(Grant::RefreshToken), asked(Grant::TokenVault)), (1, 1), "an access token, and its exchange");
    assert!(bob.visit("/connections").await.body.contains("okta.users.read"), "the accounts are managed as before");
    app.finish().await;
}

/// Okta's 401 is not a missing permission: the account must be connected again, and the person is asked to.
#[tokio::test]
async fn an_account_that_okta_no_longer_accepts_must_be_connected_again() {
    let app = TestApp::start().await;
    let bob = app.signed_in("bob").await;
    let (conversation, events) = bob.ask(GROUPS).await;
    assert!(said(&events).contains("Finance"), "{events:?}");
    let accounts = app.sandbox.provider().connected_accounts();
    let own = accounts.iter().find(|account| account.sub == "auth0|bob").unwrap();
    app.sandbox.provider().revoke_at_third_party(&own.id).unwrap();
    let events = bob.ask_on(&conversation, GROUPS).await;
    assert!(matches!(&failures(&events)[..], [why] if why.starts_with("Okta no longer accepts")), "{events:?}");
    let posted = bob.post(&conversation, GROUPS, "once-more").await.unwrap();
    let mut watch = bob.watch(&conversation, posted.said).await;
    let events = watch.events_until(|event| matches!(event, Event::AccountWanted { .. })).await;
    let leading = bob.want(&conversation, &wanted(&events).0).await;
    let callback = bob.consent(&leads_to(&leading), "allow").await;
    bob.visit(callback.as_str()).await;
    let events = watch.turn().await;
    assert!(began(&events) && said(&events).contains("Finance"), "{events:?}");
    app.finish().await;
}

/// A sign-in to one organization gives no credentials in another, even for the same person.
#[tokio::test]
async fn attack_18_a_sign_in_to_one_organization_gets_no_token_in_another() {
    let app = TestApp::start().await;
    let signed_in_to = async |organization: &str| {
        let claim = Alteration::IdTokenClaim("org_id", json!(organization));
        app.sandbox.provider().tamper(Tamper::Once(claim));
        app.signed_in("ada").await
    };
    let (_other, ada) = (signed_in_to("org_other").await, app.signed_in("ada").await);
    let all = app.table("Scan", json!({"TableName": "countersign"})).await;
    let grants =
        all["Items"].as_array().unwrap().iter().filter(|item| item["pk"]["S"].as_str().unwrap().starts_with("grants#"));
    let (other, own): (Vec<_>, Vec<_>) =
        grants.partition(|item| item["pk"]["S"].as_str().unwrap().contains("org_other"));
    assert_eq!((other.len(), own.len()), (1, 1));
    app.table("DeleteItem", json!({"TableName": "countersign", "Key": {"pk": own[0]["pk"], "sk": own[0]["sk"]}})).await;
    let posted = ada.begin(GROUPS).await.unwrap();
    let mut watch = ada.watch(&posted.conversation, 0).await;
    let events = watch.events_until(|event| matches!(event, Event::AccountWanted { .. })).await;
    assert!(
        matches!(events.last(), Some(Event::AccountWanted { label, .. }) if label == "Sign in again"),
        "{events:?}"
    );
    ada.cancel(&posted.conversation, &wanted(&events).0).await.unwrap();
    assert!(!began(&watch.turn().await));
    app.finish().await;
}
