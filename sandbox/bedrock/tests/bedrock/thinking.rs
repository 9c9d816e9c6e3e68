//! A thinking model: the AWS SDK reads its reasoning, and the stand-in accepts only unmodified reasoning back.

use sandbox_bedrock::Bedrock;
use serde_json::{Value, json};

use super::support::{Answer, asking, bedrock, post, send, text};

async fn stream(bedrock: &Bedrock, body: &Value) -> Answer {
    send(bedrock, post("/model/us.anthropic.claude-opus-5/converse-stream", body)).await
}

/// Assembles a stream's reasoning into the form that Converse takes back, without any code of this stand-in.
fn reasoning(frames: &[(String, Value)]) -> Vec<Value> {
    let mut blocks: Vec<(u64, Value)> = Vec::new();
    for (_, payload) in frames {
        let Some(delta) = payload["delta"].get("reasoningContent") else { continue };
        let index = payload["contentBlockIndex"].as_u64().unwrap();
        if blocks.last().is_none_or(|(last, _)| *last != index) {
            blocks.push((index, json!({ "reasoningText": { "text": "" } })));
        }
        let block = &mut blocks.last_mut().unwrap().1;
        if let Some(more) = delta["text"].as_str() {
            let so_far = block["reasoningText"]["text"].as_str().unwrap().to_owned();
            block["reasoningText"]["text"] = json!(so_far + more);
        }
        if let Some(signature) = delta.get("signature") {
            block["reasoningText"]["signature"] = signature.clone();
        }
        if let Some(content) = delta.get("redactedContent") {
            *block = json!({ "redactedContent": content });
        }
    }
    blocks.into_iter().map(|(_, block)| json!({ "reasoningContent": block })).collect()
}

/// Returns the turn's next request, with `content` in front of the call.
fn next(content: Vec<Value>) -> Value {
    let call = json!({ "toolUse": { "toolUseId": "call-1-1", "name": "okta_groups", "input": {} } });
    let result =
        json!({ "toolResult": { "toolUseId": "call-1-1", "content": [{ "json": { "groups": ["Finance"] } }] } });
    let mut body = asking("What are my groups?");
    let messages = body["messages"].as_array_mut().unwrap();
    messages.push(json!({ "role": "assistant", "content": content.into_iter().chain([call]).collect::<Vec<_>>() }));
    messages.push(json!({ "role": "user", "content": [result] }));
    body
}

#[tokio::test]
async fn reasoning_comes_first_and_is_accepted_back_only_unmodified() {
    let (bedrock, sins) = bedrock();
    let answer = stream(&bedrock, &asking("What are my groups?")).await;
    let (frames, error) = answer.frames();
    assert_eq!(error, None);
    let thoughts = reasoning(&frames);
    let [thought, redacted] = &thoughts[..] else { panic!("two blocks: {thoughts:?}") };
    assert!(thought["reasoningContent"]["reasoningText"]["signature"].is_string(), "{thought}");
    assert!(redacted["reasoningContent"]["redactedContent"].is_string(), "{redacted}");

    let answer = stream(&bedrock, &next(thoughts.clone())).await;
    let (frames, _) = answer.frames();
    assert!(text(&frames).contains("Finance"), "{frames:?}");
    let silent = reasoning(&frames);
    assert_eq!(silent.len(), 1, "a signature alone: {silent:?}");
    assert_eq!(silent[0]["reasoningContent"]["reasoningText"]["text"], "");
    assert_eq!(sins.all(), []);

    let mut changed = thought.clone();
    changed["reasoningContent"]["reasoningText"]["text"] = json!("Another plan.");
    let mut unsigned = thought.clone();
    unsigned["reasoningContent"]["reasoningText"].as_object_mut().unwrap().remove("signature");
    let modified = "cannot be modified. These blocks must remain as they were in the original response.";
    for (content, expected) in [
        (vec![], "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`."),
        (vec![json!({ "text": "Let me look." }), thought.clone(), redacted.clone()], "but found `text`."),
        (vec![thought.clone()], modified),
        (vec![redacted.clone(), thought.clone()], modified),
        (vec![changed, redacted.clone()], modified),
        (vec![unsigned, redacted.clone()], "messages.1.content.0.thinking.signature: Field required"),
    ] {
        let answer = stream(&bedrock, &next(content)).await;
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(answer.error() == "ValidationException" && message.contains(expected), "{expected}: {message}");
    }
    assert_eq!(sins.take().len(), 6, "each is a mistake of the client");
}

#[tokio::test]
async fn a_message_of_reasoning_alone_is_refused_and_earlier_reasoning_may_be_omitted() {
    let (bedrock, sins) = bedrock();
    let mut later = next(vec![]);
    let messages = later["messages"].as_array_mut().unwrap();
    messages.push(json!({ "role": "assistant", "content": [{ "text": "You are in Finance." }] }));
    messages.push(json!({ "role": "user", "content": [{ "text": "Thanks" }] }));
    let answer = stream(&bedrock, &later).await;
    assert!(text(&answer.frames().0).contains("welcome"));
    assert_eq!(sins.all(), []);

    let alone = json!({ "reasoningContent": { "reasoningText": { "text": "", "signature": "x" } } });
    later["messages"][3]["content"] = json!([alone]);
    let answer = stream(&bedrock, &later).await;
    assert!(answer.json()["message"].as_str().unwrap().contains("does not support assistant message prefill"));
    sins.take();
}

#[tokio::test]
async fn thinking_and_answer_share_the_tokens() {
    let (bedrock, _) = bedrock();
    let mut body = asking("What are my groups?");
    body["inferenceConfig"] = json!({ "maxTokens": 8 });
    let (frames, _) = stream(&bedrock, &body).await.frames();
    let stop = frames.iter().find(|(kind, _)| kind == "messageStop").unwrap();
    assert_eq!((stop.1["stopReason"].as_str(), text(&frames).as_str()), (Some("max_tokens"), ""));
}
