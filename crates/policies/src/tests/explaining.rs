//! Explanations, cases and commands, as an operator reads them.

use std::path::Path;

use serde_json::{Value, json};

use super::support::{GATEWAY, directory, engine, on_salary, request, roles};
use crate::cases::{Cases, run};
use crate::command::{self, Exit};
use crate::{Engine, Trace};

fn explain(engine: &Engine, claims: &Value, action: &str, input: Value) -> String {
    engine.explain(&request(claims, action, input)).to_string()
}

fn raise() -> Value {
    json!({ "employeeId": "e-1", "cents": 1, "ratio": 1.2 })
}

#[test]
fn an_explanation_tells_the_condition_that_failed() {
    let text = explain(&roles(), &json!({ "scope": "api/read" }), "HR___set_salary", raise());
    assert!(text.starts_with("No permit matches, so the call is denied.\n"), "{text}");
    let near = "- admin (permit, full.cedar:3) does not match, because this does not hold: `";
    assert!(text.contains(near) && text.contains("(principal.getTag(\"scope\") == \"api/admin\") ||"), "{text}");
    let forbid = "- raise-limit (forbid, full.cedar:20) does not match, because this does not hold: \
                  `context.input.ratio.greaterThan(decimal(\"1.5\"))`.";
    assert!(text.contains(forbid), "{text}");
    assert!(text.ends_with("2 policies are about other tools.\n"), "{text}");
}

#[test]
fn an_explanation_tells_what_matched_first() {
    let input = json!({ "employeeId": "e-1", "cents": 1, "ratio": 2.0 });
    let text = explain(&roles(), &json!({ "scope": "api/admin" }), "HR___set_salary", input);
    let expected = "A forbid denies the call.\n- admin (permit, full.cedar:3) matches.\n- raise-limit (forbid, full.cedar:20) matches.\n";
    assert!(text.starts_with(expected), "{text}");
}

#[test]
fn an_explanation_tells_other_callers_gateways_failures_and_modes() {
    let elsewhere = on_salary("permit", "").replace(GATEWAY, "another");
    let roles_only = on_salary("permit", "").replace("OAuthUser", "IamEntity");
    let fails = on_salary("permit", "when { context.input.cents + 9223372036854775807 > 0 }");
    let unless = on_salary("forbid", "unless { context.input has ratio }");
    let log_only = format!("@enforcementMode(\"LOG_ONLY\")\n{}", on_salary("permit", ""));
    let engine = engine(&(elsewhere + &roles_only + &fails + &unless + &log_only)).unwrap();
    let explanation = engine.explain(&request(&json!({}), "HR___set_salary", raise()));
    let mut traces = explanation.policies.iter().map(|policy| (policy.id.as_str(), &policy.trace)).collect::<Vec<_>>();
    traces.sort_by_key(|(id, _)| *id);
    assert!(matches!(traces[0].1, Trace::Gateway(part) if part.contains("another")), "{traces:?}");
    assert!(matches!(traces[1].1, Trace::Principal(part) if part.contains("IamEntity")), "{traces:?}");
    assert!(matches!(traces[2].1, Trace::Failed { message, .. } if message.contains("overflow")), "{traces:?}");
    assert!(matches!(traces[3].1, Trace::Condition(part) if part.starts_with("unless")), "{traces:?}");
    assert_eq!(traces[4].1, &Trace::Matched);
    let text = explanation.to_string();
    assert!(text.starts_with("A policy failed to evaluate, so the call is denied.\n"), "{text}");
    assert!(text.contains("- test-5 (permit, log-only, test.cedar:"), "{text}");
}

#[test]
fn an_explanation_tells_what_log_only_policies_would_change() {
    let trial = format!("@enforcementMode(\"LOG_ONLY\")\n{}", on_salary("forbid", ""));
    let engine = engine(&(on_salary("permit", "") + &trial)).unwrap();
    let text = explain(&engine, &json!({}), "HR___set_salary", raise());
    let expected = "The policies allow the call.\nIf the log-only policies counted: A forbid denies the call.\n";
    assert!(text.starts_with(expected), "{text}");
}

#[test]
fn an_explanation_tells_bad_input_and_unknown_tools() {
    let bad = explain(&roles(), &json!({}), "HR___set_salary", json!({ "employeeId": 7 }));
    assert!(bad.starts_with("The call is refused before any policy: the argument cents is required.\n"), "{bad}");
    let unknown = explain(&roles(), &json!({}), "HR___gone", json!({}));
    assert!(unknown.starts_with("The tool is in no catalog, so the call is denied.\n"), "{unknown}");
}

