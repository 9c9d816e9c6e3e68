//! Models that are rejected, with the service's messages.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/service.rs"]
mod support;

use serde_json::{Value, json};
use support::{MODEL, Service};

/// Returns a model whose type `doc` has these relations and type restrictions.
fn model(relations: Value, allowed: Value) -> Value {
    let metadata: serde_json::Map<String, Value> = allowed
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, types)| (name.clone(), json!({ "directly_related_user_types": types })))
        .collect();
    let doc = json!({ "type": "doc", "relations": relations, "metadata": { "relations": metadata } });
    json!({ "schema_version": "1.1", "type_definitions": [{ "type": "user" }, doc] })
}

fn with_condition(key: &str, condition: Value) -> Value {
    let mut model = model(json!({ "viewer": { "this": {} } }), json!({ "viewer": [{ "type": "user" }] }));
    model["conditions"] = json!({ key: condition });
    model
}

async fn refused(model: Value, code: &str, message: &str) {
    let service = Service::new();
    let store = service.store(MODEL).await;
    let answer = store.post("authorization-models", model.clone()).await;
    assert_eq!((answer.status.as_u16(), answer.json["code"].as_str()), (400, Some(code)), "{model}: {}", answer.text);
    assert!(answer.json["message"].as_str().unwrap().contains(message), "{model}: {}", answer.text);
}

#[tokio::test]
async fn invalid_relations_are_refused() {
    let (user, this) = (json!([{ "type": "user" }]), json!({ "this": {} }));
    let computed = |relation: &str| json!({ "computedUserset": { "relation": relation } });
    let from = |relation: &str, tupleset: &str| {
        let (computed, tupleset) = (json!({ "relation": relation }), json!({ "relation": tupleset }));
        json!({ "tupleToUserset": { "computedUserset": computed, "tupleset": tupleset } })
    };
    let invalid = "the definition of relation 'viewer' in object type 'doc' is invalid: ";
    let rows = [
        (
            json!({ "viewer": this }),
            json!({}),
            "the assignable relation 'viewer' in object type 'doc' must contain at least one",
        ),
        (json!({ "viewer": computed("viewer") }), json!({}), &format!("{invalid}invalid userset rewrite definition")),
        (json!({ "viewer": computed("x") }), json!({}), "'doc#x' relation is undefined"),
        (json!({ "viewer": computed("x"), "x": computed("viewer") }), json!({}), &format!("{invalid}potential loop")),
        (
            json!({ "viewer": { "union": { "child": [this, computed("x")] } }, "x": computed("viewer") }),
            json!({ "viewer": user }),
            &format!("{invalid}an authorization model cannot contain a cycle"),
        ),
        (
            json!({ "viewer": this }),
            json!({ "viewer": [{ "type": "doc", "relation": "viewer" }] }),
            &format!("{invalid}no entrypoints defined"),
        ),
        (
            json!({ "viewer": this }),
            json!({ "viewer": [{ "type": "nono" }] }),
            "the relation type 'nono' on 'viewer' in object type 'doc' is not valid",
        ),
        (
            json!({ "viewer": this }),
            json!({ "viewer": [{ "type": "user", "condition": "zz" }] }),
            "condition zz is undefined for relation viewer",
        ),
        (
            json!({ "viewer": this, "y": computed("viewer") }),
            json!({ "viewer": user, "y": user }),
            "the non-assignable relation 'y' in object type 'doc' should not contain a relation type",
        ),
        (json!({ "viewer": from("viewer", "p") }), json!({}), "'doc#p' relation is undefined"),
        (
            json!({ "viewer": from("viewer", "p"), "p": this }),
            json!({ "p": user }),
            "undefined relation: viewer does not appear as a relation in any of the directly related user types",
        ),
        (
            json!({ "viewer": from("z", "p"), "p": computed("z"), "z": this }),
            json!({ "z": user }),
            "the 'doc#p' relation is referenced in at least one tupleset and thus must be a direct relation",
        ),
        (
            json!({ "viewer": from("z", "p"), "p": this, "z": this }),
            json!({ "z": user, "p": [{ "type": "doc" }, { "type": "doc", "wildcard": {} }] }),
            "the relation type 'doc' on 'p' in object type 'doc' is not valid",
        ),
        (json!({ "self": this }), json!({ "self": user }), "self and this are reserved keywords"),
        (
            json!({ "viewer": { "union": { "child": [] } } }),
            json!({}),
            "invalid relation: 'doc#viewer' as union has less than 2 children",
        ),
    ];
    for (relations, allowed, message) in rows {
        refused(model(relations, allowed), "invalid_authorization_model", message).await;
    }
}

#[tokio::test]
async fn types_and_versions_obey_the_rules() {
    let types = |version: &str, types: Value| json!({ "schema_version": version, "type_definitions": types });
    let user = json!({ "type": "user" });
    let rule = "invalid_authorization_model";
    refused(types("1.1", json!([user, user])), rule, "an authorization model cannot contain duplicate types").await;
    refused(types("1.0", json!([user])), rule, "invalid schema version").await;
    refused(types("1.1", json!([])), "type_definitions_too_few_items", "value must contain at least 1 item(s)").await;
    refused(types("1.1", json!([{ "type": "us er" }])), "validation_error", "invalid TypeDefinition.Type").await;
    let many: Vec<Value> = (0..101).map(|number| json!({ "type": format!("t{number}") })).collect();
    refused(types("1.1", json!(many)), "exceeded_entity_limit", "exceeds the allowed limit of 100").await;
    let mut unknown = types("1.1", json!([user]));
    unknown["types"] = json!([]);
    refused(unknown, "validation_error", "unknown field `types`").await;
}

#[tokio::test]
async fn conditions_compile() {
    let int = json!({ "x": { "type_name": "TYPE_NAME_INT" } });
    let condition = |expression: &str, parameters: &Value| json!({ "name": "cc", "expression": expression, "parameters": parameters });
    let list = json!({ "x": { "type_name": "TYPE_NAME_LIST" } });
    let rows = [
        ("cc", json!({ "name": "dd", "expression": "true" }), "condition key 'cc' does not match condition name 'dd'"),
        (
            "cc",
            condition("x > 1", &json!({})),
            "failed to compile expression on condition 'cc' - Undeclared reference to 'x'",
        ),
        ("cc", condition("x + 1", &int), "expected a bool condition expression output, but got 'int'"),
        ("cc", condition("x > ", &int), "failed to compile expression on condition 'cc' - "),
        (
            "cc",
            condition("x.size() > 1", &list),
            "condition parameter type `TYPE_NAME_LIST` requires 1 generic types; found 0",
        ),
    ];
    for (key, condition, message) in rows {
        refused(with_condition(key, condition), "invalid_authorization_model", message).await;
    }
}
