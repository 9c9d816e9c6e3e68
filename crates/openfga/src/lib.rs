//! Authorization on OpenFGA and Auth0 FGA: the guard's checks ([`OpenFga`] as `Authorizer`), what the pages of permissions
//! show ([`OpenFga`] as `Permissions`), and grants for a limited time ([`GrantWriter`]). [`TenantStores`] and
//! [`TenantWriters`] choose the store by the tenant of the person. It must not depend on what a tool
//! does, nor cache an answer: each check is sent with `HIGHER_CONSISTENCY`, against one pinned model, with the current
//! time, by which grants end.

mod approvers;
mod client;
mod explain;
mod grant_writer;
mod permissions;
mod tenants;
mod tuple;
mod user;

pub use grant_writer::GrantWriter;
pub use tenants::{TenantStores, TenantWriters};

use agent::Actor;
use agent::ports::{Authorizer, Check, Clock, Decision, Unavailable};
use agent::target::Fact;
use async_trait::async_trait;
use client::{Client, failed};
use openfga::apis::relationship_queries_api;
use openfga::models::{CheckRequest, CheckRequestTupleKey, ConsistencyPreference, ContextualTupleKeys};
use secrecy::SecretString;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, OnceLock};
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

/// The client of one OpenFGA store. It only asks.
pub struct OpenFga {
    client: Client,
    clock: Arc<dyn Clock>,
    /// The types and relations that can be granted for a limited time, once the model was read.
    grantable: OnceLock<BTreeSet<(String, String)>>,
}

impl OpenFga {
    /// Creates an adapter for one store and model. `bearer` is `None` for a server without authentication. By `clock`
    /// grants end.
    ///
    /// # Errors
    /// An error if no HTTP client can be created on this machine.
    pub fn new(config: Config, bearer: Option<Arc<dyn Bearer>>, clock: Arc<dyn Clock>) -> Result<Self, reqwest::Error> {
        Ok(Self { client: Client::new(config, bearer)?, clock, grantable: OnceLock::new() })
    }

    /// Checks that the store answers and that the pinned model has the relations of this version, for the readiness
    /// endpoint.
    ///
    /// # Errors
    /// [`Unavailable`] with the cause, such as a model without the relations of Okta users.
    pub async fn ready(&self) -> Result<(), Unavailable> {
        for (relation, object) in
            [("read_okta", "okta:groups"), ("can_reset_password", "okta_user:readiness"), ("admin", "okta:groups")]
        {
            let key = tuple::key("user:readiness", relation, object);
            self.check_in(key, None, tuple::context(self.clock.now())).await?;
        }
        Ok(())
    }

    async fn check_in(
        &self,
        tuple_key: CheckRequestTupleKey,
        facts: Option<ContextualTupleKeys>,
        context: serde_json::Value,
    ) -> Result<Decision, Unavailable> {
        let request = CheckRequest {
            authorization_model_id: Some(self.client.config.model_id.clone()),
            consistency: Some(ConsistencyPreference::HigherConsistency),
            contextual_tuples: facts,
            context: Some(context),
            ..CheckRequest::new(tuple_key)
        };
        let store = &self.client.config.store_id;
        let ask = |configuration| {
            let request = request.clone();
            async move { relationship_queries_api::check(&configuration, store, request).await }
        };
        let answer = self.client.send(ask).await?.map_err(failed("check"))?;
        // Only a literal `true` allows; a body without the member is an error.
        match answer.allowed {
            Some(true) => Ok(Decision::Allow),
            Some(false) => Ok(Decision::Deny),
            None => Err(Unavailable::new(SERVICE, "the answer has no member `allowed`")),
        }
    }
}

#[async_trait]
impl Authorizer for OpenFga {
    async fn decide(&self, actor: &Actor, check: Check<'_>) -> Result<Decision, Unavailable> {
        let user = match user::of(actor) {
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
        let key = tuple::key(&user, check.relation.0, &check.object.to_string());
        self.check_in(key, facts(check.facts), tuple::context(self.clock.now())).await
    }
}

/// The facts as contextual tuples; `None` if there are no facts.
fn facts(facts: &[Fact]) -> Option<ContextualTupleKeys> {
    let tuple =
        |fact: &Fact| tuple::plain(&fact.subject.to_string(), &fact.relation.to_string(), &fact.object.to_string());
    tuple::contextual(facts.iter().map(tuple).collect())
}

impl fmt::Debug for OpenFga {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenFga").field("config", &self.client.config).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
