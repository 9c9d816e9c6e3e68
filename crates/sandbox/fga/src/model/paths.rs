//! What the model alone says about reaching a relation. It must never know tuples.

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

impl Model {
    /// Whether any path of the model leads from the source to `kind#relation`, whatever the operators on it.
    pub(crate) fn reaches(&self, source: Source<'_>, kind: &str, relation: &str) -> bool {
        self.walks(source, kind, relation, Walk::Every)
    }

    /// The same by first operands alone: the way that the service looks for what it lists.
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
