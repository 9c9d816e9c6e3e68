//! Personal records as values: read, and changed by one writer at a time.

use crate::Actor;
use crate::ports::{PersonalRecords, RecordKind, RecordVersion, Unavailable};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Returns a person's record of this kind; an empty one if there is none.
///
/// # Errors
/// [`Unavailable`], also for a record that is not of the type `T`.
pub async fn read<T: DeserializeOwned + Default>(
    records: &dyn PersonalRecords,
    actor: &Actor,
    kind: RecordKind,
) -> Result<T, Unavailable> {
    Ok(read_version(records, actor, kind).await?.0)
}

/// Changes a person's record of this kind and returns what `change` does; repeats it, which must be idempotent, on what
/// others have written meanwhile. A record that `change` leaves as it was is not written.
///
/// # Errors
/// [`Unavailable`], also for a record that is not of the type `T`: it is never overwritten.
pub async fn change<T, R>(
    records: &dyn PersonalRecords,
    actor: &Actor,
    kind: RecordKind,
    change: impl Fn(&mut T) -> R + Send + Sync,
) -> Result<R, Unavailable>
where
    T: DeserializeOwned + Serialize + Default + Clone + PartialEq + Send + Sync,
    R: Send,
{
    for _ in 0..kind.attempts() {
        let (before, version) = read_version::<T>(records, actor, kind).await?;
        let mut after = before.clone();
        let result = change(&mut after);
        if after == before {
            return Ok(result);
        }
        let plain = serde_json::to_vec(&after).map_err(|error| Unavailable::new(kind.service(), error.to_string()))?;
        if records.replace(actor, kind, &plain, version).await? {
            return Ok(result);
        }
    }
    Err(Unavailable::new(kind.service(), format!("the record {} changes too fast", kind.name())))
}

async fn read_version<T: DeserializeOwned + Default>(
    records: &dyn PersonalRecords,
    actor: &Actor,
    kind: RecordKind,
) -> Result<(T, RecordVersion), Unavailable> {
    let (plain, version) = records.read(actor, kind).await?;
    if version == RecordVersion(0) {
        return Ok((T::default(), version));
    }
    // The error of the parser may quote the record.
    let record = serde_json::from_slice(&plain);
    let record =
        record.map_err(|_| Unavailable::new(kind.service(), format!("the record {} cannot be read", kind.name())));
    Ok((record?, version))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::fakes::{MemoryRecords, actor};

    const KIND: RecordKind = RecordKind::ActivityFilters;

    #[tokio::test]
    async fn a_record_is_changed_by_several_at_once_and_written_only_if_it_differs() {
        let (records, ada) = (MemoryRecords::default(), actor("ada"));
        let add = |number: u8| change(&records, &ada, KIND, move |all: &mut Vec<u8>| all.push(number));
        let (one, two, three) = futures::join!(add(1), add(2), add(3));
        assert!(one.is_ok() && two.is_ok() && three.is_ok());
        let mut all: Vec<u8> = read(&records, &ada, KIND).await.unwrap();
        all.sort_unstable();
        assert_eq!(all, [1, 2, 3]);
        let version = records.read(&ada, KIND).await.unwrap().1;
        assert_eq!(change(&records, &ada, KIND, |all: &mut Vec<u8>| all.len()).await.unwrap(), 3);
        assert_eq!(records.read(&ada, KIND).await.unwrap().1, version);
    }

    #[tokio::test]
    async fn a_record_that_cannot_be_read_is_neither_taken_for_none_nor_overwritten() {
        for broken in [&b""[..], b"{", b"\"text\""] {
            let (records, ada) = (MemoryRecords::default(), actor("ada"));
            assert!(records.replace(&ada, KIND, broken, RecordVersion(0)).await.unwrap());
            assert!(read::<Vec<u8>>(&records, &ada, KIND).await.is_err());
            let changed = change(&records, &ada, KIND, |all: &mut Vec<u8>| all.push(1)).await;
            assert!(changed.unwrap_err().cause.contains("cannot be read"));
            assert_eq!(records.read(&ada, KIND).await.unwrap().0, broken);
        }
    }
}
