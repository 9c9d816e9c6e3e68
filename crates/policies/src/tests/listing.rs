//! Listings, and properties that hold for every scope.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::support::{GATEWAY, catalog, engine, on_salary, person, request, roles, salary};
use crate::{AwsRole, Effect, Engine, Mode, PolicyFiles, Principal};

const TOOLS: [&str; 4] = ["HR___set_salary", "HR___get_employee", "HR___update_address", "HR___list_leave"];

fn list<'a>(engine: &Engine, claims: &Value, tools: &[&'a str]) -> Vec<&'a str> {
    engine.may_allow(&person(claims), GATEWAY, tools)
}

#[test]
fn two_principals_list_different_tools_in_the_order_given() {
    let engine = roles();
    let rows = [
        (json!({ "scope": "api/read" }), vec!["HR___get_employee", "HR___list_leave"]),
        (json!({ "scope": "api/admin api/write" }), vec!["HR___set_salary", "HR___update_address"]),
        (json!({}), vec![]),
    ];
    for (claims, listed) in rows {
        assert_eq!(list(&engine, &claims, &TOOLS), listed, "{claims}");
    }
    let role = Principal::AwsRole(AwsRole::parse("arn:aws:iam::123456789012:role/R").unwrap());
    assert!(engine.may_allow(&role, GATEWAY, &TOOLS).is_empty());
    assert!(engine.may_allow(&person(&json!({ "scope": "api/read" })), "another", &TOOLS).is_empty());
}

#[test]
fn unknown_arguments_and_times_hide_nothing_and_certain_denials_do() {
    let salary_tool = ["HR___set_salary"];
    let rows = [
        (on_salary("permit", "when { context.input.cents > 1 }"), true),
        (on_salary("permit", "when { context.system.now < datetime(\"1970-01-01\") }"), true),
        (on_salary("permit", "") + &on_salary("forbid", "when { context.input.cents > 1 }"), true),
        (on_salary("permit", "") + &on_salary("forbid", ""), false),
        (on_salary("permit", "") + &on_salary("forbid", "unless { principal.hasTag(\"boss\") }"), false),
        (on_salary("permit", "when { principal.hasTag(\"boss\") && context.input.cents > 1 }"), false),
        (format!("@enforcementMode(\"LOG_ONLY\")\n{}", on_salary("permit", "")), false),
        (on_salary("permit", "") + &format!("@enforcementMode(\"LOG_ONLY\")\n{}", on_salary("forbid", "")), true),
    ];
    for (text, listed) in rows {
        let engine = engine(&text).unwrap();
        assert_eq!(!list(&engine, &json!({}), &salary_tool).is_empty(), listed, "{text}");
    }
}

#[test]
fn tools_that_are_unknown_are_not_listed_unless_the_engine_only_logs() {
    let everything = PolicyFiles::one("p", "permit (principal, action, resource is AgentCore::Gateway);");
    for (mode, listed) in [(Mode::Enforce, vec![]), (Mode::LogOnly, vec!["HR___gone"])] {
        let engine = Engine::new(&everything, &catalog("roles"), mode).unwrap();
        assert_eq!(list(&engine, &json!({}), &["HR___gone"]), listed);
    }
}

/// Words that are near to scopes, in a string or an array.
fn scopes() -> impl Strategy<Value = (Vec<String>, bool)> {
    let word = prop_oneof![
        Just("api/read".to_owned()),
        Just("api/write".to_owned()),
        Just("api/admin".to_owned()),
        "x?(api|API)/(admin|read|write)[a-z/:*]{0,3}",
        "[a-z/:*]{1,12}",
    ];
    (proptest::collection::vec(word, 0..6), any::<bool>())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn no_salary_is_set_without_the_scope_and_what_is_allowed_is_listed((words, as_array) in scopes()) {
        thread_local!(static ENGINE: Engine = roles());
        ENGINE.with(|engine| {
            let scope = if as_array { json!(words) } else { json!(words.join(" ")) };
            let claims = json!({ "scope": scope });
            let allowed = salary(engine, &claims, &json!({})).effect() == Effect::Allow;
            prop_assert_eq!(allowed, words.iter().any(|word| word == "api/admin"));
            let listed = list(engine, &claims, &TOOLS);
            for (tool, input) in [
                ("HR___set_salary", json!({ "employeeId": "e", "cents": 1 })),
                ("HR___get_employee", json!({ "employeeId": "e" })),
                ("HR___update_address", json!({ "employeeId": "e", "address": "a" })),
            ] {
                let decision = engine.decide(&request(&claims, tool, input)).unwrap();
                prop_assert!(decision.effect() == Effect::Deny || listed.contains(&tool));
            }
            Ok(())
        })?;
    }
}
