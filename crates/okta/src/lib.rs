//! The Okta tools. Each declares its relation, object, risk and scopes next to its action. This crate must not depend
//! on where tokens come from or who approved a call.

mod action;
mod client;
mod groups;
mod link;
mod login;
mod status;
mod target;
mod users;

use action::{Action, OktaAction};
use agent::Tool;
use agent::intent::Need;
use agent::tool::AccountUse;
use client::Client;
use groups::OktaGroups;
use reqwest::Url;
use status::OktaUser;
use std::sync::Arc;
use std::time::Duration;

/// The name by which people know the service.
pub const SERVICE: &str = "Okta";

/// The provider name in the needs of the tools.
pub const PROVIDER: &str = "okta";

/// Scope for reading users and their groups.
const READ: &str = "okta.users.read";

/// Scope for changing users.
const MANAGE: &str = "okta.users.manage";

/// The configuration of the tools.
#[derive(Debug, Clone)]
pub struct Config {
    /// The organization's URL, `https://acme.okta.com`.
    pub base_url: Url,
    /// Longest wait for one answer.
    pub timeout: Duration,
    /// The owner of the access tokens that the tools receive.
    pub acts_as: ActsAs,
}

/// The owner of an access token. Okta's `me` refers to a person; an application's token has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActsAs {
    /// Each person, with their own account.
    Person,
    /// The application, on behalf of everybody.
    Application,
}

/// Creates all tools.
///
/// # Errors
/// An error if no HTTP client can be created on this machine.
pub fn tools(config: Config) -> Result<Vec<Arc<dyn Tool>>, reqwest::Error> {
    let client = Client::new(config.base_url, config.timeout)?;
    let mut tools: Vec<Arc<dyn Tool>> =
        vec![Arc::new(OktaGroups::new(client.clone(), config.acts_as)), Arc::new(OktaUser::new(client.clone()))];
    tools.extend(Action::ALL.map(|action| Arc::new(OktaAction::new(action, client.clone())) as Arc<dyn Tool>));
    Ok(tools)
}

/// The use of an account whose token has this scope.
fn account(scope: &str, purpose: &'static str) -> AccountUse {
    AccountUse { need: need(scope), purpose }
}

/// The need for a token with this scope.
fn need(scope: &str) -> Need {
    Need { provider: PROVIDER.to_owned(), scopes: vec![scope.to_owned()] }
}

#[cfg(test)]
mod tests;
