//! Remarks on policies and tools that are in force.

use std::fmt;

use crate::PolicyId;
use crate::catalog::LeftOut;

/// A remark for the operator's log. Nothing that it tells of lets a call pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// A policy names a tool or target that the catalog lacks: misspelt, gone, or not reachable now.
    UnknownAction {
        /// The policy, which stays in force for the other actions that it names.
        policy: PolicyId,
        /// The action.
        action: String,
    },
    /// A tool is not in the schema, and every call of it is denied.
    LeftOut(LeftOut),
    /// A new or changed tool does not fit the policies: every call of it is denied until the policies are changed. The
    /// caller raises an alarm.
    Withdrawn {
        /// The tool.
        tool: String,
        /// The first problem of the policies with it.
        problem: String,
    },
    /// Cedar's validator has a doubt, such as a condition that is never true.
    Doubtful {
        /// The policy.
        policy: PolicyId,
        /// Cedar's message.
        message: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownAction { policy, action } => {
                write!(f, "policy {policy} names {action:?}, which no tool or target is called; its calls are denied")
            }
            Self::LeftOut(left_out) => left_out.fmt(f),
            Self::Withdrawn { tool, problem } => {
                write!(
                    f,
                    "the tool {tool:?} has changed and does not fit the policies; its calls are denied: {problem}"
                )
            }
            Self::Doubtful { policy, message } => write!(f, "policy {policy}: {message}"),
        }
    }
}
