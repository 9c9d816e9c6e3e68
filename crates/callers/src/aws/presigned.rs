//! Presigned `GetCallerIdentity` requests: the proof of a role in an account without outbound identity federation.

pub(crate) use super::query::PREFIX;

use super::identity::{role, unavailable};
use super::query::{LONGEST_S, Presigned};
use super::replay::{ReplayMemory, Reservation};
use super::role::RoleArn;
use super::sts::{SignedRequest, StsClient};
use crate::caller::{Agent, AgentIdentity, Caller, Grant};
use crate::config::{PresignedConfig, Resource};
use crate::rejection::{Denial, InvalidToken, Reason};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Most requests to AWS STS at once, over all callers of a door.
const MOST_AT_ONCE: usize = 16;

/// The door's side of presigned requests.
#[derive(Debug)]
pub(crate) struct PresignedCallers {
    config: PresignedConfig,
    audience: Resource,
    sts: Arc<dyn StsClient>,
    replays: Arc<dyn ReplayMemory>,
    running: Arc<Semaphore>,
}

impl PresignedCallers {
    pub(crate) fn new(
        config: PresignedConfig,
        audience: Resource,
        sts: Arc<dyn StsClient>,
        replays: Arc<dyn ReplayMemory>,
    ) -> Arc<Self> {
        Arc::new(Self { config, audience, sts, replays, running: Arc::new(Semaphore::new(MOST_AT_ONCE)) })
    }

    /// Checks a token at `now`, in seconds since 1970. Account and role must be listed together; the session's name counts
    /// for nothing.
    pub(crate) async fn check(self: &Arc<Self>, token: &str, now: i64) -> Result<Caller, Reason> {
        let request = Presigned::parse(token, &self.config.hosts, now)?;
        let expires_at = request.expires_at;
        let own = self.clone();
        // A task of its own, so that a caller who hangs up leaves no reservation behind.
        let role = tokio::spawn(async move { own.ask(request, now).await }).await.map_err(|_| unavailable())??;
        let scopes = self.config.scopes.iter().map(|scope| scope.as_str()).collect();
        let grant = Grant { tenant: self.config.tenant.as_str().into(), scopes, claims: Arc::default(), expires_at };
        Ok(Caller::Agent(Agent { identity: AgentIdentity::AwsRole(role), grant }))
    }

    /// Reserves the signature before the request, so that two at once cannot both pass. Only requests that are accepted
    /// stay reserved: nobody else can fill the memory.
    async fn ask(&self, request: Presigned, now: i64) -> Result<RoleArn, Reason> {
        let _running = self.running.try_acquire().map_err(|_| unavailable())?;
        let until = request.signed_at + LONGEST_S;
        if self.replays.reserve(&request.signature, now, until).await? == Reservation::Used {
            return Err(InvalidToken::PresignedReplay.into());
        }
        let signed = SignedRequest { url: request.url, audience: self.audience.as_str().to_owned() };
        let answer = self.sts.get_caller_identity(&signed).await;
        let answer = answer.inspect_err(|error| tracing::warn!(%error, "A presigned request could not be checked"));
        let found = answer.map_err(Reason::from).and_then(|answer| role(&answer));
        let found =
            found.and_then(|role| self.config.roles.contains(&role).then_some(role).ok_or(Denial::AwsRole.into()));
        if found.is_err() {
            self.replays.release(&request.signature).await;
        }
        found
    }
}
