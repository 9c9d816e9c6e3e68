use super::*;
use crate::CallId;
use crate::actor::Evidence;
use crate::fakes::{actor, kind, limits, question};
use std::collections::BTreeSet;

#[test]
fn every_limit_is_in_the_digest_that_is_signed() {
    let own = limits(3, 10_000);
    let other = StandingLimits { question: "ff".repeat(32), ..own.clone() };
    let all = [
        own.clone(),
        other,
        StandingLimits { id: question(9).id, ..own.clone() },
        StandingLimits { issuer: "x".into(), ..own.clone() },
        StandingLimits { subject: "x".into(), ..own.clone() },
        StandingLimits { tenant: "x".into(), ..own.clone() },
        StandingLimits { tool: ToolName("x".into()), ..own.clone() },
        StandingLimits { definition: "x".into(), ..own.clone() },
        StandingLimits { arguments: Vec::new(), ..own.clone() },
        StandingLimits { uses: 4, ..own.clone() },
        StandingLimits { until: 10_001, ..own.clone() },
    ];
    let digests: BTreeSet<String> = all.iter().map(|limits| limits.digest().unwrap()).collect();
    assert_eq!(digests.len(), all.len());
    assert!(!digests.contains(&own.question), "the digest of a question is none of limits");
    let ids: BTreeSet<ApprovalId> = (0..=100).map(|number| own.use_id(number)).chain([own.id.clone()]).collect();
    assert_eq!(ids.len(), 102);
    assert_ne!(own.use_id(1), all[2].use_id(1));
}

#[test]
fn limits_cover_their_own_person_tool_and_arguments_to_the_letter() {
    let ada = actor("ada");
    let elsewhere = Actor::attest(Evidence { tenant: "other".into(), ..ada.evidence().clone() });
    let (call, definition) = kind();
    let changed = |tool: &str, input: Value| ToolCall { tool: ToolName(tool.into()), input, ..call.clone() };
    let same = changed("deed", json!({ "id": "1" }));
    let later = ToolCall { id: CallId("call-9-9".into()), ..same.clone() };
    let (letter, more) = (changed("deed", json!({ "id": "l" })), changed("deed", json!({ "id": "1", "all": true })));
    let other = changed("other", json!({ "id": "1" }));
    let redefined = Definition::of(&crate::tool::ToolSpec {
        name: call.tool.clone(),
        description: "Something else".into(),
        input_schema: json!({}),
    })
    .unwrap();
    for (name, who, call, definition, covered) in [
        ("the same", &ada, &same, &definition, true),
        ("the same in another call", &ada, &later, &definition, true),
        ("another letter", &ada, &letter, &definition, false),
        ("one more argument", &ada, &more, &definition, false),
        ("another tool", &ada, &other, &definition, false),
        ("a changed tool", &ada, &same, &redefined, false),
        ("another person", &actor("bob"), &same, &definition, false),
        ("another organization", &elsewhere, &same, &definition, false),
    ] {
        let kind = ActionKind { call, definition, target: "1" };
        assert_eq!(limits(3, 10_000).covers(who, &kind), covered, "{name}");
    }
}

#[test]
fn an_approval_fits_its_own_question_and_a_use_its_own_number() {
    let (ada, (call, definition)) = (actor("ada"), kind());
    let kind = ActionKind { call: &call, definition: &definition, target: "1" };
    let own = limits(3, 10_000);
    let asked = |id: ApprovalId| Question { id, ..question(1) };
    let disclosing = Question { discloses: Some("desk".into()), ..asked(own.use_id(1)) };
    for (name, used, question, at, fits) in [
        ("given", None, question(1), 5, true),
        ("given with another question", None, question(2), 5, false),
        ("the first use", Some(1), asked(own.use_id(1)), 9_999, true),
        ("the last use", Some(3), asked(own.use_id(3)), 5, true),
        ("one use more", Some(4), asked(own.use_id(4)), 5, false),
        ("no use", Some(0), asked(own.use_id(0)), 5, false),
        ("the use of another number", Some(2), asked(own.use_id(1)), 5, false),
        ("a use of a question that was asked", Some(1), question(1), 5, false),
        ("at the end", Some(1), asked(own.use_id(1)), 10_000, false),
        ("data goes out", Some(1), disclosing, 5, false),
    ] {
        let standing = Standing { limits: own.clone(), used };
        assert_eq!(standing.check(&question, &ada, &kind, at).is_ok(), fits, "{name}");
    }
}
