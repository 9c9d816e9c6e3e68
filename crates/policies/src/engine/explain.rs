//! The explanation of a decision, policy by policy.
//!
//! Each part of a policy (action, gateway, principal, and each condition, split at `&&`) becomes a policy of its own that
//! is evaluated with the same request. Parsing is allowed here: nobody waits but the operator.

use std::fmt;

use cedar_policy::{AuthorizationError, Authorizer, Policy, PolicySet};
use serde_json::{Value, json};

use super::compiled::Compiled;
use super::evaluate::Prepared;
use crate::catalog::BadInput;
use crate::decision::{Basis, Decision, Effect, Mode, Request};
use crate::load::{Loaded, PolicyId};
use crate::stack::with_large_stack;

/// The explanation of one decision. `Display` prints it in sentences.
#[derive(Debug)]
pub struct Explanation {
    /// The decision, or the argument that does not fit.
    pub decision: Result<Decision, BadInput>,
    /// The policies that cover the tool, those that matched first.
    pub policies: Vec<PolicyTrace>,
    /// The number of policies that are about other tools.
    pub elsewhere: usize,
}

/// One policy in an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyTrace {
    /// The policy.
    pub id: PolicyId,
    /// Its file and line.
    pub place: String,
    /// Permit (allow) or forbid (deny).
    pub effect: Effect,
    /// [`Mode::LogOnly`] if it counts for the hypothetical decision alone.
    pub mode: Mode,
    /// The result.
    pub trace: Trace,
}

/// The result of one policy for a request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trace {
    /// Every part holds.
    Matched,
    /// A part failed to evaluate.
    Failed {
        /// The part, in Cedar.
        part: String,
        /// Cedar's message.
        message: String,
    },
    /// Everything before this condition holds, and it does not.
    Condition(String),
    /// It is about other principals.
    Principal(String),
    /// It is about another gateway.
    Gateway(String),
}

pub(super) fn explain(compiled: &Compiled, request: &Request, decision: Result<Decision, BadInput>) -> Explanation {
    let Ok(Some(prepared)) = compiled.prepare(request) else {
        return Explanation { decision, policies: Vec::new(), elsewhere: compiled.policies.len() };
    };
    let traces = || compiled.policies.iter().filter_map(|policy| traced(policy, &prepared)).collect::<Vec<_>>();
    let mut policies = with_large_stack(traces);
    let elsewhere = compiled.policies.len() - policies.len();
    policies.sort_by(|one, other| (&one.trace, &one.id).cmp(&(&other.trace, &other.id)));
    Explanation { decision, policies, elsewhere }
}

/// `None` if the policy is about other tools.
fn traced(policy: &Loaded, prepared: &Prepared) -> Option<PolicyTrace> {
    let trace = trace(policy, prepared)?;
    let place = format!("{}:{}", policy.file, policy.line);
    Some(PolicyTrace { id: policy.id.clone(), place, effect: policy.effect(), mode: policy.mode, trace })
}

fn trace(policy: &Loaded, prepared: &Prepared) -> Option<Trace> {
    let Ok(whole) = policy.policy.to_json() else {
        return Some(Trace::Failed { part: "the policy".to_owned(), message: "it has no JSON form".to_owned() });
    };
    if Part::scope(&whole, "action").holds(prepared) != Ok(true) {
        return None;
    }
    for (name, wrap) in [("resource", Trace::Gateway as fn(String) -> Trace), ("principal", Trace::Principal)] {
        let part = Part::scope(&whole, name);
        if part.holds(prepared) != Ok(true) {
            return Some(wrap(part.text()));
        }
    }
    let conditions = whole["conditions"].as_array().into_iter().flatten().flat_map(parts);
    for part in conditions {
        match part.holds(prepared) {
            Ok(true) => {}
            Ok(false) => return Some(Trace::Condition(part.text())),
            Err(message) => return Some(Trace::Failed { part: part.text(), message }),
        }
    }
    Some(Trace::Matched)
}

/// A part of a policy, as a policy that permits.
struct Part(Value);

impl Part {
    fn scope(whole: &Value, name: &str) -> Self {
        let mut part = Self::open(json!([]));
        part.0[name] = whole[name].clone();
        part
    }

    fn open(conditions: Value) -> Self {
        let all = json!({ "op": "All" });
        Self(json!({ "effect": "permit", "principal": all, "action": all, "resource": all, "conditions": conditions }))
    }

