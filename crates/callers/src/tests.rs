//! Tests through a door, as data: each row changes one thing about a good token.

mod actors;
mod answers;
mod aws;
mod checks;
mod config;
mod dialects;
mod http;
mod issuer;
mod keys;
mod presigned;
mod requests;
mod sigv4;
mod world;
