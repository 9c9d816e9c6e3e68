//! The provider on the wire, as a browser, a client and an attacker meet it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod adversary;
mod authorize;
mod backchannel;
mod ciba;
mod code;
mod discovery;
mod logout;
mod machine;
mod refresh;
mod sign_in;
mod userinfo;
mod world;
