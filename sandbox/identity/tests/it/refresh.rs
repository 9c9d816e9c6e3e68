//! Refresh tokens: rotation, overlap, reuse and revocation.

use sandbox_identity::{Endpoint, Grant};
use serde_json::{Value, json};

use crate::world::{ADA, Answer, Ask, World};

async fn refresh(world: &World, client: (&str, &str), token: &str, more: &[(&str, &str)]) -> Answer {
    let own = [
        ("grant_type", "refresh_token"),
        ("client_id", client.0),
        ("client_secret", client.1),
        ("refresh_token", token),
    ];
    world.call("/oauth/token", &[&own[..], more].concat()).await
}

/// `client_id` and `client_secret`.
type Credentials = (&'static str, &'static str);
/// Index of the presented token in its family (0 is the first), seconds since the last step, and expected success.
type Step = (usize, i64, bool);

const WEB: Credentials = ("web", "web secret+");
const STRICT: Credentials = ("strict", "s");
const FIXED: Credentials = ("fixed", "f");

async fn begin(world: &World, client: Credentials) -> Value {
    world.browser().tokens(&Ask::new().client(client.0, client.1), ADA).await.json()
}

fn token(answer: &Value) -> &str {
    answer["refresh_token"].as_str().unwrap()
}

#[tokio::test]
async fn each_refresh_gives_new_tokens_and_a_new_refresh_token() {
    let world = World::new();
    let first = begin(&world, WEB).await;
    world.clock.advance(100);
    let second = refresh(&world, WEB, token(&first), &[]).await.json();
    assert_ne!(token(&first), token(&second));
    assert_eq!(first["scope"], second["scope"]);
    let (old, new) = (
        world.verified(first["id_token"].as_str().unwrap()).await,
        world.verified(second["id_token"].as_str().unwrap()).await,
    );
    assert_eq!((&old["sub"], &old["sid"], &new["nonce"]), (&new["sub"], &new["sid"], &Value::Null));
    let access = world.verified(second["access_token"].as_str().unwrap()).await;
    assert_eq!(access["gty"], "refresh_token");
    assert!(access["iat"].as_i64() >= old["iat"].as_i64().map(|at| at + 100));
    assert_eq!(world.provider.requests_to(Endpoint::Token(Grant::RefreshToken)), 1);
    assert_eq!(world.sins(), "");
}

#[tokio::test]
async fn a_token_family_survives_the_overlap_and_is_revoked_by_reuse() {
    let rows: [(&str, Credentials, &[Step]); 7] = [
        ("a chain", WEB, &[(0, 0, true), (1, 0, true), (2, 0, true)]),
        ("twice in the overlap", WEB, &[(0, 0, true), (0, 9, true), (2, 0, true)]),
        ("after the overlap", WEB, &[(0, 0, true), (0, 12, false), (1, 0, false)]),
        ("older than the previous", WEB, &[(0, 0, true), (1, 0, true), (0, 0, false), (2, 0, false)]),
        ("replaced within the overlap", WEB, &[(0, 0, true), (0, 0, true), (1, 0, false), (2, 0, false)]),
        ("no overlap", STRICT, &[(0, 0, true), (0, 0, false), (1, 0, false)]),
        ("expired", WEB, &[(0, 2_592_000, false)]),
    ];
    let world = World::new();
    for (name, client, steps) in rows {
        let mut tokens = vec![token(&begin(&world, client).await).to_owned()];
        for (index, (which, later, works)) in steps.iter().enumerate() {
            world.clock.advance(*later);
            let answer = refresh(&world, client, &tokens[*which], &[]).await;
            if *works {
                tokens.push(token(&answer.json()).to_owned());
            } else {
                assert_eq!(answer.refusal(), (403, "invalid_grant".to_owned()), "{name}, step {index}");
                assert_eq!(answer.json()["error_description"], "Unknown or invalid refresh token.", "{name}");
            }
        }
        // Only the first refusal is reuse: the tokens after it are revoked, and expiry is not a violation.
        let sins = world.sins();
        let reuse = steps.iter().any(|(_, later, works)| !works && *later < 1000);
        assert_eq!(sins.matches("used again").count(), usize::from(reuse), "{name}: {sins}");
    }
}

#[tokio::test]
async fn a_refresh_token_without_rotation_stays_valid() {
    let world = World::new();
    let first = begin(&world, FIXED).await;
    for _ in 0..3 {
        let answer = refresh(&world, FIXED, token(&first), &[]).await.json();
        assert_eq!(answer["refresh_token"], json!(null));
        assert!(answer["access_token"].is_string());
    }
    assert_eq!(world.sins(), "");
}

#[tokio::test]
async fn scopes_may_be_narrowed_for_one_answer_and_never_widened() {
    let world = World::new();
    let first = begin(&world, WEB).await;
    let narrow = refresh(&world, WEB, token(&first), &[("scope", "read:docs"), ("audience", "https://other.example")])
        .await
        .json();
    assert_eq!((&narrow["scope"], &narrow["id_token"]), (&json!("read:docs"), &Value::Null));
    let access = world.verified(narrow["access_token"].as_str().unwrap()).await;
    assert_eq!(access["aud"], "https://api.acme.example", "another audience is ignored silently");
    let wide = refresh(&world, WEB, token(&narrow), &[("scope", "openid write:docs")]).await;
    assert_eq!(wide.refusal(), (400, "invalid_scope".to_owned()));
    assert!(world.sins().contains("scope"));
    let full = refresh(&world, WEB, token(&narrow), &[]).await.json();
    assert_eq!(full["scope"], first["scope"], "a refused request used nothing up");
}

#[tokio::test]
async fn revoked_and_foreign_tokens_do_not_work() {
    let world = World::new();
    let mine = begin(&world, WEB).await;
    assert_eq!(refresh(&world, STRICT, token(&mine), &[]).await.refusal(), (403, "invalid_grant".to_owned()));
    let revoke = async |client: (&str, &str), token: &str| {
        world.call("/oauth/revoke", &[("client_id", client.0), ("client_secret", client.1), ("token", token)]).await
    };
    assert_eq!(revoke(STRICT, token(&mine)).await.status.as_u16(), 200, "a foreign token is ignored silently");
    let mine = refresh(&world, WEB, token(&mine), &[]).await.json();
    let done = revoke(WEB, token(&mine)).await;
    assert_eq!((done.status.as_u16(), done.body.as_str()), (200, ""));
    assert_eq!(refresh(&world, WEB, token(&mine), &[]).await.refusal(), (403, "invalid_grant".to_owned()));
    assert_eq!(revoke(WEB, "unknown").await.status.as_u16(), 200);
    assert_eq!(world.sins(), "");
    assert_eq!(revoke(("web", "wrong"), "unknown").await.refusal(), (401, "access_denied".to_owned()));

    let other = begin(&world, WEB).await;
    world.provider.revoke_refresh_tokens_of("auth0|bob");
    let other = refresh(&world, WEB, token(&other), &[]).await.json();
    world.provider.revoke_refresh_tokens_of(ADA);
    assert_eq!(refresh(&world, WEB, token(&other), &[]).await.refusal(), (403, "invalid_grant".to_owned()));
}
