//! The service's handle: stores behind a lock, for the routes, for seeding and for the sandbox's console. Must not
//! parse JSON requests.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sandbox_kit::{Clock, Sins};
use serde_json::Value;

use crate::error::{Code, Error};
use crate::model::Model;
use crate::store::{Store, Write};
use crate::tuple::Tuple;
use crate::ulid::{is_ulid, ulid};

/// Validator of bearer tokens: returns `true` for an accepted token.
pub type BearerCheck = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// A stand-in for the `OpenFGA` service. Clones share all state.
#[derive(Clone)]
pub struct Fga {
    inner: Arc<Inner>,
    pub(crate) bearer: Option<BearerCheck>,
    pub(crate) writer: Option<BearerCheck>,
}

struct Inner {
    clock: Clock,
    sins: Sins,
    stores: Mutex<BTreeMap<String, Store>>,
    unpinned: AtomicU64,
}

impl Fga {
    /// Creates a service without stores that requires no bearer token.
    #[must_use]
    pub fn new(clock: Clock, sins: Sins) -> Self {
        let inner = Inner { clock, sins, stores: Mutex::default(), unpinned: AtomicU64::new(0) };
        Self { inner: Arc::new(inner), bearer: None, writer: None }
    }

    /// Requires a bearer token that `check` accepts for every request except `/healthz`.
    #[must_use]
    pub fn require_bearer(self, check: BearerCheck) -> Self {
        Self { bearer: Some(check), ..self }
    }

    /// Lets only the tokens that `check` accepts write tuples, and lets them do nothing else, as a credential of Auth0 FGA
    /// with the permission *write and delete tuples*.
    #[must_use]
    pub fn require_writer(self, check: BearerCheck) -> Self {
        Self { writer: Some(check), ..self }
    }

    /// Creates a store with this id, a ULID, unless it exists.
    ///
    /// # Errors
    /// Returns an error if the id is not a ULID.
    pub fn create_store_with_id(&self, id: &str, name: &str) -> Result<(), Error> {
        if !is_ulid(id) {
            return Err(Error::validation(format!("'{id}' is not a ULID")));
        }
        let created = self.clock().millis();
        self.stores().entry(id.to_owned()).or_insert_with(|| Store::new(id.to_owned(), name.to_owned(), created));
        Ok(())
    }

    /// Adds a model in the service's JSON form as the store's latest model, and returns its id.
    ///
    /// # Errors
    /// Returns an error if the store does not exist or the model is invalid.
    pub fn write_model(&self, store: &str, json: Value) -> Result<String, Error> {
        let id = ulid(self.clock());
        let model = Model::parse(&id, json)?;
        self.with(store, |store| {
            store.models.push_front(Arc::new(model));
            Ok(id)
        })
    }

    /// Writes all tuples or none, validated against the store's latest model.
    ///
    /// # Errors
    /// Returns an error if the store or its model does not exist, the model does not allow a tuple, or a tuple exists
    /// already.
    pub fn write(&self, store: &str, tuples: Vec<Tuple>) -> Result<(), Error> {
        let now = self.clock().millis();
        self.with(store, |store| {
            let model = store.model(None)?;
            tuples
                .iter()
                .try_for_each(|tuple| model.admit(tuple))
                .map_err(|fault| Error::validation(fault.to_string()))?;
            store.write(Write { writes: tuples, ..Write::default() }, now)
        })
    }

    /// Deletes all tuples or none; conditions are ignored.
    ///
    /// # Errors
    /// Returns an error if the store or a tuple does not exist.
    pub fn delete(&self, store: &str, tuples: Vec<Tuple>) -> Result<(), Error> {
        let now = self.clock().millis();
        self.with(store, |store| store.write(Write { deletes: tuples, ..Write::default() }, now))
    }

    /// Returns all tuples of a store in the order of writing; empty if the store does not exist.
    #[must_use]
    pub fn tuples(&self, store: &str) -> Vec<Tuple> {
        let records = |store: &Store| store.records_after(0).map(|(_, record)| record.tuple.clone()).collect();
        self.stores().get(store).map(records).unwrap_or_default()
    }

    /// Returns the number of checks and batch checks without `authorization_model_id` or without `HIGHER_CONSISTENCY`.
    /// They are valid and answered, but the answer may be stale, so a product that relies on them for approvals is
    /// unsafe.
    #[must_use]
    pub fn unpinned_checks(&self) -> u64 {
        self.inner.unpinned.load(Ordering::Relaxed)
    }

    pub(crate) fn count_unpinned(&self) {
        self.inner.unpinned.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    pub(crate) fn sin(&self, what: impl Into<String>) {
        self.inner.sins.commit("fga", what);
    }

    pub(crate) fn stores(&self) -> MutexGuard<'_, BTreeMap<String, Store>> {
        self.inner.stores.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `act` on the store, or returns an error if the store does not exist.
    pub(crate) fn with<T>(&self, id: &str, act: impl FnOnce(&mut Store) -> Result<T, Error>) -> Result<T, Error> {
        act(self.stores().get_mut(id).ok_or_else(|| Error::new(Code::StoreNotFound, "Store ID not found"))?)
    }
}

impl fmt::Debug for Fga {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fga").field("stores", &self.stores().len()).field("bearer", &self.bearer.is_some()).finish()
    }
}
