//! Two instances of the real turns over one store, one person, and what is done to them.

use crate::approver::{Looks, Phone};
use crate::gates::{Gates, Who};
use crate::store::{Gated, GatedLedger, Rows};
use crate::tool::Reset;
use agent::fakes::{
    CountingIds, MemoryLedger, MemoryPromptLimiter, MemorySignIns, MemoryVault, RuntimeClock, Script, ScriptedModel,
    TableAuthorizer, actor,
};
use agent::ids::{ClientId, ConversationId};
use agent::ports::{LeaseId, ReplyPart, StopReason};
use agent::turn::{Limits, Runner};
use agent::{Actor, CallId, Guard, Tool, ToolCall, ToolName, Toolbox};
use countersign::turns::{AdmissionLimits, Lease, PostError, Settings, Turns};
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) struct World {
    pub(crate) gates: Gates,
    pub(crate) rows: Arc<Mutex<Rows>>,
    pub(crate) ledger: Arc<MemoryLedger>,
    /// The calls whose action took place.
    pub(crate) done: Arc<Mutex<Vec<String>>>,
    /// The numbers of the messages that were taken on, as people were told.
    pub(crate) posted: Arc<Mutex<Vec<u64>>>,
    turns: [Turns; 2],
    ada: Actor,
    id: ConversationId,
}

impl World {
    pub(crate) fn new() -> Self {
        let gates = Gates::default();
        let (rows, ledger, done) = (Arc::default(), Arc::new(MemoryLedger::default()), Arc::default());
        let shared = Shared {
            model: Arc::new(ScriptedModel::saying(scripts())),
            limiter: Arc::new(MemoryPromptLimiter::default()),
            ids: Arc::new(CountingIds::default()),
            clock: Arc::new(RuntimeClock::default()),
            looks: Looks::default(),
        };
        let turns = [Who::First, Who::Second].map(|who| {
            let gated = Gated { who, gates: gates.clone(), rows: Arc::clone(&rows) };
            let ledger = GatedLedger { who, gates: gates.clone(), ledger: ledger.clone() };
            let tool: Arc<dyn Tool> = Arc::new(Reset::new(who, gates.clone(), Arc::clone(&done)));
            let settings = Settings {
                instance: LeaseId(format!("{who:?}")),
                lease: Lease(Duration::from_secs(12)),
                admission: AdmissionLimits::default(),
                // Schedules can be repeated.
                random: || u32::MAX / 2,
            };
            let store = Arc::new(gated);
            let turns =
                Turns::new(shared.runner(who, &gates, ledger, tool), store.clone(), store.clone(), store, settings);
            turns.sweep();
            turns
        });
        let id = ConversationId::from_random([7; 26]);
        Self { gates, rows, ledger, done, posted: Arc::default(), turns, ada: actor("ada"), id }
    }

    fn turns(&self, who: Who) -> Turns {
        self.turns[usize::from(who == Who::Second)].clone()
    }

    /// Posts by this instance, as a page does: again with the same key until it is known to be there.
    pub(crate) fn post(&self, who: Who, key: &'static str) {
        let (turns, ada, id, posted) = (self.turns(who), self.ada.clone(), self.id.clone(), self.posted.clone());
        tokio::spawn(async move {
            loop {
                let client = ClientId::try_from(key.to_owned()).unwrap();
                match turns.say(&ada, &id, format!("Do it, {key}"), client).await {
                    Ok(number) => return posted.lock().unwrap().push(number),
                    Err(PostError::Limited(limit)) => panic!("{limit:?}"),
                    Err(PostError::Log(_)) => tokio::time::sleep(Duration::from_secs(1)).await,
                }
            }
        });
    }

    pub(crate) fn stop(&self, who: Who) {
        let (turns, ada, id) = (self.turns(who), self.ada.clone(), self.id.clone());
        tokio::spawn(async move { turns.stop(&ada, &id).await });
    }

    pub(crate) fn cancel(&self, who: Who) {
        let (turns, ada, id) = (self.turns(who), self.ada.clone(), self.id.clone());
        tokio::spawn(async move { turns.cancel(&ada, &id, CallId("call-1-1".to_owned())).await });
    }

    pub(crate) fn withdraw(&self, who: Who) {
        let (turns, ada, id) = (self.turns(who), self.ada.clone(), self.id.clone());
        tokio::spawn(async move { turns.withdraw(&ada, &id, 1).await });
    }
}

/// The parts that both instances share as they would share a service.
struct Shared {
    model: Arc<ScriptedModel>,
    limiter: Arc<MemoryPromptLimiter>,
    ids: Arc<CountingIds>,
    clock: Arc<RuntimeClock>,
    looks: Looks,
}

impl Shared {
    fn runner(&self, who: Who, gates: &Gates, ledger: GatedLedger, tool: Arc<dyn Tool>) -> Runner {
        let guard = Guard {
            authorizer: Arc::new(TableAuthorizer::knowing(&["ada may thing:1"])),
            approver: Arc::new(Phone { who, gates: gates.clone(), looks: self.looks.clone() }),
            prompts: self.limiter.clone(),
            ledger: Arc::new(ledger),
            vault: Arc::new(MemoryVault::default()),
            sign_ins: Arc::new(MemorySignIns::default()),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            patience: 300_000,
        };
        Runner {
            model: self.model.clone(),
            guard,
            toolboxes: Arc::new(Toolbox::new([tool]).unwrap()),
            clock: self.clock.clone(),
            limits: Limits::default(),
            instructions: Arc::new(|_, _| "You help.".to_owned()),
        }
    }
}

/// The model calls the tool once, and has nothing but words afterwards.
fn scripts() -> Vec<Script> {
    let call = ToolCall { id: CallId("any".into()), tool: ToolName("reset".into()), input: json!({"id": "1"}) };
    let calls = [ReplyPart::Call(call), ReplyPart::Stop(StopReason::Calls)];
    let words = [ReplyPart::Text("Well.".into()), ReplyPart::TextEnd, ReplyPart::Stop(StopReason::Done)];
    vec![calls.into_iter().map(Ok).collect(), words.into_iter().map(Ok).collect()]
}
