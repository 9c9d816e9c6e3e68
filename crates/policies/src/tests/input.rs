//! Arguments that fit get typed, and those that do not are errors with a place.

use serde_json::{Value, json};

use super::support::{person, tool};
use crate::{BadInput, Catalog, Effect, Engine, InputProblem, Mode, PolicyFiles, Request};

/// Decides a call of a tool that everybody may call.
fn ask(schema: Value, input: Value) -> Result<Effect, BadInput> {
    let policy = "permit (principal, action, resource is AgentCore::Gateway);";
    let catalog = Catalog::new([tool(None, "t", schema)]);
    let engine = Engine::new(&PolicyFiles::one("p.cedar", policy), &catalog, Mode::Enforce).unwrap();
    let (action, gateway) = ("t".to_owned(), "gw".to_owned());
    let now = time::OffsetDateTime::UNIX_EPOCH;
    let request = Request { principal: person(&json!({})), action, gateway, input, now };
    engine.decide(&request).map(|decision| decision.effect())
}

#[test]
fn arguments_of_the_right_type_are_decided() {
    let rows = [
        (json!({ "type": "string" }), json!("\"quoted\"\u{0}")),
        (json!({ "type": "integer" }), json!(i64::MIN)),
        (json!({ "type": "integer" }), json!(2.0)),
        (json!({ "type": "number" }), json!(-3)),
        (json!({ "type": "number" }), json!(0.0001)),
        (json!({ "type": "number" }), json!(1.5)),
        (json!({ "type": "number" }), json!(922_337_203_685_477_i64)),
        (json!({ "type": "boolean" }), json!(false)),
        (json!({ "type": "array", "items": { "type": "string" } }), json!([])),
        (json!({ "type": "array", "items": { "type": "string" } }), json!(["a", "a"])),
        (json!({ "type": ["string", "null"] }), json!(null)),
        (json!({ "type": "object", "properties": { "__entity": { "type": "string" } } }), json!({ "__entity": "x" })),
        (json!({ "type": ["string", "integer"] }), json!({ "anything": [1.234_567, null] })),
    ];
    for (property, value) in rows {
        let schema = json!({ "properties": { "p": property }, "required": ["p"] });
        assert_eq!(ask(schema, json!({ "p": value })), Ok(Effect::Allow), "{property}: {value}");
    }
}

#[test]
fn arguments_that_do_not_fit_are_errors_with_a_place() {
    let decimal = InputProblem::Decimal;
    let rows = [
        (json!({ "type": "string" }), json!(1), "p", InputProblem::Type("a string")),
        (json!({ "type": "string" }), json!(null), "p", InputProblem::Type("a string")),
        (json!({ "type": "integer" }), json!("1"), "p", InputProblem::Type("an integer")),
        (json!({ "type": "integer" }), json!(1.5), "p", InputProblem::Type("an integer")),
        (json!({ "type": "integer" }), json!(u64::MAX), "p", InputProblem::Range),
        (json!({ "type": "integer" }), json!(1e300), "p", InputProblem::Range),
        (json!({ "type": "number" }), json!(1.23456), "p", decimal.clone()),
        (json!({ "type": "number" }), json!(1e-7), "p", decimal.clone()),
        (json!({ "type": "number" }), json!(1e15), "p", decimal.clone()),
        (json!({ "type": "number" }), json!(i64::MAX), "p", decimal),
        (json!({ "type": "number" }), json!("2.0"), "p", InputProblem::Type("a number")),
        (
            json!({ "type": "number" }),
            json!({ "__extn": { "fn": "decimal", "arg": "2.0" } }),
            "p",
            InputProblem::Type("a number"),
        ),
        (json!({ "type": "boolean" }), json!("true"), "p", InputProblem::Type("true or false")),
        (
            json!({ "type": "array", "items": { "type": "integer" } }),
            json!([1, "2"]),
            "p[1]",
            InputProblem::Type("an integer"),
        ),
        (
            json!({ "type": "object", "properties": { "q": {} }, "required": ["q"] }),
            json!({}),
            "p.q",
            InputProblem::Missing,
        ),
        (json!({ "type": "object", "properties": {} }), json!({ "r\n": 1 }), "p.r\\n", InputProblem::Undeclared),
    ];
    for (property, value, path, problem) in rows {
        let schema = json!({ "properties": { "p": property }, "required": ["p"] });
        let expected = Err(BadInput { path: path.to_owned(), problem });
        assert_eq!(ask(schema, json!({ "p": value })), expected, "{property}: {value}");
    }
}

#[test]
fn an_argument_that_no_policy_sees_needs_the_word_of_the_schema() {
    let closed = json!({ "properties": {} });
    let open = json!({ "properties": {}, "additionalProperties": true });
    let free = json!({ "type": "object" });
    let hidden = json!({ "dry_run": false });
    assert_eq!(ask(closed, hidden.clone()).unwrap_err().problem, InputProblem::Undeclared);
    assert_eq!(ask(open, hidden.clone()), Ok(Effect::Allow));
    assert_eq!(ask(free, hidden), Ok(Effect::Allow));
}

#[test]
fn the_input_may_be_absent_but_nothing_else_than_an_object() {
    assert_eq!(ask(json!({}), Value::Null), Ok(Effect::Allow));
    for input in [json!([]), json!("x"), json!(1)] {
        assert_eq!(ask(json!({}), input).unwrap_err().problem, InputProblem::Type("an object"));
    }
}

#[test]
fn an_error_tells_the_place_and_never_the_value() {
    let schema = json!({ "properties": { "p": { "type": "integer" } } });
    let error = ask(schema, json!({ "p": "hunter2" })).unwrap_err().to_string();
    assert_eq!(error, "the argument p must be an integer");
}
