//! The report of `countersign doctor`: what works with this configuration, and what to do about the rest.

use std::fmt;
use std::time::Duration;

/// Longest time that one check may take.
pub const LONGEST_CHECK: Duration = Duration::from_secs(20);

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It works.
    Works,
    /// It works in part, or could not be checked; the sentence says what to know.
    Note(String),
    /// It does not work; the sentence says what to do.
    Fails(String),
}

/// One check and its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The part that was checked, in a word or two.
    pub part: &'static str,
    /// The observation, as one clause.
    pub observation: String,
    /// The result.
    pub verdict: Verdict,
}

/// An ability of the application with this provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ability {
    /// The ability.
    pub name: &'static str,
    /// `true` if the application has it with this provider.
    pub works: bool,
    /// The consequence, as one sentence.
    pub consequence: String,
}

/// The findings of all checks, and the resulting abilities.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The findings, in the order of the checks.
    pub findings: Vec<Finding>,
    /// The abilities with this provider; empty where it could not be reached.
    pub abilities: Vec<Ability>,
}

impl Finding {
    /// Turns the outcome of a check into a finding. `advice` says what to do if the check failed.
    pub fn of<E: fmt::Display>(part: &'static str, outcome: Result<String, E>, advice: &str) -> Self {
        match outcome {
            Ok(observation) => Self { part, observation, verdict: Verdict::Works },
            Err(error) => Self { part, observation: error.to_string(), verdict: Verdict::Fails(advice.to_owned()) },
        }
    }

    /// Returns a finding that is worth knowing but is no failure.
    #[must_use]
    pub fn note(part: &'static str, observation: String, note: &str) -> Self {
        Self { part, observation, verdict: Verdict::Note(note.to_owned()) }
    }
}

impl Report {
    /// Returns `true` if no check failed.
    #[must_use]
    pub fn is_well(&self) -> bool {
        !self.findings.iter().any(|finding| matches!(finding.verdict, Verdict::Fails(_)))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Finding { part, observation, verdict } in &self.findings {
            let (mark, advice) = match verdict {
                Verdict::Works => ("works", None),
                Verdict::Note(note) => ("note ", Some(note)),
                Verdict::Fails(advice) => ("FAILS", Some(advice)),
            };
            writeln!(f, "{mark}  {part:<18} {observation}")?;
            if let Some(advice) = advice {
                writeln!(f, "{:>26}{advice}", "-> ")?;
            }
        }
        if !self.abilities.is_empty() {
            writeln!(f, "\nWith this identity provider:")?;
        }
        for Ability { name, works, consequence } in &self.abilities {
            writeln!(f, "  {name:<22} {:<4} {consequence}", if *works { "yes" } else { "no" })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_what_works_and_how_to_fix_the_rest() {
        let report = Report {
            findings: vec![
                Finding::of("discovery", Ok::<_, String>("https://idp.example answers".to_owned()), ""),
                Finding::of("client", Err::<String, _>("the provider answered invalid_client"), "Check the secret."),
                Finding::note("scopes", "offline_access is not supported".to_owned(), "Sign in again after an hour."),
            ],
            abilities: vec![Ability { name: "sign-in", works: true, consequence: "People can sign in.".to_owned() }],
        };
        let expected = "works  discovery          https://idp.example answers\n\
                        FAILS  client             the provider answered invalid_client\n\
                        \x20                      -> Check the secret.\n\
                        note   scopes             offline_access is not supported\n\
                        \x20                      -> Sign in again after an hour.\n\
                        \n\
                        With this identity provider:\n\
                        \x20 sign-in                yes  People can sign in.\n";
        assert_eq!(report.to_string(), expected);
        assert!(!report.is_well());
    }
}
