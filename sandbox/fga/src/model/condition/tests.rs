#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde_json::json;

use super::*;

fn condition(expression: &str, parameters: Value) -> Result<Condition, CompileFault> {
    let source = json!({ "name": "test", "expression": expression, "parameters": parameters });
    Condition::compile(&serde_json::from_value(source).unwrap())
}

fn of(type_name: &str) -> Value {
    json!({ "x": { "type_name": format!("TYPE_NAME_{type_name}") } })
}

#[test]
fn each_parameter_type_accepts_its_values() {
    let check = |type_name: &str, expression: &str, x: Value, expected: bool| {
        let found =
            condition(expression, of(type_name)).unwrap().holds(json!({ "x": x }).as_object().unwrap(), &Map::new());
        assert_eq!(found, Ok(expected), "{type_name}: {expression}");
    };
    check("STRING", "x == 'a'", json!("a"), true);
    check("BOOL", "x", json!(true), true);
    check("INT", "x > 3", json!(4), true);
    check("INT", "x > 3", json!("4"), true);
    check("INT", "x == 3", json!(3.0), true);
    check("UINT", "x < 3u", json!(2), true);
    check("DOUBLE", "x > 0.5", json!(0.4), false);
    check("DURATION", "x < duration('2h')", json!("90m"), true);
    check("TIMESTAMP", "x < timestamp('2026-01-01T00:00:00Z')", json!("2025-12-31T23:59:59Z"), true);
    check("TIMESTAMP", "x + duration('1s') == timestamp('2026-01-01T00:00:00Z')", json!("2025-12-31T23:59:59Z"), true);
    check("IPADDRESS", "x.in_cidr('10.0.0.0/8')", json!("10.255.0.1"), true);
    check("IPADDRESS", "x.in_cidr('10.0.0.0/8')", json!("11.0.0.1"), false);
    check("IPADDRESS", "x.in_cidr('fd00::/8')", json!("fd12::1"), true);
    check("ANY", "x == 'a'", json!("a"), true);
}

#[test]
fn lists_and_maps_accept_their_values() {
    let generic =
        |outer: &str, inner: &str| json!({ "x": { "type_name": outer, "generic_types": [{ "type_name": inner }] } });
    let list = condition("'a' in x && x.exists(y, y == 'b')", generic("TYPE_NAME_LIST", "TYPE_NAME_STRING")).unwrap();
    assert_eq!(list.holds(json!({ "x": ["a", "b"] }).as_object().unwrap(), &Map::new()), Ok(true));
    let map = condition("x['a'] == 1", generic("TYPE_NAME_MAP", "TYPE_NAME_INT")).unwrap();
    assert_eq!(map.holds(json!({ "x": { "a": 1 } }).as_object().unwrap(), &Map::new()), Ok(true));
    assert!(condition("size(x) > 0", of("LIST")).is_err());
}

#[test]
fn stored_values_win_and_missing_ones_are_an_error() {
    let condition = condition(
        "x > 3 || y == ''",
        json!({ "x": { "type_name": "TYPE_NAME_INT" }, "y": { "type_name": "TYPE_NAME_STRING" } }),
    );
    let condition = condition.unwrap();
    let (low, high) = (json!({ "x": 1, "y": "-" }), json!({ "x": 9 }));
    let holds =
        |asked: &Value, stored: &Value| condition.holds(asked.as_object().unwrap(), stored.as_object().unwrap());
    assert_eq!(holds(&low, &high), Ok(true));
    assert_eq!(holds(&high, &low), Ok(false));
    assert_eq!(
        holds(&high, &json!({})),
        Err(ConditionFault::Missing(vec!["y".to_owned()])),
        "even when x alone would decide"
    );
    assert!(matches!(holds(&json!({ "x": "no" }), &json!({})), Err(ConditionFault::Type { .. })));
    assert_eq!(condition.accept(json!({ "z": 1 }).as_object().unwrap()), Err(ConditionFault::Unknown("z".to_owned())));
}

#[test]
fn an_invalid_condition_does_not_compile() {
    for expression in ["x >", "y > 1", "x + 1", "x > 'a'"] {
        assert!(condition(expression, of("INT")).is_err(), "{expression}");
    }
}
