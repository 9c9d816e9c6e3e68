//! The permissions of a person and their reasons, for the pages that explain it. The guard decides by [`super::Authorizer`] alone.

use super::{Decision, Millis, Unavailable};
use crate::Actor;
use crate::access::AccessGrant;
use crate::permission::Permission;
use async_trait::async_trait;

/// A moment other than now, for which permissions are looked up.
#[derive(Debug, Clone)]
pub struct Supposition {
    /// The moment, in milliseconds since 1970.
    pub at: Millis,
    /// Grants of the person that count at that moment, whatever their end.
    pub keeping: Vec<AccessGrant>,
}

/// Somebody or something that has a permission.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The person about whom was asked.
    Person,
    /// Everybody.
    Everybody,
    /// All who have this permission, such as the members of a group.
    Set(Permission),
}

/// One step of a path: the subject has the permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The subject.
    pub subject: Subject,
    /// The permission.
    pub permission: Permission,
}

/// The reason why a person has a permission or lacks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Explanation {
    /// The person has it, by this path: each link's permission is the subject of the next, and the last one is the
    /// permission itself.
    Held {
        /// The links, from the person on.
        path: Vec<Link>,
    },
    /// The person lacks it.
    Missing {
        /// Sets of people who have it, such as groups. No single person is named.
        holders: Vec<Subject>,
        /// The person was granted it for a time that is over.
        ended: bool,
        /// A path leads to the permission, but an exclusion stands above it.
        excluded: bool,
    },
    /// The person has it or lacks it, and the path was not found within the limits.
    Unclear(Decision),
}

/// The people who may grant a permission.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Administrators {
    /// Their principals in FGA, in order; at most [`Administrators::MOST`].
    pub people: Vec<String>,
    /// There are more of them.
    pub more: bool,
}

impl Administrators {
    /// Most administrators that are named.
    pub const MOST: usize = 5;
}

/// Looks up what people may do, and why.
#[async_trait]
pub trait Permissions: Send + Sync {
    /// Decides whether `person` has each permission now, or at the moment of `supposing`. The answers are in the order of
    /// the questions; an `Err` is an unknown answer. Not cached.
    async fn check_all(
        &self,
        person: &Actor,
        permissions: &[Permission],
        supposing: Option<&Supposition>,
    ) -> Vec<Result<Decision, Unavailable>>;

    /// Explains why `person` has the permission or lacks it. The search for a path is bounded.
    ///
    /// # Errors
    /// [`Unavailable`] if it is unknown whether they have it, or why.
    async fn explain(&self, person: &Actor, permission: &Permission) -> Result<Explanation, Unavailable>;

    /// Returns the people of the person's tenant who have `admin` on the permission's object.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn administrators(&self, person: &Actor, permission: &Permission) -> Result<Administrators, Unavailable>;

    /// Returns whether the authorization model lets the relation be granted to this person for a limited time.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn is_grantable(&self, person: &Actor, permission: &Permission) -> Result<bool, Unavailable>;
}
