//! Policies and tools change while the engine runs, and nothing falls open.

use serde_json::{Value, json};

use super::support::{GATEWAY, catalog, engine, on_salary, person, request, salary, tool};
use crate::{Basis, Catalog, Effect, Engine, Mode, PolicyFiles, Tool, Warning};

fn nothing() -> Value {
    json!({})
}

fn salary_tool(cents: &str) -> Tool {
    let properties = json!({ "employeeId": { "type": "string" }, "cents": { "type": cents } });
    tool(Some("HR"), "HR___set_salary", json!({ "properties": properties, "required": ["employeeId", "cents"] }))
}

fn leave_tool() -> Tool {
    tool(Some("HR"), "HR___list_leave", json!({ "properties": {} }))
}

#[test]
fn policies_that_do_not_load_leave_the_old_ones_in_force() {
    let engine = engine(&on_salary("permit", "")).unwrap();
    let bad = [
        "permit (".to_owned(),
        String::new(),
        on_salary("permit", "when { context.input.ratio > 1 }"),
        "permit (principal, action, resource);".to_owned(),
        "// everything is commented out".to_owned(),
    ];
    for text in bad {
        engine.replace_policies(&PolicyFiles::one("new.cedar", &text)).unwrap_err();
        assert_eq!(salary(&engine, &nothing(), &nothing()).effect(), Effect::Allow, "{text}");
    }
    engine.replace_policies(&PolicyFiles::one("new.cedar", &on_salary("forbid", ""))).unwrap();
    assert_eq!(salary(&engine, &nothing(), &nothing()).effect(), Effect::Deny);
}

