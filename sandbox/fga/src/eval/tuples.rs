//! An index of tuples by object and relation. Must not depend on a model or check whether it allows a tuple.

use std::collections::BTreeMap;

use crate::tuple::{Object, Tuple};

/// A set of tuples with at most one for each user, relation and object.
#[derive(Debug, Clone, Default)]
pub struct Tuples(BTreeMap<Object, BTreeMap<String, Vec<Tuple>>>);

impl Tuples {
    /// Inserts a tuple. Replaces one with the same user, relation and object.
    pub fn insert(&mut self, tuple: Tuple) {
        let list = self.0.entry(tuple.object.clone()).or_default().entry(tuple.relation.clone()).or_default();
        list.retain(|other| other.user != tuple.user);
        list.push(tuple);
    }

    /// Removes the tuple with the same user, relation and object; conditions are ignored.
    pub fn remove(&mut self, tuple: &Tuple) {
        if let Some(list) = self.0.get_mut(&tuple.object).and_then(|relations| relations.get_mut(&tuple.relation)) {
            list.retain(|other| other.user != tuple.user);
        }
    }

    /// Finds the tuple with the same user, relation and object; conditions are ignored.
    #[must_use]
    pub fn find(&self, tuple: &Tuple) -> Option<&Tuple> {
        self.of(&tuple.object, &tuple.relation).iter().find(|other| other.user == tuple.user)
    }

    /// Returns all tuples of one relation of one object.
    #[must_use]
    pub fn of(&self, object: &Object, relation: &str) -> &[Tuple] {
        self.0.get(object).and_then(|relations| relations.get(relation)).map(Vec::as_slice).unwrap_or_default()
    }

    /// Iterates over all tuples.
    pub fn iter(&self) -> impl Iterator<Item = &Tuple> {
        self.0.values().flat_map(BTreeMap::values).flatten()
    }

    /// Iterates over all objects for which tuples were inserted.
    pub fn objects(&self) -> impl Iterator<Item = &Object> {
        self.0.keys()
    }
}

impl Extend<Tuple> for Tuples {
    fn extend<I: IntoIterator<Item = Tuple>>(&mut self, tuples: I) {
        tuples.into_iter().for_each(|tuple| self.insert(tuple));
    }
}

impl FromIterator<Tuple> for Tuples {
    fn from_iter<I: IntoIterator<Item = Tuple>>(tuples: I) -> Self {
        let mut all = Self::default();
        all.extend(tuples);
        all
    }
}
