//! OpenID Connect and OAuth 2.0 as specified: discovery, sign-in, client authentication, the token endpoint, signed
//! tokens, sign-out, and a [profile](profile::Profile) for each provider that deviates. This crate must not depend on
//! sessions, cookies or pages, nor on a product that only one vendor has.

mod claims;
pub mod client_authentication;
pub mod discovery;
pub mod http;
pub mod id_token;
pub mod jws;
pub mod logout_token;
pub mod profile;
pub mod relying_party;
pub mod token_endpoint;

pub use claims::Claims;
pub use client_authentication::{Client, Credential, Method, SigningKey};
pub use discovery::{Discovery, Metadata};
pub use logout_token::{InvalidLogoutToken, LogoutToken};
pub use profile::Profile;
pub use relying_party::{
    AuthorizationOptions, Callback, Config, FRESH_S, PendingSignIn, RelyingParty, SignInError, SignedIn, Support,
};
pub use token_endpoint::{Endpoint, ErrorResponse, TokenError, TokenResponse};

/// The name of the identity provider in messages to people.
pub const SERVICE: &str = "the sign-in service";
