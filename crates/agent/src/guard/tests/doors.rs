//! Calls that come through a door: policies, the token's end, and calls that nobody attends.

use super::*;
use crate::fakes::{FixedPolicies, MemorySignIns, ruled};
use crate::guard::NotAdmittedAlone;
use crate::ports::{PolicyDecision, PolicyEffect, Way};
use crate::via::Via;
use std::collections::BTreeMap;

fn via(until: Millis) -> Via {
    Via {
        door: "mcp".to_owned(),
        client: Some("cli".to_owned()),
        agents: vec!["supervisor".to_owned(), "planner".to_owned()],
        claims: BTreeMap::new(),
        until,
    }
}

fn through(until: Millis, risk: Risk) -> Request {
    let mut request = request("ada", risk);
    request.actor = request.actor.through(Some(Arc::new(via(until))));
    request
}

fn with_policies(world: World, decision: PolicyDecision) -> (House, Arc<FixedPolicies>) {
    let mut house = house(world, Person::SaysYes);
    let policies = Arc::new(FixedPolicies::default());
    policies.rule(decision);
    house.guard.policies = policies.clone();
    (house, policies)
}

fn refusal(result: Result<Permit, NotAdmitted>) -> Option<Refusal> {
    match result {
        Ok(_) => None,
        Err(NotAdmitted::Refused(refusal)) => Some(refusal),
        Err(other) => panic!("{other}"),
    }
}

fn forbidden() -> Refusal {
    Refusal::Forbidden { policies: vec!["rule".to_owned()] }
}

#[tokio::test(start_paused = true)]
async fn policies_and_permissions_must_agree_about_what_comes_through_a_door() {
    let denied = Refusal::Denied { relation: "may".into(), object: "thing:1".into() };
    let tried = PolicyDecision { enforced: None, tried: ruled(PolicyEffect::Deny).enforced };
    for (world, decision, expected) in [
        (World::Fine, ruled(PolicyEffect::Allow), None),
        (World::Fine, ruled(PolicyEffect::Deny), Some(forbidden())),
        (World::Fine, tried, None),
        (World::Fine, PolicyDecision::default(), None),
        (World::NoTuple, ruled(PolicyEffect::Allow), Some(denied)),
        (World::NoTuple, ruled(PolicyEffect::Deny), Some(forbidden())),
    ] {
        let (house, _) = with_policies(world, decision.clone());
        let admitted = house.guard.admit(through(i64::MAX, Risk::Elevated), &Notes::default()).await;
        assert_eq!(refusal(admitted), expected, "{world:?} {decision:?}");
        assert_eq!(house.approver.asked().len(), usize::from(expected.is_none()), "nobody is asked in vain");
        let line = house.ledger.lines().pop().unwrap();
        assert_eq!(line.policy, Some(decision).filter(|decision| !decision.is_empty()));
        assert_eq!(line.way, Some(Way::from(&via(0))), "the ledger names door, client and agents");
    }
}

