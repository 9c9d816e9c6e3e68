//! Sets that do not load, and the errors that tell of them.

use super::support::{GATEWAY, catalog, engine, on_salary, only_problem};
use crate::{Engine, Mode, PolicyFile, PolicyFiles, ProblemKind};

#[test]
fn a_bare_resource_is_refused_for_permit_and_forbid() {
    for effect in ["permit", "forbid"] {
        for action in ["action", "action == AgentCore::Action::\"HR___set_salary\""] {
            let error = engine(&format!("{effect} (principal, {action}, resource);")).unwrap_err();
            assert!(matches!(only_problem(&error), ProblemKind::WildcardResource), "{error}");
        }
    }
}

#[test]
fn the_scope_of_action_and_resource_must_agree() {
    let gateway = format!("resource == AgentCore::Gateway::\"{GATEWAY}\"");
    let named = "action == AgentCore::Action::\"HR___set_salary\"";
    let listed = "action in [AgentCore::Action::\"HR\"]";
    let any = "resource is AgentCore::Gateway";
    type Check = fn(&ProblemKind) -> bool;
    let rows: [(&str, &str, Option<Check>); 7] = [
        ("action", any, None),
        (named, &gateway, None),
        (listed, &gateway, None),
        (named, any, Some(|kind| matches!(kind, ProblemKind::ActionsWithoutGateway))),
        (listed, any, Some(|kind| matches!(kind, ProblemKind::ActionsWithoutGateway))),
        ("action", &gateway, Some(|kind| matches!(kind, ProblemKind::GatewayWithoutActions))),
        (named, "resource in AgentCore::Gateway::\"x\"", Some(|kind| matches!(kind, ProblemKind::ResourceIn))),
    ];
    for (action, resource, check) in rows {
        let loaded = engine(&format!("permit (principal, {action}, {resource});"));
        match check {
            None => drop(loaded.unwrap()),
            Some(check) => assert!(check(only_problem(&loaded.unwrap_err())), "{action}, {resource}"),
        }
    }
}

#[test]
fn an_error_names_file_line_policy_and_remedy() {
    let permit = on_salary("permit", "");
    let rows = [
        (format!("{permit}\n\npermit (principal, action, ;"), "test.cedar:5: "),
        (
            format!("// a comment\n{permit}@id(\"second\")\npermit (principal, action, resource);"),
            "test.cedar:4: policy second: a bare `resource`",
        ),
        (
            format!("{permit}\n@id(\"big\")\n{}", on_salary("permit", "when { context.input.ratio > 1 }")),
            "test.cedar:4: policy big: ",
        ),
        (
            format!("{permit}{}", on_salary("forbid", "when { principal.getTag(\"dept\") != \"it\" }")),
            "test.cedar:3: policy test-2: ",
        ),
    ];
    for (text, expected) in rows {
        let error = engine(&text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error} does not hold {expected}");
    }
}

#[test]
fn sets_with_doubtful_names_or_modes_are_refused() {
    let permit = |annotations: &str| format!("{annotations}{}", on_salary("permit", ""));
    let long = format!("@id(\"{}\")", "x".repeat(49));
    type Check = fn(&ProblemKind) -> bool;
    let rows: [(String, Check); 9] = [
        (permit("@id(\"a\")") + &permit("@id(\"a\")"), |kind| matches!(kind, ProblemKind::DuplicateId { .. })),
        (permit("@id(\"test-2\")") + &permit(""), |kind| matches!(kind, ProblemKind::DuplicateId { .. })),
        (permit(&long), |kind| matches!(kind, ProblemKind::Id(_))),
        (permit("@id(\"\")"), |kind| matches!(kind, ProblemKind::Id(_))),
        (permit("@id(\"a b\")"), |kind| matches!(kind, ProblemKind::Id(_))),
        (permit("@enforcementMode(\"log\")"), |kind| matches!(kind, ProblemKind::EnforcementMode(_))),
        (permit("@enforcmentMode(\"LOG_ONLY\")"), |kind| matches!(kind, ProblemKind::Annotation(_))),
        ("permit (principal == ?principal, action, resource is AgentCore::Gateway);".to_owned(), |kind| {
            matches!(kind, ProblemKind::Template)
        }),
        (String::new(), |kind| matches!(kind, ProblemKind::NoPolicies)),
    ];
    for (text, check) in rows {
        let error = engine(&text).unwrap_err();
        assert!(check(only_problem(&error)), "{text}: {error}");
    }
}

#[test]
fn an_id_of_48_characters_is_fine_and_files_name_the_others() {
    let id = "x".repeat(48);
    let text = format!("@id(\"{id}\")\n{}{}", on_salary("permit", ""), on_salary("permit", ""));
    let engine = engine(&text).unwrap();
    let explained = engine.explain(&super::support::request(
        &serde_json::json!({}),
        "HR___set_salary",
        serde_json::json!({ "employeeId": "e", "cents": 1 }),
    ));
    let ids = explained.policies.iter().map(|trace| trace.id.as_str()).collect::<Vec<_>>();
    assert_eq!(ids, ["test-2", &id]);
}

#[test]
fn a_policy_and_a_set_have_bounds() {
    let large = on_salary("permit", &format!("when {{ context.input.employeeId == \"{}\" }}", "x".repeat(10 * 1024)));
    assert!(matches!(only_problem(&engine(&large).unwrap_err()), ProblemKind::TooLarge));
    let many = on_salary("permit", "").repeat(1_001);
    assert!(matches!(only_problem(&engine(&many).unwrap_err()), ProblemKind::TooMany));
}

#[test]
fn two_files_are_one_set_and_every_bad_file_is_told() {
    let file = |name: &str, text: String| PolicyFile { name: name.to_owned(), text };
    let good = PolicyFiles(vec![file("a.cedar", on_salary("permit", "")), file("b.cedar", on_salary("forbid", ""))]);
    Engine::new(&good, &catalog("roles"), Mode::Enforce).unwrap();
    let bad = PolicyFiles(vec![file("a.cedar", "permit".to_owned()), file("b.cedar", "forbid".to_owned())]);
    let error = Engine::new(&bad, &catalog("roles"), Mode::Enforce).unwrap_err().to_string();
    assert!(error.contains("a.cedar:1: ") && error.contains("b.cedar:1: "), "{error}");
}

#[test]
fn files_that_are_not_readable_are_told() {
    let error = PolicyFiles::read(std::path::Path::new("/nowhere/policies")).unwrap_err();
    assert!(error.to_string().starts_with("/nowhere/policies: the file is not readable"), "{error}");
}
