//! The names of the ledger's rows: chains, their records, and what is written beside a record.

use crate::day::Day;
use crate::row::Key;
use agent::approval::ApprovalId;
use agent::ports::{EntryId, Millis};
use sha2::{Digest, Sha256};

/// Most chains of a tenant's day, so that no key is hot.
pub(crate) const SHARDS: u8 = 16;

/// The chain that lists the tenants.
pub(crate) const ROOT: &str = "ledgerindex";

/// The beginning of the names of all chains, listed or not.
pub(crate) const CHAINS: &str = "ledger";

/// Sort key of a chain's head.
pub(crate) const HEAD: &str = "head";

/// The greatest number that a record may have.
pub(crate) const LAST_RECORD: u64 = 999_999_999_999;

/// The beginning of the sort keys of marks that an entry is closed.
pub(crate) const CLOSED: &str = "closed#";

/// The beginning of the names of partitions with marks of spent approvals.
pub(crate) const SPENT: &str = "spent";

/// The chain that lists a tenant's chains.
pub(crate) fn index(tenant: &str) -> String {
    format!("{ROOT}#{}", part(tenant))
}

/// A chain of entries.
pub(crate) fn chain(tenant: &str, day: Day, shard: u8) -> String {
    format!("ledger#{}#{day}#{:x}", part(tenant), shard % SHARDS)
}

/// The day of a chain of entries; `None` for any other text.
pub(crate) fn day_of(chain: &str) -> Option<Day> {
    let mut parts = chain.strip_prefix("ledger#")?.split('#');
    let (_tenant, day, _shard) = (parts.next()?, parts.next()?, parts.next()?);
    day.parse().ok()
}

/// The tenant of a chain, or of a list of chains.
pub(crate) fn tenant_of(chain: &str) -> Option<String> {
    let part = match chain.strip_prefix(ROOT) {
        Some(list) => list.strip_prefix('#')?,
        None => chain.strip_prefix("ledger#")?.split('#').next()?,
    };
    Some(part.replace("%23", "#").replace("%25", "%"))
}

/// The number of a record as it is spelled in keys: twelve digits sort as the numbers do.
pub(crate) fn number(seq: u64) -> String {
    format!("{seq:012}")
}

/// The key of a chain's head.
pub(crate) fn head(chain: &str) -> Key {
    Key::new(chain, HEAD)
}

/// The key of a record.
pub(crate) fn record(chain: &str, seq: u64) -> Key {
    Key::new(chain, number(seq))
}

/// The key of the mark that an entry is closed, beside the entry.
pub(crate) fn closed(chain: &str, seq: u64) -> Key {
    Key::new(chain, format!("{CLOSED}{}", number(seq)))
}

/// The id of the entry that a record opens.
pub(crate) fn entry(chain: &str, seq: u64) -> EntryId {
    EntryId(format!("{chain} {}", number(seq)))
}

/// The chain and number of an entry.
pub(crate) fn place(entry: &EntryId) -> Option<(&str, u64)> {
    let (chain, seq) = entry.0.rsplit_once(' ')?;
    Some((chain, seq.parse().ok()?))
}

/// The partition of a tenant's marks of spent approvals, whose ids are the sort keys. People approve too seldom to make it hot.
pub(crate) fn spent_of(tenant: &str) -> String {
    format!("{SPENT}#{}", part(tenant))
}

/// The key of the mark that an approval is spent.
pub(crate) fn spent(tenant: &str, approval: &ApprovalId) -> Key {
    Key::new(spent_of(tenant), approval.as_str())
}

/// The partition of a person's own list. The same subject of another issuer is another person.
pub(crate) fn list_of(tenant: &str, issuer: &str, subject: &str) -> String {
    format!("user#{}#{}#{}", part(tenant), &hash(issuer)[..16], part(subject))
}

/// The key of an entry in a person's own list; thirteen digits sort as the times do.
pub(crate) fn own(list: &str, at: Millis, entry: &EntryId) -> Key {
    Key::new(list, format!("{}{}", own_from(at), entry.0))
}

/// The beginning of the sort keys of what happened at a time.
pub(crate) fn own_from(at: Millis) -> String {
    format!("a#{:013}#", at.max(0))
}

/// SHA-256 in lower-case hexadecimal.
pub(crate) fn hash(text: &str) -> String {
    format!("{:x}", Sha256::digest(text.as_bytes()))
}

/// Text without the separator, so that no tenant or subject can reach into another one's keys.
pub(crate) fn part(text: &str) -> String {
    text.replace('%', "%25").replace('#', "%23")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn an_entry_tells_its_place_whatever_the_tenant_is_called() {
        for tenant in ["acme", "a b", "a#b", "a%23b", ""] {
            let chain = chain(tenant, Day::of(0).unwrap(), 17);
            let entry = entry(&chain, 7);
            assert_eq!(place(&entry), Some((chain.as_str(), 7)), "{tenant}");
            assert_eq!(day_of(&chain), Day::of(0), "{tenant}");
            assert_eq!(tenant_of(&chain).as_deref(), Some(tenant));
            assert_eq!(tenant_of(&index(tenant)).as_deref(), Some(tenant));
        }
        assert_eq!((place(&EntryId("nowhere".into())), tenant_of(ROOT)), (None, None));
    }

    #[test]
    fn names_are_spelled_as_they_were_written() {
        let chain = chain("a#b", Day::of(0).unwrap(), 26);
        let entry = entry(&chain, 7);
        let list = list_of("a#b", "https://idp.example/", "ada#1");
        for (key, partition, sort) in [
            (head(&chain), "ledger#a%23b#1970-01-01#a", "head"),
            (record(&chain, 7), "ledger#a%23b#1970-01-01#a", "000000000007"),
            (closed(&chain, 7), "ledger#a%23b#1970-01-01#a", "closed#000000000007"),
            (
                own(&list, 5, &entry),
                "user#a%23b#cd0ee55c62d051c0#ada%231",
                "a#0000000000005#ledger#a%23b#1970-01-01#a 000000000007",
            ),
        ] {
            assert_eq!((key.partition.as_str(), key.sort.as_str()), (partition, sort));
        }
        assert_eq!((index("a#b").as_str(), spent_of("a#b").as_str()), ("ledgerindex#a%23b", "spent#a%23b"));
    }
}
