//! Accepts a changed tool in the order of every action: check the permission, record the decision, act, record the
//! outcome. What cannot be recorded is not done.

use super::ChosenChange;
use crate::backend::role::{self, MissingRole, OPERATOR};
use crate::remote_tools::Accepted;
use crate::services::Services;
use agent::intent::Risk;
use agent::ports::{Clock, Entry, OpenError, Outcome, Unavailable, Verdict};
use agent::{Actor, ToolName};
use system::SystemClock;

/// Accepts the change, if the person is an operator, and returns the outcome.
pub(super) async fn accept(services: &Services, actor: &Actor, chosen: &ChosenChange) -> Result<Accepted, MissingRole> {
    let held = role::require(services, actor, OPERATOR).await;
    let verdict = match &held {
        Ok(()) => Verdict::Allowed,
        Err(MissingRole::Denied { object }) => {
            Verdict::Refused(format!("denied: {} on {object} is missing", OPERATOR.relation.0))
        }
        Err(MissingRole::Unavailable(_)) => return held.map(|()| Accepted::Outdated),
    };
    let opened = services.ledger.open(entry(actor, chosen, verdict)).await.map_err(|error| match error {
        OpenError::Unavailable(error) => error,
        OpenError::Spent(_) => {
            Unavailable::new("the ledger", "it reported a spent approval for a decision that has none")
        }
    });
    if let Err(error) = &opened {
        tracing::error!(error = %error, "the decision about a changed tool could not be recorded");
    }
    held?;
    let opened = opened?;
    let ChosenChange { server, tool, digest } = chosen;
    let done = services.remote_tools.accept(actor, server, tool, digest).await;
    let outcome = match &done {
        Ok(Accepted::Yes) => Outcome::Done,
        Ok(Accepted::Outdated) => Outcome::NotDone("this change was no longer waiting to be accepted".to_owned()),
        // The acceptance may have been stored nevertheless.
        Err(_) => Outcome::Unknown,
    };
    if let Err(error) = services.ledger.close(&opened, outcome, SystemClock.now()).await {
        tracing::error!(error = %error, entry = opened.0, "the outcome of an action could not be recorded");
    }
    Ok(done?)
}

fn entry(actor: &Actor, ChosenChange { server, tool, digest }: &ChosenChange, verdict: Verdict) -> Entry {
    Entry {
        at: SystemClock.now(),
        actor: actor.clone(),
        place: None,
        tool: ToolName(format!("{server}___{tool}")),
        intent: format!("Accept the changed tool {tool} of the MCP server {server}, change {digest}"),
        relation: OPERATOR.relation.0.to_owned(),
        object: format!("tenant:{}", actor.tenant()),
        risk: Risk::Read,
        approval: None,
        policy: None,
        verdict,
    }
}
