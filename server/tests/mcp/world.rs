//! Two servers, a client of both, and a guard that provides each server's own token.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use agent::approval::{Answer, ApprovalEvidence, Channel, Definition, Question, SignedApproval};
use agent::fakes::{
    CountingIds, MemoryLedger, MemoryPromptLimiter, MemorySignIns, RuntimeClock, TableAuthorizer, actor,
};
use agent::guard::{Account, ApprovalState, CallLog, NotAdmitted, Remedy, Request};
use agent::ids::ConversationId;
use agent::intent::Need;
use agent::ports::{
    AccessToken, Approver, AskError, Asking, CredentialError, CredentialProvider, EvidenceError, Millis, PollResult,
    Ticket, Unavailable,
};
use agent::tool::{ToolError, ToolOutput};
use agent::{Actor, CallId, Guard, Refusal, Tool, ToolCall, ToolName, Toolbox};
use async_trait::async_trait;
use axum::Router;
use egress::{Lookup, SystemLookup};
use mcp::{Client, Discovery, Hints, Limits, MemoryPins, Override, Server, ServerName, Servers};
use sandbox::kit::{Clock, Sins};
use sandbox::mcp::tasks::{self, Caller, Refused};
use sandbox::mcp::{Hostile, Tasks};
use secrecy::SecretString;
use serde_json::Value;
use tokio::net::TcpListener;

/// The organization of all people here.
pub(crate) const TENANT: &str = "acme";
/// The tokens from the vault; each names the server that accepts it.
pub(crate) const TASKS_TOKEN: &str = "CANARY-tasks";
pub(crate) const HOSTILE_TOKEN: &str = "CANARY-hostile";

pub(crate) struct World {
    pub(crate) tasks: Tasks,
    pub(crate) hostile: Hostile,
    /// A server that must not receive requests, although other servers point to it.
    pub(crate) elsewhere: Hostile,
    pub(crate) elsewhere_url: String,
    pub(crate) sins: Sins,
    servers: Servers,
    pub(crate) pins: Arc<MemoryPins>,
    pub(crate) client: Client,
    pub(crate) authorizer: Arc<TableAuthorizer>,
    pub(crate) scopes: Arc<Mutex<Vec<String>>>,
    pub(crate) asked: Arc<Mutex<Vec<Question>>>,
}

