//! Routes, errors, events and records.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use sandbox_bedrock::{Bedrock, Pace, Settings};
use sandbox_kit::{Clock, Sins};
use serde_json::{Value, json};

use super::support::{asking, bedrock, converse, post, send, stream, text};

#[tokio::test]
async fn a_stream_sends_its_events_in_order() {
    let (bedrock, sins) = bedrock();
    let answer = stream(&bedrock, &asking("my groups!")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers["content-type"], "application/vnd.amazon.eventstream");
    let (frames, error) = answer.frames();
    assert_eq!(error, None);
    assert!(frames.iter().all(|(_, payload)| payload["p"].is_string()), "every event is padded");
    let mut kinds: Vec<String> = frames
        .iter()
        .map(|(kind, payload)| {
            payload["contentBlockIndex"].as_u64().map_or(kind.clone(), |index| format!("{kind} {index}"))
        })
        .collect();
    kinds.dedup();
    assert_eq!(
        kinds,
        [
            "messageStart",
            "contentBlockDelta 0",
            "contentBlockStop 0",
            "contentBlockStart 1",
            "contentBlockDelta 1",
            "contentBlockStop 1",
            "messageStop",
            "metadata",
        ]
    );
    assert_eq!(text(&frames), "Let me look.");
    let start = frames
        .iter()
        .find(|(kind, _)| kind == "contentBlockStart")
        .map(|(_, payload)| &payload["start"]["toolUse"])
        .unwrap();
    assert!(start["toolUseId"].as_str().unwrap().starts_with("tooluse_") && start["name"] == "okta_groups");
    let stop = frames.iter().find(|(kind, _)| kind == "messageStop").unwrap();
    assert_eq!(stop.1["stopReason"], "tool_use");
    let metadata = &frames.last().unwrap().1;
    let tokens = |key: &str| metadata["usage"][key].as_u64().unwrap();
    assert_eq!(tokens("inputTokens") + tokens("outputTokens"), tokens("totalTokens"));
    assert!(metadata["metrics"]["latencyMs"].is_u64());
    assert_eq!(sins.all(), []);
}

#[tokio::test]
async fn the_arguments_of_a_call_arrive_in_many_pieces() {
    let (bedrock, _) = bedrock();
    let (frames, _) = stream(&bedrock, &asking("groups of bob@acme.example")).await.frames();
    let pieces: Vec<&str> =
        frames.iter().filter_map(|(_, payload)| payload["delta"]["toolUse"]["input"].as_str()).collect();
    assert!(pieces.len() > 4, "{pieces:?}");
    assert_eq!(pieces.concat(), r#"{"user":"bob@acme.example"}"#);
}

#[tokio::test(start_paused = true)]
async fn the_demo_speaks_at_a_pace_that_people_can_read() {
    let settings = Settings { pace: Pace::demo(), ..Settings::default() };
    let bedrock = Bedrock::new(settings, Clock::default(), Sins::default());
    let start = tokio::time::Instant::now();
    let (frames, _) = stream(&bedrock, &asking("Tell me a long story")).await.frames();
    let deltas = frames.iter().filter(|(kind, _)| kind == "contentBlockDelta").count();
    let least = Pace::demo().per_word * u32::try_from(deltas).unwrap();
    assert!(start.elapsed() >= least && deltas > 200, "{deltas} deltas in {:?} of the paused clock", start.elapsed());
}

#[tokio::test]
async fn max_tokens_cuts_the_answer() {
    let (bedrock, _) = bedrock();
    let mut body = asking("Tell me a long story");
    body["inferenceConfig"] = json!({ "maxTokens": 5 });
    let answer = converse(&bedrock, &body).await.json();
    assert_eq!(
        (answer["stopReason"].as_str(), answer["usage"]["outputTokens"].as_u64()),
        (Some("max_tokens"), Some(5))
    );
    assert_eq!(answer["output"]["message"]["content"], json!([{ "text": "Once there was a har" }]));
}

#[tokio::test]
async fn errors_have_bedrock_s_form() {
    let nova = "/model/amazon.nova-lite-v1%3A0/converse";
    let unknown = json!({ "messages": [], "model": "x" });
    // Path, body; status, error, part of the message, and whether it is recorded as a sin.
    let rows = [
        (
            "/model/amazon.nova-huge-v1%3A0/converse",
            asking("Hi"),
            400,
            "ValidationException",
            "The provided model identifier is invalid.",
            false,
        ),
        (
            "/model/anthropic.claude-sonnet-4-6/converse-stream",
            asking("Hi"),
            400,
            "ValidationException",
            "with on-demand throughput isn’t supported",
            false,
        ),
        (
            "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Aprompt%2FX/converse",
            asking("Hi"),
            404,
            "ResourceNotFoundException",
            "not found",
            false,
        ),
        (
            "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fus.amazon.nova-pro-v1%3A0/converse",
            asking("Hi"),
            200,
            "",
            "",
            false,
        ),
        (nova, unknown, 400, "ValidationException", "unknown field `model`", true),
        (nova, json!({}), 400, "ValidationException", "The messages field is empty", true),
        (nova, json!("x"), 400, "ValidationException", "Malformed input request", true),
        (
            nova,
            asking(&"long ".repeat(1000)),
            400,
            "ValidationException",
            "Input is too long for requested model",
            false,
        ),
        ("/model/amazon.nova-lite-v1%3A0/invoke", json!({}), 404, "UnknownOperationException", "not recognized", true),
        ("/", json!({}), 404, "UnknownOperationException", "not recognized", true),
    ];
    for (path, body, status, error, words, sin) in rows {
        let sins = Sins::default();
        let settings = Settings { context_tokens: 1000, ..Settings::default() };
        let bedrock = Bedrock::new(settings, Clock::default(), sins.clone());
        let answer = send(&bedrock, post(path, &body)).await;
        assert_eq!((answer.status.as_u16(), answer.error()), (status, error), "{path}");
        let message = answer.json()["message"].as_str().unwrap_or_default().to_owned();
        assert!(message.contains(words), "{path}: {message}");
        assert_eq!(!sins.all().is_empty(), sin, "{path}: {:?}", sins.all());
    }
}

#[tokio::test]
async fn a_get_or_another_media_type_is_a_sin() {
    let (bedrock, sins) = bedrock();
    let path = "/model/amazon.nova-lite-v1%3A0/converse";
    let get = Request::get(path).body(Body::empty()).unwrap();
    assert_eq!(send(&bedrock, get).await.error(), "UnknownOperationException");
    let mut request = post(path, &asking("Hi"));
    request.headers_mut().insert("content-type", "text/plain".parse().unwrap());
    assert_eq!(send(&bedrock, request).await.error(), "ValidationException");
    assert_eq!(sins.take().len(), 2);
}

#[tokio::test]
async fn requests_are_recorded_as_sent() {
    let (bedrock, _) = bedrock();
    converse(&bedrock, &asking("Hello")).await;
    stream(&bedrock, &json!({ "odd": true })).await;
    let recorded = bedrock.requests();
    let seen: Vec<(&str, &Value, bool)> =
        recorded.iter().map(|r| (r.model_id.as_str(), &r.body, r.streaming)).collect();
    assert_eq!(
        seen,
        [
            ("us.amazon.nova-pro-v1:0", &asking("Hello"), false),
            ("us.amazon.nova-pro-v1:0", &json!({ "odd": true }), true)
        ]
    );
    assert_eq!(bedrock.request_count(), 2);
}
