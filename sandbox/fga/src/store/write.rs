//! Atomic writes and deletes of tuples. Must not validate tuples against a model, which the caller has done.

use super::{Change, Operation, Record, Store};
use crate::error::{Code, Error};
use crate::tuple::Tuple;

/// Maximum number of tuples in a request, writes and deletes together.
const MAX_TUPLES: usize = 100;

/// Behaviour if a tuple to write exists already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OnDuplicate {
    #[default]
    Error,
    Ignore,
}

/// Behaviour if a tuple to delete does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OnMissing {
    #[default]
    Error,
    Ignore,
}

/// A write request.
#[derive(Debug, Default)]
pub(crate) struct Write {
    pub(crate) writes: Vec<Tuple>,
    pub(crate) deletes: Vec<Tuple>,
    pub(crate) on_duplicate: OnDuplicate,
    pub(crate) on_missing: OnMissing,
}

impl Write {
    /// Checks the request independently of the store's content.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let all: Vec<&Tuple> = self.deletes.iter().chain(&self.writes).collect();
        if all.is_empty() {
            let message = "Invalid input. Make sure you provide at least one write, or at least one delete";
            return Err(Error::new(Code::InvalidWriteInput, message));
        }
        for (place, tuple) in all.iter().enumerate() {
            if all[..place].iter().any(|other| other.same(tuple)) {
                return Err(Error::new(Code::DuplicateTuples, format!("duplicate tuple in write: {}", parts(tuple))));
            }
        }
        if all.len() > MAX_TUPLES {
            let message = format!("The number of write operations exceeds the allowed limit of {MAX_TUPLES}");
            return Err(Error::new(Code::ExceededEntityLimit, message));
        }
        Ok(())
    }
}

impl Store {
    /// Applies the whole request, or leaves the store unchanged.
    pub(crate) fn write(&mut self, request: Write, now: i64) -> Result<(), Error> {
        request.check()?;
        let deletes = self.deletable(&request)?;
        let writes = self.writable(&request)?;
        for tuple in deletes {
            self.records.retain(|_, record| !record.tuple.same(&tuple));
            self.index.remove(&tuple);
            self.changes.push(Change {
                tuple: Tuple { condition: None, ..tuple },
                operation: Operation::Delete,
                at: now,
            });
        }
        for tuple in writes {
            self.records.insert(self.next, Record { tuple: tuple.clone(), written: now });
            self.next += 1;
            self.index.insert(tuple.clone());
            self.changes.push(Change { tuple, operation: Operation::Write, at: now });
        }
        Ok(())
    }

    fn deletable(&self, request: &Write) -> Result<Vec<Tuple>, Error> {
        let mut deletes = Vec::new();
        for tuple in &request.deletes {
            match (self.index.find(tuple), request.on_missing) {
                (Some(stored), _) => deletes.push(stored.clone()),
                (None, OnMissing::Ignore) => {}
                (None, OnMissing::Error) => return Err(failed("delete a tuple which does not exist", tuple)),
            }
        }
        Ok(deletes)
    }

    fn writable(&self, request: &Write) -> Result<Vec<Tuple>, Error> {
        let mut writes = Vec::new();
        for tuple in &request.writes {
            match (self.index.find(tuple), request.on_duplicate) {
                (None, _) => writes.push(tuple.clone()),
                (Some(_), OnDuplicate::Error) => return Err(failed("write a tuple which already exists", tuple)),
                (Some(stored), OnDuplicate::Ignore) if stored.condition == tuple.condition => {}
                (Some(_), OnDuplicate::Ignore) => {
                    let reason = "attempted to write a tuple which already exists with a different condition";
                    let message = format!("transactional write failed due to conflict: {reason}: {}", parts(tuple));
                    return Err(Error::new(Code::Aborted, message));
                }
            }
        }
        Ok(writes)
    }
}

fn parts(tuple: &Tuple) -> String {
    format!("user: '{}', relation: '{}', object: '{}'", tuple.user, tuple.relation, tuple.object)
}

fn failed(what: &str, tuple: &Tuple) -> Error {
    let reason = "tuple to be written already existed or the tuple to be deleted did not exist";
    Error::new(Code::WriteFailed, format!("cannot {what}: {}: {reason}", parts(tuple)))
}
