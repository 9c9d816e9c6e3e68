//! The schema is the one of AgentCore, and no tool can break or extend it.

use std::str::FromStr as _;

use cedar_policy::Schema;
use serde_json::{Value, json};

use super::support::{catalog, engine, on_salary, tool};
use crate::{Catalog, LeftOutReason, schema};

/// After the template of AWS's generator, with the group of the target.
const ROLES: &str = "namespace AgentCore {
  entity Gateway;
  entity OAuthUser = { id: String } tags String;
  entity IamEntity = { id: String };
  entity UnauthenticatedUser;
  type SystemContext = { now: datetime };
  action Mcp, Http;
  action CallTool in [Mcp];
  action UnknownTool in [CallTool];
  action InvokeAgent in [Http];
  action InvokeLLM in [Http];
  action \"HR\" in [CallTool];
";

const SET_SALARY: &str = "  type HR___set_salaryInput = { cents: Long, employeeId: String, ratio?: decimal };
  action \"HR___set_salary\" in [\"HR\"] appliesTo {
    principal: [OAuthUser, IamEntity], resource: [Gateway],
    context: { input: HR___set_salaryInput, system: SystemContext } };
";

#[test]
fn the_schema_is_that_of_agentcore() {
    let text = schema(&catalog("roles"));
    assert!(text.starts_with(ROLES), "{text}");
    assert!(text.contains(SET_SALARY), "{text}");
}

/// Returns the Cedar type that a JSON Schema gets as the only property, or an empty record.
fn typed(property: Value) -> String {
    let tool = tool(None, "t", json!({ "properties": { "p": property }, "required": ["p"] }));
    let text = schema(&Catalog::new([tool]));
    let line = text.lines().find(|line| line.contains("tInput =")).unwrap();
    Schema::from_str(&text).unwrap();
    line.trim().trim_start_matches("type tInput = ").trim_end_matches(';').to_owned()
}

#[test]
fn json_schema_becomes_cedar_or_is_left_out() {
    let rows = [
        (json!({ "type": "string", "enum": ["a"], "format": "email" }), "{ p: String }"),
        (json!({ "type": "integer" }), "{ p: Long }"),
        (json!({ "type": "number" }), "{ p: decimal }"),
        (json!({ "type": "boolean" }), "{ p: Bool }"),
        (json!({ "type": "array", "items": { "type": "string" } }), "{ p: Set<String> }"),
        (json!({ "type": ["string", "null"] }), "{ p?: String }"),
        (json!({ "anyOf": [{ "type": "integer" }, { "type": "null" }] }), "{ p?: Long }"),
        (json!({ "type": "object", "properties": { "q": { "type": "string" } } }), "{ p: { q?: String } }"),
        (json!({ "type": "object", "properties": {} }), "{ p: {} }"),
        (json!({ "type": ["string", "integer"] }), "{}"),
        (json!({ "anyOf": [{ "type": "string" }, { "type": "integer" }] }), "{}"),
        (json!({ "$ref": "#/$defs/x" }), "{}"),
        (json!({ "type": "object" }), "{}"),
        (json!({ "type": "array" }), "{}"),
        (json!({ "type": "array", "prefixItems": [{ "type": "string" }] }), "{}"),
        (json!({ "type": "null" }), "{}"),
        (json!({ "type": 7 }), "{}"),
        (json!({}), "{}"),
        (json!(true), "{}"),
    ];
    for (property, cedar) in rows {
        assert_eq!(typed(property.clone()), cedar, "{property}");
    }
}

#[test]
fn only_ten_levels_get_a_type() {
    let deep =
        (0..50).fold(json!({ "type": "string" }), |inner, _| json!({ "type": "object", "properties": { "n": inner } }));
    assert_eq!(typed(deep).matches("n?:").count(), 8, "with the input and its property there are ten levels");
}

