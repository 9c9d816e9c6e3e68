//! Permissions by `BatchCheck`, `ListUsers` and the pinned model, for the pages that explain them.

use crate::client::failed;
use crate::{OpenFga, SERVICE, explain, tuple, user};
use agent::Actor;
use agent::permission::Permission;
use agent::ports::{Administrators, Decision, Explanation, Permissions, Supposition, Unavailable};
use async_trait::async_trait;
use futures::{StreamExt, stream};
use openfga::apis::relationship_queries_api::{self as queries, BatchCheckError};
use openfga::apis::{Error, authorization_models_api as models_api};
use openfga::models::{
    AuthorizationModel, BatchCheckItem, BatchCheckRequest, BatchCheckResponse, ConsistencyPreference, ListUsersRequest,
    Object, UserTypeFilter,
};
use reqwest::StatusCode;
use std::collections::BTreeSet;

/// Most checks of one batch (`OPENFGA_MAX_CHECKS_PER_BATCH_CHECK`, 50 by default).
const BATCH: usize = 50;

/// Most checks of one question. Further ones are unknown: nobody has so many tools.
const MOST_CHECKS: usize = 400;

/// Most single checks at the same time, at a server without `BatchCheck` (before v1.8.0).
const AT_ONCE: usize = 8;

#[async_trait]
impl Permissions for OpenFga {
    async fn check_all(
        &self,
        person: &Actor,
        permissions: &[Permission],
        supposing: Option<&Supposition>,
    ) -> Vec<Result<Decision, Unavailable>> {
        let Ok(user) = user::of(person) else {
            return permissions.iter().map(|_| Ok(Decision::Deny)).collect();
        };
        let items: Vec<BatchCheckItem> =
            permissions.iter().enumerate().map(|(place, own)| self.item(place, &user, own, supposing)).collect();
        let mut answers = Vec::with_capacity(items.len());
        for batch in items.chunks(BATCH) {
            if answers.len() >= MOST_CHECKS {
                let most = || Unavailable::new(SERVICE, "too many permissions were looked up at once");
                answers.extend(batch.iter().map(|_| Err(most())));
            } else {
                answers.extend(self.check_batch(batch).await);
            }
        }
        answers
    }

    async fn explain(&self, person: &Actor, permission: &Permission) -> Result<Explanation, Unavailable> {
        explain::explain(self, person, permission).await
    }

    async fn administrators(&self, _: &Actor, permission: &Permission) -> Result<Administrators, Unavailable> {
        let object = Object::new(permission.kind().to_owned(), permission.id().to_owned());
        let filter = vec![UserTypeFilter::new("user".to_owned())];
        let standing = tuple::standing(permission);
        let request = ListUsersRequest {
            authorization_model_id: Some(self.client.config.model_id.clone()),
            contextual_tuples: (!standing.is_empty()).then_some(standing),
            context: Some(tuple::context(self.clock.now())),
            consistency: Some(ConsistencyPreference::HigherConsistency),
            ..ListUsersRequest::new(object, Permission::ADMIN.to_owned(), filter)
        };
        let store = &self.client.config.store_id;
        let ask = |configuration| {
            let request = request.clone();
            async move { queries::list_users(&configuration, store, request).await }
        };
        let answer = match self.client.send(ask).await? {
            // The type has no administrators, or there is no such type.
            Err(Error::ResponseError(refused)) if refused.status == StatusCode::BAD_REQUEST => {
                return Ok(Administrators::default());
            }
            answer => answer.map_err(failed("the list of administrators"))?,
        };
        let ids =
            answer.users.into_iter().filter_map(|user| user.object).filter_map(|object| user::principal(&object.id));
        let all: BTreeSet<String> = ids.collect();
        let more = all.len() > Administrators::MOST;
        Ok(Administrators { people: all.into_iter().take(Administrators::MOST).collect(), more })
    }

    async fn is_grantable(&self, _: &Actor, permission: &Permission) -> Result<bool, Unavailable> {
        let key = (permission.kind().to_owned(), permission.relation().to_owned());
        if let Some(grantable) = self.grantable.get() {
            return Ok(grantable.contains(&key));
        }
        // The model is pinned, and models never change, so it is read once.
        let grantable = grantable(&self.model().await?);
        Ok(self.grantable.get_or_init(|| grantable).contains(&key))
    }
}

