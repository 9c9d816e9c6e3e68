//! Redirects to the client with a code or an error. Must never receive an unvalidated URL.

use axum::response::Response;
use url::Url;

use crate::authorize::request::Request;
use crate::pages;
use crate::provider::Provider;
use crate::settings::CallbackIssuer;

/// A validated redirect target at the client.
pub(crate) struct Callback<'a> {
    provider: &'a Provider,
    redirect_uri: &'a str,
    state: Option<&'a str>,
}

impl<'a> Callback<'a> {
    /// Creates a callback. `redirect_uri` must be one of the client's registered callbacks.
    pub(crate) fn new(provider: &'a Provider, redirect_uri: &'a str, state: Option<&'a str>) -> Self {
        Self { provider, redirect_uri, state }
    }

    pub(crate) fn of(provider: &'a Provider, request: &'a Request) -> Self {
        Self::new(provider, &request.redirect_uri, request.state.as_deref())
    }

    pub(crate) fn code(&self, code: &str) -> Response {
        self.with(&[("code", code)])
    }

    pub(crate) fn error(&self, error: &str, description: &str) -> Response {
        self.with(&[("error", error), ("error_description", description)])
    }

    fn with(&self, answer: &[(&str, &str)]) -> Response {
        let settings = self.provider.settings();
        let Ok(mut url) = Url::parse(self.redirect_uri) else {
            return pages::error(settings, "The callback address is not a URL.");
        };
        let iss = (settings.callback_issuer == CallbackIssuer::Sent).then_some(("iss", settings.issuer.as_str()));
        let state = self.state.map(|state| ("state", state));
        url.query_pairs_mut().extend_pairs(answer.iter().copied().chain(state).chain(iss));
        pages::redirect(url.as_str())
    }
}
