//! Names of tools that cannot be spoofed: the server's name, `___`, and the tool's own name, or an alias of it if
//! Bedrock rejects it.

use agent::ToolName;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt;
use untrusted::skeleton;

/// The separator between the names of a server and its tool, as in `AgentCore` Gateway.
pub(crate) const SEPARATOR: &str = "___";

/// Longest tool name that Bedrock accepts, of `[a-zA-Z0-9_-]` (`ToolSpecification` of its API).
const LONGEST_NAME: usize = 64;

/// Longest name of a tool at its server. MCP recommends at most 128, `AgentCore` Gateway allows 256; together with its
/// server's name it must fit into an object id of OpenFGA, and in full into the question to a person.
const LONGEST_OWN: usize = 190;

/// Hexadecimal digits of the hash at the end of an alias.
const HASH_DIGITS: usize = 12;

/// The name of a server in the configuration: 1 to 24 characters of `[a-z0-9-]`, so that it never contains the
/// separator.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerName(String);

impl ServerName {
    /// Returns the name, or `None` if it has other characters or another length.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        ((1..=24).contains(&name.len()) && name.chars().all(good)).then(|| Self(name.to_owned()))
    }

    /// The text of the name.
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

/// The reason why a tool cannot be offered under its name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    /// It contains characters other than `[a-zA-Z0-9_.-]`, or none at all.
    #[error("the name has characters that a tool's name cannot have")]
    Characters,
    /// It is longer than 190 characters.
    #[error("the name is longer than 190 characters")]
    Long,
    /// It equals, or looks like, the name of another tool or server.
    #[error("the name looks like {0}")]
    Confusable(String),
}

/// The names of a tool, for the model and at its server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    /// `tasks___get_tasks`, for the model. A name that Bedrock rejects, because it is too long or contains a dot, is
    /// replaced by an alias: its readable beginning and a hash of the whole name, so that the alias is always the same.
    pub(crate) local: ToolName,
    /// `get_tasks`.
    pub(crate) own: String,
}

impl Name {
    /// Derives the name of the server's tool `remote`. A gateway prefix that equals the server's name is not repeated.
    pub(crate) fn new(server: &ServerName, remote: &str) -> Result<Self, BadName> {
        let prefix = format!("{server}{SEPARATOR}");
        let own = remote.strip_prefix(&prefix).unwrap_or(remote);
        if own.is_empty() || !own.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')) {
            return Err(BadName::Characters);
        }
        if own.len() > LONGEST_OWN {
            return Err(BadName::Long);
        }
        let plain = prefix.len() + own.len() <= LONGEST_NAME && !own.contains('.');
        let local = if plain { format!("{prefix}{own}") } else { alias(&prefix, own) };
        Ok(Self { local: ToolName(local), own: own.to_owned() })
    }

    /// The tool's name at the server, if the model knows it by an alias.
    pub(crate) fn aliased(&self, server: &ServerName) -> Option<&str> {
        (self.local.0 != format!("{server}{SEPARATOR}{}", self.own)).then_some(&self.own)
    }

    /// The looks of both names. No other tool of the server may share one.
    pub(crate) fn looks(&self) -> BTreeSet<String> {
        let shown = self.local.0.split_once(SEPARATOR).map_or(self.local.0.as_str(), |(_, shown)| shown);
        [skeleton(&self.own), skeleton(shown)].into()
    }

    /// Rejects a name if a part of it looks like one of `taken`: the model could confuse the two.
    pub(crate) fn unlike<'a>(&self, taken: impl IntoIterator<Item = &'a str>) -> Result<(), BadName> {
        let whole = std::iter::once(self.own.as_str());
        let parts: Vec<_> = whole.chain(self.own.split(SEPARATOR)).map(skeleton).collect();
        let alike = taken.into_iter().find(|other| parts.contains(&skeleton(other)));
        alike.map_or(Ok(()), |other| Err(BadName::Confusable(other.to_owned())))
    }
}

/// Returns the readable beginning of a name and a hash of all of it. A deliberate hash collision gains nothing: tools
/// of one server with names that look the same are rejected, and other servers have another prefix.
fn alias(prefix: &str, own: &str) -> String {
    let room = LONGEST_NAME - prefix.len() - 1 - HASH_DIGITS;
    let readable: String = own.chars().take(room).map(|c| if c == '.' { '_' } else { c }).collect();
    let hash: String = Sha256::digest(own).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{prefix}{readable}_{}", &hash[..HASH_DIGITS])
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn no_server_takes_a_name_of_another_server_or_of_ours() {
        let server = ServerName::new("tasks").unwrap();
        let long = "a".repeat(191);
        let rows = [
            ("get_tasks", Ok("tasks___get_tasks")),
            ("tasks___get_tasks", Ok("tasks___get_tasks")),
            ("other___get_tasks", Ok("tasks___other___get_tasks")),
            ("", Err(BadName::Characters)),
            ("tasks___", Err(BadName::Characters)),
            ("\u{43e}kta_groups", Err(BadName::Characters)),
            ("okta/groups", Err(BadName::Characters)),
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
            ("okta.groups", true),
            ("okta_groups_of", false),
            ("groups", false),
        ] {
            let told = Name::new(&server, remote).unwrap().unlike(["okta_user", "okta_groups"]);
            assert_eq!(told.is_err(), alike, "{remote}");
        }
    }

    #[test]
    fn a_name_that_bedrock_does_not_accept_gets_a_stable_alias() {
        let server = ServerName::new("tasks").unwrap();
        let long = format!("CrmTarget___{}", "find_customer_orders_by_region_and_year".repeat(2));
        let rows = [
            ("groups.list", "tasks___groups_list_"),
            ("groups_list", "tasks___groups_list"),
            (&long, "tasks___CrmTarget___find_customer_orders_by_region_"),
            (&format!("{long}s"), "tasks___CrmTarget___find_customer_orders_by_region_"),
        ];
        let mut seen = BTreeSet::new();
        for (remote, beginning) in rows {
            let name = Name::new(&server, remote).unwrap();
            let local = name.local.0.clone();
            assert!(local.starts_with(beginning) && local.len() <= 64, "{local}");
            assert!(local.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')), "{local}");
            assert_eq!(name.aliased(&server), (remote != "groups_list").then_some(remote));
            assert_eq!(
                Name::new(&server, &format!("tasks___{remote}")).unwrap(),
                name,
                "the same by a gateway's prefix"
            );
            assert!(seen.insert(local), "{remote}");
        }
        let other = ServerName::new("other").unwrap();
        assert_ne!(Name::new(&other, &long).unwrap().local, Name::new(&server, &long).unwrap().local);
        assert_eq!(Name::new(&server, "groups.list").unwrap().local.0, "tasks___groups_list_ea6530a20f53");
    }

    /// A server may use the alias of one of its tools as the name of another.
    #[test]
    fn an_alias_looks_like_no_other_name() {
        let server = ServerName::new("tasks").unwrap();
        let looks = |own: &str| Name::new(&server, own).unwrap().looks();
        let alias = Name::new(&server, "groups.list").unwrap().local.0;
        let taken = alias.strip_prefix("tasks___").unwrap();
        assert!(!looks("groups.list").is_disjoint(&looks(taken)));
        assert!(!looks("groups.list").is_disjoint(&looks("groups-list")));
        assert!(looks("groups.list").is_disjoint(&looks("groups_get")));
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
