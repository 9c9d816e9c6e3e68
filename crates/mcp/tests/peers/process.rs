//! A server of another maker as a process. It ends when its standard input does, so it never outlives the test.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The one token that a peer takes.
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

    /// The interpreter, the program, and what tells that its packages are installed.
    fn program(self) -> (PathBuf, PathBuf, PathBuf) {
        let at = |path: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testing/peers/mcp").join(path);
        let python = |venv: &str| (at(venv).join("bin/python"), at("server.py"), at(venv).join("bin/python"));
        match self {
            Self::Python1 => python("python-1/.venv"),
            Self::Python2 => python("python-2/.venv"),
            Self::TypeScript => (
                PathBuf::from("node"),
                at("typescript/server.mjs"),
                at("typescript/node_modules/@modelcontextprotocol"),
            ),
        }
    }
}

/// A running peer.
#[derive(Debug)]
pub(crate) struct Peer {
    child: Child,
    pub(crate) url: String,
}

impl Peer {
    /// Starts the SDK's server in a mode: `sessions` or `stateless`, `sse` or `json`.
    pub(crate) fn start(sdk: Sdk, mode: [&str; 2]) -> Self {
        let (interpreter, program, installed) = sdk.program();
        assert!(
            installed.exists(),
            "the packages of the MCP peers are not installed ({} is missing): run `cargo xtask setup`",
            installed.display()
        );
        let mut command = Command::new(&interpreter);
        command.arg(program).args(mode).env("PEER_TOKEN", TOKEN).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", interpreter.display()));
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
        let url = ready["url"].as_str().unwrap_or_else(|| panic!("{sdk:?} {mode:?} printed no address: {line:?}"));
        Self { child, url: url.to_owned() }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