impl OpenFga {
    fn item(
        &self,
        place: usize,
        user: &str,
        permission: &Permission,
        supposing: Option<&Supposition>,
    ) -> BatchCheckItem {
        let at = supposing.map_or_else(|| self.clock.now(), |own| own.at);
        let kept = supposing.map(|own| own.keeping.as_slice()).unwrap_or_default();
        // A grant of one hour from that moment on counts at that moment.
        let kept = kept.iter().map(|grant| tuple::of_grant(user, &grant.permission, at, 3600));
        let contextual = tuple::standing(permission).into_iter().chain(kept).collect();
        BatchCheckItem {
            contextual_tuples: tuple::contextual(contextual),
            context: Some(tuple::context(at)),
            ..BatchCheckItem::new(tuple::key(user, permission.relation(), permission.object()), place.to_string())
        }
    }

    async fn check_batch(&self, batch: &[BatchCheckItem]) -> Vec<Result<Decision, Unavailable>> {
        let answer = match self.send_batch(batch).await {
            Ok(answer) => answer,
            Err(error) => return batch.iter().map(|_| Err(error.clone())).collect(),
        };
        match answer {
            Err(Error::ResponseError(refused))
                if matches!(refused.status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) =>
            {
                stream::iter(batch.to_vec()).map(|item| self.check_item(item)).buffered(AT_ONCE).collect().await
            }
            Err(error) => {
                let error = failed("a batch of checks")(error);
                batch.iter().map(|_| Err(error.clone())).collect()
            }
            Ok(answer) => batch.iter().map(|item| of_batch(&answer, &item.correlation_id)).collect(),
        }
    }

    async fn send_batch(
        &self,
        batch: &[BatchCheckItem],
    ) -> Result<Result<BatchCheckResponse, Error<BatchCheckError>>, Unavailable> {
        let request = BatchCheckRequest {
            authorization_model_id: Some(self.client.config.model_id.clone()),
            consistency: Some(ConsistencyPreference::HigherConsistency),
            ..BatchCheckRequest::new(batch.to_vec())
        };
        let store = &self.client.config.store_id;
        let ask = |configuration| {
            let request = request.clone();
            async move { queries::batch_check(&configuration, store, request).await }
        };
        self.client.send(ask).await
    }

    async fn check_item(&self, item: BatchCheckItem) -> Result<Decision, Unavailable> {
        let BatchCheckItem { tuple_key, contextual_tuples, context, .. } = item;
        self.check_in(tuple_key, contextual_tuples, context.unwrap_or_default()).await
    }

    pub(crate) async fn decide_now(&self, user: &str, permission: &Permission) -> Result<Decision, Unavailable> {
        self.check_item(self.item(0, user, permission, None)).await
    }

    async fn model(&self) -> Result<AuthorizationModel, Unavailable> {
        let (store, model) = (&self.client.config.store_id, &self.client.config.model_id);
        let ask =
            |configuration| async move { models_api::read_authorization_model(&configuration, store, model).await };
        let answer = self.client.send(ask).await?.map_err(failed("reading the authorization model"))?;
        answer.authorization_model.ok_or_else(|| Unavailable::new(SERVICE, "the answer has no authorization model"))
    }
}

/// The answer to one check of a batch. Only a plain `true` allows, and an error is not a denial.
fn of_batch(answer: &BatchCheckResponse, id: &str) -> Result<Decision, Unavailable> {
    let single = answer.result.as_ref().and_then(|result| result.get(id));
    match single.map(|single| (single.allowed, &single.error)) {
        Some((Some(true), None)) => Ok(Decision::Allow),
        Some((Some(false), None)) => Ok(Decision::Deny),
        Some((_, Some(error))) => {
            Err(Unavailable::new(SERVICE, format!("a check of a batch failed: {:?}", error.message)))
        }
        _ => Err(Unavailable::new(SERVICE, "a batch of checks has an answer without `allowed`")),
    }
}

/// The types and relations that the model lets a person have for a limited time.
fn grantable(model: &AuthorizationModel) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for kind in &model.type_definitions {
        let relations = kind.metadata.as_ref().and_then(|metadata| metadata.relations.as_ref());
        for (name, relation) in relations.into_iter().flatten() {
            let direct = relation.directly_related_user_types.iter().flatten();
            let to_person = |own: &&openfga::models::RelationReference| {
                own.r#type == "user" && own.condition.as_deref() == Some(tuple::CONDITION)
            };
            if name != Permission::ADMIN && direct.clone().any(|own| to_person(&own)) {
                found.insert((kind.r#type.clone(), name.clone()));
            }
        }
    }
    found
}
