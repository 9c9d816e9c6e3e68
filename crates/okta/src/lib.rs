//! The Okta tools. Each states its relation, object, risk and scopes beside its action.
//! It must never know where the token came from, nor who was asked.

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
use client::Client;
use groups::OktaGroups;
use reqwest::Url;
use status::OktaUser;
use std::sync::Arc;
use std::time::Duration;

/// The name that a person knows the service by.
pub const SERVICE: &str = "Okta";

/// What the tools call the provider of their tokens.
pub const PROVIDER: &str = "okta";

/// All scopes that the tools ask for.
pub const SCOPES: [&str; 2] = [READ, MANAGE];

/// What the tools are named.
pub const TOOLS: [&str; 5] =
    ["okta_groups", "okta_user_status", "okta_reset_password", "okta_disable_user", "okta_delete_user"];

/// What the tools do, in plain words.
pub const USES: [&str; 5] =
    ["read groups", "look up how a user stands", "reset passwords", "disable users", "delete users"];

/// Reading users and their groups.
const READ: &str = "okta.users.read";

/// Changing users.
const MANAGE: &str = "okta.users.manage";

/// What the tools need to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// The organization's address, `https://acme.okta.com`.
    pub base_url: Url,
    /// Longest wait for one answer.
    pub timeout: Duration,
    /// The owner of the tokens that the tools are lent.
    pub acts_as: ActsAs,
}

/// The owner of a token: Okta's `me` is a person's, and an application has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActsAs {
    /// Each person, by their own account.
    Person,
    /// The application, for everybody.
    Application,
}

/// Makes all tools.
///
/// # Errors
/// When no HTTP client can be made on this machine.
pub fn tools(config: Config) -> Result<Vec<Arc<dyn Tool>>, reqwest::Error> {
    let client = Client::new(config.base_url, config.timeout)?;
    let mut tools: Vec<Arc<dyn Tool>> =
        vec![Arc::new(OktaGroups::new(client.clone(), config.acts_as)), Arc::new(OktaUser::new(client.clone()))];
    tools.extend(Action::ALL.map(|action| Arc::new(OktaAction::new(action, client.clone())) as Arc<dyn Tool>));
    Ok(tools)
}

/// A token with these scopes.
fn need(scopes: &[&str]) -> Need {
    Need { provider: PROVIDER.to_owned(), scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect() }
}

#[cfg(test)]
mod tests;
