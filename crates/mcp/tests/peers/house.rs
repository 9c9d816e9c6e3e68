//! A client of one peer through a tap, with permits of the real guard.

use std::sync::Arc;
use std::time::Duration;

use agent::approval::{Answer, Definition, Question, SignedApproval};
use agent::fakes::{
    CountingIds, MemoryApprover, MemoryLedger, MemoryPromptLimiter, MemorySignIns, Person, RuntimeClock,
    TableAuthorizer, actor,
};
use agent::guard::{Account, ApprovalState, CallLog, Remedy, Request};
use agent::ids::ConversationId;
use agent::intent::{Need, Risk};
use agent::ports::{AccessToken, CredentialError, CredentialProvider, Millis, Ticket, Unavailable};
use agent::tool::{ToolError, ToolOutput};
use agent::{Actor, CallId, Guard, Tool, ToolCall, ToolName, Toolbox};
use async_trait::async_trait;
use egress::{Lookup, SystemLookup};
use mcp::{Client, Discovery, Hints, Limits, McpError, MemoryPins, Override, Server, ServerName, Servers};
use secrecy::SecretString;
use serde_json::Value;

use crate::process::{Sdk, TOKEN};
use crate::tap::Tap;
use peers::Peer;

/// The tools that each peer offers.
pub(crate) const TOOLS: [&str; 5] = ["add", "fail", "slow", "log", "parted"];

/// Longest call of the impatient client; `slow` can take longer.
const HASTE: Duration = Duration::from_secs(3);

pub(crate) struct House {
    _peer: Peer,
    pub(crate) tap: Tap,
    client: Client,
    hasty: Client,
    authorizer: Arc<TableAuthorizer>,
}

impl House {
    pub(crate) async fn of(sdk: Sdk, mode: [&'static str; 2]) -> Self {
        let peer = sdk.start(mode).await;
        let tap = Tap::before(peer.ready()["url"].as_str().unwrap()).await;
        let read = Override { risk: Some(Risk::Read), ..Override::default() };
        let server = |limits| Server {
            name: name(),
            url: tap.url.parse().unwrap(),
            audience: tap.url.clone(),
            scopes: Vec::new(),
            hints: Hints::Ignored,
            only: None,
            tools: TOOLS.map(|tool| (tool.to_owned(), read.clone())).into(),
            limits,
        };
        let (lookup, pins) = (Arc::new(SystemLookup) as Arc<dyn Lookup>, Arc::new(MemoryPins::default()));
        let client = |limits| {
            let servers = Servers::new(vec![server(limits)], &[tap.url.parse().unwrap()]).unwrap();
            Client::new(servers, [], pins.clone(), Arc::new(RuntimeClock::default()), &lookup).unwrap()
        };
        let hasty = client(Limits { total: HASTE, ..Limits::default() });
        let client = client(Limits::default());
        let tuples = TOOLS.map(|tool| format!("ada can_call tool:peer/{tool}"));
        let authorizer = Arc::new(TableAuthorizer::knowing(&tuples.each_ref().map(String::as_str)));
        Self { _peer: peer, tap, client, hasty, authorizer }
    }

    pub(crate) async fn discover(&self, token: &str) -> Result<Discovery, McpError> {
        self.client.discover(&name(), "acme", &SecretString::from(token)).await
    }

    /// The tools found by the impatient client; `None` if even the list took longer.
    pub(crate) async fn hasty(&self) -> Option<Toolbox> {
        self.hasty.discover(&name(), "acme", &SecretString::from(TOKEN)).await.ok().map(toolbox)
    }

    /// Calls a discovered tool, from the proposal to the outcome.
    pub(crate) async fn call(&self, toolbox: &Toolbox, tool: &str, input: Value) -> Result<Value, ToolError> {
        let call = ToolCall { id: CallId("1".to_owned()), tool: ToolName(format!("peer___{tool}")), input };
        let actor = actor("ada");
        let intent = toolbox.intend(&actor, &call).unwrap();
        let definition = Definition::of(toolbox.definition(&call).unwrap()).unwrap();
        let conversation = ConversationId::from_random([0; 26]);
        let request = Request::new(actor, conversation, call, intent, definition);
        let permit = self.guard().admit(request, &Unwritten).await.unwrap();
        let (_spent, outcome) = toolbox.run(permit, Duration::from_secs(20)).await;
        outcome.map(|ToolOutput { content, .. }| content["data"].clone())
    }

    fn guard(&self) -> Guard {
        Guard {
            authorizer: self.authorizer.clone(),
            approver: Arc::new(MemoryApprover::of(Person::Sleeps)),
            prompts: Arc::new(MemoryPromptLimiter::default()),
            policies: Arc::new(agent::ports::NoPolicies),
            ledger: Arc::new(MemoryLedger::default()),
            vault: Arc::new(OneToken),
            sign_ins: Arc::new(MemorySignIns::default()),
            clock: Arc::new(RuntimeClock::default()),
            ids: Arc::new(CountingIds::default()),
            patience: 60_000,
        }
    }
}

pub(crate) fn toolbox(discovery: Discovery) -> Toolbox {
    Toolbox::new(discovery.tools.into_iter().map(|tool| tool as Arc<dyn Tool>)).unwrap()
}

fn name() -> ServerName {
    ServerName::new("peer").unwrap()
}

struct OneToken;

#[async_trait]
impl CredentialProvider for OneToken {
    async fn access_token(&self, _actor: &Actor, _need: &Need) -> Result<AccessToken, CredentialError> {
        Ok(AccessToken::new(TOKEN.into()))
    }
}

/// No person is asked here, so nothing is recorded.
struct Unwritten;

#[async_trait]
impl CallLog for Unwritten {
    async fn approval_state(&self) -> Result<ApprovalState, Unavailable> {
        Ok(ApprovalState::Unasked)
    }

    async fn queued(&self) -> Result<(), Unavailable> {
        unreachable!("nobody is asked")
    }

    async fn asked(&self, _question: &Question) -> Result<(), Unavailable> {
        unreachable!("nobody is asked")
    }

    async fn put(&self, _ticket: &Ticket) -> Result<(), Unavailable> {
        unreachable!("nobody is asked")
    }

    async fn given(&self, _: &Question, _: &SignedApproval) -> Result<(), Unavailable> {
        unreachable!("nobody is asked")
    }

    async fn approved_in_advance(&self, _: &Question, _: &SignedApproval) -> Result<(), Unavailable> {
        unreachable!("nobody is asked")
    }

    async fn answered(&self, _answer: Answer) -> Result<(), Unavailable> {
        unreachable!("nobody is asked")
    }

    async fn account(&self) -> Result<Account, Unavailable> {
        Ok(Account::Unasked)
    }

    async fn wanted(&self, _need: &Need, _mend: Remedy, _until: Millis) -> Result<(), Unavailable> {
        unreachable!("no account is wanted")
    }

    async fn connected(&self) -> Result<(), Unavailable> {
        unreachable!("no account is wanted")
    }

    async fn changed(&self) {
        std::future::pending().await
    }
}
