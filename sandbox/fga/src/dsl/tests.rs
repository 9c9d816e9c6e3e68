#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;

fn relation(definition: &str) -> Result<(Value, Value), DslFault> {
    let text = format!("model\n  schema 1.1\ntype user\ntype doc\n  relations\n    define x: {definition}\n");
    let model = to_json(&text)?;
    let doc = &model["type_definitions"][1];
    Ok((doc["relations"]["x"].clone(), doc["metadata"]["relations"]["x"].clone()))
}

#[test]
fn each_rewrite_parses_to_its_json_form() {
    let this = json!({ "this": {} });
    let computed = |relation: &str| json!({ "computedUserset": { "relation": relation } });
    let rows = [
        ("[user]", this.clone()),
        ("a", computed("a")),
        ("(a)", computed("a")),
        (
            "a from b",
            json!({ "tupleToUserset": { "computedUserset": { "relation": "a" }, "tupleset": { "relation": "b" } } }),
        ),
        ("[user] or a or b", json!({ "union": { "child": [this, computed("a"), computed("b")] } })),
        ("a and b", json!({ "intersection": { "child": [computed("a"), computed("b")] } })),
        ("a but not b", json!({ "difference": { "base": computed("a"), "subtract": computed("b") } })),
        (
            "([user] or a) but not (b and c)",
            json!({ "difference": {
                "base": { "union": { "child": [this, computed("a")] } },
                "subtract": { "intersection": { "child": [computed("b"), computed("c")] } },
            } }),
        ),
    ];
    for (definition, expected) in rows {
        assert_eq!(relation(definition).map(|(rewrite, _)| rewrite), Ok(expected), "{definition}");
    }
}

#[test]
fn restrictions_keep_their_order() {
    let (_, metadata) =
        relation("[user, user:*, group#member, user with cond, group#member with cond] # why not").unwrap();
    let expected = json!([
        { "type": "user" },
        { "type": "user", "wildcard": {} },
        { "type": "group", "relation": "member" },
        { "type": "user", "condition": "cond" },
        { "type": "group", "relation": "member", "condition": "cond" },
    ]);
    assert_eq!(metadata["directly_related_user_types"], expected);
    assert_eq!(relation("a").unwrap().1, json!({}));
}

#[test]
fn a_condition_keeps_its_expression() {
    let text = "# head\nmodel\n  schema 1.1\ntype user\ncondition c(x: int, y: map<list<string>>) {\n  x > 3 && y['}'] # not\n}\n";
    let model = to_json(text).unwrap();
    let expected = json!({ "c": {
        "name": "c",
        "expression": "x > 3 && y['}'] # not",
        "parameters": {
            "x": { "type_name": "TYPE_NAME_INT" },
            "y": { "type_name": "TYPE_NAME_MAP", "generic_types": [
                { "type_name": "TYPE_NAME_LIST", "generic_types": [{ "type_name": "TYPE_NAME_STRING" }] },
            ] },
        },
    } });
    assert_eq!(model["conditions"], expected);
}

#[test]
fn text_outside_the_grammar_is_refused() {
    for definition in [
        "a or b and c",
        "a but not b but not c",
        "a from b from c",
        "[user,]",
        "[]",
        "a or [user]",
        "(a",
        "a or",
        "[user:x]",
    ] {
        assert_eq!(relation(definition).map_err(|fault| fault.line >= 6), Err(true), "{definition}");
    }
    assert!(to_json("schema 1.1\ntype user").is_err());
    assert!(to_json("model\n  schema 1.1\ntype user\nrelations\n define a: b\n define a: c").is_err());
    assert!(to_json("model\n  schema 1.1\ntype user\n}").is_err());
}
