//! Decisions on calls.

use serde_json::json;

use super::support::{engine, ids, on_salary, person, request, roles, salary};
use crate::{AwsRole, Basis, Catalog, Effect, Engine, Mode, PolicyFiles, Principal, Request, tags};

const NOTHING: fn() -> serde_json::Value = || json!({});

fn log_only(policies: &str) -> Engine {
    let catalog = super::support::catalog("roles");
    Engine::new(&PolicyFiles::one("test.cedar", policies), &catalog, Mode::LogOnly).unwrap()
}

#[test]
fn a_forbid_on_an_absent_tag_is_refused_and_its_careful_form_denies() {
    let careless = on_salary("forbid", "when { principal.getTag(\"dept\") != \"it\" }");
    engine(&(on_salary("permit", "") + &careless)).unwrap_err();
    let careful = on_salary("forbid", "when { !(principal.hasTag(\"dept\") && principal.getTag(\"dept\") == \"it\") }");
    let engine = engine(&(on_salary("permit", "") + &careful)).unwrap();
    let rows = [
        (json!({}), Effect::Deny),
        (json!({ "dept": null }), Effect::Deny),
        (json!({ "dept": "hr" }), Effect::Deny),
        (json!({ "dept": "it" }), Effect::Allow),
    ];
    for (claims, effect) in rows {
        assert_eq!(salary(&engine, &claims, &json!({})).effect(), effect, "{claims}");
    }
}

#[test]
fn a_forbid_wins_over_every_permit() {
    let text =
        format!("{}{}@id(\"no\")\n{}", on_salary("permit", ""), on_salary("permit", ""), on_salary("forbid", ""));
    let decision = salary(&engine(&text).unwrap(), &NOTHING(), &NOTHING());
    assert_eq!((decision.effect(), decision.verdict.basis), (Effect::Deny, Basis::Forbidden));
    assert_eq!(ids(&decision), ["no"]);
}

#[test]
fn words_of_a_scope_are_exact() {
    let rows = [
        (json!({ "scope": "api/admin" }), Effect::Allow),
        (json!({ "scope": "api/read api/admin api/write" }), Effect::Allow),
        (json!({ "scope": ["api/admin"] }), Effect::Allow),
        (json!({ "scope": "api/readall api/writer xapi/read" }), Effect::Deny),
        (json!({ "scope": "api/administrator" }), Effect::Deny),
        (json!({ "scope": "xapi/admin api/admins" }), Effect::Deny),
        (json!({ "scope": ["api/admin2", "xapi/admin"] }), Effect::Deny),
        (json!({ "scope": "" }), Effect::Deny),
        (json!({ "scopes": "api/admin" }), Effect::Deny),
    ];
    for (claims, effect) in rows {
        assert_eq!(salary(&roles(), &claims, &NOTHING()).effect(), effect, "{claims}");
    }
}

#[test]
fn a_policy_that_fails_to_evaluate_denies_and_is_flagged() {
    // An overflow passes validation.
    let fails = "when { context.input.cents + 9223372036854775807 > 0 }";
    for effect in ["permit", "forbid"] {
        let text = format!("{}@id(\"fails\")\n{}", on_salary("permit", ""), on_salary(effect, fails));
        let decision = salary(&engine(&text).unwrap(), &NOTHING(), &NOTHING());
        assert_eq!((decision.effect(), decision.verdict.basis), (Effect::Deny, Basis::EvaluationFailed), "{effect}");
        assert_eq!(decision.errors().map(|error| error.policy.as_str()).collect::<Vec<_>>(), ["fails"]);
        assert!(ids(&decision).is_empty());
    }
}

