//! The HTTP edge: everything between the network and the backend.

pub mod activity;
pub mod argument_errors;
mod attempts;
pub mod connect;
pub mod connections;
pub mod cookies;
pub mod document;
pub mod headers;
pub mod health;
pub mod identity;
pub mod log;
pub mod logout;
pub mod origin;
pub mod page_error;
pub mod reactive_scope;
pub mod return_to;
pub mod sign_in;
pub mod timeout;
pub mod tools;
pub mod unsent;
