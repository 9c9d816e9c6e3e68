//! The search among the tools that a caller sees, under the name that AgentCore Gateway gives to it.
//! (docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-using-mcp-semantic-search.html)

use super::listing;
use crate::doors::DoorState;
use agent::Actor;
use rmcp::ErrorData;
use rmcp::model::{CallToolResult, ContentBlock, JsonObject, Tool, ToolAnnotations};
use serde_json::{Value, json};

/// Name of the tool.
pub(super) const NAME: &str = "x_amz_bedrock_agentcore_search";

/// Most tools of an answer.
const MOST_FOUND: usize = 10;

/// Longest query, in characters.
const LONGEST_QUERY: usize = 200;

/// Returns the description of the search.
pub(super) fn tool() -> Tool {
    let schema = json!({
        "type": "object",
        "properties": { "query": { "type": "string", "description": "Words that describe what to do" } },
        "required": ["query"],
    });
    let schema: JsonObject = schema.as_object().cloned().unwrap_or_default();
    let mut annotations = ToolAnnotations::new();
    annotations.read_only_hint = Some(true);
    annotations.open_world_hint = Some(false);
    Tool::new(NAME, "Finds tools by words of their names and descriptions.", schema).with_annotations(annotations)
}

/// Answers a search: the tools with the most of the words, those with the words in their names first.
///
/// # Errors
/// There is no query.
pub(super) async fn answer(state: &DoorState, actor: &Actor, input: &JsonObject) -> Result<CallToolResult, ErrorData> {
    let query = input.get("query").and_then(Value::as_str).unwrap_or_default();
    if query.trim().is_empty() || query.chars().count() > LONGEST_QUERY {
        return Err(ErrorData::invalid_params(format!("query must be 1 to {LONGEST_QUERY} characters"), None));
    }
    let found = ranked(query, listing::tools(state, actor).await);
    let mut result = CallToolResult::success(vec![ContentBlock::text(json!(found).to_string())]);
    result.structured_content = Some(json!({ "tools": found }));
    Ok(result)
}

fn ranked(query: &str, tools: Vec<Tool>) -> Vec<Tool> {
    let wanted = words(query);
    let mut found: Vec<(usize, Tool)> = tools.into_iter().map(|tool| (score(&wanted, &tool), tool)).collect();
    found.retain(|(score, _)| *score > 0);
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    found.into_iter().take(MOST_FOUND).map(|(_, tool)| tool).collect()
}

fn score(wanted: &[String], tool: &Tool) -> usize {
    let (name, text) = (words(&tool.name), words(tool.description.as_deref().unwrap_or_default()));
    let holds = |words: &[String], wanted: &String| words.iter().any(|word| word.starts_with(wanted.as_str()));
    wanted.iter().map(|wanted| 3 * usize::from(holds(&name, wanted)) + usize::from(holds(&text, wanted))).sum()
}

/// Words that stand in every description.
const COMMON: [&str; 12] = ["and", "are", "for", "from", "has", "have", "that", "the", "this", "what", "which", "with"];

/// Returns the words in lower case, without a plural's ending. Short and common ones tell nothing.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 2);
    let words = words.filter(|word| !COMMON.contains(&word.to_lowercase().as_str()));
    words.map(|word| word.to_lowercase()).map(|word| word.strip_suffix('s').unwrap_or(&word).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_are_found_by_words_of_their_names_before_words_of_their_descriptions() {
        let tool = |name: &'static str, text: &'static str| Tool::new(name, text, JsonObject::new());
        let tools = vec![
            tool("calculate", "Calculates with numbers and dates"),
            tool("okta_list_groups", "Lists the groups of a user"),
            tool("okta_reset_password", "Resets the password of a user"),
        ];
        for (query, expected) in [
            ("reset a password", vec!["okta_reset_password"]),
            ("group", vec!["okta_list_groups"]),
            ("which groups has the user", vec!["okta_list_groups", "okta_reset_password"]),
            ("nothing of these", vec![]),
            ("weather", vec![]),
        ] {
            let found: Vec<_> = ranked(query, tools.clone()).into_iter().map(|tool| tool.name).collect();
            assert_eq!(found, expected, "{query}");
        }
    }
}
