//! The MCP door: its file, and a client that speaks the current revision.

use super::TestApp;
use super::door::SUPERVISOR;
use reqwest::{RequestBuilder, Response};
use sandbox::Sandbox;
use serde_json::{Value, json};
use std::time::Duration;

/// The current revision.
pub(crate) const REVISION: &str = "2026-07-28";

/// A door for the people of the sandbox's provider, at the address of the pages.
pub(crate) fn mcp(sandbox: &Sandbox) -> Option<String> {
    let issuer = sandbox.variable("OIDC_ISSUER").unwrap();
    let url = sandbox.variable("COUNTERSIGN_URL").unwrap();
    Some(format!(
        "[doors.mcp]\nresource = \"{url}/mcp\"\nname = \"Countersign\"\nscopes = [\"tools\"]\nchallenge_scopes = [\"tools\"]\n\
         [[doors.mcp.issuers]]\nissuer = \"{issuer}\"\n\
         discovery_url = \"{issuer}.well-known/openid-configuration\"\nalgorithms = [\"RS256\"]\n\
         allowed_clients = [\"cli\", \"other\", \"supervisor\"]\ntenant = \"default\"\nactors = [\"{SUPERVISOR}\"]\n"
    ))
}

/// A door as the demo describes it: clients register themselves at the sandbox's provider, so none is listed.
pub(crate) fn for_strangers(sandbox: &Sandbox) -> Option<String> {
    let variable = |name| sandbox.variable(name).unwrap();
    let (issuer, door) = (variable("OIDC_ISSUER"), variable("MCP_DOOR_AUDIENCE"));
    let (scope, agent) = (variable("MCP_DOOR_SCOPE"), variable("AGENT_CLIENT_ID"));
    Some(format!(
        "[doors.mcp]\nresource = \"{door}\"\nscopes = [\"{scope}\"]\nchallenge_scopes = [\"{scope}\"]\n\
         [[doors.mcp.issuers]]\nissuer = \"{issuer}\"\n\
         discovery_url = \"{issuer}.well-known/openid-configuration\"\nalgorithms = [\"RS256\"]\n\
         allowed_scopes = [\"{scope}\"]\ntenant = \"default\"\nactors = [\"{agent}\"]\n\
         person_claims = [\"email\", \"email_verified\", \"preferred_username\"]\n"
    ))
}

/// A client with one token.
pub(crate) struct McpClient {
    url: String,
    token: String,
    /// The capabilities that it declares.
    capabilities: Value,
}

impl TestApp {
    /// Returns a client of this person, whose token has these claims over the usual ones.
    pub(crate) fn mcp_client(&self, who: &str, claims: Value) -> McpClient {
        let url = format!("{}/mcp", self.url);
        let mut all = json!({ "aud": url, "scope": "tools" });
        for (name, value) in claims.as_object().unwrap() {
            all[name] = value.clone();
        }
        McpClient { token: self.token(who, all), url, capabilities: json!({}) }
    }

    /// Returns a client with this token.
    pub(crate) fn mcp_client_with(&self, token: String) -> McpClient {
        McpClient { token, url: format!("{}/mcp", self.url), capabilities: json!({}) }
    }
}

impl McpClient {
    /// Returns the same client, which can follow tasks.
    pub(crate) fn with_tasks(self) -> Self {
        let capabilities = json!({ "extensions": { "io.modelcontextprotocol/tasks": {} } });
        Self { capabilities, ..self }
    }

    /// Returns the same client, which can open pages for its person.
    pub(crate) fn with_pages(self) -> Self {
        Self { capabilities: json!({ "elicitation": { "url": {} } }), ..self }
    }

    /// Calls again after a client was asked to open a page, with this answer to the question of `asked`.
    pub(crate) async fn call_again(&self, tool: &str, arguments: Value, asked: &Value, action: &str) -> Value {
        let key =
            asked["inputRequests"].as_object().and_then(|all| all.keys().next()).unwrap_or_else(|| panic!("{asked}"));
        let answer = self.ask(
            "tools/call",
            json!({
                "name": tool, "arguments": arguments, "requestState": asked["requestState"],
                "inputResponses": { key: { "action": action, "content": { "approved": true } } },
            }),
        );
        let answer = answer.await;
        answer.get("result").or_else(|| answer.get("error")).cloned().unwrap_or(answer)
    }

    /// Returns a request with this method and these parameters.
    pub(crate) fn request(&self, method: &str, mut params: Value) -> RequestBuilder {
        let name = params.get("name").or_else(|| params.get("taskId")).and_then(Value::as_str).map(str::to_owned);
        params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!(REVISION);
        params["_meta"]["io.modelcontextprotocol/clientInfo"] = json!({ "name": "test", "version": "1" });
        params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = self.capabilities.clone();
        let http = reqwest::Client::builder().timeout(Duration::from_secs(60)).build().unwrap();
        let request = http
            .post(&self.url)
            .bearer_auth(&self.token)
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", REVISION)
            .header("mcp-method", method)
            .json(&json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }));
        match name {
            Some(name) => request.header("mcp-name", name),
            None => request,
        }
    }

    /// Returns a request of the revision before, whose headers name neither method nor tool.
    pub(crate) fn older(&self, method: &str, params: Value) -> RequestBuilder {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(60)).build().unwrap();
        http.post(&self.url)
            .bearer_auth(&self.token)
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", "2025-11-25")
            .json(&json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }))
    }

    /// Returns the whole answer: `result` or `error`.
    pub(crate) async fn ask(&self, method: &str, params: Value) -> Value {
        let mut messages = Messages::of(self.request(method, params)).await;
        messages.last().await
    }

    /// Returns the result of a call, or its error.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Value {
        let answer = self.ask("tools/call", json!({ "name": tool, "arguments": arguments })).await;
        answer.get("result").or_else(|| answer.get("error")).cloned().unwrap_or(answer)
    }

    /// Returns the names of the tools.
    pub(crate) async fn tools(&self) -> Vec<String> {
        let answer = self.ask("tools/list", json!({})).await;
        let tools = answer["result"]["tools"].as_array().unwrap_or_else(|| panic!("no list: {answer}"));
        tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
    }
}

/// The messages of one answer, as JSON or as a stream.
pub(crate) struct Messages {
    answer: Response,
    buffer: String,
}

impl Messages {
    pub(crate) async fn of(request: RequestBuilder) -> Self {
        let answer = request.send().await.unwrap();
        Self { answer, buffer: String::new() }
    }

    /// Returns the next message; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        let is_stream = self.answer.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream");
        loop {
            if is_stream && let Some((event, rest)) = self.buffer.split_once("\n\n") {
                let data: String = event.lines().filter_map(|line| line.strip_prefix("data:")).map(str::trim).collect();
                self.buffer = rest.to_owned();
                if data.is_empty() {
                    continue;
                }
                return Some(serde_json::from_str(&data).unwrap());
            }
            match self.answer.chunk().await.unwrap() {
                Some(chunk) => self.buffer.push_str(std::str::from_utf8(&chunk).unwrap()),
                None if self.buffer.trim().is_empty() => return None,
                None => {
                    let text = std::mem::take(&mut self.buffer);
                    return Some(serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}")));
                }
            }
        }
    }

    /// Returns the answer itself, after all notifications.
    pub(crate) async fn last(&mut self) -> Value {
        let mut last = None;
        while let Some(message) = self.next().await {
            last = Some(message);
        }
        last.expect("an answer")
    }
}
