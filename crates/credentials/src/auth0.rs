//! Features that only Auth0 has: access tokens of people's accounts at third parties from the Token Vault, and
//! management of those accounts by the My Account API.

mod accounts;
mod exchange;
pub mod my_account;
mod owners;
mod token_vault;

pub use accounts::TokenVaultAccounts;
pub use exchange::{AccountToken, Exchange, Subject};
pub use my_account::{ConnectedAccount, MyAccount, PendingConnection};
pub use owners::AccountOwners;
pub use token_vault::{Auth0TokenVault, SUBJECT, SubjectTokens};
