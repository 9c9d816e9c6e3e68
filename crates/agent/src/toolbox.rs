//! The tools, by name. Permits are spent only here.

use crate::guard::permit::SpentPermit;
use crate::intent::Risk;
use crate::target::TargetLookup;
use crate::tool::{BadInput, ToolError, ToolOutput, ToolSpec};
use crate::{Actor, Intent, Permit, Tool, ToolCall, ToolName};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

/// All tools of a turn. Clones share the tools.
#[derive(Clone, Default)]
pub struct Toolbox {
    tools: Arc<BTreeMap<ToolName, Arc<dyn Tool>>>,
    /// The risk whose tools are withheld, and the sentence that explains it.
    withheld: Option<(Risk, Arc<str>)>,
}

/// A permit while its call runs. It dereferences to the permit. Only [`Toolbox::run`] creates one, so no tool runs
/// without the last check of its permit.
#[derive(Debug)]
pub struct Execution(Permit);

impl Deref for Execution {
    type Target = Permit;

    fn deref(&self) -> &Permit {
        &self.0
    }
}

/// The answer to a call of an unknown tool.
const NO_SUCH_TOOL: &str = "There is no tool of that name.";

/// Two tools have the same name; one could replace the other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there are two tools named {0}")]
pub struct DuplicateTool(pub ToolName);

impl Toolbox {
    /// Creates a toolbox of `tools`.
    ///
    /// # Errors
    /// [`DuplicateTool`] if two have the same name.
    pub fn new(tools: impl IntoIterator<Item = Arc<dyn Tool>>) -> Result<Self, DuplicateTool> {
        let mut box_ = BTreeMap::new();
        for tool in tools {
            let name = tool.spec().name.clone();
            if box_.insert(name.clone(), tool).is_some() {
                return Err(DuplicateTool(name));
            }
        }
        Ok(Self { tools: Arc::new(box_), withheld: None })
    }

    /// Returns these tools plus those of `others` whose names are not in use. An existing tool is never replaced.
    #[must_use]
    pub fn beside(&self, others: impl IntoIterator<Item = Arc<dyn Tool>>) -> Self {
        let mut all = BTreeMap::clone(&self.tools);
        for tool in others {
            all.entry(tool.spec().name.clone()).or_insert(tool);
        }
        Self { tools: Arc::new(all), withheld: self.withheld.clone() }
    }

    /// Returns the same tools, of which those with this risk are neither offered to the model nor run. `reason` is a
    /// sentence for the person.
    #[must_use]
    pub fn withholding(self, risk: Risk, reason: impl Into<Arc<str>>) -> Self {
        Self { withheld: Some((risk, reason.into())), ..self }
    }

    /// The sentence that explains the withheld tools, if this toolbox has any.
    #[must_use]
    pub fn withheld_reason(&self) -> Option<&str> {
        let (risk, reason) = self.withheld.as_ref()?;
        self.tools.values().any(|tool| tool.risk() == *risk).then_some(reason.as_ref())
    }

