//! Disclosure of other tools' results to an external recipient.

use super::*;
use crate::Refusal;
use crate::guard::NotApproved;
use crate::ports::Verdict;

/// Two tools that only read: `deed`, which is internal, and `lookup`, whose arguments go to an external desk.
struct Outside {
    house: House,
    lookup: Arc<FakeTool>,
}

fn outside(scripts: Vec<Script>, person: Person) -> Outside {
    let mut house = house_of(scripts, FakeAction::Brings(json!({"groups": ["2"]})), Risk::Read, person);
    let lookup =
        Arc::new(FakeTool::new("lookup", Risk::Read, FakeAction::Brings(json!("found"))).sending_to("the desk"));
    ["1", "2", "3"].iter().for_each(|id| house.authorizer.grant(&format!("ada may thing:{id}")));
    let tools = [house.tool.clone() as Arc<dyn Tool>, lookup.clone()];
    house.runner.toolboxes = Arc::new(Toolbox::new(tools).unwrap());
    house.runner.limits.steps = 8;
    Outside { house, lookup }
}

fn call(tool: &str, id: &str) -> Script {
    calls(&[(tool, json!({ "id": id }))])
}

async fn play(outside: &Outside, said_before: &str) -> MemoryJournal {
    let journal = MemoryJournal::with(vec![said(said_before)]).at(outside.house.runner.clock.clone());
    run(&outside.house, &journal).await.unwrap();
    journal
}

#[tokio::test(start_paused = true)]
async fn the_person_is_asked_once_before_data_of_other_tools_goes_out() {
    let rows: [(&str, Vec<Script>, usize, usize); 5] = [
        ("the person's own words need no question", vec![call("deed", "1"), call("lookup", "1")], 0, 1),
        ("no other tool has answered before", vec![call("lookup", "2"), call("lookup", "3")], 0, 2),
        ("a result goes out", vec![call("deed", "1"), call("lookup", "2")], 1, 1),
        ("text derived from a result goes out as well", vec![call("deed", "1"), call("lookup", "3")], 1, 1),
        ("once for the conversation", vec![call("deed", "1"), call("lookup", "2"), call("lookup", "3")], 1, 2),
    ];
    for (name, mut scripts, asked, sent) in rows {
        scripts.push(text("Done."));
        let outside = outside(scripts, Person::SaysYes);
        let journal = play(&outside, "look up 1").await;
        assert_eq!(ended(&journal.events()), &TurnEnd::Done, "{name}");
        let questions = outside.house.approver.asked();
        assert_eq!((questions.len(), outside.lookup.done().len()), (asked, sent), "{name}");
        if let Some(question) = questions.first() {
            assert_eq!(question.discloses.as_deref(), Some("the desk"));
            let details: Vec<&str> = question.details.iter().map(|(name, _)| name.as_str()).collect();
            assert!(details.ends_with(&["Arguments", "Not your words", "Data goes out"]), "{name}: {details:?}");
        }
        let approved = outside.house.ledger.lines().iter().filter(|line| line.approval.is_some()).count();
        assert_eq!(approved, asked, "{name}: the ledger records the approval");
    }
}

#[tokio::test(start_paused = true)]
async fn without_an_approval_no_data_goes_out_and_nobody_is_asked_again_at_once() {
    let scripts = vec![call("deed", "1"), call("lookup", "2"), call("lookup", "3"), text("No.")];
    let outside = outside(scripts, Person::SaysNo);
    let journal = play(&outside, "look up 1").await;
    assert_eq!((outside.house.approver.asked().len(), outside.lookup.done().len()), (1, 0));
    let refusals: Vec<_> = journal
        .events()
        .into_iter()
        .filter_map(|event| match event {
            Event::CallRefused { refusal: Refusal::NotApproved { why }, .. } => Some(why),
            _ => None,
        })
        .collect();
    assert!(matches!(refusals[..], [NotApproved::Denied, NotApproved::Cooling { .. }]), "{refusals:?}");
}

/// The instance crashes between the approval and the call: the approval is spent on that call and covers later ones.
#[tokio::test(start_paused = true)]
async fn an_approval_to_disclose_data_survives_a_crash() {
    let first = outside(vec![call("deed", "1"), call("lookup", "2")], Person::SaysYes);
    let whole = outside(vec![call("deed", "1"), call("lookup", "2"), text("Done.")], Person::SaysYes);
    let started = play(&whole, "look up 1")
        .await
        .events()
        .iter()
        .rposition(|event| matches!(event, Event::CallStarted { .. }))
        .unwrap();
    let journal = MemoryJournal::with(vec![said("look up 1")]).failing_at(Some(started as u64 + 1)).at(first
        .house
        .runner
        .clock
        .clone());
    run(&first.house, &journal).await.unwrap_err();
    let second = outside(vec![call("lookup", "3"), text("Done.")], Person::Sleeps);
    let journal = MemoryJournal::with(journal.events());
    run(&second.house, &journal).await.unwrap();
    assert_eq!(ended(&journal.events()), &TurnEnd::Done);
    assert_eq!((second.house.approver.asked().len(), second.lookup.done().len()), (0, 2));
    let allowed = second.house.ledger.lines();
    let allowed: Vec<_> = allowed.iter().filter(|line| line.verdict == Verdict::Allowed).collect();
    assert!(allowed[0].approval.is_some() && allowed[1].approval.is_none(), "{allowed:?}");
}