#[test]
fn a_log_only_policy_that_fails_is_flagged_and_denies_nothing() {
    let fails = on_salary("forbid", "when { context.input.cents + 9223372036854775807 > 0 }");
    let text = format!("{}@id(\"fails\") @enforcementMode(\"LOG_ONLY\")\n{fails}", on_salary("permit", ""));
    let decision = salary(&engine(&text).unwrap(), &NOTHING(), &NOTHING());
    assert_eq!(decision.effect(), Effect::Allow);
    assert_eq!(decision.errors().map(|error| error.policy.as_str()).collect::<Vec<_>>(), ["fails"]);
}

#[test]
fn an_engine_that_only_logs_lets_calls_run_and_notes_what_would_have_been() {
    let permit = format!("@id(\"yes\")\n{}", on_salary("permit", "when { principal.hasTag(\"boss\") }"));
    let engine = log_only(&permit);
    for (claims, would, policies) in
        [(json!({}), Effect::Deny, vec![]), (json!({ "boss": true }), Effect::Allow, vec!["yes"])]
    {
        let decision = salary(&engine, &claims, &NOTHING());
        assert_eq!((decision.effect(), decision.verdict.basis), (Effect::Allow, Basis::NotEnforced));
        assert_eq!(decision.flips(), would == Effect::Deny);
        let noted = decision.would.unwrap();
        assert_eq!(noted.effect, would);
        assert_eq!(noted.determining.iter().map(crate::PolicyId::as_str).collect::<Vec<_>>(), policies);
    }
    let unknown = engine.decide(&request(&NOTHING(), "HR___gone", NOTHING())).unwrap();
    assert_eq!(unknown.would.unwrap().basis, Basis::UnknownTool);
}

#[test]
fn a_log_only_policy_changes_nothing_and_is_noted() {
    let log_only = |effect| format!("@id(\"trial\") @enforcementMode(\"LOG_ONLY\")\n{}", on_salary(effect, ""));
    let active = format!("@id(\"yes\")\n{}", on_salary("permit", ""));
    let rows = [
        (log_only("permit"), Effect::Deny, Effect::Allow),
        (active.clone() + &log_only("forbid"), Effect::Allow, Effect::Deny),
    ];
    for (text, effect, would) in rows {
        let decision = salary(&engine(&text).unwrap(), &NOTHING(), &NOTHING());
        assert_eq!((decision.effect(), decision.flips()), (effect, true), "{text}");
        let noted = decision.would.unwrap();
        assert_eq!(noted.effect, would, "{text}");
        assert_eq!(noted.determining[0].as_str(), "trial");
    }
    let quiet = salary(&engine(&active).unwrap(), &NOTHING(), &NOTHING());
    assert_eq!(quiet.would, None);
}

#[test]
fn a_log_only_permit_is_not_counted_under_an_engine_that_only_logs() {
    let text = format!("@enforcementMode(\"LOG_ONLY\")\n{}", on_salary("permit", ""));
    let decision = salary(&log_only(&text), &NOTHING(), &NOTHING());
    assert_eq!(decision.would.unwrap().basis, Basis::NothingApplies);
}

#[test]
fn bad_input_is_an_error_in_every_mode() {
    for engine in [roles(), log_only(&on_salary("permit", ""))] {
        let input = json!({ "employeeId": "e-1", "cents": 1, "ratio": 1.23456 });
        let error = engine.decide(&request(&json!({ "scope": "api/admin" }), "HR___set_salary", input)).unwrap_err();
        assert_eq!(error.path, "ratio");
    }
}

#[test]
fn tools_that_are_in_no_catalog_and_other_gateways_are_denied() {
    let everything = "permit (principal, action, resource is AgentCore::Gateway);";
    let engine = engine(everything).unwrap();
    for action in ["HR___gone", "UnknownTool", "CallTool", "HR", "", "HR__set_salary", "hr___set_salary"] {
        let decision = engine.decide(&request(&NOTHING(), action, NOTHING())).unwrap();
        assert_eq!((decision.effect(), decision.verdict.basis), (Effect::Deny, Basis::UnknownTool), "{action}");
    }
    let mut elsewhere = request(&json!({ "scope": "api/read" }), "HR___get_employee", json!({ "employeeId": "e-1" }));
    assert_eq!(roles().decide(&elsewhere).unwrap().effect(), Effect::Allow);
    elsewhere.gateway = "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/gw-2".to_owned();
    assert_eq!(roles().decide(&elsewhere).unwrap().effect(), Effect::Deny);
}

