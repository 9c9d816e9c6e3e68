//! Integration tests of the provider's HTTP interface from the view of a browser, a client and an attacker.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod adversary;
mod authorize;
mod backchannel;
mod ciba;
mod code;
mod connect;
mod discovery;
mod logout;
mod machine;
mod multi_resource;
mod my_account;
mod on_behalf_of;
mod refresh;
mod registration;
mod sign_in;
mod strangers;
mod token_vault;
mod userinfo;
mod world;