#[test]
fn a_case_that_comes_out_otherwise_fails_with_an_explanation() {
    let cases = format!(
        "gateway = \"{GATEWAY}\"\n[[case]]\nname = \"a reader pays\"\nclaims = {{ sub = \"a\", scope = \"api/read\" }}\n\
         tool = \"HR___set_salary\"\ninput = {{ employeeId = \"e\", cents = 1 }}\nexpect = \"allow\"\n\
         [[listing]]\nname = \"a reader lists\"\nclaims = {{ sub = \"a\", scope = \"api/read\" }}\nexpect = []\n\
         [[case]]\nname = \"by another policy\"\nclaims = {{ sub = \"a\" }}\ntool = \"HR___set_salary\"\n\
         input = {{ employeeId = \"e\", cents = 1 }}\nexpect = \"deny\"\ndetermining = [\"raise-limit\"]\n\
         [[case]]\nname = \"nobody\"\ntool = \"HR___set_salary\"\nexpect = \"deny\"\n"
    );
    let report = run(&Cases::from_toml(&cases).unwrap(), &roles(), &super::support::catalog("roles"));
    let names = report.failures.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>();
    assert_eq!(names, ["a reader pays", "by another policy", "nobody", "a reader lists"]);
    let text = report.to_string();
    assert!(text.contains("FAILED a reader pays: deny, by [], was not expected.\nNo permit matches"), "{text}");
    assert!(
        text.contains("these are listed: HR___get_employee, HR___list_leave")
            && text.ends_with("0 passed, 4 failed.\n")
    );
    assert!(!run(&Cases::from_toml("gateway = \"g\"").unwrap(), &roles(), &super::support::catalog("roles")).is_good());
    Cases::from_toml("gateway = \"g\"\n[[case]]\nname = \"typo\"\nexpekt = \"allow\"").unwrap_err();
}

#[test]
fn commands_tell_good_bad_and_unknown_apart() {
    let roles = directory("roles");
    let (catalog, cases) = (roles.join("catalog.json"), roles.join("cases.toml"));
    let elsewhere = directory("aws-guide").join("catalog.json");
    let nowhere = Path::new("/nowhere");
    let rows = [
        (command::check(&roles, &catalog), Exit::Good, "The policies are valid.\n"),
        (command::check(&roles, &elsewhere), Exit::Bad, "names \"HR___set_salary\", which no tool or target is called"),
        (command::check(nowhere, &catalog), Exit::Unknown, "/nowhere: the file is not readable"),
        (command::check(&roles, nowhere), Exit::Unknown, "/nowhere: the file is not readable"),
        (command::check(&roles, &cases), Exit::Unknown, "the catalog must be a list of tools"),
        (command::test(&roles, &cases, &elsewhere), Exit::Bad, "FAILED"),
        (command::test(&roles, &catalog, &catalog), Exit::Unknown, "the file is not readable"),
        (command::explain(&roles, &cases, &catalog), Exit::Unknown, "the file is not readable"),
    ];
    for (output, exit, part) in rows {
        assert_eq!(output.exit, exit, "{}", output.text);
        assert!(output.text.contains(part), "{} does not hold {part}", output.text);
    }
}

#[test]
fn a_request_to_explain_is_json_or_toml() {
    let catalog = directory("roles").join("catalog.json");
    let file = std::env::temp_dir().join(format!("policy-request-{}", std::process::id()));
    let json = json!({ "gateway": GATEWAY, "claims": { "sub": "a", "scope": "api/read" }, "tool": "HR___get_employee",
        "input": { "employeeId": "e" } });
    let toml = format!(
        "gateway = \"{GATEWAY}\"\nrole = \"arn:aws:iam::123456789012:role/R\"\ntool = \"HR___get_employee\"\n\
         input = {{ employeeId = \"e\" }}\nnow = \"2026-11-28T12:00:00Z\"\n"
    );
    for (text, exit) in [(json.to_string(), Exit::Good), (toml, Exit::Bad)] {
        std::fs::write(&file, text).unwrap();
        let output = command::explain(&directory("roles"), &file, &catalog);
        assert_eq!(output.exit, exit, "{}", output.text);
    }
    std::fs::remove_file(&file).unwrap();
}
