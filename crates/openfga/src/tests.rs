#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use agent::actor::Evidence;
use agent::fakes::{FixedClock, actor};
use agent::intent::{Object, Relation};
use agent::permission::Permission;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::sync::Mutex;

struct Key;

#[async_trait]
impl Bearer for Key {
    async fn token(&self) -> Result<SecretString, String> {
        Ok("a preshared key".into())
    }

    async fn forget(&self) {}
}

mod explaining;
mod granting;
mod looking_up;
mod tenants;

/// The requests that a server received.
type Asked = Arc<Mutex<Vec<(HeaderMap, Value)>>>;

/// A server with this answer to every check, and the checks that it received.
async fn server(answer: Value) -> (OpenFga, Asked) {
    let (config, asked) = serve(move |_, _| (StatusCode::OK, answer.clone())).await;
    (fga(config), asked)
}

/// At 2026-01-01T00:00:00.123Z.
fn fga(config: Config) -> OpenFga {
    let clock = FixedClock::default();
    clock.advance(NOW);
    OpenFga::new(config, Some(Arc::new(Key)), Arc::new(clock)).unwrap()
}

const NOW: i64 = 1_767_225_600_123;

/// Starts a server that answers by the last part of the path and the body.
async fn serve(answer: impl Fn(&str, &Value) -> (StatusCode, Value) + Send + Sync + 'static) -> (Config, Asked) {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let config = Config {
        api_url: format!("http://{}/", listener.local_addr().unwrap()),
        store_id: "01JD0000000000000000000000".into(),
        model_id: "01JD0000000000000000000001".into(),
        timeout: Duration::from_secs(5),
    };
    let asked = Arc::<Mutex<Vec<_>>>::default();
    let seen = asked.clone();
    let answer = Arc::new(answer);
    let router = Router::new().fallback(move |uri: Uri, headers: HeaderMap, body: Bytes| {
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let (status, answer) = answer(uri.path().rsplit('/').next().unwrap_or_default(), &body);
        seen.lock().unwrap().push((headers, body));
        std::future::ready((status, Json(answer)))
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    (config, asked)
}

fn permission(text: &str) -> Permission {
    let (relation, object) = text.split_once(' ').unwrap();
    Permission::new(relation, object).unwrap()
}

fn fact(number: usize) -> Fact {
    Fact {
        subject: Object::new("okta_group", &format!("00g{number}")).unwrap(),
        relation: Relation("member_of"),
        object: Object::new("okta_user", "00u1").unwrap(),
    }
}

#[tokio::test]
async fn a_check_is_fresh_pinned_and_has_the_facts() {
    let (fga, asked) = server(json!({ "allowed": true })).await;
    let user = Object::new("okta_user", "00u1").unwrap();
    let facts = [fact(1), fact(2)];
    let check = Check { relation: Relation("can_reset_password"), object: &user, facts: &facts };
    assert_eq!(fga.decide(&actor("auth0|ada"), check).await.unwrap(), Decision::Allow);
    fga.decide(&actor("auth0|ada"), Check { facts: &[], ..check }).await.unwrap();
    let asked = asked.lock().unwrap().clone();
    let tuple = |group: &str| json!({"user": format!("okta_group:{group}"), "relation": "member_of", "object": "okta_user:00u1"});
    let expected = json!({
        "tuple_key": {"user": "user:auth0|ada", "relation": "can_reset_password", "object": "okta_user:00u1"},
        "contextual_tuples": {"tuple_keys": [tuple("00g1"), tuple("00g2")]},
        "authorization_model_id": "01JD0000000000000000000001",
        "consistency": "HIGHER_CONSISTENCY",
        "context": {"current_time": "2026-01-01T00:00:00.123Z"},
    });
    assert_eq!(asked[0].1, expected);
    assert_eq!(asked[1].1.get("contextual_tuples"), None);
    assert_eq!(asked[0].0["authorization"], "Bearer a preshared key");
    assert!(asked[0].0["user-agent"].to_str().unwrap().starts_with("countersign/0"), "{:?}", asked[0].0);
}

#[tokio::test]
async fn a_check_with_too_many_facts_is_not_sent() {
    let (fga, asked) = server(json!({ "allowed": true })).await;
    let user = Object::new("okta_user", "00u1").unwrap();
    let facts: Vec<_> = (0..=Check::MOST_FACTS).map(fact).collect();
    let check = Check { relation: Relation("can_reset_password"), object: &user, facts: &facts };
    assert!(fga.decide(&actor("auth0|ada"), check).await.is_err());
    assert!(asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn only_an_explicit_allowed_answer_allows() {
    let user = Object::new("okta_user", "00u1").unwrap();
    let check = Check { relation: Relation("can_reset_password"), object: &user, facts: &[] };
    for (answer, expected) in [
        (json!({"allowed": true}), Some(Decision::Allow)),
        (json!({"allowed": false}), Some(Decision::Deny)),
        (json!({}), None),
        (json!({"allowed": "true"}), None),
        (json!([]), None),
    ] {
        let (fga, _) = server(answer.clone()).await;
        assert_eq!(fga.decide(&actor("auth0|ada"), check).await.ok(), expected, "{answer}");
    }
}

/// Nothing can have been granted to a person whom no tuple can name.
#[tokio::test]
async fn a_person_without_a_valid_name_is_denied_without_a_request() {
    let (fga, asked) = server(json!({ "allowed": true })).await;
    let user = Object::new("okta_user", "00u1").unwrap();
    let check = Check { relation: Relation("can_reset_password"), object: &user, facts: &[] };
    for principal in [String::new(), ":".repeat(200)] {
        let nobody = Actor::attest(Evidence { principal, ..actor("ada").evidence().clone() });
        assert_eq!(fga.decide(&nobody, check).await.unwrap(), Decision::Deny);
    }
    assert!(asked.lock().unwrap().is_empty());
}
