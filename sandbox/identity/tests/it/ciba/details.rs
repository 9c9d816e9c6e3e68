//! The limits of `authorization_details`.

use serde_json::{Value, json};

use super::{CALL, PLAIN, ask, call, honest, last, with, world};
use crate::world::{ADA, World};

/// Returns an object with this property in addition to its type.
fn one(name: &str, value: Value) -> Value {
    json!([{"type": CALL, name: value}])
}

/// Returns objects nested to this level, the array being level 1.
fn nested(levels: usize) -> Value {
    one("a", (3..=levels).fold(json!("x"), |inner, _| json!({ "a": inner })))
}

fn wide(properties: usize) -> Value {
    let members = (0..properties).map(|at| (format!("p{at}"), json!(at)));
    json!([{"type": CALL, "properties": members.collect::<serde_json::Map<_, _>>()}])
}

/// Returns JSON text of exactly this many bytes: objects with long values, padded with spaces.
fn sized(bytes: usize) -> String {
    let object = |at: usize| json!({"type": CALL, "at": at, "a": "x".repeat(200), "b": "x".repeat(200)});
    let text = Value::from((0..5).map(object).collect::<Vec<_>>()).to_string();
    format!("{text}{}", " ".repeat(bytes - text.len()))
}

async fn send(world: &World, details: &str) -> crate::world::Answer {
    ask(world, &with(honest(ADA), "authorization_details", details)).await
}

#[tokio::test]
async fn details_within_the_limits_are_shown_as_sent() {
    let object = json!({"type": CALL});
    for details in [
        call(),
        one("a", json!("x".repeat(255))),
        one("a", json!("ü".repeat(255))),
        one(&"a".repeat(255), json!(1)),
        one("a", json!([[[1]]])),
        one("A-z_0.9", json!([1, true, null, 0.1])),
        nested(5),
        wide(10),
        json!([object, object, object, object, object]),
    ] {
        let world = world();
        let answer = send(&world, &details.to_string()).await;
        assert_eq!(answer.status.as_u16(), 200, "{details}: {}", answer.body);
        assert_eq!(last(&world).authorization_details, Some(details));
        assert_eq!(world.sins(), "");
    }
    assert_eq!(send(&world(), &sized(5000)).await.status.as_u16(), 200);
}

#[tokio::test]
async fn details_beyond_a_limit_are_refused() {
    let world = world();
    let object = json!({"type": CALL});
    let rows = [
        ("not JSON".to_owned(), "JSON array"),
        (object.to_string(), "JSON array"),
        ("[]".to_owned(), "1 to 5 objects"),
        (json!([object, object, object, object, object, object]).to_string(), "1 to 5 objects"),
        ("[1]".to_owned(), "only objects"),
        ("[{}]".to_owned(), "with a type"),
        (r#"[{"type": 1}]"#.to_owned(), "with a type"),
        (sized(5001), "5000 bytes"),
        (one("a", json!("x".repeat(256))).to_string(), "255 characters"),
        (one(&"a".repeat(256), json!(1)).to_string(), "255 characters"),
        (one("a b", json!(1)).to_string(), "letters, digits"),
        (one("ä", json!(1)).to_string(), "letters, digits"),
        (one("", json!(1)).to_string(), "letters, digits"),
        (nested(6).to_string(), "5 levels"),
        (one("a", json!([[[[1]]]])).to_string(), "5 levels"),
        (wide(11).to_string(), "10 properties"),
    ];
    for (details, text) in rows {
        let answer = send(&world, &details).await;
        assert_eq!(answer.refusal(), (400, "invalid_authorization_details".to_owned()), "{details}");
        assert!(answer.json()["error_description"].as_str().unwrap().contains(text), "{details}: {}", answer.body);
        assert!(world.sins().contains(text), "{details}");
    }
    assert_eq!(world.provider.pushes(), []);
}

/// The client must allow the type, and so must the API if the request names one.
#[tokio::test]
async fn the_type_of_details_must_be_registered() {
    const ONLINE: &str = "https://online.example";
    let rows = [
        ("web", "web secret+", crate::world::API, CALL, 200),
        ("web", "web secret+", crate::world::API, PLAIN, 400),
        ("web", "web secret+", ONLINE, CALL, 400),
        ("web", "web secret+", "", CALL, 200),
        ("web", "web secret+", "", PLAIN, 200),
        ("web", "web secret+", "", "urn:unknown", 400),
        ("bare", "b", "", CALL, 400),
    ];
    for (client, secret, audience, wire, status) in rows {
        let world = world();
        let form = with(with(honest(ADA), "client_id", client), "client_secret", secret);
        let details = json!([{ "type": wire }]).to_string();
        let answer = ask(&world, &with(with(form, "audience", audience), "authorization_details", &details)).await;
        assert_eq!(answer.status.as_u16(), status, "{client} {audience} {wire}: {}", answer.body);
        assert_eq!(world.sins(), "", "an unregistered type is a mistake of the settings");
    }
}
