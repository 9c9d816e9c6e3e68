//! Reachability of a relation according to the model alone. Must not depend on tuples.

use super::{Form, Model, Rewrite};
use crate::tuple::User;

/// The kind of user from whom a query starts.
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

/// The leaves of a rewrite that a walk follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Walk {
    Every,
    /// Leaves of first operands only. A wildcard also counts for usersets of its type.
    First,
}

impl Source<'_> {
    fn kind(&self) -> &str {
        match self {
            Self::Type(kind) | Self::Userset(kind, _) => kind,
        }
    }
}

impl Model {
    /// Returns `true` if any path of the model leads from the source to `kind#relation`, regardless of operators.
    pub(crate) fn reaches(&self, source: Source<'_>, kind: &str, relation: &str) -> bool {
        self.walks(source, kind, relation, Walk::Every)
    }

    /// Like [`Model::reaches`], but follows first operands only, as the service does for lists.
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

    pub(super) fn parents<'m>(&'m self, kind: &str, tupleset: &str) -> impl Iterator<Item = &'m str> {
        self.relation(kind, tupleset)
            .into_iter()
            .flat_map(|tupleset| &tupleset.allowed)
            .map(|parent| parent.kind.as_str())
    }
}
