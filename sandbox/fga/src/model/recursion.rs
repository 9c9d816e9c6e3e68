//! Recursion within one relation, such as nested groups. The service either resolves it by breadth-first search, in
//! which a cycle of tuples is an ordinary denial, or follows it like any other relation, in which a cycle is a third
//! result. Must not depend on tuples.

use std::collections::{BTreeMap, BTreeSet};

use super::paths::Source;
use super::{Form, Model, Relation, Rewrite};

/// The service's treatment of plain recursion under a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Recursion {
    Walked,
    Followed,
}

/// Number of tuples between a user and a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Hops {
    One,
    More,
}

/// The types whose objects can have each relation, by type and relation name.
type Terminals<'m> = BTreeMap<(&'m str, &'m str), BTreeSet<&'m str>>;

impl Model {
    /// Determines the treatment of plain recursion. The service assigns weights to a model before it uses breadth-first
    /// search. It cannot do so if an `and` or a `but not` lies on a cycle of relations or can be satisfied by no type,
    /// or if a `from` names parents that do not define its relation.
    pub(super) fn weigh(&self) -> Recursion {
        let terminals = self.terminals();
        let all = self
            .types
            .iter()
            .flat_map(|(kind, relations)| relations.iter().map(move |(name, relation)| (kind, name, relation)));
        let mut weighable =
            all.map(|(kind, name, relation)| self.is_weighable(kind, name, relation, &relation.rewrite, &terminals));
        if weighable.all(|weighable| weighable) { Recursion::Walked } else { Recursion::Followed }
    }

    fn is_weighable(
        &self,
        kind: &str,
        name: &str,
        relation: &Relation,
        rewrite: &Rewrite,
        terminals: &Terminals<'_>,
    ) -> bool {
        let passable = match rewrite {
            Rewrite::Intersection(_) | Rewrite::Difference(..) => {
                let on_cycle = rewrite.leaves().into_iter().any(|leaf| self.leads_back(kind, name, relation, leaf));
                !on_cycle && !self.passing(kind, relation, rewrite, terminals).is_empty()
            }
            Rewrite::From { relation, tupleset } => {
                self.parents(kind, tupleset).all(|parent| self.has_relation(parent, relation))
            }
            Rewrite::This | Rewrite::Computed(_) | Rewrite::Union(_) => true,
        };
        passable
            && rewrite.operands().into_iter().all(|operand| self.is_weighable(kind, name, relation, operand, terminals))
    }

    /// Returns `true` if the relation can be reached from this leaf of its own definition.
    fn leads_back(&self, kind: &str, name: &str, relation: &Relation, leaf: &Rewrite) -> bool {
        let back = |of: &str, other: &str| self.reaches(Source::Userset(kind, name), of, other);
        match leaf {
            Rewrite::This => relation
                .allowed
                .iter()
                .any(|allowed| matches!(&allowed.form, Form::Userset(other) if back(&allowed.kind, other))),
            Rewrite::Computed(other) => back(kind, other),
            Rewrite::From { relation, tupleset } => self.parents(kind, tupleset).any(|parent| back(parent, relation)),
            Rewrite::Union(_) | Rewrite::Intersection(_) | Rewrite::Difference(..) => false,
        }
    }

