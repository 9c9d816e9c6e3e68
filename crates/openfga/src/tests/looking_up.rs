//! Many checks at once, administrators, and the relations that can be granted.

use super::*;
use agent::access::{AccessGrant, GrantDuration};
use agent::ports::{Permissions, Supposition};

#[tokio::test]
async fn all_permissions_are_looked_up_by_one_fresh_batch() {
    let answers = json!({"result": {
        "0": {"allowed": true},
        "1": {"allowed": false},
        "2": {"allowed": true, "error": {"input_error": "validation_error", "message": "no such relation"}},
        "3": {},
    }});
    let (fga, asked) = server(answers).await;
    let all = ["read_okta okta:groups", "can_call tool:a/b", "can_call tool:c", "can_call tool:d", "can_call tool:e"];
    let answers = fga.check_all(&actor("auth0|eve"), &all.map(permission), None).await;
    let told: Vec<_> = answers.into_iter().map(Result::ok).collect();
    assert_eq!(told, [Some(Decision::Allow), Some(Decision::Deny), None, None, None], "an error is no denial");
    let asked = asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 1);
    let body = &asked[0].1;
    assert_eq!(body["consistency"], "HIGHER_CONSISTENCY");
    assert_eq!(body["authorization_model_id"], "01JD0000000000000000000001");
    let first = json!({
        "tuple_key": {"user": "user:auth0|eve", "relation": "read_okta", "object": "okta:groups"},
        "context": {"current_time": "2026-01-01T00:00:00.123Z"},
        "correlation_id": "0",
    });
    assert_eq!(body["checks"][0], first);
}

#[tokio::test]
async fn a_batch_is_bounded_and_what_is_too_much_is_unknown() {
    let (config, asked) = serve(|_, body| {
        let checks = body["checks"].as_array().unwrap();
        let all =
            checks.iter().map(|own| (own["correlation_id"].as_str().unwrap().to_owned(), json!({"allowed": true})));
        (StatusCode::OK, json!({"result": serde_json::Map::from_iter(all)}))
    })
    .await;
    let many: Vec<_> = (0..450).map(|number| permission(&format!("can_call tool:{number}"))).collect();
    let answers = fga(config).check_all(&actor("eve"), &many, None).await;
    assert_eq!((answers.len(), answers.iter().filter(|own| own.is_ok()).count()), (450, 400));
    let asked = asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 8);
    assert!(asked.iter().all(|(_, body)| body["checks"].as_array().unwrap().len() == 50));
}

#[tokio::test]
async fn a_server_without_batches_is_asked_one_by_one_and_a_broken_one_is_not() {
    for (status, expected) in [(StatusCode::NOT_FOUND, Some(Decision::Allow)), (StatusCode::BAD_GATEWAY, None)] {
        let (config, asked) = serve(move |route, _| match route {
            "check" => (StatusCode::OK, json!({"allowed": true})),
            _ => (status, json!({"code": "undefined_endpoint", "message": "Not Found"})),
        })
        .await;
        let all = [permission("can_call tool:a"), permission("can_call tool:b")];
        let answers = fga(config).check_all(&actor("eve"), &all, None).await;
        assert_eq!(answers.into_iter().map(Result::ok).collect::<Vec<_>>(), [expected, expected]);
        assert_eq!(asked.lock().unwrap().len(), if expected.is_some() { 3 } else { 1 });
    }
}

#[tokio::test]
async fn a_supposed_moment_keeps_the_other_grants_alive() {
    let (fga, asked) = server(json!({"result": {}})).await;
    let eve = actor("eve");
    let grant = AccessGrant {
        person: eve.clone(),
        permission: permission("can_call tool:b"),
        from: NOW,
        duration: GrantDuration::Hour,
    };
    let later = Supposition { at: NOW + 86_400_000, keeping: vec![grant] };
    fga.check_all(&eve, &[permission("can_call tool:a")], Some(&later)).await;
    let check = asked.lock().unwrap()[0].1["checks"][0].clone();
    assert_eq!(check["context"], json!({"current_time": "2026-01-02T00:00:00.123Z"}));
    let condition = json!({"name": "non_expired_grant", "context":
        {"grant_time": "2026-01-02T00:00:00.123Z", "grant_duration": "3600s"}});
    let kept = json!({"user": "user:eve", "relation": "can_call", "object": "tool:b", "condition": condition});
    assert_eq!(check["contextual_tuples"]["tuple_keys"], json!([kept]));
}

#[tokio::test]
async fn administrators_are_people_and_few_of_them_are_named() {
    let user = |id: &str| json!({"object": {"type": "user", "id": id}});
    let many: Vec<_> = (0..9).map(|number| user(&format!("auth0|a{number}"))).collect();
    let rows = [
        (json!({"users": [user("b%3Ac"), user("ada@acme.example")]}), vec!["ada@acme.example", "b:c"], false),
        (json!({"users": []}), vec![], false),
        (json!({"users": [{"wildcard": {"type": "user"}}]}), vec![], false),
        (json!({"users": many}), vec!["auth0|a0", "auth0|a1", "auth0|a2", "auth0|a3", "auth0|a4"], true),
    ];
    for (answer, people, more) in rows {
        let (fga, asked) = server(answer).await;
        let found = fga.administrators(&actor("ada"), &permission("can_reset_password okta_user:00u1")).await.unwrap();
        assert_eq!((found.people, found.more), (people.into_iter().map(str::to_owned).collect(), more));
        let body = asked.lock().unwrap()[0].1.clone();
        assert_eq!(
            (&body["object"], &body["relation"]),
            (&json!({"type": "okta_user", "id": "00u1"}), &json!("admin"))
        );
        let organization = json!([{"user": "okta:users", "relation": "organization", "object": "okta_user:00u1"}]);
        assert_eq!(body["contextual_tuples"], organization, "administrators of users are those of the organization");
    }
}

#[tokio::test]
async fn an_object_of_an_unknown_type_has_no_administrators_and_an_outage_is_unknown() {
    for (status, expected) in [(StatusCode::BAD_REQUEST, Some(0)), (StatusCode::SERVICE_UNAVAILABLE, None)] {
        let (config, _) = serve(move |_, _| (status, json!({"code": "type_not_found", "message": ""}))).await;
        let found = fga(config).administrators(&actor("ada"), &permission("can_call nothing:x")).await;
        assert_eq!(found.ok().map(|own| own.people.len()), expected);
    }
}

/// The product's own model, as the service returns it.
pub(super) fn model() -> Value {
    let model: Value = serde_json::from_str(include_str!("../../../../authz/model.json")).unwrap();
    let mut model = model.as_object().unwrap().clone();
    model.insert("id".to_owned(), json!("01JD0000000000000000000001"));
    json!({ "authorization_model": model })
}

#[tokio::test]
async fn the_model_says_what_can_be_granted_and_is_read_once() {
    let (fga, asked) = server(model()).await;
    for (text, expected) in [
        ("read_okta okta:groups", true),
        ("manage_okta okta:users", true),
        ("can_call tool:tasks/get_tasks", true),
        ("read_github github:repositories", true),
        ("can_reset_password okta_user:00u1", true),
        ("admin okta:users", false),
        ("member group:helpdesk", false),
        ("auditor tenant:default", false),
        ("operator tenant:default", false),
        ("barred_from okta_group:1", false),
        ("reset_passwords okta_group:1", false),
        ("unknown okta:users", false),
    ] {
        assert_eq!(fga.is_grantable(&actor("ada"), &permission(text)).await.unwrap(), expected, "{text}");
    }
    assert_eq!(asked.lock().unwrap().len(), 1);
}
