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

/// Tells a person of another issuer that nobody can ask them.
const NO_WAY_TO_ASK: &str = "This needs your approval, and there is no way to ask you: you sign in at another service than the \
                             one that Countersign asks by.";

/// A toolbox that withholds the tools that need an approval while the approver offers none.
pub(crate) struct OfferedTools {
    all: Arc<dyn Toolboxes>,
    approver: Arc<dyn Approver>,
    /// The issuer of the provider that is asked.
    issuer: Arc<str>,
}

impl OfferedTools {
    /// Offers the tools of `all`, whose elevated calls `approver` approves, at the provider of `issuer`.
    pub(crate) fn new(all: Arc<dyn Toolboxes>, approver: Arc<dyn Approver>, issuer: Arc<str>) -> Self {
        Self { all, approver, issuer }
    }
}

#[async_trait]
impl Toolboxes for OfferedTools {
    async fn toolbox(&self, actor: &Actor) -> Toolbox {
        let (all, offered) = futures::join!(self.all.toolbox(actor), self.approver.is_offered(actor));
        // While the approver does not answer, each request for approval is refused as unavailable. That is no reason to
        // hide the tools.
        match offered {
            Ok(false) if actor.issuer() != &*self.issuer => all.withholding(Risk::Elevated, NO_WAY_TO_ASK),
            Ok(false) => all.withholding(Risk::Elevated, NO_APPROVALS),
            Ok(true) | Err(_) => all,
        }
    }
}
