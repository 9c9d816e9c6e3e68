//! The sandbox's identity provider: an OpenID provider with Auth0's wire format and stricter checks.
//! Must not depend on the product: its only inputs are HTTP requests and its own settings.

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
mod registration;
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
    Audience, CallbackIssuer, Ciba, Client, ClientGrant, Connected, Connection, Grant, Lifetimes, OfflineAccess, Party,
    PollStatuses, Refresh, RefreshPolicy, Registration, ScopeSeparator, Settings, ThirdPartyAccount, TokenForm,
};
pub use trace::Endpoint;
pub use verify::{Claims, InvalidToken};
