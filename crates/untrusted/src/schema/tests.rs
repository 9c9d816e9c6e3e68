#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

#[test]
fn a_schema_is_reduced_to_the_parts_that_nova_accepts() {
    let raw = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Args", "additionalProperties": false,
        "type": "object",
        "$defs": {"Day": {"type": "string", "format": "date", "description": "A\u{202e} day."}},
        "properties": {
            "day": {"$ref": "#/$defs/Day"},
            "count": {"type": ["integer", "null"], "minimum": 0},
            "kind": {"anyOf": [{"type": "string", "enum": ["a", "b"]}, {"type": "null"}]},
            "any": true,
            "list": {"type": "array", "items": {"type": "number"}}
        },
        "required": ["day"]
    });
    let expected = json!({
        "type": "object",
        "properties": {
            "day": {"type": "string", "description": "A day."},
            "count": {"type": "integer"},
            "kind": {"type": "string", "enum": ["a", "b"]},
            "any": {},
            "list": {"type": "array", "items": {"type": "number"}}
        },
        "required": ["day"]
    });
    assert_eq!(reduce(&raw).unwrap(), expected);
    assert_eq!(
        reduce(&json!({"type": "object"})).unwrap(),
        json!({"type": "object", "properties": {}, "required": []})
    );
}

#[test]
fn an_excessive_schema_is_refused() {
    let of = |property: Value| json!({"type": "object", "properties": {"a": property}});
    let deep = (0..9).fold(json!({"type": "string"}), |inner, _| json!({"type": "array", "items": inner}));
    let wide: Map<_, _> = (0..129).map(|at| (format!("p{at}"), json!({}))).collect();
    let many: Map<_, _> = (0..120).map(|at| (format!("p{at}"), json!({"description": "x".repeat(200)}))).collect();
    let rows = [
        (json!({"type": "string"}), BadSchema::NoObject),
        (json!(null), BadSchema::NoObject),
        (of(deep), BadSchema::Deep),
        (json!({"type": "object", "properties": wide}), BadSchema::Large),
        (json!({"type": "object", "properties": many}), BadSchema::Large),
        (of(json!({"$ref": "#"})), BadSchema::Reference),
        (of(json!({"$ref": "http://169.254.169.254/latest"})), BadSchema::Reference),
        (of(json!({"$ref": "#/$defs/none"})), BadSchema::Reference),
        (
            json!({"type": "object", "$defs": {"a": {"$ref": "#/$defs/a"}}, "properties": {"a": {"$ref": "#/$defs/a"}}}),
            BadSchema::Deep,
        ),
        (json!({"type": "object", "properties": {"a\u{202e}": {}}}), BadSchema::PropertyName),
        (json!({"type": "object", "properties": {"": {}}}), BadSchema::PropertyName),
        (json!({"type": "object", "properties": {}, "required": ["b"]}), BadSchema::Required),
        (of(json!({"type": "anything"})), BadSchema::Malformed),
        (of(json!("text")), BadSchema::Malformed),
        (json!({"type": "object", "properties": []}), BadSchema::Malformed),
    ];
    for (raw, expected) in rows {
        assert_eq!(reduce(&raw), Err(expected), "{raw}");
    }
}

#[test]
fn arguments_must_match_the_schema() {
    let schema = reduce(&json!({
        "type": "object",
        "properties": {
            "id": {"type": "string"}, "count": {"type": "integer"}, "ok": {"type": "boolean"}, "any": {},
            "kind": {"type": "string", "enum": ["a", "b"]},
            "tags": {"type": "array", "items": {"type": "string"}},
            "who": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
        },
        "required": ["id"]
    }))
    .unwrap();
    let rows = [
        (json!({"id": "1"}), true),
        (
            json!({"id": "1", "count": 2, "ok": true, "any": [1], "kind": "a", "tags": ["x"], "who": {"name": "n"}}),
            true,
        ),
        (json!({}), false),
        (json!(null), false),
        (json!([]), false),
        (json!({"id": 1}), false),
        (json!({"id": "1", "count": 1.5}), false),
        (json!({"id": "1", "count": "2"}), false),
        (json!({"id": "1", "ok": "true"}), false),
        (json!({"id": "1", "kind": "c"}), false),
        (json!({"id": "1", "tags": ["x", 1]}), false),
        (json!({"id": "1", "who": {"name": "n", "admin": true}}), false),
        (json!({"id": "1", "who": {}}), false),
        (json!({"id": "1", "approved": true}), false),
        (json!({"id": "x".repeat(20_000)}), false),
    ];
    for (arguments, good) in rows {
        assert_eq!(check(&schema, &arguments).is_ok(), good, "{arguments:.80}");
    }
}
