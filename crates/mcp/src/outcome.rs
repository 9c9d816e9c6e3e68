//! The interpretation of a server's answer to a call. It must not depend on who made the call.

use crate::config::Limits;
use crate::error::Cause;
use rmcp::model::{CallToolResult, ContentBlock, ErrorData, InputRequiredResult, ServerResult};
use serde_json::{Value, json};

/// `URLElicitationRequired` of the older revision.
const WANTS_PAGE: i32 = -32042;

/// The text that a policy's denial contains in both of its forms.
const DENIED: &str = "Tool Execution Denied";

/// Longest text of a server in an error, in characters.
const LONGEST_TEXT: usize = 400;

/// Returns the data of a completed call, or the cause of its failure.
pub(crate) fn of_answer(answer: ServerResult, limits: &Limits) -> Result<Value, Cause> {
    match answer {
        ServerResult::CallToolResult(result) => of_result(result, limits),
        ServerResult::InputRequiredResult(wants) => Err(of_wants(&wants)),
        _ => Err(Cause::Unreadable),
    }
}

fn of_result(result: CallToolResult, limits: &Limits) -> Result<Value, Cause> {
    if result.is_error == Some(true) {
        let text: Vec<_> = result.content.iter().filter_map(text_of).collect();
        let text = text.join(" ");
        return Err(if text.contains(DENIED) { Cause::Policy } else { Cause::Failed(quoted(&text)) });
    }
    let data = match result.structured_content {
        Some(data) => data,
        None => Value::Array(result.content.iter().map(block).collect()),
    };
    let data = untrusted::cleaned(&data, limits.longest_result, limits.deepest).ok_or(Cause::TooDeep)?;
    if data.to_string().len() > limits.longest_result { Err(Cause::TooLarge) } else { Ok(data) }
}

/// Returns the cause that a JSON-RPC error stands for.
pub(crate) fn of_error(error: &ErrorData) -> Cause {
    if error.message.contains(DENIED) {
        return Cause::Policy;
    }
    if error.code.0 == WANTS_PAGE {
        let data = error.data.clone().unwrap_or_default();
        return Cause::WantsPage(
            data["elicitations"].as_array().into_iter().flatten().find_map(page).unwrap_or_else(unnamed),
        );
    }
    Cause::Refused { code: error.code.0, text: quoted(&error.message) }
}

fn of_wants(wants: &InputRequiredResult) -> Cause {
    let requests = wants.input_requests.as_ref().and_then(|all| serde_json::to_value(all).ok()).unwrap_or_default();
    let params = requests.as_object().into_iter().flat_map(|all| all.values()).map(|request| &request["params"]);
    let pages: Vec<_> = params.filter(|params| params["mode"] == "url").collect();
    match pages.first() {
        Some(first) => Cause::WantsPage(page(first).unwrap_or_else(unnamed)),
        None => Cause::WantsInput,
    }
}

/// Returns only the host of the page: the rest of the address may contain anything.
fn page(params: &Value) -> Option<String> {
    let url = url::Url::parse(params["url"].as_str()?).ok()?;
    url.host_str().filter(|_| url.scheme() == "https").map(str::to_owned)
}

fn unnamed() -> String {
    "an address that cannot be shown".to_owned()
}

fn quoted(text: &str) -> String {
    text::line(text, LONGEST_TEXT).replace('"', "'")
}

fn text_of(block: &ContentBlock) -> Option<&str> {
    match block {
        ContentBlock::Text(text) => Some(&text.text),
        _ => None,
    }
}

/// Replaces images, audio and files with a note, because nobody has inspected them.
fn block(block: &ContentBlock) -> Value {
    match block {
        ContentBlock::Text(text) => json!(text.text),
        ContentBlock::Image(_) => json!({"left out": "a picture"}),
        ContentBlock::Audio(_) => json!({"left out": "a sound"}),
        _ => json!({"left out": "a file"}),
    }
}