pub(crate) fn name(name: &str) -> ServerName {
    ServerName::new(name).unwrap()
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Hints::Believed, BTreeMap::new()).await
    }

    /// Creates a world with this policy for annotations and these settings of the hostile server's tools.
    pub(crate) async fn with(hints: Hints, tools: BTreeMap<String, Override>) -> Self {
        Self::of(hints, None, tools).await
    }

    /// Creates a world whose configuration enables only these tools, on both servers.
    pub(crate) async fn only(wanted: &[&str]) -> Self {
        Self::of(Hints::Believed, Some(wanted.iter().map(ToString::to_string).collect()), BTreeMap::new()).await
    }

    async fn of(hints: Hints, only: Option<BTreeSet<String>>, tools: BTreeMap<String, Override>) -> Self {
        let (sins, scopes) = (Sins::default(), Arc::new(Mutex::new(vec!["tasks:read".to_owned()])));
        let granted = scopes.clone();
        let authenticate = Arc::new(move |token: &str| match token {
            TASKS_TOKEN => Ok(Caller {
                subject: "auth0|ada".to_owned(),
                client: "app".to_owned(),
                scopes: granted.lock().unwrap().clone(),
            }),
            HOSTILE_TOKEN => Err(Refused::Audience),
            _ => Err(Refused::Token),
        });
        let listener = listener().await;
        let url = format!("http://{}", listener.local_addr().unwrap());
        let settings = tasks::Settings { url: url.clone(), issuer: "http://idp.test/".to_owned(), clients: vec![] };
        let tasks = Tasks::new(settings, authenticate, Clock::default(), sins.clone());
        serve(listener, tasks.router());
        let (hostile, elsewhere) = (Hostile::default(), Hostile::default());
        let hostile_url = start(hostile.router()).await;
        let elsewhere_url = start(elsewhere.router()).await;

        let server = |server: &str, url: &str, scopes: &[&str], tools| Server {
            name: name(server),
            url: format!("{url}/mcp").parse().unwrap(),
            audience: format!("{url}/mcp"),
            scopes: scopes.iter().map(ToString::to_string).collect(),
            hints,
            only: only.clone(),
            tools,
            limits: Limits { total: Duration::from_secs(5), ..Limits::default() },
        };
        let all =
            vec![server("tasks", &url, &["tasks:read"], BTreeMap::new()), server("hostile", &hostile_url, &[], tools)];
        // The third server is allowed too: only the refusal to follow redirects keeps requests from it.
        let listed = [&url, &hostile_url, &elsewhere_url].map(|url| url.parse().unwrap());
        let pins = Arc::new(MemoryPins::default());
        let servers = Servers::new(all, &listed).unwrap();
        let client = client(servers.clone(), pins.clone());
        let tuples = ["ada can_call tool:tasks/get_tasks", "ada can_call tool:hostile/weather"];
        let authorizer = Arc::new(TableAuthorizer::knowing(&tuples));
        let asked = Arc::default();
        Self { tasks, hostile, elsewhere, elsewhere_url, sins, servers, pins, client, authorizer, scopes, asked }
    }

    /// Returns a client of the same servers and pins with an empty cache.
    pub(crate) fn fresh_client(&self) -> Client {
        client(self.servers.clone(), self.pins.clone())
    }

    pub(crate) async fn discover(&self, server: &str) -> Discovery {
        let token = if server == "tasks" { TASKS_TOKEN } else { HOSTILE_TOKEN };
        self.client.discover(&name(server), TENANT, &SecretString::from(token)).await.unwrap()
    }

    pub(crate) async fn toolbox(&self, server: &str) -> Toolbox {
        let tools = self.discover(server).await.tools.into_iter().map(|tool| tool as Arc<dyn Tool>);
        Toolbox::new(tools).unwrap()
    }

    /// Runs a call through the guard, from the proposal to the outcome.
    pub(crate) async fn call(
        &self,
        toolbox: &Toolbox,
        tool: &str,
        input: Value,
    ) -> Result<Result<ToolOutput, ToolError>, Refusal> {
        let call = ToolCall { id: CallId("1".to_owned()), tool: ToolName(tool.to_owned()), input };
        let actor = actor("ada");
        let intent = toolbox.intend(&actor, &call).map_err(|bad| Refusal::BadInput { reason: bad.to_string() })?;
        let definition = Definition::of(toolbox.definition(&call).unwrap()).unwrap();
        let conversation = ConversationId::from_random([0; 26]);
        let request = Request::new(actor, conversation, call, intent, definition);
        match self.guard().admit(request, &Notes::default()).await {
            Ok(permit) => {
                let (_spent, outcome) = toolbox.run(permit, Duration::from_secs(20)).await;
                Ok(outcome)
            }
            Err(NotAdmitted::Refused(refusal) | NotAdmitted::Spent { refusal, .. }) => Err(refusal),
            Err(NotAdmitted::Suspended(error)) => panic!("{error}"),
        }
    }

    fn guard(&self) -> Guard {
        Guard {
            authorizer: self.authorizer.clone(),
            approver: Arc::new(Willing(self.asked.clone())),
            prompts: Arc::new(MemoryPromptLimiter::default()),
            policies: Arc::new(agent::ports::NoPolicies),
            ledger: Arc::new(MemoryLedger::default()),
            vault: Arc::new(TwoTokens),
            sign_ins: Arc::new(MemorySignIns::default()),
            clock: Arc::new(RuntimeClock::default()),
            ids: Arc::new(CountingIds::default()),
            patience: 60_000,
        }
    }

    /// Returns the number of tool calls that the hostile server received.
    pub(crate) fn calls(&self) -> usize {
        self.hostile.requests().iter().filter(|request| request.method.as_deref() == Some("tools/call")).count()
    }
}

