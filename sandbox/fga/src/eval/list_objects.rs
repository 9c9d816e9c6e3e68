//! Lists the objects of a type to which a user has a relation. Must not depend on pages or limits.

use std::collections::BTreeSet;

use super::{Fault, World, check};
use crate::model::{Rewrite, Source};
use crate::tuple::{Object, User};

/// Returns the set of objects of type `kind` to which `user` has `relation`.
///
/// # Errors
/// Returns an error if the condition of a tuple on a path from the user, or the check of an object connected with the
/// user, could not be evaluated.
pub fn list_objects(world: World<'_>, user: &User, relation: &str, kind: &str) -> Result<BTreeSet<Object>, Fault> {
    let connected = connected(world, user);
    decidable(world, user, relation, kind, &connected)?;
    let mut found = BTreeSet::new();
    for (object, reached) in connected {
        if object.kind == kind && reached == relation && check(world, user, relation, object)? {
            found.insert(object.clone());
        }
    }
    Ok(found)
}

/// Fails if the condition of a tuple on a path from the user cannot be evaluated. The service searches from the user,
/// so such a condition fails the query even if no check of a single object needs it.
fn decidable(
    world: World<'_>,
    user: &User,
    relation: &str,
    kind: &str,
    connected: &BTreeSet<(&Object, &str)>,
) -> Result<(), Fault> {
    let on_the_way = world.tuples.iter().filter(|tuple| match &tuple.user {
        User::Userset(of, relation) => tuple.user == *user || connected.contains(&(of, relation.as_str())),
        User::Wildcard(kind) => !matches!(user, User::Userset(..)) && kind == user.kind(),
        User::Object(_) => tuple.user == *user,
    });
    for tuple in on_the_way.filter(|tuple| world.model.admit(tuple).is_ok()) {
        if world.model.reaches_first(Source::Userset(&tuple.object.kind, &tuple.relation), kind, relation) {
            world.holds(tuple)?;
        }
    }
    Ok(())
}

/// Returns the relations, each with its object, that a chain of tuples connects with the user. Ignores conditions and
/// what is subtracted: the result is the set of candidates, so that unconnected objects cannot make the query fail.
fn connected<'a>(world: World<'a>, user: &'a User) -> BTreeSet<(&'a Object, &'a str)> {
    let mut objects: BTreeSet<&Object> = world.tuples.objects().collect();
    let mut found = BTreeSet::new();
    if let User::Userset(object, relation) = user {
        objects.insert(object);
        found.insert((object, relation.as_str()));
    }
    loop {
        let before = found.len();
        for object in &objects {
            for (name, relation) in world.model.relations(&object.kind) {
                if !found.contains(&(*object, name))
                    && (Place { world, user, object, name }).touches(&relation.rewrite, &found)
                {
                    found.insert((object, name));
                }
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// A relation of an object, and the user to whom it may be connected.
#[derive(Clone, Copy)]
struct Place<'p> {
    world: World<'p>,
    user: &'p User,
    object: &'p Object,
    name: &'p str,
}

impl<'p> Place<'p> {
    fn touches(self, rewrite: &Rewrite, found: &BTreeSet<(&Object, &str)>) -> bool {
        match rewrite {
            Rewrite::This => self.named(self.name).any(|named| match named {
                User::Userset(of, relation) => named == self.user || found.contains(&(of, relation.as_str())),
                User::Wildcard(kind) => !matches!(self.user, User::Userset(..)) && kind == self.user.kind(),
                User::Object(_) => named == self.user,
            }),
            Rewrite::Computed(other) => found.contains(&(self.object, other.as_str())),
            Rewrite::From { relation, tupleset } => self
                .named(tupleset)
                .any(|parent| matches!(parent, User::Object(parent) if found.contains(&(parent, relation.as_str())))),
            Rewrite::Union(operands) => operands.iter().any(|operand| self.touches(operand, found)),
            Rewrite::Intersection(operands) => operands.iter().all(|operand| self.touches(operand, found)),
            Rewrite::Difference(base, _) => self.touches(base, found),
        }
    }

    /// Returns the users in the object's tuples that the model allows.
    fn named(self, relation: &str) -> impl Iterator<Item = &'p User> {
        let admitted = self
            .world
            .tuples
            .of(self.object, relation)
            .iter()
            .filter(move |tuple| self.world.model.admit(tuple).is_ok());
        admitted.map(|tuple| &tuple.user)
    }
}
