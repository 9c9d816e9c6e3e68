//! The model port on Amazon Bedrock `ConverseStream`. It must not depend on the actor or on what a tool does.
//!
//! Retries: the SDK sends the opening request up to three times (throttling and 5xx, with back-off). Nothing is
//! repeated once the stream is open, because the person may have seen part of the answer already.

mod config;
mod convert;
mod document;
mod error;
mod family;
mod heal;
mod ordered;
mod profile;
mod stream;

pub use config::{Config, Guardrail, PromptCache, ThinkingDisplay};
pub use family::Family;
pub use profile::default_model;

use agent::ports::{Block, Model, ModelError, Prompt, ReplyStream};
use async_trait::async_trait;
use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::config::timeout::TimeoutConfig;
use std::time::Duration;

/// A model on Amazon Bedrock.
#[derive(Debug, Clone)]
pub struct Bedrock {
    client: Client,
    config: Config,
}

impl Bedrock {
    /// Creates an adapter with the account and region of `aws`.
    #[must_use]
    pub fn new(aws: &aws_config::SdkConfig, config: Config) -> Self {
        let timeouts =
            TimeoutConfig::builder().connect_timeout(Duration::from_secs(5)).read_timeout(config.open_timeout).build();
        let mut builder =
            aws_sdk_bedrockruntime::config::Builder::from(aws).timeout_config(timeouts).interceptor(ordered::Ordered);
        if let Some(url) = &config.endpoint_url {
            builder = builder.endpoint_url(url);
        }
        Self { client: Client::from_conf(builder.build()), config }
    }
}

#[async_trait]
impl Model for Bedrock {
    async fn converse(&self, prompt: Prompt) -> Result<ReplyStream, ModelError> {
        let size = size(&prompt);
        let builder = self.client.converse_stream().model_id(&self.config.model_id);
        let request = convert::request(builder, &self.config, prompt)?;
        let output = request.send().await.map_err(|error| error::opening(&error, size))?;
        Ok(stream::parts(output.stream, size))
    }
}

/// The approximate size of a prompt in bytes on the wire.
fn size(prompt: &Prompt) -> usize {
    let blocks = prompt.messages.iter().flat_map(|message| &message.blocks).map(|block| match block {
        Block::Text(text) | Block::Relayed { text, .. } => text.len(),
        Block::Reasoning(reasoning) => reasoning.len(),
        Block::Call(call) => call.input.to_string().len(),
        Block::Result { content, .. } => content.to_string().len(),
    });
    let tools = prompt.tools.iter().map(|tool| tool.description.len() + tool.input_schema.to_string().len());
    prompt.system.len() + blocks.sum::<usize>() + tools.sum::<usize>()
}
