//! The engine: policies and tools, validated, that answer requests while both may be replaced.

mod compiled;
mod entities;
mod evaluate;
mod explain;
mod replace;
mod warning;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use cedar_policy::{PartialEntities, PartialEntityUid, PartialRequest};

use crate::catalog::BadInput;
use crate::decision::{Basis, Decision, Effect, Mode, Request, Verdict};
use crate::load::LoadError;
use crate::stack::{with_large_stack, with_stack_to_evaluate};
use crate::{Catalog, PolicyFiles, Principal};

pub use explain::{Explanation, PolicyTrace, Trace};
pub use warning::Warning;

use compiled::Compiled;
use evaluate::judge;

/// Policies and tools that answer requests. Clones share them. Everything is parsed and validated when it is loaded; a
/// decision takes tens of microseconds and never waits for a change. Loading and changing take milliseconds and belong on
/// a thread that may block.
#[derive(Debug, Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    mode: Mode,
    source: Option<PathBuf>,
    /// Held during a change, so that two changes do not undo each other.
    changing: Mutex<()>,
    current: RwLock<Arc<Compiled>>,
}

impl Engine {
    /// Loads policies for a catalog. A server starts with its own tools and adds those of targets by
    /// [`Self::replace_catalog`] once it has listed them.
    pub fn new(files: &PolicyFiles, catalog: &Catalog, mode: Mode) -> Result<Self, LoadError> {
        Self::from_parts(files, catalog, mode, None)
    }

    /// Loads policies from a file or a directory, which [`Self::reload`] reads again. Reading blocks.
    pub fn open(path: &Path, catalog: &Catalog, mode: Mode) -> Result<Self, LoadError> {
        Self::from_parts(&PolicyFiles::read(path)?, catalog, mode, Some(path.to_owned()))
    }

    fn from_parts(
        files: &PolicyFiles,
        catalog: &Catalog,
        mode: Mode,
        source: Option<PathBuf>,
    ) -> Result<Self, LoadError> {
        let compiled = with_large_stack(|| Compiled::new(crate::load::load(files)?, catalog.clone()))?;
        let current = RwLock::new(Arc::new(compiled));
        Ok(Self { shared: Arc::new(Shared { mode, source, changing: Mutex::new(()), current }) })
    }

    /// Decides a call. An engine that only logs allows every call whose arguments fit; an argument that does not fit the
    /// tool's schema is an error in every mode, since no policy can judge it.
    pub fn decide(&self, request: &Request) -> Result<Decision, BadInput> {
        decide(&self.current(), self.shared.mode, request)
    }

    /// Returns the actions that the principal may call with some arguments at some time, in the order given. Listed is
    /// not allowed: every call is decided by [`Self::decide`]. The answer belongs to one principal and must not be cached
    /// for others. An engine that only logs hides nothing. Takes some 60 µs an action.
    #[must_use]
    pub fn may_allow<'a>(&self, principal: &Principal, gateway: &str, actions: &[&'a str]) -> Vec<&'a str> {
        if self.shared.mode == Mode::LogOnly {
            return actions.to_vec();
        }
        let compiled = self.current();
        let listing = Listing::new(&compiled, principal, gateway);
        let listed = actions.iter().filter(|action| listing.as_ref().is_some_and(|listing| listing.shows(action)));
        listed.copied().collect()
    }

    /// Explains a decision policy by policy, for an operator.
    #[must_use]
    pub fn explain(&self, request: &Request) -> Explanation {
        let compiled = self.current();
        let decision = decide(&compiled, self.shared.mode, request);
        explain::explain(&compiled, request, decision)
    }

    /// Returns the mode, which stays for the life of the engine.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.shared.mode
    }

    /// Returns what an operator should know of the policies and tools in force.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        self.current().warnings.clone()
    }

    fn current(&self) -> Arc<Compiled> {
        Arc::clone(&self.shared.current.read().unwrap_or_else(PoisonError::into_inner))
    }
}

fn decide(compiled: &Compiled, mode: Mode, request: &Request) -> Result<Decision, BadInput> {
    let Some(prepared) = compiled.prepare(request)? else {
        return Ok(decision(mode, Verdict::of(Effect::Deny, Basis::UnknownTool), None));
    };
    let active = judge(&compiled.active, &prepared);
    let all = compiled.all.as_ref().map(|all| judge(all, &prepared));
    Ok(decision(mode, active, all))
}

fn decision(mode: Mode, active: Verdict, all: Option<Verdict>) -> Decision {
    match mode {
        Mode::Enforce => Decision { would: all.filter(|all| *all != active), verdict: active, mode },
        Mode::LogOnly => {
            Decision { verdict: Verdict::of(Effect::Allow, Basis::NotEnforced), mode, would: Some(active) }
        }
    }
}

/// Decisions with unknown arguments and an unknown time, for one principal.
struct Listing<'a> {
    compiled: &'a Compiled,
    principal: PartialEntityUid,
    gateway: PartialEntityUid,
    entities: PartialEntities,
}

impl<'a> Listing<'a> {
    fn new(compiled: &'a Compiled, principal: &Principal, gateway: &str) -> Option<Self> {
        let entity = compiled.names.principal(principal).ok()?;
        let principal = PartialEntityUid::from_concrete(entity.uid());
        let entities = cedar_policy::Entities::from_entities([entity], Some(&compiled.schema)).ok()?;
        let entities = PartialEntities::from_concrete(entities, &compiled.schema).ok()?;
        let gateway = PartialEntityUid::from_concrete(compiled.names.gateway(gateway));
        Some(Self { compiled, principal, gateway, entities })
    }

    fn shows(&self, action: &str) -> bool {
        let Some(tool) = self.compiled.tools.get(action) else { return false };
        let (principal, gateway) = (self.principal.clone(), self.gateway.clone());
        let request = PartialRequest::new(principal, tool.uid.clone(), gateway, None, &self.compiled.schema);
        let Ok(request) = request else { return false };
        with_stack_to_evaluate(|| {
            let answer = self.compiled.active.tpe(&request, &self.entities, &self.compiled.schema);
            answer.is_ok_and(|answer| answer.decision() != Some(cedar_policy::Decision::Deny))
        })
    }
}
