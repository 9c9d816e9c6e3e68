//! The table of rules by which the person's words select a tool. Must not depend on arguments or results.

use super::words::{addresses, arithmetic, first_sentence, parts, stems};
use crate::wire::ToolSpec;

/// The rules, in word stems. One word of a list suffices; lists joined by `+` must each match.
#[rustfmt::skip]
const RULES: &[Rule] = &[
    // words that must occur                          words that must not          name (else description) of the tool
    rule("reset forgot forgotten change + password", "",                             "reset + password", DEED),
    rule("disable deactivate suspend",               "",                             "disable deactivate suspend", DEED),
    rule("enable activate reactivate unsuspend",     "",                             "enable activate reactivate unsuspend", DEED),
    rule("delete erase",                             "task repository repo group file", "delete erase", DEED),
    rule("group membership belong",                  "delete create add remove",     "group", LOOK),
    rule("task todo",                                "delete create add remove",     "task todo", LOOK),
    rule("repository repo",                          "delete create remove",         "repository repo", LOOK),
    rule("weather forecast temperature",             "",                             "weather forecast", LOOK),
    rule("calculate compute #sum",                   "",                             "calculate calculator calculation compute math", SUM),
];

const LOOK: &str = "Let me look.";
const DEED: &str = "I'll ask for that now.";
const SUM: &str = "Let me work it out.";

/// Pseudo-stem that marks an arithmetic expression such as `2 + 2`.
const ARITHMETIC: &str = "#sum";

struct Rule {
    says: &'static str,
    unless: &'static str,
    tool: &'static str,
    preface: &'static str,
}

const fn rule(says: &'static str, unless: &'static str, tool: &'static str, preface: &'static str) -> Rule {
    Rule { says, unless, tool, preface }
}

fn only_stems(stems: &[(usize, String)]) -> Vec<&str> {
    stems.iter().map(|(_, stem)| stem.as_str()).collect()
}

/// Returns true if each of the `+`-separated lists in `lists` has a word in `words`.
fn each_list_has(lists: &str, words: &[&str]) -> bool {
    lists.split('+').all(|list| list.split_whitespace().any(|word| words.contains(&word)))
}

/// Parts of tool names that don't tell the tool's purpose.
const COMMON: &[&str] = &[
    "get", "list", "read", "find", "show", "search", "fetch", "make", "user", "okta", "github", "tool", "with", "from",
    "name",
];

/// A tool that the person's words select.
#[derive(Debug)]
pub(super) struct Want<'a> {
    pub(super) tool: &'a ToolSpec,
    pub(super) preface: &'static str,
    /// The e-mail addresses that belong to this request.
    pub(super) addresses: Vec<String>,
}

/// Returns the tools that `said` selects, in the order of its words, each once.
pub(super) fn wanted<'a>(said: &str, tools: &[&'a ToolSpec]) -> Vec<Want<'a>> {
    let mut stems = stems(said);
    if let Some(sum) = arithmetic(said) {
        stems.push((sum.as_ptr() as usize - said.as_ptr() as usize, ARITHMETIC.into()));
    }
    let mut matched: Vec<(usize, &Rule)> =
        RULES.iter().filter_map(|rule| rule.trigger(&stems).map(|at| (at, rule))).collect();
    matched.sort_by_key(|(at, _)| *at);
    let mut found: Vec<(usize, &ToolSpec, &'static str)> = Vec::new();
    for (at, rule) in &matched {
        if let Some(tool) = rule.pick(tools).filter(|tool| found.iter().all(|(_, known, _)| known.name != tool.name)) {
            found.push((*at, tool, rule.preface));
        }
    }
    if !RULES.iter().any(|rule| rule.spoken_of(&stems)) {
        found.extend(named(&stems, tools).map(|tool| (0, tool, LOOK)));
    }
    let ends: Vec<usize> = found.iter().skip(1).map(|(at, ..)| *at).chain([said.len()]).collect();
    let all = addresses(said);
    let wants = found.iter().zip(ends).map(|((start, tool, preface), end)| {
        let own: Vec<String> =
            all.iter().filter(|(at, _)| (*start..end).contains(at)).map(|(_, address)| address.clone()).collect();
        let addresses = if own.is_empty() { all.iter().map(|(_, address)| address.clone()).collect() } else { own };
        Want { tool, preface, addresses }
    });
    wants.collect()
}

impl Rule {
    /// Returns the position of the first word of the rule's first list in the text, if the rule applies.
    fn trigger(&self, stems: &[(usize, String)]) -> Option<usize> {
        let said = only_stems(stems);
        if self.unless.split_whitespace().any(|word| said.contains(&word)) || !self.spoken_of(stems) {
            return None;
        }
        let first = self.says.split('+').next().unwrap_or_default();
        let at = said.iter().position(|word| each_list_has(first, &[word]))?;
        (!negated(&said[..at])).then(|| stems[at].0)
    }

    /// Returns true if the rule's words occur, even if negated.
    fn spoken_of(&self, stems: &[(usize, String)]) -> bool {
        each_list_has(self.says, &only_stems(stems))
    }

    fn pick<'a>(&self, tools: &[&'a ToolSpec]) -> Option<&'a ToolSpec> {
        let fits = |text: &str| each_list_has(self.tool, &parts(text).iter().map(String::as_str).collect::<Vec<_>>());
        let described = |tool: &&&ToolSpec| tool.description.as_deref().is_some_and(|text| fits(first_sentence(text)));
        let by_name = tools.iter().find(|tool| fits(&tool.name));
        by_name.or_else(|| tools.iter().find(described)).copied()
    }
}

/// Returns true if one of the last two words negates the next: "don't delete", "never ever disable".
fn negated(before: &[&str]) -> bool {
    before.iter().rev().take(2).any(|stem| matches!(*stem, "not" | "never" | "don't" | "don’t" | "dont" | "without"))
}

/// Returns the tool whose name was said, else the one most of whose distinctive name parts were said.
fn named<'a>(stems: &[(usize, String)], tools: &[&'a ToolSpec]) -> Option<&'a ToolSpec> {
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
