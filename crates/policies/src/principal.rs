//! Callers as the policies see them.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};

/// A caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// A person, or a client for itself, by an access token: `AgentCore::OAuthUser`.
    Person(Person),
    /// A role of AWS: `AgentCore::IamEntity`. It has no tags.
    AwsRole(AwsRole),
}

/// The holder of an access token. The id is the subject alone, as AWS has it: at a gateway with two issuers a policy
/// that names a subject must ask for the tag `iss` as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The subject of the token.
    pub subject: String,
    /// The claims as strings; see [`tags`].
    pub tags: BTreeMap<String, String>,
}

impl Person {
    /// Makes a person of the verified claims of an access token. `None` without a subject.
    #[must_use]
    pub fn from_claims(claims: &Map<String, Value>) -> Option<Self> {
        let subject = claims.get("sub")?.as_str().filter(|subject| !subject.is_empty())?;
        Some(Self { subject: subject.to_owned(), tags: tags(claims) })
    }
}

/// Returns the tags of claims: strings as they are, numbers as decimal text, booleans as `true` or `false`, arrays and
/// objects as JSON without spaces. A null gives no tag. (Guide of AgentCore Policy, example policies for principals.)
#[must_use]
pub fn tags(claims: &Map<String, Value>) -> BTreeMap<String, String> {
    claims.iter().filter_map(|(name, claim)| Some((name.clone(), tag(claim)?))).collect()
}

fn tag(claim: &Value) -> Option<String> {
    Some(match claim {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        Value::Number(number) => decimal_text(number),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => claim.to_string(),
    })
}

/// `Number` prints large floats with an exponent.
fn decimal_text(number: &Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => format!("{float}"),
        _ => number.to_string(),
    }
}

/// A role of AWS in the form of a policy: `arn:aws:sts::ACCOUNT:assumed-role/ROLE`, without the name of a session,
/// which is the caller's choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsRole(String);

/// A text that is not the ARN of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME or arn:aws:sts::ACCOUNT:assumed-role/NAME")]
pub struct NotARole;

impl AwsRole {
    /// Reads the ARN of a role or of an assumed role, with or without a session.
    pub fn parse(arn: &str) -> Result<Self, NotARole> {
        let parts = arn.splitn(6, ':').collect::<Vec<_>>();
        let ["arn", partition, service, "", account, resource] = parts[..] else { return Err(NotARole) };
        let name = match (service, resource.split_once('/')) {
            ("iam", Some(("role", path))) => path.rsplit('/').next(),
            ("sts", Some(("assumed-role", rest))) => rest.split('/').next(),
            _ => None,
        };
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        match name {
            Some(name) if is_account && !name.is_empty() => {
                Ok(Self(format!("arn:{partition}:sts::{account}:assumed-role/{name}")))
            }
            _ => Err(NotARole),
        }
    }

    /// Returns the id of the `IamEntity`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
