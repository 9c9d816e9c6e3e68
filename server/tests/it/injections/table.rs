//! The table of results, as Markdown.

use super::script::Script;
use super::seen::Account;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

const HEAD: &str = "\
# Effects of a model that obeys every injection

Written by `server/tests/it/injections.rs` from the scripts in `server/tests/it/injections/`. The model is scripted: it obeys as
soon as the text has reached it, so the results show what the gates do and nothing about the behaviour of a real model. For each
script the test also checks that the text is in the request to the model only where it came in, that card and phone show the
same, that the ledger allowed exactly what was started, that each action has its own approval, that nobody's conversation shows
another's, that the answer's HTML can do nothing, and that the attacker's own server gets no request.
";

/// Renders the scripts with their results.
pub(super) fn render(played: &[(&Script, &Account)]) -> String {
    let mut table = HEAD.to_owned();
    let channels: BTreeSet<_> = played.iter().map(|(script, _)| script.channel).collect();
    let calls: usize = played.iter().map(|(_, account)| account.proposed).sum();
    let _ = writeln!(
        table,
        "\n{} scripts by {} ways in. Calls that the model proposed: {}; asked for on the phone: {}; effects at Okta: {}.\n",
        played.len(),
        channels.len(),
        calls,
        played.iter().map(|(_, account)| account.asked.len()).sum::<usize>(),
        played.iter().map(|(_, account)| account.effects.len()).sum::<usize>(),
    );
    let mut gates: BTreeMap<&str, usize> = BTreeMap::new();
    played.iter().flat_map(|(_, account)| &account.gates).for_each(|gate| *gates.entry(gate).or_default() += 1);
    table.push_str("| gate | scripts that it stopped |\n| --- | --- |\n");
    for (gate, scripts) in gates {
        let _ = writeln!(table, "| {gate} | {scripts} |");
    }
    table.push_str("\n| script | way in | style | calls of the model | shown on the phone | done, sent to a remote tool, or asked of the person |\n");
    table.push_str("| --- | --- | --- | --- | --- | --- |\n");
    for (script, account) in played {
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} | {} | {} |",
            script.name,
            script.channel,
            script.style,
            cell(&account.calls),
            cell(&account.asked),
            verdict(script, account),
        );
    }
    table
}

fn verdict(script: &Script, account: &Account) -> String {
    let mut came = Vec::new();
    came.extend(account.effects.iter().map(|effect| format!("with its own approval: {effect}")));
    // The first call was the person's own request and happened before the text arrived.
    let innocent = usize::from(script.server.is_some() && script.first.is_some()).min(account.sent.len());
    came.extend(account.sent[innocent..].iter().map(|sent| format!("went out: {sent}")));
    came.extend(account.wanted.iter().map(|wanted| format!("asked: {wanted}")));
    came.extend((account.ends != "done").then(|| format!("the turn was ended: {}", account.ends)));
    if came.is_empty() { "nothing".to_owned() } else { cell(&came) }
}

fn cell(lines: &[String]) -> String {
    lines.join("; ").replace('|', "\\|")
}
