//! Checks, batch checks, lists and expansions: response formats, and errors with the service's messages.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/service.rs"]
mod support;

use serde_json::{Value, json};
use support::{MODEL, Service, key, refused};

#[tokio::test]
async fn a_check_answers_with_the_headers_of_the_service() {
    let service = Service::new();
    let store = service.store(MODEL).await;
    let written = store.write(&["user:ada owner doc:1"]).await;
    assert_eq!((written.status.as_u16(), written.json), (200, json!({})));
    let answer = store.check("user:ada viewer doc:1").await;
    assert_eq!(answer.json, json!({ "allowed": true, "resolution": "" }));
    assert_eq!(answer.headers["openfga-store-id"], store.id.as_str());
    assert_eq!(answer.headers["openfga-authorization-model-id"], store.model.as_str());
    assert!(answer.headers.contains_key("x-request-id"));
    assert_eq!(store.check("user:bob viewer doc:1").await.json["allowed"], false);
    assert_eq!(service.fga.unpinned_checks(), 0);
    store.post("check", json!({ "tuple_key": key("user:ada viewer doc:1") })).await;
    store
        .post("check", json!({ "tuple_key": key("user:ada viewer doc:1"), "authorization_model_id": store.model }))
        .await;
    assert_eq!(service.fga.unpinned_checks(), 2);
    assert_eq!(service.sins.all(), [], "an unpinned check is legal");
}

#[tokio::test]
async fn checks_are_refused_in_the_words_of_the_service() {
    let service = Service::new();
    let store = service.store(MODEL).await;
    let check = |question: &str| json!({ "tuple_key": key(question) });
    let invalid = (400, "validation_error");
    let rows = [
        ("foo:ada viewer doc:1", "invalid relation: type 'foo' not found"),
        ("user:ada viewer nono:1", "invalid relation: type 'nono' not found"),
        ("user:ada nono doc:1", "invalid relation: relation 'doc#nono' not found"),
        ("ada viewer doc:1", "invalid relation: the 'user' field must be an object"),
        ("user:a:b viewer doc:1", "invalid relation: the 'user' field is malformed"),
        ("group:*#member viewer doc:1", "invalid relation: the 'user' field is malformed"),
        ("group:1#nono viewer doc:1", "invalid relation: relation 'group#nono' not found"),
        ("user:ada viewer doc:*", "invalid relation: the 'object' field cannot reference a typed wildcard"),
        ("user:ada viewer doc", "invalid relation: invalid 'object' field format"),
    ];
    for (question, message) in rows {
        refused(&store, "check", check(question), (invalid.0, invalid.1, message), false).await;
    }
    let spaced = json!({ "tuple_key": { "user": "user:a b", "relation": "viewer", "object": "doc:1" } });
    refused(
        &store,
        "check",
        spaced,
        (400, "validation_error", "invalid CheckRequestTupleKey.User: value does not match regex"),
        true,
    )
    .await;
    refused(&store, "check", json!({}), (400, "validation_error", "CheckRequest.TupleKey: value is required"), true)
        .await;
    let unknown = json!({ "tuple_key": key("user:ada viewer doc:1"), "authorizationModelId": "x" });
    refused(&store, "check", unknown, (400, "validation_error", "unknown field"), true).await;
    let missing =
        json!({ "tuple_key": key("user:ada viewer doc:1"), "authorization_model_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV" });
    refused(
        &store,
        "check",
        missing,
        (400, "authorization_model_not_found", "Authorization Model '01ARZ3NDEKTSV4RRFFQ69G5FAV' not found"),
        false,
    )
    .await;
    let contextual = |tuple: Value| json!({ "tuple_key": key("user:ada viewer doc:1"), "contextual_tuples": { "tuple_keys": [tuple] } });
    let unfit = contextual(key("employee:1 owner doc:1"));
    refused(
        &store,
        "check",
        unfit,
        (400, "invalid_tuple", "Invalid tuple 'doc:1#owner@employee:1'. Reason: type 'employee' is not an allowed"),
        false,
    )
    .await;
    let unconditional = contextual(key("employee:1 member group:1"));
    refused(&store, "check", unconditional, (400, "validation_error", "condition is missing"), false).await;
}

