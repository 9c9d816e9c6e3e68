//! Says in everyday words what the offered tools can do. Must never repeat a tool's description: it is written for the
//! model.

use super::rules::RULES;
use crate::wire::ToolSpec;

/// The most abilities that are listed one by one.
const MOST_LISTED: usize = 10;

/// Lists the abilities.
pub(super) fn able(tools: &[&ToolSpec]) -> String {
    if tools.is_empty() {
        return "I have no tools in this conversation, so all I can do is talk.".into();
    }
    let mut abilities: Vec<String> = Vec::new();
    for ability in tools.iter().map(|tool| ability(tool)) {
        if !abilities.contains(&ability) {
            abilities.push(ability);
        }
    }
    let more = abilities.len().saturating_sub(MOST_LISTED);
    let mut lines: Vec<String> = abilities.iter().take(MOST_LISTED).map(|ability| format!("- {ability}")).collect();
    if more > 0 {
        lines.push(format!("- and {more} more"));
    }
    format!("I can do this for you:\n\n{}\n\nJust ask in your own words.", lines.join("\n"))
}

fn ability(tool: &ToolSpec) -> String {
    let described = || tool.description.as_deref().map(super::words::first_sentence).unwrap_or_default();
    let by_name = RULES.iter().find(|rule| rule.fits(&tool.name));
    let rule = by_name.or_else(|| RULES.iter().find(|rule| rule.fits(described())));
    rule.map_or_else(|| readable(&tool.name), |rule| rule.can.to_owned())
}

/// Returns a tool's name as words, without the prefix of its server.
fn readable(name: &str) -> String {
    let own = name.rsplit("___").next().unwrap_or(name);
    own.split(['_', '-', '.']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ").to_lowercase()
}