#[test]
fn a_policy_may_end_at_a_time() {
    let text = on_salary("permit", "when { context.system.now < datetime(\"2027-01-01T00:00:00Z\") }");
    let engine = engine(&text).unwrap();
    for (now, effect) in [
        ("2026-12-31T23:59:59.999Z", Effect::Allow),
        ("2027-01-01T00:30:00+01:00", Effect::Allow),
        ("2027-01-01T00:00:00Z", Effect::Deny),
    ] {
        let now = time::OffsetDateTime::parse(now, &time::format_description::well_known::Rfc3339).unwrap();
        let input = json!({ "employeeId": "e-1", "cents": 1 });
        let request = Request { now, ..request(&NOTHING(), "HR___set_salary", input) };
        assert_eq!(engine.decide(&request).unwrap().effect(), effect, "{now}");
    }
}

#[test]
fn claims_become_strings() {
    let claims = json!({ "s": "a b", "n": 1_795_769_999, "f": 1.5, "big": 1e21, "t": true, "l": ["a", "b"],
        "o": { "k": [1] }, "nothing": null });
    let tags = tags(claims.as_object().unwrap());
    let expected = [
        ("big", "1000000000000000000000"),
        ("f", "1.5"),
        ("l", "[\"a\",\"b\"]"),
        ("n", "1795769999"),
        ("o", "{\"k\":[1]}"),
        ("s", "a b"),
        ("t", "true"),
    ];
    assert_eq!(tags.iter().map(|(name, tag)| (name.as_str(), tag.as_str())).collect::<Vec<_>>(), expected);
}

#[test]
fn a_role_of_aws_has_no_session_and_no_tags() {
    let rows = [
        ("arn:aws:iam::123456789012:role/team/Reader", Some("arn:aws:sts::123456789012:assumed-role/Reader")),
        ("arn:aws:sts::123456789012:assumed-role/Reader/me", Some("arn:aws:sts::123456789012:assumed-role/Reader")),
        ("arn:aws-cn:iam::123456789012:role/R", Some("arn:aws-cn:sts::123456789012:assumed-role/R")),
        ("arn:aws:iam::123456789012:user/Reader", None),
        ("arn:aws:iam::12345678901:role/Reader", None),
        ("arn:aws:sts::123456789012:assumed-role/", None),
        ("Reader", None),
    ];
    for (arn, role) in rows {
        assert_eq!(AwsRole::parse(arn).ok().as_ref().map(AwsRole::as_str), role, "{arn}");
    }
    let principal = Principal::AwsRole(AwsRole::parse("arn:aws:iam::123456789012:role/R").unwrap());
    let input = json!({ "employeeId": "e-1" });
    let asked = Request { principal, ..request(&NOTHING(), "HR___get_employee", input) };
    assert_eq!(roles().decide(&asked).unwrap().effect(), Effect::Deny, "the roles are for people");
}

#[test]
fn a_person_needs_a_subject() {
    for claims in [json!({}), json!({ "sub": "" }), json!({ "sub": 7 })] {
        assert_eq!(crate::Person::from_claims(claims.as_object().unwrap()), None);
    }
    assert!(matches!(person(&NOTHING()), Principal::Person(_)));
}

#[test]
fn an_engine_without_tools_denies_everything() {
    let engine = Engine::new(&PolicyFiles::one("p", &on_salary("permit", "")), &Catalog::default(), Mode::Enforce);
    let decision = salary(&engine.unwrap(), &NOTHING(), &NOTHING());
    assert_eq!(decision.verdict.basis, Basis::UnknownTool);
}
