//! `/stores`. Must not access the content of stores.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::page;
use super::reply::Reply;
use super::request::{Body, Ids, Params, invalid};
use super::tuple_key::time;
use crate::error::Error;
use crate::fga::Fga;
use crate::store::Store;
use crate::ulid::ulid;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Create {
    #[serde(default)]
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    page_size: Option<i64>,
    #[serde(default)]
    continuation_token: String,
    #[serde(default)]
    name: String,
}

pub(super) async fn create(State(fga): State<Fga>, Body(request): Body<Create>) -> Result<Reply, Error> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c.is_ascii_whitespace() || "./^_&@-".contains(c);
    if !(3..=64).contains(&request.name.chars().count()) || !request.name.chars().all(allowed) {
        let pattern = "value does not match regex pattern \"^[a-zA-Z0-9\\\\s\\\\.\\\\-\\\\/^_&@]{3,64}$\"";
        return Err(invalid(&fga, "CreateStoreRequest.Name", pattern));
    }
    let id = ulid(fga.clock());
    fga.create_store_with_id(&id, &request.name)?;
    let json = fga.with(&id, |store| Ok(store_json(store)))?;
    Ok(Reply::created(json))
}

pub(super) async fn list(State(fga): State<Fga>, Params(request): Params<List>) -> Result<Reply, Error> {
    let (size, after) = (page::size(request.page_size)?, page::open(&request.continuation_token)?.unwrap_or_default());
    let stores = fga.stores();
    let named =
        stores.values().filter(|store| store.id > after && (request.name.is_empty() || store.name == request.name));
    let (page, more) = page::cut(named, size);
    let token = page.last().filter(|_| more).map(|store| page::token(&store.id)).unwrap_or_default();
    let page: Vec<Value> = page.into_iter().map(store_json).collect();
    Ok(Reply::ok(json!({ "stores": page, "continuation_token": token })))
}

pub(super) async fn get(State(fga): State<Fga>, ids: Ids) -> Result<Reply, Error> {
    fga.with(&ids.store, |store| Ok(Reply::ok(store_json(store))))
}

pub(super) async fn delete(State(fga): State<Fga>, ids: Ids) -> Result<Reply, Error> {
    fga.stores().remove(&ids.store);
    Ok(Reply::no_content())
}

fn store_json(store: &Store) -> Value {
    let created = time(store.created);
    json!({ "id": store.id, "name": store.name, "created_at": created, "updated_at": created, "deleted_at": null })
}
