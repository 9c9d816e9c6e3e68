//! Policies validated against the schema of a catalog.

use std::collections::{BTreeSet, HashMap};

use cedar_policy::{ActionConstraint, Entity, EntityUid, PolicySet, Schema, ValidationMode, Validator};

use super::entities::Names;
use super::warning::Warning;
use crate::catalog::{Record, schema_with};
use crate::load::{LoadError, Loaded, PolicyId, Problem, ProblemKind, diagnostic};
use crate::{Catalog, Mode};

/// Everything that a decision needs, parsed.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) names: Names,
    pub(super) schema: Schema,
    /// The tools in the schema.
    pub(super) tools: HashMap<String, Ready>,
    /// The policies that count.
    pub(super) active: PolicySet,
    /// These and the log-only ones, if there are such.
    pub(super) all: Option<PolicySet>,
    pub(super) policies: Vec<Loaded>,
    /// The catalog that was validated: without tools that are withdrawn.
    pub(super) catalog: Catalog,
    /// The catalog that the caller gave.
    pub(super) wanted: Catalog,
    pub(super) warnings: Vec<Warning>,
}

/// A tool, ready to be asked about.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) uid: EntityUid,
    pub(super) entity: Entity,
    pub(super) input: Record,
}

impl Compiled {
    /// Validates strictly. A tool or target that a policy names and the catalog lacks is declared as an action that
    /// applies to nothing: the policy stays, whole, for the other actions that it names; calls of the absent tool are
    /// denied, since it is unknown; and a warning tells of it. So an unreachable target takes no policy away.
    pub(super) fn new(policies: Vec<Loaded>, catalog: Catalog) -> Result<Self, LoadError> {
        let names = Names::new()?;
        let absent = absent(&names, &policies, &catalog)?;
        let ids = absent.iter().map(|(_, action)| action.clone()).collect::<BTreeSet<_>>();
        let schema = parse(&schema_with(&catalog, &ids))?;
        let all = set(&policies, |_| true)?;
        let mut warnings = validate(&schema, &all, &policies)?;
        warnings.extend(absent.into_iter().map(|(policy, action)| Warning::UnknownAction { policy, action }));
        warnings.extend(catalog.left_out().iter().cloned().map(Warning::LeftOut));
        let tools = tools(&names, &schema, &catalog)?;
        let active = set(&policies, |policy| policy.mode == Mode::Enforce)?;
        let all = policies.iter().any(|policy| policy.mode == Mode::LogOnly).then_some(all);
        Ok(Self { names, schema, tools, active, all, policies, wanted: catalog.clone(), catalog, warnings })
    }
}

/// Returns `true` if the scope of a policy may hold a tool.
pub(super) fn covers(policy: &Loaded, tool: &str, group: Option<&str>) -> bool {
    let holds = |uid: &EntityUid| {
        let id = uid.id().unescaped();
        id == tool || Some(id) == group || id == "CallTool" || id == "Mcp"
    };
    match policy.policy.action_constraint() {
        ActionConstraint::Any => true,
        ActionConstraint::Eq(uid) => holds(&uid),
        ActionConstraint::In(uids) => uids.iter().any(holds),
    }
}

/// Actions that policies name, in the scope or in a condition, and the schema lacks.
fn absent(names: &Names, policies: &[Loaded], catalog: &Catalog) -> Result<BTreeSet<(PolicyId, String)>, LoadError> {
    let schema = parse(&crate::catalog::schema(catalog))?;
    let known = schema.actions().collect::<BTreeSet<_>>();
    let named = policies
        .iter()
        .flat_map(|policy| policy.policy.entity_literals().into_iter().map(|uid| (policy.id.clone(), uid)));
    let absent = named.filter(|(_, uid)| names.is_action(uid) && !known.contains(uid));
    Ok(absent.map(|(policy, uid)| (policy, uid.id().unescaped().to_owned())).collect())
}

fn parse(text: &str) -> Result<Schema, LoadError> {
    Schema::from_cedarschema_str(text).map(|(schema, _)| schema).map_err(|error| LoadError::of_schema(&error))
}

fn set(policies: &[Loaded], counts: impl Fn(&Loaded) -> bool) -> Result<PolicySet, LoadError> {
    let policies = policies.iter().filter(|policy| counts(policy)).map(|policy| policy.policy.clone());
    PolicySet::from_policies(policies).map_err(|error| LoadError::of_schema(&error))
}

fn validate(schema: &Schema, set: &PolicySet, policies: &[Loaded]) -> Result<Vec<Warning>, LoadError> {
    let result = Validator::new(schema.clone()).validate(set, ValidationMode::Strict);
    let problems = result.validation_errors().map(|error| {
        let kind = ProblemKind::Type(diagnostic(error).0);
        match policies.iter().find(|policy| policy.id.as_str() == AsRef::<str>::as_ref(error.policy_id())) {
            Some(policy) => policy.problem(kind),
            None => Problem::of_set(kind),
        }
    });
    let mut problems = problems.collect::<Vec<_>>();
    problems.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    LoadError::unless_empty(problems)?;
    let warnings = result.validation_warnings().map(|warning| Warning::Doubtful {
        policy: PolicyId::new(warning.policy_id().as_ref()),
        message: warning.to_string(),
    });
    Ok(warnings.collect())
}

fn tools(names: &Names, schema: &Schema, catalog: &Catalog) -> Result<HashMap<String, Ready>, LoadError> {
    let entities = schema.action_entities().map_err(|error| LoadError::of_schema(&error))?;
    let tools = catalog.tools().map(|(id, tool)| {
        let uid = names.action(id);
        let entity = entities.get(&uid).cloned().ok_or_else(|| LoadError::of_schema(&format!("{uid} is not in it")))?;
        Ok((id.to_owned(), Ready { uid, entity, input: tool.input.clone() }))
    });
    tools.collect()
}
