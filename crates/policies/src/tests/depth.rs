//! No policy overflows a stack: it is refused, or parsed, validated, decided, listed and explained.

use serde_json::json;

use super::support::{engine, on_salary, only_problem, person, request};
use crate::{Effect, ProblemKind};

/// Conditions of a shape that grows.
fn shapes(size: usize) -> Vec<String> {
    let wrapped = |open: &str, close: &str| format!("{}1==2{}", open.repeat(size), close.repeat(size));
    vec![
        vec!["1==2"; size].join("||"),
        vec!["1==2"; size].join("&&"),
        vec!["1==2"; size].join(" || \"s;\" == \"\\\"\" && "),
        format!("{} == 1", vec!["1"; size].join("+")),
        format!("{} == 1", vec!["1"; size].join("-")),
        format!("{}1==2", "if 1==1 then false else ".repeat(size)),
        format!("context{} == 1", ".a".repeat(size)),
        format!("context{} == 1", "[\"a\"]".repeat(size)),
        format!("1 == 1{}", ".contains(1)".repeat(size)),
        wrapped("(", ")"),
        wrapped("!(", ")"),
        wrapped("[", "]"),
        wrapped("{a: ", "}"),
        wrapped("if ", " then false else false"),
        "(".repeat(size),
        "[(".repeat(size / 2) + &"]".repeat(size),
    ]
}

#[test]
fn policies_of_every_depth_are_refused_or_decided() {
    for size in [1, 40, 52, 180, 250, 300_000] {
        for condition in shapes(size) {
            let Ok(engine) = engine(&on_salary("permit", &format!("when {{ {condition} }}"))) else { continue };
            let asked = request(&json!({}), "HR___set_salary", json!({ "employeeId": "e", "cents": 1 }));
            let decision = engine.decide(&asked).unwrap();
            assert_eq!(decision.errors().count(), 0, "{size}: {condition:.60}");
            let listed = engine.may_allow(&person(&json!({})), &asked.gateway, &["HR___set_salary"]);
            assert!(decision.effect() == Effect::Deny || !listed.is_empty(), "{size}: {condition:.60}");
            assert_eq!(engine.explain(&asked).policies.len(), 1, "{size}: {condition:.60}");
        }
    }
}

#[test]
fn what_is_too_deep_is_refused_for_that_and_the_rest_for_its_types() {
    for (size, deep) in [(40, false), (250, true)] {
        for condition in shapes(size) {
            let Err(error) = engine(&on_salary("permit", &format!("when {{ {condition} }}"))) else {
                assert!(!deep, "{condition:.60}");
                continue;
            };
            let refused = matches!(error.problems[0].kind, ProblemKind::TooDeep);
            assert_eq!(refused, deep, "{condition:.60}: {error:.200}");
        }
    }
}

#[test]
fn a_policy_of_many_words_of_a_scope_is_not_too_deep() {
    let word = |n: usize| format!("principal.getTag(\"scope\") like \"* api/scope-{n} *\"");
    let words = (0..120).map(word).collect::<Vec<_>>().join(" ||\n");
    let condition = format!("when {{ principal.hasTag(\"scope\") && ({words}) }}");
    engine(&on_salary("permit", &condition)).unwrap();
    let comment = format!("// {}\n{}", "( || ".repeat(4_000), on_salary("permit", ""));
    engine(&comment).unwrap();
    let unended = "permit (principal, action, resource) when { ".to_owned() + &"x ".repeat(6_000);
    assert!(matches!(only_problem(&engine(&unended).unwrap_err()), ProblemKind::TooLarge));
}
