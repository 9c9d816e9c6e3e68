//! Changes of the policies and of the tools, each as a whole or not at all. Validation takes time that grows with policies
//! and tools (some 20 ms for a thousand policies), so callers change an engine on a thread that may block.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use super::compiled::{Compiled, covers};
use super::{Engine, Warning};
use crate::load::{LoadError, Loaded, Problem, ProblemKind};
use crate::stack::with_large_stack;
use crate::{Catalog, PolicyFiles};

impl Engine {
    /// Replaces all policies. If they do not load, the old ones stay in force and the caller raises an alarm. Calls under
    /// way are decided by the old ones or by the new ones, never by a mixture.
    pub fn replace_policies(&self, files: &PolicyFiles) -> Result<Vec<Warning>, LoadError> {
        self.change(|old| {
            let policies = crate::load::load(files)?;
            // Policies that fit again bring back the tools that were withdrawn.
            Compiled::new(policies.clone(), old.wanted.clone()).or_else(|_| {
                let compiled = Compiled::new(policies, old.catalog.clone())?;
                Ok(Compiled { wanted: old.wanted.clone(), ..compiled }.with_withdrawn(old))
            })
        })
    }

    /// Reads the policies again from where they were opened, and replaces them. Reading blocks.
    pub fn reload(&self) -> Result<Vec<Warning>, LoadError> {
        let source = self.shared.source.as_deref();
        let source = source.ok_or_else(|| Problem::of_set(ProblemKind::Read(std::io::ErrorKind::NotFound.into())))?;
        self.replace_policies(&PolicyFiles::read(source)?)
    }

    /// Replaces the tools. A new or changed tool that does not fit the policies is withdrawn: it counts as unknown and is
    /// denied, with a warning, while all other tools and all policies stay in force. A policy that names a tool that is
    /// gone stays as well. So no target can take a policy or another target's tools away.
    pub fn replace_catalog(&self, catalog: &Catalog) -> Result<Vec<Warning>, LoadError> {
        self.change(|old| {
            Compiled::new(old.policies.clone(), catalog.clone()).or_else(|error| {
                let withdrawn = withdrawn(&error, old, catalog);
                let standing = catalog.without(|tool| withdrawn.contains_key(tool));
                let compiled = Compiled::new(old.policies.clone(), standing)?;
                Ok(compiled.withdrawing(catalog, withdrawn))
            })
        })
    }

    fn change(&self, make: impl FnOnce(&Compiled) -> Result<Compiled, LoadError>) -> Result<Vec<Warning>, LoadError> {
        let _changing = self.shared.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let old = self.current();
        let new = with_large_stack(|| make(&old))?;
        let warnings = new.warnings.clone();
        *self.shared.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
        Ok(warnings)
    }
}

impl Compiled {
    fn withdrawing(mut self, wanted: &Catalog, withdrawn: BTreeMap<String, String>) -> Self {
        self.wanted = wanted.clone();
        self.warnings.extend(withdrawn.into_iter().map(|(tool, problem)| Warning::Withdrawn { tool, problem }));
        self
    }

    fn with_withdrawn(mut self, old: &Self) -> Self {
        let withdrawn = old.warnings.iter().filter(|warning| matches!(warning, Warning::Withdrawn { .. }));
        self.warnings.extend(withdrawn.cloned());
        self
    }
}

/// Tools that are new or changed and in the scope of a policy that fails: unchanged tools fit these policies already.
fn withdrawn(error: &LoadError, old: &Compiled, catalog: &Catalog) -> BTreeMap<String, String> {
    let failing = error.problems.iter().filter_map(|problem| Some((problem, policy(old, problem)?)));
    let failing = failing.collect::<Vec<_>>();
    let changed = catalog.tools().filter(|(id, tool)| old.catalog.get(id) != Some(tool.as_ref()));
    let withdrawn = changed.filter_map(|(id, tool)| {
        let (problem, _) = failing.iter().find(|(_, policy)| covers(policy, id, tool.group.as_deref()))?;
        Some((id.to_owned(), problem.to_string()))
    });
    withdrawn.collect()
}

fn policy<'a>(old: &'a Compiled, problem: &Problem) -> Option<&'a Loaded> {
    old.policies.iter().find(|policy| Some(&policy.id) == problem.policy.as_ref())
}
