//! Domain to wire and back: messages, tools, documents.

use agent::ports::{Block, Message, ModelError, Prompt, Role};
use agent::tool::ToolSpec;
use aws_sdk_bedrockruntime::operation::converse_stream::builders::ConverseStreamFluentBuilder;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ConversationRole, InferenceConfiguration, Message as WireMessage, SystemContentBlock, Tool,
    ToolConfiguration, ToolInputSchema, ToolResultBlock, ToolResultContentBlock, ToolSpecification, ToolUseBlock,
};
use aws_smithy_types::{Document, Number};
use serde_json::{Value, json};

/// Fills a request in. Nova is told to choose greedily, which is how its tool calls stay well-formed.
pub(crate) fn request(
    builder: ConverseStreamFluentBuilder,
    model_id: &str,
    prompt: Prompt,
) -> Result<ConverseStreamFluentBuilder, ModelError> {
    let messages = prompt.messages.into_iter().map(message).collect::<Result<Vec<_>, _>>()?;
    let limit = i32::try_from(prompt.max_tokens).unwrap_or(i32::MAX);
    let mut builder = builder
        .set_messages(Some(messages))
        .system(SystemContentBlock::Text(prompt.system))
        .inference_config(InferenceConfiguration::builder().max_tokens(limit).temperature(0.0).build());
    if model_id.contains("amazon.nova") {
        builder = builder.additional_model_request_fields(document(&json!({ "inferenceConfig": { "topK": 1 } })));
    }
    if !prompt.tools.is_empty() {
        let tools = prompt.tools.into_iter().map(tool).collect::<Result<Vec<_>, _>>()?;
        builder = builder.tool_config(ToolConfiguration::builder().set_tools(Some(tools)).build().map_err(invalid)?);
    }
    Ok(builder)
}

fn message(message: Message) -> Result<WireMessage, ModelError> {
    let role = match message.role {
        Role::User => ConversationRole::User,
        Role::Assistant => ConversationRole::Assistant,
    };
    // Results go first: that is where the service looks for them.
    let (results, others): (Vec<_>, Vec<_>) =
        message.blocks.into_iter().partition(|block| matches!(block, Block::Result { .. }));
    let blocks = results.into_iter().chain(others).map(block).collect::<Result<Vec<_>, _>>()?;
    WireMessage::builder().role(role).set_content(Some(blocks)).build().map_err(invalid)
}

fn block(block: Block) -> Result<ContentBlock, ModelError> {
    Ok(match block {
        Block::Text(text) => ContentBlock::Text(text),
        Block::Call(call) => ContentBlock::ToolUse(
            ToolUseBlock::builder()
                .tool_use_id(call.id.0)
                .name(call.tool.0)
                .input(document(&call.input))
                .build()
                .map_err(invalid)?,
        ),
        Block::Result { call, content } => ContentBlock::ToolResult(
            ToolResultBlock::builder()
                .tool_use_id(call.0)
                .content(ToolResultContentBlock::Json(document(&content)))
                .build()
                .map_err(invalid)?,
        ),
    })
}

fn tool(spec: ToolSpec) -> Result<Tool, ModelError> {
    let schema = ToolInputSchema::Json(document(&spec.input_schema));
    let tool = ToolSpecification::builder().name(spec.name.0).description(spec.description).input_schema(schema);
    Ok(Tool::ToolSpec(tool.build().map_err(invalid)?))
}

fn invalid(error: impl std::fmt::Display) -> ModelError {
    ModelError::Misconfigured(format!("a request could not be built: {error}"))
}

/// JSON as a smithy document.
pub(crate) fn document(value: &Value) -> Document {
    match value {
        Value::Null => Document::Null,
        Value::Bool(truth) => Document::Bool(*truth),
        Value::String(text) => Document::String(text.clone()),
        Value::Array(items) => Document::Array(items.iter().map(document).collect()),
        Value::Object(members) => {
            Document::Object(members.iter().map(|(key, value)| (key.clone(), document(value))).collect())
        }
        Value::Number(number) => Document::Number(match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(positive), _, _) => Number::PosInt(positive),
            (None, Some(negative), _) => Number::NegInt(negative),
            (None, None, float) => Number::Float(float.unwrap_or(f64::NAN)),
        }),
    }
}
