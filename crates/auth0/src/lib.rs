//! Capabilities that only Auth0 has: people's accounts at third parties by the Token Vault, and their management by the My
//! Account API. Everything that a specification describes is in `countersign-oidc`.

mod exchange;
pub mod my_account;
mod token_vault;

pub use exchange::{AccountToken, Exchange, ExchangeError, Subject};
pub use my_account::{ConnectError, ConnectedAccount, MyAccount, PendingConnection};
pub use token_vault::{Auth0TokenVault, SUBJECT, SubjectTokens};
