#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use agent::{CallId, ToolCall, ToolName};
use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::config::{BehaviorVersion, Region};
use std::time::Duration;

fn config(model_id: &str) -> Config {
    Config {
        model_id: model_id.to_owned(),
        family: Family::of(model_id),
        endpoint_url: None,
        open_timeout: Duration::from_secs(1),
        prompt_cache: PromptCache::Auto,
        guardrail: None,
        thinking: ThinkingDisplay::Unasked,
    }
}

fn thought() -> Reasoning {
    Reasoning::Text { text: String::new(), signature: Some("sig".to_owned()) }
}

fn redacted() -> Reasoning {
    Reasoning::Redacted { content: "AP8B".to_owned() }
}

fn prompt() -> Prompt {
    let id = || CallId("call-1-1".to_owned());
    let call = ToolCall { id: id(), tool: ToolName("deed".to_owned()), input: json!({"a": 1}) };
    let said = |role, blocks| Message { role, blocks };
    let tool = ToolSpec {
        name: ToolName("deed".to_owned()),
        description: "Does it.".to_owned(),
        input_schema: json!({"type": "object"}),
    };
    Prompt {
        system: "Be brief.".to_owned(),
        messages: vec![
            said(Role::User, vec![Block::Text("do it".to_owned())]),
            said(Role::Assistant, vec![Block::Reasoning(thought()), Block::Reasoning(redacted()), Block::Call(call)]),
            said(Role::User, vec![Block::Result { call: id(), content: json!({"ok": true}) }]),
        ],
        tools: vec![tool],
        max_tokens: 16_384,
    }
}

fn sent(config: &Config) -> ConverseStreamFluentBuilder {
    let sdk = aws_sdk_bedrockruntime::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .build();
    request(Client::from_conf(sdk).converse_stream(), config, prompt()).unwrap()
}

#[test]
fn each_family_gets_the_parameters_that_it_takes() {
    let nova = Some(json!({ "inferenceConfig": { "topK": 1 } }));
    let profile = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/8qkk3v2xyz01";
    let rows = [
        ("us.amazon.nova-pro-v1:0", Some(0.0), nova.clone()),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", Some(0.0), None),
        ("us.anthropic.claude-opus-4-7", None, None),
        ("us.anthropic.claude-opus-5", None, None),
        ("global.anthropic.claude-sonnet-5-5", None, None),
        (profile, None, None),
    ];
    for (id, temperature, fields) in rows {
        let request = sent(&config(id));
        let inference = request.get_inference_config().clone().unwrap();
        assert_eq!((inference.max_tokens(), inference.temperature()), (Some(16_384), temperature), "{id}");
        assert!(inference.top_p().is_none() && inference.stop_sequences().is_empty(), "{id}");
        assert_eq!(*request.get_additional_model_request_fields(), fields.map(|fields| document(&fields)), "{id}");
    }
    let named = Config { family: Family::Nova, ..config(profile) };
    assert_eq!(sent(&named).get_inference_config().clone().unwrap().temperature(), Some(0.0), "the operator decides");
    assert_eq!(*sent(&named).get_additional_model_request_fields(), nova.map(|fields| document(&fields)));
}

#[test]
fn a_summary_of_the_thinking_is_requested_where_it_is_supported() {
    let wanted = |id: &str| Config { thinking: ThinkingDisplay::Summarized, ..config(id) };
    let adaptive = document(&json!({ "thinking": { "type": "adaptive", "display": "summarized" } }));
    let fields = |id: &str| sent(&wanted(id)).get_additional_model_request_fields().clone();
    assert_eq!(fields("us.anthropic.claude-opus-5"), Some(adaptive));
    assert_eq!(fields("us.anthropic.claude-sonnet-4-5-20250929-v1:0"), None);
    assert_eq!(fields("us.meta.llama4-maverick-17b-instruct-v1:0"), None);
}

#[test]
fn cache_points_are_set_where_a_prompt_grows_and_only_if_supported() {
    let rows = [
        ("us.anthropic.claude-opus-5", PromptCache::Auto, true),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", PromptCache::Auto, true),
        ("us.anthropic.claude-opus-5", PromptCache::Off, false),
        ("us.amazon.nova-pro-v1:0", PromptCache::Auto, false),
        ("us.meta.llama4-maverick-17b-instruct-v1:0", PromptCache::Auto, false),
    ];
    for (id, prompt_cache, expected) in rows {
        let request = sent(&Config { prompt_cache, ..config(id) });
        let tools = request.get_tool_config().clone().unwrap();
        let messages = request.get_messages().clone().unwrap();
        let system = request.get_system().clone().unwrap();
        let found = (
            tools.tools().last().unwrap().is_cache_point(),
            system.last().unwrap().is_cache_point(),
            messages.last().unwrap().content().last().unwrap().is_cache_point(),
        );
        assert_eq!(found, (expected, expected, expected), "{id}");
        let earlier = messages.iter().rev().skip(1).flat_map(|message| message.content());
        assert!(!earlier.into_iter().any(ContentBlock::is_cache_point), "{id}: the service takes four at most");
    }
}

#[test]
fn a_guardrail_is_named_without_its_trace() {
    assert!(sent(&config("us.amazon.nova-pro-v1:0")).get_guardrail_config().is_none());
    let guardrail = Some(Guardrail { id: "gr1234".to_owned(), version: "3".to_owned() });
    let request = sent(&Config { guardrail, ..config("us.amazon.nova-pro-v1:0") });
    let config = request.get_guardrail_config().clone().unwrap();
    assert_eq!((config.guardrail_identifier(), config.guardrail_version()), ("gr1234", "3"));
    assert_eq!(*config.trace(), GuardrailTrace::Disabled);
}

#[test]
fn reasoning_is_returned_unchanged_before_its_call() {
    let request = sent(&config("us.anthropic.claude-opus-5"));
    let messages = request.get_messages().clone().unwrap();
    let [first, second, third] = messages[1].content() else { panic!("three blocks") };
    let first = first.as_reasoning_content().unwrap().as_reasoning_text().unwrap();
    assert_eq!((first.text(), first.signature()), ("", Some("sig")));
    let second = second.as_reasoning_content().unwrap().as_redacted_content().unwrap();
    assert_eq!(second.as_ref(), [0, 255, 1]);
    assert!(third.is_tool_use());
}
