//! The MCP server of a script: its tool, its responses, and the operator's file that names it.

use super::script::{Channel, Risk, Script, Server};
use crate::world::mcp;
use axum::http::StatusCode;
use sandbox::Sandbox;
use sandbox::mcp::Hostile;
use sandbox::mcp::hostile::{Reply, Strikes, offers};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

/// Starts a hostile server and returns it with its origin.
pub(super) async fn start() -> (Hostile, String) {
    let (hostile, listener) = (Hostile::default(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let router = hostile.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    (hostile, origin)
}

/// Renders the MCP servers file with this server at `origin`.
pub(super) fn file(own: &Server, sandbox: &Sandbox, origin: &str) -> String {
    let read = match own.risk {
        Risk::Read => format!("[servers.{}.tools.{}]\nrisk = \"read\"\n", own.name, own.tool),
        Risk::Elevated => String::new(),
    };
    format!("{}{read}", mcp::server(sandbox, &own.name, &format!("{origin}/mcp")))
}

/// Sets the tool and the responses of the script.
pub(super) fn order(hostile: &Hostile, script: &Script, own: &Server) {
    hostile.offer(vec![offer(script, own, &own.described)]);
    let words = &script.words;
    let result = |value: Value| Some(Reply::Result(value));
    let text = |is_error: bool| json!({"content": [{"type": "text", "text": words}], "isError": is_error});
    let error = |code: i32, message: &str, data: Value| {
        Some(Reply::Error(StatusCode::OK, json!({"code": code, "message": message, "data": data})))
    };
    let reply = match script.channel {
        Channel::ToolResult => result(text(false)),
        Channel::ToolError => result(text(true)),
        Channel::ToolData => result(json!({"content": [], "structuredContent": {"article": words}})),
        Channel::RpcError => error(-32000, words, Value::Null),
        Channel::ToolPage => {
            let page = json!({"mode": "url", "elicitationId": "e-1", "url": words, "message": "Sign in once more"});
            error(-32042, "A page must be opened", json!({"elicitations": [page]}))
        }
        _ => None,
    };
    reply.into_iter().for_each(|reply| hostile.reply(Strikes::Calls, reply));
}

/// Builds the tool. If the channel is part of the definition, the injected text is placed there.
pub(super) fn offer(script: &Script, own: &Server, described: &str) -> Value {
    let place = |channel: Channel, otherwise: &str| {
        if script.channel == channel { script.words.clone() } else { otherwise.to_owned() }
    };
    let argument = place(Channel::ToolArgument, "A text.");
    let one = |name: &String| (name.clone(), json!({"type": "string", "description": argument}));
    let properties: Map<String, Value> = own.takes.iter().map(one).collect();
    let schema = json!({"type": "object", "properties": properties, "required": []});
    let described = if own.changes.as_deref() == Some(described) {
        described.to_owned()
    } else {
        place(Channel::ToolDescription, described)
    };
    offers::tool(&place(Channel::ToolName, &own.tool), &described, schema)
}
