#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::approval::{Answer, Question, SignedApproval};
use crate::fakes::{
    CountingIds, FakeAction, FakeTool, MemoryApprover, MemoryLedger, MemoryPromptLimiter, MemorySignIns, MemoryVault,
    Person, RuntimeClock, TableAuthorizer, actor,
};
use crate::intent::{Need, Risk};
use crate::ports::{Ticket, Verdict};
use crate::{CallId, Tool, ToolName};
use async_trait::async_trait;
use serde_json::json;
use std::sync::{Mutex, PoisonError};

mod accounts;
mod advance;
mod approval;
mod doors;
mod several;
mod target;

/// The one defect in the guard's surroundings.
#[derive(Debug, Clone, Copy, PartialEq)]
enum World {
    Fine,
    NoTuple,
    NoAuthorizer,
    NoLedger,
    NotConnected,
    NoVault,
    SignedOut,
    NoSessions,
}

/// A guard with fake ports that a test can inspect.
struct House {
    guard: Guard,
    authorizer: Arc<TableAuthorizer>,
    approver: Arc<MemoryApprover>,
    ledger: Arc<MemoryLedger>,
}

fn house(world: World, person: Person) -> House {
    let tuples: &[&str] =
        if world == World::NoTuple { &["ada may thing:2", "bob may thing:1"] } else { &["ada may thing:1"] };
    let authorizer = Arc::new(TableAuthorizer::knowing(tuples));
    let ledger = Arc::new(MemoryLedger::default());
    let approver = Arc::new(MemoryApprover::of(person));
    let sign_ins = Arc::new(MemorySignIns::default());
    let connected = if world == World::NotConnected { vec![] } else { vec!["okta".to_owned()] };
    match world {
        World::NoAuthorizer => authorizer.fail(),
        World::NoLedger => ledger.fail(),
        World::SignedOut => sign_ins.end(),
        World::NoSessions => sign_ins.fail(),
        _ => {}
    }
    let guard = Guard {
        authorizer: authorizer.clone(),
        approver: approver.clone(),
        prompts: Arc::new(MemoryPromptLimiter::default()),
        policies: Arc::new(crate::ports::NoPolicies),
        ledger: ledger.clone(),
        vault: Arc::new(MemoryVault { connected, down: world == World::NoVault }),
        sign_ins,
        clock: Arc::new(RuntimeClock::default()),
        ids: Arc::new(CountingIds::default()),
        patience: 300_000,
    };
    House { guard, authorizer, approver, ledger }
}

fn request(subject: &str, risk: Risk) -> Request {
    let tool = FakeTool::new("deed", risk, FakeAction::Brings(json!(1)));
    let call = ToolCall { id: CallId("call-1-1".into()), tool: ToolName("deed".into()), input: json!({"id": "1"}) };
    let intent = tool.intend(&actor(subject), &call).unwrap();
    let conversation = ConversationId::from_random([0; 26]);
    let definition = Definition::of(tool.spec()).unwrap();
    Request::new(actor(subject), conversation, call, intent, definition)
}

async fn admit(house: &House, risk: Risk) -> Result<String, Refusal> {
    match house.guard.admit(request("ada", risk), &Notes::default()).await {
        Ok(permit) => Ok(permit.intent().object.to_string()),
        Err(NotAdmitted::Refused(refusal) | NotAdmitted::Spent { refusal, .. }) => Err(refusal),
        Err(NotAdmitted::Suspended(error)) => panic!("{error}"),
    }
}

fn unavailable(service: &str) -> Refusal {
    Refusal::Unavailable { service: service.into() }
}

/// Every failure leads to a refusal that states its kind: an unavailable service is neither a denial nor an approval.
#[tokio::test(start_paused = true)]
async fn the_guard_admits_only_when_everything_is_in_order() {
    let denied = Refusal::Denied { relation: "may".into(), object: "thing:1".into() };
    let not_connected = Refusal::NotConnected { provider: "okta".into(), scopes: vec![] };
    for (world, expected) in [
        (World::Fine, Ok("thing:1".to_owned())),
        (World::NoTuple, Err(denied)),
        (World::NoAuthorizer, Err(unavailable("the permission service"))),
        (World::NoLedger, Err(unavailable("the ledger"))),
        (World::NotConnected, Err(not_connected)),
        (World::NoVault, Err(unavailable("the vault"))),
        (World::SignedOut, Err(Refusal::SignInAgain)),
        (World::NoSessions, Err(unavailable("the session store"))),
    ] {
        for risk in [Risk::Read, Risk::Elevated] {
            let house = house(world, Person::SaysYes);
            assert_eq!(admit(&house, risk).await, expected, "{world:?} {risk:?}");
            let reachable = matches!(world, World::Fine | World::NoLedger);
            let asked = usize::from(risk == Risk::Elevated && reachable);
            assert_eq!(
                house.approver.asked().len(),
                asked,
                "no push without permission, account and sign-in: {world:?} {risk:?}"
            );
        }
    }
}

