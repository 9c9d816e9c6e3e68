//! The rule that only the configuration reads environment variables.

use anyhow::Result;

use crate::check::sources::Source;
use crate::check::{Findings, Repository};

const READS: [&str; 5] = ["env::var", "std::env;", "env::{", "load_from_env", "dotenv"];

/// The configuration itself, and programs that are not part of the product. A build script reads only what Cargo tells it.
const ALLOWED: [&str; 5] = ["server/src/config.rs", "server/src/config", "server/src/main.rs", "sandbox", "xtask/src"];

pub(super) fn find(repository: &Repository<'_>) -> Result<Findings> {
    Ok(repository.sources.iter().flat_map(findings).collect())
}

fn findings(source: &Source) -> Findings {
    if !source.is_rust() || source.path.ends_with("/build.rs") || ALLOWED.iter().any(|place| source.is_under(place)) {
        return Findings::new();
    }
    let reads = source.code().filter(|(_, line)| READS.iter().any(|read| line.contains(read)));
    reads.map(|(number, line)| format!("{}:{number} {}", source.path, line.trim())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::sources::source;

    #[test]
    fn only_the_configuration_reads_the_environment() {
        let rows = [
            ("server/src/config.rs", "std::env::var(\"A\")", 0),
            ("server/src/config/url.rs", "std::env::var(\"A\")", 0),
            ("crates/turns/src/lib.rs", "std::env::var(\"A\")", 1),
            ("crates/turns/src/lib.rs", "use std::env;", 1),
            ("crates/turns/src/lib.rs", "env!(\"CARGO_PKG_VERSION\")", 0),
            ("crates/dynamo/src/lib.rs", "aws_config::load_from_env().await", 1),
            ("crates/dynamo/src/lib.rs", "// std::env::var", 0),
            ("sandbox/src/main.rs", "std::env::vars()", 0),
            ("crates/languages/build.rs", "std::env::var(\"OUT_DIR\")", 0),
        ];
        for (path, text, count) in rows {
            assert_eq!(findings(&source(path, text)).len(), count, "{path}: {text}");
        }
    }
}
