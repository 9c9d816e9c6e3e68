//! The failure of a page, and the page that says so.

use super::notice::{Notice, Way};
use super::{NotFound, SignedOut};
use crate::backend::status;
use crate::texts::texts;
use crate::ui::words::{NAMES, said, with_names};
use crate::wire::ApiError;
use http::StatusCode;
use leptos::prelude::*;

/// The reason why a page is not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageFailure {
    /// An error that pages and server functions share.
    Api(ApiError),
    /// The person lacks a relation to an object.
    Denied(Denied),
    /// The address asks for something that cannot be looked up.
    Query(String),
}

/// A missing relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    /// The audience of the page: `Everyone's activity is for auditors`.
    pub heading: &'static str,
    /// The missing relation.
    pub relation: String,
    /// The object of the relation.
    pub object: String,
}

impl From<ApiError> for PageFailure {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl PageFailure {
    /// The HTTP status of the page.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Api(error) => status(error),
            Self::Denied(_) => StatusCode::FORBIDDEN,
            Self::Query(_) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// Renders the failure, and sets the status. `here` is the address of the page, to which a sign-in returns.
    pub(super) fn view(self, here: String) -> AnyView {
        if let Some(options) = use_context::<leptos_axum::ResponseOptions>() {
            options.set_status(self.status());
        }
        let t = texts();
        let page = here.split('?').next().unwrap_or("/").to_owned();
        match self {
            // A sign-in returns to a page, never to a query.
            Self::Api(ApiError::SignedOut) => view! { <SignedOut return_to=page/> }.into_any(),
            Self::Api(ApiError::NotFound | ApiError::Invalid(_)) => view! { <NotFound/> }.into_any(),
            Self::Api(error) => {
                Notice::new(t.not_now(), error.text(t), Way { href: here, label: t.try_again() }).view()
            }
            Self::Denied(denied) => denied.notice().view(),
            Self::Query(sentence) => query_notice(sentence, Way { href: page, label: t.start_again() }).view(),
        }
    }
}

/// Returns the notice for an address that asks for something that cannot be looked up.
#[must_use]
pub fn query_notice(sentence: String, way: Way) -> Notice {
    Notice::new(texts().not_looked_up(), sentence, way)
}

impl Denied {
    /// Returns the notice for the person.
    #[must_use]
    pub fn notice(self) -> Notice {
        let Self { heading, relation, object } = self;
        let missing = with_names(&texts().denied_page(NAMES[0], NAMES[1]), [&relation, &object]);
        Notice { heading, body: view! { <p>{said(missing)}</p> }.into_any(), way: Way::home() }
    }
}