#[tokio::test(start_paused = true)]
async fn policies_are_not_asked_about_the_persons_own_browser() {
    let (house, _) = with_policies(World::Fine, ruled(PolicyEffect::Deny));
    assert_eq!(admit(&house, Risk::Read).await, Ok("thing:1".to_owned()));
    let line = house.ledger.lines().pop().unwrap();
    assert_eq!((line.policy, line.way), (None, None));
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_came_while_the_person_was_asked_counts() {
    let (house, policies) = with_policies(World::Fine, ruled(PolicyEffect::Allow));
    let question = {
        let notes = Notes::default();
        let _ = house.guard.admit(through(i64::MAX, Risk::Elevated), &notes).await;
        notes.now()
    };
    policies.rule(ruled(PolicyEffect::Deny));
    let again = house.guard.admit(through(i64::MAX, Risk::Elevated), &Notes::beginning(question)).await;
    assert_eq!(refusal(again), Some(forbidden()));
}

/// The session in the browser does not count while the token does, and counts afterwards.
#[tokio::test(start_paused = true)]
async fn the_token_of_a_door_proves_the_sign_in_until_its_end() {
    for (until, expected) in [(i64::MAX, None), (0, Some(Refusal::SignInAgain))] {
        for risk in [Risk::Read, Risk::Elevated] {
            let mut house = house(World::Fine, Person::SaysYes);
            let sign_ins = Arc::new(MemorySignIns::default());
            sign_ins.end();
            house.guard.sign_ins = sign_ins;
            let admitted = house.guard.admit(through(until, risk), &Notes::default()).await;
            assert_eq!(refusal(admitted), expected, "{until} {risk:?}");
        }
    }
}

#[tokio::test]
async fn a_call_that_nobody_attends_is_admitted_only_if_it_needs_nobody() {
    for (world, risk, expected) in [
        (World::Fine, Risk::Read, Some("admitted")),
        (World::Fine, Risk::Elevated, None),
        (World::NotConnected, Risk::Read, None),
        (World::NoTuple, Risk::Elevated, Some("denied: may on thing:1 is missing")),
        (World::NoTuple, Risk::Read, Some("denied: may on thing:1 is missing")),
        (World::NoAuthorizer, Risk::Read, Some("not now: the permission service is not available")),
        (World::NoVault, Risk::Read, Some("not now: the vault is not available")),
        (World::NoLedger, Risk::Read, Some("not now: the ledger is not available")),
    ] {
        let house = house(world, Person::SaysYes);
        let found = match house.guard.admit_alone(through(i64::MAX, risk)).await {
            Ok(_) => Some("admitted".to_owned()),
            Err(NotAdmittedAlone::Refused(refusal)) => Some(refusal.to_string()),
            Err(NotAdmittedAlone::NeedsPerson) => None,
        };
        assert_eq!(found.as_deref(), expected, "{world:?} {risk:?}");
        assert!(house.approver.asked().is_empty(), "nobody is asked: {world:?} {risk:?}");
        if found.is_none() {
            assert!(house.ledger.lines().is_empty(), "nothing is recorded yet: {world:?} {risk:?}");
        }
    }
}

/// An agent has no account and nobody to ask, and FGA knows it by another type of name.
#[tokio::test]
async fn an_agent_without_a_person_does_only_what_needs_nobody() {
    use crate::actor::{ActorKind, Evidence};
    let agent = || {
        let evidence = Evidence { kind: ActorKind::Agent, ..actor("ada").evidence().clone() };
        Actor::attest(evidence).through(Some(Arc::new(via(i64::MAX))))
    };
    let tool = FakeTool::new("deed", Risk::Read, FakeAction::Brings(json!(1)));
    let call = ToolCall { id: CallId("c".into()), tool: ToolName("deed".into()), input: json!({"id": "1"}) };
    assert!(crate::Toolbox::new([Arc::new(tool) as Arc<dyn Tool>]).unwrap().intend(&agent(), &call).is_err());
    for (risk, has_account, expected) in [
        (Risk::Read, false, None),
        (Risk::Read, true, Some(Refusal::NoPerson)),
        (Risk::Elevated, false, Some(Refusal::NoPerson)),
    ] {
        let house = house(World::Fine, Person::SaysYes);
        let mut request = Request { actor: agent(), ..through(i64::MAX, risk) };
        if !has_account {
            request.intent.needs = None;
        }
        let attended = Request { actor: agent(), ..request.clone() };
        let alone = match house.guard.admit_alone(request).await {
            Ok(_) => None,
            Err(NotAdmittedAlone::Refused(refusal)) => Some(refusal),
            Err(NotAdmittedAlone::NeedsPerson) => panic!("an agent has no person"),
        };
        assert_eq!(alone, expected, "{risk:?} {has_account}");
        assert_eq!(refusal(house.guard.admit(attended, &Notes::default()).await), expected, "{risk:?} {has_account}");
        assert!(house.approver.asked().is_empty(), "nobody is asked");
    }
}
