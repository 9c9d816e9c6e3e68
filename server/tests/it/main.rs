//! The server as people, browsers and attackers meet it: real sockets, the whole sandbox behind it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod accounts;
mod activity;
mod adversary;
mod approvals;
mod aws_profiles;
mod bad_input;
mod conversation;
mod cookies;
mod csrf;
mod everyday;
mod fail_closed;
mod failing;
mod headers;
mod health;
mod hostile_model;
mod hostile_server;
mod injections;
mod isolation;
mod leaks;
mod ledger;
mod log_lines;
mod narrow;
mod own_vault;
mod pending;
mod remote_tools;
mod sign_in;
mod sign_out;
mod start;
mod tables;
mod thinking;
mod token_vault;
mod watching;
mod world;
