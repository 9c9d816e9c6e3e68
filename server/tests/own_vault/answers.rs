//! Answers of a token endpoint that GitHub does not give today, and others may.

use crate::between::Between;
use crate::world::{ADA, CALLBACK, LIFE, World, lend, person, scopes};
use axum::http::StatusCode;
use serde_json::json;
use vault::Wish;

/// Some providers refuse a refresh token that counts no more as a bad request. Of a code that says nothing.
#[tokio::test]
async fn a_refresh_token_that_is_a_bad_request_is_dead_and_a_code_is_not() {
    let world = World::new().await;
    let between = Between::of(&world).await;
    let (vault, ada) = (world.vault_behind(&between).await, person("ada"));
    let asked = scopes();
    let wish = Wish { scopes: &asked, redirect_uri: CALLBACK, state: "s" };
    let (page, begun) = vault.begin(&ada, "github", wish).await.unwrap();
    let code = world.allow(&page, ADA).await;
    between.change(|_| (StatusCode::BAD_REQUEST, json!({"error": "invalid_request"})));
    let fault = vault.complete(&ada, begun, &code, None).await.unwrap_err().to_string();
    assert_eq!(fault, "GitHub is not available: the token endpoint: invalid_request");
    between.change(|answer| (StatusCode::OK, answer));
    world.connect(&vault, &ada, ADA).await;
    world.pass(LIFE);
    between.change(|_| (StatusCode::BAD_REQUEST, json!({"error": "invalid_request"})));
    assert_eq!(lend(&vault, &ada).await, Err("account not connected".to_owned()));
    assert_eq!(vault.list(&ada).await.unwrap(), []);
    world.finish();
}
