//! The writer of grants. It is the only holder of the credential that may write, and it can write nothing but the tuple of
//! a [`AccessGrant`]: one person, a relation that the model lets be granted for a limited time, and the condition.

use crate::client::{Client, failed};
use crate::{Bearer, Config, OpenFga, SERVICE, tuple, user};
use agent::access::AccessGrant;
use agent::permission::Permission;
use agent::ports::{AccessGrants, GrantRemoved, GrantWritten, Permissions, Unavailable};
use async_trait::async_trait;
use openfga::apis::Error;
use openfga::apis::relationship_tuples_api::{self as tuples, WriteError};
use openfga::models::{
    ConsistencyPreference, ReadRequest, ReadRequestTupleKey, TupleKey, TupleKeyWithoutCondition, WriteRequest,
    WriteRequestDeletes, WriteRequestWrites,
};
use reqwest::StatusCode;
use std::fmt;
use std::sync::Arc;

/// Writes and removes the tuples of grants.
pub struct GrantWriter {
    client: Client,
    /// Reads with the credential that only checks: the writer's own may not.
    reader: Arc<OpenFga>,
}

impl GrantWriter {
    /// Creates a writer with a credential of its own for the store of `reader`.
    ///
    /// # Errors
    /// An error if no HTTP client can be created on this machine.
    pub fn new(config: Config, bearer: Arc<dyn Bearer>, reader: Arc<OpenFga>) -> Result<Self, reqwest::Error> {
        Ok(Self { client: Client::new(config, Some(bearer))?, reader })
    }

    /// The tuple of a grant; the one place that makes a tuple to write.
    fn tuple(grant: &AccessGrant) -> Result<TupleKey, Unavailable> {
        let user = user::named(grant.person.principal())
            .map_err(|error| Unavailable::new(SERVICE, format!("a grant has no user: {error}")))?;
        Ok(tuple::of_grant(&user, &grant.permission, grant.from, tuple::seconds(grant)))
    }

    async fn put(&self, tuple: &TupleKey) -> Result<Result<(), Error<WriteError>>, Unavailable> {
        let writes = Some(WriteRequestWrites::new(vec![tuple.clone()]));
        self.change(WriteRequest { writes, ..WriteRequest::new() }).await
    }

    async fn delete(&self, tuple: &TupleKey) -> Result<Result<(), Error<WriteError>>, Unavailable> {
        let TupleKey { user, relation, object, .. } = tuple.clone();
        let deletes = Some(WriteRequestDeletes::new(vec![TupleKeyWithoutCondition::new(user, relation, object)]));
        self.change(WriteRequest { deletes, ..WriteRequest::new() }).await
    }

    async fn change(&self, request: WriteRequest) -> Result<Result<(), Error<WriteError>>, Unavailable> {
        let config = &self.client.config;
        let request = WriteRequest { authorization_model_id: Some(config.model_id.clone()), ..request };
        let ask = |configuration| {
            let request = request.clone();
            async move { tuples::write(&configuration, &config.store_id, request).await }
        };
        Ok(self.client.send(ask).await?.map(|_| ()))
    }

    async fn stored(&self, tuple: &TupleKey, permission: &Permission) -> Result<Option<TupleKey>, Unavailable> {
        self.reader.stored(&tuple.user, permission).await
    }
}

#[async_trait]
impl AccessGrants for GrantWriter {
    async fn write(&self, grant: &AccessGrant) -> Result<GrantWritten, Unavailable> {
        if !self.reader.is_grantable(&grant.person, &grant.permission).await? {
            return Err(Unavailable::new(SERVICE, format!("{} cannot be granted for a time", grant.permission)));
        }
        let tuple = Self::tuple(grant)?;
        match self.put(&tuple).await? {
            Ok(()) => return Ok(GrantWritten::Yes),
            Err(error) if !is_refused(&error) => return Err(failed("writing a grant")(error)),
            Err(_) => {}
        }
        // The usual reason is a tuple with the same user, relation and object, of which there can be only one.
        match self.stored(&tuple, &grant.permission).await? {
            Some(stored) if stored == tuple => Ok(GrantWritten::Yes),
            Some(stored) if is_grant(&stored) => {
                self.delete(&stored).await?.map_err(failed("replacing a grant"))?;
                self.put(&tuple).await?.map_err(failed("replacing a grant"))?;
                Ok(GrantWritten::Yes)
            }
            Some(_) => Ok(GrantWritten::HeldForGood),
            None => Err(Unavailable::new(SERVICE, "a grant was refused although there is no such tuple")),
        }
    }

    async fn remove(&self, grant: &AccessGrant) -> Result<GrantRemoved, Unavailable> {
        let tuple = Self::tuple(grant)?;
        match self.stored(&tuple, &grant.permission).await? {
            Some(stored) if stored == tuple => match self.delete(&stored).await? {
                Ok(()) => Ok(GrantRemoved::Yes),
                // Somebody removed it a moment before.
                Err(error) if is_refused(&error) => Ok(GrantRemoved::Absent),
                Err(error) => Err(failed("removing a grant")(error)),
            },
            _ => Ok(GrantRemoved::Absent),
        }
    }
}

/// Returns whether the service understood the request and refused it: 400 `write_failed_due_to_invalid_input` for a tuple
/// that exists or does not, 409 for a conflict with another write.
fn is_refused(error: &Error<WriteError>) -> bool {
    let refused = |status| matches!(status, StatusCode::BAD_REQUEST | StatusCode::CONFLICT);
    matches!(error, Error::ResponseError(answer) if refused(answer.status))
}

fn is_grant(stored: &TupleKey) -> bool {
    stored.condition.as_ref().is_some_and(|condition| condition.name == tuple::CONDITION)
}

impl OpenFga {
    /// Returns the stored tuple of this user and permission, with its condition.
    pub(crate) async fn stored(&self, user: &str, permission: &Permission) -> Result<Option<TupleKey>, Unavailable> {
        let key = ReadRequestTupleKey {
            user: Some(user.to_owned()),
            relation: Some(permission.relation().to_owned()),
            object: Some(permission.object().to_owned()),
        };
        let request = ReadRequest {
            tuple_key: Some(key),
            consistency: Some(ConsistencyPreference::HigherConsistency),
            ..ReadRequest::new()
        };
        let store = &self.client.config.store_id;
        let ask = |configuration| {
            let request = request.clone();
            async move { tuples::read(&configuration, store, request).await }
        };
        let answer = self.client.send(ask).await?.map_err(failed("reading a tuple"))?;
        Ok(answer.tuples.into_iter().next().map(|tuple| tuple.key))
    }
}

impl fmt::Debug for GrantWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GrantWriter").finish_non_exhaustive()
    }
}
