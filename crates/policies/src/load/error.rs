//! Errors of a set of policies, for the operator who wrote it.

use std::fmt;

use super::{LARGEST_POLICY, LONGEST_ID, MOST_POLICIES, PolicyId};
use crate::source::{LARGEST_FILE, MOST_FILES};

/// Problems that the text of an error lists.
const MOST_LISTED: usize = 50;

/// A set of policies that does not load. It has at least one problem.
#[derive(Debug)]
pub struct LoadError {
    /// The problems. The text of the error lists the first fifty.
    pub problems: Vec<Problem>,
}

/// One problem with its place.
#[derive(Debug)]
pub struct Problem {
    /// The file, or empty for the whole set.
    pub file: String,
    /// The line, counted from one.
    pub line: Option<usize>,
    /// The policy, where it is known.
    pub policy: Option<PolicyId>,
    /// The problem.
    pub kind: ProblemKind,
}

/// The kinds of problems. Each says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The file is not readable.
    #[error("the file is not readable: {0}")]
    Read(#[from] std::io::Error),
    /// The file is larger than 10 MiB.
    #[error("the file has more than {LARGEST_FILE} bytes. Split it")]
    FileTooLarge,
    /// The directory has more than 1,000 files.
    #[error("the directory has more than {MOST_FILES} files. Join some")]
    TooManyFiles,
    /// The file is not UTF-8.
    #[error("the file is not UTF-8. Save it as UTF-8")]
    NotUtf8,
    /// The set has no policy.
    #[error("there is no policy. Write one, or check that the directory is the right one and is mounted")]
    NoPolicies,
    /// The set has more than 1,000 policies.
    #[error("there are more than {MOST_POLICIES} policies. Join some")]
    TooMany,
    /// A policy is larger than 10 KB.
    #[error("the policy has more than {LARGEST_POLICY} bytes. Split it")]
    TooLarge,
    /// An expression is deeper than 200 levels, or has more than 50 levels of brackets.
    #[error(
        "the policy nests too deep, or chains too many operators. Split it, or use a set: `[\"a\", \"b\"].contains(…)`"
    )]
    TooDeep,
    /// The text is not Cedar.
    #[error("{0}")]
    Syntax(String),
    /// The policy has slots.
    #[error("the policy is a template. Write the principal and the resource in the place of ?principal and ?resource")]
    Template,
    /// The id is too long or has other characters.
    #[error("the id {0:?} must have 1 to {LONGEST_ID} letters, digits, '_', '-' or '.'. Set @id(\"…\")")]
    Id(String),
    /// Two policies have one id.
    #[error("the policy at {first} has the same id. Give each policy its own @id(\"…\")")]
    DuplicateId {
        /// File and line of the other policy.
        first: String,
    },
    /// An annotation that is not known, which may be a misspelt one.
    #[error("the annotation @{0} is not known. Use @id, @enforcementMode, @description or @doc")]
    Annotation(String),
    /// The value of `@enforcementMode`.
    #[error("the enforcement mode {0:?} is not known. Use \"ACTIVE\" or \"LOG_ONLY\"")]
    EnforcementMode(String),
    /// The scope leaves the resource open.
    #[error(
        "a bare `resource` is a wildcard resource. Write `resource == AgentCore::Gateway::\"…\"`, or, if `action` is \
         bare, `resource is AgentCore::Gateway`"
    )]
    WildcardResource,
    /// The scope names actions and no gateway.
    #[error("a policy that names actions must name its gateway. Write `resource == AgentCore::Gateway::\"…\"`")]
    ActionsWithoutGateway,
    /// The scope names a gateway and no action.
    #[error(
        "a policy with a bare `action` holds for every gateway. Write `resource is AgentCore::Gateway`, or name the actions"
    )]
    GatewayWithoutActions,
    /// The scope uses `in` for the resource.
    #[error("a gateway is in nothing. Write `resource == AgentCore::Gateway::\"…\"`")]
    ResourceIn,
    /// The policy does not fit the schema.
    #[error("{0}")]
    Type(String),
    /// The schema of the tools is not readable: a fault of this program.
    #[error("the schema of the tools is not readable: {0}")]
    Schema(String),
}

impl LoadError {
    /// A fault of this program: Cedar refused what it generated.
    pub(crate) fn of_schema(error: &dyn fmt::Display) -> Self {
        Problem::of_set(ProblemKind::Schema(error.to_string())).into()
    }

    pub(crate) fn unless_empty(problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() { Ok(()) } else { Err(Self { problems }) }
    }
}

impl Problem {
    pub(crate) fn of_set(kind: ProblemKind) -> Self {
        Self { file: String::new(), line: None, policy: None, kind }
    }
}

impl From<Problem> for LoadError {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }
}

impl std::error::Error for LoadError {}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().take(MOST_LISTED).enumerate() {
            write!(f, "{}{problem}", if index == 0 { "" } else { "\n" })?;
        }
        match self.problems.len().saturating_sub(MOST_LISTED) {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.file.as_str(), self.line) {
            ("", _) => {}
            (file, Some(line)) => write!(f, "{file}:{line}: ")?,
            (file, None) => write!(f, "{file}: ")?,
        }
        if let Some(policy) = &self.policy {
            write!(f, "policy {policy}: ")?;
        }
        self.kind.fmt(f)
    }
}

/// Returns the message of Cedar with its help, and the offset in the text that it points at.
pub(crate) fn diagnostic(error: &dyn miette::Diagnostic) -> (String, Option<usize>) {
    let mut message = error.to_string();
    let labels = error.labels().into_iter().flatten().collect::<Vec<_>>();
    for label in labels.iter().filter_map(|label| label.label()) {
        message = format!("{message}; {label}");
    }
    if let Some(help) = error.help() {
        message = format!("{message}. {help}");
    }
    (message, labels.first().map(miette::LabeledSpan::offset))
}
