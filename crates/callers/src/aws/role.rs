//! Accounts and roles of AWS.

use crate::config::ConfigError;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An account number: twelve digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId(String);

impl AccountId {
    /// The twelve digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for AccountId {
    type Error = ConfigError;

    fn try_from(text: String) -> Result<Self, ConfigError> {
        if is_account(&text) { Ok(Self(text)) } else { Err(ConfigError::Account) }
    }
}

impl From<AccountId> for String {
    fn from(account: AccountId) -> Self {
        account.0
    }
}

/// The ARN of an IAM role, with its account: `arn:aws:iam::123456789012:role/Supervisor`. The same role name in another
/// account is another role.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoleArn(String);

impl RoleArn {
    /// The ARN.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the account of the role.
    #[must_use]
    pub fn account(&self) -> &str {
        self.0.split(':').nth(4).unwrap_or_default()
    }

    /// Returns whether the role has a path, which the ARN of a session does not show.
    #[must_use]
    pub fn has_path(&self) -> bool {
        self.0.matches('/').count() > 1
    }

    /// Returns the role of a session, `arn:aws:sts::123456789012:assumed-role/Supervisor/name`. The name of the session is
    /// the caller's choice, so it is dropped. Anything that is not a role's session has no role: users, federated users,
    /// the root of an account.
    pub(crate) fn of_session(arn: &str) -> Option<Self> {
        let (head, resource) = arn.split_once(":assumed-role/")?;
        let (partition, account) = head.strip_prefix("arn:")?.split_once(":sts::")?;
        let (role, session) = resource.split_once('/')?;
        if session.is_empty() || session.contains('/') {
            return None;
        }
        Self::try_from(format!("arn:{partition}:iam::{account}:role/{role}")).ok().filter(|role| !role.has_path())
    }
}

impl TryFrom<String> for RoleArn {
    type Error = ConfigError;

    fn try_from(text: String) -> Result<Self, ConfigError> {
        let parts: Vec<&str> = text.split(':').collect();
        let is_role = match parts.as_slice() {
            ["arn", "aws" | "aws-cn" | "aws-us-gov", "iam", "", account, resource] => {
                is_account(account) && resource.strip_prefix("role/").is_some_and(is_path_and_name)
            }
            _ => false,
        };
        if is_role { Ok(Self(text)) } else { Err(ConfigError::Role) }
    }
}

impl From<RoleArn> for String {
    fn from(role: RoleArn) -> Self {
        role.0
    }
}

impl fmt::Debug for RoleArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Decides whether each part is made of the characters of a role's name. `*` is not among them: roles are exact.
fn is_path_and_name(text: &str) -> bool {
    text.split('/').all(|part| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_named_exactly_with_its_account() {
        let rows = [
            ("arn:aws:iam::123456789012:role/Supervisor", true),
            ("arn:aws:iam::123456789012:role/it/Supervisor", true),
            ("arn:aws-us-gov:iam::123456789012:role/Supervisor", true),
            ("arn:aws:iam::123456789012:role/*", false),
            ("arn:aws:iam::*:role/Supervisor", false),
            ("arn:aws:iam::12345678901:role/Supervisor", false),
            ("arn:aws:iam::123456789012:role/", false),
            ("arn:aws:iam::123456789012:role/a//b", false),
            ("arn:aws:iam::123456789012:root", false),
            ("arn:aws:iam::123456789012:user/Ada", false),
            ("arn:aws:sts::123456789012:assumed-role/Supervisor/x", false),
            ("Supervisor", false),
        ];
        for (text, expected) in rows {
            assert_eq!(RoleArn::try_from(text.to_owned()).is_ok(), expected, "{text}");
        }
    }

    #[test]
    fn only_the_session_of_a_role_has_a_role_and_its_name_is_dropped() {
        let role = Some("arn:aws:iam::123456789012:role/Supervisor");
        let rows = [
            ("arn:aws:sts::123456789012:assumed-role/Supervisor/whoever", role),
            ("arn:aws:sts::123456789012:assumed-role/Supervisor/admin", role),
            ("arn:aws:sts::123456789012:assumed-role/Supervisor/", None),
            ("arn:aws:sts::123456789012:assumed-role/Supervisor", None),
            ("arn:aws:sts::123456789012:assumed-role/a/Supervisor/x", None),
            ("arn:aws:sts::123456789012:federated-user/Ada", None),
            ("arn:aws:iam::123456789012:user/assumed-role/Supervisor/x", None),
            ("arn:aws:iam::123456789012:root", None),
            ("arn:aws:iam::123456789012:user/Ada", None),
            ("arn:aws:sts::1:assumed-role/Supervisor/x", None),
            ("", None),
        ];
        for (arn, expected) in rows {
            assert_eq!(RoleArn::of_session(arn).as_ref().map(RoleArn::as_str), expected, "{arn}");
        }
    }
}
