//! In-memory personal records.

use super::lock;
use crate::Actor;
use crate::ports::{PersonalRecords, RecordKind, RecordVersion, Unavailable};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::Mutex;

type Place = (String, String, String, RecordKind);

/// Keeps records in memory.
#[derive(Debug, Default)]
pub struct MemoryRecords(Mutex<BTreeMap<Place, (Vec<u8>, u64)>>);

fn place(actor: &Actor, kind: RecordKind) -> Place {
    (actor.tenant().to_owned(), actor.issuer().to_owned(), actor.subject().to_owned(), kind)
}

#[async_trait]
impl PersonalRecords for MemoryRecords {
    async fn read(&self, actor: &Actor, kind: RecordKind) -> Result<(Vec<u8>, RecordVersion), Unavailable> {
        let (plain, version) = lock(&self.0).get(&place(actor, kind)).cloned().unwrap_or_default();
        Ok((plain, RecordVersion(version)))
    }

    async fn replace(
        &self,
        actor: &Actor,
        kind: RecordKind,
        plain: &[u8],
        version: RecordVersion,
    ) -> Result<bool, Unavailable> {
        // Others may write between a read and this write.
        tokio::task::yield_now().await;
        let mut records = lock(&self.0);
        let own = records.entry(place(actor, kind)).or_default();
        if own.1 != version.0 {
            return Ok(false);
        }
        *own = (plain.to_vec(), version.0 + 1);
        Ok(true)
    }
}
