//! Fetches secrets and keyrings from AWS Secrets Manager. This crate must not depend on the use of a secret.

use agent::ports::Unavailable;
use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::timeout::TimeoutConfig;
use aws_sdk_secretsmanager::error::DisplayErrorContext;
use sealing::{Keyring, KeyringSource, LiveKeyring};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::time::Duration;

/// Name of the service in messages to people.
pub const SERVICE: &str = "Secrets Manager";

/// Maximum time of one fetch, including its retries.
const TIMEOUT: Duration = Duration::from_secs(6);

/// The source of a keyring that is stored in a secret.
struct KeyringSecret {
    client: Client,
    secret_id: String,
}

#[async_trait]
impl KeyringSource for KeyringSecret {
    async fn fetch(&self) -> Result<Keyring, Unavailable> {
        let text = text(&self.client, &self.secret_id).await?;
        Keyring::parse(text.expose_secret()).map_err(|error| failed(error.to_string()))
    }
}

impl fmt::Debug for KeyringSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyringSecret").field("secret_id", &self.secret_id).finish_non_exhaustive()
    }
}

/// Fetches a keyring that can be fetched again from its secret.
///
/// # Errors
/// [`Unavailable`] with the cause, also if the secret is not a keyring.
pub async fn fetch_live_keyring(
    aws: &SdkConfig,
    endpoint_url: Option<String>,
    secret_id: &str,
) -> Result<LiveKeyring, Unavailable> {
    LiveKeyring::fetch(KeyringSecret { client: client(aws, endpoint_url), secret_id: secret_id.to_owned() }).await
}

/// Fetches the current keyring once.
///
/// # Errors
/// [`Unavailable`] with the cause, also if the secret is not a keyring.
pub async fn fetch_keyring(
    aws: &SdkConfig,
    endpoint_url: Option<String>,
    secret_id: &str,
) -> Result<Keyring, Unavailable> {
    KeyringSecret { client: client(aws, endpoint_url), secret_id: secret_id.to_owned() }.fetch().await
}

/// Fetches the text of a secret.
///
/// # Errors
/// [`Unavailable`] with the cause.
pub async fn fetch_secret(
    aws: &SdkConfig,
    endpoint_url: Option<String>,
    secret_id: &str,
) -> Result<SecretString, Unavailable> {
    text(&client(aws, endpoint_url), secret_id).await
}

fn client(aws: &SdkConfig, endpoint_url: Option<String>) -> Client {
    let mut builder = aws_sdk_secretsmanager::config::Builder::from(aws).timeout_config(timeouts());
    if let Some(url) = endpoint_url {
        builder = builder.endpoint_url(url);
    }
    Client::from_conf(builder.build())
}

/// Returns the timeouts of the client. By default the SDK waits for a response without limit.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(3))
        .operation_timeout(TIMEOUT)
        .build()
}

async fn text(client: &Client, secret_id: &str) -> Result<SecretString, Unavailable> {
    let answer = client.get_secret_value().secret_id(secret_id).send().await;
    let answer = answer.map_err(|error| failed(DisplayErrorContext(error).to_string()))?;
    let text = answer.secret_string().ok_or_else(|| failed("the secret has no text".to_owned()))?;
    Ok(SecretString::from(text))
}

fn failed(cause: String) -> Unavailable {
    Unavailable::new(SERVICE, cause)
}
