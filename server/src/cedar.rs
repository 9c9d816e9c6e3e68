//! Policies in Cedar as the guard asks them, kept in step with their place and with the tools that people are offered.

mod tools;
mod watch;

pub(crate) use tools::KnownTools;
pub(crate) use watch::{follow, watch};

use agent::ports::{Millis, PolicyDecision, PolicyEffect, Ruling, Unavailable};
use agent::tool::BadInput;
use agent::{Actor, ToolCall, ToolName};
use async_trait::async_trait;
use policies::{AwsRole, Effect, Engine, Mode, Person, PolicyFiles, Principal, Request, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;

/// A set of policies that is replaced as a whole, in one place for all instances.
#[async_trait]
pub trait PolicySet: std::fmt::Debug + Send + Sync {
    /// Returns the policies and their version, which grows; `None` if there are none.
    ///
    /// # Errors
    /// [`Unavailable`], also if they were not written by a holder of the keys.
    async fn read(&self) -> Result<Option<(PolicyFiles, u64)>, Unavailable>;
}

/// The policies of a deployment. A call that came through a door is a call at the gateway of that door.
#[derive(Debug, Clone)]
pub(crate) struct CedarPolicies {
    engine: Engine,
    /// The name of the gateway in policies, for each door.
    gateways: BTreeMap<String, String>,
}

impl CedarPolicies {
    pub(crate) const fn new(engine: Engine, gateways: BTreeMap<String, String>) -> Self {
        Self { engine, gateways }
    }

    /// Returns the caller and the gateway. A door that the configuration does not name has none, so no policy permits it.
    fn caller(&self, actor: &Actor) -> (Principal, String) {
        let (tags, door) = actor.via().map(|via| (via.claims.clone(), via.door.as_str())).unwrap_or_default();
        let gateway = self.gateways.get(door).cloned().unwrap_or_default();
        let role = actor.is_agent().then(|| AwsRole::parse(actor.subject()).ok()).flatten();
        let person = || Principal::Person(Person { subject: actor.subject().to_owned(), tags });
        (role.map_or_else(person, Principal::AwsRole), gateway)
    }
}

impl agent::ports::Policies for CedarPolicies {
    fn decide(&self, actor: &Actor, call: &ToolCall, now: Millis) -> Result<PolicyDecision, BadInput> {
        let (principal, gateway) = self.caller(actor);
        let now = OffsetDateTime::from_unix_timestamp_nanos(i128::from(now) * 1_000_000)
            .map_err(|_| BadInput("The time is not known.".to_owned()))?;
        let request = Request { principal, action: call.tool.0.clone(), gateway, input: call.input.clone(), now };
        let decision = self.engine.decide(&request).map_err(|bad| BadInput(bad.to_string()))?;
        for error in decision.errors() {
            tracing::error!(policy = %error.policy, tool = %call.tool, error = error.message, "a policy failed to evaluate; the call is denied");
        }
        let tried = decision.would.as_ref().map(ruling);
        let enforced = (decision.mode == Mode::Enforce).then(|| ruling(&decision.verdict));
        Ok(PolicyDecision { enforced, tried })
    }

    fn listed(&self, actor: &Actor, tools: BTreeSet<ToolName>) -> BTreeSet<ToolName> {
        let (principal, gateway) = self.caller(actor);
        let names: Vec<&str> = tools.iter().map(|tool| tool.0.as_str()).collect();
        let listed = self.engine.may_allow(&principal, &gateway, &names);
        listed.into_iter().map(|name| ToolName(name.to_owned())).collect()
    }
}

/// Returns a verdict for the ledger. A policy that failed is named like one that forbids.
fn ruling(verdict: &Verdict) -> Ruling {
    let failed = verdict.errors.iter().map(|error| &error.policy);
    let policies = verdict.determining.iter().chain(failed).map(ToString::to_string).collect();
    let effect = match verdict.effect {
        Effect::Allow => PolicyEffect::Allow,
        Effect::Deny => PolicyEffect::Deny,
    };
    Ruling { effect, policies }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
