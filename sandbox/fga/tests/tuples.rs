//! Writing, deleting and reading tuples.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/service.rs"]
mod support;

use serde_json::{Value, json};
use support::{MODEL, Service, key, refused};

#[tokio::test]
async fn writes_are_all_or_nothing() {
    let service = Service::new();
    let store = service.store(MODEL).await;
    let writes = |tuples: &[&str]| json!({ "writes": { "tuple_keys": tuples.iter().map(|tuple| key(tuple)).collect::<Vec<_>>() } });
    let deletes = |tuples: &[&str]| json!({ "deletes": { "tuple_keys": tuples.iter().map(|tuple| key(tuple)).collect::<Vec<_>>() } });
    assert_eq!(store.post("write", writes(&["user:ada owner doc:1"])).await.status, 200);

    let exists = "cannot write a tuple which already exists: user: 'user:ada', relation: 'owner', object: 'doc:1'";
    let body = writes(&["user:bob owner doc:1", "user:ada owner doc:1"]);
    refused(&store, "write", body, (400, "write_failed_due_to_invalid_input", exists), false).await;
    let absent = "cannot delete a tuple which does not exist: user: 'user:bob', relation: 'owner', object: 'doc:1'";
    let body = deletes(&["user:ada owner doc:1", "user:bob owner doc:1"]);
    refused(&store, "write", body, (400, "write_failed_due_to_invalid_input", absent), false).await;
    let unfit = "Invalid tuple 'doc:1#owner@employee:1'. Reason: type 'employee' is not an allowed type restriction for 'doc#owner'";
    refused(
        &store,
        "write",
        writes(&["user:eve owner doc:1", "employee:1 owner doc:1"]),
        (400, "validation_error", unfit),
        false,
    )
    .await;
    assert_eq!(service.fga.tuples(&store.id).len(), 1, "nothing was written or deleted in between");

    let twice = "duplicate tuple in write: user: 'user:ada', relation: 'owner', object: 'doc:1'";
    let mut body = writes(&["user:ada owner doc:1"]);
    body["deletes"] = deletes(&["user:ada owner doc:1"])["deletes"].clone();
    refused(&store, "write", body, (400, "cannot_allow_duplicate_tuples_in_one_request", twice), false).await;
    refused(
        &store,
        "write",
        json!({}),
        (400, "invalid_write_input", "at least one write, or at least one delete"),
        false,
    )
    .await;
    let many: Vec<String> = (0..101).map(|number| format!("user:{number} owner doc:1")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    refused(&store, "write", writes(&many), (400, "exceeded_entity_limit", "exceeds the allowed limit of 100"), false)
        .await;
    let implicit = writes(&["group:1#member member group:1"]);
    refused(&store, "write", implicit, (400, "validation_error", "cannot write a tuple that is implicit"), false).await;
}

#[tokio::test]
async fn duplicates_and_missing_tuples_can_be_ignored() {
    let service = Service::new();
    let store = service.store(MODEL).await;
    let conditional = |hour: u8| {
        let mut tuple = key("employee:1 member group:1");
        tuple["condition"] = json!({ "name": "in_hours", "context": { "hour": hour } });
        json!({ "writes": { "tuple_keys": [tuple], "on_duplicate": "ignore" } })
    };
    assert_eq!(store.post("write", conditional(9)).await.status, 200);
    assert_eq!(store.post("write", conditional(9)).await.status, 200);
    refused(&store, "write", conditional(10), (409, "Aborted", "transactional write failed due to conflict"), false)
        .await;
    let absent = json!({ "deletes": { "tuple_keys": [key("user:bob owner doc:9")], "on_missing": "ignore" } });
    assert_eq!(store.post("write", absent).await.status, 200);
    let unknown = json!({ "deletes": { "tuple_keys": [key("user:bob owner doc:9")], "on_missing": "perhaps" } });
    refused(&store, "write", unknown, (400, "validation_error", "unknown variant"), true).await;
}

#[tokio::test]
async fn tuples_and_changes_are_read_in_pages() {
    let service = Service::new();
    let store = service.store(MODEL).await;
    store.write(&["user:ada owner doc:1", "user:bob viewer doc:1", "user:ada member group:1"]).await;
    service.clock.advance(60);
    store.post("write", json!({ "deletes": { "tuple_keys": [key("user:bob viewer doc:1")] } })).await;
    let read = |key: Value| json!({ "tuple_key": key });
    let found = store.post("read", json!({})).await.json;
    assert_eq!(found["tuples"].as_array().unwrap().len(), 2);
    assert_eq!(
        found["tuples"][0]["key"],
        json!({ "user": "user:ada", "relation": "owner", "object": "doc:1", "condition": null })
    );
    let found = store.post("read", read(json!({ "user": "user:ada", "object": "doc:" }))).await.json;
    assert_eq!(found["tuples"].as_array().unwrap().len(), 1);
    refused(
        &store,
        "read",
        read(json!({ "user": "user:ada" })),
        (400, "validation_error", "the object type field is required"),
        false,
    )
    .await;
    refused(&store, "read", json!({ "page_size": 101 }), (400, "page_size_invalid", "[1, 100]"), false).await;
    refused(
        &store,
        "read",
        json!({ "continuation_token": "zz" }),
        (400, "invalid_continuation_token", "Invalid continuation token"),
        false,
    )
    .await;
    let page = store.post("read", json!({ "page_size": 1 })).await.json;
    let page =
        store.post("read", json!({ "page_size": 1, "continuation_token": page["continuation_token"] })).await.json;
    assert_eq!((&page["tuples"][0]["key"]["object"], &page["continuation_token"]), (&json!("group:1"), &json!("")));

    let changes = store.get("changes?type=doc").await.json;
    let operations: Vec<&str> =
        changes["changes"].as_array().unwrap().iter().map(|change| change["operation"].as_str().unwrap()).collect();
    assert_eq!(operations, ["TUPLE_OPERATION_WRITE", "TUPLE_OPERATION_WRITE", "TUPLE_OPERATION_DELETE"]);
    let token = changes["continuation_token"].as_str().unwrap();
    assert_eq!(store.get(&format!("changes?type=doc&continuation_token={token}")).await.json["changes"], json!([]));
    let mismatch = store.get(&format!("changes?type=group&continuation_token={token}")).await;
    assert_eq!(mismatch.json["code"], "query_string_type_continuation_token_mismatch");
    let since = changes["changes"][2]["timestamp"].as_str().unwrap();
    assert_eq!(store.get(&format!("changes?start_time={since}")).await.json["changes"].as_array().unwrap().len(), 1);
}