    fn policy(&self) -> Result<Policy, String> {
        Policy::from_json(None, self.0.clone()).map_err(|error| error.to_string())
    }

    fn holds(&self, prepared: &Prepared) -> Result<bool, String> {
        let set = PolicySet::from_policies([self.policy()?]).map_err(|error| error.to_string())?;
        let answer = Authorizer::new().is_authorized(&prepared.request, &set, &prepared.entities);
        match answer.diagnostics().errors().next() {
            Some(AuthorizationError::PolicyEvaluationError(error)) => Err(error.inner().to_string()),
            None => Ok(answer.decision() == cedar_policy::Decision::Allow),
        }
    }

    /// The Cedar text of the part, on one line, without the frame of the policy. (`to_cedar` would rewrite the operators.)
    fn text(&self) -> String {
        let text = self.policy().map(|policy| policy.to_string()).unwrap_or_default();
        let text = text.trim_start_matches("permit").trim_start_matches(['(', ' ']).trim_end_matches(';');
        let (scope, clause) =
            text.split_once("resource) ").map_or((text.trim_end_matches([')', ' ']), ""), |(_, clause)| ("", clause));
        let scope = scope.strip_suffix(", action, resource").unwrap_or(scope);
        let scope = scope.strip_prefix("principal, action, ").unwrap_or(scope);
        match clause.strip_prefix("when {").and_then(|body| body.strip_suffix('}')) {
            Some(body) => body.trim().to_owned(),
            None => format!("{scope}{clause}"),
        }
    }
}

/// Splits a `when` at its `&&`. The parts are evaluated in their order, so a guard stands before what it guards.
fn parts(condition: &Value) -> Vec<Part> {
    let mut parts = Vec::new();
    if condition["kind"] == "when" {
        conjuncts(&condition["body"], &mut parts);
    } else {
        parts.push(condition.clone());
    }
    parts.into_iter().map(|part| Part::open(json!([part]))).collect()
}

fn conjuncts(body: &Value, parts: &mut Vec<Value>) {
    // `&&` leans to the left, so this descends as deep as the parser has allowed.
    if let Some(and) = body.get("&&") {
        conjuncts(&and["left"], parts);
        conjuncts(&and["right"], parts);
    } else {
        parts.push(json!({ "kind": "when", "body": body }));
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.decision {
            Err(error) => writeln!(f, "The call is refused before any policy: {error}.")?,
            Ok(decision) => summary(decision, f)?,
        }
        for policy in &self.policies {
            writeln!(f, "{policy}")?;
        }
        match self.elsewhere {
            0 => Ok(()),
            1 => writeln!(f, "One policy is about other tools."),
            more => writeln!(f, "{more} policies are about other tools."),
        }
    }
}

fn summary(decision: &Decision, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(f, "{}", sentence(decision.verdict.basis))?;
    if let Some(would) = &decision.would {
        let condition = match decision.mode {
            Mode::LogOnly => "If the engine enforced",
            Mode::Enforce => "If the log-only policies counted",
        };
        writeln!(f, "{condition}: {}", sentence(would.basis))?;
    }
    Ok(())
}

fn sentence(basis: Basis) -> &'static str {
    match basis {
        Basis::Permitted => "The policies allow the call.",
        Basis::Forbidden => "A forbid denies the call.",
        Basis::NothingApplies => "No permit matches, so the call is denied.",
        Basis::EvaluationFailed => "A policy failed to evaluate, so the call is denied.",
        Basis::UnknownTool => "The tool is in no catalog, so the call is denied.",
        Basis::NotEnforced => "The engine only logs, so the call passes.",
    }
}

impl fmt::Display for PolicyTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let effect = if self.effect == Effect::Allow { "permit" } else { "forbid" };
        let mode = if self.mode == Mode::LogOnly { ", log-only" } else { "" };
        write!(f, "- {} ({effect}{mode}, {}) ", self.id, self.place)?;
        match &self.trace {
            Trace::Matched => write!(f, "matches."),
            Trace::Failed { part, message } => write!(f, "fails to evaluate `{part}`: {message}."),
            Trace::Condition(part) => write!(f, "does not match, because this does not hold: `{part}`."),
            Trace::Principal(part) => write!(f, "is about other callers: `{part}`."),
            Trace::Gateway(part) => write!(f, "is about another gateway: `{part}`."),
        }
    }
}
