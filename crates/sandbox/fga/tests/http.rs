//! The protocol: statuses, codes, texts, headers, and what counts as a sin.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use support::{Service, Store, key};

const MODEL: &str = "model
  schema 1.1
type user
type employee
type group
  relations
    define member: [user, group#member, employee with in_hours]
type doc
  relations
    define parent: [doc]
    define owner: [user]
    define viewer: [user, user:*, group#member] or owner or viewer from parent
    define reader: viewer but not blocked
    define blocked: [user]
condition in_hours(hour: int) {
  hour >= 8 && hour < 18
}
";

#[tokio::test]
async fn stores_are_made_listed_and_deleted() {
    let service = Service::new();
    let created = service.send("POST", "/stores", Some(json!({ "name": "it-agent" }))).await;
    assert_eq!((created.status.as_u16(), &created.json["name"]), (201, &json!("it-agent")));
    let id = created.json["id"].as_str().unwrap();
    assert_eq!(service.send("GET", &format!("/stores/{id}"), None).await.json, created.json);
    service.send("POST", "/stores", Some(json!({ "name": "other" }))).await;
    let first = service.send("GET", "/stores?page_size=1", None).await.json;
    assert_eq!(first["stores"].as_array().unwrap().len(), 1);
    let token = first["continuation_token"].as_str().unwrap();
    let second = service.send("GET", &format!("/stores?page_size=1&continuation_token={token}"), None).await.json;
    assert_eq!((&second["stores"][0]["name"], &second["continuation_token"]), (&json!("other"), &json!("")));
    assert_eq!(service.send("GET", "/stores?name=other", None).await.json["stores"].as_array().unwrap().len(), 1);
    assert_eq!(service.send("DELETE", &format!("/stores/{id}"), None).await.status, 204);
    let gone = service.send("GET", &format!("/stores/{id}"), None).await;
    assert_eq!((gone.status.as_u16(), &gone.json["code"]), (404, &json!("store_id_not_found")));
    assert_eq!(service.send("GET", "/healthz", None).await.json, json!({ "status": "SERVING" }));
    assert_eq!(service.sins.all(), []);
}

#[tokio::test]
async fn models_come_newest_first_and_as_the_service_shows_them() {
    let service = Service::new();
    let store = service.store(MODEL).await;
    let path = format!("/stores/{}/authorization-models", store.id);
    let second = service
        .send("POST", &path, Some(json!({ "schema_version": "1.1", "type_definitions": [{ "type": "user" }] })))
        .await;
    assert_eq!(second.status, 201);
    let second = second.json["authorization_model_id"].as_str().unwrap();
    let shown = service.send("GET", &format!("{path}/{second}"), None).await.json;
    let expected = json!({ "authorization_model": {
        "id": second,
        "schema_version": "1.1",
        "type_definitions": [{ "type": "user", "relations": {}, "metadata": null }],
        "conditions": {},
    } });
    assert_eq!(shown, expected);
    let page = service.send("GET", &format!("{path}?page_size=1"), None).await.json;
    assert_eq!(page["authorization_models"][0]["id"], second);
    let token = page["continuation_token"].as_str().unwrap();
    let page = service.send("GET", &format!("{path}?page_size=1&continuation_token={token}"), None).await.json;
    assert_eq!(
        (&page["authorization_models"][0]["id"], &page["continuation_token"]),
        (&json!(store.model), &json!(""))
    );
}

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

/// A request to a route of a store that must fail, with the status, the code, a part of the text, and whether it is a sin.
async fn refused(store: &Store<'_>, route: &str, body: Value, expected: (u16, &str, &str), sin: bool) {
    let answer = store.post(route, body.clone()).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json["code"].as_str()),
        (expected.0, Some(expected.1)),
        "{body}: {}",
        answer.text
    );
    let message = answer.json["message"].as_str().unwrap();
    assert!(message.contains(expected.2), "{body}: {message}");
    assert_eq!(store.service.sins.take().is_empty(), !sin, "{body}");
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

#[tokio::test]
async fn a_bearer_token_can_be_asked_for() {
    let mut service = Service::new();
    service.fga = service.fga.clone().require_bearer(Arc::new(|token| token == "good"));
    let ask = |header: Option<&str>| {
        let request = Request::builder().uri("/stores");
        let request = match header {
            Some(header) => request.header("authorization", header),
            None => request,
        };
        request.body(Body::empty()).unwrap()
    };
    let rows = [
        (None, 401, json!("bearer_token_missing"), true),
        (Some("Basic Z29vZA=="), 401, json!("bearer_token_missing"), true),
        (Some("Bearer bad"), 401, json!("auth_failed_invalid_bearer_token"), false),
        (Some("Bearer good"), 200, Value::Null, false),
    ];
    for (header, status, code, sin) in rows {
        let answer = service.request(ask(header)).await;
        assert_eq!((answer.status.as_u16(), &answer.json["code"]), (status, &code), "{header:?}");
        assert_eq!(service.sins.take().is_empty(), !sin, "{header:?}");
    }
    assert_eq!(service.send("GET", "/healthz", None).await.status, 200);
}

#[tokio::test]
async fn what_is_no_route_is_a_sin() {
    let service = Service::new();
    let store = service.store(MODEL).await;
    let rows = [
        ("GET", "/nowhere".to_owned(), "undefined_endpoint"),
        ("PUT", format!("/stores/{}/check", store.id), "unimplemented"),
        ("GET", format!("/stores/{}/changes?size=1", store.id), "validation_error"),
    ];
    for (method, path, code) in rows {
        let answer = service.send(method, &path, None).await;
        assert_eq!(answer.json["code"], code, "{method} {path}");
        assert_eq!(service.sins.take().len(), 1, "{method} {path}");
    }
    let plain =
        Request::builder().method("POST").uri(format!("/stores/{}/check", store.id)).body(Body::from("{}")).unwrap();
    assert_eq!(service.request(plain).await.json["code"], "validation_error");
    assert_eq!(service.sins.take().len(), 1, "no content type");
}

#[tokio::test]
async fn a_store_without_a_model_answers_no_question() {
    let service = Service::new();
    let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    service.fga.create_store_with_id(id, "seeded").unwrap();
    let store = Store { service: &service, id: id.to_owned(), model: String::new() };
    let text = "No authorization models found for store '01ARZ3NDEKTSV4RRFFQ69G5FAV'";
    let body = json!({ "tuple_key": key("user:ada viewer doc:1") });
    refused(&store, "check", body, (400, "latest_authorization_model_not_found", text), false).await;
}
