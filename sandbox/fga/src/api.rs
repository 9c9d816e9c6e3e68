//! The HTTP routes. Must not make decisions: the evaluator and the store do.

mod assertions;
mod batch_check;
mod changes;
mod check;
mod expand;
mod guard;
mod list_objects;
mod list_users;
mod models;
mod page;
mod question;
mod read;
mod reply;
mod request;
mod stores;
mod tuple_key;
mod write;

use axum::routing::{get, post, put};
use axum::{Json, Router, middleware};
use serde_json::json;

use crate::error::{Code, Error};
use crate::fga::Fga;

impl Fga {
    /// Returns the service's routes.
    pub fn router(&self) -> Router {
        let api = Router::new()
            .route("/stores", post(stores::create).get(stores::list))
            .route("/stores/{store}", get(stores::get).delete(stores::delete))
            .route("/stores/{store}/authorization-models", post(models::write).get(models::list))
            .route("/stores/{store}/authorization-models/{model}", get(models::get))
            .route("/stores/{store}/write", post(write::write))
            .route("/stores/{store}/read", post(read::read))
            .route("/stores/{store}/changes", get(changes::list))
            .route("/stores/{store}/check", post(check::check))
            .route("/stores/{store}/batch-check", post(batch_check::batch_check))
            .route("/stores/{store}/list-objects", post(list_objects::list))
            .route("/stores/{store}/streamed-list-objects", post(list_objects::stream))
            .route("/stores/{store}/list-users", post(list_users::list))
            .route("/stores/{store}/expand", post(expand::expand))
            .route("/stores/{store}/assertions/{model}", put(assertions::write).get(assertions::read))
            .fallback(undefined)
            .method_not_allowed_fallback(unimplemented)
            .layer(middleware::from_fn_with_state(self.clone(), guard::bearer));
        Router::new()
            .route("/healthz", get(async || Json(json!({ "status": "SERVING" }))))
            .merge(api)
            .layer(middleware::from_fn(guard::headers))
            .with_state(self.clone())
    }
}

async fn undefined(state: axum::extract::State<Fga>, uri: axum::http::Uri) -> Error {
    state.sin(format!("requested the unknown route {}", uri.path()));
    Error::new(Code::UndefinedEndpoint, "Not Found")
}

async fn unimplemented(state: axum::extract::State<Fga>, method: axum::http::Method, uri: axum::http::Uri) -> Error {
    state.sin(format!("used the wrong method {method} on {}", uri.path()));
    Error::new(Code::Unimplemented, "Method Not Allowed")
}
