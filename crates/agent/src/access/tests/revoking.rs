use super::super::AnswerError;
use super::*;
use crate::fakes::{FakeAction, FakeTool};
use crate::intent::Risk;
use crate::{Tool, Toolbox};

fn tools() -> Toolbox {
    let tool = |name: &str, text: &str| {
        let tool = FakeTool::new(name, Risk::Read, FakeAction::Hangs).requiring(permission(text));
        Arc::new(tool) as Arc<dyn Tool>
    };
    Toolbox::new([tool("do_x", "can_call tool:x"), tool("do_y", "can_call tool:y"), tool("do_z", "can_call tool:z")])
        .unwrap()
}

async fn granted(world: &World, text: &str) -> AccessRequest {
    let request = world.access.ask(&world.eve, ask_for(text)).await.unwrap();
    world.access.grant(&world.ada, &request.id, GrantDuration::EightHours).await.unwrap()
}

#[tokio::test]
async fn the_preview_names_exactly_what_is_lost() {
    let world = world();
    world.memory.give("ada admin tool:y");
    world.memory.give("eve can_call tool:z");
    let x = granted(&world, "can_call tool:x").await;
    // A grant of the same length that began earlier would end with it if only the time were moved.
    let y = granted(&world, "can_call tool:y").await;
    let preview = world.access.revocation_preview(&world.ada, &x.id, &tools()).await.unwrap();
    let set = |texts: &[&str]| texts.iter().map(|text| permission(text)).collect();
    assert_eq!(preview.before, set(&["can_call tool:x", "can_call tool:y", "can_call tool:z"]));
    assert_eq!(preview.after, set(&["can_call tool:y", "can_call tool:z"]));
    assert_eq!(preview.lost, [ToolName("do_x".to_owned())].into());
    world.access.revoke(&world.ada, &x.id).await.unwrap();
    assert!(!world.has(&world.eve, "can_call tool:x").await);
    assert!(world.has(&world.eve, "can_call tool:y").await);
    world.access.revoke(&world.eve, &y.id).await.unwrap();
    assert_eq!(world.memory.granted(), 0, "people may give a grant back");
    assert_eq!(world.told()[4..], ["access_revoke: Some(Done)", "access_revoke: Some(Done)"]);
}

#[tokio::test]
async fn a_preview_without_an_answer_is_none() {
    let world = world();
    let request = granted(&world, "can_call tool:x").await;
    world.memory.toggle("permissions");
    let preview = world.access.revocation_preview(&world.eve, &request.id, &tools()).await;
    assert!(matches!(preview, Err(AnswerError::Unavailable(_))), "{preview:?}");
}

#[tokio::test]
async fn a_stranger_revokes_nothing_and_an_ended_grant_is_gone() {
    let world = world();
    let request = granted(&world, "can_call tool:x").await;
    assert!(matches!(world.access.revoke(&world.bob, &request.id).await, Err(AnswerError::NotFound)));
    let recorded = world.told();
    assert!(recorded.last().is_some_and(|line| line.starts_with("access_revoke: denied")), "{recorded:?}");
    let preview = world.access.revocation_preview(&world.bob, &request.id, &tools()).await;
    assert!(matches!(preview, Err(AnswerError::NotFound)));
    assert_eq!(world.told(), recorded, "a page writes nothing to the ledger");
    world.memory.clock.advance(GrantDuration::EightHours.millis());
    assert!(matches!(world.access.revoke(&world.ada, &request.id).await, Err(AnswerError::Answered(_))));
}