    fn terminals(&self) -> Terminals<'_> {
        let mut terminals = Terminals::new();
        loop {
            let before: usize = terminals.values().map(BTreeSet::len).sum();
            for (kind, relations) in &self.types {
                for (name, relation) in relations {
                    let found = self.passing(kind, relation, &relation.rewrite, &terminals);
                    terminals.insert((kind, name), found);
                }
            }
            if terminals.values().map(BTreeSet::len).sum::<usize>() == before {
                return terminals;
            }
        }
    }

    /// Returns the types whose objects can satisfy a rewrite.
    fn passing<'m>(
        &'m self,
        kind: &str,
        relation: &'m Relation,
        rewrite: &'m Rewrite,
        terminals: &Terminals<'m>,
    ) -> BTreeSet<&'m str> {
        let of = |kind: &str, name: &str| terminals.get(&(kind, name)).cloned().unwrap_or_default();
        let operand = |operand: &'m Rewrite| self.passing(kind, relation, operand, terminals);
        match rewrite {
            Rewrite::This => relation
                .allowed
                .iter()
                .flat_map(|allowed| match &allowed.form {
                    Form::Object | Form::Wildcard => BTreeSet::from([allowed.kind.as_str()]),
                    Form::Userset(other) => of(&allowed.kind, other),
                })
                .collect(),
            Rewrite::Computed(other) => of(kind, other),
            Rewrite::From { relation, tupleset } => {
                self.parents(kind, tupleset).flat_map(|parent| of(parent, relation)).collect()
            }
            Rewrite::Union(operands) => operands.iter().flat_map(operand).collect(),
            Rewrite::Intersection(operands) => operands
                .iter()
                .map(operand)
                .reduce(|all, next| all.intersection(&next).copied().collect())
                .unwrap_or_default(),
            Rewrite::Difference(base, _) => operand(base),
        }
    }

    /// Returns `true` if `kind#name` recurses in exactly one way, onto itself and only through unions, while everything
    /// else that leads to the type `user` is one tuple away. The service resolves such relations by breadth-first
    /// search, so a cycle of tuples is an ordinary denial there.
    pub(crate) fn recurses_plainly(&self, kind: &str, name: &str, user: &str) -> bool {
        let Some(relation) = self.relation(kind, name).filter(|_| self.recursion == Recursion::Walked) else {
            return false;
        };
        let mut recursions = 0;
        self.is_plain(kind, name, &relation.rewrite, user, &mut recursions) && recursions == 1
    }

    fn is_plain(&self, kind: &str, name: &str, rewrite: &Rewrite, user: &str, recursions: &mut usize) -> bool {
        match rewrite {
            Rewrite::Union(operands) => {
                operands.iter().all(|operand| self.is_plain(kind, name, operand, user, recursions))
            }
            Rewrite::This => {
                let allowed = self.relation(kind, name).map(|relation| relation.allowed.as_slice()).unwrap_or_default();
                let is_self = |form: &Form, of: &str| of == kind && *form == Form::Userset(name.to_owned());
                *recursions += usize::from(allowed.iter().any(|allowed| is_self(&allowed.form, &allowed.kind)));
                allowed.iter().all(|allowed| match &allowed.form {
                    Form::Object | Form::Wildcard => true,
                    form if is_self(form, &allowed.kind) => true,
                    Form::Userset(other) => !self.reaches(Source::Type(user), &allowed.kind, other),
                })
            }
            Rewrite::From { relation, tupleset } => self.parents(kind, tupleset).all(|parent| {
                let is_self = parent == kind && relation == name;
                *recursions += usize::from(is_self);
                is_self || !self.reaches(Source::Type(user), parent, relation)
            }),
            Rewrite::Computed(_) | Rewrite::Intersection(_) | Rewrite::Difference(..) => {
                self.hops(kind, name, rewrite, user, &mut vec![name]).is_none_or(|hops| hops == Hops::One)
            }
        }
    }

    /// Returns the maximum distance of the type `user` from a rewrite; `None` if the type cannot reach it. `path`
    /// contains the computed relations entered.
    fn hops<'m>(
        &'m self,
        kind: &str,
        name: &'m str,
        rewrite: &'m Rewrite,
        user: &str,
        path: &mut Vec<&'m str>,
    ) -> Option<Hops> {
        let mut operand = |operand: &'m Rewrite| self.hops(kind, name, operand, user, path);
        match rewrite {
            Rewrite::This => {
                let allowed = self.relation(kind, name).map(|relation| relation.allowed.as_slice()).unwrap_or_default();
                allowed
                    .iter()
                    .filter_map(|allowed| match &allowed.form {
                        Form::Object | Form::Wildcard => (allowed.kind == user).then_some(Hops::One),
                        Form::Userset(other) => {
                            self.reaches(Source::Type(user), &allowed.kind, other).then_some(Hops::More)
                        }
                    })
                    .max()
            }
            Rewrite::Computed(other) => {
                if path.contains(&other.as_str()) {
                    return Some(Hops::More);
                }
                path.push(other);
                let hops = self
                    .relation(kind, other)
                    .and_then(|relation| self.hops(kind, other, &relation.rewrite, user, path));
                path.pop();
                hops
            }
            Rewrite::From { relation, tupleset } => self
                .parents(kind, tupleset)
                .any(|parent| self.reaches(Source::Type(user), parent, relation))
                .then_some(Hops::More),
            Rewrite::Union(operands) => operands.iter().filter_map(operand).max(),
            Rewrite::Intersection(operands) => {
                operands.iter().map(operand).collect::<Option<Vec<_>>>()?.into_iter().max()
            }
            Rewrite::Difference(base, subtract) => {
                operand(base).max(operand(subtract)).filter(|_| operand(base).is_some())
            }
        }
    }
}
