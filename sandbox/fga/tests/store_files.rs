//! Test files of the `OpenFGA` CLI, which `fga model test` verifies as well: this evaluator must give the same answers.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/service.rs"]
mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sandbox_fga::dsl;
use serde_json::{Value, json};
use support::{Service, Store};

const MANIFEST: &str = env!("CARGO_MANIFEST_DIR");

#[tokio::test]
async fn every_case_has_the_answers_that_its_file_gives() {
    let mut files: Vec<PathBuf> = std::fs::read_dir(Path::new(MANIFEST).join("tests/cases"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        run(&file).await;
    }
}

#[tokio::test]
async fn the_products_model_has_the_answers_that_its_file_gives() {
    run(&Path::new(MANIFEST).join("../../authz/store.fga.yaml")).await;
}

#[test]
fn the_products_model_in_json_is_the_one_in_the_modelling_language() {
    let authz = Path::new(MANIFEST).join("../../authz");
    let text = std::fs::read_to_string(authz.join("model.fga")).unwrap();
    let json: Value = serde_json::from_str(&std::fs::read_to_string(authz.join("model.json")).unwrap()).unwrap();
    assert_eq!(dsl::to_json(&text), Ok(json));
}

async fn run(file: &Path) {
    let yaml: Value = serde_yaml_ng::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let model = match yaml["model"].as_str() {
        Some(model) => model.to_owned(),
        None => std::fs::read_to_string(file.with_file_name(yaml["model_file"].as_str().unwrap())).unwrap(),
    };
    let service = Service::new();
    let store = service.store(&model).await;
    for tuples in list(&yaml["tuples"]).chunks(100) {
        let written = store.post("write", json!({ "writes": { "tuple_keys": tuples } })).await;
        assert_eq!(written.status, 200, "{}: {}", file.display(), written.text);
    }
    for test in list(&yaml["tests"]) {
        let place = format!("{}: {}", file.display(), test["name"].as_str().unwrap());
        check(&store, &test, &place).await;
        list_objects(&store, &test, &place).await;
        list_users(&store, &test, &place).await;
    }
    assert_eq!(service.sins.all(), [], "{}", file.display());
}

async fn check(store: &Store<'_>, test: &Value, place: &str) {
    for question in list(&test["check"]) {
        for (relation, expected) in assertions(&question) {
            let body = json!({
                "tuple_key": { "user": question["user"], "relation": relation, "object": question["object"] },
                "contextual_tuples": { "tuple_keys": list(&test["tuples"]) },
                "context": question["context"],
            });
            let answer = store.post("check", body).await;
            assert_eq!(answer.json["allowed"], expected, "{place}: {question} {relation}: {}", answer.text);
        }
    }
}

async fn list_objects(store: &Store<'_>, test: &Value, place: &str) {
    for question in list(&test["list_objects"]) {
        for (relation, expected) in assertions(&question) {
            let body = json!({
                "type": question["type"], "relation": relation, "user": question["user"],
                "contextual_tuples": { "tuple_keys": list(&test["tuples"]) },
                "context": question["context"],
            });
            let answer = store.post("list-objects", body).await;
            assert_eq!(set(&answer.json["objects"]), set(&expected), "{place}: {question} {relation}: {}", answer.text);
        }
    }
}

async fn list_users(store: &Store<'_>, test: &Value, place: &str) {
    for question in list(&test["list_users"]) {
        for (relation, expected) in assertions(&question) {
            let (kind, id) = question["object"].as_str().unwrap().split_once(':').unwrap();
            let body = json!({
                "object": { "type": kind, "id": id }, "relation": relation, "user_filters": question["user_filter"],
                "contextual_tuples": list(&test["tuples"]),
                "context": question["context"],
            });
            let answer = store.post("list-users", body).await;
            let users: Vec<String> = list(&answer.json["users"]).iter().map(user).collect();
            assert_eq!(set(&json!(users)), set(&expected["users"]), "{place}: {question} {relation}: {}", answer.text);
        }
    }
}

fn user(user: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if let Some(object) = user.get("object") {
        return format!("{}:{}", text(&object["type"]), text(&object["id"]));
    }
    if let Some(wildcard) = user.get("wildcard") {
        return format!("{}:*", text(&wildcard["type"]));
    }
    let userset = &user["userset"];
    format!("{}:{}#{}", text(&userset["type"]), text(&userset["id"]), text(&userset["relation"]))
}

fn assertions(question: &Value) -> Vec<(String, Value)> {
    question["assertions"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(relation, expected)| (relation.clone(), expected.clone()))
        .collect()
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn set(value: &Value) -> BTreeSet<String> {
    list(value).iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}
