//! The client credentials grant.

use serde_json::json;

use crate::world::{API, Answer, World};

async fn ask(world: &World, client: (&str, &str), more: &[(&str, &str)]) -> Answer {
    let own = [("grant_type", "client_credentials"), ("client_id", client.0), ("client_secret", client.1)];
    world.call("/oauth/token", &[&own[..], more].concat()).await
}

#[tokio::test]
async fn a_machine_gets_a_token_for_itself() {
    let world = World::new();
    let answer = ask(&world, ("machine", "m"), &[("audience", API)]).await.json();
    assert_eq!(
        (&answer["scope"], &answer["refresh_token"], &answer["id_token"]),
        (&json!("read:docs write:docs"), &json!(null), &json!(null))
    );
    let claims = world.verified(answer["access_token"].as_str().unwrap()).await;
    for (claim, value) in [
        ("sub", json!("machine@clients")),
        ("aud", json!(API)),
        ("azp", json!("machine")),
        ("gty", json!("client-credentials")),
    ] {
        assert_eq!(claims[claim], value, "{claim}");
    }
    let checked = world.provider.verify_access_token(answer["access_token"].as_str().unwrap(), API).unwrap();
    assert_eq!(checked.scopes, ["read:docs", "write:docs"]);
    let narrow = ask(&world, ("machine", "m"), &[("audience", API), ("scope", "read:docs")]).await.json();
    assert_eq!(narrow["scope"], "read:docs");
    assert_eq!(world.sins(), "");
}

#[tokio::test]
async fn a_machine_is_refused_what_it_was_not_granted() {
    let world = World::new();
    for (more, status, error, text) in [
        (&[][..], 400, "invalid_request", "audience"),
        (&[("audience", "https://nowhere.example")], 403, "access_denied", "Service not found"),
        (&[("audience", "https://online.example")], 403, "access_denied", "You need to create a \"client-grant\""),
        (&[("audience", API), ("scope", "fly")], 400, "invalid_scope", "scope"),
    ] {
        let answer = ask(&world, ("machine", "m"), more).await;
        assert_eq!(answer.refusal(), (status, error.to_owned()), "{more:?}");
        assert!(answer.json()["error_description"].as_str().unwrap().contains(text), "{more:?}");
    }
    let web = ask(&world, ("web", "web secret+"), &[("audience", API)]).await;
    assert_eq!(web.refusal(), (403, "unauthorized_client".to_owned()));
}
