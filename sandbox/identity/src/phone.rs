//! The people's phones: show pushes and accept answers, as a page for people and as JSON for programs.
//! Must reject answers from other sites, because these routes require no sign-in.

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

/// Parses the form field `answer`.
fn parse(word: Option<&str>) -> Option<Answer> {
    match word? {
        "approve" => Some(Answer::Approve),
        "deny" => Some(Answer::Deny),
        _ => None,
    }
}

/// Returns the URL of a person's phone, given the URL of the phone chooser.
pub(crate) fn address(phones: &str, sub: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("person", sub).finish();
    format!("{phones}?{query}")
}

impl Provider {
    /// Returns the URL of a person's phone.
    #[must_use]
    pub fn phone_url(&self, sub: &str) -> String {
        address(&self.settings().url("phone"), sub)
    }
}
