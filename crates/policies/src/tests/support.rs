//! The example of the roles, and short ways to ask it.

use std::path::PathBuf;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::{Catalog, Decision, Engine, LoadError, Mode, Person, PolicyFiles, Principal, ProblemKind, Request, Tool};

pub(super) const GATEWAY: &str = "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/gw-1";

pub(super) fn directory(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../authz/policies").join(name)
}

pub(super) fn catalog(name: &str) -> Catalog {
    Catalog::from_json(&std::fs::read_to_string(directory(name).join("catalog.json")).unwrap()).unwrap()
}

/// The engine of the roles.
pub(super) fn roles() -> Engine {
    Engine::open(&directory("roles"), &catalog("roles"), Mode::Enforce).unwrap()
}

/// An engine over the tools of the roles.
pub(super) fn engine(policies: &str) -> Result<Engine, LoadError> {
    Engine::new(&PolicyFiles::one("test.cedar", policies), &catalog("roles"), Mode::Enforce)
}

pub(super) fn only_problem(error: &LoadError) -> &ProblemKind {
    assert_eq!(error.problems.len(), 1, "{error}");
    &error.problems[0].kind
}

pub(super) fn person(claims: &Value) -> Principal {
    let mut all = Map::from_iter([("sub".to_owned(), json!("auth0|64af0c"))]);
    all.extend(claims.as_object().unwrap().clone());
    Principal::Person(Person::from_claims(&all).unwrap())
}

pub(super) fn request(claims: &Value, action: &str, input: Value) -> Request {
    Request {
        principal: person(claims),
        action: action.to_owned(),
        gateway: GATEWAY.to_owned(),
        input,
        now: OffsetDateTime::UNIX_EPOCH,
    }
}

/// Asks for a salary of some cents with some further arguments.
pub(super) fn salary(engine: &Engine, claims: &Value, more: &Value) -> Decision {
    let mut input = json!({ "employeeId": "e-1", "cents": 500_000 });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    engine.decide(&request(claims, "HR___set_salary", input)).unwrap()
}

pub(super) fn ids(decision: &Decision) -> Vec<&str> {
    decision.verdict.determining.iter().map(crate::PolicyId::as_str).collect()
}

/// A policy on `set_salary` with the head of a permit or a forbid.
pub(super) fn on_salary(effect: &str, condition: &str) -> String {
    format!(
        "{effect} (principal is AgentCore::OAuthUser, action == AgentCore::Action::\"HR___set_salary\",\n  \
         resource == AgentCore::Gateway::\"{GATEWAY}\") {condition};\n"
    )
}

pub(super) fn tool(group: Option<&str>, name: &str, input_schema: Value) -> Tool {
    Tool { group: group.map(str::to_owned), name: name.to_owned(), input_schema }
}
