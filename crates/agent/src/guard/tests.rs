#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::fakes::{Deed, DeedTool, FixedClock, MemoryLedger, MemoryVault, TableAuthorizer, actor};
use crate::intent::Risk;
use crate::ports::Verdict;
use crate::{CallId, Tool, ToolName};
use serde_json::json;

/// What may be wrong with the world when the guard is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
enum World {
    Fine,
    NoTuple,
    NoAuthorizer,
    NoLedger,
    NotConnected,
    NoVault,
}

async fn admit(world: World, risk: Risk) -> (Result<String, Refusal>, Vec<(Verdict, Option<Outcome>)>) {
    let tuples: &[&str] =
        if world == World::NoTuple { &["ada may thing:2", "bob may thing:1"] } else { &["ada may thing:1"] };
    let authorizer = TableAuthorizer::knowing(tuples);
    let ledger = Arc::new(MemoryLedger::default());
    let connected = if world == World::NotConnected { vec![] } else { vec!["okta".to_owned()] };
    match world {
        World::NoAuthorizer => authorizer.fail(),
        World::NoLedger => ledger.fail(),
        _ => {}
    }
    let guard = Guard {
        authorizer: Arc::new(authorizer),
        ledger: ledger.clone(),
        vault: Arc::new(MemoryVault { connected, down: world == World::NoVault }),
        clock: Arc::new(FixedClock::default()),
    };
    let tool = DeedTool::new("deed", risk, Deed::Brings(json!(1)));
    let call = ToolCall { id: CallId("c".into()), tool: ToolName("deed".into()), input: json!({"id": "1"}) };
    let intent = tool.intend(&actor("ada"), &call).unwrap();
    let conversation = ConversationId::from_random([0; 26]);
    let admitted = guard.admit(&actor("ada"), &conversation, call, intent).await;
    let lines = ledger.lines().into_iter().map(|(verdict, _, outcome)| (verdict, outcome)).collect();
    (admitted.map(|permit| permit.intent().object.to_string()), lines)
}

fn unavailable(service: &str) -> Refusal {
    Refusal::Unavailable { service: service.into() }
}

/// Every failure refuses, and says of what kind it is: unavailable is never "no" and never "yes".
#[tokio::test]
async fn the_guard_admits_in_a_fine_world_alone() {
    let denied = Refusal::Denied { relation: "may".into(), object: "thing:1".into() };
    let not_connected = Refusal::NotConnected { provider: "okta".into(), scopes: vec![] };
    for (world, risk, expected) in [
        (World::Fine, Risk::Read, Ok("thing:1".to_owned())),
        (World::Fine, Risk::Elevated, Err(Refusal::NoApprover)),
        (World::NoTuple, Risk::Read, Err(denied.clone())),
        (World::NoTuple, Risk::Elevated, Err(denied)),
        (World::NoAuthorizer, Risk::Read, Err(unavailable("the permission service"))),
        (World::NoLedger, Risk::Read, Err(unavailable("the ledger"))),
        (World::NotConnected, Risk::Read, Err(not_connected)),
        (World::NoVault, Risk::Read, Err(unavailable("the vault"))),
    ] {
        assert_eq!(admit(world, risk).await.0, expected, "{world:?} {risk:?}");
    }
}

#[tokio::test]
async fn what_was_decided_is_in_the_ledger() {
    let (_, lines) = admit(World::Fine, Risk::Read).await;
    assert_eq!(lines, [(Verdict::Allowed, None)], "an entry is open until the deed is done");
    let (_, lines) = admit(World::NoTuple, Risk::Read).await;
    assert_eq!(lines, [(Verdict::Refused("denied: may on thing:1 is missing".into()), None)]);
    let (_, lines) = admit(World::NoVault, Risk::Read).await;
    assert!(matches!(&lines[..], [(Verdict::Allowed, Some(Outcome::NotDone(_)))]), "{lines:?}");
}
