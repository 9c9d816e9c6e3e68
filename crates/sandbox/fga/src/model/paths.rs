//! What the model alone says about reaching a relation: whether a user can, and whether recursion stays within one relation.
//! It must never know tuples.

use super::{Form, Model, Rewrite};
use crate::tuple::User;

/// The kind of user that a question starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source<'a> {
    /// Objects and wildcards of a type.
    Type(&'a str),
    /// Usersets `type#relation`.
    Userset(&'a str, &'a str),
}

impl<'a> From<&'a User> for Source<'a> {
    fn from(user: &'a User) -> Self {
        match user {
            User::Object(object) => Self::Type(&object.kind),
            User::Wildcard(kind) => Self::Type(kind),
            User::Userset(object, relation) => Self::Userset(&object.kind, relation),
        }
    }
}

/// Which leaves of a rewrite a walk follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Walk {
    Every,
    /// Those of first operands. A wildcard counts for usersets of its type too.
    First,
}

impl Source<'_> {
    fn kind(&self) -> &str {
        match self {
            Self::Type(kind) | Self::Userset(kind, _) => kind,
        }
    }
}

/// How many tuples lie between a user and a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Hops {
    One,
    More,
}

impl Model {
    /// Whether any path of the model leads from the source to `kind#relation`, whatever the operators on it.
    pub(crate) fn reaches(&self, source: Source<'_>, kind: &str, relation: &str) -> bool {
        self.walks(source, kind, relation, Walk::Every)
    }

    /// The same by first operands alone: the way that the service looks before it lists users.
    pub(crate) fn reaches_first(&self, source: Source<'_>, kind: &str, relation: &str) -> bool {
        self.walks(source, kind, relation, Walk::First)
    }

    fn walks(&self, source: Source<'_>, kind: &str, relation: &str, walk: Walk) -> bool {
        let mut seen = Vec::new();
        let mut open = vec![(kind, relation)];
        while let Some((kind, name)) = open.pop() {
            if seen.contains(&(kind, name)) {
                continue;
            }
            seen.push((kind, name));
            if source == Source::Userset(kind, name) {
                return true;
            }
            let Some(relation) = self.relation(kind, name) else { continue };
            let leaves = match walk {
                Walk::Every => relation.rewrite.leaves(),
                Walk::First => relation.rewrite.first_leaves(),
            };
            for leaf in leaves {
                match leaf {
                    Rewrite::This => {
                        for allowed in &relation.allowed {
                            match &allowed.form {
                                Form::Userset(other) => open.push((&allowed.kind, other)),
                                Form::Object | Form::Wildcard if source == Source::Type(&allowed.kind) => return true,
                                Form::Wildcard if walk == Walk::First && source.kind() == allowed.kind => return true,
                                Form::Object | Form::Wildcard => {}
                            }
                        }
                    }
                    Rewrite::Computed(other) => open.push((kind, other)),
                    Rewrite::From { relation, tupleset } => {
                        open.extend(self.parents(kind, tupleset).map(|parent| (parent, relation.as_str())))
                    }
                    Rewrite::Union(_) | Rewrite::Intersection(_) | Rewrite::Difference(..) => {}
                }
            }
        }
        false
    }

    /// Whether `kind#name` recurses in exactly one way, onto itself and through unions alone, while everything else that leads
    /// to the type `user` is one tuple away. Then a cycle among tuples adds nothing and is no third value: the service answers
    /// such relations by a breadth-first walk.
    pub(crate) fn recurses_plainly(&self, kind: &str, name: &str, user: &str) -> bool {
        let Some(relation) = self.relation(kind, name) else { return false };
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

    /// How far the type `user` is from a rewrite, at most; `None` when it cannot reach it. `path` holds the computed relations entered.
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

    fn parents<'m>(&'m self, kind: &str, tupleset: &str) -> impl Iterator<Item = &'m str> {
        self.relation(kind, tupleset)
            .into_iter()
            .flat_map(|tupleset| &tupleset.allowed)
            .map(|parent| parent.kind.as_str())
    }
}
