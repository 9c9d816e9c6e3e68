use super::super::{Ability, AbilityState, AccountState, Expectation, Suggestion, overview, suggestions};
use super::*;
use crate::fakes::{FakeAction, FakeTool};
use crate::intent::{Need, Risk};
use crate::{Tool, Toolbox};

/// A tool for each state, named by it.
fn tools() -> Toolbox {
    let tool = |name: &str, risk| FakeTool::new(name, risk, FakeAction::Hangs).shown_by("Okta", "Do a deed.");
    let all: [FakeTool; 7] = [
        tool("account", Risk::Read).requiring(permission("can_call tool:x")).with_account("github"),
        tool("arguments", Risk::Read),
        tool("confirmed", Risk::Elevated).requiring(permission("can_call tool:x")).with_account("okta"),
        tool("denied", Risk::Read).requiring(permission("can_call tool:y")),
        tool("keeper", Risk::Read).requiring(permission("can_call tool:x")).with_account("silent"),
        tool("system", Risk::Read).requiring(permission("can_call tool:x")).shown_by("GitHub", "Do another deed."),
        tool("works", Risk::Read).requiring(permission("can_call tool:x")),
    ];
    Toolbox::new(all.map(|tool| Arc::new(tool) as Arc<dyn Tool>)).unwrap()
}

fn account(need: &Need) -> AccountState {
    match need.provider.as_str() {
        "okta" => AccountState::Usable,
        "silent" => AccountState::Unknown,
        _ => AccountState::Missing,
    }
}

async fn seen(world: &World) -> Vec<Ability> {
    overview(world.memory.as_ref(), &world.eve, &tools(), &account).await
}

#[tokio::test]
async fn each_tool_has_the_state_that_the_person_will_meet() {
    let world = world();
    world.memory.give("eve can_call tool:x");
    let states: Vec<_> = seen(&world).await.into_iter().map(|own| (own.tool.0, own.state)).collect();
    let expected = [
        ("account", AbilityState::NeedsAccount { provider: "github".to_owned() }),
        ("arguments", AbilityState::DependsOnArguments),
        ("confirmed", AbilityState::NeedsConfirmation),
        ("denied", AbilityState::NotPermitted(permission("can_call tool:y"))),
        ("keeper", AbilityState::Unknown),
        ("system", AbilityState::Works),
        ("works", AbilityState::Works),
    ];
    assert_eq!(states, expected.map(|(name, state)| (name.to_owned(), state)));
}

#[tokio::test]
async fn suggestions_are_things_that_the_person_can_do_from_different_systems_first() {
    let world = world();
    world.memory.give("eve can_call tool:x");
    let told = |found: Vec<Suggestion>| found.into_iter().map(|own| (own.tool.0, own.expect)).collect::<Vec<_>>();
    let expected = [
        ("system", Expectation::AnswersRightAway),
        ("works", Expectation::AnswersRightAway),
        ("confirmed", Expectation::YouConfirm),
        ("account", Expectation::ConnectFirst { provider: "github".to_owned() }),
    ];
    assert_eq!(told(suggestions(&seen(&world).await)), expected.map(|(name, expect)| (name.to_owned(), expect)));
}

#[tokio::test]
async fn without_fga_nothing_is_promised_and_only_reading_is_suggested() {
    let world = world();
    world.memory.give("eve can_call tool:x");
    world.memory.toggle("permissions");
    let seen = seen(&world).await;
    let unknown = |own: &&Ability| own.state == AbilityState::Unknown;
    assert_eq!(seen.iter().filter(unknown).count(), 6, "all that need a permission: {seen:?}");
    let found = suggestions(&seen);
    assert_eq!(found.len(), 4);
    assert!(found.iter().all(|own| own.expect == Expectation::Unknown && own.tool.0 != "confirmed"), "{found:?}");
}
