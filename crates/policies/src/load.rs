//! Policies from text: parsing, names, modes, and the checks that Cedar's validator does not make.

mod error;
mod parse;
mod rules;
mod scan;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::{Effect, Mode, PolicyFiles};

pub use error::{LoadError, Problem, ProblemKind};

pub(crate) use error::diagnostic;

/// Policies of one engine, as AWS limits them.
const MOST_POLICIES: usize = 1_000;
/// Bytes of a policy, as AWS limits them.
const LARGEST_POLICY: usize = 10 * 1024;
/// Characters of an id, as AWS limits them.
const LONGEST_ID: usize = 48;

/// The name of a policy: `@id("…")`, or the name of its file and its number in it. At most 48 letters, digits, `_`, `-`
/// and `.`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyId(Arc<str>);

impl PolicyId {
    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn new(id: &str) -> Self {
        Self(id.into())
    }
}

impl fmt::Display for PolicyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A parsed policy with its place.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    pub(crate) id: PolicyId,
    pub(crate) policy: cedar_policy::Policy,
    pub(crate) mode: Mode,
    pub(crate) file: String,
    /// Counted from one.
    pub(crate) line: usize,
}

impl Loaded {
    pub(crate) fn effect(&self) -> Effect {
        match self.policy.effect() {
            cedar_policy::Effect::Permit => Effect::Allow,
            cedar_policy::Effect::Forbid => Effect::Deny,
        }
    }

    pub(crate) fn problem(&self, kind: ProblemKind) -> Problem {
        Problem { file: self.file.clone(), line: Some(self.line), policy: Some(self.id.clone()), kind }
    }
}

/// Parses a set of policies and applies our own checks. Types are checked later, against a schema.
pub(crate) fn load(files: &PolicyFiles) -> Result<Vec<Loaded>, LoadError> {
    let mut problems = Vec::new();
    let mut policies = Vec::new();
    for file in &files.0 {
        match parse::file(file) {
            Ok(parsed) => policies.extend(parsed),
            Err(more) => problems.extend(more),
        }
    }
    problems.extend(policies.iter().flat_map(rules::check));
    problems.extend(duplicates(&policies));
    if policies.is_empty() && problems.is_empty() {
        // An empty directory is a lost mount far more often than a wish to deny everything.
        return Err(Problem::of_set(ProblemKind::NoPolicies).into());
    }
    if policies.len() > MOST_POLICIES {
        return Err(Problem::of_set(ProblemKind::TooMany).into());
    }
    LoadError::unless_empty(problems).map(|()| policies)
}

fn duplicates(policies: &[Loaded]) -> Vec<Problem> {
    let mut first = BTreeMap::<&PolicyId, &Loaded>::new();
    let mut problems = Vec::new();
    for policy in policies {
        if let Some(earlier) = first.get(&policy.id) {
            let first = format!("{}:{}", earlier.file, earlier.line);
            problems.push(policy.problem(ProblemKind::DuplicateId { first }));
        } else {
            first.insert(&policy.id, policy);
        }
    }
    problems
}
