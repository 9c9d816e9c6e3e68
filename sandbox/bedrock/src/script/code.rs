//! Answers "give me a script that …" with a short script. The model runs none.

/// Scripts: words of which one must occur, the language, and the script. The first row that fits is given.
const SCRIPTS: &[(&str, &str, &str)] = &[
    (
        "python rename",
        "python",
        "from pathlib import Path\n\nfor path in Path(\".\").glob(\"*.jpeg\"):\n    path.rename(path.with_suffix(\".jpg\"))",
    ),
    (
        "powershell service services windows",
        "powershell",
        "Get-Service |\n  Where-Object Status -eq 'Stopped' |\n  Sort-Object DisplayName |\n  Select-Object DisplayName, Status",
    ),
    ("disk space full", "sh", "df -h --output=target,avail,pcent | sort -k3 -rn"),
    ("backup back copy archive zip", "sh", "tar -czf \"backup-$(date +%F).tar.gz\" Documents"),
    (
        "ping network online reachable vpn",
        "sh",
        "for host in intranet.example vpn.example; do\n  ping -c 1 -W 2 \"$host\" > /dev/null && echo \"$host answers\" || echo \"$host is silent\"\ndone",
    ),
    (
        "group groups okta users",
        "sh",
        "curl -sS -H \"Authorization: Bearer $OKTA_TOKEN\" \\\n  \"$OKTA_URL/api/v1/users/me/groups\" | jq -r '.[].profile.name'",
    ),
    (
        "sql query database",
        "sql",
        "SELECT department, count(*) AS people\nFROM employees\nGROUP BY department\nORDER BY people DESC;",
    ),
    ("", "sh", "for file in *.log; do\n  printf '%8s  %s\\n' \"$(wc -l < \"$file\")\" \"$file\"\ndone"),
];

/// Words for the thing that is asked for.
const THINGS: &[&str] =
    &["script", "snippet", "one-liner", "program", "function", "code", "powershell", "regex", "query"];

/// Words that ask for it.
const VERBS: &[&str] = &["give", "write", "show", "make", "need", "want", "create", "have"];

/// Returns a script in a fenced block if the person asks for one.
pub(super) fn answer(said: &str) -> Option<String> {
    let lower = said.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|word| !word.is_empty()).collect();
    let has = |known: &[&str]| words.iter().any(|word| known.contains(word));
    if !has(THINGS) || !has(VERBS) || lower.contains('@') {
        return None;
    }
    let fits = |topics: &str| topics.is_empty() || topics.split(' ').any(|topic| words.contains(&topic));
    let (_, language, script) = SCRIPTS.iter().find(|(topics, ..)| fits(topics))?;
    Some(format!(
        "Here is a short one to start from:\n\n```{language}\n{script}\n```\n\nI can't run it from here, so read it and try it on something unimportant first."
    ))
}
