//! Policies in Cedar in front of the calls that come through a door: a ceiling by token, tool and arguments. A policy
//! grants nothing by itself. The guard asks OpenFGA as well, and a denial of either denies.
//!
//! A [`Catalog`] of tools yields the schema, [`PolicyFiles`] hold the policies, and an [`Engine`] holds both, validated
//! and replaceable while it runs. [`Engine::decide`] answers a call, [`Engine::may_allow`] filters a listing, and
//! [`Engine::explain`] tells an operator why. [`command`] holds the three commands of `countersign policy`.
//!
//! The vocabulary of the schema is that of Amazon Bedrock AgentCore Policy, so that a file of policies decides the same
//! on a gateway of AWS and here.

pub mod cases;
mod catalog;
pub mod command;
mod decision;
mod engine;
mod load;
mod principal;
mod source;
mod stack;

pub use catalog::{BadInput, Catalog, CatalogError, InputProblem, LeftOut, LeftOutReason, Tool, schema};
pub use decision::{Basis, Decision, Effect, EvaluationFailure, Mode, Request, Verdict};
pub use engine::{Engine, Explanation, PolicyTrace, Trace, Warning};
pub use load::{LoadError, PolicyId, Problem, ProblemKind};
pub use principal::{AwsRole, NotARole, Person, Principal, tags};
pub use source::{PolicyFile, PolicyFiles};

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
