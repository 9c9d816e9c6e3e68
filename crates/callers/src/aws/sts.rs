//! The one request to AWS STS. It carries nothing of the caller but the URL, whose host was looked up in a fixed list.

use super::SERVICE;
use super::query::AUDIENCE_HEADER;
use agent::ports::Unavailable;
use async_trait::async_trait;
use reqwest::header::{ACCEPT, HOST};
use secrecy::{ExposeSecret, SecretString};
use std::fmt::Debug;
use std::time::Duration;
use url::Url;

/// Longest wait for the whole answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Largest accepted answer, in bytes.
const LARGEST_ANSWER: usize = 64 * 1024;

/// A presigned request that may be sent.
#[derive(Debug)]
pub struct SignedRequest {
    /// The URL with its signature, at a host of AWS STS.
    pub url: SecretString,
    /// The value of the signed header `x-countersign-audience`: the door's own, whatever the caller signed.
    pub audience: String,
}

/// The answer of AWS STS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StsAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The body, at most 64 KiB.
    pub body: Vec<u8>,
}

/// The client that sends presigned requests to AWS STS.
#[async_trait]
pub trait StsClient: Debug + Send + Sync {
    /// Sends the request and returns the answer, whatever its status.
    ///
    /// # Errors
    /// [`Unavailable`] if there is no whole answer within five seconds.
    async fn get_caller_identity(&self, request: &SignedRequest) -> Result<StsAnswer, Unavailable>;
}

/// The client over HTTP: no redirects, no proxy, no header of the caller.
#[derive(Debug, Clone)]
pub struct HttpSts {
    http: reqwest::Client,
    endpoint: Option<Url>,
}

impl HttpSts {
    /// Creates the client. With `endpoint`, the address of another implementation of AWS STS, the request goes there and
    /// names the signed host in its `Host` header.
    ///
    /// # Errors
    /// An error if no HTTP client can be created on this machine.
    pub fn new(endpoint: Option<Url>) -> Result<Self, reqwest::Error> {
        Ok(Self { http: http_client::builder(TIMEOUT).no_proxy().build()?, endpoint })
    }

    /// Returns the address to send to, and the signed host.
    fn address(&self, signed: &str) -> Option<(Url, String)> {
        let signed = Url::parse(signed).ok()?;
        let host = signed.host_str()?.to_owned();
        let Some(endpoint) = &self.endpoint else { return Some((signed, host)) };
        let mut url = endpoint.clone();
        url.set_path("/");
        url.set_query(signed.query());
        Some((url, host))
    }
}

#[async_trait]
impl StsClient for HttpSts {
    async fn get_caller_identity(&self, request: &SignedRequest) -> Result<StsAnswer, Unavailable> {
        let (url, host) = self.address(request.url.expose_secret()).ok_or_else(|| failed("the URL is malformed"))?;
        let send = self.http.get(url).header(HOST, host).header(ACCEPT, "application/json");
        let answer = send.header(AUDIENCE_HEADER, &request.audience).send().await;
        let answer = answer.map_err(|error| failed(error.without_url()))?;
        let status = answer.status().as_u16();
        Ok(StsAnswer { status, body: http_client::body(answer, LARGEST_ANSWER).await.map_err(failed)? })
    }
}

fn failed(cause: impl ToString) -> Unavailable {
    Unavailable::new(SERVICE, cause.to_string())
}