#[tokio::test]
async fn every_decision_is_in_the_ledger() {
    let lines = async |world| {
        let house = house(world, Person::SaysYes);
        let _ = admit(&house, Risk::Read).await;
        house.ledger.lines()
    };
    let fine = lines(World::Fine).await;
    assert_eq!((&fine[0].verdict, &fine[0].outcome), (&Verdict::Allowed, &None), "open until the action is done");
    let denied = lines(World::NoTuple).await;
    assert_eq!(denied[0].verdict, Verdict::Refused("denied: may on thing:1 is missing".into()));
    let signed_out = lines(World::SignedOut).await;
    assert!(matches!(signed_out[0].outcome, Some(Outcome::NotDone(_))), "{signed_out:?}");
    let no_vault = lines(World::NoVault).await;
    assert!(matches!(&no_vault[..], [line] if matches!(line.verdict, Verdict::Refused(_))), "{no_vault:?}");
}

/// An in-memory call state.
#[derive(Default)]
struct Notes {
    standing: Mutex<Option<ApprovalState>>,
    queued: Mutex<u32>,
    account: Mutex<Account>,
    remedies: Mutex<Vec<Remedy>>,
}

impl Notes {
    fn beginning(standing: ApprovalState) -> Self {
        Self { standing: Mutex::new(Some(standing)), ..Self::default() }
    }

    fn now(&self) -> ApprovalState {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner).clone().unwrap_or(ApprovalState::Unasked)
    }

    fn set(&self, standing: ApprovalState) {
        *self.standing.lock().unwrap_or_else(PoisonError::into_inner) = Some(standing);
    }
}

#[async_trait]
impl CallLog for Notes {
    async fn approval_state(&self) -> Result<ApprovalState, Unavailable> {
        Ok(self.now())
    }

    async fn queued(&self) -> Result<(), Unavailable> {
        *self.queued.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        Ok(())
    }

    async fn asked(&self, question: &Question) -> Result<(), Unavailable> {
        self.set(ApprovalState::Asked(question.clone()));
        Ok(())
    }

    async fn put(&self, ticket: &Ticket) -> Result<(), Unavailable> {
        let ApprovalState::Asked(question) = self.now() else { panic!("no question was recorded") };
        self.set(ApprovalState::Put(question, ticket.clone(), Vec::new()));
        Ok(())
    }

    async fn given(&self, _: &Question, given: &SignedApproval) -> Result<(), Unavailable> {
        if let ApprovalState::Put(question, ticket, mut received) = self.now() {
            received.push(given.clone());
            self.set(ApprovalState::Put(question, ticket, received));
        }
        Ok(())
    }

    async fn approved_in_advance(&self, question: &Question, given: &SignedApproval) -> Result<(), Unavailable> {
        let answer = Answer::Approved { given: vec![given.clone()] };
        self.set(ApprovalState::Answered(Some(question.clone()), answer));
        Ok(())
    }

    async fn answered(&self, answer: Answer) -> Result<(), Unavailable> {
        match self.now() {
            ApprovalState::Asked(question) | ApprovalState::Put(question, ..) => {
                self.set(ApprovalState::Answered(Some(question), answer));
            }
            ApprovalState::Unasked => self.set(ApprovalState::Answered(None, answer)),
            ApprovalState::Answered(..) => {}
        }
        Ok(())
    }

    /// No account is connected on a page in these tests.
    async fn account(&self) -> Result<Account, Unavailable> {
        Ok(*self.account.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn wanted(&self, _need: &Need, remedy: Remedy, until: Millis) -> Result<(), Unavailable> {
        *self.account.lock().unwrap_or_else(PoisonError::into_inner) = Account::Wanted { until, remedy };
        self.remedies.lock().unwrap_or_else(PoisonError::into_inner).push(remedy);
        Ok(())
    }

    async fn connected(&self) -> Result<(), Unavailable> {
        *self.account.lock().unwrap_or_else(PoisonError::into_inner) = Account::Connected;
        Ok(())
    }

    async fn changed(&self) {
        std::future::pending().await
    }
}
