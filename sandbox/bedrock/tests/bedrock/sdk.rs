//! The AWS SDK over loopback: the stand-in verifies its signatures, and the SDK's generated code decodes the events.

use aws_credential_types::Credentials as Keys;
use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::config::{BehaviorVersion, Region, retry::RetryConfig};
use aws_sdk_bedrockruntime::error::ProvideErrorMetadata;
use aws_sdk_bedrockruntime::operation::RequestId;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ContentBlockDelta, ContentBlockStart, ConversationRole, ConverseStreamOutput, Message, StopReason,
    Tool, ToolConfiguration, ToolInputSchema, ToolResultBlock, ToolResultContentBlock, ToolSpecification, ToolUseBlock,
};
use aws_smithy_types::Document;
use sandbox_bedrock::{Bedrock, Credentials, Mischief, Settings};
use sandbox_kit::{Clock, Sins};

use super::support::NOVA;

const SECRET: &str = "a secret of the sandbox";

async fn serve() -> (Bedrock, Sins, String) {
    let credentials = Credentials {
        access_key: "AKIASANDBOX".into(),
        secret_key: SECRET.into(),
        region: "us-east-1".into(),
        bearer: None,
    };
    let sins = Sins::default();
    let settings = Settings { credentials: Some(credentials), ..Settings::default() };
    let bedrock = Bedrock::new(settings, Clock::default(), sins.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = bedrock.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    (bedrock, sins, url)
}

fn client(url: &str, secret: &str) -> Client {
    let config = aws_sdk_bedrockruntime::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(url)
        .region(Region::new("us-east-1"))
        .retry_config(RetryConfig::disabled())
        .credentials_provider(Keys::new("AKIASANDBOX", secret, None, None, "test"))
        .build();
    Client::from_conf(config)
}

fn tools() -> ToolConfiguration {
    let user = Document::Object([("type".to_owned(), Document::String("string".into()))].into());
    let schema = Document::Object(
        [
            ("type".to_owned(), Document::String("object".into())),
            ("properties".to_owned(), Document::Object([("user".to_owned(), user)].into())),
        ]
        .into(),
    );
    let spec = ToolSpecification::builder()
        .name("okta_groups")
        .description("Read the groups that a user belongs to.")
        .input_schema(ToolInputSchema::Json(schema));
    ToolConfiguration::builder().tools(Tool::ToolSpec(spec.build().unwrap())).build().unwrap()
}

fn message(role: ConversationRole, content: Vec<ContentBlock>) -> Message {
    Message::builder().role(role).set_content(Some(content)).build().unwrap()
}

#[derive(Default)]
struct Heard {
    text: String,
    calls: Vec<(String, String, String)>,
    stop: Option<StopReason>,
    total: i32,
    failure: Option<String>,
    unknown: usize,
}

async fn listen(client: &Client, messages: Vec<Message>) -> Heard {
    let sent = client.converse_stream().model_id(NOVA).set_messages(Some(messages)).tool_config(tools()).send().await;
    let mut output = sent.expect("the stream opens");
    assert!(output.request_id().is_some());
    let mut heard = Heard::default();
    loop {
        match output.stream.recv().await {
            Ok(Some(ConverseStreamOutput::ContentBlockStart(start))) => {
                let Some(ContentBlockStart::ToolUse(start)) = start.start else { panic!("only calls are started") };
                heard.calls.push((start.tool_use_id, start.name, String::new()));
            }
            Ok(Some(ConverseStreamOutput::ContentBlockDelta(event))) => match event.delta.unwrap() {
                ContentBlockDelta::Text(text) => heard.text += &text,
                ContentBlockDelta::ToolUse(delta) => heard.calls.last_mut().unwrap().2 += &delta.input,
                other => panic!("{other:?}"),
            },
            Ok(Some(ConverseStreamOutput::MessageStop(stop))) => heard.stop = Some(stop.stop_reason),
            Ok(Some(ConverseStreamOutput::Metadata(metadata))) => {
                assert!(heard.stop.is_some(), "metadata comes after messageStop");
                heard.total = metadata.usage.unwrap().total_tokens;
            }
            Ok(Some(ConverseStreamOutput::MessageStart(_) | ConverseStreamOutput::ContentBlockStop(_))) => {}
            Ok(Some(_)) => heard.unknown += 1,
            Ok(None) => return heard,
            Err(error) => {
                heard.failure = Some(format!("{error:?}"));
                return heard;
            }
        }
    }
}

#[tokio::test]
async fn the_sdk_gets_a_call_returns_its_result_and_signs_correctly() {
    let (bedrock, sins, url) = serve().await;
    let client = client(&url, SECRET);
    let mut messages = vec![message(
        ConversationRole::User,
        vec![ContentBlock::Text("Groups of bob@acme.example and eve@acme.example?".into())],
    )];
    let heard = listen(&client, messages.clone()).await;
    assert_eq!(heard.stop, Some(StopReason::ToolUse));
    let inputs: Vec<&str> = heard.calls.iter().map(|(_, _, input)| input.as_str()).collect();
    assert_eq!(inputs, [r#"{"user":"bob@acme.example"}"#, r#"{"user":"eve@acme.example"}"#]);

    let (mut calls, mut results) = (Vec::new(), Vec::new());
    for (id, name, input) in &heard.calls {
        let user: serde_json::Value = serde_json::from_str(input).unwrap();
        let input =
            Document::Object([("user".to_owned(), Document::String(user["user"].as_str().unwrap().into()))].into());
        calls.push(ContentBlock::ToolUse(
            ToolUseBlock::builder().tool_use_id(id).name(name).input(input).build().unwrap(),
        ));
        let content = ToolResultContentBlock::Text(r#"["Everyone","Finance"]"#.into());
        results.push(ContentBlock::ToolResult(
            ToolResultBlock::builder().tool_use_id(id).content(content).build().unwrap(),
        ));
    }
    messages.push(message(ConversationRole::Assistant, calls));
    messages.push(message(ConversationRole::User, results));
    let heard = listen(&client, messages).await;
    assert_eq!((heard.stop, heard.failure, heard.unknown), (Some(StopReason::EndTurn), None, 0));
    assert!(heard.text.starts_with("bob@acme.example belongs to 2 groups:\n\n- Everyone\n- Finance"), "{}", heard.text);
    assert!(heard.total > 0);
    assert_eq!((bedrock.request_count(), bedrock.requests()[0].model_id.as_str()), (2, NOVA));
    assert!(bedrock.requests().iter().all(|request| request.streaming));
    assert_eq!(sins.all(), []);
}

#[tokio::test]
async fn converse_returns_the_whole_answer() {
    let (_, sins, url) = serve().await;
    let asked = message(ConversationRole::User, vec![ContentBlock::Text("What groups am I in?".into())]);
    let output =
        client(&url, SECRET).converse().model_id(NOVA).messages(asked).tool_config(tools()).send().await.unwrap();
    assert_eq!(output.stop_reason, StopReason::ToolUse);
    assert!(output.output().unwrap().as_message().unwrap().content().iter().any(ContentBlock::is_tool_use));
    assert_eq!(sins.all(), []);
}

#[tokio::test]
async fn a_wrong_secret_is_refused_as_aws_refuses_it() {
    let (_, sins, url) = serve().await;
    let asked = message(ConversationRole::User, vec![ContentBlock::Text("Hello".into())]);
    let error = client(&url, "another").converse().model_id(NOVA).messages(asked).send().await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidSignatureException"));
    assert!(error.into_service_error().request_id().is_some());
    assert_eq!(sins.all(), [], "a wrong secret is a mistake of the configuration");
}

#[tokio::test]
async fn the_sdk_sees_ordered_failures_as_real_ones() {
    let (bedrock, sins, url) = serve().await;
    let client = client(&url, SECRET);
    // The mischief; part of the failure's debug form, if any; whether a stop reason arrives; the number of unknown
    // events.
    let rows: [(Mischief, Option<&str>, bool, usize); 8] = [
        (Mischief::ThrottleMidStream, Some("ThrottlingException"), false, 0),
        (Mischief::InternalMidStream, Some("InternalServerException"), false, 0),
        (Mischief::EndBeforeMessageStop, None, false, 0),
        (Mischief::CutConnection, Some("DispatchFailure"), false, 0),
        (Mischief::NonsenseFrames, Some("ResponseError"), false, 0),
        (Mischief::NonsenseJson, Some("ResponseError"), false, 0),
        (Mischief::UnknownEvent, None, true, 1),
        (Mischief::EmptyMessage, None, true, 0),
    ];
    for (mischief, failure, stopped, unknown) in rows {
        bedrock.next(mischief.clone());
        let asked = message(ConversationRole::User, vec![ContentBlock::Text("Tell me a long story".into())]);
        let heard = listen(&client, vec![asked]).await;
        let told = heard.failure.clone().unwrap_or_default();
        assert_eq!(heard.failure.is_some(), failure.is_some(), "{mischief:?}: {told}");
        assert!(told.contains(failure.unwrap_or_default()), "{mischief:?}: {told}");
        assert_eq!((heard.stop.is_some(), heard.unknown), (stopped, unknown), "{mischief:?}");
        assert_eq!(
            heard.text.is_empty(),
            mischief == Mischief::EmptyMessage,
            "{mischief:?}: half of the text arrived before"
        );
    }
    assert_eq!(sins.all(), []);
}
