//! Keys of the table `countersign`. Every key of a person's item begins with the identity of that person.

use agent::access::AccessRequestId;
use agent::ports::Millis;
use agent::{Actor, ids::ConversationId};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Returns the owner part of a key: tenant, issuer and subject. The same `sub` of another issuer is another owner.
fn owner(actor: &Actor) -> String {
    let issuer = hash(actor.issuer());
    format!("{}#{}#{}", part(actor.tenant()), &issuer[..16], part(actor.subject()))
}

/// Returns the partition of one conversation: its header and events.
pub(crate) fn conversation(actor: &Actor, id: &ConversationId) -> String {
    format!("conv#{}#{id}", owner(actor))
}

/// Returns the partition of the list of an owner's conversations.
pub(crate) fn conversations_of(actor: &Actor) -> String {
    format!("user#{}", owner(actor))
}

/// Returns the partition of the search index of an owner's conversations.
pub(crate) fn words_of(actor: &Actor) -> String {
    format!("words#{}", owner(actor))
}

/// Returns the partition of a person's refresh tokens.
pub(crate) fn grants_of(actor: &Actor) -> String {
    format!("grants#{}", owner(actor))
}

/// Returns the partition and sort key of a person's requests for access. The partition is their tenant's, so that
/// administrators find them.
pub(crate) fn access_of(actor: &Actor) -> (String, String) {
    (access_in(actor.tenant()), AccessRequestId::owner_of(actor))
}

/// Returns the partition of all requests for access of a tenant.
pub(crate) fn access_in(tenant: &str) -> String {
    format!("access#{}", part(tenant))
}

/// Returns the partition of a person's passkeys.
pub(crate) fn passkeys_of(actor: &Actor) -> String {
    format!("passkeys#{}", owner(actor))
}

/// Returns the partition of a person's small records.
pub(crate) fn personal_of(actor: &Actor) -> String {
    format!("personal#{}", owner(actor))
}

/// Returns the partition of the browsers in which a person is told. The principal is hashed, as it may be an address.
pub(crate) fn subscriptions_of(tenant: &str, principal: &str) -> String {
    format!("push#{}#{}", part(tenant), hash(principal))
}

/// Number of partitions of the queue, and of each kind of timers. Few, because each is queried to find what is due.
pub(crate) const WORK_SHARDS: u8 = 4;

/// Returns one partition of the queue.
pub(crate) fn work_shard(shard: u8) -> String {
    format!("work#{shard}")
}

/// Returns the partition and sort key of a conversation's entry in the queue.
pub(crate) fn work(actor: &Actor, id: &ConversationId) -> (String, String) {
    let key = conversation(actor, id);
    (work_shard(shard(&key)), key)
}

/// The partition in which a conversation's timer waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timer {
    /// For too long a time without use.
    Unused,
    /// For its erasure.
    Deleted,
}

/// Returns one partition of timers.
pub(crate) fn timer_shard(kind: Timer, shard: u8) -> String {
    match kind {
        Timer::Unused => format!("unused#{shard}"),
        Timer::Deleted => format!("deleted#{shard}"),
    }
}

/// Returns the partition and sort key of a conversation's timer, which are in order of time.
pub(crate) fn timer(kind: Timer, at: Millis, actor: &Actor, id: &ConversationId) -> (String, String) {
    let key = conversation(actor, id);
    (timer_shard(kind, shard(&key)), format!("{at:013}#{key}"))
}

fn shard(key: &str) -> u8 {
    Sha256::digest(key.as_bytes())[0] % WORK_SHARDS
}

/// Returns the sort key of an event: twelve digits, so that text order is numeric order.
pub(crate) fn event(number: u64) -> String {
    format!("e#{number:012}")
}

/// Returns the SHA-256 digest in lower-case hexadecimal.
pub(crate) fn hash(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Encodes bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Escapes the separator `#`, so that no subject can produce another's keys.
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
