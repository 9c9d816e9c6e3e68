//! Messages that go on from an earlier one: "and Bob's?", "what about Oslo?", an address in answer to a question.

use super::addresses::{addresses, masked};
use super::arguments::{PLACE, is_person};
use super::names::only_name;
use super::people::addressed;
use super::rules::Kind;
use super::turn::{Turn, says};
use super::wants::{Want, wanted};
use super::words::{parts, place};
use crate::wire::ToolSpec;

/// Beginnings of a message that goes on from an earlier one.
const BEGINNINGS: [&str; 9] =
    ["and ", "what about ", "how about ", "same for ", "the same for ", "also ", "now ", "for ", "in "];

/// The most words of such a message.
const MOST_WORDS: usize = 8;

/// Returns the requests of the last earlier message that had any, for the person or place of this message; empty if the
/// message does not go on from an earlier one.
pub(super) fn wants<'a>(turn: &Turn<'a>, tools: &[&'a ToolSpec]) -> Vec<Want<'a>> {
    let said = turn.said.trim();
    let lower = said.to_lowercase();
    let own = addresses(said);
    let bare = masked(said).chars().all(|c| !c.is_alphanumeric());
    let asked = turn.answered.ends_with("e-mail address.");
    let possessive =
        said.trim_end_matches(['?', '.']).ends_with("'s") || said.trim_end_matches(['?', '.']).ends_with("’s");
    let names_only = only_name(said).is_some() && said.split_whitespace().count() == 1 && (asked || possessive);
    let goes_on = BEGINNINGS.iter().any(|words| lower.starts_with(words)) || (bare && !own.is_empty()) || names_only;
    if !goes_on || said.split_whitespace().count() > MOST_WORDS {
        return Vec::new();
    }
    let has_person = !own.is_empty()
        || only_name(said).is_some()
        || says(said, &["mine", "me", "my", "her", "his", "their", "him", "them"]);
    let has_place = place(said).or_else(|| only_name(said).map(str::to_owned)).is_some();
    let earlier = turn.earlier.iter().rev().map(|text| wanted(text, tools, turn.today)).find(|wants| !wants.is_empty());
    // A change is asked for again only in words, or in answer to the model's question.
    let may_change = !bare || asked;
    earlier
        .unwrap_or_default()
        .into_iter()
        .filter(|want| want.kind != Kind::Change || may_change)
        .filter(|want| takes(want.tool, has_person, has_place))
        .map(|want| again(want, turn, &own))
        .collect()
}

/// Returns true if the tool is asked about a person, or about a place, and the message names one.
fn takes(tool: &ToolSpec, has_person: bool, has_place: bool) -> bool {
    let place = |name: &str| parts(name).iter().any(|part| PLACE.contains(&part.as_str()));
    tool.properties().any(|(name, _)| (has_place && place(name)) || (has_person && is_person(name)))
}

fn again<'a>(want: Want<'a>, turn: &Turn<'a>, own: &[(usize, String)]) -> Want<'a> {
    let named = || only_name(turn.said).and_then(|name| addressed(name, want.kind, turn).ok());
    let mut addresses: Vec<String> = own.iter().map(|(_, address)| address.clone()).collect();
    if own.is_empty() {
        addresses.extend(named());
    }
    // The earlier words name somebody else.
    Want { addresses, text: turn.said, ..want }
}
