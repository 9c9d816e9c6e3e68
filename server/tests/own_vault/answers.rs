//! Token responses that GitHub does not send today, and other providers may.

use crate::between::Between;
use crate::world::{ADA, LIFE, World, complete, lend, need, person, scopes, shown};
use agent::intent::Need;
use agent::ports::CredentialProvider;
use axum::http::StatusCode;
use credentials::accounts::AccountManager;
use serde_json::json;

/// Some providers reject an invalid refresh token as `invalid_request`. For a code, this error proves nothing.
#[tokio::test]
async fn a_refresh_token_refused_as_invalid_is_dropped_but_a_code_is_not() {
    let world = World::new().await;
    let between = Between::of(&world).await;
    let (vault, ada) = (world.vault_behind(&between).await, person("ada"));
    let (page, begun) = vault.begin(&ada, "github", &scopes(), "s").await.unwrap();
    let code = world.allow(&page, ADA).await;
    between.change(|_| (StatusCode::BAD_REQUEST, json!({"error": "invalid_request"})));
    let fault = complete(&vault, &ada, begun, &code, None).await.unwrap_err().to_string();
    assert_eq!(fault, "GitHub is not available: the token endpoint: invalid_request");
    between.change(|answer| (StatusCode::OK, answer));
    world.connect(&vault, &ada, ADA).await;
    world.pass(LIFE);
    between.change(|_| (StatusCode::BAD_REQUEST, json!({"error": "invalid_request"})));
    assert_eq!(lend(&vault, &ada).await, Err("account not connected".to_owned()));
    assert_eq!(vault.list(&ada).await.unwrap(), []);
    world.finish();
}

/// A GitHub App has permissions instead of scopes, and its token responses always have an empty scope.
#[tokio::test]
async fn missing_scopes_are_reported_and_the_account_serves_tools_that_need_less() {
    let world = World::new().await;
    let between = Between::of(&world).await;
    let (vault, ada) = (world.vault_behind(&between).await, person("ada"));
    between.change(|mut answer| {
        answer["scope"] = json!("");
        (StatusCode::OK, answer)
    });
    for (asked, missing) in [(scopes(), scopes()), (Vec::new(), Vec::new())] {
        let (page, begun) = vault.begin(&ada, "github", &asked, "s").await.unwrap();
        let code = world.allow(&page, ADA).await;
        assert_eq!(complete(&vault, &ada, begun, &code, None).await.unwrap().missing, missing, "asked: {asked:?}");
    }
    assert_eq!(lend(&vault, &ada).await, Err("the account lacks repo".to_owned()));
    let lent = shown(vault.access_token(&ada, &Need { scopes: Vec::new(), ..need() }).await).unwrap();
    assert!(world.works(&lent).await);
    world.finish();
}

/// A renewed token may have fewer scopes (RFC 6749 section 6).
#[tokio::test]
async fn a_token_renewed_with_fewer_scopes_is_given_only_for_those() {
    let world = World::new().await;
    let between = Between::of(&world).await;
    let (vault, ada) = (world.vault_behind(&between).await, person("ada"));
    world.connect(&vault, &ada, ADA).await;
    world.pass(LIFE);
    between.change(|mut answer| {
        answer["scope"] = json!("user");
        (StatusCode::OK, answer)
    });
    assert_eq!(lend(&vault, &ada).await, Err("the account lacks repo".to_owned()));
    let less = Need { scopes: vec!["user".to_owned()], ..need() };
    let lent = shown(vault.access_token(&ada, &less).await).unwrap();
    assert!(world.works(&lent).await);
    assert_eq!(world.sandbox.github().refreshes(), 1);
    world.finish();
}
