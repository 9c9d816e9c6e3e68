//! Everything between the network and the turns: routes, sign-in and sign-out, pages, streams. [`router`] lists the
//! routes and their middleware; [`backend`] implements what the pages of `app` ask for.

mod access;
mod activity;
mod answers;
mod argument_errors;
mod assets;
mod attempts;
pub mod backend;
mod caller;
mod connect;
mod connections;
pub mod cookies;
mod current_user;
pub mod doors;
mod export;
mod framed;
pub mod headers;
pub mod health;
pub mod identity;
mod inbox;
mod language;
mod log;
pub mod logout;
mod notifications;
pub mod origin;
mod owner;
mod page_error;
mod passkeys;
pub mod pulse;
mod reactive_scope;
pub mod remote_tools;
mod return_to;
mod router;
mod scan;
mod script_error;
pub mod services;
pub mod session;
mod sign_in;
mod standing;
pub mod time_text;
mod timeout;
mod tools;
mod unsent;
pub mod zone;

pub use router::{AppState, Site, router};
