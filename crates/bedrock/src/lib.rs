//! The model port on Amazon Bedrock `ConverseStream`. It must never know who asks or what a tool does.
//!
//! Retries: the SDK sends the opening request up to three times (throttling and 5xx, with back-off);
//! once the stream is open nothing is repeated, since the person may have seen its words already.

mod convert;
mod error;
mod stream;

use agent::ports::{Model, ModelError, Prompt, ReplyStream};
use async_trait::async_trait;
use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::config::timeout::TimeoutConfig;
use std::time::Duration;

/// What the adapter needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// A model id or inference profile, for example `us.amazon.nova-pro-v1:0`.
    pub model_id: String,
    /// Another endpoint than the region's own.
    pub endpoint_url: Option<String>,
    /// Longest wait for the head of the answer, for each attempt.
    pub open_timeout: Duration,
}

/// A model on Amazon Bedrock.
#[derive(Debug, Clone)]
pub struct Bedrock {
    client: Client,
    model_id: String,
}

impl Bedrock {
    /// An adapter with the account and region of `aws`.
    #[must_use]
    pub fn new(aws: &aws_config::SdkConfig, config: Config) -> Self {
        let timeouts =
            TimeoutConfig::builder().connect_timeout(Duration::from_secs(5)).read_timeout(config.open_timeout).build();
        let mut builder = aws_sdk_bedrockruntime::config::Builder::from(aws).timeout_config(timeouts);
        if let Some(url) = config.endpoint_url {
            builder = builder.endpoint_url(url);
        }
        Self { client: Client::from_conf(builder.build()), model_id: config.model_id }
    }
}

#[async_trait]
impl Model for Bedrock {
    async fn converse(&self, prompt: Prompt) -> Result<ReplyStream, ModelError> {
        let request = convert::request(self.client.converse_stream().model_id(&self.model_id), &self.model_id, prompt)?;
        let output = request.send().await.map_err(|error| error::opening(&error))?;
        Ok(stream::parts(output.stream))
    }
}
