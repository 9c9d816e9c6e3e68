//! Stores, models, headers, bearer tokens and routes.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/service.rs"]
mod support;

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use support::{MODEL, Service, Store, key, refused};

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
async fn the_writers_token_writes_and_no_other_does() {
    let mut service = Service::new();
    let store = service.store(MODEL).await.id;
    service.fga = service.fga.clone().require_bearer(Arc::new(|_| true)).require_writer(Arc::new(|token| token == "w"));
    for (token, route, allowed) in
        [("w", "write", true), ("r", "write", false), ("r", "read", true), ("w", "read", false)]
    {
        let request = Request::builder().method("POST").uri(format!("/stores/{store}/{route}"));
        let request =
            request.header("authorization", format!("Bearer {token}")).header("content-type", "application/json");
        let body = if route == "write" {
            json!({ "writes": { "tuple_keys": [key("user:a owner doc:1")] } })
        } else {
            json!({})
        };
        let answer = service.request(request.body(Body::from(body.to_string())).unwrap()).await;
        assert_eq!(answer.status.as_u16(), if allowed { 200 } else { 403 }, "{token} {route}: {}", answer.text);
        assert_eq!(service.sins.take().is_empty(), allowed, "{token} {route}");
    }
}

#[tokio::test]
async fn a_bearer_token_can_be_required() {
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
async fn an_unknown_route_is_a_sin() {
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
