//! The authorizer port on OpenFGA and Auth0 FGA. It must not depend on what a tool does, nor cache an answer: each
//! check is sent with `HIGHER_CONSISTENCY`, against one pinned model.

mod approvers;
mod user;

use agent::Actor;
use agent::ports::{Authorizer, Check, Decision, Unavailable};
use agent::target::Fact;
use async_trait::async_trait;
use openfga::apis::Error;
use openfga::apis::configuration::Configuration;
use openfga::apis::relationship_queries_api::{self, CheckError};
use openfga::models::{
    CheckRequest, CheckRequestTupleKey, CheckResponse, ConsistencyPreference, ContextualTupleKeys, TupleKey,
};
use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The source of bearer tokens for the API.
#[async_trait]
pub trait Bearer: Send + Sync {
    /// Returns a token, or an error text for the log if there is none.
    async fn token(&self) -> Result<SecretString, String>;

    /// Discards the last token, which the service rejected: the next one must be new.
    async fn forget(&self);
}

/// The name by which people know the service.
pub const SERVICE: &str = "the permission service";

/// The configuration of the adapter.
#[derive(Debug, Clone)]
pub struct Config {
    /// Base URL of the HTTP API.
    pub api_url: String,
    /// The store, a ULID.
    pub store_id: String,
    /// The id of the authorization model, a ULID: pinned, so that a new model has no unexpected effect.
    pub model_id: String,
    /// Longest wait for one answer. There is no retry: the person can ask again.
    pub timeout: Duration,
}

/// The client of one OpenFGA store.
pub struct OpenFga {
    http: reqwest::Client,
    config: Config,
    bearer: Option<Arc<dyn Bearer>>,
}

impl OpenFga {
    /// Creates an adapter for one store and model. `bearer` is `None` for a server without authentication.
    ///
    /// # Errors
    /// An error if no HTTP client can be created on this machine.
    pub fn new(config: Config, bearer: Option<Arc<dyn Bearer>>) -> Result<Self, reqwest::Error> {
        Ok(Self { http: http_client::client(config.timeout)?, config, bearer })
    }

    async fn configuration(&self) -> Result<Configuration, Unavailable> {
        let base = self.config.api_url.trim_end_matches('/');
        let builder =
            Configuration::builder().base_path(base).client(self.http.clone()).user_agent(http_client::USER_AGENT);
        let Some(bearer) = &self.bearer else { return Ok(builder.build()) };
        let token = bearer.token().await.map_err(|cause| Unavailable::new(SERVICE, cause))?;
        Ok(builder.bearer_token(token.expose_secret()).build())
    }

    /// Checks that the store answers and that the pinned model has the relations of this version, for the readiness
    /// endpoint.
    ///
    /// # Errors
    /// [`Unavailable`] with the cause, such as a model without the relations of Okta users.
    pub async fn ready(&self) -> Result<(), Unavailable> {
        for (relation, object) in [("read_okta", "okta:groups"), ("can_reset_password", "okta_user:readiness")] {
            self.check(tuple_key("user:readiness", relation, object), None).await?;
        }
        Ok(())
    }

    async fn check(
        &self,
        tuple_key: CheckRequestTupleKey,
        facts: Option<ContextualTupleKeys>,
    ) -> Result<Decision, Unavailable> {
        let request = CheckRequest {
            authorization_model_id: Some(self.config.model_id.clone()),
            consistency: Some(ConsistencyPreference::HigherConsistency),
            contextual_tuples: facts,
            ..CheckRequest::new(tuple_key)
        };
        let answer = match (self.ask(request.clone()).await?, &self.bearer) {
            // A token may become invalid early, because keys are rotated and clients are changed. A new token is tried
            // once.
            (Err(Error::ResponseError(answer)), Some(bearer)) if answer.status == StatusCode::UNAUTHORIZED => {
                bearer.forget().await;
                self.ask(request).await?
            }
            (answer, _) => answer,
        };
        let answer = answer.map_err(|error| Unavailable::new(SERVICE, format!("check failed: {error}")))?;
        // Only a literal `true` allows; a body without the member is an error.
        match answer.allowed {
            Some(true) => Ok(Decision::Allow),
            Some(false) => Ok(Decision::Deny),
            None => Err(Unavailable::new(SERVICE, "the answer has no member `allowed`")),
        }
    }

    async fn ask(&self, request: CheckRequest) -> Result<Result<CheckResponse, Error<CheckError>>, Unavailable> {
        let configuration = self.configuration().await?;
        Ok(relationship_queries_api::check(&configuration, &self.config.store_id, request).await)
    }
}

#[async_trait]
impl Authorizer for OpenFga {
    async fn decide(&self, actor: &Actor, check: Check<'_>) -> Result<Decision, Unavailable> {
        let user = match user::named(actor.principal()) {
            Ok(user) => user,
            // No tuple can name this person, so nothing can have been granted to them.
            Err(error) => {
                tracing::warn!(error = %error, "a person has no valid name in OpenFGA and is denied");
                return Ok(Decision::Deny);
            }
        };
        if check.facts.len() > Check::MOST_FACTS {
            return Err(Unavailable::new(SERVICE, "a check has more contextual tuples than OpenFGA accepts"));
        }
        let key = tuple_key(&user, check.relation.0, &check.object.to_string());
        self.check(key, contextual(check.facts)).await
    }
}

fn tuple_key(user: &str, relation: &str, object: &str) -> CheckRequestTupleKey {
    CheckRequestTupleKey::new(user.to_owned(), relation.to_owned(), object.to_owned())
}

/// The facts as contextual tuples; `None` if there are no facts.
fn contextual(facts: &[Fact]) -> Option<ContextualTupleKeys> {
    let tuple =
        |fact: &Fact| TupleKey::new(fact.subject.to_string(), fact.relation.to_string(), fact.object.to_string());
    (!facts.is_empty()).then(|| ContextualTupleKeys::new(facts.iter().map(tuple).collect()))
}

impl fmt::Debug for OpenFga {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenFga").field("config", &self.config).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