#[test]
fn a_reload_reads_the_files_again_and_survives_their_loss() {
    let directory = std::env::temp_dir().join(format!("policies-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let file = directory.join("a.cedar");
    std::fs::write(&file, on_salary("permit", "")).unwrap();
    std::fs::write(directory.join("notes.txt"), "not a policy").unwrap();
    let engine = Engine::open(&directory, &catalog("roles"), Mode::Enforce).unwrap();
    let clone = engine.clone();
    std::fs::write(&file, on_salary("forbid", "")).unwrap();
    engine.reload().unwrap();
    assert_eq!(salary(&clone, &nothing(), &nothing()).effect(), Effect::Deny, "clones share the policies");
    std::fs::write(&file, [0xff]).unwrap();
    engine.reload().unwrap_err();
    std::fs::remove_dir_all(&directory).unwrap();
    engine.reload().unwrap_err();
    assert_eq!(salary(&engine, &nothing(), &nothing()).verdict.basis, Basis::Forbidden);
}

#[test]
fn a_tool_that_is_gone_takes_no_policy_with_it() {
    let both = format!(
        "@id(\"stop\")\nforbid (principal, action in [AgentCore::Action::\"HR___set_salary\", \
         AgentCore::Action::\"HR___list_leave\"],\n resource == AgentCore::Gateway::\"{GATEWAY}\");"
    );
    let permit = format!(
        "@id(\"all\")\npermit (principal, action in AgentCore::Action::\"HR\", resource == \
         AgentCore::Gateway::\"{GATEWAY}\");"
    );
    let files = PolicyFiles::one("p.cedar", &(both + &permit));
    let engine = Engine::new(&files, &Catalog::new([leave_tool(), salary_tool("integer")]), Mode::Enforce).unwrap();
    assert_eq!(engine.warnings(), []);
    let warnings = engine.replace_catalog(&Catalog::new([leave_tool()])).unwrap();
    assert!(warnings.iter().any(|warning| matches!(warning,
        Warning::UnknownAction { policy, action } if policy.as_str() == "stop" && action == "HR___set_salary")));
    let leave = |engine: &Engine| engine.decide(&request(&nothing(), "HR___list_leave", nothing())).unwrap();
    assert_eq!(leave(&engine).verdict.basis, Basis::Forbidden, "the forbid holds for the tool that is left");
    assert_eq!(salary(&engine, &nothing(), &nothing()).verdict.basis, Basis::UnknownTool);
    engine.replace_catalog(&Catalog::default()).unwrap();
    assert_eq!(leave(&engine).verdict.basis, Basis::UnknownTool);
    engine.replace_catalog(&Catalog::new([leave_tool(), salary_tool("integer")])).unwrap();
    assert_eq!(engine.warnings(), []);
    assert_eq!(
        salary(&engine, &nothing(), &nothing()).verdict.basis,
        Basis::Forbidden,
        "the tool and its forbid are back"
    );
}

#[test]
fn a_tool_that_changes_its_arguments_is_withdrawn_and_the_rest_goes_on() {
    let policies = on_salary("permit", "")
        + &on_salary("forbid", "when { context.input.cents > 1000000 }")
        + "@id(\"leave\")\npermit (principal, action == AgentCore::Action::\"HR___list_leave\", resource == \
           AgentCore::Gateway::\"GW\");\n"
            .replace("GW", GATEWAY)
            .as_str();
    let files = PolicyFiles::one("p.cedar", &policies);
    let engine = Engine::new(&files, &Catalog::new([salary_tool("integer")]), Mode::Enforce).unwrap();
    let changed = Catalog::new([leave_tool(), salary_tool("string")]);
    let warnings = engine.replace_catalog(&changed).unwrap();
    assert!(
        warnings.iter().any(|warning| matches!(warning, Warning::Withdrawn { tool, .. } if tool == "HR___set_salary"))
    );
    assert_eq!(salary(&engine, &nothing(), &nothing()).verdict.basis, Basis::UnknownTool);
    assert_eq!(
        engine.may_allow(&person(&nothing()), GATEWAY, &["HR___list_leave", "HR___set_salary"]),
        ["HR___list_leave"]
    );
    // Another change of the policies does not forget the tool.
    let warnings = engine.replace_policies(&files).unwrap();
    assert!(warnings.iter().any(|warning| matches!(warning, Warning::Withdrawn { .. })));
    // Policies that fit the new arguments bring it back.
    engine.replace_policies(&PolicyFiles::one("p.cedar", &on_salary("permit", ""))).unwrap();
    let input = json!({ "employeeId": "e-1", "cents": "many" });
    let decision = engine.decide(&request(&nothing(), "HR___set_salary", input)).unwrap();
    assert_eq!(decision.effect(), Effect::Allow);
}

#[test]
fn a_new_tool_that_no_policy_of_all_tools_fits_is_withdrawn_alone() {
    let policy =
        "forbid (principal, action, resource is AgentCore::Gateway) when { context.input.employeeId == \"ceo\" };";
    let files = PolicyFiles::one("p.cedar", &(on_salary("permit", "") + policy));
    let engine = Engine::new(&files, &Catalog::new([salary_tool("integer")]), Mode::Enforce).unwrap();
    let other = tool(Some("evil"), "evil___tool", json!({ "properties": {} }));
    engine.replace_catalog(&Catalog::new([salary_tool("integer"), other])).unwrap();
    assert_eq!(salary(&engine, &nothing(), &nothing()).effect(), Effect::Allow);
    let decision = engine.decide(&request(&nothing(), "evil___tool", nothing())).unwrap();
    assert_eq!(decision.verdict.basis, Basis::UnknownTool);
}

#[test]
fn changes_at_once_lose_nothing_and_a_decision_sees_one_set() {
    let set = |name: &str| {
        let one = |number| format!("@id(\"{name}{number}\")\n{}", on_salary("permit", ""));
        PolicyFiles::one("p.cedar", &(one(1) + &one(2)))
    };
    let catalogs = [Catalog::new([salary_tool("integer")]), Catalog::new([salary_tool("integer"), leave_tool()])];
    let engine = Engine::new(&set("a"), &catalogs[0], Mode::Enforce).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| (0..12).for_each(|n| drop(engine.replace_policies(&set(["a", "b"][n % 2])).unwrap())));
        scope.spawn(|| (0..12).for_each(|n| drop(engine.replace_catalog(&catalogs[n % 2]).unwrap())));
        for _ in 0..50 {
            let decision = salary(&engine, &nothing(), &nothing());
            let ids = super::support::ids(&decision);
            assert!(ids == ["a1", "a2"] || ids == ["b1", "b2"], "{ids:?}");
        }
    });
    assert_eq!(super::support::ids(&salary(&engine, &nothing(), &nothing())), ["b1", "b2"], "the last policies");
    let leave = engine.decide(&request(&nothing(), "HR___list_leave", nothing())).unwrap();
    assert_eq!(leave.verdict.basis, Basis::NothingApplies, "the last catalog");
}
