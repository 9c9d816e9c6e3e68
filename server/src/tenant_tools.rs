//! The tools of a tenant with a store of its own. Whoever writes to that store decides there about every object, so the
//! operator decides here which tools exist for its people: some act with credentials of the deployment.

use crate::config::ToolNames;
use agent::ports::Toolboxes;
use agent::{Actor, Toolbox};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Toolboxes from which a tenant receives the tools of its list alone.
pub(crate) struct TenantTools {
    all: Arc<dyn Toolboxes>,
    lists: BTreeMap<String, ToolNames>,
}

impl TenantTools {
    /// Offers the tools of `all`. A tenant without a list receives every tool.
    pub(crate) fn new(all: Arc<dyn Toolboxes>, lists: BTreeMap<String, ToolNames>) -> Self {
        Self { all, lists }
    }
}

#[async_trait]
impl Toolboxes for TenantTools {
    async fn toolbox(&self, actor: &Actor) -> Toolbox {
        let all = self.all.toolbox(actor).await;
        match self.lists.get(actor.tenant()) {
            Some(list) => all.keeping(|tool| list.contains(&tool.spec().name)),
            None => all,
        }
    }
}
