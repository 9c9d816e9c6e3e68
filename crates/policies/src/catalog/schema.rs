//! The text of the Cedar schema, in the vocabulary of AgentCore.
//!
//! Source: the template of the public generator (cedar-policy/cedar-for-agents) and the guide of AgentCore Policy. AWS
//! adds the group of a target between `CallTool` and its tools.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{Catalog, SEPARATOR, Typed};

const HEAD: &str = "namespace AgentCore {
  entity Gateway;
  entity OAuthUser = { id: String } tags String;
  entity IamEntity = { id: String };
  entity UnauthenticatedUser;
  type SystemContext = { now: datetime };
  action Mcp, Http;
  action CallTool in [Mcp];
  action UnknownTool in [CallTool];
  action InvokeAgent in [Http];
  action InvokeLLM in [Http];
";

/// Words that cannot stand unquoted (RFC 0024 of Cedar and the grammar of its names).
const KEYWORDS: [&str; 10] = ["true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar"];

/// Returns the Cedar schema of a catalog, as text of the format `.cedarschema`. Every name is quoted and escaped or is a
/// plain identifier, so no name of a tool or of an argument can add to the text.
#[must_use]
pub fn schema(catalog: &Catalog) -> String {
    schema_with(catalog, &BTreeSet::new())
}

/// Returns the schema with further actions that apply to nothing: tools that policies name and the catalog lacks.
pub(crate) fn schema_with(catalog: &Catalog, absent: &BTreeSet<String>) -> String {
    let mut text = HEAD.to_owned();
    let mut groups = catalog.tools().filter_map(|(_, tool)| tool.group.as_deref()).collect::<BTreeSet<_>>();
    groups.extend(absent.iter().filter_map(|id| group_of(id)).filter(|group| !catalog.contains(group)));
    // Writing to a string cannot fail.
    for group in &groups {
        let _ = writeln!(text, "  action {} in [CallTool];", quote(group));
    }
    for (id, tool) in catalog.tools() {
        write_tool(&mut text, id, tool);
    }
    for id in absent.iter().filter(|id| !groups.contains(id.as_str())) {
        let parent = group_of(id).map_or_else(|| "CallTool".to_owned(), quote);
        let _ = writeln!(text, "  action {} in [{parent}];", quote(id));
    }
    text.push_str("}\n");
    text
}

fn write_tool(text: &mut String, id: &str, tool: &Typed) {
    let parent = tool.group.as_deref().map_or_else(|| "CallTool".to_owned(), quote);
    let input = if is_identifier(id) {
        let _ = writeln!(text, "  type {id}Input = {};", tool.input);
        format!("{id}Input")
    } else {
        tool.input.to_string()
    };
    let _ = writeln!(
        text,
        "  action {} in [{parent}] appliesTo {{\n    principal: [OAuthUser, IamEntity], resource: [Gateway],\n    \
         context: {{ input: {input}, system: SystemContext }} }};",
        quote(id)
    );
}

fn group_of(id: &str) -> Option<&str> {
    id.split_once(SEPARATOR).map(|(group, _)| group).filter(|group| !group.is_empty())
}

/// Quotes as Cedar prints its own entity ids.
pub(crate) fn quote(text: &str) -> String {
    format!("\"{}\"", text.escape_debug())
}

/// Returns `true` if the text can stand unquoted.
pub(crate) fn is_identifier(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|other| other.is_ascii_alphanumeric() || other == '_')
        && !KEYWORDS.contains(&text)
}
