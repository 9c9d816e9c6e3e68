//! The tools that policies are written about: those that people were offered so far. A target that is not reachable takes no
//! tool away from the policies.

use agent::ports::Toolboxes;
use agent::tool::ToolSpec;
use agent::{Actor, Toolbox};
use async_trait::async_trait;
use policies::{Catalog, Engine, LoadError, Tool, Warning};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Most tools that policies can name. Further ones are unknown to them, and calls of those are denied.
const MOST_TOOLS: usize = 5_000;

/// Toolboxes whose tools the policies know before any call of them is decided.
pub(crate) struct KnownTools {
    inner: Arc<dyn Toolboxes>,
    engine: Engine,
    known: Arc<Mutex<BTreeMap<String, Tool>>>,
}

impl KnownTools {
    pub(crate) fn new(inner: Arc<dyn Toolboxes>, engine: Engine) -> Self {
        Self { inner, engine, known: Arc::default() }
    }

    /// Adds the tools that are new or have changed, and tells the engine. Changing it takes milliseconds, so it happens on a
    /// thread that may block.
    async fn learn(&self, toolbox: &Toolbox) {
        let new: Vec<Tool> = {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let is_new =
                |spec: &&ToolSpec| known.get(&spec.name.0).is_none_or(|tool| tool.input_schema != spec.input_schema);
            toolbox.offered().map(agent::tool::Tool::spec).filter(is_new).map(tool).collect()
        };
        if new.is_empty() {
            return;
        }
        let (known, engine) = (self.known.clone(), self.engine.clone());
        let change = tokio::task::spawn_blocking(move || {
            let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
            for tool in new {
                if known.len() < MOST_TOOLS || known.contains_key(&tool.name) {
                    known.insert(tool.name.clone(), tool);
                }
            }
            engine.replace_catalog(&Catalog::new(known.values().cloned()))
        });
        match change.await {
            Ok(changed) => report(changed, "the policies do not fit the tools; the old tools stay known"),
            Err(error) => tracing::error!(error = %error, "the policies could not learn of new tools"),
        }
    }
}

#[async_trait]
impl Toolboxes for KnownTools {
    async fn toolbox(&self, actor: &Actor) -> Toolbox {
        let toolbox = self.inner.toolbox(actor).await;
        if actor.via().is_some() {
            self.learn(&toolbox).await;
        }
        toolbox
    }
}

/// Logs the outcome of a change.
pub(super) fn report(changed: Result<Vec<Warning>, LoadError>, failure: &'static str) {
    match changed {
        Ok(warnings) => {
            for warning in warnings {
                match warning {
                    Warning::Withdrawn { .. } => {
                        tracing::error!(%warning, "a tool does not fit the policies and is denied")
                    }
                    Warning::UnknownAction { .. } | Warning::LeftOut(_) | Warning::Doubtful { .. } => {
                        tracing::warn!(%warning, "a remark on the policies");
                    }
                }
            }
        }
        Err(error) => tracing::error!(error = %error, "{failure}"),
    }
}

/// Returns a tool as policies name it: `target___tool` belongs to the group of its target.
fn tool(spec: &ToolSpec) -> Tool {
    let name = spec.name.0.clone();
    let group = name.split_once("___").map(|(target, _)| target.to_owned());
    Tool { group, name, input_schema: spec.input_schema.clone() }
}
