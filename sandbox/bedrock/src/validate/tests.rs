#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde_json::{Value, json};

use super::*;

/// Returns a valid request with a call and its result, in which `pointer` is set to `value`; `null` removes it.
fn with(pointer: &str, value: Value) -> Value {
    let mut body = json!({
        "system": [{ "text": "Be brief." }],
        "messages": [
            { "role": "user", "content": [{ "text": "Groups?" }] },
            { "role": "assistant", "content": [{ "text": "Let me look." }, { "toolUse": { "toolUseId": "tooluse_1", "name": "groups", "input": {} } }] },
            { "role": "user", "content": [{ "toolResult": { "toolUseId": "tooluse_1", "content": [{ "json": ["a"] }], "status": "success" } }] },
        ],
        "toolConfig": { "tools": [{ "toolSpec": { "name": "groups", "description": "d",
            "inputSchema": { "json": { "type": "object", "properties": { "user": { "type": "string" } }, "required": ["user"] } } } }] },
        "inferenceConfig": { "maxTokens": 10, "temperature": 0.5, "topP": 1.0 },
    });
    if let Some((parent, key)) = pointer.rsplit_once('/') {
        let parent = if parent.is_empty() { &mut body } else { body.pointer_mut(parent).expect("the parent exists") };
        match (parent, value) {
            (Value::Object(members), Value::Null) => {
                members.remove(key);
            }
            (Value::Object(members), value) => {
                members.insert(key.into(), value);
            }
            (Value::Array(items), value) if key == "-" => items.push(value),
            (Value::Array(items), value) => items[key.parse::<usize>().unwrap()] = value,
            (other, _) => panic!("{other} has no members"),
        }
    }
    body
}

fn refusal(body: Value, family: Family) -> String {
    let parsed: Result<Request, _> = serde_json::from_value(body);
    match parsed {
        Err(error) => format!("unreadable: {error}"),
        Ok(parsed) => request(&parsed, family, Operation::Converse).err().unwrap_or_default(),
    }
}

fn check(rows: &[(&str, Value, &str)]) {
    for (pointer, value, expected) in rows {
        let refusal = refusal(with(pointer, value.clone()), Family::Nova);
        assert!(
            refusal.contains(expected) && refusal.is_empty() == expected.is_empty(),
            "{pointer} = {value}: {refusal}"
        );
    }
}

#[test]
fn valid_requests_pass() {
    check(&[
        ("", Value::Null, ""),
        ("/messages/2/content/0/toolResult/status", json!("error"), ""),
        ("/messages/2/content/0/toolResult/status", Value::Null, ""),
        ("/messages/2/content/0/toolResult/content", json!([{ "text": "" }]), ""),
        ("/messages/2/content/-", json!({ "text": "And mine?" }), ""),
        ("/messages/0/content/-", json!({ "cachePoint": { "type": "default", "ttl": "1h" } }), ""),
        ("/system/-", json!({ "cachePoint": { "type": "default" } }), ""),
        ("/toolConfig/toolChoice", json!({ "tool": { "name": "groups" } }), ""),
        ("/system", json!([]), ""),
        ("/requestMetadata", json!({ "a": "b" }), ""),
        (
            "/guardrailConfig",
            json!({ "guardrailIdentifier": "g", "guardrailVersion": "DRAFT", "trace": "enabled_full" }),
            "",
        ),
        ("/performanceConfig", json!({ "latency": "optimized" }), ""),
        ("/serviceTier", json!({ "type": "flex" }), ""),
        ("/additionalModelRequestFields", json!({ "inferenceConfig": { "topK": 1 } }), ""),
    ]);
}

