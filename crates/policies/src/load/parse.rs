//! The policies of one file.

use std::str::FromStr;

use cedar_policy::{Policy, PolicySet};

use super::{LONGEST_ID, Loaded, PolicyId, Problem, ProblemKind, diagnostic, scan};
use crate::{Mode, PolicyFile};

pub(super) fn file(file: &PolicyFile) -> Result<Vec<Loaded>, Vec<Problem>> {
    scan::check(&file.text).map_err(|(offset, kind)| vec![at(file, Some(line_of(&file.text, offset)), kind)])?;
    let set = PolicySet::from_str(&file.text).map_err(|errors| {
        let problems = errors.iter().map(|error| {
            let (message, offset) = diagnostic(error);
            at(file, offset.map(|offset| line_of(&file.text, offset)), ProblemKind::Syntax(message))
        });
        problems.collect::<Vec<_>>()
    })?;
    if set.num_of_templates() > 0 {
        return Err(vec![at(file, None, ProblemKind::Template)]);
    }
    let mut end = 0;
    // `from_str` numbers policies from zero in the order of the text, and ignores `@id`.
    let policies = (0..set.num_of_policies()).filter_map(|number| {
        let policy = set.policy(&cedar_policy::PolicyId::new(format!("policy{number}")))?;
        let source = policy.to_string();
        let start = file.text.get(end..)?.find(&source).map_or(end, |offset| end + offset);
        end = start + source.len();
        Some(named(file, policy, number + 1, line_of(&file.text, start)))
    });
    let policies = policies.collect::<Vec<_>>();
    if policies.len() != set.num_of_policies() {
        // A policy that is lost may be a forbid.
        return Err(vec![at(file, None, ProblemKind::Syntax("Cedar numbered the policies in another way".to_owned()))]);
    }
    policies.into_iter().collect::<Result<Vec<_>, _>>().map_err(|problem| vec![problem])
}

fn named(file: &PolicyFile, policy: &Policy, number: usize, line: usize) -> Result<Loaded, Problem> {
    let id = policy.annotation("id").map_or_else(|| format!("{}-{number}", stem(&file.name)), str::to_owned);
    let is_allowed = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.');
    if id.is_empty() || id.len() > LONGEST_ID || !id.chars().all(is_allowed) {
        return Err(at(file, Some(line), ProblemKind::Id(id)));
    }
    let mode = match policy.annotation("enforcementMode") {
        None | Some("ACTIVE") => Mode::Enforce,
        Some("LOG_ONLY") => Mode::LogOnly,
        Some(other) => return Err(at(file, Some(line), ProblemKind::EnforcementMode(other.to_owned()))),
    };
    let policy = policy.new_id(cedar_policy::PolicyId::new(&id));
    Ok(Loaded { id: PolicyId::new(&id), policy, mode, file: file.name.clone(), line })
}

fn stem(name: &str) -> &str {
    name.strip_suffix(".cedar").unwrap_or(name)
}

fn at(file: &PolicyFile, line: Option<usize>, kind: ProblemKind) -> Problem {
    Problem { file: file.name.clone(), line, policy: None, kind }
}

fn line_of(text: &str, offset: usize) -> usize {
    let before = &text.as_bytes()[..offset.min(text.len())];
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}
