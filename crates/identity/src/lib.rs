//! Identity: sign-in by OpenID Connect, approvals by CIBA, back-channel logout, client-credentials tokens, and people's
//! own accounts at third parties, connected and borrowed.
//! It must never know sessions, cookies or pages.

pub mod ciba;
pub mod client_credentials;
pub mod connected_accounts;
pub mod http;
mod jws;
pub mod logout_token;
pub mod people_vault;
pub mod provider;
pub mod relying_party;
pub mod resource_vault;
pub mod token_vault;

pub use ciba::{Ciba, Form};
pub use client_credentials::{ClientCredentials, OktaVault};
pub use connected_accounts::{ConnectFault, ConnectedAccount, ConnectedAccounts, Connecting, Wish};
pub use logout_token::{InvalidLogoutToken, LogoutToken};
pub use people_vault::{PeopleVault, SubjectTokens, Subjects};
pub use relying_party::{Attempt, Callback, Config, RelyingParty, SignInError, SignedIn};
pub use resource_vault::ResourceVault;
pub use token_vault::{ApiClient, Lent, Subject, TokenVault, VaultFault};

/// The name that a person knows the service by.
pub const SERVICE: &str = "the sign-in service";
