//! Names that nobody can take from another: each tool's is its server's name, `___`, and its own.

use agent::ToolName;
use std::fmt;

/// What stands between the name of a server and of its tool, as at `AgentCore` Gateway.
pub(crate) const SEPARATOR: &str = "___";

/// Longest name of a tool that Bedrock takes.
const LONGEST: usize = 64;

/// The name of a server in the configuration: 1 to 24 of `[a-z0-9-]`, so that it never holds the separator.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerName(String);

impl ServerName {
    /// A name of these characters; `None` for any other.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        ((1..=24).contains(&name.len()) && name.chars().all(good)).then(|| Self(name.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a tool cannot be offered under its name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    /// It has other characters than `[a-zA-Z0-9_-]`, or none.
    #[error("the name has characters that a tool's name cannot have")]
    Characters,
    /// With the server's name it is longer than 64 characters.
    #[error("the name is too long")]
    Long,
    /// It is, or looks like, the name of another tool or server.
    #[error("the name looks like {0}")]
    Confusable(String),
}

/// The name of a tool, here and at its server's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    /// `tasks___get_tasks`, for the model.
    pub(crate) local: ToolName,
    /// `get_tasks`.
    pub(crate) own: String,
}

impl Name {
    /// The name of the server's tool `remote`. A gateway's prefix that is the server's own name is not said twice.
    pub(crate) fn new(server: &ServerName, remote: &str) -> Result<Self, BadName> {
        let prefix = format!("{server}{SEPARATOR}");
        let own = remote.strip_prefix(&prefix).unwrap_or(remote);
        if own.is_empty() || !own.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')) {
            return Err(BadName::Characters);
        }
        let local = format!("{prefix}{own}");
        if local.len() > LONGEST {
            return Err(BadName::Long);
        }
        Ok(Self { local: ToolName(local), own: own.to_owned() })
    }

    /// Refuses a name of which a part looks like one of `taken`: the model could take one for the other.
    pub(crate) fn unlike<'a>(&self, taken: impl IntoIterator<Item = &'a str>) -> Result<(), BadName> {
        let whole = std::iter::once(self.own.as_str());
        let parts: Vec<_> = whole.chain(self.own.split(SEPARATOR)).map(skeleton).collect();
        let alike = taken.into_iter().find(|other| parts.contains(&skeleton(other)));
        alike.map_or(Ok(()), |other| Err(BadName::Confusable(other.to_owned())))
    }
}

/// What is left of a name at a glance: no case, no `_` and `-`, and one sign for what looks the same.
pub(crate) fn skeleton(name: &str) -> String {
    let plain = name.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| match c.to_ascii_lowercase() {
        '0' => 'o',
        '1' | 'i' => 'l',
        '5' => 's',
        c => c,
    });
    plain.collect::<String>().replace("rn", "m").replace("vv", "w")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn attack_45_no_server_takes_the_name_of_another_one_or_of_ours() {
        let server = ServerName::new("tasks").unwrap();
        let long = "a".repeat(57);
        let rows = [
            ("get_tasks", Ok("tasks___get_tasks")),
            ("tasks___get_tasks", Ok("tasks___get_tasks")),
            ("other___get_tasks", Ok("tasks___other___get_tasks")),
            ("", Err(BadName::Characters)),
            ("tasks___", Err(BadName::Characters)),
            ("\u{43e}kta_groups", Err(BadName::Characters)),
            ("okta.groups", Err(BadName::Characters)),
            ("okta groups", Err(BadName::Characters)),
            ("okta_groups\u{200b}", Err(BadName::Characters)),
            (&long, Err(BadName::Long)),
        ];
        for (remote, expected) in rows {
            let name = Name::new(&server, remote).map(|name| name.local.0);
            assert_eq!(name, expected.map(str::to_owned), "{remote}");
        }
        for (remote, alike) in [
            ("okta_groups", true),
            ("Okta-Groups", true),
            ("0kta_groups", true),
            ("okta__groups", true),
            ("oktagroups", true),
            ("x___okta_groups", true),
            ("okta_groups_of", false),
            ("groups", false),
        ] {
            let told = Name::new(&server, remote).unwrap().unlike(["okta_user", "okta_groups"]);
            assert_eq!(told.is_err(), alike, "{remote}");
        }
    }

    #[test]
    fn a_server_s_name_never_holds_the_separator() {
        for (name, good) in
            [("tasks", true), ("a-1", true), ("", false), ("a_b", false), ("Tasks", false), ("t\u{e4}", false)]
        {
            assert_eq!(ServerName::new(name).is_some(), good, "{name}");
        }
    }
}
