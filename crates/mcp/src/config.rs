//! The servers of the operator's configuration, with checks that each may be reached and none can be confused with
//! another.

use crate::ServerName;
use crate::name::SEPARATOR;
use agent::intent::{Object, Relation, Risk};
use egress::{EgressError, Listed, check};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use untrusted::skeleton;
use url::Url;

/// The configuration of one server.
#[derive(Debug, Clone)]
pub struct Server {
    /// Its local name: the first part of its tools' names and of their object ids in FGA.
    pub name: ServerName,
    /// The endpoint, `https://gateway.example/mcp`.
    pub url: Url,
    /// The `aud` of its tokens (RFC 8707: usually the endpoint). No two servers share one.
    pub audience: String,
    /// The scopes of its tokens.
    pub scopes: Vec<String>,
    /// The trust in its annotations.
    pub hints: Hints,
    /// The tools to offer, by their own names or with a gateway's prefix; `None` offers all of them.
    pub only: Option<BTreeSet<String>>,
    /// The operator's overrides, by the tool's own name (`get_tasks`).
    pub tools: BTreeMap<String, Override>,
    /// The limits on its answers.
    pub limits: Limits,
}

/// The trust in a server's statements about the risk of its tools.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Hints {
    /// Not trusted: every tool is elevated unless an override says otherwise.
    #[default]
    Ignored,
    /// Trusted: a tool with `readOnlyHint: true` and without `destructiveHint: true` is a read.
    Believed,
}

/// The operator's overrides for one tool.
#[derive(Debug, Clone, Default)]
pub struct Override {
    /// The risk, which decides if a person must approve calls.
    pub risk: Option<Risk>,
    /// The relation; `can_call` by default.
    pub relation: Option<Relation>,
    /// The object; `tool:<server>/<name>` by default.
    pub object: Option<Object>,
}

/// The limits of one server.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Longest time for one discovery or one call, including all of its requests.
    pub total: Duration,
    /// Longest HTTP response, in bytes.
    pub longest_answer: usize,
    /// Longest result for the model, in bytes of JSON.
    pub longest_result: usize,
    /// Deepest response, in levels of JSON.
    pub deepest: usize,
    /// Most tools that are offered; further ones are omitted.
    pub most_tools: usize,
}

impl Default for Limits {
    /// 15 s (less than the time limit of a call in a turn), 1 MiB, 32 KiB, 32 levels, 64 tools.
    fn default() -> Self {
        let total = Duration::from_secs(15);
        Self { total, longest_answer: 1024 * 1024, longest_result: 32 * 1024, deepest: 32, most_tools: 64 }
    }
}

/// All servers, and the origins that need not be `https` or public.
#[derive(Debug, Clone, Default)]
pub struct Servers {
    pub(crate) all: Vec<Server>,
    pub(crate) listed: Listed,
}

/// The configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadConfig {
    /// The names of two servers look the same.
    #[error("the MCP servers {0} and {1} look the same")]
    Alike(ServerName, ServerName),
    /// The same token is valid at two servers: each could use it at the other.
    #[error("the MCP servers {0} and {1} share an audience")]
    SharedAudience(ServerName, ServerName),
    /// The server has no audience: its tokens would be valid elsewhere.
    #[error("the MCP server {0} has no audience")]
    NoAudience(ServerName),
    /// The egress rule forbids the server's address.
    #[error("the MCP server {0} may not be reached: {1}")]
    Egress(ServerName, EgressError),
}

impl Servers {
    /// Checks these servers. The origins of `listed` need not be `https` or public.
    ///
    /// # Errors
    /// All problems found, see [`BadConfig`].
    pub fn new(all: Vec<Server>, listed: &[Url]) -> Result<Self, Vec<BadConfig>> {
        let (listed, mut bad) = (Listed::new(listed), Vec::new());
        for (at, own) in all.iter().enumerate() {
            if own.audience.is_empty() {
                bad.push(BadConfig::NoAudience(own.name.clone()));
            }
            if let Err(error) = check(&own.url, &listed) {
                bad.push(BadConfig::Egress(own.name.clone(), error));
            }
            for other in &all[..at] {
                if skeleton(own.name.as_str()) == skeleton(other.name.as_str()) {
                    bad.push(BadConfig::Alike(other.name.clone(), own.name.clone()));
                }
                if own.audience == other.audience {
                    bad.push(BadConfig::SharedAudience(other.name.clone(), own.name.clone()));
                }
            }
        }
        if bad.is_empty() { Ok(Self { all, listed }) } else { Err(bad) }
    }

