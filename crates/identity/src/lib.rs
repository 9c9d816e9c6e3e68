//! Identity: sign-in by OpenID Connect, approvals by CIBA, back-channel logout, and client-credentials tokens.
//! It must never know sessions, cookies or pages.

pub mod ciba;
pub mod client_credentials;
pub mod http;
mod jws;
pub mod logout_token;
pub mod provider;
pub mod relying_party;

pub use ciba::{Ciba, Form};
pub use client_credentials::{ClientCredentials, OktaVault};
pub use logout_token::{InvalidLogoutToken, LogoutToken};
pub use relying_party::{Attempt, Callback, Config, RelyingParty, SignInError, SignedIn};

/// The name that a person knows the service by.
pub const SERVICE: &str = "the sign-in service";
