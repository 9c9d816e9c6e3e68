//! The authorizer port on OpenFGA and Auth0 FGA. It must never know what a tool does, nor remember an answer:
//! each question is asked afresh with `HIGHER_CONSISTENCY`, against one pinned model.

use agent::ports::{Authorizer, Decision, Unavailable};
use agent::{Actor, Intent};
use async_trait::async_trait;
use futures::future::BoxFuture;
use openfga::apis::configuration::Configuration;
use openfga::apis::relationship_queries_api;
use openfga::models::{CheckRequest, CheckRequestTupleKey, ConsistencyPreference};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Where the bearer token of the API comes from. An error means that there is none now.
pub type Bearer = Arc<dyn Fn() -> BoxFuture<'static, Result<SecretString, String>> + Send + Sync>;

/// The name that a person knows the service by.
pub const SERVICE: &str = "the permission service";

/// What the adapter needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// Base URL of the HTTP API.
    pub api_url: String,
    /// The store, a ULID.
    pub store_id: String,
    /// The authorization model, a ULID: pinned, so that a new model changes nothing by surprise.
    pub model_id: String,
    /// Longest wait for one answer. There is no retry: the person can ask again.
    pub timeout: Duration,
}

/// Asks OpenFGA.
pub struct OpenFga {
    http: reqwest::Client,
    config: Config,
    bearer: Option<Bearer>,
}

impl OpenFga {
    /// An adapter for one store and model; without a `bearer` for a server that asks for none.
    ///
    /// # Errors
    /// When no HTTP client can be made on this machine.
    pub fn new(config: Config, bearer: Option<Bearer>) -> Result<Self, reqwest::Error> {
        let http =
            reqwest::Client::builder().timeout(config.timeout).redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { http, config, bearer })
    }

    async fn configuration(&self) -> Result<Configuration, Unavailable> {
        let base = self.config.api_url.trim_end_matches('/');
        let builder = Configuration::builder().base_path(base).client(self.http.clone());
        let Some(bearer) = &self.bearer else { return Ok(builder.build()) };
        let token = bearer().await.map_err(|cause| Unavailable::new(SERVICE, cause))?;
        Ok(builder.bearer_token(token.expose_secret()).build())
    }

    /// Whether the store answers at all: for the readiness endpoint.
    ///
    /// # Errors
    /// [`Unavailable`] with the cause.
    pub async fn ready(&self) -> Result<(), Unavailable> {
        self.check("user:readiness", "read_okta", "okta:groups").await.map(|_| ())
    }

    async fn check(&self, user: &str, relation: &str, object: &str) -> Result<Decision, Unavailable> {
        let key = CheckRequestTupleKey::new(user.to_owned(), relation.to_owned(), object.to_owned());
        let request = CheckRequest {
            authorization_model_id: Some(self.config.model_id.clone()),
            consistency: Some(ConsistencyPreference::HigherConsistency),
            ..CheckRequest::new(key)
        };
        let configuration = self.configuration().await?;
        let answer = relationship_queries_api::check(&configuration, &self.config.store_id, request)
            .await
            .map_err(|error| Unavailable::new(SERVICE, format!("check failed: {error}")))?;
        // Only a plain `true` allows; a body without the member is no answer.
        match answer.allowed {
            Some(true) => Ok(Decision::Allow),
            Some(false) => Ok(Decision::Deny),
            None => Err(Unavailable::new(SERVICE, "the answer has no member `allowed`")),
        }
    }
}

#[async_trait]
impl Authorizer for OpenFga {
    async fn decide(&self, actor: &Actor, intent: &Intent) -> Result<Decision, Unavailable> {
        let user = principal(actor)?;
        self.check(&user, intent.relation.0, &intent.object.to_string()).await
    }
}

/// `user:<principal>`, refused when it would name everybody, a userset, or another type: then nobody is asked.
fn principal(actor: &Actor) -> Result<String, Unavailable> {
    let id = actor.principal();
    let forbidden = |c: char| matches!(c, ':' | '#' | '*') || c.is_whitespace() || c.is_control();
    if id.is_empty() || id.len() > 500 || id.contains(forbidden) {
        return Err(Unavailable::new(SERVICE, "the principal has characters that FGA reads otherwise"));
    }
    Ok(format!("user:{id}"))
}

impl fmt::Debug for OpenFga {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenFga").field("config", &self.config).finish_non_exhaustive()
    }
}
