//! The people who may approve actions on an object, by `ListUsers` (OpenFGA 1.5.4 and later, Auth0 FGA).

use crate::client::failed;
use crate::{OpenFga, SERVICE, tuple, user};
use agent::Actor;
use agent::intent::Object;
use agent::ports::{ApproverDirectory, CAN_APPROVE, Check, Unavailable};
use agent::target::Fact;
use async_trait::async_trait;
use openfga::apis::{Error, relationship_queries_api};
use openfga::models::{ConsistencyPreference, ListUsersRequest, Object as FgaObject, UserTypeFilter};
use reqwest::StatusCode;

#[async_trait]
impl ApproverDirectory for OpenFga {
    async fn approvers(&self, _: &Actor, object: &Object, facts: &[Fact]) -> Result<Vec<String>, Unavailable> {
        if facts.len() > Check::MOST_FACTS {
            return Err(Unavailable::new(SERVICE, "a query has more contextual tuples than OpenFGA accepts"));
        }
        let name = object.to_string();
        let kind = name.split(':').next().unwrap_or_default();
        let object = FgaObject::new(kind.to_owned(), object.id().to_owned());
        let filter = vec![UserTypeFilter::new("user".to_owned())];
        let request = ListUsersRequest {
            authorization_model_id: Some(self.client.config.model_id.clone()),
            consistency: Some(ConsistencyPreference::HigherConsistency),
            contextual_tuples: crate::facts(facts).map(|tuples| tuples.tuple_keys),
            context: Some(tuple::context(self.clock.now())),
            ..ListUsersRequest::new(object, CAN_APPROVE.to_string(), filter)
        };
        let store = &self.client.config.store_id;
        let ask = |configuration| {
            let request = request.clone();
            async move { relationship_queries_api::list_users(&configuration, store, request).await }
        };
        let answer = match self.client.send(ask).await? {
            // The type of the object has no such relation: nobody may approve.
            Err(Error::ResponseError(refused)) if refused.status == StatusCode::BAD_REQUEST => return Ok(Vec::new()),
            answer => answer.map_err(failed("the list of approvers"))?,
        };
        // A wildcard stands for everybody, whom nobody can ask.
        let users = answer.users.into_iter().filter_map(|user| user.object);
        Ok(users.filter(|user| user.r#type == "user").filter_map(|user| user::principal(&user.id)).collect())
    }
}
