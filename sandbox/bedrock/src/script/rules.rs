//! The table of rules by which the person's words select a tool. Must not depend on arguments or results.

use super::words::{first_sentence, parts};
use crate::wire::ToolSpec;

/// The rules, in word stems. One word of a list suffices; lists joined by `+` must each match.
#[rustfmt::skip]
pub(super) const RULES: &[Rule] = &[
    // words that must occur                          words that must not          name (else description) of the tool     in everyday words
    rule("reset forgot forgotten change + password", "",                             "reset + password", Kind::Change,       "reset a password"),
    rule("disable deactivate suspend",               "",                             "disable deactivate suspend", Kind::Change, "disable an account"),
    rule("enable activate reactivate unsuspend",     "",                             "enable activate reactivate unsuspend", Kind::Change, "enable an account again"),
    rule("delete erase",                             "task repository repo group file", "delete erase", Kind::Change,        "delete an account"),
    rule("group membership belong",                  "delete create add remove",     "group", Kind::Read,                    "list the groups that you or a colleague belong to"),
    rule("task todo",                                "delete create add remove",     "task todo", Kind::Read,                "list your tasks"),
    rule("repository repo",                          "delete create remove",         "repository repo", Kind::Read,          "list your repositories"),
    rule("weather forecast temperature",             "",                             "weather forecast", Kind::Read,         "tell you the weather in a town"),
    rule("calculate compute #calculation",           "",                             "calculate calculator calculation compute math", Kind::Calculation, "calculate: percentages, units and dates as well"),
    STATUS,
];

/// The rule that looks up the state of an account, and thereby tells if a condition holds.
#[rustfmt::skip]
pub(super) const STATUS: Rule =
    rule("#lookup status active inactive disabled deactivated locked suspended",
         "group task todo repository repo weather forecast temperature password", "status", Kind::Read, "look up the state of an account");

/// Pseudo-stem of a calculation such as `2 + 2`.
pub(super) const CALCULATION: &str = "#calculation";

/// Phrases that stand for a pseudo-stem.
pub(super) const PHRASES: &[(&str, &str)] = &[
    ("look up", "#lookup"),
    ("lookup", "#lookup"),
    ("check on", "#lookup"),
    ("locked out", "#lookup"),
    ("who is", "#lookup"),
];

/// The kinds of tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It looks something up.
    Read,
    /// It changes an account.
    Change,
    /// It calculates.
    Calculation,
}

impl Kind {
    /// Returns a short sentence before the call.
    pub(super) const fn preface(self) -> &'static str {
        match self {
            Self::Read => "Let me look.",
            Self::Change => "I'll ask for that now.",
            Self::Calculation => "Let me work it out.",
        }
    }
}

/// One row of the table.
#[derive(Debug)]
pub(super) struct Rule {
    says: &'static str,
    unless: &'static str,
    tool: &'static str,
    pub(super) kind: Kind,
    /// The end of the sentence "I can …".
    pub(super) can: &'static str,
}

const fn rule(says: &'static str, unless: &'static str, tool: &'static str, kind: Kind, can: &'static str) -> Rule {
    Rule { says, unless, tool, kind, can }
}

/// Parts of tool names that don't tell the tool's purpose.
const COMMON: &[&str] = &[
    "get", "list", "read", "find", "show", "search", "fetch", "make", "user", "okta", "github", "tool", "with", "from",
    "name",
];

fn only_stems(stems: &[(usize, String)]) -> Vec<&str> {
    stems.iter().map(|(_, stem)| stem.as_str()).collect()
}

/// Returns true if each of the `+`-separated lists in `lists` has a word in `words`.
fn each_list_has(lists: &str, words: &[&str]) -> bool {
    lists.split('+').all(|list| list.split_whitespace().any(|word| words.contains(&word)))
}

impl Rule {
    /// Returns the position of the first word of the rule's first list in the text, if the rule applies.
    pub(super) fn trigger(&self, stems: &[(usize, String)]) -> Option<usize> {
        let said = only_stems(stems);
        if self.unless.split_whitespace().any(|word| said.contains(&word)) || !self.spoken_of(stems) {
            return None;
        }
        let first = self.says.split('+').next().unwrap_or_default();
        let at = said.iter().position(|word| each_list_has(first, &[word]))?;
        (!negated(&said[..at])).then(|| stems[at].0)
    }

    /// Returns true if the rule's words occur, even if negated.
    pub(super) fn spoken_of(&self, stems: &[(usize, String)]) -> bool {
        each_list_has(self.says, &only_stems(stems))
    }

    /// Returns the tool of this rule.
    pub(super) fn pick<'a>(&self, tools: &[&'a ToolSpec]) -> Option<&'a ToolSpec> {
        let by_name = tools.iter().find(|tool| self.fits(&tool.name));
        let described =
            |tool: &&&ToolSpec| tool.description.as_deref().is_some_and(|text| self.fits(first_sentence(text)));
        by_name.or_else(|| tools.iter().find(described)).copied()
    }

    /// Returns true if a tool's name, or the first sentence of its description, is about what the rule is about.
    pub(super) fn fits(&self, text: &str) -> bool {
        each_list_has(self.tool, &parts(text).iter().map(String::as_str).collect::<Vec<_>>())
    }
}

/// Returns true if one of the last two words negates the next: "don't delete", "never ever disable".
fn negated(before: &[&str]) -> bool {
    before.iter().rev().take(2).any(|stem| matches!(*stem, "not" | "never" | "don't" | "don’t" | "dont" | "without"))
}

/// Returns the tool whose name was said, else the one most of whose distinctive name parts were said.
pub(super) fn named<'a>(stems: &[(usize, String)], tools: &[&'a ToolSpec]) -> Option<&'a ToolSpec> {
    let said = |word: &String| stems.iter().any(|(_, stem)| stem == word);
    let score = |tool: &ToolSpec| {
        let whole = usize::from(said(&super::words::stem(&tool.name))) * 100;
        let telling = parts(&tool.name)
            .iter()
            .filter(|part| part.len() > 3 && !COMMON.contains(&part.as_str()) && said(part))
            .count();
        whole + telling
    };
    let best = tools.iter().map(|tool| (score(tool), *tool)).filter(|(score, _)| *score > 0);
    best.rev().max_by_key(|(score, _)| *score).map(|(_, tool)| tool)
}
