//! Lists the users who have a relation to an object. Must not depend on the form of the response.

use std::collections::BTreeMap;

use super::{Fault, MAX_DEPTH, World};
use crate::model::{Rewrite, Source};
use crate::tuple::{Object, User};

/// The requested users: those of a type or, with a relation, the usersets `type#relation`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserFilter {
    /// Type of the users.
    pub kind: String,
    /// Relation of the usersets.
    pub relation: Option<String>,
}

/// Returns the set of users matching the filter who have `relation` to `object`. A wildcard is a single entry and does
/// not imply every user, because individual users may be subtracted from it.
///
/// # Errors
/// Returns an error if any part of the search could not be evaluated.
pub fn list_users(world: World<'_>, object: &Object, relation: &str, filter: &UserFilter) -> Result<Vec<User>, Fault> {
    let source = match &filter.relation {
        Some(relation) => Source::Userset(&filter.kind, relation),
        None => Source::Type(&filter.kind),
    };
    if !world.model.reaches_first(source, &object.kind, relation) {
        return Ok(Vec::new());
    }
    let found = Search { world, filter }.expand(object, relation, &[])?;
    Ok(found.users.into_iter().filter(|(_, standing)| *standing == Standing::Has).map(|(user, _)| user).collect())
}

/// Membership of a user in a result: included, or excluded from a wildcard that is included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Excepted,
    Has,
}

/// The result of a branch.
#[derive(Debug, Default)]
struct Found {
    users: BTreeMap<User, Standing>,
    /// `true` if the branch encountered a cycle. Matters only on the subtracted side of a difference.
    cycle: bool,
}

impl Found {
    fn add(&mut self, user: User, standing: Standing) {
        let entry = self.users.entry(user).or_insert(standing);
        *entry = standing.max(*entry);
    }

    fn absorb(&mut self, other: Found) {
        other.users.into_iter().for_each(|(user, standing)| self.add(user, standing));
    }

    /// Returns only the included users, without the cycle: what a union and an intersection pass on.
    fn settled(self) -> impl Iterator<Item = User> {
        self.users.into_iter().filter(|(_, standing)| *standing == Standing::Has).map(|(user, _)| user)
    }
}

#[derive(Clone, Copy)]
struct Search<'a> {
    world: World<'a>,
    filter: &'a UserFilter,
}

type Path<'p> = &'p [(&'p Object, &'p str)];

impl Search<'_> {
    fn expand(self, object: &Object, name: &str, path: Path<'_>) -> Result<Found, Fault> {
        let mut found = Found::default();
        // Unlike in a check, computed relations count towards the depth.
        if path.len() >= MAX_DEPTH {
            return Err(Fault::TooComplex);
        }
        if path.contains(&(object, name)) {
            found.cycle = true;
            return Ok(found);
        }
        if object.kind == self.filter.kind && self.filter.relation.as_deref() == Some(name) {
            found.add(User::Userset(object.clone(), name.to_owned()), Standing::Has);
        }
        let Some(relation) = self.world.model.relation(&object.kind, name) else { return Ok(found) };
        let path: Vec<_> = path.iter().copied().chain([(object, name)]).collect();
        let rest = self.rewrite(object, name, &relation.rewrite, &path)?;
        found.cycle = rest.cycle;
        found.absorb(rest);
        Ok(found)
    }

    fn rewrite(self, object: &Object, name: &str, rewrite: &Rewrite, path: Path<'_>) -> Result<Found, Fault> {
        let operand = |operand: &Rewrite| self.rewrite(object, name, operand, path);
        match rewrite {
            Rewrite::This => self.direct(object, name, path),
            Rewrite::Computed(other) => self.expand(object, other, path),
            Rewrite::From { relation, tupleset } => self.from(object, relation, tupleset, path),
            Rewrite::Union(operands) => {
                let mut found = Found::default();
                for branch in operands.iter().map(operand) {
                    branch?.settled().for_each(|user| found.add(user, Standing::Has));
                }
                Ok(found)
            }
            Rewrite::Intersection(operands) => {
                let branches = operands.iter().map(operand).collect::<Result<Vec<_>, Fault>>()?;
                Ok(self.intersect(&branches))
            }
            Rewrite::Difference(base, subtract) => {
                let (base, subtract) = (operand(base), operand(subtract));
                if subtract.as_ref().is_ok_and(|subtract| subtract.cycle) {
                    return Ok(Found::default());
                }
                Ok(self.subtract(&base?, &subtract?))
            }
        }
    }

    fn direct(self, object: &Object, name: &str, path: Path<'_>) -> Result<Found, Fault> {
        let mut found = Found::default();
        for tuple in self.world.live(object, name) {
            match &tuple?.user {
                User::Userset(of, relation) => {
                    let inner = self.expand(of, relation, path)?;
                    found.cycle |= inner.cycle;
                    found.absorb(inner);
                }
                user if user.kind() == self.filter.kind => found.add(user.clone(), Standing::Has),
                _ => {}
            }
        }
        Ok(found)
    }

    fn from(self, object: &Object, relation: &str, tupleset: &str, path: Path<'_>) -> Result<Found, Fault> {
        let mut found = Found::default();
        for tuple in self.world.live(object, tupleset) {
            if let User::Object(parent) = &tuple?.user {
                found.absorb(self.expand(parent, relation, path)?);
            }
        }
        Ok(found)
    }

    /// Returns the users included in every branch, by name or by a wildcard from which they are not excluded.
    fn intersect(self, branches: &[Found]) -> Found {
        let wildcard = User::Wildcard(self.filter.kind.clone());
        let covers = |branch: &Found, user: &User| match branch.users.get(user) {
            Some(standing) => *standing == Standing::Has,
            None => branch.users.get(&wildcard) == Some(&Standing::Has),
        };
        let mut found = Found::default();
        for user in branches.iter().flat_map(|branch| branch.users.keys()) {
            if branches.iter().all(|branch| covers(branch, user)) {
                found.add(user.clone(), Standing::Has);
            }
        }
        found
    }

    /// Returns the base without the subtracted users. Users subtracted from a wildcard are passed on as excluded, so
    /// that an outer difference that subtracts this result can include them again.
    fn subtract(self, base: &Found, subtract: &Found) -> Found {
        let wildcard = User::Wildcard(self.filter.kind.clone());
        let (all, none) = (base.users.contains_key(&wildcard), subtract.users.contains_key(&wildcard));
        let mut found = Found::default();
        for (user, standing) in &base.users {
            let subtracted = subtract.users.get(user);
            let standing = match (all, subtracted) {
                (true, Some(_)) => continue,
                (true, None) if none => Standing::Excepted,
                // A user excluded from the wildcard remains excluded.
                (true, None) => *standing,
                (false, Some(Standing::Excepted)) => Standing::Has,
                (false, Some(Standing::Has)) => Standing::Excepted,
                (false, None) if none => Standing::Excepted,
                (false, None) => *standing,
            };
            found.add(user.clone(), standing);
        }
        if all {
            for (user, standing) in subtract.users.iter().filter(|(user, _)| **user != wildcard) {
                found.add(
                    user.clone(),
                    if *standing == Standing::Excepted { Standing::Has } else { Standing::Excepted },
                );
            }
        }
        found
    }
}
