//! A store with its models, tuples, change log and assertions. Must not depend on HTTP.

mod write;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde_json::Value;

pub(crate) use write::{OnDuplicate, OnMissing, Write};

use crate::error::{Code, Error};
use crate::eval::Tuples;
use crate::model::Model;
use crate::tuple::Tuple;

/// A store of the service.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) id: String,
    pub(crate) name: String,
    /// In milliseconds since 1970.
    pub(crate) created: i64,
    /// Newest first.
    pub(crate) models: VecDeque<Arc<Model>>,
    /// Tuples by sequence number of writing, the order of pages.
    records: BTreeMap<u64, Record>,
    /// The same tuples, indexed for the evaluator.
    index: Tuples,
    pub(crate) changes: Vec<Change>,
    /// Assertions by model id.
    pub(crate) assertions: BTreeMap<String, Value>,
    next: u64,
}

/// A stored tuple, with the time of writing in milliseconds since 1970.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) tuple: Tuple,
    pub(crate) written: i64,
}

/// The change to a tuple.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Write,
    Delete,
}

/// An entry of the change log; `at` is in milliseconds since 1970.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) tuple: Tuple,
    pub(crate) operation: Operation,
    pub(crate) at: i64,
}

impl Store {
    pub(crate) fn new(id: String, name: String, created: i64) -> Self {
        Self {
            id,
            name,
            created,
            models: VecDeque::new(),
            records: BTreeMap::new(),
            index: Tuples::default(),
            changes: Vec::new(),
            assertions: BTreeMap::new(),
            next: 1,
        }
    }

    /// Returns the model with this id, or the latest model.
    pub(crate) fn model(&self, id: Option<&str>) -> Result<Arc<Model>, Error> {
        match id {
            Some(id) => self
                .models
                .iter()
                .find(|model| model.id() == id)
                .cloned()
                .ok_or_else(|| Error::new(Code::ModelNotFound, format!("Authorization Model '{id}' not found"))),
            None => self.models.front().cloned().ok_or_else(|| {
                Error::new(Code::LatestModelNotFound, format!("No authorization models found for store '{}'", self.id))
            }),
        }
    }

    /// Returns the stored tuples, indexed for the evaluator.
    pub(crate) fn tuples(&self) -> &Tuples {
        &self.index
    }

    /// Iterates over the stored tuples after this sequence number, in the order of writing, with their sequence
    /// numbers.
    pub(crate) fn records_after(&self, number: u64) -> impl Iterator<Item = (u64, &Record)> {
        self.records.range(number + 1..).map(|(number, record)| (*number, record))
    }
}
