//! The memory of used presigned requests: each is accepted once.

use super::SERVICE;
use agent::ports::Unavailable;
use async_trait::async_trait;
use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

/// Most requests that [`LocalReplayMemory`] remembers. Beyond, new ones are refused as "not now"; none is forgotten early.
const MOST_REMEMBERED: usize = 10_000;

/// The result of a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reservation {
    /// The signature was unknown and is reserved now.
    Reserved,
    /// The signature was used before.
    Used,
}

/// The memory of signatures. Instances that share doors must share it, or a signature counts once for each of them.
#[async_trait]
pub trait ReplayMemory: Debug + Send + Sync {
    /// Reserves a signature until `until`; both times are in seconds since 1970. Of two callers at once, one gets it.
    ///
    /// # Errors
    /// [`Unavailable`] if the memory cannot be reached or is full. The request must then be refused.
    async fn reserve(&self, signature: &str, now: i64, until: i64) -> Result<Reservation, Unavailable>;

    /// Releases a signature that was not accepted, so that guesses do not fill the memory.
    async fn release(&self, signature: &str);
}

/// The memory of one instance.
#[derive(Debug, Default)]
pub struct LocalReplayMemory(Mutex<HashMap<String, i64>>);

#[async_trait]
impl ReplayMemory for LocalReplayMemory {
    async fn reserve(&self, signature: &str, now: i64, until: i64) -> Result<Reservation, Unavailable> {
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if used.get(signature).is_some_and(|until| *until >= now) {
            return Ok(Reservation::Used);
        }
        if used.len() >= MOST_REMEMBERED {
            used.retain(|_, until| *until >= now);
        }
        if used.len() >= MOST_REMEMBERED {
            return Err(Unavailable::new(SERVICE, "too many presigned requests at once"));
        }
        used.insert(signature.to_owned(), until);
        Ok(Reservation::Reserved)
    }

    async fn release(&self, signature: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(signature);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_memory_of_used_requests_is_bounded_and_forgets_none_early() {
        let memory = LocalReplayMemory::default();
        for number in 0..MOST_REMEMBERED {
            assert_eq!(memory.reserve(&number.to_string(), 0, 900).await.unwrap(), Reservation::Reserved);
        }
        assert!(memory.reserve("one more", 900, 1800).await.is_err());
        assert_eq!(memory.reserve("7", 900, 1800).await.unwrap(), Reservation::Used);
        assert_eq!(memory.reserve("one more", 901, 1801).await.unwrap(), Reservation::Reserved);
        assert_eq!(memory.0.lock().unwrap().len(), 1);
        memory.release("one more").await;
        assert_eq!(memory.reserve("one more", 901, 1801).await.unwrap(), Reservation::Reserved);
    }
}
