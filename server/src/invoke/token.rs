//! The access token of an invocation: a given one, one that an agent gets for itself, or one of AWS STS for a role.

use super::{Credential, InvokeError, LARGEST_ERROR, refused};
use aws_sdk_sts::error::DisplayErrorContext;
use reqwest::Client;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::time::Duration;
use tokio::time::timeout;
use url::Url;

const PLACE: &str = "the token endpoint";
/// Longest wait for the token endpoint, and for AWS STS.
const LONGEST: Duration = Duration::from_secs(15);
/// Lifetime of a token of AWS STS, in seconds: the door ends its stream with it. AWS STS refuses one beyond the end of the
/// session of the role.
const LIFETIME_S: i32 = 900;

/// The member of a token response that matters here.
#[derive(Deserialize)]
struct Issued {
    access_token: SecretString,
}

/// Returns the token for the door at `url`.
pub(super) async fn obtain(
    http: &Client,
    credential: &Credential,
    url: &Url,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<SecretString, InvokeError> {
    let secret = |name: &str| match variable(name).filter(|value| !value.trim().is_empty()) {
        Some(value) => Ok(SecretString::from(value.trim())),
        None => Err(InvokeError::Variable(name.to_owned())),
    };
    match credential {
        Credential::Token { variable } => secret(variable),
        Credential::Agent { token_url, client, secret_variable, audience } => {
            let secret = secret(secret_variable)?;
            let form = [
                ("grant_type", "client_credentials"),
                ("client_id", client),
                ("client_secret", secret.expose_secret()),
                ("audience", audience.as_deref().unwrap_or(url.as_str())),
            ];
            let answer = http.post(token_url.clone()).timeout(LONGEST).form(&form).send().await;
            let unreachable =
                |source: reqwest::Error| InvokeError::Unreachable { place: PLACE, source: source.without_url() };
            let answer = answer.map_err(unreachable)?;
            if answer.status().as_u16() != 200 {
                return Err(refused(PLACE, answer).await);
            }
            let body = http_client::body(answer, LARGEST_ERROR).await.map_err(|_| InvokeError::Answer(PLACE))?;
            let issued: Issued = serde_json::from_slice(&body).map_err(|_| InvokeError::Answer(PLACE))?;
            Ok(issued.access_token)
        }
        Credential::Aws { audience } => web_identity(audience.as_deref().unwrap_or(url.as_str())).await,
    }
}

/// Returns a web identity token of AWS STS for this audience. Account, role, region and endpoint come from the SDK's own chain.
/// (`GetWebIdentityToken`, API reference of AWS STS)
async fn web_identity(audience: &str) -> Result<SecretString, InvokeError> {
    let sts = aws_sdk_sts::Client::new(&crate::wiring::aws().await);
    let request = sts.get_web_identity_token().audience(audience).signing_algorithm("ES384");
    let answer = timeout(LONGEST, request.duration_seconds(LIFETIME_S).send()).await;
    let answer = answer.map_err(|_| InvokeError::Sts("it did not answer in time".to_owned()))?;
    let issued = answer.map_err(|error| InvokeError::Sts(DisplayErrorContext(error).to_string()))?;
    let token = issued.web_identity_token.map(SecretString::from);
    token.ok_or(InvokeError::Answer("AWS STS"))
}
