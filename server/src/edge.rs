//! The HTTP edge: everything between the network and the backend.

pub mod activity;
mod attempts;
pub mod connect;
pub mod connections;
pub mod cookies;
pub mod document;
pub mod headers;
pub mod health;
pub mod identity;
pub mod in_time;
pub mod log;
pub mod logout;
pub mod origin;
pub mod page_error;
pub mod return_to;
pub mod scope;
pub mod sign_in;
pub mod tools;
pub mod unreadable;
pub mod unsent;
