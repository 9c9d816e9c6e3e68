//! The results of all runs, in words and as a table.

use crate::killer::State;
use crate::plan::{House, Kind};
use crate::run::Outcome;
use agent::Refusal;
use agent::guard::NotApproved;
use agent::turn::Event;
use std::collections::BTreeMap;
use std::fmt::{self, Write};

/// The sums of one scenario.
#[derive(Debug, Default, Clone)]
struct Row {
    runs: usize,
    kinds: BTreeMap<Kind, usize>,
    at_rest: usize,
    houses: [usize; 2],
    outcomes: BTreeMap<String, usize>,
    violations: usize,
}

#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: BTreeMap<&'static str, Row>,
}

impl Report {
    pub(crate) fn add(&mut self, outcome: &Outcome) {
        let row = self.rows.entry(outcome.plan.scenario.name).or_default();
        row.runs += 1;
        for killed in &outcome.killed {
            *row.kinds.entry(killed.kind).or_default() += 1;
            row.at_rest += usize::from(killed.state == State::AtRest);
            row.houses[usize::from(outcome.plan.house == House::Second)] += 1;
        }
        for name in outcome.record.log.iter().filter_map(|entry| named(&entry.event)) {
            *row.outcomes.entry(name).or_default() += 1;
        }
        row.violations += outcome.violations.len();
    }

    pub(crate) fn runs(&self) -> usize {
        self.rows.values().map(|row| row.runs).sum()
    }

    pub(crate) fn kills(&self) -> usize {
        self.rows.values().flat_map(|row| row.kinds.values()).sum()
    }

    pub(crate) fn violations(&self) -> usize {
        self.rows.values().map(|row| row.violations).sum()
    }
}

/// Returns the name of an outcome.
fn named(event: &Event) -> Option<String> {
    Some(match event {
        Event::CallDone { .. } => "done".to_owned(),
        Event::CallFailed { .. } => "failed".to_owned(),
        Event::CallUnknown { .. } => "unknown".to_owned(),
        Event::CallRefused { refusal: Refusal::NotApproved { why: NotApproved::Mismatched { .. } }, .. } => {
            "mismatched".to_owned()
        }
        Event::CallRefused { refusal: Refusal::NotApproved { why }, .. } => why.to_string(),
        Event::CallRefused { refusal, .. } => refusal.to_string(),
        _ => return None,
    })
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:16} {:>5} {:>9} {:>7} {:>8} {:>8} {:>8} {:>7} {:>11}  outcomes of calls",
            "scenario", "runs", "boundary", "random", "outside", "at rest", "restart", "second", "violations"
        )?;
        for (name, row) in &self.rows {
            let kind = |kind| row.kinds.get(&kind).copied().unwrap_or_default();
            let mut outcomes = String::new();
            for (outcome, times) in &row.outcomes {
                write!(outcomes, "{}{outcome} {times}", if outcomes.is_empty() { "" } else { ", " })?;
            }
            let [restart, second] = row.houses;
            let [boundary, random, outside] = [Kind::Boundary, Kind::Random, Kind::Outside].map(kind);
            writeln!(
                f,
                "{name:16} {:>5} {boundary:>9} {random:>7} {outside:>8} {:>8} {restart:>8} {second:>7} {:>11}  {outcomes}",
                row.runs, row.at_rest, row.violations
            )?;
        }
        write!(f, "{} runs, {} kills, {} violations", self.runs(), self.kills(), self.violations())
    }
}
