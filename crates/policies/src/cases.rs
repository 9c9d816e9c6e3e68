//! Example requests as files: named calls and listings with the answers that are expected.
//!
//! ```toml
//! gateway = "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/gw-1"
//!
//! [[case]]
//! name = "a reader reads"
//! claims = { sub = "auth0|1", scope = "api/read" }   # or role = "arn:aws:iam::123456789012:role/Reader"
//! tool = "HR___get_employee"
//! input = { employeeId = "e-1" }
//! now = "2026-11-28T12:00:00Z"                       # optional
//! expect = "allow"                                   # allow, deny, bad_input
//! determining = ["read"]                             # optional: exactly these policies
//!
//! [[listing]]
//! name = "a reader lists"
//! claims = { sub = "auth0|1", scope = "api/read" }
//! expect = ["HR___get_employee"]
//! ```

mod run;

use serde::Deserialize;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::decision::Request;
use crate::{AwsRole, NotARole, Person, Principal};

pub use run::{Report, run};

/// The time of a case that names none.
const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

/// A file of example requests.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cases {
    /// The gateway of every request.
    pub gateway: String,
    /// Calls.
    #[serde(default, rename = "case")]
    pub calls: Vec<Call>,
    /// Listings.
    #[serde(default, rename = "listing")]
    pub listings: Vec<Listing>,
}

/// A call with its expected answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The name that a report shows.
    pub name: String,
    /// The verified claims of a token.
    pub claims: Option<Map<String, Value>>,
    /// The ARN of a role, in the place of claims.
    pub role: Option<String>,
    /// The action id.
    pub tool: String,
    /// The arguments.
    #[serde(default)]
    pub input: Value,
    /// The time in RFC 3339.
    pub now: Option<String>,
    /// The expected answer.
    pub expect: Expected,
    /// The expected determining policies, if they matter.
    pub determining: Option<Vec<String>>,
}

/// An expected answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// The call passes.
    Allow,
    /// The call is denied.
    Deny,
    /// An argument does not fit the schema.
    BadInput,
}

/// A listing with the tools that are expected, in the order of their names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// The name that a report shows.
    pub name: String,
    /// The verified claims of a token.
    pub claims: Option<Map<String, Value>>,
    /// The ARN of a role, in the place of claims.
    pub role: Option<String>,
    /// The tools that are listed.
    pub expect: Vec<String>,
}

/// One request without an expectation, for `policy explain`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The gateway.
    pub gateway: String,
    /// The verified claims of a token.
    pub claims: Option<Map<String, Value>>,
    /// The ARN of a role, in the place of claims.
    pub role: Option<String>,
    /// The action id.
    pub tool: String,
    /// The arguments.
    #[serde(default)]
    pub input: Value,
    /// The time in RFC 3339.
    pub now: Option<String>,
}

/// An example that cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// The text has another form.
    #[error("the file is not readable: {0}")]
    Toml(#[from] toml::de::Error),
    /// The text has another form.
    #[error("the file is not readable: {0}")]
    Json(#[from] serde_json::Error),
    /// There is not exactly one of claims and role.
    #[error("give either `claims` with a `sub`, or `role`")]
    Principal,
    /// The role is not an ARN of one.
    #[error(transparent)]
    Role(#[from] NotARole),
    /// The time is not RFC 3339.
    #[error("`now` must be a time such as 2026-11-28T12:00:00Z")]
    Time,
}

impl Cases {
    /// Reads a file of cases in TOML.
    pub fn from_toml(text: &str) -> Result<Self, CaseError> {
        Ok(toml::from_str(text)?)
    }
}

impl Example {
    /// Reads one request, in JSON if it begins with a brace, else in TOML.
    pub fn read(text: &str) -> Result<Self, CaseError> {
        if text.trim_start().starts_with('{') { Ok(serde_json::from_str(text)?) } else { Ok(toml::from_str(text)?) }
    }

    /// Returns the request.
    pub fn request(&self) -> Result<Request, CaseError> {
        Ok(Request {
            principal: principal(self.claims.as_ref(), self.role.as_deref())?,
            action: self.tool.clone(),
            gateway: self.gateway.clone(),
            input: self.input.clone(),
            now: time(self.now.as_deref())?,
        })
    }
}

fn principal(claims: Option<&Map<String, Value>>, role: Option<&str>) -> Result<Principal, CaseError> {
    match (claims, role) {
        (Some(claims), None) => Ok(Principal::Person(Person::from_claims(claims).ok_or(CaseError::Principal)?)),
        (None, Some(role)) => Ok(Principal::AwsRole(AwsRole::parse(role)?)),
        _ => Err(CaseError::Principal),
    }
}

fn time(text: Option<&str>) -> Result<OffsetDateTime, CaseError> {
    text.map_or(Ok(NOW), |text| OffsetDateTime::parse(text, &Rfc3339).map_err(|_| CaseError::Time))
}
