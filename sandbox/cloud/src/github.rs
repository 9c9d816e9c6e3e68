//! A stand-in for the part of GitHub that an application uses: sign-in by OAuth 2.0 with PKCE and expiring tokens, and
//! two endpoints of the REST API.
//!
//! The application is a mixture: its tokens expire like a GitHub App's and have scopes like an OAuth app's. Must not
//! depend on the format of tokens issued elsewhere: a callback validates them.

mod account;
mod api;
mod error;
mod gate;
mod grants;
mod oauth;
mod page;
mod paging;
mod params;
mod revoke;

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post};
use sandbox_kit::{Clock, Sins};

pub use account::{Account, Repository, Visibility};
pub use api::{Authenticate, Caller};

use error::ApiError;
use gate::Window;
use grants::Grants;

/// An application registered at GitHub.
#[derive(Clone)]
pub struct App {
    /// The `client_id`.
    pub client_id: String,
    /// The `client_secret`.
    pub client_secret: String,
    /// The application's name on the authorization page.
    pub name: String,
    /// Allowed `redirect_uri`s, compared character by character. Errors about the `redirect_uri` go to the first.
    pub callbacks: Vec<String>,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// The GitHub stand-in. Clones share all state.
#[derive(Clone)]
pub struct GitHub {
    state: Arc<Mutex<State>>,
    app: Arc<App>,
    accounts: Arc<Mutex<Vec<Account>>>,
    lent: Authenticate,
    clock: Clock,
    sins: Sins,
}

struct State {
    grants: Grants,
    window: Window,
    requests_per_hour: u32,
}

impl std::fmt::Debug for GitHub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GitHub").field("app", &self.app).finish_non_exhaustive()
    }
}

impl GitHub {
    /// Creates a GitHub with these accounts and this application. `lent` validates access tokens that GitHub itself
    /// has not issued.
    #[must_use]
    pub fn new(app: App, accounts: Vec<Account>, lent: Authenticate, clock: Clock, sins: Sins) -> Self {
        let state = State { grants: Grants::default(), window: Window::default(), requests_per_hour: 5000 };
        let (app, accounts) = (Arc::new(app), Arc::new(Mutex::new(accounts)));
        Self { state: Arc::new(Mutex::new(state)), app, accounts, lent, clock, sins }
    }

    /// Returns the routes of `github.com` and `api.github.com` in one router.
    pub fn router(&self) -> Router {
        let api = Router::new()
            .route("/user", get(api::user))
            .route("/user/repos", get(api::repositories))
            .fallback(async || ApiError::not_found().sin("an endpoint that does not exist"))
            .method_not_allowed_fallback(async || ApiError::not_found().sin("a method that does not exist"))
            .layer(from_fn_with_state(self.clone(), gate::pass));
        let apps = Router::new()
            .route("/applications/{client_id}/grant", delete(revoke::grant))
            .route("/applications/{client_id}/token", delete(revoke::token).post(revoke::check))
            .layer(from_fn_with_state(self.clone(), gate::record));
        Router::new()
            .route("/login/oauth/authorize", get(oauth::authorize).post(oauth::answer))
            .route("/login/oauth/access_token", post(oauth::token::access_token))
            // A browser that is shown a page of ours may ask for its icon; GitHub has one.
            .route("/favicon.ico", get(|| async { StatusCode::NO_CONTENT }))
            .route("/sandbox.css", get(page::stylesheet))
            .merge(apps)
            .merge(api)
            .with_state(self.clone())
    }

    /// Sets the number of requests that each caller may make in an hour of the sandbox's clock.
    pub fn set_requests_per_hour(&self, requests: u32) {
        self.lock().requests_per_hour = requests;
    }

    /// Revokes every grant of the account to the application, as the person could in GitHub's own settings.
    pub fn revoke_all_of(&self, account: u64) {
        self.lock().grants.revoke_all_of(account);
    }

    /// Returns the number of token pairs of this account that have not been replaced or revoked.
    #[must_use]
    pub fn pairs_of(&self, account: u64) -> usize {
        self.lock().grants.pairs_of(account)
    }

    /// Returns the number of successful token refreshes.
    #[must_use]
    pub fn refreshes(&self) -> u64 {
        self.lock().grants.refreshes()
    }

    /// Adds a repository to an account, under any name; GitHub itself allows only letters, digits, `.`, `-` and `_`.
    /// Returns false if there is no such account.
    #[must_use]
    pub fn add_repository(&self, account: u64, repository: Repository) -> bool {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let own = accounts.iter_mut().find(|own| own.id == account);
        own.map(|own| own.repositories.push(repository)).is_some()
    }

    fn accounts(&self) -> Vec<Account> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn account(&self, id: u64) -> Option<Account> {
        self.accounts().into_iter().find(|account| account.id == id)
    }

    fn sin(&self, what: impl Into<String>) {
        self.sins.commit("github", what);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
