//! The rules for the image, which no machine of ours builds: each path that it copies exists, and it runs as a numeric user
//! without a shell.

use anyhow::{Context, Result};
use std::fs;

use crate::check::{Findings, Repository};

const FILE: &str = "Containerfile";

pub(super) fn find(repository: &Repository<'_>) -> Result<Findings> {
    let text = fs::read_to_string(repository.workspace.path(FILE)).context(FILE)?;
    Ok(findings(&text, |path| repository.workspace.path(path).exists()))
}

fn findings(text: &str, exists: impl Fn(&str) -> bool) -> Findings {
    let lines = joined(text);
    let instructions: Vec<Vec<&str>> = lines.iter().map(|line| line.split_whitespace().collect()).collect();
    let copies = instructions.iter().filter(|words| words.first() == Some(&"COPY"));
    // Copies from other stages are outside of the repository.
    let own = copies.filter(|words| !words.iter().any(|word| word.starts_with("--from=")));
    let sources = own.flat_map(|words| {
        let paths: Vec<_> = words.iter().skip(1).filter(|word| !word.starts_with("--")).collect();
        paths.split_last().map_or_else(Vec::new, |(_, sources)| sources.to_vec())
    });
    let missing = sources.filter(|path| !exists(path)).map(|path| format!("{FILE}: COPY {path} has no source"));
    let last = instructions.iter().rposition(|words| words.first() == Some(&"FROM")).unwrap_or_default();
    let last = instructions.get(last..).unwrap_or_default();
    missing.chain(of_last_stage(last)).collect()
}

/// Rules for the stage that is shipped.
fn of_last_stage(stage: &[Vec<&str>]) -> Findings {
    let of = |name: &str| stage.iter().filter(|words| words.first() == Some(&name)).collect::<Vec<_>>();
    let numeric = |user: &str| {
        user.split(':').all(|part| part.parse::<u32>().is_ok_and(|id| id > 0)) && user.split(':').count() == 2
    };
    let user = of("USER").iter().all(|words| words.get(1).is_some_and(|user| numeric(user)));
    let by_digest = stage.first().and_then(|words| words.get(1)).is_some_and(|image| image.contains("@$"));
    let rows = [
        (of("USER").is_empty() || !user, "the last USER must be numeric, not 0, with a group"),
        (!by_digest, "the last stage must stand on a digest that is given"),
        (of("HEALTHCHECK") != [&vec!["HEALTHCHECK", "NONE"]], "HEALTHCHECK must be NONE: there is no shell"),
        (!of("RUN").is_empty() || !of("ADD").is_empty(), "the last stage only copies"),
    ];
    rows.into_iter().filter(|(broken, _)| *broken).map(|(_, text)| format!("{FILE}: {text}")).collect()
}

/// Returns the instructions, each on one line, without comments.
fn joined(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let text: String = lines.map(|line| format!("{line}\n")).collect();
    text.replace("\\\n", " ").lines().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "FROM rust AS build\nCOPY a b ./\nCOPY --from=x /y \\\n  /z\nRUN make\nFROM base@${DIGEST}\n\
        COPY --from=build /src/a /a\nUSER 65532:65532\nHEALTHCHECK NONE\n";

    #[test]
    fn each_copied_path_exists_and_the_user_is_numeric() {
        let exists = |path: &str| ["a", "b"].contains(&path);
        let rows = [
            ("", "", 0),
            ("COPY a b ./", "COPY a c ./", 1),
            ("COPY a b ./", "COPY --chmod=0444 a b ./", 0),
            ("COPY a b ./", "COPY c ./", 1),
            ("USER 65532:65532", "USER nonroot", 1),
            ("USER 65532:65532", "USER 65532", 1),
            ("USER 65532:65532", "USER 0:0", 1),
            ("USER 65532:65532", "USER 65532:65532\nUSER root", 1),
            ("USER 65532:65532\n", "", 1),
            ("base@${DIGEST}", "base:nonroot", 1),
            ("HEALTHCHECK NONE", "HEALTHCHECK CMD curl localhost", 1),
            ("HEALTHCHECK NONE\n", "", 1),
            ("HEALTHCHECK NONE", "HEALTHCHECK NONE\nRUN sh", 1),
        ];
        for (from, to, count) in rows {
            let text = if from.is_empty() { GOOD.to_owned() } else { GOOD.replacen(from, to, 1) };
            assert_eq!(findings(&text, exists).len(), count, "{to}: {:?}", findings(&text, exists));
        }
    }
}
