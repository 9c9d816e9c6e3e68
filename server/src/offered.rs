//! The tools that a turn is offered: those that need a person's approval only where a person can be asked.

use agent::intent::Risk;
use agent::ports::{Approver, Toolboxes};
use agent::{Actor, Toolbox};
use async_trait::async_trait;
use std::sync::Arc;

/// The sentence for the person who asks for an action that nobody can approve.
const NO_APPROVALS: &str = "This needs an approval on your phone, and your company's sign-in service offers no approvals. \
                            Nothing was done.";

/// Tools of which those that need an approval are withheld while the approver offers none.
pub(crate) struct OfferedTools {
    all: Arc<dyn Toolboxes>,
    approver: Arc<dyn Approver>,
}

impl OfferedTools {
    /// The tools of `all`, approved by `approver`.
    pub(crate) fn new(all: Arc<dyn Toolboxes>, approver: Arc<dyn Approver>) -> Self {
        Self { all, approver }
    }
}

#[async_trait]
impl Toolboxes for OfferedTools {
    async fn toolbox(&self, actor: &Actor) -> Toolbox {
        let (all, offered) = futures::join!(self.all.toolbox(actor), self.approver.is_offered());
        // An approver that does not answer now refuses each request with "not now", which is no reason to hide the tools.
        match offered {
            Ok(false) => all.withholding(Risk::Elevated, NO_APPROVALS),
            Ok(true) | Err(_) => all,
        }
    }
}
