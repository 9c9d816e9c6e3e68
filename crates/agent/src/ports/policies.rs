//! Policies: the bounds of calls that come through a door, by what its token says. They are asked before FGA, and both must
//! agree: a policy grants nothing.

use crate::ports::Millis;
use crate::tool::BadInput;
use crate::{Actor, ToolCall, ToolName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The decision of the policies about one call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyDecision {
    /// The ruling that counts; absent while policies are only tried, or if there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enforced: Option<Ruling>,
    /// The ruling with the policies that are only tried, if there are such.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tried: Option<Ruling>,
}

impl PolicyDecision {
    /// Returns the ruling that forbids the call, if one does.
    #[must_use]
    pub fn forbids(&self) -> Option<&Ruling> {
        self.enforced.as_ref().filter(|ruling| ruling.effect == PolicyEffect::Deny)
    }

    /// Returns whether there was any policy to ask.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.enforced.is_none() && self.tried.is_none()
    }
}

/// A ruling, and the policies that determined it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ruling {
    /// The effect.
    pub effect: PolicyEffect,
    /// The ids of the policies. A denial without one means that no policy permits the call.
    pub policies: Vec<String>,
}

/// The effect of a ruling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyEffect {
    /// The policies allow the call.
    Allow,
    /// They forbid it, or none permits it.
    Deny,
}

/// The policies of a deployment.
pub trait Policies: std::fmt::Debug + Send + Sync {
    /// Decides about a call of `actor`, who acts through a door. Callers in their own browser are never asked about.
    ///
    /// # Errors
    /// [`BadInput`] if the arguments have no meaning in the policies' schema: the call is refused.
    fn decide(&self, actor: &Actor, call: &ToolCall, now: Millis) -> Result<PolicyDecision, BadInput>;

    /// Returns those of `tools` of which some call may be allowed to `actor`, for listings. It allows nothing.
    fn listed(&self, actor: &Actor, tools: BTreeSet<ToolName>) -> BTreeSet<ToolName>;
}

/// A deployment without policies.
#[derive(Debug, Clone, Copy)]
pub struct NoPolicies;

impl Policies for NoPolicies {
    fn decide(&self, _: &Actor, _: &ToolCall, _: Millis) -> Result<PolicyDecision, BadInput> {
        Ok(PolicyDecision::default())
    }

    fn listed(&self, _: &Actor, tools: BTreeSet<ToolName>) -> BTreeSet<ToolName> {
        tools
    }
}
