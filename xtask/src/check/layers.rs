//! The rule that crates depend only on the layers below.

use anyhow::Result;

use crate::check::graph::Crate;
use crate::check::{Findings, Repository};

pub(super) fn find(repository: &Repository<'_>) -> Result<Findings> {
    Ok(repository.crates.iter().flat_map(findings).collect())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layer {
    /// Basic crates without a protocol, such as `text`.
    Ground,
    Core,
    /// Formats of our own, which know no store: sealed values, the ledger.
    Format,
    /// OpenID Connect and OAuth, as specified.
    Protocol,
    Adapter,
    App,
    Browser,
    Server,
    Sandbox,
    Peers,
    Commands,
}

impl Layer {
    fn of(name: &str, directory: &str) -> Self {
        match (name, directory) {
            ("text", _) => Self::Ground,
            ("agent", _) => Self::Core,
            ("countersign-ledger" | "countersign-sealing", _) => Self::Format,
            ("countersign-oidc", _) => Self::Protocol,
            ("app", _) => Self::App,
            ("frontend", _) => Self::Browser,
            ("server", _) => Self::Server,
            ("xtask", _) => Self::Commands,
            ("countersign-peers", _) => Self::Peers,
            (_, directory) if directory.starts_with("crates/sandbox") => Self::Sandbox,
            _ => Self::Adapter,
        }
    }

    /// Returns `true` if a crate of this layer may depend on one of `other`.
    fn may_hold(self, other: Self) -> bool {
        match self {
            Self::Ground | Self::App | Self::Peers | Self::Commands => false,
            Self::Core => other == Self::Ground,
            Self::Format | Self::Protocol => matches!(other, Self::Ground | Self::Core),
            Self::Adapter => matches!(other, Self::Ground | Self::Core | Self::Format | Self::Protocol),
            Self::Browser => other == Self::App,
            Self::Server => {
                !matches!(other, Self::Browser | Self::Server | Self::Sandbox | Self::Peers | Self::Commands)
            }
            Self::Sandbox => other == Self::Sandbox,
        }
    }

    /// Returns `true` if the tests of this layer may depend on `other`.
    fn may_test_with(self, other: Self) -> bool {
        let outside =
            matches!((self, other), (Self::Server, Self::Sandbox) | (Self::Server | Self::Adapter, Self::Peers));
        self.may_hold(other) || self == other || outside
    }
}

fn findings(of: &Crate) -> Findings {
    let layer = Layer::of(&of.name, &of.directory);
    let normal = of.normal.iter().filter(|name| !layer.may_hold(layer_of(name)));
    let for_tests = of.for_tests.iter().filter(|name| **name != of.name && !layer.may_test_with(layer_of(name)));
    let normal = normal.map(|name| format!("{} depends on {name}", of.name));
    normal.chain(for_tests.map(|name| format!("{}'s tests depend on {name}", of.name))).collect()
}

/// Finds the layer by the name alone: the sandbox's crates carry their location in the name.
fn layer_of(name: &str) -> Layer {
    Layer::of(name, if name.starts_with("sandbox") { "crates/sandbox" } else { "crates" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_point_downwards() {
        let rows = [
            ("okta", "crates/okta", "agent", 0),
            ("okta", "crates/okta", "countersign-credentials", 1),
            ("countersign-credentials", "crates/credentials", "countersign-oidc", 0),
            ("countersign-oidc", "crates/oidc", "countersign-credentials", 1),
            ("okta", "crates/okta", "app", 1),
            ("agent", "crates/agent", "okta", 1),
            ("agent", "crates/agent", "text", 0),
            ("agent", "crates/agent", "countersign-sealing", 1),
            ("countersign-sealing", "crates/sealing", "agent", 0),
            ("countersign-sealing", "crates/sealing", "dynamo", 1),
            ("dynamo", "crates/dynamo", "countersign-sealing", 0),
            ("dynamo", "crates/dynamo", "countersign-ledger", 0),
            ("countersign-ledger", "crates/ledger", "agent", 0),
            ("countersign-ledger", "crates/ledger", "dynamo", 1),
            ("countersign-ledger", "crates/ledger", "countersign-sealing", 1),
            ("countersign-oidc", "crates/oidc", "countersign-sealing", 1),
            ("server", "server", "countersign-sealing", 0),
            ("text", "crates/text", "agent", 1),
            ("okta", "crates/okta", "text", 0),
            ("app", "app", "text", 1),
            ("sandbox", "crates/sandbox", "text", 1),
            ("app", "app", "agent", 1),
            ("frontend", "frontend", "app", 0),
            ("frontend", "frontend", "agent", 1),
            ("server", "server", "openfga-adapter", 0),
            ("server", "server", "sandbox", 1),
            ("sandbox", "crates/sandbox", "sandbox-fga", 0),
            ("sandbox-fga", "crates/sandbox/fga", "openfga-adapter", 1),
            ("server", "server", "countersign-peers", 1),
            ("countersign-peers", "testing/peers", "agent", 1),
        ];
        for (name, directory, dependency, count) in rows {
            let of = member(name, directory, &[dependency], &[]);
            assert_eq!(findings(&of).len(), count, "{name} → {dependency}");
        }
    }

    #[test]
    fn only_the_servers_tests_know_the_sandbox() {
        let rows = [
            ("server", "server", "sandbox", 0),
            ("okta", "crates/okta", "sandbox", 1),
            ("agent", "crates/agent", "agent", 0),
            ("server", "server", "countersign-peers", 0),
            ("mcp", "crates/mcp", "countersign-peers", 0),
            ("agent", "crates/agent", "countersign-peers", 1),
        ];
        for (name, directory, dependency, count) in rows {
            let of = member(name, directory, &[], &[dependency]);
            assert_eq!(findings(&of).len(), count, "{name} → {dependency}");
        }
    }

    fn member(name: &str, directory: &str, normal: &[&str], for_tests: &[&str]) -> Crate {
        let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        Crate { name: name.into(), directory: directory.into(), normal: owned(normal), for_tests: owned(for_tests) }
    }
}
