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
    /// The rules about other systems: requests to them, and what they send.
    Outside,
    Core,
    /// Formats and rules of our own, which know no store: sealed values, the ledger, policies.
    Format,
    /// OpenID Connect and OAuth, as specified.
    Protocol,
    /// The authorizer of the doors, on the protocols.
    Callers,
    Adapter,
    /// The turns of an instance, which know the core's ports alone.
    Turns,
    /// The texts for people.
    Texts,
    App,
    Browser,
    Edge,
    Server,
    Sandbox,
    Peers,
    Commands,
}

impl Layer {
    fn of(name: &str, directory: &str) -> Self {
        match (name, directory) {
            ("countersign-text" | "countersign-http-client" | "countersign-webauthn", _) => Self::Ground,
            ("countersign-egress" | "countersign-untrusted", _) => Self::Outside,
            ("countersign-languages", _) => Self::Texts,
            ("countersign-agent", _) => Self::Core,
            ("countersign-ledger" | "countersign-policies" | "countersign-sealing", _) => Self::Format,
            ("countersign-oidc", _) => Self::Protocol,
            ("countersign-callers", _) => Self::Callers,
            ("countersign-app", _) => Self::App,
            ("countersign-frontend", _) => Self::Browser,
            ("countersign-system" | "countersign-turns", _) => Self::Turns,
            ("countersign-edge", _) => Self::Edge,
            ("countersign-server", _) => Self::Server,
            ("xtask", _) => Self::Commands,
            ("countersign-peers", _) => Self::Peers,
            (_, directory) if directory == "sandbox" || directory.starts_with("sandbox/") => Self::Sandbox,
            _ => Self::Adapter,
        }
    }

    /// Returns `true` if a crate of this layer may depend on one of `other`.
    fn may_hold(self, other: Self) -> bool {
        match self {
            Self::Ground | Self::Texts | Self::Peers | Self::Commands => false,
            Self::App => other == Self::Texts,
            Self::Core | Self::Outside => other == Self::Ground,
            Self::Format | Self::Protocol => matches!(other, Self::Ground | Self::Core),
            Self::Callers => matches!(other, Self::Ground | Self::Core | Self::Protocol),
            Self::Adapter => {
                matches!(other, Self::Ground | Self::Outside | Self::Core | Self::Format | Self::Protocol)
            }
            Self::Turns => matches!(other, Self::Ground | Self::Core | Self::Turns),
            Self::Browser => other == Self::App,
            Self::Edge => !matches!(
                other,
                Self::Browser | Self::Edge | Self::Server | Self::Sandbox | Self::Peers | Self::Commands
            ),
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
    Layer::of(name, if name.starts_with("countersign-sandbox") { "sandbox" } else { "crates" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_point_downwards() {
        let rows = [
            ("countersign-okta", "crates/okta", "countersign-agent", 0),
            ("countersign-okta", "crates/okta", "countersign-credentials", 1),
            ("countersign-credentials", "crates/credentials", "countersign-oidc", 0),
            ("countersign-oidc", "crates/oidc", "countersign-credentials", 1),
            ("countersign-mcp", "crates/mcp", "countersign-egress", 0),
            ("countersign-egress", "crates/egress", "countersign-http-client", 0),
            ("countersign-untrusted", "crates/untrusted", "countersign-agent", 1),
            ("countersign-agent", "crates/agent", "countersign-egress", 1),
            ("countersign-okta", "crates/okta", "countersign-app", 1),
            ("countersign-agent", "crates/agent", "countersign-okta", 1),
            ("countersign-agent", "crates/agent", "countersign-text", 0),
            ("countersign-agent", "crates/agent", "countersign-sealing", 1),
            ("countersign-sealing", "crates/sealing", "countersign-agent", 0),
            ("countersign-sealing", "crates/sealing", "countersign-dynamo", 1),
            ("countersign-dynamo", "crates/dynamo", "countersign-sealing", 0),
            ("countersign-dynamo", "crates/dynamo", "countersign-ledger", 0),
            ("countersign-ledger", "crates/ledger", "countersign-agent", 0),
            ("countersign-ledger", "crates/ledger", "countersign-dynamo", 1),
            ("countersign-ledger", "crates/ledger", "countersign-sealing", 1),
            ("countersign-oidc", "crates/oidc", "countersign-sealing", 1),
            ("countersign-callers", "crates/callers", "countersign-oidc", 0),
            ("countersign-callers", "crates/callers", "countersign-openfga", 1),
            ("countersign-callers", "crates/callers", "countersign-edge", 1),
            ("countersign-edge", "crates/edge", "countersign-callers", 0),
            ("countersign-okta", "crates/okta", "countersign-callers", 1),
            ("countersign-agent", "crates/agent", "countersign-policies", 1),
            ("countersign-policies", "crates/policies", "countersign-openfga", 1),
            ("countersign-server", "server", "countersign-sealing", 0),
            ("countersign-server", "server", "countersign-edge", 0),
            ("countersign-edge", "crates/edge", "countersign-turns", 0),
            ("countersign-edge", "crates/edge", "countersign-oidc", 0),
            ("countersign-turns", "crates/turns", "countersign-edge", 1),
            ("countersign-turns", "crates/turns", "countersign-dynamo", 1),
            ("countersign-turns", "crates/turns", "countersign-agent", 0),
            ("countersign-okta", "crates/okta", "countersign-http-client", 0),
            ("countersign-text", "crates/text", "countersign-agent", 1),
            ("countersign-okta", "crates/okta", "countersign-text", 0),
            ("countersign-app", "app", "countersign-text", 1),
            ("countersign-sandbox", "sandbox", "countersign-text", 1),
            ("countersign-app", "app", "countersign-agent", 1),
            ("countersign-app", "app", "countersign-languages", 0),
            ("countersign-okta", "crates/okta", "countersign-languages", 1),
            ("countersign-edge", "crates/edge", "countersign-languages", 0),
            ("countersign-frontend", "frontend", "countersign-app", 0),
            ("countersign-frontend", "frontend", "countersign-agent", 1),
            ("countersign-server", "server", "countersign-openfga", 0),
            ("countersign-server", "server", "countersign-sandbox", 1),
            ("countersign-sandbox", "sandbox", "countersign-sandbox-fga", 0),
            ("countersign-sandbox-fga", "sandbox/fga", "countersign-openfga", 1),
            ("countersign-server", "server", "countersign-peers", 1),
            ("countersign-peers", "testing/peers", "countersign-agent", 1),
        ];
        for (name, directory, dependency, count) in rows {
            let of = member(name, directory, &[dependency], &[]);
            assert_eq!(findings(&of).len(), count, "{name} → {dependency}");
        }
    }

    #[test]
    fn only_the_servers_tests_know_the_sandbox() {
        let rows = [
            ("countersign-server", "server", "countersign-sandbox", 0),
            ("countersign-okta", "crates/okta", "countersign-sandbox", 1),
            ("countersign-agent", "crates/agent", "countersign-agent", 0),
            ("countersign-server", "server", "countersign-peers", 0),
            ("countersign-mcp", "crates/mcp", "countersign-peers", 0),
            ("countersign-agent", "crates/agent", "countersign-peers", 1),
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
