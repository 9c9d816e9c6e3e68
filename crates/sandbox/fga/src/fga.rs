//! The handle: stores behind a lock, for the routes, for seeding and for the sandbox's console. It must never know JSON requests.

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

/// Whether a bearer token is accepted.
pub type BearerCheck = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// A stand-in of the `OpenFGA` service. Clones share everything.
#[derive(Clone)]
pub struct Fga {
    inner: Arc<Inner>,
    pub(crate) bearer: Option<BearerCheck>,
}

struct Inner {
    clock: Clock,
    sins: Sins,
    stores: Mutex<BTreeMap<String, Store>>,
    unpinned: AtomicU64,
}

impl Fga {
    /// A service without stores that asks for no token.
    #[must_use]
    pub fn new(clock: Clock, sins: Sins) -> Self {
        let inner = Inner { clock, sins, stores: Mutex::default(), unpinned: AtomicU64::new(0) };
        Self { inner: Arc::new(inner), bearer: None }
    }

    /// Asks every request but `/healthz` for a bearer token that `check` accepts.
    #[must_use]
    pub fn require_bearer(self, check: BearerCheck) -> Self {
        Self { bearer: Some(check), ..self }
    }

    /// Makes a store of this id, an ULID, unless there is one.
    ///
    /// # Errors
    /// When the id is no ULID.
    pub fn create_store_with_id(&self, id: &str, name: &str) -> Result<(), Error> {
        if !is_ulid(id) {
            return Err(Error::validation(format!("'{id}' is no ULID")));
        }
        let created = self.clock().millis();
        self.stores().entry(id.to_owned()).or_insert_with(|| Store::new(id.to_owned(), name.to_owned(), created));
        Ok(())
    }

    /// Adds a model in the service's JSON form, which becomes the store's newest, and gives its id.
    ///
    /// # Errors
    /// When there is no such store, or the model is refused.
    pub fn write_model(&self, store: &str, json: Value) -> Result<String, Error> {
        let id = ulid(self.clock());
        let model = Model::parse(&id, json)?;
        self.with(store, |store| {
            store.models.push_front(Arc::new(model));
            Ok(id)
        })
    }

    /// Writes tuples under the store's newest model, all or none.
    ///
    /// # Errors
    /// When there is no such store or no model, the model does not admit a tuple, or a tuple exists.
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

    /// Deletes tuples, all or none. Conditions do not count.
    ///
    /// # Errors
    /// When there is no such store, or a tuple does not exist.
    pub fn delete(&self, store: &str, tuples: Vec<Tuple>) -> Result<(), Error> {
        let now = self.clock().millis();
        self.with(store, |store| store.write(Write { deletes: tuples, ..Write::default() }, now))
    }

    /// All tuples of a store, in the order of writing; none when there is no such store.
    #[must_use]
    pub fn tuples(&self, store: &str) -> Vec<Tuple> {
        let records = |store: &Store| store.records_after(0).map(|(_, record)| record.tuple.clone()).collect();
        self.stores().get(store).map(records).unwrap_or_default()
    }

    /// How many checks and batches of checks came without `authorization_model_id` or without `HIGHER_CONSISTENCY`. They are
    /// legal and answered, but an answer to them may be stale, so a product that approves by them counts as unsafe.
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

    /// Does something with a store.
    pub(crate) fn with<T>(&self, id: &str, act: impl FnOnce(&mut Store) -> Result<T, Error>) -> Result<T, Error> {
        act(self.stores().get_mut(id).ok_or_else(|| Error::new(Code::StoreNotFound, "Store ID not found"))?)
    }
}

impl fmt::Debug for Fga {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fga").field("stores", &self.stores().len()).field("bearer", &self.bearer.is_some()).finish()
    }
}
