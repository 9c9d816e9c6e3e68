use super::*;
use serde_json::json;

fn document(paths: Value) -> Value {
    json!({"openapi": "3.1.0", "paths": paths, "components": {
        "parameters": {
            "Id": {"name": "order_id", "in": "path", "required": true, "schema": {"type": "string"}},
            "Loop": {"$ref": "#/components/parameters/Loop"},
        },
        "schemas": {
            "Refund": {"type": "object", "required": ["cents"], "properties": {
                "cents": {"type": "integer", "description": "The amount"},
                "reason": {"$ref": "#/components/schemas/Reason"},
                "id": {"type": "string", "readOnly": true},
            }},
            "Reason": {"type": "string", "enum": ["late", "broken"]},
            "Tree": {"type": "object", "properties": {"child": {"$ref": "#/components/schemas/Tree"}}},
            "All": {"allOf": [{"$ref": "#/components/schemas/Refund"}]},
        },
    }})
}

fn json_body(schema: &str) -> Value {
    json!({"required": true, "content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/{schema}")}}}})
}

#[test]
fn path_query_header_and_body_become_one_schema() {
    let document = document(json!({"/orders/{order_id}/refund": {
        "parameters": [{"$ref": "#/components/parameters/Id"}],
        "post": {
            "operationId": "refund",
            "summary": "Refunds an order.",
            "parameters": [
                {"name": "notify", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
                {"name": "Authorization", "in": "header", "required": true, "schema": {"type": "string"}},
                {"name": "theme", "in": "cookie", "schema": {"type": "string"}},
            ],
            "requestBody": json_body("Refund"),
        },
    }}));
    let read = read(&document, None).unwrap();
    assert_eq!(read.left_out, []);
    let [refund] = &read.all[..] else { panic!("{read:?}") };
    assert_eq!((refund.id.as_str(), refund.description.as_str()), ("refund", "Refunds an order."));
    assert_eq!(
        refund.schema,
        json!({"type": "object", "required": ["order_id", "cents"], "properties": {
            "order_id": {"type": "string"},
            "notify": {"type": "array", "items": {"type": "string"}},
            "X-Trace": {"type": "string"},
            "cents": {"type": "integer", "description": "The amount"},
            "reason": {"type": "string", "enum": ["late", "broken"]},
        }})
    );
    assert!(refund.operation.needs_body && refund.operation.method == Method::POST);
}

#[test]
fn what_cannot_be_sent_exactly_is_left_out_with_the_reason() {
    let query = |more: Value| {
        let mut own = json!({"name": "q", "in": "query", "schema": {"type": "string"}});
        own.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"parameters": [own]})
    };
    let header = |name: &str| json!({"parameters": [{"name": name, "in": "header", "schema": {"type": "string"}}]});
    let parameter = || Unsupported::Parameter("q".to_owned());
    let body = |kind: &str, schema: Value| json!({"requestBody": {"content": {kind: {"schema": schema}}}});
    let deep = schema::BadSchema::Deep;
    let rows = [
        (json!({"callbacks": {"done": {}}}), Unsupported::Callbacks),
        (json!({"servers": [{"url": "https://other.example"}]}), Unsupported::Servers),
        (body("multipart/form-data", json!({"type": "object", "properties": {}})), Unsupported::NotJson),
        (body("application/json", json!({"type": "array"})), Unsupported::Body),
        (json!({"requestBody": json_body("All")}), Unsupported::Body),
        (json!({"requestBody": json_body("Tree")}), Unsupported::Schema(deep)),
        (json!({"requestBody": json_body("Nowhere")}), Unsupported::Reference),
        (json!({"requestBody": {"$ref": "https://other.example/body.json"}}), Unsupported::Reference),
        (json!({"requestBody": {"$ref": "file:///etc/passwd"}}), Unsupported::Reference),
        (json!({"parameters": [{"$ref": "#/components/parameters/Loop"}]}), Unsupported::Reference),
        (json!({"parameters": [{"$ref": "other.json#/components/parameters/Id"}]}), Unsupported::Reference),
        (query(json!({"schema": {"$ref": "https://other.example/s"}})), schema::BadSchema::Reference.into()),
        (query(json!({"style": "deepObject"})), parameter()),
        (query(json!({"explode": false})), parameter()),
        (query(json!({"allowReserved": true})), parameter()),
        (query(json!({"schema": {"type": "object"}})), parameter()),
        (query(json!({"schema": null, "content": {}})), schema::BadSchema::Malformed.into()),
        (query(json!({"in": "cookie", "required": true})), parameter()),
        (query(json!({"in": "body"})), parameter()),
        (query(json!({"in": "path"})), Unsupported::Path),
        (header("Host"), Unsupported::Header("Host".to_owned())),
        (header("X-Forwarded-For"), Unsupported::Header("X-Forwarded-For".to_owned())),
        (header("Cookie"), Unsupported::Header("Cookie".to_owned())),
        (
            json!({"parameters": [{"name": "cents", "in": "query", "schema": {"type": "string"}}], "requestBody": json_body("Refund")}),
            Unsupported::SameName("cents".to_owned()),
        ),
    ];
    for (more, reason) in rows {
        let mut own = json!({"operationId": "it"});
        own.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let read = read(&document(json!({"/it": {"post": own}})), None).unwrap();
        assert_eq!((read.all.len(), read.left_out), (0, vec![("it".to_owned(), reason)]), "{more}");
    }
}

#[test]
fn ids_select_operations_and_are_unique() {
    let paths = json!({
        "/a": {"get": {"operationId": "a"}, "post": {"operationId": "b"}, "put": {}},
        "/b": {"get": {"operationId": "a"}, "trace": {"operationId": "t"}},
    });
    let all = read(&document(paths.clone()), None).unwrap();
    assert_eq!(all.all.iter().map(|own| own.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    let left_out = [("PUT /a".to_owned(), Unsupported::NoId), ("a".to_owned(), Unsupported::SameId)];
    assert_eq!(all.left_out, left_out);
    let only = BTreeSet::from(["b".to_owned()]);
    let some = read(&document(paths), Some(&only)).unwrap();
    assert_eq!((some.all.len(), some.all[0].id.as_str(), some.left_out.len()), (1, "b", 0));
    for version in ["2.0", "3.2.0", "4.0.0", ""] {
        assert_eq!(read(&json!({"openapi": version, "paths": {}}), None).err(), Some(BadDocument), "{version}");
    }
}
