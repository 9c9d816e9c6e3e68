//! The product's MCP door: how to try it, and the clients that registered themselves to do so.

use super::html::{code, escape, section as framed, table};
use crate::sandbox::Parts;

pub(super) fn section(parts: &Parts) -> String {
    let clients = parts.provider.registered_clients();
    let rows: Vec<Vec<String>> = (clients.iter())
        .map(|client| {
            let callbacks: Vec<String> = client.callbacks.iter().map(|url| code(url)).collect();
            vec![escape(&client.name), code(&client.id), callbacks.join("<br>")]
        })
        .collect();
    let clients =
        table(&["It calls itself", "Client", "Addresses of return"], &rows, "No client has registered itself.");
    let note = format!(
        "<p class=\"meta\">The MCP door is {door}. To try it: run {inspector}, choose Streamable HTTP, and connect to \
         that address; the inspector registers itself here and leads you to the sign-in. With the access token that it \
         shows, the door answers {curl} as well.</p>",
        door = code(&parts.door),
        inspector = code("npx @modelcontextprotocol/inspector@1"),
        curl = code("curl"),
    );
    framed("strangers", "Clients that registered themselves", &format!("{clients}{note}"))
}
