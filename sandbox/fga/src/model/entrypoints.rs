//! Finds the relations that can have a member at all, from the model alone. Must not depend on tuples.

use std::collections::BTreeSet;

use super::{Form, Model, Relation, Rewrite};

impl Model {
    /// Returns the relations, as (type, name), that some tuple can reach: the smallest set closed under the rewrites.
    pub(super) fn entrypoints(&self) -> BTreeSet<(&str, &str)> {
        let mut found = BTreeSet::new();
        loop {
            let before = found.len();
            for (kind, relations) in &self.types {
                for (name, relation) in relations {
                    if self.has_entrypoint(kind, relation, &relation.rewrite, &found) {
                        found.insert((kind.as_str(), name.as_str()));
                    }
                }
            }
            if found.len() == before {
                return found;
            }
        }
    }

    fn has_entrypoint(
        &self,
        kind: &str,
        relation: &Relation,
        rewrite: &Rewrite,
        found: &BTreeSet<(&str, &str)>,
    ) -> bool {
        let operand = |operand: &Rewrite| self.has_entrypoint(kind, relation, operand, found);
        match rewrite {
            Rewrite::This => relation.allowed.iter().any(|allowed| match &allowed.form {
                Form::Object | Form::Wildcard => true,
                Form::Userset(other) => found.contains(&(allowed.kind.as_str(), other.as_str())),
            }),
            Rewrite::Computed(other) => found.contains(&(kind, other.as_str())),
            Rewrite::From { relation: followed, tupleset } => {
                let parents =
                    self.relation(kind, tupleset).map(|tupleset| tupleset.allowed.as_slice()).unwrap_or_default();
                parents.iter().any(|parent| found.contains(&(parent.kind.as_str(), followed.as_str())))
            }
            Rewrite::Union(operands) => operands.iter().any(operand),
            Rewrite::Intersection(operands) => operands.iter().all(operand),
            Rewrite::Difference(base, subtract) => operand(base) && operand(subtract),
        }
    }
}
