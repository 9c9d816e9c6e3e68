//! Splits a message into its clauses, and reads the condition of one.

use super::words::stems;
use std::ops::Range;

/// Separators of two clauses. The next clause begins after the separator, or with its "if" or "unless".
const SEPARATORS: [&str; 12] =
    [". ", "? ", "! ", "; ", "\n", ", and ", ", then ", " and then ", ", but ", ", also ", " if ", " unless "];

/// States of an account: the words of a person, and the words of a service.
const STATES: &[(&str, &[&str])] = &[
    ("active enabled", &["active"]),
    ("disabled deactivated inactive deprovisioned", &["deprovisioned", "disabled", "deactivated", "inactive"]),
    ("suspended", &["suspended"]),
    ("locked", &["locked_out", "locked"]),
    ("expired", &["password_expired", "expired"]),
];

/// A condition of an action.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Condition {
    /// The account has, or with `negated` has not, one of these states.
    Status {
        /// States as services name them, in lower case.
        states: &'static [&'static str],
        /// True for "is not" and "unless".
        negated: bool,
    },
    /// A condition that the model cannot check.
    Unclear,
}

/// Returns the places of the clauses in `text`.
pub(super) fn clauses(text: &str) -> Vec<Range<usize>> {
    let mut starts: Vec<usize> = SEPARATORS
        .iter()
        .flat_map(|separator| text.match_indices(separator).map(|(at, found)| at + found.len() - word_length(found)))
        .collect();
    starts.push(0);
    starts.sort_unstable();
    starts.dedup();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

/// Returns the length of the separator's "if " or "unless ", which belongs to the clause that it begins.
fn word_length(separator: &str) -> usize {
    ["if ", "unless "].iter().find(|word| separator.ends_with(*word)).map_or(0, |word| word.len())
}

/// Returns the condition that a clause states: "if she is active, …".
pub(super) fn condition(clause: &str) -> Option<Condition> {
    let words: Vec<String> = stems(clause).into_iter().map(|(_, word)| word).collect();
    let at = words.iter().position(|word| ["if", "unless"].contains(&word.as_str()))?;
    let words = &words[at..];
    // "if you can" and "if possible" are manners.
    if words.get(1).is_some_and(|word| ["you", "possible", "that's", "needed"].contains(&word.as_str())) {
        return None;
    }
    let has = |word: &str| words.iter().any(|own| own == word);
    let state = STATES.iter().find(|(names, _)| names.split(' ').any(has));
    let denied = ["not", "isn't", "isn’t", "aren't", "never"].iter().any(|word| has(word));
    let negated = denied != (words[0] == "unless");
    Some(state.map_or(Condition::Unclear, |(_, states)| Condition::Status { states, negated }))
}