#[test]
fn names_that_try_to_break_out_stay_names() {
    let names = [
        "\"; permit(principal, action, resource); //",
        "a\" in [Mcp]; action \"b",
        "new\nline",
        "back\\slash",
        "right\u{202e}left",
        "in",
        "__cedar",
        "decimal",
        "Long",
        "a-b",
        "a_b",
        "a.b/c:d",
        "ünïcode",
    ];
    let tools = names
        .iter()
        .map(|name| tool(None, name, json!({ "properties": { *name: { "type": "number" } }, "required": [*name] })));
    let catalog = Catalog::new(tools);
    assert_eq!(catalog.left_out(), []);
    let schema = Schema::from_str(&schema(&catalog)).unwrap();
    let mut actions = schema.actions().map(|uid| uid.id().unescaped().to_owned()).collect::<Vec<_>>();
    actions.retain(|action| {
        !["Mcp", "Http", "CallTool", "UnknownTool", "InvokeAgent", "InvokeLLM"].contains(&action.as_str())
    });
    actions.sort();
    let mut expected = names.to_vec();
    expected.sort_unstable();
    assert_eq!(actions, expected);
}

#[test]
fn a_tool_that_does_not_fit_is_left_out_and_the_others_stay() {
    let plain = json!({ "type": "object" });
    let wide =
        (0..2_000).map(|n| (format!("property_{n}"), json!({ "type": "string" }))).collect::<serde_json::Map<_, _>>();
    let rows = [
        (tool(None, "", plain.clone()), LeftOutReason::Name),
        (tool(None, &"n".repeat(257), plain.clone()), LeftOutReason::Name),
        (tool(None, "CallTool", plain.clone()), LeftOutReason::Reserved),
        (tool(None, "HR", plain.clone()), LeftOutReason::Reserved),
        (tool(Some("HR"), "Finance___pay", plain.clone()), LeftOutReason::Group),
        (tool(Some("HR"), "HR___", plain.clone()), LeftOutReason::Group),
        (tool(Some("A___B"), "A___B___c", plain.clone()), LeftOutReason::Group),
        (tool(Some("HR"), "HR___get", plain.clone()), LeftOutReason::Duplicate),
        (tool(None, "wide", json!({ "type": "object", "properties": wide })), LeftOutReason::TooLarge),
    ];
    for (tool_left_out, reason) in rows {
        let catalog = Catalog::new([tool(Some("HR"), "HR___get", plain.clone()), tool_left_out]);
        assert_eq!(catalog.left_out().iter().map(|left| left.reason).collect::<Vec<_>>(), [reason]);
        assert_eq!(catalog.actions().collect::<Vec<_>>(), ["HR___get"]);
        Schema::from_str(&schema(&catalog)).unwrap();
    }
}

#[test]
fn a_target_with_too_many_tools_takes_no_place_of_another() {
    let flood = (0..1_005).map(|n| tool(Some("flood"), &format!("flood___{n}"), json!({})));
    let catalog = Catalog::new(flood.chain([tool(Some("HR"), "HR___get", json!({}))]));
    assert!(catalog.contains("HR___get"));
    assert_eq!(catalog.actions().count(), 1_001);
    assert_eq!(catalog.left_out().len(), 5);
}

#[test]
fn a_target_with_large_types_takes_no_place_of_another() {
    let properties = |count: usize| (0..count).map(|n| (format!("property_{n}"), json!({ "type": "string" })));
    let wide = json!({ "properties": properties(500).collect::<serde_json::Map<_, _>>() });
    let flood = (0..100).map(|n| tool(Some("flood"), &format!("flood___{n}"), wide.clone()));
    let catalog = Catalog::new(flood.chain([tool(Some("HR"), "HR___get", wide.clone())]));
    assert!(catalog.contains("HR___get"));
    assert!(schema(&catalog).len() < 450 * 1024);
    assert!(
        catalog.left_out().iter().all(|left| left.reason == LeftOutReason::TooMany) && !catalog.left_out().is_empty()
    );
}

#[test]
fn a_policy_cannot_name_an_argument_that_has_no_type() {
    let error = engine(&on_salary("forbid", "when { context.input has secret && context.input.secret == \"x\" }"));
    let error = error.unwrap().warnings();
    assert!(!error.is_empty(), "a condition that is never true is a doubt");
    engine(&on_salary("forbid", "when { context.input.secret == \"x\" }")).unwrap_err();
}

#[test]
fn a_catalog_reads_what_tools_list_prints() {
    let answer = json!({ "tools": [{ "name": "HR___get", "description": "…", "inputSchema": { "type": "object" } }] });
    let catalog = Catalog::from_json(&answer.to_string()).unwrap();
    assert!(schema(&catalog).contains("action \"HR___get\" in [\"HR\"]"));
    Catalog::from_json("{}").unwrap_err();
}
