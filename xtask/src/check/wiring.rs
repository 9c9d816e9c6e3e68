//! The rule that only the wiring names adapters.

use anyhow::Result;

use crate::check::sources::Source;
use crate::check::{Findings, Repository};

/// The adapters' names as the server imports them.
const ADAPTERS: [&str; 13] = [
    "approvals",
    "bedrock",
    "credentials",
    "dynamo",
    "builtin_tools",
    "fga",
    "gateway",
    "github",
    "mcp",
    "oidc",
    "okta",
    "secrets",
    "web_push",
];

/// Paths and the adapters that they may name.
const ALLOWED: [(&str, &[&str]); 9] = [
    ("server/src/wiring.rs", &ADAPTERS),
    ("server/src/wiring", &ADAPTERS),
    // Sign-in and the session cookie are plain HTTP, and a port would only repeat these types. The pages of accounts use the
    // port that `credentials` declares, those of passkeys the service of `approvals`, which stands on ports alone.
    ("crates/edge/src", &["approvals", "credentials", "dynamo", "oidc"]),
    // The configuration validates profiles, client authentication methods and keys while it reads them.
    ("server/src/config/oidc.rs", &["oidc"]),
    // The local vault parses the providers file, so that its errors are reported with all others.
    ("server/src/config/providers.rs", &["credentials"]),
    // The policy of approvals parses its own file, for the same reason.
    ("server/src/config/policy.rs", &["approvals"]),
    ("server/src/config.rs", &["approvals"]),
    // The gateway parses its own file and the documents of its targets.
    ("server/src/config/targets.rs", &["gateway"]),
    // The key of Web Push and the list of push services are parsed with all other settings.
    ("server/src/config/push.rs", &["web_push"]),
];

pub(super) fn find(repository: &Repository<'_>) -> Result<Findings> {
    Ok(repository.sources.iter().flat_map(findings).collect())
}

fn findings(source: &Source) -> Findings {
    if !source.is_rust() || !(source.is_under("server/src") || source.is_under("crates/edge/src")) {
        return Findings::new();
    }
    let allowed =
        |adapter: &str| ALLOWED.iter().any(|(place, adapters)| source.is_under(place) && adapters.contains(&adapter));
    let suspects = ADAPTERS.into_iter().filter(|adapter| !allowed(adapter) && !is_module(&source.text, adapter));
    let suspects = suspects.collect::<Vec<_>>();
    let forbidden = source.code().flat_map(|(number, line)| {
        suspects.iter().filter(move |adapter| names(line, adapter)).map(move |adapter| (number, *adapter))
    });
    forbidden.map(|(number, adapter)| format!("{}:{number} names {adapter}", source.path)).collect()
}

/// Returns `true` if the line contains a path that begins with the crate `name`.
fn names(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(start, _)| {
        let (before, after) = (&line[..start], &line[start + name.len()..]);
        let begins = !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '"');
        let used = line.trim_start().starts_with("use ") && after.starts_with([';', ',']);
        begins && (after.starts_with("::") || used)
    })
}

/// Returns `true` if `name` refers to a module of the server in this file.
fn is_module(text: &str, name: &str) -> bool {
    text.split_inclusive(';').any(|statement| {
        let words = statement.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
        let words = words.skip_while(|word| !matches!(*word, "use" | "mod")).collect::<Vec<_>>();
        match words.as_slice() {
            ["mod", module, ..] => *module == name,
            ["use", "crate" | "super" | "self", rest @ ..] => rest.contains(&name),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::sources::source;

    #[test]
    fn only_the_wiring_names_adapters() {
        let rows = [
            ("server/src/wiring.rs", "use bedrock::Bedrock;", 0),
            ("server/src/wiring/tools.rs", "okta::tools()", 0),
            ("server/src/serve.rs", "use bedrock::Bedrock;", 1),
            ("server/src/serve.rs", "    okta::tools(dynamo::Table)", 2),
            ("crates/turns/src/lib.rs", "use crate::mcp::Actor; // okta", 0),
            ("crates/turns/src/lib.rs", "/// [`okta::Tool`]", 0),
            ("crates/turns/src/lib.rs", "let my_okta::x", 0),
            ("crates/edge/src/login.rs", "oidc::Provider", 0),
            ("crates/edge/src/login.rs", "okta::Provider", 1),
            ("server/src/edges.rs", "oidc::Provider", 1),
            ("server/src/config/providers.rs", "credentials::file::parse(text)", 0),
            ("server/src/config.rs", "credentials::file::parse(text)", 1),
            ("server/src/lib.rs", "use crate::edge::{\n    headers,\n    okta,\n};\nokta::identify", 0),
            ("server/src/lib.rs", "use crate::edge::headers;\nokta::identify", 1),
            ("server/src/tools.rs", "pub mod okta;\nokta::all()", 0),
            ("crates/okta/src/lib.rs", "use okta::x", 0),
        ];
        for (path, text, count) in rows {
            assert_eq!(findings(&source(path, text)).len(), count, "{path}: {text}");
        }
    }
}
