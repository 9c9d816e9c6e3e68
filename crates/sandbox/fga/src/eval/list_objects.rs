//! To which objects of a type does a user stand in a relation? It must never know pages or limits.

use std::collections::BTreeSet;

use super::{Fault, World, check};
use crate::model::{Relation, Rewrite};
use crate::tuple::{Object, User};

/// The objects of type `kind` that `user` stands in `relation` to, as a set.
///
/// # Errors
/// When an object that tuples connect with the user could not be decided.
pub fn list_objects(world: World<'_>, user: &User, relation: &str, kind: &str) -> Result<BTreeSet<Object>, Fault> {
    let mut found = BTreeSet::new();
    for (object, reached) in connected(world, user) {
        if object.kind == kind && reached == relation && check(world, user, relation, object)? {
            found.insert(object.clone());
        }
    }
    Ok(found)
}

/// The relations, each with its object, that some chain of tuples connects with the user. Conditions, the other operands of `and`
/// and what is subtracted are not looked at: it is the set of candidates, so that unconnected objects cannot fail the question.
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
                if !found.contains(&(*object, name)) && touches(world, user, object, name, relation, &relation.rewrite, &found) {
                    found.insert((object, name));
                }
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

fn touches(
    world: World<'_>,
    user: &User,
    object: &Object,
    name: &str,
    relation: &Relation,
    rewrite: &Rewrite,
    found: &BTreeSet<(&Object, &str)>,
) -> bool {
    let operand = |operand: &Rewrite| touches(world, user, object, name, relation, operand, found);
    let admitted = |name: &str| world.tuples.of(object, name).iter().filter(|tuple| world.model.admit(tuple).is_ok()).map(|tuple| &tuple.user);
    match rewrite {
        Rewrite::This => admitted(name).any(|named| match named {
            User::Userset(of, relation) => named == user || found.contains(&(of, relation.as_str())),
            User::Wildcard(kind) => !matches!(user, User::Userset(..)) && kind == user.kind(),
            User::Object(_) => named == user,
        }),
        Rewrite::Computed(other) => found.contains(&(object, other.as_str())),
        Rewrite::From { relation, tupleset } => {
            admitted(tupleset).any(|parent| matches!(parent, User::Object(parent) if found.contains(&(parent, relation.as_str()))))
        }
        Rewrite::Union(operands) => operands.iter().any(operand),
        Rewrite::Intersection(operands) => operands.iter().all(operand),
        Rewrite::Difference(base, _) => operand(base),
    }
}
