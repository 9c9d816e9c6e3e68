//! Evaluates whether a user has a relation to an object. Must not depend on the request.

use super::{Fault, MAX_DEPTH, World};
use crate::model::Rewrite;
use crate::tuple::{Object, User};

/// Returns `true` if `user` has `relation` to `object`.
///
/// # Errors
/// Returns an error if no branch allows and one of them could not be evaluated.
pub fn check(world: World<'_>, user: &User, relation: &str, object: &Object) -> Result<bool, Fault> {
    Question { world, user }.ask(object, relation, None, 0).map(|answer| answer == Answer::Allowed)
}

/// The result of a branch. A cycle differs from a denial: on either side of a difference it makes the result a denial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Allowed,
    Denied,
    Cycle,
}

/// The path of relations that leads to the current one, each with its object.
#[derive(Clone, Copy)]
struct Step<'s> {
    object: &'s Object,
    relation: &'s str,
    before: Option<&'s Step<'s>>,
}

impl Step<'_> {
    fn contains(&self, object: &Object, relation: &str) -> bool {
        (self.object == object && self.relation == relation)
            || self.before.is_some_and(|before| before.contains(object, relation))
    }
}

/// The relation of an object under evaluation.
#[derive(Clone, Copy)]
struct Node<'n> {
    object: &'n Object,
    name: &'n str,
    path: &'n Step<'n>,
    depth: usize,
}

#[derive(Clone, Copy)]
struct Question<'a> {
    world: World<'a>,
    user: &'a User,
}

impl Question<'_> {
    fn ask(self, object: &Object, name: &str, before: Option<&Step<'_>>, depth: usize) -> Result<Answer, Fault> {
        let model = self.world.model;
        if depth == MAX_DEPTH {
            return Err(Fault::TooComplex);
        }
        if before.is_some_and(|before| before.contains(object, name)) {
            let plain =
                !matches!(self.user, User::Userset(..)) && model.recurses_plainly(&object.kind, name, self.user.kind());
            return Ok(if plain { Answer::Denied } else { Answer::Cycle });
        }
        if matches!(self.user, User::Userset(of, relation) if of == object && relation == name) {
            return Ok(Answer::Allowed);
        }
        let Some(relation) = model.relation(&object.kind, name) else { return Ok(Answer::Denied) };
        if !model.reaches(self.user.into(), &object.kind, name) {
            return Ok(Answer::Denied);
        }
        let path = Step { object, relation: name, before };
        self.rewrite(Node { object, name, path: &path, depth }, &relation.rewrite)
    }

    fn rewrite(self, node: Node<'_>, rewrite: &Rewrite) -> Result<Answer, Fault> {
        match rewrite {
            Rewrite::This => any(self.direct(node)),
            Rewrite::Computed(other) => self.ask(node.object, other, Some(node.path), node.depth),
            Rewrite::From { relation, tupleset } => any(self.from(node, relation, tupleset)),
            Rewrite::Union(operands) => any(operands.iter().map(|operand| self.rewrite(node, operand))),
            Rewrite::Intersection(operands) => all(operands.iter().map(|operand| self.rewrite(node, operand))),
            Rewrite::Difference(base, subtract) => difference(self.rewrite(node, base), self.rewrite(node, subtract)),
        }
    }

    /// Evaluates the relation's own tuples: the user, the wildcard of the user's type, and usersets.
    fn direct<'n>(self, node: Node<'n>) -> impl Iterator<Item = Result<Answer, Fault>> + 'n
    where
        Self: 'n,
    {
        let live =
            self.world.tuples.of(node.object, node.name).iter().filter(move |tuple| self.may_matter(&tuple.user));
        live.filter(move |tuple| self.world.model.admit(tuple).is_ok()).map(move |tuple| {
            if !self.world.holds(tuple)? {
                return Ok(Answer::Denied);
            }
            match &tuple.user {
                User::Userset(object, relation) if tuple.user != *self.user => {
                    self.ask(object, relation, Some(node.path), node.depth + 1)
                }
                _ => Ok(Answer::Allowed),
            }
        })
    }

    /// Returns `true` if a tuple that names `named` can decide the query. Other tuples are skipped, so that their
    /// conditions cannot make it fail.
    fn may_matter(self, named: &User) -> bool {
        match named {
            User::Userset(..) => true,
            User::Wildcard(kind) => !matches!(self.user, User::Userset(..)) && self.user.kind() == kind,
            User::Object(_) => named == self.user,
        }
    }

    /// Evaluates the relation on each object that the tupleset names; skips types that do not define it.
    fn from<'n>(
        self,
        node: Node<'n>,
        relation: &'n str,
        tupleset: &'n str,
    ) -> impl Iterator<Item = Result<Answer, Fault>> + 'n
    where
        Self: 'n,
    {
        self.world.live(node.object, tupleset).filter_map(move |tuple| match tuple {
            Err(fault) => Some(Err(fault)),
            Ok(tuple) => match &tuple.user {
                User::Object(parent) if self.world.model.has_relation(&parent.kind, relation) => {
                    Some(self.ask(parent, relation, Some(node.path), node.depth + 1))
                }
                _ => None,
            },
        })
    }
}

/// Combines a union: one allowed branch allows, even if others failed. Otherwise an error takes precedence over a
/// cycle.
fn any(answers: impl Iterator<Item = Result<Answer, Fault>>) -> Result<Answer, Fault> {
    let (mut fault, mut cycle) = (None, false);
    for answer in answers {
        match answer {
            Ok(Answer::Allowed) => return Ok(Answer::Allowed),
            Ok(Answer::Cycle) => cycle = true,
            Ok(Answer::Denied) => {}
            Err(error) => fault = Some(error),
        }
    }
    match fault {
        Some(fault) => Err(fault),
        None if cycle => Ok(Answer::Cycle),
        None => Ok(Answer::Denied),
    }
}

/// Combines an intersection: a branch that does not allow decides, even if others failed. The service uses the first
/// branch to finish; here a cycle takes precedence over a denial, which can only deny more.
fn all(answers: impl Iterator<Item = Result<Answer, Fault>>) -> Result<Answer, Fault> {
    let (mut fault, mut denied) = (None, false);
    for answer in answers {
        match answer {
            Ok(Answer::Cycle) => return Ok(Answer::Cycle),
            Ok(Answer::Denied) => denied = true,
            Ok(Answer::Allowed) => {}
            Err(error) => fault = Some(error),
        }
    }
    match fault {
        _ if denied => Ok(Answer::Denied),
        Some(fault) => Err(fault),
        None => Ok(Answer::Allowed),
    }
}

/// Combines a difference: allowed only if the base allows and the subtracted side denies. A cycle on either side
/// results in a cycle, and thus in a denial.
fn difference(base: Result<Answer, Fault>, subtract: Result<Answer, Fault>) -> Result<Answer, Fault> {
    match (base, subtract) {
        (Ok(Answer::Cycle), _) | (_, Ok(Answer::Cycle)) => Ok(Answer::Cycle),
        (Ok(Answer::Denied), _) | (_, Ok(Answer::Allowed)) => Ok(Answer::Denied),
        (Err(fault), _) | (_, Err(fault)) => Err(fault),
        (Ok(Answer::Allowed), Ok(Answer::Denied)) => Ok(Answer::Allowed),
    }
}
