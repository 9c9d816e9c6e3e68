//! The newest head of each chain that this instance has seen. Chains only grow, so everything read later must contain
//! it. A restart forgets them: only the heads in a witness's file outlive the process.

use crate::chains::Chains;
use crate::record::{Head, Record};
use agent::ports::Unavailable;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Maximum number of remembered chains. An instance writes to two or three chains for each tenant and day.
const MOST_CHAINS: usize = 4096;

/// A position in a chain: the number of a record and its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) seq: u64,
    pub(crate) hash: String,
}

/// The reason for which a chain does not contain what was seen of it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Regression {
    #[error("the chain is gone, its record {0} was seen before")]
    Gone(u64),
    #[error("the head was put back to record {found}, record {seen} was seen before")]
    PutBack { found: u64, seen: u64 },
    #[error("record {0} was removed or replaced since the chain was last seen")]
    Replaced(u64),
    /// The chain could not be read.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The newest position seen of each chain.
#[derive(Debug, Default)]
pub(crate) struct SeenHeads(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    points: HashMap<String, (Point, u64)>,
    /// Counter of uses, by which the least recently used chain is forgotten first.
    uses: u64,
}

impl SeenHeads {
    /// Returns the newest position seen of a chain.
    pub(crate) fn of(&self, chain: &str) -> Option<Point> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.points.get(chain).map(|(point, _)| point.clone())
    }

    /// Remembers a head that was written, or that was read and found to contain what was seen before.
    pub(crate) fn note(&self, head: &Head) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.uses += 1;
        let uses = seen.uses;
        if let Some((point, used)) = seen.points.get_mut(&head.chain) {
            *used = uses;
            if point.seq < head.seq {
                *point = Point::of(head);
            }
            return;
        }
        if seen.points.len() >= MOST_CHAINS
            && let Some(oldest) = seen.points.iter().min_by_key(|(_, (_, used))| *used).map(|(chain, _)| chain.clone())
        {
            seen.points.remove(&oldest);
        }
        seen.points.insert(head.chain.clone(), (Point::of(head), uses));
    }
}

impl Point {
    pub(crate) fn of(head: &Head) -> Self {
        Self { seq: head.seq, hash: head.hash.clone() }
    }

    /// Verifies that a head read after this position was seen contains it: an unbroken sequence of records connects
    /// the two.
    pub(crate) async fn check(&self, head: Option<&Head>, chain: &str, chains: &Chains) -> Result<(), Regression> {
        let head = head.ok_or(Regression::Gone(self.seq))?;
        if head.seq < self.seq {
            return Err(Regression::PutBack { found: head.seq, seen: self.seq });
        }
        let mut at = self.clone();
        if at.seq < head.seq {
            let record = chains.record(chain, at.seq).await?;
            record.filter(|record| record.hash == at.hash && record.is_whole()).ok_or(Regression::Replaced(at.seq))?;
        }
        while at.seq < head.seq {
            let next = at.seq + 1;
            let rows = chains.some_after(chain, at.seq).await?;
            for row in &rows {
                let record = Record::read(chain, row)?;
                if record.seq != at.seq + 1 || record.previous != at.hash || !record.is_whole() {
                    return Err(Regression::Replaced(at.seq + 1));
                }
                at = Self { seq: record.seq, hash: record.hash };
                if at.seq == head.seq {
                    break;
                }
            }
            if rows.is_empty() {
                return Err(Regression::Replaced(next));
            }
        }
        if at.hash == head.hash { Ok(()) } else { Err(Regression::Replaced(at.seq)) }
    }
}
