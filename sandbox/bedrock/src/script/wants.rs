//! The tools that a message asks for, in the order in which they are called.

use super::addresses::{addresses, masked};
use super::calculation::calculation;
use super::clauses::{Condition, clauses, condition};
use super::dates::Date;
use super::rules::{CALCULATION, Kind, PHRASES, RULES, STATUS, named};
use super::words::stems;
use crate::wire::ToolSpec;
use std::ops::Range;

/// A tool that the person's words select.
#[derive(Debug, Clone)]
pub(super) struct Want<'a> {
    pub(super) tool: &'a ToolSpec,
    pub(super) kind: Kind,
    /// The words that belong to this request.
    pub(super) text: &'a str,
    /// The e-mail addresses that belong to this request.
    pub(super) addresses: Vec<String>,
    /// The calculation, for a calculator.
    pub(super) expression: Option<String>,
    /// The condition of the call.
    pub(super) condition: Option<Condition>,
}

/// A rule that applies, from a place in the message.
struct Found<'a> {
    at: usize,
    tool: &'a ToolSpec,
    kind: Kind,
    expression: Option<String>,
    condition: Option<Condition>,
}

/// Returns the tools that `said` selects, in the order of its words. Each occurs once, but a calculator once for each
/// calculation. A look-up that a condition needs comes first.
pub(super) fn wanted<'a>(said: &'a str, tools: &[&'a ToolSpec], today: Option<Date>) -> Vec<Want<'a>> {
    let plain = masked(said);
    let mut found = Vec::new();
    for clause in clauses(&plain) {
        read(&plain, clause, tools, today, &mut found);
    }
    if found.is_empty() {
        read(&plain, 0..plain.len(), tools, today, &mut found);
    }
    let all = stems(&plain);
    if found.is_empty() && !RULES.iter().any(|rule| rule.spoken_of(&all)) {
        let tool = named(&all, tools);
        found.extend(tool.map(|tool| Found { at: 0, tool, kind: Kind::Read, expression: None, condition: None }));
    }
    let ends: Vec<usize> = found.iter().skip(1).map(|found| found.at).chain([said.len()]).collect();
    let wants = found.into_iter().zip(ends).map(|(found, end)| want(said, found, end)).collect();
    with_lookup(said, wants, tools)
}

/// Adds the rules that apply to one clause.
fn read<'a>(
    plain: &str,
    clause: Range<usize>,
    tools: &[&'a ToolSpec],
    today: Option<Date>,
    found: &mut Vec<Found<'a>>,
) {
    let text = &plain[clause.clone()];
    let mut stems = stems(text);
    let lower = text.to_ascii_lowercase();
    stems.extend(PHRASES.iter().filter_map(|(words, stem)| Some((lower.find(words)?, (*stem).to_owned()))));
    let calculation = calculation(text, today);
    stems.extend(calculation.iter().map(|(at, _)| (*at, CALCULATION.to_owned())));
    stems.sort_by_key(|(at, _)| *at);
    let condition = condition(text);
    // "If she is not active, …": the words of the condition ask for nothing.
    let consequence = text.find(", ").filter(|_| condition.is_some()).unwrap_or(0);
    stems.retain(|(at, _)| *at >= consequence);
    let mut matched: Vec<_> = RULES.iter().filter_map(|rule| Some((rule.trigger(&stems)?, rule))).collect();
    matched.sort_by_key(|(at, _)| *at);
    let known = found.len();
    for (at, rule) in matched {
        let Some(tool) = rule.pick(tools) else { continue };
        let expression = calculation.clone().map(|(_, text)| text).filter(|_| rule.kind == Kind::Calculation);
        if found.iter().any(|other| other.tool.name == tool.name && other.expression == expression) {
            continue;
        }
        // The words at the beginning of a clause belong to its first request.
        let at = if found.len() == known { clause.start } else { clause.start + at };
        let condition = condition.filter(|_| rule.kind == Kind::Change);
        found.push(Found { at, tool, kind: rule.kind, expression, condition });
    }
    let governs = found[known..].iter().any(|found| found.kind == Kind::Change);
    if let Some(last) = found[..known].iter_mut().rfind(|found| found.kind == Kind::Change).filter(|_| !governs) {
        last.condition = last.condition.or(condition);
    }
}

fn want<'a>(said: &'a str, found: Found<'a>, end: usize) -> Want<'a> {
    let all = addresses(said);
    let is_own = |at: &usize| (found.at..end).contains(at);
    let own: Vec<String> = all.iter().filter(|(at, _)| is_own(at)).map(|(_, address)| address.clone()).collect();
    let addresses = if own.is_empty() { all.into_iter().map(|(_, address)| address).collect() } else { own };
    let Found { at, tool, kind, expression, condition } = found;
    Want { tool, kind, text: &said[at..end], addresses, expression, condition }
}

/// Puts the look-up of the account's state first if a condition needs it, and adds it if nobody asked for it.
fn with_lookup<'a>(said: &'a str, mut wants: Vec<Want<'a>>, tools: &[&'a ToolSpec]) -> Vec<Want<'a>> {
    let conditional = wants.iter().position(|want| matches!(want.condition, Some(Condition::Status { .. })));
    let (Some(first), Some(tool)) = (conditional, STATUS.pick(tools)) else { return wants };
    match wants.iter().position(|want| want.tool.name == tool.name) {
        Some(at) if at > first => {
            let mut lookup = wants.remove(at);
            lookup.text = said;
            wants.insert(first, lookup);
        }
        Some(_) => {}
        None => {
            let addresses = wants[first].addresses.clone();
            let lookup = Want { tool, kind: Kind::Read, text: said, addresses, expression: None, condition: None };
            wants.insert(first, lookup);
        }
    }
    wants
}
