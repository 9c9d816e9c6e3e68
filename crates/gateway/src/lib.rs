//! Targets: systems that speak no MCP, whose operations become tools of the agent. A target is an HTTP API described by an
//! `OpenAPI` document, HTTP endpoints described in the configuration, or a function of AWS Lambda. The guard governs each
//! tool like any other.
//!
//! The definitions come from the operator's own files, so they are neither discovered nor pinned. What a target answers is
//! untrusted: it is limited, cleaned and delimited. This crate must not decide who may call a tool, nor obtain a person's
//! token: the permit carries it.
//!
//! Read in this order: [`GatewayConfig`] (the configuration), [`Targets`] (the tools), [`TargetTool`] (one tool),
//! [`interceptors`] (the hooks around what comes through a door).

mod answer;
mod client;
mod config;
mod failure;
mod http_call;
pub mod interceptors;
mod lambda;
mod openapi;
mod sign;
mod targets;
mod template;
mod tool;

pub use client::Connections;
pub use config::{
    ClientCredentials, ConfigError, Credential, GatewayConfig, InterceptorConfigs, Limits, PersonToken, Secret,
    TargetConfig, TargetName,
};
pub use targets::{BadTarget, Targets};
pub use tool::TargetTool;
