//! Shared helpers: a Bedrock, requests to it, and access to its responses.

use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
use aws_smithy_types::event_stream::Message;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use bytes::BytesMut;
use sandbox_bedrock::{Bedrock, Settings};
use sandbox_kit::{Clock, Sins};
use serde_json::{Value, json};
use tower::ServiceExt;

pub(crate) const NOVA: &str = "us.amazon.nova-pro-v1:0";

/// Returns a Bedrock that accepts any credentials, and its recorded protocol violations.
pub(crate) fn bedrock() -> (Bedrock, Sins) {
    let sins = Sins::default();
    (Bedrock::new(Settings::default(), Clock::default(), sins.clone()), sins)
}

/// Returns a request that says `text` and offers the group tool.
pub(crate) fn asking(text: &str) -> Value {
    json!({ "messages": [{ "role": "user", "content": [{ "text": text }] }], "toolConfig": { "tools": [groups()] } })
}

pub(crate) fn groups() -> Value {
    json!({ "toolSpec": {
        "name": "okta_groups", "description": "Read the groups that a user belongs to.",
        "inputSchema": { "json": { "type": "object", "properties": { "user": { "type": "string" } } } },
    } })
}

/// Returns a POST request with a bearer token.
pub(crate) fn post(path: &str, body: &Value) -> Request<Body> {
    Request::post(path)
        .header("content-type", "application/json")
        .header("authorization", "Bearer key")
        .body(Body::from(body.to_string()))
        .unwrap()
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// True if the body broke off with an error.
    pub(crate) broken: bool,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn error(&self) -> &str {
        self.headers.get("x-amzn-errortype").map_or("", |value| value.to_str().unwrap())
    }

    /// Decodes the frames: each event's type and payload, and the decoder's error, if any.
    pub(crate) fn frames(&self) -> (Vec<(String, Value)>, Option<String>) {
        frames(&self.body)
    }
}

pub(crate) fn frames(body: &[u8]) -> (Vec<(String, Value)>, Option<String>) {
    let (mut decoder, mut buffer, mut frames) = (MessageFrameDecoder::new(), BytesMut::from(body), Vec::new());
    loop {
        match decoder.decode_frame(&mut buffer) {
            Ok(DecodedFrame::Complete(message)) => match serde_json::from_slice(message.payload()) {
                Ok(payload) => frames.push((kind(&message), payload)),
                Err(error) => return (frames, Some(error.to_string())),
            },
            Ok(_) => return (frames, None),
            Err(error) => return (frames, Some(error.to_string())),
        }
    }
}

fn kind(message: &Message) -> String {
    let named = |name: &str| message.headers().iter().find(|header| header.name().as_str() == name);
    assert_eq!(named(":content-type").unwrap().value().as_string().unwrap().as_str(), "application/json");
    let header = named(":event-type").or_else(|| named(":exception-type")).unwrap();
    header.value().as_string().unwrap().as_str().to_owned()
}

pub(crate) async fn send(bedrock: &Bedrock, request: Request<Body>) -> Answer {
    let response = bedrock.router().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let mut answer = Answer { status: parts.status, headers: parts.headers, body: Vec::new(), broken: false };
    let mut body = body.into_data_stream();
    while let Some(chunk) = futures::StreamExt::next(&mut body).await {
        match chunk {
            Ok(bytes) => answer.body.extend_from_slice(&bytes),
            Err(_) => answer.broken = true,
        }
    }
    assert!(answer.headers.contains_key("x-amzn-requestid"), "every response carries a request id");
    answer
}

pub(crate) async fn converse(bedrock: &Bedrock, body: &Value) -> Answer {
    send(bedrock, post("/model/us.amazon.nova-pro-v1%3A0/converse", body)).await
}

pub(crate) async fn stream(bedrock: &Bedrock, body: &Value) -> Answer {
    send(bedrock, post("/model/us.amazon.nova-pro-v1%3A0/converse-stream", body)).await
}

/// Reads the body to its end, or as much of an endless body as is immediately available.
pub(crate) async fn available(bedrock: &Bedrock, body: &Value, path: &str) -> (Vec<u8>, axum::body::BodyDataStream) {
    let response = bedrock.router().oneshot(post(path, body)).await.unwrap();
    let mut stream = response.into_body().into_data_stream();
    let mut bytes = Vec::new();
    while let Some(Some(Ok(chunk))) = futures::FutureExt::now_or_never(futures::StreamExt::next(&mut stream)) {
        bytes.extend_from_slice(&chunk);
    }
    (bytes, stream)
}

pub(crate) async fn rest(mut stream: axum::body::BodyDataStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Some(Ok(chunk)) = futures::StreamExt::next(&mut stream).await {
        bytes.extend_from_slice(&chunk);
    }
    bytes
}

/// Returns all text of a stream, joined.
pub(crate) fn text(frames: &[(String, Value)]) -> String {
    frames.iter().filter_map(|(_, payload)| payload["delta"]["text"].as_str()).collect()
}
