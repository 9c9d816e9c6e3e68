//! Limits of everything except the conversation and the tools. Must not depend on either.

use super::{Operation, constraint};
use crate::models::Family;
use crate::wire::{Inference, Request};

/// Most tokens of an answer by Nova (Nova user guide, "What is Amazon Nova").
const NOVA_TOKENS: i64 = 10_000;

/// Rejects sampling parameters and limits that the model doesn't accept (github.com/promptfoo/promptfoo/issues/10307
/// for Claude 5).
fn model(request: &Request, config: &Inference, family: Family) -> Result<(), String> {
    let fields = request.additional_model_request_fields.as_ref();
    let named = |name: &str| fields.is_some_and(|fields| fields.get(name).is_some());
    let sampling = [
        ("temperature", config.temperature.is_some() || named("temperature")),
        ("top_p", config.top_p.is_some() || named("top_p")),
        ("top_k", named("top_k")),
    ];
    if family == Family::ClaudeThinking
        && let Some((name, _)) = sampling.iter().find(|(_, sent)| *sent)
    {
        return Err(format!("The model returned the following errors: `{name}` is deprecated for this model."));
    }
    // Unknown members reach the model, which rejects them with this message; not verified against the service for
    // Claude.
    if family != Family::Nova && named("inferenceConfig") {
        return Err("The model returned the following errors: Malformed input request: #: extraneous key [inferenceConfig] is not permitted, please reformat your input and try again.".into());
    }
    if family == Family::Nova && config.max_tokens.is_some_and(|tokens| tokens > NOVA_TOKENS) {
        return Err(format!(
            "The maximum tokens you requested exceeds the model limit of {NOVA_TOKENS}. Try again with a maximum tokens value that is lower than {NOVA_TOKENS}."
        ));
    }
    Ok(())
}

pub(super) fn check(request: &Request, family: Family, operation: Operation) -> Result<(), String> {
    if let Some(config) = &request.inference_config {
        if let Some(tokens) = config.max_tokens.filter(|tokens| *tokens < 1) {
            return Err(constraint(
                &tokens.to_string(),
                "inferenceConfig.maxTokens",
                "have value greater than or equal to 1",
            ));
        }
        for (name, value) in [("temperature", config.temperature), ("topP", config.top_p)] {
            if let Some(value) = value.filter(|value| !(0.0..=1.0).contains(value)) {
                let bound = if value > 1.0 { "less than or equal to 1" } else { "greater than or equal to 0" };
                return Err(constraint(
                    &value.to_string(),
                    &format!("inferenceConfig.{name}"),
                    &format!("have value {bound}"),
                ));
            }
        }
        if config.stop_sequences.len() > 2500 {
            return Err(constraint("…", "inferenceConfig.stopSequences", "have length less than or equal to 2500"));
        }
        if config.stop_sequences.iter().any(String::is_empty) {
            return Err(constraint("", "inferenceConfig.stopSequences", "have length greater than or equal to 1"));
        }
    }
    model(request, request.inference_config.as_ref().unwrap_or(&Inference::default()), family)?;
    if let Some(guardrail) = &request.guardrail_config {
        let version = &guardrail.guardrail_version;
        if version != "DRAFT"
            && (version.is_empty() || version.starts_with('0') || !version.bytes().all(|byte| byte.is_ascii_digit()))
        {
            return Err(constraint(
                version,
                "guardrailConfig.guardrailVersion",
                "satisfy regular expression pattern: (|([1-9][0-9]{0,7})|(DRAFT))",
            ));
        }
        if guardrail.guardrail_identifier.is_empty() {
            return Err("The guardrail identifier or version provided in the request does not exist.".into());
        }
        if guardrail.stream_processing_mode.is_some() && operation == Operation::Converse {
            return Err("Malformed input request: extraneous key [streamProcessingMode] is not permitted, please reformat your input and try again.".into());
        }
    }
    if request.prompt_variables.is_some() {
        return Err("The promptVariables field can only be used with a prompt from Prompt management.".into());
    }
    if request.request_metadata.len() > 16 {
        return Err(constraint("…", "requestMetadata", "have length less than or equal to 16"));
    }
    if request.additional_model_response_field_paths.len() > 10 {
        return Err(constraint("…", "additionalModelResponseFieldPaths", "have length less than or equal to 10"));
    }
    if request.additional_model_response_field_paths.iter().any(|path| !path.starts_with('/')) {
        return Err("The additionalModelResponseFieldPaths field must hold JSON pointers.".into());
    }
    match &request.additional_model_request_fields {
        Some(fields) if !fields.is_object() => {
            Err("The additionalModelRequestFields field must be a JSON object.".into())
        }
        _ => Ok(()),
    }
}