#[tokio::test]
async fn a_missing_context_is_an_error_and_not_a_denial() {
    let service = Service::new();
    let store = service.store(MODEL).await;
    let mut tuple = key("employee:1 member group:1");
    tuple["condition"] = json!({ "name": "in_hours", "context": {} });
    assert_eq!(store.post("write", json!({ "writes": { "tuple_keys": [tuple] } })).await.status, 200);
    let question = key("employee:1 member group:1");
    let text = "failed to evaluate relationship condition: 'in_hours' - tuple 'group:1#member@employee:1' is missing context parameters '[hour]'";
    refused(&store, "check", json!({ "tuple_key": question }), (400, "validation_error", text), false).await;
    let with = |hour: Value| json!({ "tuple_key": question, "context": { "hour": hour } });
    assert_eq!(store.post("check", with(json!(9))).await.json["allowed"], true);
    assert_eq!(store.post("check", with(json!(20))).await.json["allowed"], false);
    refused(&store, "check", with(json!("late")), (400, "validation_error", "expected a int64 value"), false).await;
}

#[tokio::test]
async fn a_batch_answers_each_item() {
    let service = Service::new();
    let store = service.store(MODEL).await;
    store.write(&["user:ada owner doc:1"]).await;
    let item = |id: &str, question: &str| json!({ "tuple_key": key(question), "correlation_id": id });
    let batch = |items: Value| json!({ "checks": items, "authorization_model_id": store.model, "consistency": "HIGHER_CONSISTENCY" });
    let items = json!([
        item("a", "user:ada viewer doc:1"),
        item("b", "user:bob viewer doc:1"),
        item("c", "user:bob nono doc:1")
    ]);
    let result = store.post("batch-check", batch(items)).await.json;
    assert_eq!(
        (&result["result"]["a"], &result["result"]["b"]),
        (&json!({ "allowed": true }), &json!({ "allowed": false }))
    );
    let message = "invalid relation: relation 'doc#nono' not found";
    assert_eq!(
        result["result"]["c"],
        json!({ "allowed": false, "error": { "input_error": "validation_error", "message": message } })
    );
    assert_eq!((service.fga.unpinned_checks(), service.sins.all()), (0, Vec::new()));
    let doubled = batch(json!([item("a", "user:ada viewer doc:1"), item("a", "user:ada viewer doc:1")]));
    refused(&store, "batch-check", doubled, (400, "validation_error", "received duplicate correlation id: a"), true)
        .await;
    refused(
        &store,
        "batch-check",
        batch(json!([item("", "user:ada viewer doc:1")])),
        (400, "validation_error", "CorrelationId"),
        true,
    )
    .await;
    refused(&store, "batch-check", batch(json!([])), (400, "validation_error", "at least 1 item"), true).await;
    let many: Vec<Value> = (0..51).map(|number| item(&number.to_string(), "user:ada viewer doc:1")).collect();
    refused(
        &store,
        "batch-check",
        batch(json!(many)),
        (400, "validation_error", "batchCheck received 51 checks"),
        true,
    )
    .await;
}

