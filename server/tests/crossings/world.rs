//! Two instances of the real turns that share one store and one person.

use crate::approver::{Looks, Phone};
use crate::crossing::Crossing;
use crate::gates::{Gates, Who};
use crate::ledger::GatedLedger;
use crate::person::Person;
use crate::sessions::{GatedSession, Session};
use crate::store::{Gated, Rows};
use crate::tool::{self, Reset};
use agent::fakes::{
    CountingIds, MemoryLedger, MemoryPromptLimiter, RuntimeClock, Script, ScriptedModel, TableAuthorizer,
};
use agent::ports::{Clock, LeaseId, Millis, ReplyPart, StopReason};
use agent::turn::{Limits, Runner};
use agent::{CallId, Guard, Tool, ToolCall, ToolName, Toolbox};
use serde_json::json;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use turns::{AdmissionLimits, DeletionTimes, Lease, Settings, Stores, Turns};

/// Duration of a lease.
pub(crate) const LEASE: Duration = Duration::from_secs(12);
/// Time in which a deletion can be undone, and the interval of looks for what is to be erased: short, so that a run that
/// is idle has erased it.
const UNDO: Duration = Duration::from_secs(5);
const SWEEP: Duration = Duration::from_secs(4);
/// Duration of a lease for an instance whose monotonic clock stands still.
const FOR_EVER: Duration = Duration::from_secs(86_400);

pub(crate) struct World {
    pub(crate) gates: Gates,
    pub(crate) rows: Arc<Mutex<Rows>>,
    pub(crate) ledger: Arc<MemoryLedger>,
    pub(crate) session: Arc<Session>,
    /// Calls whose action was performed.
    pub(crate) done: Arc<Mutex<Vec<String>>>,
    pub(crate) person: Person,
    /// Offset of the first instance's wall clock, in milliseconds.
    ahead: Arc<AtomicI64>,
}

/// The wall clock of an instance.
struct Wall {
    right: Arc<RuntimeClock>,
    ahead: Arc<AtomicI64>,
}

impl Clock for Wall {
    fn now(&self) -> Millis {
        NOON + self.right.now() + self.ahead.load(Ordering::Relaxed)
    }
}

/// Noon of a day in 2026, in milliseconds since 1970.
const NOON: Millis = 1_795_780_800_000;

impl World {
    /// Creates a world with these initial conditions.
    pub(crate) fn new(start: &[Crossing]) -> Self {
        let gates = Gates::default();
        let parts = Parts {
            rows: Arc::default(),
            ledger: Arc::default(),
            session: Arc::default(),
            done: Arc::default(),
            model: Arc::new(ScriptedModel::saying(scripts())),
            limiter: Arc::default(),
            ids: Arc::default(),
            right: Arc::default(),
            looks: Looks::default(),
            borrows: start.contains(&Crossing::Borrow),
        };
        let ahead = Arc::<AtomicI64>::default();
        let frozen = start.contains(&Crossing::Freeze);
        let turns =
            [(Who::First, ahead.clone(), frozen), (Who::Second, Arc::default(), false)].map(|(who, ahead, frozen)| {
                let lease = Lease(if frozen { FOR_EVER } else { LEASE });
                parts.turns(who, &gates, Arc::new(Wall { right: parts.right.clone(), ahead }), lease)
            });
        let Parts { rows, ledger, session, done, .. } = parts;
        Self { gates, rows, ledger, session, done, person: Person::new(turns), ahead }
    }

    /// Sets the offset of the first instance's wall clock, in seconds.
    pub(crate) fn set_clock(&self, seconds: i32) {
        self.ahead.store(Millis::from(seconds) * 1_000, Ordering::Relaxed);
    }
}

/// The parts that both instances share, like external services.
struct Parts {
    rows: Arc<Mutex<Rows>>,
    ledger: Arc<MemoryLedger>,
    session: Arc<Session>,
    done: Arc<Mutex<Vec<String>>>,
    model: Arc<ScriptedModel>,
    limiter: Arc<MemoryPromptLimiter>,
    ids: Arc<CountingIds>,
    right: Arc<RuntimeClock>,
    looks: Looks,
    borrows: bool,
}

impl Parts {
    fn turns(&self, who: Who, gates: &Gates, clock: Arc<dyn Clock>, lease: Lease) -> Turns {
        let store = Gated { who, gates: gates.clone(), rows: self.rows.clone(), clock: clock.clone() };
        let settings = Settings {
            instance: LeaseId(format!("{who:?}")),
            lease,
            admission: AdmissionLimits::default(),
            deletion: DeletionTimes { undo: UNDO, sweep: SWEEP, ..DeletionTimes::default() },
            // A constant, so that schedules can be reproduced.
            random: || u32::MAX / 2,
        };
        let store = Arc::new(store);
        let stores =
            Stores { conversations: store.clone(), deletions: store.clone(), leases: store.clone(), feed: store };
        let turns = Turns::new(self.runner(who, gates, clock), stores, settings);
        turns.sweep();
        turns
    }

    fn runner(&self, who: Who, gates: &Gates, clock: Arc<dyn Clock>) -> Runner {
        let (gates, session, ledger) = (gates.clone(), self.session.clone(), self.ledger.clone());
        let reset =
            Reset { who, gates: gates.clone(), borrows: self.borrows, spec: tool::spec(), done: self.done.clone() };
        let session = Arc::new(GatedSession { who, gates: gates.clone(), session, ledger: ledger.clone() });
        let guard = Guard {
            authorizer: Arc::new(TableAuthorizer::knowing(&["ada may thing:1"])),
            approver: Arc::new(Phone { who, gates: gates.clone(), looks: self.looks.clone() }),
            prompts: self.limiter.clone(),
            policies: Arc::new(agent::ports::NoPolicies),
            ledger: Arc::new(GatedLedger { who, gates, ledger }),
            vault: session.clone(),
            sign_ins: session,
            clock: clock.clone(),
            ids: self.ids.clone(),
            patience: 300_000,
        };
        Runner {
            model: self.model.clone(),
            guard,
            toolboxes: Arc::new(Toolbox::new([Arc::new(reset) as Arc<dyn Tool>]).unwrap()),
            clock,
            limits: Limits::default(),
            instructions: Arc::new(|_, _| "You help.".to_owned()),
        }
    }
}

/// The model calls the tool once and answers with text afterwards.
fn scripts() -> Vec<Script> {
    let call = ToolCall { id: CallId("any".into()), tool: ToolName("reset".into()), input: json!({"id": "1"}) };
    let calls = [ReplyPart::Call(call), ReplyPart::Stop(StopReason::Calls)];
    let words = [ReplyPart::Text("Well.".into()), ReplyPart::TextEnd, ReplyPart::Stop(StopReason::Done)];
    vec![calls.into_iter().map(Ok).collect(), words.into_iter().map(Ok).collect()]
}
