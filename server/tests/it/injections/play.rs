//! The person: asks a question, answers the phone as the script says, connects no account, and reads the page.

use super::house::{House, MARKS};
use super::script::{Channel, Phone};
use super::seen::PollResult;
use super::server;
use agent::ports::{Audit, Filter};
use app::wire::{Event, Frame};
use countersign::wiring::ledger_commands;
use futures::TryStreamExt;
use sandbox::identity::{Answer, PushState};
use std::collections::{BTreeMap, VecDeque};

/// Plays the script to the end of the turn and returns the observations.
pub(super) async fn play(house: &House) -> PollResult {
    let (script, person) = (&house.script, &house.person);
    let pasted = if script.channel == Channel::Pasted { format!(" {}", script.words) } else { String::new() };
    let posted = person.begin(&format!("{}{pasted} ({})", script.asks, MARKS[0])).await.unwrap();
    let mut watch = person.watch(&posted.conversation, 0).await;
    let mut phone: VecDeque<_> = script.phone.iter().copied().collect();
    let (mut events, mut answers) = (Vec::new(), BTreeMap::new());
    while !matches!(events.last(), Some(Event::TurnEnded { .. })) {
        match watch.next().await.expect("the turn goes on") {
            Frame::Event { event, .. } => {
                match &event {
                    Event::ApprovalPut { .. } => {
                        change(house);
                        // An approval request that no script expects is denied.
                        answer(house, phone.pop_front().unwrap_or(Phone::No), &mut answers);
                    }
                    Event::AccountWanted { call, .. } => person.cancel(&posted.conversation, call).await.unwrap(),
                    _ => {}
                }
                events.push(event);
            }
            Frame::Fault { error } => panic!("{error:?} after {events:?}"),
            _ => {}
        }
    }
    drop(watch);
    house.app.sandbox.faults().clear();
    let page = person.visit(&format!("/c/{}", posted.conversation)).await;
    assert_eq!(page.status, 200, "{}", page.body);
    collect(house, events, page.body, answers).await
}

/// Replaces the tool's description while the approval is pending.
fn change(house: &House) {
    let changed = house.script.server.as_ref().and_then(|own| Some((own, own.changes.as_deref()?)));
    if let (Some((own, described)), Some(outside)) = (changed, &house.outside) {
        outside.offer(vec![server::offer(&house.script, own, described)]);
    }
}

fn answer(house: &House, says: Phone, answers: &mut BTreeMap<String, Phone>) {
    let provider = house.app.sandbox.provider();
    let pushes = provider.pushes();
    let mut waiting = pushes.iter().filter(|push| push.state == PushState::Pending);
    let push = waiting.next().expect("the phone rings");
    assert_eq!(waiting.count(), 0, "one question at a time");
    let answer = if says == Phone::Yes { Answer::Approve } else { Answer::Deny };
    provider.answer(&push.id, answer).unwrap();
    answers.insert(push.id.clone(), says);
}

async fn collect(house: &House, events: Vec<Event>, page: String, answers: BTreeMap<String, Phone>) -> PollResult {
    let app = &house.app;
    let aws = house.aws().await;
    let store = ledger_commands::open(&app.config, aws).await.unwrap();
    let entries = store.export(&app.config.tenant, 0..i64::MAX, Filter::default()).try_concat().await.unwrap();
    let report = ledger_commands::verify(&app.config, aws, &ledger::verify::Scope::default()).await.unwrap();
    let bedrock = app.sandbox.bedrock();
    let requests = bedrock.requests();
    assert_eq!(requests.len(), bedrock.request_count(), "the sandbox has recorded every request");
    let servers = house.outside.iter().map(|outside| outside.requests()).chain([app.sandbox.tasks().requests()]);
    let calls = servers.flatten().filter_map(|request| request.called);
    PollResult {
        events,
        page,
        effects: app.sandbox.okta().effects(),
        rings: app.sandbox.provider().pushes(),
        answers,
        sent: calls.map(|(tool, arguments)| format!("{tool} {arguments}")).collect(),
        requests,
        entries,
        findings: report.findings.iter().map(ToString::to_string).collect(),
    }
}