    /// The sentence that explains why this tool is withheld, if it is.
    fn withheld(&self, tool: &dyn Tool) -> Option<&str> {
        self.withheld_for(tool.risk())
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &ToolName> {
        self.tools.keys()
    }

    /// The tools that are offered to the model, ordered by name.
    pub fn offered(&self) -> impl Iterator<Item = &dyn Tool> {
        self.tools.values().map(Arc::as_ref).filter(|tool| self.withheld(*tool).is_none())
    }

    /// Returns the part that agents without a person may be offered.
    #[must_use]
    pub fn for_agents(&self) -> Self {
        self.keeping(|tool| tool.is_for_agents())
    }

    /// Returns the part that `keep` chooses. The other tools do not exist in it.
    #[must_use]
    pub fn keeping(&self, keep: impl Fn(&dyn Tool) -> bool) -> Self {
        let tools = self.tools.iter().filter(|(_, tool)| keep(tool.as_ref()));
        let tools = tools.map(|(name, tool)| (name.clone(), tool.clone())).collect();
        Self { tools: Arc::new(tools), withheld: self.withheld.clone() }
    }

    /// The specifications of the offered tools, ordered by name.
    #[must_use]
    pub fn specs(&self) -> Vec<ToolSpec> {
        self.offered().map(|tool| tool.spec().clone()).collect()
    }

    /// The specification of the tool that `call` names.
    #[must_use]
    pub fn definition(&self, call: &ToolCall) -> Option<&ToolSpec> {
        self.tools.get(&call.tool).map(|tool| tool.spec())
    }

    /// The external recipient of the arguments of this tool's calls.
    #[must_use]
    pub fn recipient(&self, tool: &ToolName) -> Option<&str> {
        self.tools.get(tool).and_then(|tool| tool.recipient())
    }

    /// The sentence that explains why tools of this risk are withheld, if they are.
    #[must_use]
    pub fn withheld_for(&self, risk: Risk) -> Option<&str> {
        self.withheld.as_ref().filter(|(withheld, _)| *withheld == risk).map(|(_, reason)| reason.as_ref())
    }

    /// The lookup of the object that `call` touches, if its tool has one.
    #[must_use]
    pub fn lookup(&self, call: &ToolCall) -> Option<Arc<dyn TargetLookup>> {
        self.tools.get(&call.tool).and_then(|tool| tool.lookup())
    }

    /// Returns the action that `call` stands for.
    ///
    /// # Errors
    /// [`BadInput`] if there is no such tool, it is withheld, or its arguments cannot be interpreted.
    pub fn intend(&self, actor: &Actor, call: &ToolCall) -> Result<Intent, BadInput> {
        match self.tools.get(&call.tool) {
            // An agent learns nothing of tools that are for people.
            Some(tool) if actor.is_agent() && !tool.is_for_agents() => Err(BadInput(NO_SUCH_TOOL.to_owned())),
            Some(tool) => match self.withheld(tool.as_ref()) {
                None => tool.intend(actor, call),
                Some(reason) => Err(BadInput(reason.to_owned())),
            },
            None => Err(BadInput(NO_SUCH_TOOL.to_owned())),
        }
    }

    /// Spends the permit and runs its call. The tool is looked up by the permit's own call, so neither tool nor
    /// arguments can be replaced.
    ///
    /// # Errors
    /// The tool's error, or [`ToolError::Unknown`] if it did not finish within `limit`.
    pub async fn run(&self, permit: Permit, limit: Duration) -> (SpentPermit, Result<ToolOutput, ToolError>) {
        let spent = permit.spent();
        let outcome = match self.tools.get(&permit.call().tool) {
            Some(tool) => match permit.still_holds(tool.spec()) {
                Ok(()) => tokio::time::timeout(limit, tool.run(Execution(permit)))
                    .await
                    .unwrap_or(Err(ToolError::Unknown { service: "the service behind this tool" })),
                Err(void) => Err(ToolError::Failed(void.to_string())),
            },
            None => Err(ToolError::Failed("There is no tool of that name.".to_owned())),
        };
        (spent, outcome)
    }
}

impl fmt::Debug for Toolbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.tools.keys()).finish()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use crate::fakes::{FakeAction, FakeTool};

    #[test]
    fn an_mcp_tool_cannot_take_a_name_that_is_in_use() {
        let tool = |name: &str, words: &str| {
            Arc::new(FakeTool::new(name, Risk::Read, FakeAction::Hangs).described(words)) as Arc<dyn Tool>
        };
        let own = Toolbox::new([tool("groups", "own")]).unwrap();
        let all = own.beside([tool("groups", "theirs"), tool("tasks", "first"), tool("tasks", "second")]);
        let told: Vec<_> = all.specs().into_iter().map(|spec| (spec.name.0, spec.description)).collect();
        let expected = [("groups", "own"), ("tasks", "first")].map(|(name, words)| (name.to_owned(), words.to_owned()));
        assert_eq!(told, expected);
        assert_eq!(own.names().count(), 1, "the original toolbox is unchanged");
    }

    #[test]
    fn a_tool_that_is_withheld_is_not_offered_and_says_why() {
        let tool = |name: &str, risk| Arc::new(FakeTool::new(name, risk, FakeAction::Hangs)) as Arc<dyn Tool>;
        let all = Toolbox::new([tool("read", Risk::Read), tool("reset", Risk::Elevated)]).unwrap();
        let call = |name: &str| ToolCall {
            id: crate::CallId("c".to_owned()),
            tool: ToolName(name.to_owned()),
            input: serde_json::json!({"id": "1"}),
        };
        let actor = crate::fakes::actor("ada");
        assert!(all.intend(&actor, &call("reset")).is_ok());
        let less = all.withholding(Risk::Elevated, "Nobody can be asked.");
        let offered: Vec<_> = less.specs().into_iter().map(|spec| spec.name.0).collect();
        assert_eq!(offered, ["read"]);
        assert_eq!(less.withheld_reason(), Some("Nobody can be asked."));
        assert!(less.intend(&actor, &call("read")).is_ok());
        assert_eq!(less.intend(&actor, &call("reset")), Err(BadInput("Nobody can be asked.".to_owned())));
        let more = less.beside([tool("delete", Risk::Elevated)]);
        assert_eq!(more.specs().len(), 1, "an added tool is withheld as well");
    }
}