#[test]
fn messages_in_the_wrong_order_are_refused() {
    let call = |id: &str| json!({ "toolUse": { "toolUseId": id, "name": "groups", "input": {} } });
    let result = |id: &str| json!({ "toolResult": { "toolUseId": id, "content": [{ "text": "x" }] } });
    let user = |content: Value| json!({ "role": "user", "content": content });
    check(&[
        ("/messages", json!([]), "The messages field is empty"),
        (
            "/messages",
            json!([{ "role": "assistant", "content": [{ "text": "x" }] }]),
            "A conversation must start with a user message.",
        ),
        (
            "/messages/-",
            user(json!([{ "text": "x" }])),
            "A conversation must alternate between user and assistant roles.",
        ),
        ("/messages/-", json!({ "role": "assistant", "content": [{ "text": "x" }] }), "must end with a user message"),
        ("/messages/0/role", json!("system"), "unreadable: unknown variant `system`"),
        ("/messages/0/content", json!([]), "The content field in the Message object at messages.0 is empty."),
        (
            "/messages/0/content",
            json!([{ "text": " \n" }]),
            "The text field in the ContentBlock object at messages.0.content.0 is blank.",
        ),
        ("/system", json!([{ "text": "" }]), "object at system.0 is blank."),
        ("/messages/0/content/-", call("x"), "allowed in an assistant message only"),
        ("/messages/1/content/-", result("x"), "allowed in a user message only"),
        ("/messages/1/content/-", json!({ "image": {} }), "allowed in a user message only"),
        ("/messages/0/content", json!([{ "document": {} }]), "a document needs a text block beside it"),
        (
            "/messages/2",
            user(json!([{ "text": "x" }])),
            "Expected toolResult blocks at messages.2.content for the following Ids: tooluse_1",
        ),
        (
            "/messages/2",
            user(json!([result("other")])),
            "Expected toolResult blocks at messages.2.content for the following Ids: tooluse_1",
        ),
        ("/messages/1/content/-", call("tooluse_2"), "for the following Ids: tooluse_2"),
        ("/messages/1/content/-", call("tooluse_1"), "`tool_use` ids must be unique"),
        (
            "/messages/2/content/-",
            result("other"),
            "The number of toolResult blocks at messages.2.content exceeds the number of toolUse blocks of previous turn.",
        ),
        ("/messages/0/content/-", result("other"), "The number of toolResult blocks at messages.0.content exceeds"),
        (
            "/messages/2",
            user(json!([{ "text": "x" }, result("tooluse_1")])),
            "messages.2: Did not find 1 tool_result block(s) at the beginning of this message",
        ),
        (
            "/messages/2/content/0/toolResult/content",
            json!([]),
            "The content field at messages.2.content.0.toolResult cannot be empty.",
        ),
        (
            "/messages/2/content/0/toolResult",
            json!({ "toolUseId": "tooluse_1", "content": [], "status": "error" }),
            "The content field at messages.2.content.0.toolResult cannot be empty when status value is error.",
        ),
        ("/messages/1/content/1/toolUse/toolUseId", json!("call 1"), "Member must satisfy regular expression pattern"),
        ("/messages/1/content/1/toolUse/toolUseId", json!("x".repeat(65)), "length less than or equal to 64"),
        (
            "/messages/1/content/1/toolUse/input",
            json!("{}"),
            "messages.1.content.1.toolUse.input is invalid. Provide a json object",
        ),
        (
            "/toolConfig",
            Value::Null,
            "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
        ),
    ]);
}

#[test]
fn malformed_tools_are_refused() {
    let tool = |name: &str| json!({ "toolSpec": { "name": name, "inputSchema": { "json": { "type": "object" } } } });
    let schema = "/toolConfig/tools/0/toolSpec/inputSchema/json";
    let at = |key: &str| format!("{schema}/{key}");
    check(&[
        ("/toolConfig/tools", json!([]), "'toolConfig.tools' failed to satisfy constraint"),
        ("/toolConfig/tools/-", tool("a b"), "'toolConfig.tools.1.toolSpec.name' failed to satisfy constraint"),
        ("/toolConfig/tools/-", tool(""), "length greater than or equal to 1"),
        ("/toolConfig/tools/-", tool("groups"), "there is another tool named groups"),
        ("/toolConfig/tools/-", json!({ "systemTool": { "name": "x" } }), "isn't supported"),
        ("/toolConfig/tools/0/toolSpec/description", json!(""), "toolSpec.description"),
        ("/toolConfig/toolChoice", json!({ "tool": { "name": "other" } }), "not among the tools"),
        (
            schema,
            json!({ "properties": {} }),
            "The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object.",
        ),
        (schema, json!("object"), "Provide a json object"),
        (&at("properties"), json!([]), "properties must be an object"),
        (&at("required"), json!("user"), "required must be a list"),
        (&at("required"), json!(["whom"]), "names \"whom\""),
        (
            &at("$schema"),
            json!("https://json-schema.org/draft/2020-12/schema"),
            "#/toolConfig/tools/0/toolSpec/inputSchema/json: extraneous key [$schema] is not permitted",
        ),
        (&at("additionalProperties"), json!(false), "extraneous key [additionalProperties] is not permitted"),
    ]);
    assert_eq!(refusal(with(&at("additionalProperties"), json!(false)), Family::Claude), "", "only Nova is so strict");
}

