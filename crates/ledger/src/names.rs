//! The keys of the ledger's rows: chains, their records, and the rows written beside a record.

use crate::day::Day;
use crate::row::Key;
use agent::approval::ApprovalId;
use agent::ports::{EntryId, Millis};
use sha2::{Digest, Sha256};

/// Number of chains for a tenant's day. Several spread the writes, so that no partition becomes hot.
pub(crate) const SHARDS: u8 = 16;

/// Name of the chain that lists the tenants.
pub(crate) const ROOT: &str = "ledgerindex";

/// Common prefix of the names of all chains, including the lists of chains and of tenants.
pub(crate) const CHAINS: &str = "ledger";

/// Sort key of a chain's head.
pub(crate) const HEAD: &str = "head";

/// The highest possible record number.
pub(crate) const LAST_RECORD: u64 = 999_999_999_999;

/// Prefix of the sort keys of markers that an entry is closed.
pub(crate) const CLOSED: &str = "closed#";

/// Prefix of the names of partitions with markers of spent approvals.
pub(crate) const SPENT: &str = "spent";

/// Returns the name of the chain that lists a tenant's chains.
pub(crate) fn index(tenant: &str) -> String {
    format!("{ROOT}#{}", part(tenant))
}

/// Returns the name of a chain of entries.
pub(crate) fn chain(tenant: &str, day: Day, shard: u8) -> String {
    format!("ledger#{}#{day}#{:x}", part(tenant), shard % SHARDS)
}

/// Returns the day of a chain of entries; `None` for any other text.
pub(crate) fn day_of(chain: &str) -> Option<Day> {
    let mut parts = chain.strip_prefix("ledger#")?.split('#');
    let (_tenant, day, _shard) = (parts.next()?, parts.next()?, parts.next()?);
    day.parse().ok()
}

/// Returns the tenant of a chain of entries or of a list of chains.
pub(crate) fn tenant_of(chain: &str) -> Option<String> {
    let part = match chain.strip_prefix(ROOT) {
        Some(list) => list.strip_prefix('#')?,
        None => chain.strip_prefix("ledger#")?.split('#').next()?,
    };
    Some(part.replace("%23", "#").replace("%25", "%"))
}

/// Returns a record number as it is spelled in keys: twelve digits, so that text order is numeric order.
pub(crate) fn number(seq: u64) -> String {
    format!("{seq:012}")
}

/// Returns the key of a chain's head.
pub(crate) fn head(chain: &str) -> Key {
    Key::new(chain, HEAD)
}

/// Returns the key of a record.
pub(crate) fn record(chain: &str, seq: u64) -> Key {
    Key::new(chain, number(seq))
}

/// Returns the key of the marker that an entry is closed. It is in the partition of the entry.
pub(crate) fn closed(chain: &str, seq: u64) -> Key {
    Key::new(chain, format!("{CLOSED}{}", number(seq)))
}

/// Returns the id of the entry that a record opens.
pub(crate) fn entry(chain: &str, seq: u64) -> EntryId {
    EntryId(format!("{chain} {}", number(seq)))
}

/// Returns the chain and the record number of an entry.
pub(crate) fn place(entry: &EntryId) -> Option<(&str, u64)> {
    let (chain, seq) = entry.0.rsplit_once(' ')?;
    Some((chain, seq.parse().ok()?))
}

/// Returns the id of an entry as addresses spell it, without the tenant: `2026-01-31-a-7`. `None` for a text that is no
/// id of this tenant's.
#[must_use]
pub fn short(tenant: &str, entry: &EntryId) -> Option<String> {
    let (chain, seq) = place(entry)?;
    let (day, shard) = chain.strip_prefix(&format!("ledger#{}#", part(tenant)))?.split_once('#')?;
    Some(format!("{day}-{shard}-{seq}"))
}

/// Returns the entry of a tenant that an address names; `None` for any other text.
#[must_use]
pub fn of_short(tenant: &str, text: &str) -> Option<EntryId> {
    let (rest, seq) = text.rsplit_once('-')?;
    let (day, shard) = rest.rsplit_once('-')?;
    let (day, shard): (Day, u8) = (day.parse().ok()?, u8::from_str_radix(shard, 16).ok()?);
    let seq: u64 = seq.parse().ok().filter(|seq| *seq > 0)?;
    let id = entry(&chain(tenant, day, shard), seq);
    // One spelling only.
    (short(tenant, &id)? == text).then_some(id)
}

/// Returns the partition of a tenant's markers of spent approvals, whose sort keys are the approval ids. One
/// partition suffices because people approve too seldom to make it hot.
pub(crate) fn spent_of(tenant: &str) -> String {
    format!("{SPENT}#{}", part(tenant))
}

/// Returns the key of the marker that an approval is spent.
pub(crate) fn spent(tenant: &str, approval: &ApprovalId) -> Key {
    Key::new(spent_of(tenant), approval.as_str())
}

/// Returns the partition of a person's own list. The same subject of another issuer is another person.
pub(crate) fn list_of(tenant: &str, issuer: &str, subject: &str) -> String {
    format!("user#{}#{}#{}", part(tenant), &hash(issuer)[..16], part(subject))
}

/// Returns the key of an entry in a person's own list, ordered by time.
pub(crate) fn own(list: &str, at: Millis, entry: &EntryId) -> Key {
    Key::new(list, format!("{}{}", own_from(at), entry.0))
}

/// Returns the sort key prefix for a time in a person's own list: thirteen digits, so that text order is time order.
pub(crate) fn own_from(at: Millis) -> String {
    format!("a#{:013}#", at.max(0))
}

/// Returns the time in a sort key of a person's own list.
pub(crate) fn own_at(sort: &str) -> Option<Millis> {
    sort.strip_prefix("a#")?.split('#').next()?.parse().ok()
}

/// Returns the SHA-256 digest in lower-case hexadecimal.
pub(crate) fn hash(text: &str) -> String {
    format!("{:x}", Sha256::digest(text.as_bytes()))
}

/// Escapes the separator `#`, so that no tenant or subject can produce another's keys.
pub(crate) fn part(text: &str) -> String {
    text.replace('%', "%25").replace('#', "%23")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn an_entry_id_gives_its_place_for_every_tenant_name() {
        for tenant in ["acme", "a b", "a#b", "a%23b", ""] {
            let chain = chain(tenant, Day::of(0).unwrap(), 17);
            let entry = entry(&chain, 7);
            assert_eq!(place(&entry), Some((chain.as_str(), 7)), "{tenant}");
            assert_eq!(day_of(&chain), Day::of(0), "{tenant}");
            assert_eq!(tenant_of(&chain).as_deref(), Some(tenant));
            assert_eq!(tenant_of(&index(tenant)).as_deref(), Some(tenant));
            assert_eq!(short(tenant, &entry).as_deref(), Some("1970-01-01-1-7"));
            assert_eq!(of_short(tenant, "1970-01-01-1-7"), Some(entry.clone()));
            assert_eq!(short("other", &entry), None);
            for bad in ["", "1970-01-01-1", "1970-01-01-1-0", "1970-01-01-11-7", "1970-01-01-1-07", "1970-01-01-1-x"] {
                assert_eq!(of_short(tenant, bad), None, "{bad}");
            }
        }
        assert_eq!((place(&EntryId("nowhere".into())), tenant_of(ROOT)), (None, None));
    }

    #[test]
    fn stored_names_keep_their_spelling() {
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
