//! One order of the members of a request. The SDK keeps schemas, arguments and results in hash maps, which are written in
//! another order each time, and a prompt whose bytes differ finds nothing in the service's cache
//! (docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html).

use aws_sdk_bedrockruntime::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_bedrockruntime::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_bedrockruntime::error::BoxError;
use aws_smithy_types::body::SdkBody;
use serde_json::Value;

/// Sorts the members of each request, before it is signed.
#[derive(Debug)]
pub(crate) struct Ordered;

impl Intercept for Ordered {
    fn name(&self) -> &'static str {
        "order of members"
    }

    fn modify_before_retry_loop(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let Some(bytes) = request.body().bytes().filter(|bytes| !bytes.is_empty()) else { return Ok(()) };
        let mut body: Value = serde_json::from_slice(bytes)?;
        body.sort_all_objects();
        let sorted = serde_json::to_vec(&body)?;
        request.headers_mut().insert("content-length", sorted.len().to_string());
        *request.body_mut() = SdkBody::from(sorted);
        Ok(())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use crate::{Bedrock, Config, Family, PromptCache, ThinkingDisplay};
    use agent::ports::{Block, Message, Model, Prompt, Role};
    use agent::tool::ToolSpec;
    use agent::{CallId, ToolCall, ToolName};
    use aws_config::{BehaviorVersion, Region};
    use aws_sdk_bedrockruntime::config::{Credentials, SharedCredentialsProvider};
    use serde_json::{Map, Value, json};
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpListener;
    use std::time::Duration;

    /// Returns the bodies of the next requests; each is answered with an error.
    fn bodies(listener: TcpListener, count: usize) -> Vec<String> {
        let mut all = Vec::new();
        while all.len() < count {
            let (socket, _) = listener.accept().unwrap();
            let (mut reader, mut length) = (BufReader::new(&socket), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let line = line.trim().to_ascii_lowercase();
                if let Some(value) = line.strip_prefix("content-length: ") {
                    length = value.parse().unwrap();
                }
                if line.is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            all.push(String::from_utf8(body).unwrap());
            let answer = "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}";
            (&socket).write_all(answer.as_bytes()).unwrap();
        }
        all
    }

    /// Many members, of which hash maps hardly ever make the same text twice.
    fn members() -> Value {
        Value::Object(
            (0..40).map(|number| (format!("member-{number}"), json!({"type": "string"}))).collect::<Map<_, _>>(),
        )
    }

    #[tokio::test]
    async fn the_same_prompt_is_the_same_bytes() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let received = tokio::task::spawn_blocking(move || bodies(listener, 2));
        let aws = aws_config::SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new("a", "b", None, None, "test")))
            .build();
        let model_id = "us.amazon.nova-pro-v1:0".to_owned();
        let config = Config {
            family: Family::of(&model_id),
            model_id,
            endpoint_url: Some(url),
            open_timeout: Duration::from_secs(10),
            prompt_cache: PromptCache::Auto,
            guardrail: None,
            thinking: ThinkingDisplay::Unasked,
        };
        let bedrock = Bedrock::new(&aws, config);
        let call = ToolCall { id: CallId("c1".to_owned()), tool: ToolName("find".to_owned()), input: members() };
        let result = Block::Result { call: call.id.clone(), content: members() };
        let message = |role, block| Message { role, blocks: vec![block] };
        let prompt = Prompt {
            system: "Help.".to_owned(),
            messages: vec![
                message(Role::User, Block::Text("Find it".to_owned())),
                message(Role::Assistant, Block::Call(call)),
                message(Role::User, result),
            ],
            tools: vec![ToolSpec {
                name: ToolName("find".to_owned()),
                description: "Finds.".to_owned(),
                input_schema: json!({"type": "object", "properties": members()}),
            }],
            max_tokens: 10,
        };
        for _ in 0..2 {
            assert!(bedrock.converse(prompt.clone()).await.is_err());
        }
        let received = received.await.unwrap();
        assert!(received[0].contains("member-39") && received[0].contains("toolConfig"), "{}", received[0]);
        assert_eq!(received[0], received[1]);
    }
}
