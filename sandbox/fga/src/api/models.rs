//! `/stores/{store}/authorization-models`. Must never change a model: models are immutable.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::page;
use super::reply::Reply;
use super::request::{Body, Ids, Params};
use crate::error::Error;
use crate::fga::Fga;
use crate::model::ModelFault;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    page_size: Option<i64>,
    #[serde(default)]
    continuation_token: String,
}

pub(super) async fn write(State(fga): State<Fga>, ids: Ids, Body(model): Body<Value>) -> Result<Reply, Error> {
    fga.with(&ids.store, |_| Ok(()))?;
    if let Err(ModelFault::Shape(reason)) = crate::model::Model::parse("", model.clone()) {
        fga.sin(format!("sent a malformed model: {reason}"));
    }
    let id = fga.write_model(&ids.store, model)?;
    Ok(Reply::created(json!({ "authorization_model_id": id })).under(&id))
}

pub(super) async fn list(State(fga): State<Fga>, ids: Ids, Params(request): Params<List>) -> Result<Reply, Error> {
    let (size, after) = (page::size(request.page_size)?, page::open(&request.continuation_token)?);
    fga.with(&ids.store, |store| {
        let older = store.models.iter().skip_while(|model| after.as_deref().is_some_and(|after| model.id() != after));
        let (page, more) = page::cut(older.skip(usize::from(after.is_some())), size);
        let token = page.last().filter(|_| more).map(|model| page::token(model.id())).unwrap_or_default();
        let models: Vec<Value> = page.iter().map(|model| model.json()).collect();
        Ok(Reply::ok(json!({ "authorization_models": models, "continuation_token": token })))
    })
}

pub(super) async fn get(State(fga): State<Fga>, ids: Ids) -> Result<Reply, Error> {
    let model = fga.with(&ids.store, |store| store.model(Some(&ids.model)))?;
    Ok(Reply::ok(json!({ "authorization_model": model.json() })).under(model.id()))
}
