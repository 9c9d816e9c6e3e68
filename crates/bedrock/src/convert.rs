//! Conversion from domain to wire: a prompt becomes the members of a request.

use crate::document::document;
use crate::heal::heal;
use crate::{Config, Family, Guardrail, PromptCache, ThinkingDisplay};
use agent::ports::{Block, Message, ModelError, Prompt, Reasoning, Role};
use agent::tool::ToolSpec;
use aws_sdk_bedrockruntime::operation::converse_stream::builders::ConverseStreamFluentBuilder;
use aws_sdk_bedrockruntime::types::{
    CachePointBlock, CachePointType, ContentBlock, ConversationRole, GuardrailStreamConfiguration, GuardrailTrace,
    InferenceConfiguration, Message as WireMessage, ReasoningContentBlock, ReasoningTextBlock, SystemContentBlock,
    Tool, ToolConfiguration, ToolInputSchema, ToolResultBlock, ToolResultContentBlock, ToolSpecification, ToolUseBlock,
};
use aws_smithy_types::Blob;
use serde_json::{Value, json};

/// Adds the prompt to a request.
pub(crate) fn request(
    builder: ConverseStreamFluentBuilder,
    config: &Config,
    prompt: Prompt,
) -> Result<ConverseStreamFluentBuilder, ModelError> {
    let caches = config.prompt_cache == PromptCache::Auto && config.family.takes_cache_points();
    let cache_point = if caches { Some(cache_point()?) } else { None };
    let mut messages = heal(prompt.messages).into_iter().map(message).collect::<Result<Vec<_>, _>>()?;
    if let (Some(point), Some(last)) = (&cache_point, messages.last_mut()) {
        last.content.push(ContentBlock::CachePoint(point.clone()));
    }
    let system = [SystemContentBlock::Text(prompt.system)];
    let system = system.into_iter().chain(cache_point.clone().map(SystemContentBlock::CachePoint)).collect();
    let mut builder = builder
        .set_messages(Some(messages))
        .set_system(Some(system))
        .inference_config(inference(config.family, prompt.max_tokens))
        .set_additional_model_request_fields(model_fields(config).map(|fields| document(&fields)))
        .set_guardrail_config(config.guardrail.as_ref().map(guardrail));
    if !prompt.tools.is_empty() {
        let mut tools = prompt.tools.into_iter().map(tool).collect::<Result<Vec<_>, _>>()?;
        tools.extend(cache_point.map(Tool::CachePoint));
        builder = builder.tool_config(ToolConfiguration::builder().set_tools(Some(tools)).build().map_err(invalid)?);
    }
    Ok(builder)
}

/// Sets a temperature of 0 if the model accepts one.
fn inference(family: Family, max_tokens: u32) -> InferenceConfiguration {
    let limit = i32::try_from(max_tokens).unwrap_or(i32::MAX);
    let temperature = family.takes_temperature().then_some(0.0);
    InferenceConfiguration::builder().max_tokens(limit).set_temperature(temperature).build()
}

/// Members for one family only. Greedy decoding keeps Nova's tool calls well-formed (Nova user guide, "Troubleshooting
/// tool calling"); Claude shows a summary of its thinking if configured (Bedrock user guide, "Adaptive thinking").
fn model_fields(config: &Config) -> Option<Value> {
    match (config.family, config.thinking) {
        (Family::Nova, _) => Some(json!({ "inferenceConfig": { "topK": 1 } })),
        (Family::Claude, ThinkingDisplay::Summarized) => {
            Some(json!({ "thinking": { "type": "adaptive", "display": "summarized" } }))
        }
        _ => None,
    }
}

/// Disables the trace, which repeats the conversation.
fn guardrail(guardrail: &Guardrail) -> GuardrailStreamConfiguration {
    GuardrailStreamConfiguration::builder()
        .guardrail_identifier(&guardrail.id)
        .guardrail_version(&guardrail.version)
        .trace(GuardrailTrace::Disabled)
        .build()
}

fn cache_point() -> Result<CachePointBlock, ModelError> {
    CachePointBlock::builder().r#type(CachePointType::Default).build().map_err(invalid)
}

fn message(message: Message) -> Result<WireMessage, ModelError> {
    let role = match message.role {
        Role::User => ConversationRole::User,
        Role::Assistant => ConversationRole::Assistant,
    };
    let blocks = message.blocks.into_iter().map(block).collect::<Result<Vec<_>, _>>()?;
    WireMessage::builder().role(role).set_content(Some(blocks)).build().map_err(invalid)
}

fn block(block: Block) -> Result<ContentBlock, ModelError> {
    Ok(match block {
        Block::Text(text) | Block::Relayed { text, .. } => ContentBlock::Text(text),
        Block::Reasoning(reasoning) => ContentBlock::ReasoningContent(self::reasoning(reasoning)?),
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

/// Returns the reasoning unmodified: `text` is a required member even if it is empty.
fn reasoning(reasoning: Reasoning) -> Result<ReasoningContentBlock, ModelError> {
    Ok(match reasoning {
        Reasoning::Text { text, signature } => {
            let block = ReasoningTextBlock::builder().text(text).set_signature(signature);
            ReasoningContentBlock::ReasoningText(block.build().map_err(invalid)?)
        }
        Reasoning::Redacted { content } => {
            let bytes = aws_smithy_types::base64::decode(content).map_err(invalid)?;
            ReasoningContentBlock::RedactedContent(Blob::new(bytes))
        }
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

#[cfg(test)]
mod tests;
