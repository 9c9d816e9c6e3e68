//! The sandbox-only control routes for browser tests.

use serde_json::json;

use super::support::{asking, available, bedrock, converse, frames, post, rest, send, stream};

#[tokio::test]
async fn mischief_can_be_ordered_over_http() {
    let (bedrock, sins) = bedrock();
    // The posted order; its status; the errors of the next two answers.
    let rows = [
        (json!({ "next": "internal500" }), 204, ["InternalServerException", ""]),
        (json!({ "next": { "throttle429": { "retryAfter": 3 } } }), 204, ["ThrottlingException", ""]),
        (json!({ "next": { "throttle429": {} } }), 204, ["ThrottlingException", ""]),
        (json!({ "always": "forbidden403" }), 204, ["AccessDeniedException", "AccessDeniedException"]),
        (json!({ "always": null }), 204, ["", ""]),
        (json!({ "always": "contextOverflow" }), 204, ["ValidationException", "ValidationException"]),
        (json!("behave"), 204, ["", ""]),
        (json!({ "next": "unheardOf" }), 400, ["", ""]),
    ];
    for (order, status, errors) in rows {
        let answer = send(&bedrock, post("/_sandbox/mischief", &order)).await;
        assert_eq!(answer.status.as_u16(), status, "{order}");
        for error in errors {
            assert_eq!(converse(&bedrock, &asking("Hello")).await.error(), error, "{order}");
        }
    }
    assert_eq!(sins.all(), []);
}

#[tokio::test]
async fn words_and_calls_can_be_ordered_over_http() {
    let (bedrock, _) = bedrock();
    let blocks = json!([{ "text": "Sure." }, { "toolUse": { "name": "x", "input": { "json": { "a": 1 } } } }, { "toolUse": { "name": "y", "input": { "raw": "{" } } }]);
    send(&bedrock, post("/_sandbox/mischief", &json!({ "next": { "say": blocks } }))).await;
    let (frames, _) = stream(&bedrock, &asking("Hello")).await.frames();
    let inputs: String =
        frames.iter().filter_map(|(_, payload)| payload["delta"]["toolUse"]["input"].as_str()).collect();
    assert_eq!(inputs, r#"{"a":1}{"#);
}

#[tokio::test]
async fn a_gate_can_be_opened_over_http() {
    let (bedrock, _) = bedrock();
    send(&bedrock, post("/_sandbox/mischief", &json!({ "next": { "gate": { "afterWords": 2 } } }))).await;
    let (mut held, body) =
        available(&bedrock, &asking("Hello"), "/model/amazon.nova-lite-v1%3A0/converse-stream").await;
    assert_eq!(frames(&held).0.len(), 3, "messageStart and two words");
    assert_eq!(send(&bedrock, post("/_sandbox/release", &json!(null))).await.status, 204);
    held.extend(rest(body).await);
    assert_eq!(frames(&held).0.last().unwrap().0, "metadata");
}
