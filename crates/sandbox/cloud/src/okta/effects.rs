//! What was done to people: the log in which tests count effects.

use super::Bearer;

/// Something that was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// A password stopped working and a link to choose another was made.
    ResetPassword {
        /// Whether Okta mailed the link; otherwise the caller was given it.
        send_email: bool,
        /// Whether the user's sessions were ended too.
        revoke_sessions: bool,
    },
    /// The user must choose another password at the next sign-in.
    ExpirePassword {
        /// Whether the caller was given a temporary password.
        temp_password: bool,
    },
    /// The user was suspended.
    Suspend,
    /// The suspension was lifted.
    Unsuspend,
    /// The user was deactivated, by a lifecycle call or by a first delete.
    Deactivate,
    /// A deactivated user was erased.
    Delete,
    /// The user's Okta sessions were ended.
    ClearSessions {
        /// Whether refresh and access tokens were revoked too.
        oauth_tokens: bool,
        /// Whether remembered devices were forgotten.
        forget_devices: bool,
    },
}

/// One deed, on whom, when and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// What was done.
    pub what: Deed,
    /// The login of the user to whom it was done.
    pub whom: String,
    /// When, in milliseconds since 1970 of the sandbox's clock.
    pub at: i64,
    /// Whose token asked for it: a person's login, or an application's subject.
    pub by: String,
    /// Whether that was a person's token, or the application's own.
    pub bearer: Bearer,
}
