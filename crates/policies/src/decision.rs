//! A request to the policies, and the answer.

use std::fmt;

use time::OffsetDateTime;

use crate::{PolicyId, Principal};

/// A call that asks for a decision.
#[derive(Debug, Clone)]
pub struct Request {
    /// The caller.
    pub principal: Principal,
    /// The action id: `group___tool`, or the name of a tool of our own.
    pub action: String,
    /// The gateway, as the policies name it after `AgentCore::Gateway::`.
    pub gateway: String,
    /// The arguments, an object. The door bounds their size.
    pub input: serde_json::Value,
    /// The time of the decision, for `context.system.now`.
    pub now: OffsetDateTime,
}

/// The mode of an engine, or of a policy. A setting spells it as AWS does: `ENFORCE` or `LOG_ONLY`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Mode {
    /// Decisions count. AWS calls it `ENFORCE` for an engine and `ACTIVE` for a policy.
    Enforce,
    /// Decisions are noted and change nothing: `LOG_ONLY`.
    LogOnly,
}

/// Allow or deny.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The policies let the call pass. Other checks follow.
    Allow,
    /// The call must not run.
    Deny,
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        })
    }
}

/// The ground of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// A permit matched, no forbid did, and no policy failed.
    Permitted,
    /// A forbid matched. It wins over every permit.
    Forbidden,
    /// No permit matched.
    NothingApplies,
    /// A policy failed while it was evaluated, so its answer is unknown. The caller raises an alarm.
    EvaluationFailed,
    /// The tool is in no catalog.
    UnknownTool,
    /// The engine only logs.
    NotEnforced,
}

/// A policy that failed while it was evaluated, such as by an overflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvaluationFailure {
    /// The policy.
    pub policy: PolicyId,
    /// Cedar's message, for the log.
    pub message: String,
}

/// An effect with its ground.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Allow or deny.
    pub effect: Effect,
    /// The ground.
    pub basis: Basis,
    /// The permits of an allow or the forbids of a deny, in their order. Empty if no policy matched.
    pub determining: Vec<PolicyId>,
    /// Policies that failed. If there is one, the effect is never allow, and the caller raises an alarm.
    pub errors: Vec<EvaluationFailure>,
}

impl Verdict {
    pub(crate) fn of(effect: Effect, basis: Basis) -> Self {
        Self { effect, basis, determining: Vec::new(), errors: Vec::new() }
    }
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The answer that counts.
    pub verdict: Verdict,
    /// The mode of the engine. Under [`Mode::LogOnly`] the verdict is always allow.
    pub mode: Mode,
    /// The answer that would have counted, for the ledger: under an engine that only logs, the answer of the active
    /// policies; under one that enforces, the answer if the log-only policies counted, where it differs.
    pub would: Option<Verdict>,
}

impl Decision {
    /// Returns the effect that counts.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.verdict.effect
    }

    /// Returns `true` if the effect would have been the other one (`LogOnlyDecisionFlips` of AWS).
    #[must_use]
    pub fn flips(&self) -> bool {
        self.would.as_ref().is_some_and(|would| would.effect != self.verdict.effect)
    }

    /// Returns the evaluation errors of both verdicts. The caller raises an alarm if there is one.
    pub fn errors(&self) -> impl Iterator<Item = &EvaluationFailure> {
        let would = self.would.iter().flat_map(|would| &would.errors);
        let unseen = would.filter(|error| !self.verdict.errors.contains(error));
        self.verdict.errors.iter().chain(unseen)
    }
}