#[test]
fn options_beyond_their_limits_are_refused() {
    check(&[
        ("/inferenceConfig/maxTokens", json!(0), "Value '0' at 'inferenceConfig.maxTokens'"),
        ("/inferenceConfig/maxTokens", json!(1.5), "unreadable"),
        ("/inferenceConfig/maxTokens", json!(10_001), "exceeds the model limit of 10000"),
        ("/inferenceConfig/temperature", json!(1.1), "less than or equal to 1"),
        ("/inferenceConfig/topP", json!(-0.1), "greater than or equal to 0"),
        ("/inferenceConfig/stopSequences", json!(vec!["x"; 2501]), "2500"),
        ("/inferenceConfig/stopSequences", json!([""]), "stopSequences"),
        ("/guardrailConfig", json!({ "guardrailIdentifier": "g", "guardrailVersion": "v1" }), "guardrailVersion"),
        (
            "/guardrailConfig",
            json!({ "guardrailIdentifier": "g", "guardrailVersion": "1", "streamProcessingMode": "async" }),
            "streamProcessingMode",
        ),
        ("/promptVariables", json!({ "x": { "text": "y" } }), "promptVariables"),
        ("/requestMetadata", Value::Object((0..17).map(|n| (n.to_string(), "x".into())).collect()), "requestMetadata"),
        ("/additionalModelResponseFieldPaths", json!(vec!["/a"; 11]), "10"),
        ("/additionalModelResponseFieldPaths", json!(["a"]), "JSON pointers"),
        ("/additionalModelRequestFields", json!([]), "must be a JSON object"),
    ]);
}

#[test]
fn claude_5_takes_no_sampling_parameters() {
    let rows = [
        ("", Value::Null, "`temperature` is deprecated for this model."),
        ("/inferenceConfig", json!({ "topP": 1.0 }), "`top_p` is deprecated for this model."),
        ("/inferenceConfig", json!({ "maxTokens": 100_000 }), ""),
    ];
    for (pointer, value, expected) in rows {
        let refusal = refusal(with(pointer, value), Family::ClaudeThinking);
        // With every earlier rule satisfied, the reasoning missing from this history is the next error.
        let expected = if expected.is_empty() { "Expected `thinking`" } else { expected };
        assert!(refusal.contains(expected), "{pointer}: {refusal}");
    }
    let fields = json!({ "inferenceConfig": { "topK": 1 } });
    let refusal = refusal(with("/additionalModelRequestFields", fields), Family::Claude);
    assert!(refusal.contains("extraneous key [inferenceConfig]"), "{refusal}");
}

#[test]
fn misplaced_cache_points_are_refused() {
    let point = || json!({ "cachePoint": { "type": "default" } });
    let tools = with("/toolConfig/tools/-", point());
    assert!(refusal(tools.clone(), Family::Nova).contains("#/toolConfig/tools/1: extraneous key [cachePoint]"));
    assert_eq!(refusal(tools, Family::Claude), "");
    let five = with("/system", json!([{ "text": "Be brief." }, point(), point(), point(), point(), point()]));
    assert!(
        refusal(five.clone(), Family::Claude)
            .contains("A maximum of 4 blocks with cache_control may be provided. Found 5.")
    );
    assert_eq!(refusal(five, Family::Nova), "");
    check(&[
        ("/messages/0/content/-", json!({ "cachePoint": { "type": "ephemeral" } }), "unreadable"),
        ("/messages/0/content/-", json!({ "cachePoint": { "type": "default", "ttl": "2h" } }), "unreadable"),
    ]);
}

#[test]
fn malformed_reasoning_is_refused() {
    let reasoning = |value: Value| json!([{ "reasoningContent": value }, { "text": "x" }]);
    for (value, expected) in [
        (json!({ "reasoningText": { "text": "x", "signature": "y" } }), ""),
        (json!({ "reasoningText": { "text": "" } }), ""),
        (json!({ "redactedContent": "eA==" }), ""),
        (json!({ "reasoningText": { "signature": "y" } }), "unreadable"),
        (json!({ "reasoningText": { "text": null, "signature": "y" } }), "unreadable"),
        (json!({ "text": "x", "signature": "y" }), "unreadable"),
    ] {
        let mut body = with("/messages/1/content", reasoning(value.clone()));
        body["messages"][2] = json!({ "role": "user", "content": [{ "text": "x" }] });
        let refusal = refusal(body, Family::Nova);
        assert!(refusal.contains(expected) && refusal.is_empty() == expected.is_empty(), "{value}: {refusal}");
    }
}

#[test]
fn unknown_members_are_found_everywhere() {
    let places = [
        "",
        "/messages/0",
        "/messages/0/content/0",
        "/messages/1/content/1/toolUse",
        "/messages/2/content/0/toolResult",
        "/messages/2/content/0/toolResult/content/0",
        "/system/0",
        "/toolConfig",
        "/toolConfig/tools/0",
        "/toolConfig/tools/0/toolSpec",
        "/toolConfig/tools/0/toolSpec/inputSchema",
        "/inferenceConfig",
    ];
    for place in places {
        let refusal = refusal(with(&format!("{place}/id"), json!("x")), Family::Nova);
        assert!(refusal.starts_with("unreadable: "), "{place}: {refusal:?}");
    }
}
