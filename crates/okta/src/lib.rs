//! The Okta tools. Each states its relation, object, risk and scopes beside its deed.
//! It must never know where the token came from, nor who was asked.

mod client;
mod deeds;
mod groups;
mod status;
mod user;

pub use client::{Client, Config};
pub use deeds::{Deed, OktaDeed};
pub use groups::OktaGroups;
pub use status::OktaUser;

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

/// The token that a tool needs, with this scope.
fn need(scope: &str) -> agent::intent::Need {
    agent::intent::Need { provider: PROVIDER.to_owned(), scopes: vec![scope.to_owned()] }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use agent::Tool;

    #[test]
    fn every_tool_is_in_the_list_of_names() {
        let base_url = "https://acme.okta.example".parse().unwrap();
        let client = Client::new(Config { base_url, timeout: std::time::Duration::from_secs(1) }).unwrap();
        let mut names = vec![OktaGroups::new(client.clone()).spec().name.0.clone()];
        names.push(OktaUser::new(client.clone()).spec().name.0.clone());
        names.extend(Deed::ALL.map(|deed| OktaDeed::new(deed, client.clone()).spec().name.0.clone()));
        assert_eq!(names, TOOLS);
    }
}
