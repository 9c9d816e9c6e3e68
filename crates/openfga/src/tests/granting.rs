//! The writer of grants against a store with a few tuples.

use super::looking_up::model;
use super::*;
use agent::access::{AccessGrant, GrantDuration};
use agent::ports::{AccessGrants, GrantRemoved, GrantWritten};

/// A store of tuples by user, relation and object, as the service keeps them.
#[derive(Default)]
struct Stored(Mutex<std::collections::BTreeMap<String, Value>>);

fn name(key: &Value) -> String {
    ["user", "relation", "object"].map(|part| key[part].as_str().unwrap()).join(" ")
}

impl Stored {
    fn answer(&self, route: &str, body: &Value) -> (StatusCode, Value) {
        let mut tuples = self.0.lock().unwrap();
        match route {
            "write" => {
                let keys = |part: &str| body[part]["tuple_keys"].as_array().cloned().unwrap_or_default();
                let refused = keys("writes").iter().any(|key| tuples.contains_key(&name(key)))
                    || keys("deletes").iter().any(|key| !tuples.contains_key(&name(key)));
                if refused {
                    let code = json!({"code": "write_failed_due_to_invalid_input", "message": "cannot write"});
                    return (StatusCode::BAD_REQUEST, code);
                }
                tuples.extend(keys("writes").into_iter().map(|key| (name(&key), key)));
                keys("deletes").iter().for_each(|key| drop(tuples.remove(&name(key))));
                (StatusCode::OK, json!({}))
            }
            "read" => {
                let found = tuples.get(&name(&body["tuple_key"]));
                let found: Vec<_> =
                    found.iter().map(|key| json!({"key": key, "timestamp": "2026-01-01T00:00:00Z"})).collect();
                (StatusCode::OK, json!({"tuples": found, "continuation_token": ""}))
            }
            _ => (StatusCode::OK, model()),
        }
    }
}

struct World {
    stored: Arc<Stored>,
    writer: GrantWriter,
    asked: Asked,
}

async fn world() -> World {
    let stored = Arc::new(Stored::default());
    let store = stored.clone();
    let (config, asked) = serve(move |route, body| store.answer(route, body)).await;
    let reader = Arc::new(fga(config.clone()));
    World { stored, writer: GrantWriter::new(config, Arc::new(WriteKey), reader).unwrap(), asked }
}

struct WriteKey;

#[async_trait]
impl Bearer for WriteKey {
    async fn token(&self) -> Result<SecretString, String> {
        Ok("a key that may write".into())
    }

    async fn forget(&self) {}
}

fn grant(text: &str, from: i64) -> AccessGrant {
    AccessGrant { person: actor("auth0|eve"), permission: permission(text), from, duration: GrantDuration::EightHours }
}

const TUPLE: &str = "user:auth0|eve can_call tool:x";

#[tokio::test]
async fn a_grant_is_one_tuple_of_one_person_with_an_end() {
    let World { stored, writer, asked } = world().await;
    assert_eq!(writer.write(&grant("can_call tool:x", NOW)).await.unwrap(), GrantWritten::Yes);
    let expected = json!({"user": "user:auth0|eve", "relation": "can_call", "object": "tool:x", "condition":
        {"name": "non_expired_grant", "context": {"grant_time": "2026-01-01T00:00:00.123Z", "grant_duration": "28800s"}}});
    assert_eq!(stored.0.lock().unwrap()[TUPLE], expected);
    for (headers, body) in asked.lock().unwrap().iter() {
        let writes = body.get("writes").is_some() || body.get("deletes").is_some();
        let key = if writes { "Bearer a key that may write" } else { "Bearer a preshared key" };
        assert_eq!(headers["authorization"], key, "each credential for its own purpose: {body}");
    }
}

#[tokio::test]
async fn what_cannot_be_granted_for_a_time_is_never_written() {
    let World { stored, writer, .. } = world().await;
    for text in ["admin tool:x", "member group:helpdesk", "auditor tenant:default", "barred_from okta_group:1"] {
        assert!(writer.write(&grant(text, NOW)).await.is_err(), "{text}");
    }
    let nobody = Actor::attest(Evidence { principal: String::new(), ..actor("x").evidence().clone() });
    assert!(writer.write(&AccessGrant { person: nobody, ..grant("can_call tool:x", NOW) }).await.is_err());
    let trick = Actor::attest(Evidence { principal: "*".to_owned(), ..actor("x").evidence().clone() });
    writer.write(&AccessGrant { person: trick, ..grant("can_call tool:x", NOW) }).await.unwrap();
    let names: Vec<_> = stored.0.lock().unwrap().keys().cloned().collect();
    assert_eq!(names, ["user:%2A can_call tool:x"], "a principal is a person and never everybody");
}

#[tokio::test]
async fn a_grant_replaces_an_earlier_one_and_never_a_permission_for_good() {
    let World { stored, writer, .. } = world().await;
    for from in [NOW, NOW, NOW + 86_400_000] {
        assert_eq!(writer.write(&grant("can_call tool:x", from)).await.unwrap(), GrantWritten::Yes);
    }
    let time = stored.0.lock().unwrap()[TUPLE]["condition"]["context"]["grant_time"].clone();
    assert_eq!(time, "2026-01-02T00:00:00.123Z");
    let good = json!({"user": "user:auth0|eve", "relation": "can_call", "object": "tool:x"});
    stored.0.lock().unwrap().insert(TUPLE.to_owned(), good.clone());
    assert_eq!(writer.write(&grant("can_call tool:x", NOW)).await.unwrap(), GrantWritten::HeldForGood);
    assert_eq!(writer.remove(&grant("can_call tool:x", NOW)).await.unwrap(), GrantRemoved::Absent);
    assert_eq!(stored.0.lock().unwrap()[TUPLE], good);
}

#[tokio::test]
async fn exactly_this_grant_is_removed() {
    let World { stored, writer, .. } = world().await;
    let (first, later) = (grant("can_call tool:x", NOW), grant("can_call tool:x", NOW + 1000));
    assert_eq!(writer.remove(&first).await.unwrap(), GrantRemoved::Absent);
    writer.write(&later).await.unwrap();
    assert_eq!(writer.remove(&first).await.unwrap(), GrantRemoved::Absent, "another grant");
    assert_eq!(stored.0.lock().unwrap().len(), 1);
    assert_eq!(writer.remove(&later).await.unwrap(), GrantRemoved::Yes);
    assert!(stored.0.lock().unwrap().is_empty());
}
