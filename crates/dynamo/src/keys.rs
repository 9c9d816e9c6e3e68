//! The keys of the table `countersign`. Every key starts from the identity of its owner.

use agent::{Actor, ids::ConversationId};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The owner of a conversation: tenant, issuer and subject together; the same `sub` of another issuer is another owner.
fn owner(actor: &Actor) -> String {
    let issuer = hash(actor.issuer());
    format!("{}#{}#{}", part(actor.tenant()), &issuer[..16], part(actor.subject()))
}

/// Partition of one conversation: header and events.
pub(crate) fn conversation(actor: &Actor, id: &ConversationId) -> String {
    format!("conv#{}#{id}", owner(actor))
}

/// Partition of the list of an owner's conversations.
pub(crate) fn conversations_of(actor: &Actor) -> String {
    format!("user#{}", owner(actor))
}

/// Partition of what a person's sign-ins lend by.
pub(crate) fn grants_of(actor: &Actor) -> String {
    format!("grants#{}", owner(actor))
}

/// How many partitions hold the list of work: few, since each is asked for what was left behind.
pub(crate) const WORK_SHARDS: u8 = 4;

/// Partition of a part of the list of work.
pub(crate) fn work_shard(shard: u8) -> String {
    format!("work#{shard}")
}

/// Partition and sort key of a conversation's work.
pub(crate) fn work(actor: &Actor, id: &ConversationId) -> (String, String) {
    let key = conversation(actor, id);
    let shard = Sha256::digest(key.as_bytes())[0] % WORK_SHARDS;
    (work_shard(shard), key)
}

/// Sort key of an event; twelve digits sort as the numbers do.
pub(crate) fn event(number: u64) -> String {
    format!("e#{number:012}")
}

/// SHA-256 in lower-case hexadecimal.
pub(crate) fn hash(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Text without the separator, so that no subject can reach into another one's keys.
pub(crate) fn part(text: &str) -> String {
    text.replace('%', "%25").replace('#', "%23")
}

#[cfg(test)]
mod tests {
    use super::*;
    use agent::actor::Evidence;

    fn actor(issuer: &str, subject: &str, tenant: &str) -> Actor {
        Actor::attest(Evidence::of(issuer, subject, tenant))
    }

    #[test]
    fn no_two_owners_share_a_key() {
        let id = ConversationId::from_random([3; 26]);
        let owners = [
            ("https://a.example/", "ada", "t"),
            ("https://b.example/", "ada", "t"),
            ("https://a.example/", "bob", "t"),
            ("https://a.example/", "ada", "u"),
            ("https://a.example/", "ada#x", "t"),
            ("https://a.example/", "ada%23x", "t"),
        ];
        let keys: std::collections::HashSet<_> =
            owners.iter().map(|(issuer, subject, tenant)| conversation(&actor(issuer, subject, tenant), &id)).collect();
        assert_eq!(keys.len(), owners.len());
    }
}
