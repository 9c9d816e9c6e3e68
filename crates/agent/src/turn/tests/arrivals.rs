//! Messages that come through a door.

use super::*;
use crate::ports::Way;
use crate::via::{Arrival, RequestedCall, Via};
use std::collections::BTreeMap;

fn arrived(words: &str, agents: &[&str], call: Option<Value>) -> Event {
    let via = Via {
        door: "mcp".to_owned(),
        client: Some("cli".to_owned()),
        agents: agents.iter().map(|agent| (*agent).to_owned()).collect(),
        claims: BTreeMap::new(),
        until: i64::MAX,
    };
    let call = call.map(|input| RequestedCall { tool: ToolName("deed".to_owned()), input });
    let Event::UserSaid { text, client, session, replaces, .. } = said(words) else { unreachable!() };
    let arrival = Some(Box::new(Arrival { via: Arc::new(via), call }));
    Event::UserSaid { text, client, session, replaces, arrival }
}

async fn events(house: &House, said: Vec<Event>) -> Vec<Event> {
    let journal = MemoryJournal::with(said);
    run(house, &journal).await.unwrap();
    journal.events()
}

#[tokio::test(start_paused = true)]
async fn a_call_that_a_client_asks_for_runs_without_the_model_and_ends_the_turn() {
    let house = house(vec![], FakeAction::Brings(json!({"groups": 3})));
    let told = events(&house, vec![arrived("Use the tool deed", &[], Some(json!({"id": "1"})))]).await;
    assert!(house.model.prompts().is_empty(), "the model is not asked");
    let done = told.iter().any(|event| matches!(event, Event::CallDone { content, .. } if content["groups"] == 3));
    assert!(done, "{told:?}");
    assert_eq!(ended(&told), &TurnEnd::Done);
    let line = house.ledger.lines().pop().unwrap();
    let way = Way { door: "mcp".to_owned(), client: Some("cli".to_owned()), agents: vec![] };
    assert_eq!(line.way, Some(way));
}

/// The question names the origin of each argument.
#[tokio::test(start_paused = true)]
async fn neither_a_clients_arguments_nor_an_agents_message_are_the_persons_words() {
    let id = json!({"id": "1"});
    let model = || vec![calls(&[("deed", json!({"id": "1"}))]), text("Done.")];
    for (said, scripts, expected) in [
        (arrived("Do 1", &[], None), model(), None),
        (arrived("Do 1", &["supervisor"], None), model(), Some("id: from the message of supervisor")),
        (arrived("Do 1", &[], Some(id.clone())), vec![], Some("id: from the message of cli")),
        (arrived("Do it", &[], Some(id.clone())), vec![], Some("id: chosen by cli")),
        (arrived("Do it", &["supervisor"], Some(id)), vec![], Some("id: chosen by supervisor")),
    ] {
        let house = house_of(scripts, FakeAction::Brings(json!(1)), Risk::Elevated, Person::SaysYes);
        events(&house, vec![said.clone()]).await;
        let asked = house.approver.asked().pop().unwrap();
        let unsaid = asked.details.iter().find(|(name, _)| name == "Not your words").map(|(_, value)| value.as_str());
        assert_eq!(unsaid, expected, "{said:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_way_of_one_message_is_not_that_of_the_next() {
    let scripts = vec![
        calls(&[("deed", json!({"id": "1"}))]),
        text("Done."),
        calls(&[("deed", json!({"id": "1"}))]),
        text("Done."),
    ];
    let house = house_of(scripts, FakeAction::Brings(json!(1)), Risk::Read, Person::Sleeps);
    let journal = MemoryJournal::with(vec![arrived("Do 1", &["supervisor"], None), said("Do it again")]);
    run(&house, &journal).await.unwrap();
    run(&house, &journal).await.unwrap();
    let ways: Vec<_> = house.ledger.lines().into_iter().map(|line| line.way.map(|way| way.agents)).collect();
    assert_eq!(ways, [Some(vec!["supervisor".to_owned()]), None]);
    let told = house.model.prompts().pop().unwrap();
    let relayed =
        told.messages.iter().flat_map(|message| &message.blocks).any(|block| matches!(block, Block::Relayed { .. }));
    assert!(relayed, "the model receives both messages");
}
