//! The people's phones: shows pushes and takes answers, for people by a page and for programs by JSON.
//! It must never take an answer from another site, for nobody signs in here.

mod interface;
mod view;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use sandbox_kit::origin;
use url::form_urlencoded;

use crate::ciba::push::Answer;
use crate::provider::Provider;

pub(crate) fn router() -> Router<Provider> {
    Router::new()
        .route("/phone", get(view::show).post(view::answer))
        .route("/phone.js", get(view::script))
        .route("/_sandbox/pushes", get(interface::list))
        .route("/_sandbox/pushes/{id}", post(interface::answer))
        .layer(from_fn(origin::check))
}

/// The answer that a form's field `answer` gives.
fn parse(word: Option<&str>) -> Option<Answer> {
    match word? {
        "approve" => Some(Answer::Approve),
        "deny" => Some(Answer::Deny),
        _ => None,
    }
}

/// The address of a person's phone, given that of all phones.
pub(crate) fn address(phones: &str, sub: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("person", sub).finish();
    format!("{phones}?{query}")
}

impl Provider {
    /// Where a person's phone is to be seen.
    #[must_use]
    pub fn phone_url(&self, sub: &str) -> String {
        address(&self.settings().url("phone"), sub)
    }
}
