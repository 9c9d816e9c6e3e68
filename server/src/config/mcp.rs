//! The file of MCP servers, which `MCP_FILE` names: TOML, read to its end whatever is wrong with it, so that every
//! mistake is told at once, by its place.

mod table;

use super::env::Reader;
use agent::intent::{Object, Relation, Risk};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::Duration;
use table::Table;
use url::Url;

const VARIABLE: &str = "MCP_FILE";

/// All servers.
#[derive(Debug, Clone, Default)]
pub struct Mcp {
    /// Each of them.
    pub servers: Vec<McpServer>,
    /// The origins that need be neither `https` nor public.
    pub allow: Vec<Url>,
    /// The variable of this machine that names a proxy, if one does. It is not used for MCP servers.
    pub unused_proxy: Option<&'static str>,
}

/// One server.
#[derive(Debug, Clone)]
pub struct McpServer {
    /// Its name here, which begins the names of its tools.
    pub name: String,
    /// The endpoint.
    pub url: Url,
    /// The audience of its tokens; the endpoint, if the file names none.
    pub audience: String,
    /// The scopes of its tokens.
    pub scopes: Vec<String>,
    /// Whether what it says about the danger of its tools is believed.
    pub hints: McpHints,
    /// The names of the tools that are wanted; all of them without it.
    pub only: Option<BTreeSet<String>>,
    /// What is known better of single tools.
    pub tools: Vec<McpTool>,
    /// Its limits, where the file names them.
    pub limits: McpLimits,
}

/// Whether a server's annotations count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum McpHints {
    /// A tool that says that it only reads asks nobody.
    Believed,
    /// Every tool asks, unless the file says otherwise.
    Ignored,
}

/// What is known better of a tool.
#[derive(Debug, Clone)]
pub struct McpTool {
    /// Its own name.
    pub name: String,
    /// Whether a person is asked.
    pub risk: Option<Risk>,
    /// The relation.
    pub relation: Option<Relation>,
    /// The object.
    pub object: Option<Object>,
}

/// Limits, where they are named.
#[derive(Debug, Clone, Copy, Default)]
pub struct McpLimits {
    /// Longest time of a call.
    pub total: Option<Duration>,
    /// Longest answer of HTTP, in bytes.
    pub answer_bytes: Option<usize>,
    /// Longest result for the model, in bytes.
    pub result_bytes: Option<usize>,
    /// Deepest answer, in levels.
    pub levels: Option<usize>,
    /// Most tools.
    pub tools: Option<usize>,
}

/// Variables that name a proxy, as most HTTP clients read them.
const PROXIES: [&str; 6] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"];

/// Less than a turn gives a call, in seconds: else nobody would know whether it was done.
const SECONDS: RangeInclusive<u64> = 1..=18;
const ANSWER_BYTES: RangeInclusive<u64> = 1024..=8 * 1024 * 1024;
const RESULT_BYTES: RangeInclusive<u64> = 1024..=256 * 1024;
const LEVELS: RangeInclusive<u64> = 4..=64;
const TOOLS: RangeInclusive<u64> = 1..=128;

/// The servers of the file, if one is named.
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
    mcp.unused_proxy = PROXIES.into_iter().find(|name| r.named(name).is_some());
    mistakes.into_iter().for_each(|mistake| r.wrong(VARIABLE, &mistake));
    mcp
}

fn parse(text: &str, mistakes: &mut Vec<String>) -> Mcp {
    let mut root = match toml::from_str(text) {
        Ok(members) => Table::new("", members),
        Err(error) => {
            let start = error.span().map_or(0, |span| span.start).min(text.len());
            let line = text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count() + 1;
            // Its message alone: the rest repeats what stands there.
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

/// Read once, at the start, and kept for as long as the process lives: relations and types are names that are always
/// there.
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
