//! The tenants beside that of the deployment (`TENANTS_FILE`): for each its store of permissions and its tools.

mod store;

use super::env::Reader;
use super::{Config, Fga};
use agent::ToolName;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

const FILE: &str = "TENANTS_FILE";

/// The tenants of the file; none without a file.
#[derive(Debug, Clone, Default)]
pub struct Tenants {
    /// Each tenant by its name, as the doors and the sign-in name it.
    pub all: BTreeMap<String, Tenant>,
}

/// A tenant beside that of the deployment.
#[derive(Debug, Clone)]
pub enum Tenant {
    /// It shares store and tools with the tenant of the deployment.
    Shares,
    /// It has a store of its own.
    Own {
        /// The store.
        fga: Box<Fga>,
        /// The tools that its people are offered.
        tools: ToolNames,
    },
}

/// Names of tools; a `*` at the end stands for any rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolNames(Vec<String>);

impl ToolNames {
    /// Returns whether this tool is among them.
    #[must_use]
    pub fn contains(&self, tool: &ToolName) -> bool {
        self.0.iter().any(|name| match name.strip_suffix('*') {
            Some(start) => tool.0.starts_with(start),
            None => tool.0 == *name,
        })
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    tenants: BTreeMap<String, WrittenTenant>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTenant {
    #[serde(default)]
    shares_store: bool,
    tools: Option<Vec<String>>,
    fga: Option<store::Written>,
}

impl Tenants {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let Written { tenants } = r.file(FILE, parse);
        let mut all = BTreeMap::new();
        for (name, written) in tenants {
            match tenant(written, r) {
                Ok(tenant) => drop(all.insert(name, tenant)),
                Err(problems) => {
                    problems.iter().for_each(|problem| r.wrong(FILE, &format!("[tenants.{name}]: {problem}")))
                }
            }
        }
        Self { all }
    }

    /// Checks that each tenant that a door names is known, and that no two share a store unless the file says so.
    pub(super) fn check(config: &Config, r: &mut Reader<'_>) {
        let own = config.own_tenants();
        let known = |tenant: &&str| own.contains(tenant) || config.tenants.all.contains_key(*tenant);
        for (door, described) in &config.doors.doors {
            for tenant in described.tenants().into_iter().filter(|tenant| !known(tenant)) {
                r.wrong(
                    "DOORS_FILE",
                    &format!("[doors.{door}] names the tenant {tenant}, which {FILE} does not describe"),
                );
            }
        }
        let mut stores = BTreeSet::from([&config.fga.store_id]);
        for (name, tenant) in &config.tenants.all {
            if own.contains(name.as_str()) {
                r.wrong(FILE, &format!("[tenants.{name}]: this is the tenant of the deployment, set FGA_STORE_ID"));
            }
            if let Tenant::Own { fga, .. } = tenant
                && !stores.insert(&fga.store_id)
            {
                let problem = "the store is another tenant's; shares_store = true shares that of the deployment";
                r.wrong(FILE, &format!("[tenants.{name}]: {problem}"));
            }
        }
    }
}

/// Parses the file. The error names the line and does not show it, which may hold a secret in the wrong place.
fn parse(text: &str) -> Result<Written, String> {
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        format!("line {}: {}", before.matches('\n').count() + 1, error.message())
    })
}

fn tenant(written: WrittenTenant, r: &Reader<'_>) -> Result<Tenant, Vec<String>> {
    let WrittenTenant { shares_store, tools, fga } = written;
    let mistake = |text: &str| Err(vec![text.to_owned()]);
    match (fga, shares_store, tools) {
        (None, true, None) => Ok(Tenant::Shares),
        (Some(fga), false, Some(tools)) if !tools.is_empty() => {
            Ok(Tenant::Own { fga: Box::new(fga.read(r)?), tools: ToolNames(tools) })
        }
        (Some(_), false, _) => mistake("tools must name the tools of the tenant, [\"*\"] for all"),
        (None, true, Some(_)) => mistake("a tenant that shares the store shares the tools"),
        _ => mistake("exactly one of fga and shares_store = true must be given"),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
