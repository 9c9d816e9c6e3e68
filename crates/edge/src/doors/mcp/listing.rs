//! The tools that a caller sees: those of the person of which policies may allow some call, without those whose permission the
//! person lacks. A list allows nothing: each call is decided anew.

use crate::doors::DoorState;
use agent::intent::Risk;
use agent::permission::Permission;
use agent::ports::Decision;
use agent::tool::Tool;
use agent::{Actor, ToolName, Toolbox};
use rmcp::model::{JsonObject, Tool as Described, ToolAnnotations};
use std::collections::BTreeSet;

/// Returns the visible tools, ordered by name.
pub(super) async fn tools(state: &DoorState, actor: &Actor) -> Vec<Described> {
    let toolbox = state.services.toolboxes.toolbox(actor).await;
    let visible =
        visible(state, actor, &toolbox, toolbox.offered().map(|tool| tool.spec().name.clone()).collect()).await;
    toolbox.offered().filter(|tool| visible.contains(&tool.spec().name)).map(described).collect()
}

/// Returns whether the person sees this tool.
pub(super) async fn is_visible(state: &DoorState, actor: &Actor, tool: &ToolName) -> bool {
    let toolbox = state.services.toolboxes.toolbox(actor).await;
    visible(state, actor, &toolbox, BTreeSet::from([tool.clone()])).await.contains(tool)
}

/// Returns those of `names` that the person sees, by one batch of permission checks. A permission that cannot be checked now
/// hides nothing: the guard will not mistake that for a yes.
async fn visible(state: &DoorState, actor: &Actor, toolbox: &Toolbox, names: BTreeSet<ToolName>) -> BTreeSet<ToolName> {
    let names = state.policies.listed(actor, names);
    let fits = |tool: &&dyn Tool| !actor.is_agent() || tool.is_for_agents();
    let tools: Vec<&dyn Tool> =
        toolbox.offered().filter(fits).filter(|tool| names.contains(&tool.spec().name)).collect();
    let required: BTreeSet<Permission> = tools.iter().filter_map(|tool| tool.requires()).collect();
    let required: Vec<Permission> = required.into_iter().collect();
    let answers = state.services.access.ports().permissions.check_all(actor, &required, None).await;
    let lacks = |permission: Permission| {
        let answer = required.binary_search(&permission).ok().and_then(|place| answers.get(place));
        matches!(answer, Some(Ok(Decision::Deny)))
    };
    let seen = tools.into_iter().filter(|tool| !tool.requires().is_some_and(lacks));
    seen.map(|tool| tool.spec().name.clone()).collect()
}

fn described(tool: &dyn Tool) -> Described {
    let spec = tool.spec();
    let schema: JsonObject = spec.input_schema.as_object().cloned().unwrap_or_default();
    let mut annotations = ToolAnnotations::new();
    annotations.read_only_hint = Some(tool.risk() == Risk::Read);
    annotations.open_world_hint = Some(tool.recipient().is_some());
    Described::new(spec.name.0.clone(), spec.description.clone(), schema).with_annotations(annotations)
}
