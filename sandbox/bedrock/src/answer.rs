//! The non-streaming response of Converse, and the token usage that both operations report. Must not depend on the
//! event-stream format.

use axum::Json;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream::{self, StreamExt};
use serde_json::{Value, json};

use crate::fault::{Fault, Kind};
use crate::plan::{Block, Input, Plan};
use crate::playback::Twist;
use crate::playback::steps::tool_use_id;

/// Returns the `usage` object for a request of `input_tokens`.
pub(crate) fn usage(input_tokens: usize, plan: &Plan) -> Value {
    let output = plan.tokens();
    json!({
        "inputTokens": input_tokens, "outputTokens": output, "totalTokens": input_tokens + output,
        "cacheReadInputTokens": 0, "cacheWriteInputTokens": 0,
    })
}

/// Builds the response of Converse, altered as `twist` says. The caller waits for [`Twist::Gate`] before it calls
/// this.
///
/// # Errors
/// Returns a `ModelErrorException` for tool arguments that aren't JSON, and the exception that a stream would carry.
pub(crate) fn answer(plan: Plan, twist: &Twist, usage: &Value, latency: i64) -> Result<Response, Fault> {
    let stop = plan.stop.wire();
    let content = plan.blocks.into_iter().map(block).collect::<Result<Vec<_>, _>>()?;
    let mut body = json!({
        "output": { "message": { "role": "assistant", "content": content } },
        "stopReason": stop, "usage": usage, "metrics": { "latencyMs": latency },
    });
    Ok(match twist {
        Twist::Exception(fault) => return Err(fault.clone()),
        Twist::Straight | Twist::Gate(_) => Json(body).into_response(),
        Twist::UnknownEvent => {
            body["aside"] = json!({ "text": "to nobody" });
            Json(body).into_response()
        }
        Twist::End | Twist::BadJson | Twist::BadChecksum => raw(Body::from(first_half(&body))),
        Twist::Cut => {
            let broken = async {
                tokio::task::yield_now().await;
                Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
            };
            raw(Body::from_stream(stream::iter([Ok(first_half(&body))]).chain(stream::once(broken))))
        }
        Twist::Silence => {
            let half = stream::iter([Ok::<_, std::io::Error>(first_half(&body))]);
            raw(Body::from_stream(half.chain(stream::pending())))
        }
    })
}

fn raw(body: Body) -> Response {
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

fn first_half(body: &Value) -> Bytes {
    let text = body.to_string();
    let half = text.len() / 2;
    Bytes::from(text).slice(..half)
}

fn block(block: Block) -> Result<Value, Fault> {
    Ok(match block {
        Block::Text(text) => json!({ "text": text }),
        Block::Reasoning { text, signature } => {
            json!({ "reasoningContent": { "reasoningText": { "text": text, "signature": signature } } })
        }
        Block::Redacted(content) => json!({ "reasoningContent": { "redactedContent": content } }),
        Block::ToolUse { id, name, input } => {
            let input = match input {
                Input::Json(value) => value,
                Input::Raw(text) => serde_json::from_str(&text).map_err(|_| {
                    Fault::new(Kind::Model, "Model produced invalid sequence as part of ToolUse. Please refer to the model tool use troubleshooting guide.")
                })?,
            };
            json!({ "toolUse": { "toolUseId": id.unwrap_or_else(tool_use_id), "name": name, "input": input } })
        }
    })
}
