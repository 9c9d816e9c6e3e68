//! Requests for access, their answers, and the overview of what a person may do.
#![expect(clippy::unwrap_used, reason = "tests")]

mod answering;
mod asking;
mod overview;
mod revoking;

use super::{Access, AccessPorts, AccessRequest, Ask, GrantDuration};
use crate::fakes::{CountingIds, Line, MemoryAccess, MemoryLedger, actor};
use crate::permission::Permission;
use crate::ports::Verdict;
use crate::{Actor, ToolName};
use std::sync::Arc;

/// Eve, who asks; Ada and Ann, who administer `tool:x`; and Bob, who does not.
struct World {
    memory: Arc<MemoryAccess>,
    ledger: Arc<MemoryLedger>,
    access: Access,
    eve: Actor,
    ada: Actor,
    ann: Actor,
    bob: Actor,
}

fn permission(text: &str) -> Permission {
    let (relation, object) = text.split_once(' ').unwrap();
    Permission::new(relation, object).unwrap()
}

fn world() -> World {
    let (memory, ledger) = (Arc::new(MemoryAccess::default()), Arc::new(MemoryLedger::default()));
    memory.give("ada admin tool:x");
    memory.give("ann admin tool:x");
    let access = Access::new(AccessPorts {
        permissions: memory.clone(),
        requests: memory.clone(),
        grants: Some(memory.clone()),
        ledger: ledger.clone(),
        clock: memory.clock.clone(),
        ids: Arc::new(CountingIds::default()),
    });
    World { memory, ledger, access, eve: actor("eve"), ada: actor("ada"), ann: actor("ann"), bob: actor("bob") }
}

fn ask_for(text: &str) -> Ask {
    Ask {
        permission: permission(text),
        tool: ToolName("do_x".to_owned()),
        reason: "The audit is due today.".to_owned(),
        duration: GrantDuration::EightHours,
        place: None,
    }
}

impl World {
    async fn asked(&self) -> AccessRequest {
        self.access.ask(&self.eve, ask_for("can_call tool:x")).await.unwrap()
    }

    async fn has(&self, person: &Actor, text: &str) -> bool {
        use crate::ports::{Decision, Permissions};
        let answers = self.memory.check_all(person, &[permission(text)], None).await;
        matches!(answers[..], [Ok(Decision::Allow)])
    }

    /// The ledger as lines `tool: refusal` or `tool: outcome`.
    fn told(&self) -> Vec<String> {
        let told = |line: Line| match (line.verdict, line.outcome) {
            (Verdict::Refused(why), _) => format!("{}: {why}", line.tool),
            (Verdict::Allowed, outcome) => format!("{}: {outcome:?}", line.tool),
        };
        self.ledger.lines().into_iter().map(told).collect()
    }
}
