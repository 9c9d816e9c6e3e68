//! The server processes of the official SDKs.

use peers::{Peer, PeerError, node, python};
use std::process::Command;

/// The only token that a peer accepts.
pub(crate) const TOKEN: &str = "CANARY-peer";

/// An official SDK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sdk {
    /// `mcp` 1.x, `FastMCP`.
    Python1,
    /// `mcp` 2.x, `MCPServer`.
    Python2,
    /// `@modelcontextprotocol/sdk` 1.x.
    TypeScript,
}

impl Sdk {
    /// Its name in the table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Python1 => "Python 1.x (FastMCP)",
            Self::Python2 => "Python 2.x (MCPServer)",
            Self::TypeScript => "TypeScript 1.x",
        }
    }

    /// The server, with the packages that `cargo xtask setup` installed.
    fn program(self) -> Result<Command, PeerError> {
        match self {
            Self::Python1 => python("mcp/python-1", "mcp/server.py"),
            Self::Python2 => python("mcp/python-2", "mcp/server.py"),
            Self::TypeScript => node("mcp/typescript", "mcp/typescript/server.mjs"),
        }
    }

    /// Starts the SDK's server in a mode: `sessions` or `stateless`, `sse` or `json`.
    pub(crate) async fn start(self, mode: [&str; 2]) -> Peer {
        let mut command = self.program().unwrap();
        command.args(mode).env("PEER_TOKEN", TOKEN);
        Peer::start(command).await.unwrap()
    }
}