#[tokio::test]
async fn lists_have_the_forms_of_the_service() {
    let service = Service::new();
    let store = service.store(MODEL).await;
    store
        .write(&[
            "user:ada viewer doc:1",
            "user:* viewer doc:1",
            "group:1#member viewer doc:2",
            "user:ada member group:1",
        ])
        .await;
    let objects = json!({ "type": "doc", "relation": "viewer", "user": "user:ada" });
    assert_eq!(store.post("list-objects", objects.clone()).await.json, json!({ "objects": ["doc:1", "doc:2"] }));
    let streamed = store.post("streamed-list-objects", objects).await;
    assert_eq!(streamed.text, "{\"result\":{\"object\":\"doc:1\"}}\n{\"result\":{\"object\":\"doc:2\"}}\n");
    let users = |filter: Value, id: &str| json!({ "object": { "type": "doc", "id": id }, "relation": "viewer", "user_filters": [filter] });
    let found = store.post("list-users", users(json!({ "type": "user" }), "1")).await.json;
    assert_eq!(
        found,
        json!({ "users": [{ "object": { "type": "user", "id": "ada" } }, { "wildcard": { "type": "user" } }] })
    );
    let found = store.post("list-users", users(json!({ "type": "group", "relation": "member" }), "2")).await.json;
    assert_eq!(found, json!({ "users": [{ "userset": { "type": "group", "id": "1", "relation": "member" } }] }));

    let list = |kind: &str, relation: &str, user: &str| json!({ "type": kind, "relation": relation, "user": user });
    refused(
        &store,
        "list-objects",
        list("nono", "viewer", "user:ada"),
        (400, "type_not_found", "type 'nono' not found"),
        false,
    )
    .await;
    refused(
        &store,
        "list-objects",
        list("doc", "nono", "user:ada"),
        (400, "relation_not_found", "relation 'doc#nono' not found"),
        false,
    )
    .await;
    refused(
        &store,
        "list-objects",
        list("doc", "viewer", "ada"),
        (400, "validation_error", "invalid 'user' value: the 'user' field must"),
        false,
    )
    .await;
    refused(
        &store,
        "list-users",
        users(json!({ "type": "nono" }), "1"),
        (400, "type_not_found", "type 'nono' not found"),
        false,
    )
    .await;
    refused(
        &store,
        "list-users",
        users(json!({ "type": "group", "relation": "x" }), "1"),
        (400, "relation_not_found", "'group#x'"),
        false,
    )
    .await;
    let mut wrapped = users(json!({ "type": "user" }), "1");
    wrapped["contextual_tuples"] = json!({ "tuple_keys": [] });
    refused(&store, "list-users", wrapped, (400, "validation_error", "expected a sequence"), true).await;
    let mut two = users(json!({ "type": "user" }), "1");
    two["user_filters"] = json!([{ "type": "user" }, { "type": "group" }]);
    refused(&store, "list-users", two, (400, "validation_error", "exactly 1"), true).await;
}

#[tokio::test]
async fn an_expansion_is_one_level_deep() {
    let service = Service::new();
    let store = service.store(MODEL).await;
    store.write(&["user:ada viewer doc:1", "doc:2 parent doc:1"]).await;
    let tree = store.post("expand", json!({ "tuple_key": { "relation": "viewer", "object": "doc:1" } })).await.json;
    let name = "doc:1#viewer";
    let expected = json!({ "tree": { "root": { "name": name, "union": { "nodes": [
        { "name": name, "leaf": { "users": { "users": ["user:ada"] } } },
        { "name": name, "leaf": { "computed": { "userset": "doc:1#owner" } } },
        { "name": name, "leaf": { "tupleToUserset": { "tupleset": "doc:1#parent", "computed": [{ "userset": "doc:2#viewer" }] } } },
    ] } } } });
    assert_eq!(tree, expected);
    let tree = store.post("expand", json!({ "tuple_key": { "relation": "reader", "object": "doc:1" } })).await.json;
    assert_eq!(
        tree["tree"]["root"]["difference"]["subtract"]["leaf"],
        json!({ "computed": { "userset": "doc:1#blocked" } })
    );
    refused(
        &store,
        "expand",
        json!({ "tuple_key": { "relation": "viewer" } }),
        (400, "invalid_expand_input", "an object and a relation"),
        false,
    )
    .await;
}

#[tokio::test]
async fn assertions_are_kept_by_model() {
    let service = Service::new();
    let store = service.store(MODEL).await;
    let path = format!("/stores/{}/assertions/{}", store.id, store.model);
    let body = json!({ "assertions": [{ "tuple_key": key("user:ada viewer doc:1"), "expectation": true }] });
    assert_eq!(service.send("PUT", &path, Some(body)).await.status, 204);
    let kept = service.send("GET", &path, None).await.json;
    assert_eq!(
        (&kept["authorization_model_id"], &kept["assertions"][0]["expectation"]),
        (&json!(store.model), &json!(true))
    );
    let unknown = json!({ "assertions": [{ "tuple_key": key("user:ada nono doc:1"), "expectation": true }] });
    assert_eq!(service.send("PUT", &path, Some(unknown)).await.json["code"], "validation_error");
}