    /// Every server.
    pub fn iter(&self) -> impl Iterator<Item = &Server> {
        self.all.iter()
    }

    /// Returns the server that this provider, as named in a tool's need, stands for.
    #[must_use]
    pub fn by_provider(&self, provider: &str) -> Option<&Server> {
        self.all.iter().find(|server| server.provider() == provider)
    }
}

impl Server {
    /// The provider in the needs of its tools, such as `mcp:tasks`.
    #[must_use]
    pub fn provider(&self) -> String {
        format!("mcp:{}", self.name)
    }

    /// Returns whether the operator wants the tool that the server calls `remote`.
    pub(crate) fn wants(&self, remote: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.iter().any(|wanted| self.own(wanted) == self.own(remote)))
    }

    /// The wanted names that do not occur in `remote`.
    pub(crate) fn missing<'a>(&self, remote: impl Iterator<Item = &'a str>) -> Vec<String> {
        let offered: BTreeSet<_> = remote.map(|name| self.own(name)).collect();
        let wanted = self.only.iter().flatten();
        wanted.filter(|name| !offered.contains(self.own(name))).cloned().collect()
    }

    /// Strips the prefix of a gateway that is named like this server.
    fn own<'a>(&self, name: &'a str) -> &'a str {
        name.strip_prefix(self.name.as_str()).and_then(|rest| rest.strip_prefix(SEPARATOR)).unwrap_or(name)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    fn server(name: &str, url: &str, audience: &str) -> Server {
        Server {
            name: ServerName::new(name).unwrap(),
            url: url.parse().unwrap(),
            audience: audience.to_owned(),
            scopes: Vec::new(),
            hints: Hints::default(),
            only: None,
            tools: BTreeMap::new(),
            limits: Limits::default(),
        }
    }

    #[test]
    fn no_two_servers_may_look_alike_or_share_an_audience() {
        let first = || server("tasks", "https://tasks.example/mcp", "https://tasks.example/mcp");
        let name = |name: &str| ServerName::new(name).unwrap();
        let rows = [
            (server("mail", "https://mail.example/mcp", "https://mail.example/mcp"), None),
            (
                server("mail", "https://mail.example/mcp", "https://tasks.example/mcp"),
                Some(BadConfig::SharedAudience(name("tasks"), name("mail"))),
            ),
            (server("ta5ks", "https://mail.example/mcp", "m"), Some(BadConfig::Alike(name("tasks"), name("ta5ks")))),
            (server("tasks", "https://mail.example/mcp", "m"), Some(BadConfig::Alike(name("tasks"), name("tasks")))),
            (server("mail", "https://mail.example/mcp", ""), Some(BadConfig::NoAudience(name("mail")))),
            (
                server("mail", "http://mail.example/mcp", "m"),
                Some(BadConfig::Egress(name("mail"), EgressError::Scheme)),
            ),
            (
                server("mail", "https://[::ffff:a9fe:a9fe]/", "m"),
                Some(BadConfig::Egress(name("mail"), EgressError::NotPublic)),
            ),
        ];
        for (second, bad) in rows {
            let told = format!("{second:?}");
            assert_eq!(Servers::new(vec![first(), second], &[]).err(), bad.map(|bad| vec![bad]), "{told}");
        }
        let servers = Servers::new(vec![first()], &[]).unwrap();
        assert_eq!(servers.by_provider("mcp:tasks").map(|own| own.name.as_str()), Some("tasks"));
        assert!(servers.by_provider("tasks").is_none() && servers.by_provider("mcp:mail").is_none());
    }
}
