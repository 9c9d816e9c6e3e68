//! The table of results, as Markdown.

use peers::oidc::Character;
use std::fmt::Write;

const HEAD: &str = "\
# The server against an OpenID Provider that is not ours

Written by `server/tests/it/peers.rs`: the real server signs people in at npm's `oidc-provider`, in each character of
`testing/peers/oidc/characters.json`. Characters with a star have an answer that the library itself would not give: that part
is our assumption about a vendor. *Approval* shows the same question four times: the person approves, denies, does not answer, or
is unknown to the provider.

| provider | sign-in | name, address | “What are my Okta groups?” | approval | sign-out | ended by the provider | refresh token |
| --- | --- | --- | --- | --- | --- | --- | --- |
";

/// The outcomes of one profile.
#[derive(Debug, Default)]
pub(crate) struct Row {
    pub(crate) character: String,
    pub(crate) sign_in: String,
    pub(crate) named: String,
    pub(crate) groups: String,
    pub(crate) approval: String,
    pub(crate) sign_out: String,
    pub(crate) ended: String,
    pub(crate) refresh: String,
}

impl Row {
    /// Returns a row without outcomes.
    pub(crate) fn of(character: &Character) -> Self {
        let star = if character.rewritten.is_empty() { "" } else { "*" };
        Self { character: format!("**{}{star}**: {}", character.name, character.about), ..Self::default() }
    }
}

/// Renders the whole table.
pub(crate) fn render(rows: &[Row]) -> String {
    let mut table = HEAD.to_owned();
    for row in rows {
        let cells = [
            &row.character,
            &row.sign_in,
            &row.named,
            &row.groups,
            &row.approval,
            &row.sign_out,
            &row.ended,
            &row.refresh,
        ];
        let cells =
            cells.map(|cell| if cell.is_empty() { "–".to_owned() } else { without_ports(cell).replace('|', "\\|") });
        let _ = writeln!(table, "| {} |", cells.join(" | "));
    }
    table
}

/// Removes port numbers, which differ each time.
fn without_ports(text: &str) -> String {
    let mut parts = text.split("localhost:");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| all + "localhost" + part.trim_start_matches(|c: char| c.is_ascii_digit()))
}
