//! Request counts per endpoint, for tests. Must never store a value that was sent.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::settings::Grant;

/// An endpoint that the trace counts separately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    /// Either discovery document.
    Discovery,
    /// `/.well-known/jwks.json`.
    Keys,
    /// `/authorize`.
    Authorize,
    /// The form of the sign-in page.
    SignIn,
    /// The form of the consent page.
    Consent,
    /// `/oidc/register`.
    Register,
    /// `/oauth/token`, by grant.
    Token(Grant),
    /// `/oauth/token` with a grant type that is missing, unknown or unreadable.
    TokenWithoutGrant,
    /// `/oauth/revoke`.
    Revoke,
    /// `/bc-authorize`.
    BackchannelAuthorize,
    /// `/userinfo`.
    UserInfo,
    /// `/v2/logout` or `/oidc/logout`.
    Logout,
    /// The consent page for connecting an account.
    Connect,
    /// `/me/v1/connected-accounts/…`
    ConnectedAccounts,
}

#[derive(Default)]
pub(crate) struct Trace(Mutex<BTreeMap<Endpoint, u64>>);

impl Trace {
    pub(crate) fn saw(&self, endpoint: Endpoint) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(endpoint).or_default() += 1;
    }

    pub(crate) fn all(&self) -> BTreeMap<Endpoint, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
