//! `POST /stores/{store}/list-users`. Contextual tuples are a bare array here, unlike in other requests. Must not
//! guarantee an order.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::list_objects::known;
use super::question::{Asked, Consistency};
use super::reply::Reply;
use super::request::{Body, Ids, invalid, is_name};
use super::tuple_key::TupleKey;
use crate::error::{Code, Error};
use crate::eval::{self, UserFilter};
use crate::fga::Fga;
use crate::tuple::{Object, User, is_name as is_part};

/// Maximum number of users in a response. Further ones are omitted silently.
const MAX_USERS: usize = 1000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    object: Option<ObjectRef>,
    #[serde(default)]
    relation: String,
    #[serde(default)]
    user_filters: Vec<Filter>,
    #[serde(default)]
    contextual_tuples: Vec<TupleKey>,
    context: Option<Map<String, Value>>,
    authorization_model_id: Option<String>,
    #[serde(rename = "consistency", default)]
    _consistency: Consistency,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ObjectRef {
    #[serde(rename = "type")]
    kind: String,
    id: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    #[serde(rename = "type")]
    kind: String,
    relation: Option<String>,
}

pub(super) async fn list(State(fga): State<Fga>, ids: Ids, Body(request): Body<Request>) -> Result<Reply, Error> {
    let broken = |field: &str, reason: &str| Err(invalid(&fga, &format!("ListUsersRequest.{field}"), reason));
    let Some(object) = request.object.filter(|object| is_name(&object.kind, 254) && is_part(&object.id)) else {
        return broken("Object", "value is required, with a type and an id");
    };
    if !is_name(&request.relation, 50) {
        return broken("Relation", "value does not match regex pattern \"^[^:#@\\\\s]{1,50}$\"");
    }
    let [filter] = request.user_filters.as_slice() else {
        return broken("UserFilters", "value must contain exactly 1 item(s)");
    };
    let asked = Asked::of(
        &fga,
        &ids.store,
        request.authorization_model_id.as_deref(),
        &request.contextual_tuples,
        request.context,
    )?;
    let filter = UserFilter {
        kind: filter.kind.clone(),
        relation: filter.relation.clone().filter(|relation| !relation.is_empty()),
    };
    match &filter.relation {
        Some(relation) => known(&asked, &filter.kind, relation)?,
        None if asked.model.has_type(&filter.kind) => {}
        None => return Err(Error::new(Code::TypeNotFound, format!("type '{}' not found", filter.kind))),
    }
    known(&asked, &object.kind, &request.relation)?;
    let object = Object { kind: object.kind, id: object.id };
    let users = eval::list_users(asked.world(), &object, &request.relation, &filter)?;
    let users: Vec<Value> = users.iter().take(MAX_USERS).map(user_json).collect();
    Ok(Reply::ok(json!({ "users": users })).under(asked.model.id()))
}

fn user_json(user: &User) -> Value {
    match user {
        User::Object(object) => json!({ "object": { "type": object.kind, "id": object.id } }),
        User::Wildcard(kind) => json!({ "wildcard": { "type": kind } }),
        User::Userset(object, relation) => {
            json!({ "userset": { "type": object.kind, "id": object.id, "relation": relation } })
        }
    }
}
