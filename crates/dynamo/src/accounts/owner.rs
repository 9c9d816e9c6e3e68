//! The owner of accounts: the keys of their items and the associated data that their ciphertexts are bound to.

use crate::keys::{hash, part};
use agent::Actor;

/// A person, and the agent that uses their accounts.
pub(super) struct Owner {
    pub(super) pk: String,
    /// Full identity of the person, to which their data key is bound. The partition key holds only 16 digits of the
    /// issuer's hash.
    pub(super) bound: String,
    agent: String,
}

impl Owner {
    pub(super) fn of(actor: &Actor, agent: &str) -> Self {
        let (tenant, issuer, subject) = (actor.tenant(), actor.issuer(), actor.subject());
        let pk = format!("vault#{}#{}#{}", part(tenant), &hash(issuer)[..16], part(subject));
        let bound = serde_json::json!([tenant, issuer, subject]).to_string();
        Self { pk, bound, agent: part(agent) }
    }

    pub(super) fn sort(&self, provider: &str) -> String {
        format!("account#{}#{}", self.agent, part(provider))
    }

    /// Returns the provider in a sort key, if the account belongs to this agent.
    pub(super) fn provider(&self, sort: &str) -> Option<String> {
        let provider = sort.strip_prefix("account#")?.strip_prefix(self.agent.as_str())?.strip_prefix('#')?;
        Some(provider.replace("%23", "#").replace("%25", "%"))
    }

    /// Returns the associated data of the person's wrapped data key.
    pub(super) fn of_key(&self) -> String {
        format!("data key of {}", self.bound)
    }

    /// Returns the associated data of an encrypted account.
    pub(super) fn place(&self, provider: &str) -> String {
        format!("{} of {}", self.sort(provider), self.bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use agent::actor::Evidence;
    use std::collections::HashSet;

    #[test]
    fn every_account_is_bound_to_its_own_owner_and_provider() {
        let rows = [
            ("t", "https://a.example/", "ada", "agent", "github"),
            ("u", "https://a.example/", "ada", "agent", "github"),
            ("t", "https://b.example/", "ada", "agent", "github"),
            ("t", "https://a.example/", "bob", "agent", "github"),
            ("t", "https://a.example/", "ada", "other", "github"),
            ("t", "https://a.example/", "ada", "agent", "okta"),
            ("t", "https://a.example/", "ada", "agent#github", "x"),
            ("t", "https://a.example/", "ada", "agent", "github#x"),
            ("t", "https://a.example/\",\"ada", "", "agent", "github"),
        ];
        let (mut places, mut keys) = (HashSet::new(), HashSet::new());
        for (tenant, issuer, subject, agent, provider) in rows {
            let evidence = Evidence::of(issuer, subject, tenant);
            let own = Owner::of(&Actor::attest(evidence), agent);
            assert!(places.insert(own.place(provider)), "{}", own.place(provider));
            assert!(keys.insert((own.pk.clone(), own.sort(provider))), "{} {}", own.pk, own.sort(provider));
            assert_eq!(own.provider(&own.sort(provider)).as_deref(), Some(provider));
        }
    }
}
