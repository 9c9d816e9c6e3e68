//! Policies in memory.

use super::lock;
use crate::ports::{Millis, Policies, PolicyDecision, PolicyEffect, Ruling};
use crate::tool::BadInput;
use crate::{Actor, ToolCall, ToolName};
use std::collections::BTreeSet;
use std::sync::Mutex;

/// Answers the same, until told otherwise.
#[derive(Debug, Default)]
pub struct FixedPolicies(Mutex<PolicyDecision>);

impl FixedPolicies {
    /// Answers this from now on.
    pub fn rule(&self, decision: PolicyDecision) {
        *lock(&self.0) = decision;
    }
}

/// Returns a decision with this effect, by the policy `rule`.
#[must_use]
pub fn ruled(effect: PolicyEffect) -> PolicyDecision {
    PolicyDecision { enforced: Some(Ruling { effect, policies: vec!["rule".to_owned()] }), tried: None }
}

impl Policies for FixedPolicies {
    fn decide(&self, _: &Actor, call: &ToolCall, _: Millis) -> Result<PolicyDecision, BadInput> {
        if call.input.is_object() { Ok(lock(&self.0).clone()) } else { Err(BadInput("not an object".to_owned())) }
    }

    fn listed(&self, _: &Actor, tools: BTreeSet<ToolName>) -> BTreeSet<ToolName> {
        tools
    }
}
