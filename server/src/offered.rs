//! Selects the tools that a turn is offered: those that need a person's approval only while people can be asked for
//! one.

use agent::intent::Risk;
use agent::ports::{Approver, Toolboxes};
use agent::{Actor, Toolbox};
use async_trait::async_trait;
use std::sync::Arc;

/// Tells a person that nobody can approve the action that they asked for.
const NO_APPROVALS: &str = "This needs an approval on your phone, and your company's sign-in service offers no approvals. \
                            Nothing was done.";

/// A toolbox that withholds the tools that need an approval while the approver offers none.
pub(crate) struct OfferedTools {
    all: Arc<dyn Toolboxes>,
    approver: Arc<dyn Approver>,
}

impl OfferedTools {
    /// Offers the tools of `all`, whose elevated calls `approver` approves.
    pub(crate) fn new(all: Arc<dyn Toolboxes>, approver: Arc<dyn Approver>) -> Self {
        Self { all, approver }
    }
}

#[async_trait]
impl Toolboxes for OfferedTools {
    async fn toolbox(&self, actor: &Actor) -> Toolbox {
        let (all, offered) = futures::join!(self.all.toolbox(actor), self.approver.is_offered());
        // While the approver does not answer, each request for approval is refused as unavailable. That is no reason to
        // hide the tools.
        match offered {
            Ok(false) => all.withholding(Risk::Elevated, NO_APPROVALS),
            Ok(true) | Err(_) => all,
        }
    }
}
