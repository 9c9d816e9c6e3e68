//! The tools that policies can name, and the Cedar schema of them.

mod input;
mod read;
mod schema;
mod types;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

pub use input::{BadInput, InputProblem};
pub use read::CatalogError;
pub use schema::schema;

pub(crate) use input::expression;
pub(crate) use schema::schema_with;
pub(crate) use types::Record;

/// The characters between the name of a target and that of its tool.
pub(crate) const SEPARATOR: &str = "___";
/// Tools of one group, as AWS limits them for a target.
const MOST_TOOLS_OF_A_GROUP: usize = 1_000;
/// Bytes of a name, as AWS limits them at a gateway.
const LONGEST_NAME: usize = 256;
/// Bytes of the Cedar type of one tool's input.
const LARGEST_TYPE: usize = 16 * 1024;
/// Bytes of the Cedar types of one group. AWS limits the whole schema to as much.
const LARGEST_GROUP: usize = 400 * 1024;
/// Actions of the fixed part of the schema.
const RESERVED: [&str; 6] = ["Mcp", "Http", "CallTool", "UnknownTool", "InvokeAgent", "InvokeLLM"];

/// A tool as its server lists it.
#[derive(Debug, Clone)]
pub struct Tool {
    /// The target that offers the tool. `None` for a tool of our own.
    pub group: Option<String>,
    /// The whole action id: `group___tool`, or the name of a tool of our own.
    pub name: String,
    /// JSON Schema of the arguments.
    pub input_schema: serde_json::Value,
}

/// The tools that the schema is generated from. A tool that does not fit is left out, with its reason, and then every
/// call of it is denied as that of an unknown tool: one target cannot break the policies of another.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    tools: BTreeMap<String, Arc<Typed>>,
    left_out: Vec<LeftOut>,
}

/// The share of one group in the schema.
#[derive(Default)]
struct Size {
    tools: usize,
    bytes: usize,
}

/// A tool with the type of its input.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Typed {
    pub(crate) group: Option<String>,
    pub(crate) input: Record,
}

/// A tool that is not in the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The action id, shortened.
    pub tool: String,
    /// The reason.
    pub reason: LeftOutReason,
}

/// The reason why a tool is not in the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LeftOutReason {
    /// The name is empty or longer than 256 bytes.
    #[error("its name is empty or longer than {LONGEST_NAME} bytes")]
    Name,
    /// The name is one that the schema itself uses, or equals the name of a group.
    #[error("its name belongs to the schema or to a group")]
    Reserved,
    /// The name does not begin with the group and three underscores, or the group's own name is not usable.
    #[error("its name must be the group, three underscores and the tool")]
    Group,
    /// An earlier tool has the same name.
    #[error("an earlier tool has the same name")]
    Duplicate,
    /// The type of the input is longer than 16 KiB.
    #[error("the type of its input is longer than {LARGEST_TYPE} bytes")]
    TooLarge,
    /// The group has more than 1,000 tools, or more than 400 KiB of types.
    #[error("its group has more than {MOST_TOOLS_OF_A_GROUP} tools, or more than {LARGEST_GROUP} bytes of types")]
    TooMany,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the tool {:?} is left out of the schema and denied: {}", self.tool, self.reason)
    }
}

impl Catalog {
    /// Makes a catalog. Of two tools with one name the first stays, so a caller lists its own tools first.
    #[must_use]
    pub fn new(tools: impl IntoIterator<Item = Tool>) -> Self {
        let mut catalog = Self::default();
        let mut sizes = BTreeMap::<Option<String>, Size>::new();
        for tool in tools {
            let size = sizes.entry(tool.group.clone()).or_default();
            match catalog.admit(&tool, size) {
                Ok(typed) => {
                    catalog.tools.insert(tool.name, Arc::new(typed));
                }
                Err(reason) => catalog.leave_out(&tool.name, reason),
            }
        }
        catalog.drop_tools_named_like_groups();
        catalog
    }

    /// Returns `true` if a policy can allow this action.
    #[must_use]
    pub fn contains(&self, action: &str) -> bool {
        self.tools.contains_key(action)
    }

    /// Returns the action ids in their order.
    pub fn actions(&self) -> impl Iterator<Item = &str> {
        self.tools.keys().map(String::as_str)
    }

    /// Returns the tools that are not in the schema.
    #[must_use]
    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    pub(crate) fn tools(&self) -> impl Iterator<Item = (&str, &Arc<Typed>)> {
        self.tools.iter().map(|(id, tool)| (id.as_str(), tool))
    }

    pub(crate) fn get(&self, action: &str) -> Option<&Typed> {
        self.tools.get(action).map(AsRef::as_ref)
    }

    /// Returns this catalog without some tools.
    pub(crate) fn without(&self, is_withdrawn: impl Fn(&str) -> bool) -> Self {
        let mut catalog = self.clone();
        catalog.tools.retain(|id, _| !is_withdrawn(id));
        catalog
    }

    fn admit(&self, tool: &Tool, group: &mut Size) -> Result<Typed, LeftOutReason> {
        check_name(tool)?;
        if self.contains(&tool.name) {
            return Err(LeftOutReason::Duplicate);
        }
        let input = Record::of_input(&tool.input_schema);
        let bytes = input.to_string().len() + tool.name.len();
        if bytes > LARGEST_TYPE {
            return Err(LeftOutReason::TooLarge);
        }
        if group.tools >= MOST_TOOLS_OF_A_GROUP || group.bytes + bytes > LARGEST_GROUP {
            return Err(LeftOutReason::TooMany);
        }
        *group = Size { tools: group.tools + 1, bytes: group.bytes + bytes };
        Ok(Typed { group: tool.group.clone(), input })
    }

    /// A group and a tool of one name would be one action, and a policy for the tool would hold for the group.
    fn drop_tools_named_like_groups(&mut self) {
        let groups = self.tools.values().filter_map(|tool| tool.group.clone()).collect::<Vec<_>>();
        for group in groups {
            if self.tools.remove(&group).is_some() {
                self.leave_out(&group, LeftOutReason::Reserved);
            }
        }
    }

    fn leave_out(&mut self, tool: &str, reason: LeftOutReason) {
        // A hostile server may list any number of tools; the first hundred tell enough.
        if self.left_out.len() < 100 {
            self.left_out.push(LeftOut { tool: tool.chars().take(LONGEST_NAME).collect(), reason });
        }
    }
}

fn check_name(tool: &Tool) -> Result<(), LeftOutReason> {
    if tool.name.is_empty() || tool.name.len() > LONGEST_NAME {
        return Err(LeftOutReason::Name);
    }
    if RESERVED.contains(&tool.name.as_str()) {
        return Err(LeftOutReason::Reserved);
    }
    let Some(group) = &tool.group else { return Ok(()) };
    let own = tool.name.strip_prefix(group.as_str()).and_then(|rest| rest.strip_prefix(SEPARATOR));
    let usable = !group.is_empty() && !group.contains(SEPARATOR) && !RESERVED.contains(&group.as_str());
    if usable && own.is_some_and(|own| !own.is_empty()) { Ok(()) } else { Err(LeftOutReason::Group) }
}
