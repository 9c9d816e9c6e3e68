//! The sandbox's identity provider: OIDC on the wire exactly as Auth0 speaks it, and stricter.
//! It must never know the product: it sees HTTP requests and its own settings, nothing else.

pub mod adversary;
pub mod settings;
pub mod trace;

mod accounts;
mod authorize;
mod ciba;
mod claims;
mod connect;
mod discovery;
mod http;
mod jwt;
mod keys;
mod logout;
mod my_account;
mod pages;
mod phone;
mod provider;
mod scopes;
mod sessions;
mod store;
mod token;
mod userinfo;
mod verify;

pub use accounts::{ConnectedAccount, Lent, NotConnected};
pub use adversary::{Alteration, Signing, Tamper};
pub use ciba::push::{Answer, AnswerError, Push, PushState};
pub use keys::KeyFailure;
pub use logout::backchannel::{Delivery, Outcome};
pub use provider::{Provider, SetupError};
pub use settings::{
    Audience, CallbackIssuer, Ciba, Client, ClientGrant, Connected, Connection, Grant, Lifetimes, OfflineAccess,
    PollStatuses, Refresh, RefreshPolicy, ScopeSeparator, Settings, ThirdPartyAccount, TokenForm,
};
pub use trace::Endpoint;
pub use verify::{Claims, InvalidToken};