fn client(servers: Servers, pins: Arc<MemoryPins>) -> Client {
    let local = ["okta_groups", "okta_user"].map(|name| ToolName(name.to_owned()));
    let lookup: Arc<dyn Lookup> = Arc::new(SystemLookup);
    Client::new(servers, local, pins, Arc::new(RuntimeClock::default()), &lookup).unwrap()
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

fn serve(listener: TcpListener, router: Router) {
    tokio::spawn(async move { axum::serve(listener, router).await });
}

async fn start(router: Router) -> String {
    let listener = listener().await;
    let url = format!("http://{}", listener.local_addr().unwrap());
    serve(listener, router);
    url
}

/// Provides each server's own token and no other.
pub(crate) struct TwoTokens;

#[async_trait]
impl CredentialProvider for TwoTokens {
    async fn access_token(&self, _actor: &Actor, need: &Need) -> Result<AccessToken, CredentialError> {
        match need.provider.as_str() {
            "mcp:tasks" => Ok(AccessToken::new(TASKS_TOKEN.into())),
            "mcp:hostile" => Ok(AccessToken::new(HOSTILE_TOKEN.into())),
            _ => Err(CredentialError::NotConnected),
        }
    }
}

/// Approves at once and records every request.
struct Willing(Arc<Mutex<Vec<Question>>>);

#[async_trait]
impl Approver for Willing {
    async fn ask(&self, asking: &Asking<'_>, _now: Millis) -> Result<Ticket, AskError> {
        let question = asking.question;
        self.0.lock().unwrap().push(question.clone());
        Ok(Ticket {
            handle: question.id.to_string(),
            interval_ms: 0,
            until: question.until,
            page: None,
            channels: Vec::new(),
        })
    }

    async fn poll(
        &self,
        asking: &Asking<'_>,
        _: &Ticket,
        _: &[SignedApproval],
        now: Millis,
    ) -> Result<PollResult, Unavailable> {
        let Asking { actor, question, .. } = *asking;
        let evidence = ApprovalEvidence::new("e30.e30.AA".into()).unwrap();
        let given = SignedApproval::of(actor, Channel::Ciba, now, evidence);
        Ok(PollResult::Approved { given, digest: question.digest.clone() })
    }

    async fn verify(&self, _: &Asking<'_>, _: &SignedApproval) -> Result<(), EvidenceError> {
        Ok(())
    }
}

/// A call log in memory.
#[derive(Default)]
struct Notes(Mutex<Option<ApprovalState>>);

#[async_trait]
impl CallLog for Notes {
    async fn approval_state(&self) -> Result<ApprovalState, Unavailable> {
        Ok(self.0.lock().unwrap().clone().unwrap_or(ApprovalState::Unasked))
    }

    async fn queued(&self) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn asked(&self, question: &Question) -> Result<(), Unavailable> {
        *self.0.lock().unwrap() = Some(ApprovalState::Asked(question.clone()));
        Ok(())
    }

    async fn put(&self, ticket: &Ticket) -> Result<(), Unavailable> {
        let mut standing = self.0.lock().unwrap();
        let Some(ApprovalState::Asked(question)) = standing.clone() else { panic!("stored before it was asked") };
        *standing = Some(ApprovalState::Put(question, ticket.clone(), Vec::new()));
        Ok(())
    }

    async fn given(&self, _: &Question, _: &SignedApproval) -> Result<(), Unavailable> {
        unreachable!("one approval suffices")
    }

    async fn approved_in_advance(&self, _: &Question, _: &SignedApproval) -> Result<(), Unavailable> {
        unreachable!("nobody approves in advance")
    }

    async fn answered(&self, answer: Answer) -> Result<(), Unavailable> {
        let mut standing = self.0.lock().unwrap();
        if let Some(ApprovalState::Asked(question) | ApprovalState::Put(question, ..)) = standing.clone() {
            *standing = Some(ApprovalState::Answered(Some(question), answer));
        }
        Ok(())
    }

    /// No account is ever requested here, because the vault has both tokens.
    async fn account(&self) -> Result<Account, Unavailable> {
        Ok(Account::Unasked)
    }

    async fn wanted(&self, _need: &Need, _mend: Remedy, _until: Millis) -> Result<(), Unavailable> {
        unreachable!("no account is needed")
    }

    async fn connected(&self) -> Result<(), Unavailable> {
        unreachable!("no account is needed")
    }

    async fn changed(&self) {
        std::future::pending().await
    }
}
