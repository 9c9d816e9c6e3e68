//! Rules of AgentCore Policy that Cedar's validator does not know.

use cedar_policy::{ActionConstraint, ResourceConstraint};

use super::{Loaded, Problem, ProblemKind};

const ANNOTATIONS: [&str; 4] = ["id", "enforcementMode", "description", "doc"];

/// Returns what AWS would refuse, and annotations that may be misspelt: a permit with a misspelt `@enforcementMode`
/// would count.
pub(super) fn check(policy: &Loaded) -> Vec<Problem> {
    let mut kinds = Vec::new();
    let annotations = policy.policy.annotations().map(|(name, _)| name);
    let unknown = annotations.filter(|name| !ANNOTATIONS.contains(name));
    kinds.extend(unknown.map(|name| ProblemKind::Annotation(name.to_owned())));
    kinds.extend(scope(policy));
    kinds.into_iter().map(|kind| policy.problem(kind)).collect()
}

/// Holds for permit and forbid alike (guide of AgentCore Policy, authoring and example policies).
fn scope(policy: &Loaded) -> Option<ProblemKind> {
    let names_actions = policy.policy.action_constraint() != ActionConstraint::Any;
    match policy.policy.resource_constraint() {
        ResourceConstraint::Any => Some(ProblemKind::WildcardResource),
        ResourceConstraint::In(_) | ResourceConstraint::IsIn(..) => Some(ProblemKind::ResourceIn),
        ResourceConstraint::Is(_) if names_actions => Some(ProblemKind::ActionsWithoutGateway),
        ResourceConstraint::Eq(_) if !names_actions => Some(ProblemKind::GatewayWithoutActions),
        ResourceConstraint::Is(_) | ResourceConstraint::Eq(_) => None,
    }
}
