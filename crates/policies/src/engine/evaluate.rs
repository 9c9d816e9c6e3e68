//! One request against one set of policies.

use cedar_policy::{
    AuthorizationError, Authorizer, Context, Entities, PolicySet, Request as CedarRequest,
    RestrictedExpression as Expression,
};
use time::{OffsetDateTime, UtcOffset};

use super::compiled::{Compiled, Ready};
use crate::catalog::{BadInput, expression};
use crate::decision::{Basis, Effect, EvaluationFailure, Request, Verdict};
use crate::load::PolicyId;
use crate::stack::with_stack_to_evaluate;

/// A request in Cedar's terms.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) request: CedarRequest,
    pub(super) entities: Entities,
}

impl Compiled {
    /// Converts a request. `None` if the tool is unknown.
    pub(super) fn prepare(&self, request: &Request) -> Result<Option<Prepared>, BadInput> {
        let Some(tool) = self.tools.get(&request.action) else { return Ok(None) };
        let refused = |error: &dyn std::fmt::Display| BadInput::refused(error);
        let context = context(request, tool)?;
        let principal = self.names.principal(&request.principal)?;
        let gateway = self.names.gateway(&request.gateway);
        let of = CedarRequest::new(principal.uid(), tool.uid.clone(), gateway, context, Some(&self.schema));
        let of = of.map_err(|error| refused(&error))?;
        // The entity of the action holds its ancestors. All others would cost time and cannot matter.
        let entities = Entities::from_entities([principal, tool.entity.clone()], None);
        Ok(Some(Prepared { request: of, entities: entities.map_err(|error| refused(&error))? }))
    }
}

/// Evaluates a set of policies. Cedar skips a policy that fails; here it denies.
pub(super) fn judge(policies: &PolicySet, prepared: &Prepared) -> Verdict {
    let answer =
        with_stack_to_evaluate(|| Authorizer::new().is_authorized(&prepared.request, policies, &prepared.entities));
    let mut determining = answer.diagnostics().reason().map(|id| PolicyId::new(id.as_ref())).collect::<Vec<_>>();
    determining.sort();
    let mut errors = answer.diagnostics().errors().map(failure).collect::<Vec<_>>();
    errors.sort_by(|one, other| one.policy.cmp(&other.policy));
    match (answer.decision(), determining.is_empty(), errors.is_empty()) {
        (cedar_policy::Decision::Allow, _, true) => {
            Verdict { effect: Effect::Allow, basis: Basis::Permitted, determining, errors }
        }
        // Cedar skips a policy that fails. A forbid that is skipped would let the call pass.
        (cedar_policy::Decision::Allow, _, false) | (cedar_policy::Decision::Deny, true, false) => {
            Verdict { effect: Effect::Deny, basis: Basis::EvaluationFailed, determining: Vec::new(), errors }
        }
        (cedar_policy::Decision::Deny, false, _) => {
            Verdict { effect: Effect::Deny, basis: Basis::Forbidden, determining, errors }
        }
        (cedar_policy::Decision::Deny, true, true) => Verdict::of(Effect::Deny, Basis::NothingApplies),
    }
}

fn failure(error: &AuthorizationError) -> EvaluationFailure {
    let AuthorizationError::PolicyEvaluationError(error) = error;
    EvaluationFailure { policy: PolicyId::new(error.policy_id().as_ref()), message: error.inner().to_string() }
}

fn context(request: &Request, tool: &Ready) -> Result<Context, BadInput> {
    let refused = |error: &dyn std::fmt::Display| BadInput::refused(error);
    let input = expression(&request.input, &tool.input)?;
    let now = Expression::new_datetime(datetime(request.now));
    let system = Expression::new_record([("now".to_owned(), now)]).map_err(|error| refused(&error))?;
    let context = Context::from_pairs([("input".to_owned(), input), ("system".to_owned(), system)]);
    context.map_err(|error| refused(&error))
}

/// The form that Cedar reads: UTC with milliseconds.
fn datetime(time: OffsetDateTime) -> String {
    let time = time.to_offset(UtcOffset::UTC);
    let (date, clock) = (time.date(), time.time());
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        clock.hour(),
        clock.minute(),
        clock.second(),
        clock.millisecond()
    )
}
