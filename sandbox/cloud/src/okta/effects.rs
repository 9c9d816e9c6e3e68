//! The log of changes to users, in which tests count effects.

use super::Bearer;

/// A change to a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The password was invalidated and a link to choose another one was created.
    ResetPassword {
        /// True if Okta mailed the link; otherwise the caller received it.
        send_email: bool,
        /// True if the user's sessions were ended too.
        revoke_sessions: bool,
    },
    /// The user must choose another password at the next sign-in.
    ExpirePassword {
        /// True if the caller received a temporary password.
        temp_password: bool,
    },
    /// The user was suspended.
    Suspend,
    /// The suspension was lifted.
    Unsuspend,
    /// The user was deactivated, by a lifecycle call or by the first of two deletions.
    Deactivate,
    /// A deactivated user was deleted for good.
    Delete,
    /// The user's Okta sessions were ended.
    ClearSessions {
        /// True if refresh and access tokens were revoked too.
        oauth_tokens: bool,
        /// True if remembered devices were forgotten.
        forget_devices: bool,
    },
}

/// One change to a user, with its time and author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The change.
    pub what: Change,
    /// The login of the affected user.
    pub whom: String,
    /// Time by the sandbox's clock, in milliseconds since 1970.
    pub at: i64,
    /// The author: the login of the token's person, or the application's subject.
    pub by: String,
    /// The kind of the author's token.
    pub bearer: Bearer,
}
