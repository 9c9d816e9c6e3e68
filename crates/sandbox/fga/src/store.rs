//! One store: its models, tuples, changes and assertions. It must never know HTTP.

mod write;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde_json::Value;

pub(crate) use write::{OnDuplicate, OnMissing, Write};

use crate::error::{Code, Error};
use crate::eval::Tuples;
use crate::model::Model;
use crate::tuple::Tuple;

/// A store.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Milliseconds since 1970.
    pub(crate) created: i64,
    /// Newest first.
    pub(crate) models: VecDeque<Arc<Model>>,
    /// By the order of writing, which pages follow.
    records: BTreeMap<u64, Record>,
    /// The same tuples, for the evaluator.
    index: Tuples,
    pub(crate) changes: Vec<Change>,
    /// By model.
    pub(crate) assertions: BTreeMap<String, Value>,
    next: u64,
}

/// A stored tuple and when it was written, in milliseconds since 1970.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) tuple: Tuple,
    pub(crate) written: i64,
}

/// What happened to a tuple.
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

    /// The model that is named, or the newest.
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

    /// The stored tuples, for the evaluator.
    pub(crate) fn tuples(&self) -> &Tuples {
        &self.index
    }

    /// The stored tuples after the one with this number, with their numbers, in the order of writing.
    pub(crate) fn records_after(&self, number: u64) -> impl Iterator<Item = (u64, &Record)> {
        self.records.range(number + 1..).map(|(number, record)| (*number, record))
    }
}
