//! The TOML file of MCP servers that `MCP_FILE` names. It is read to its end whatever is wrong with it, so that all
//! mistakes are reported at once, each by its place.

mod table;

use super::env::Reader;
use agent::intent::{Object, Relation, Risk};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::Duration;
use table::Table;
use url::Url;

const VARIABLE: &str = "MCP_FILE";

/// The settings of all MCP servers.
#[derive(Debug, Clone, Default)]
pub struct Mcp {
    /// The servers.
    pub servers: Vec<McpServer>,
    /// The origins that need be neither `https` nor public.
    pub allow: Vec<Url>,
    /// The environment variable that names a proxy, if one is set. The proxy is not used for MCP servers.
    pub unused_proxy: Option<&'static str>,
}

/// The settings of one MCP server.
#[derive(Debug, Clone)]
pub struct McpServer {
    /// Its configured name, with which the names of its tools begin.
    pub name: String,
    /// The endpoint.
    pub url: Url,
    /// The audience of its access tokens; by default the endpoint.
    pub audience: String,
    /// The scopes of its access tokens.
    pub scopes: Vec<String>,
    /// The trust in what the server says about the risk of its tools.
    pub hints: McpHints,
    /// The names of the tools to offer; all tools if `None`.
    pub only: Option<BTreeSet<String>>,
    /// Settings for single tools, which override what the server says.
    pub tools: Vec<McpTool>,
    /// The limits that the file sets.
    pub limits: McpLimits,
}

/// The trust in a server's tool annotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum McpHints {
    /// A tool that is annotated as read-only needs no approval.
    Believed,
    /// Every tool needs an approval, unless the file says otherwise.
    Ignored,
}

/// The settings of one tool, which override what the server says.
#[derive(Debug, Clone)]
pub struct McpTool {
    /// Its name at the server.
    pub name: String,
    /// Its risk, which decides whether a person is asked for an approval.
    pub risk: Option<Risk>,
    /// The relation that a person needs to call it.
    pub relation: Option<Relation>,
    /// The object of that relation.
    pub object: Option<Object>,
}

/// The limits of a server; `None` means the default.
#[derive(Debug, Clone, Copy, Default)]
pub struct McpLimits {
    /// Longest duration of a call.
    pub total: Option<Duration>,
    /// Largest HTTP response, in bytes.
    pub answer_bytes: Option<usize>,
    /// Largest result for the model, in bytes.
    pub result_bytes: Option<usize>,
    /// Deepest nesting of a response, in levels.
    pub levels: Option<usize>,
    /// Most tools.
    pub tools: Option<usize>,
}

/// Allowed timeout of a call, in seconds. It is shorter than the time that a turn gives a call; otherwise the outcome
/// of a call could remain unknown.
const SECONDS: RangeInclusive<u64> = 1..=18;
const ANSWER_BYTES: RangeInclusive<u64> = 1024..=8 * 1024 * 1024;
const RESULT_BYTES: RangeInclusive<u64> = 1024..=256 * 1024;
const LEVELS: RangeInclusive<u64> = 4..=64;
const TOOLS: RangeInclusive<u64> = 1..=128;

/// Reads the servers from the file, if one is named.
pub(super) fn read(r: &mut Reader<'_>) -> Mcp {
    let Some(path) = r.optional(VARIABLE) else { return Mcp::default() };
    let mut mistakes = Vec::new();
    let mut mcp = match std::fs::read_to_string(path) {
        Ok(text) => parse(&text, &mut mistakes),
        Err(error) => {
            mistakes.push(format!("names a file that cannot be read ({})", error.kind()));
            Mcp::default()
        }
    };
    mcp.unused_proxy = r.proxy();
    mistakes.into_iter().for_each(|mistake| r.wrong(VARIABLE, &mistake));
    mcp
}

fn parse(text: &str, mistakes: &mut Vec<String>) -> Mcp {
    let mut root = match toml::from_str(text) {
        Ok(members) => Table::new("", members),
        Err(error) => {
            let start = error.span().map_or(0, |span| span.start).min(text.len());
            let line = text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count() + 1;
            // Only the message: the rest of the error quotes the file, which may hold secrets.
            mistakes.push(format!("line {line}: {}", error.message()));
            return Mcp::default();
        }
    };
    let allow = root.texts("allow", mistakes);
    let allow = allow.into_iter().filter_map(|own| table::url("", "allow", &own, mistakes)).collect();
    let servers = root.tables("servers", mistakes).into_iter().filter_map(|(name, own)| server(name, own, mistakes));
    let servers = servers.collect();
    root.end(mistakes);
    Mcp { servers, allow, unused_proxy: None }
}

fn server(name: String, mut own: Table, mistakes: &mut Vec<String>) -> Option<McpServer> {
    let url = own.needed("url", mistakes).and_then(|text| table::url(own.path(), "url", &text, mistakes));
    let audience = own.text("audience", mistakes);
    let scopes = own.texts("scopes", mistakes);
    let hints = own.choice("hints", &[("believed", McpHints::Believed), ("ignored", McpHints::Ignored)], mistakes);
    let only = own.names("only", TOOLS, mistakes);
    let tools = own.tables("tools", mistakes).into_iter().map(|(name, own)| tool(name, own, mistakes)).collect();
    let limits = own.table("limits", mistakes).map(|own| limits(own, mistakes)).unwrap_or_default();
    own.end(mistakes);
    let url = url?;
    let audience = audience.unwrap_or_else(|| url.to_string());
    Some(McpServer { name, url, audience, scopes, hints: hints.unwrap_or(McpHints::Ignored), only, tools, limits })
}

fn tool(name: String, mut own: Table, mistakes: &mut Vec<String>) -> McpTool {
    let risk = own.choice("risk", &[("read", Risk::Read), ("elevated", Risk::Elevated)], mistakes);
    let relation = own.text("relation", mistakes).and_then(|text| {
        let good = (1..=50).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        if !good {
            mistakes.push(format!("[{}] relation: must be the name of a relation, like can_call", own.path()));
        }
        good.then(|| Relation(kept(text)))
    });
    let object = own.text("object", mistakes).and_then(|text| {
        let object = text.split_once(':').and_then(|(kind, id)| {
            let good = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            Object::new(kept(kind.to_owned()), id).ok().filter(|_| good)
        });
        if object.is_none() {
            mistakes.push(format!("[{}] object: must be type:id, like tool:tasks/get_tasks", own.path()));
        }
        object
    });
    own.end(mistakes);
    McpTool { name, risk, relation, object }
}

/// Leaks a text, so that it lives as long as the process: relations and types are `&'static str`, and the file is read
/// only once, at the start.
fn kept(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

fn limits(mut own: Table, mistakes: &mut Vec<String>) -> McpLimits {
    let mut number = |name, range| own.number(name, range, mistakes);
    let seconds = number("seconds", SECONDS);
    let mut size = |name, range| number(name, range).and_then(|own| usize::try_from(own).ok());
    let limits = McpLimits {
        total: seconds.map(Duration::from_secs),
        answer_bytes: size("answer_bytes", ANSWER_BYTES),
        result_bytes: size("result_bytes", RESULT_BYTES),
        levels: size("levels", LEVELS),
        tools: size("tools", TOOLS),
    };
    own.end(mistakes);
    limits
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests;
