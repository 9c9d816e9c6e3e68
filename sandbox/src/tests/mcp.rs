//! The MCP server `tasks` with tokens of the identity provider: accepted and rejected tokens.

use sandbox_identity::Signing;
use serde_json::{Value, json};

use super::World;

impl World {
    async fn list(&self, token: &str) -> u16 {
        let meta = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {}});
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}});
        let request = self.http.post(self.url("MCP_TASKS_URL", "")).bearer_auth(token).json(&body);
        let request = request.header("accept", "application/json, text/event-stream");
        let request = request.header("mcp-protocol-version", "2026-07-28").header("mcp-method", "tools/list");
        request.send().await.unwrap().status().as_u16()
    }
}

#[tokio::test]
async fn only_a_token_of_this_issuer_for_this_server_and_client_is_accepted() {
    let world = World::new().await;
    let (issuer, audience) = (world.sandbox.issuer(), world.sandbox.variable("MCP_TASKS_AUDIENCE").unwrap());
    let now = world.sandbox.clock().seconds();
    let good = json!({"iss": issuer, "aud": audience, "sub": "auth0|ada", "azp": "countersign", "scope": "tasks:read",
        "iat": now, "exp": now + 600});
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        claims
    };
    let honest = Signing::CurrentKey;
    let rows = [
        (good.clone(), honest.clone(), 200),
        (with("aud", json!(["https://other.example", audience])), Signing::NextKey, 200),
        (with("scope", json!("tasks:write openid")), honest.clone(), 200),
        (with("iss", json!("https://evil.example/")), honest.clone(), 401),
        (with("exp", json!(now)), honest.clone(), 401),
        (with("iat", json!(now + 100)), honest.clone(), 401),
        (with("sub", Value::Null), honest.clone(), 401),
        (with("aud", json!(world.sandbox.variable("OKTA_AUDIENCE"))), honest.clone(), 403),
        (with("azp", json!("countersign-okta")), honest.clone(), 403),
        (with("scope", json!("openid")), honest, 403),
        (good.clone(), Signing::UnknownKey, 401),
        (good.clone(), Signing::ImpostorKey, 401),
        (good.clone(), Signing::HmacOfPublicPem, 401),
        (good.clone(), Signing::Nothing, 401),
        (good, Signing::Broken, 401),
    ];
    for (claims, signing, expected) in rows {
        let token = world.sandbox.provider().forge(json!({}), claims.clone(), signing.clone()).unwrap();
        assert_eq!(world.list(&token).await, expected, "{signing:?} {claims}");
    }
    assert_eq!(world.list("no.token").await, 401);
    assert_eq!(world.sandbox.sins().all(), []);
}

#[tokio::test]
async fn a_refresh_token_yields_a_token_that_works_at_this_server_only() {
    let world = World::new().await;
    let (audience, refresh) =
        (world.sandbox.variable("MCP_TASKS_AUDIENCE").unwrap(), world.signed_in("auth0|ada").await);
    let form = [("grant_type", "refresh_token"), ("refresh_token", &refresh), ("audience", audience)];
    let answer = world.tokens(&form).await;
    let token = answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}"));
    assert_eq!(world.list(token).await, 200);
    assert!(
        world.sandbox.provider().verify_access_token(token, audience).unwrap().scopes.contains(&"tasks:read".into())
    );
    let elsewhere = world.get(world.url("OKTA_BASE_URL", "/api/v1/users/ada/groups"), token).await;
    assert_eq!(elsewhere.status(), 401);
}
