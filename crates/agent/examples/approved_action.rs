//! One turn with ports in memory: the model proposes an elevated call, the guard asks the person, and the tool runs once.
//!
//! ```text
//! cargo run -p countersign-agent --example approved_action
//! ```
//!
//! Replace `Person::SaysYes` by `Person::SaysNo`, or remove the tuple, and the tool does not run.

#![expect(clippy::print_stdout, reason = "an example")]

use agent::fakes::{
    CountingIds, FakeAction, FakeTool, MemoryApprover, MemoryJournal, MemoryLedger, MemoryPromptLimiter, MemorySignIns,
    MemoryVault, Person, RuntimeClock, ScriptedModel, TableAuthorizer, actor,
};
use agent::ids::{ConversationId, IdempotencyKey};
use agent::intent::Risk;
use agent::ports::{ReplyPart, StopReason};
use agent::turn::{Event, Interrupts, Limits, Runner};
use agent::{CallId, Guard, Tool, ToolCall, ToolName, Toolbox};
use serde_json::json;
use std::error::Error;
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // A tool: `intend` says what a call would do, to which object, with which relation; `run` does it.
    let tool = Arc::new(FakeTool::new("restart", Risk::Elevated, FakeAction::Brings(json!("restarted"))));
    let ledger = Arc::new(MemoryLedger::default());
    let clock = Arc::new(RuntimeClock::default());

    // The guard: each port decides or records one thing. An error of any of them is a refusal.
    let guard = Guard {
        authorizer: Arc::new(TableAuthorizer::knowing(&["ada may thing:1"])),
        approver: Arc::new(MemoryApprover::of(Person::SaysYes)),
        prompts: Arc::new(MemoryPromptLimiter::default()),
        policies: Arc::new(agent::ports::NoPolicies),
        ledger: ledger.clone(),
        vault: Arc::new(MemoryVault { connected: vec!["okta".into()], down: false }),
        sign_ins: Arc::new(MemorySignIns::default()),
        clock: clock.clone(),
        ids: Arc::new(CountingIds::default()),
        patience: 300_000,
    };

    // The model is untrusted: it can only propose calls.
    let call = ToolCall { id: CallId("1".into()), tool: ToolName("restart".into()), input: json!({ "id": "1" }) };
    let proposes = vec![Ok(ReplyPart::Call(call)), Ok(ReplyPart::Stop(StopReason::Calls))];
    let reports = [ReplyPart::Text("Done.".into()), ReplyPart::TextEnd, ReplyPart::Stop(StopReason::Done)];
    let runner = Runner {
        model: Arc::new(ScriptedModel::saying(vec![proposes, reports.into_iter().map(Ok).collect()])),
        guard,
        toolboxes: Arc::new(Toolbox::new([tool.clone() as Arc<dyn Tool>])?),
        clock,
        limits: Limits::default(),
        instructions: Arc::new(|_, _| "Help the person.".to_owned()),
    };

    let client = IdempotencyKey::try_from("example-1".to_owned()).map_err(|_| "a bad key")?;
    let journal = MemoryJournal::with(vec![Event::UserSaid {
        text: "Restart thing 1".into(),
        client,
        session: None,
        replaces: None,
        arrival: None,
    }]);
    let (_sender, interrupts) = Interrupts::new();
    runner.run(&actor("ada"), &ConversationId::from_random([1; 26]), &journal, interrupts).await?;

    for event in journal.events() {
        println!("{}", serde_json::to_string(&event)?);
    }
    for line in ledger.lines() {
        println!("ledger: {:?}, {:?}", line.verdict, line.outcome);
    }
    assert_eq!(tool.done(), ["ada thing:1"], "the tool ran once, for Ada");
    Ok(())
}
