//! The data of the operator's page of MCP tools. Texts of a server have their invisible characters made visible.

use crate::remote_tools::{Asks, Change, RemoteServer, RemoteTool, Source};
use crate::zone::Zone;
use app::pages::tools::{self as page, Line, Server, Tool};
use text::visible;

/// Longest name of a tool that is not offered, in characters: enough to recognize it.
const LONGEST_NAME: usize = 100;

/// Converts a server.
pub(in crate::backend) fn server(own: &RemoteServer, zone: &Zone) -> Server {
    Server {
        name: own.name.clone(),
        address: visible(&own.url),
        last: match own.source {
            Source::Configured => None,
            Source::Discovered => {
                Some(own.last.map_or_else(|| "Not since this server started".to_owned(), |at| zone.full(at)))
            }
        },
        trouble: own.trouble.as_deref().map(visible),
        notes: own.notes.iter().map(|note| visible(note)).collect(),
        changes: own.changes.iter().map(change).collect(),
        tools: own.tools.iter().map(|own| tool(own, zone)).collect(),
        unfit: own.unfit.iter().map(|(name, why)| (unfit_name(name), visible(why))).collect(),
    }
}

fn change(own: &Change) -> page::Change {
    let line = |line: &String| {
        let (sign, rest) = line.split_at_checked(2).unwrap_or(("", line));
        if sign == "- " { Line::Was(visible(rest)) } else { Line::Now(visible(rest)) }
    };
    page::Change {
        tool: own.tool.clone(),
        shown: visible(&own.tool),
        lines: own.lines.iter().map(line).collect(),
        digest: own.digest.clone(),
    }
}

fn tool(own: &RemoteTool, zone: &Zone) -> Tool {
    let asks = match own.asks {
        Asks::Nobody => "Nobody: the permission is enough",
        Asks::ThePerson => "The person, each time",
    };
    let mut facts = vec![
        ("Asks", zone.texts().stored(asks).into_owned()),
        ("Description for the model", visible(&own.description)),
    ];
    facts.extend(own.own.as_deref().map(|own| ("At the server", visible(own))));
    facts.extend(own.since.map(|at| ("Since", zone.full(at))));
    facts.extend(own.by.as_deref().map(|by| ("Accepted by", visible(by))));
    Tool { name: visible(&own.name), facts, needs: (own.relation.clone(), own.object.clone()) }
}

fn unfit_name(name: &str) -> String {
    if name.is_empty() { "(no name)".to_owned() } else { visible(name).chars().take(LONGEST_NAME).collect() }
}
