//! Requests to the HTTP API of one store, each with the current token.

use crate::{Bearer, Config, SERVICE};
use agent::ports::Unavailable;
use openfga::apis::Error;
use openfga::apis::configuration::Configuration;
use reqwest::StatusCode;
use secrecy::ExposeSecret;
use std::fmt::Debug;
use std::sync::Arc;

/// The answer of the service, or its error, which may be an answer too.
pub(crate) type Answered<T, E> = Result<T, Error<E>>;

/// A connection to one store, with one credential.
pub(crate) struct Client {
    http: reqwest::Client,
    pub(crate) config: Config,
    bearer: Option<Arc<dyn Bearer>>,
}

impl Client {
    pub(crate) fn new(config: Config, bearer: Option<Arc<dyn Bearer>>) -> Result<Self, reqwest::Error> {
        Ok(Self { http: http_client::client(config.timeout)?, config, bearer })
    }

    /// Sends a request. A token may become invalid early, because keys are rotated and clients are changed, so a new one
    /// is tried once.
    pub(crate) async fn send<T, E, F>(
        &self,
        ask: impl Fn(Configuration) -> F + Send,
    ) -> Result<Answered<T, E>, Unavailable>
    where
        F: Future<Output = Answered<T, E>> + Send,
        T: Send,
        E: Send,
    {
        let answer = ask(self.configuration().await?).await;
        match (&answer, &self.bearer) {
            (Err(Error::ResponseError(refused)), Some(bearer)) if refused.status == StatusCode::UNAUTHORIZED => {
                bearer.forget().await;
                Ok(ask(self.configuration().await?).await)
            }
            _ => Ok(answer),
        }
    }

    async fn configuration(&self) -> Result<Configuration, Unavailable> {
        let base = self.config.api_url.trim_end_matches('/');
        let builder =
            Configuration::builder().base_path(base).client(self.http.clone()).user_agent(http_client::USER_AGENT);
        let Some(bearer) = &self.bearer else { return Ok(builder.build()) };
        let token = bearer.token().await.map_err(|cause| Unavailable::new(SERVICE, cause))?;
        Ok(builder.bearer_token(token.expose_secret()).build())
    }
}

/// Translates the error of a request for `what`.
pub(crate) fn failed<E: Debug>(what: &'static str) -> impl Fn(Error<E>) -> Unavailable {
    move |error| Unavailable::new(SERVICE, format!("{what} failed: {error}"))
}
