//! GitHub, as much of it as an application meets: sign-in by OAuth 2.0 with PKCE and expiring tokens, and two lists of
//! its REST API. The app is a mixture: its tokens expire as a GitHub App's do, and have scopes as an OAuth app's do.
//! It must never know how lent tokens are made: a callback vouches for them.

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
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post};
use sandbox_kit::{Clock, Sins};

pub use account::{Account, Repository, Visibility};
pub use api::{Authenticate, Caller};

use error::ApiError;
use gate::Window;
use grants::Grants;

/// An application that is registered at GitHub.
#[derive(Clone)]
pub struct App {
    /// `client_id`.
    pub client_id: String,
    /// `client_secret`.
    pub client_secret: String,
    /// What the page calls it.
    pub name: String,
    /// Allowed `redirect_uri`s, compared character by character; the first is where errors go.
    pub callbacks: Vec<String>,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// The GitHub stand-in. Clones share everything.
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
    /// GitHub with these accounts and this application. `lent` judges tokens that GitHub itself has not given out.
    #[must_use]
    pub fn new(app: App, accounts: Vec<Account>, lent: Authenticate, clock: Clock, sins: Sins) -> Self {
        let state = State { grants: Grants::default(), window: Window::default(), requests_per_hour: 5000 };
        let (app, accounts) = (Arc::new(app), Arc::new(Mutex::new(accounts)));
        Self { state: Arc::new(Mutex::new(state)), app, accounts, lent, clock, sins }
    }

    /// `github.com` and `api.github.com` in one.
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
            .route("/sandbox.css", get(page::stylesheet))
            .merge(apps)
            .merge(api)
            .with_state(self.clone())
    }

    /// Changes how many requests each caller may make in an hour of the clock.
    pub fn set_requests_per_hour(&self, requests: u32) {
        self.lock().requests_per_hour = requests;
    }

    /// The person takes back, in GitHub's own settings, all that they allowed the application.
    pub fn revoke_all_of(&self, account: u64) {
        self.lock().grants.revoke_all_of(account);
    }

    /// How many pairs of tokens of this account count.
    #[must_use]
    pub fn pairs_of(&self, account: u64) -> usize {
        self.lock().grants.pairs_of(account)
    }

    /// How often a refresh token was changed for new tokens.
    #[must_use]
    pub fn refreshes(&self) -> u64 {
        self.lock().grants.refreshes()
    }

    /// Gives an account another repository, under any name at all; GitHub itself takes letters, digits, `.`, `-` and `_`.
    /// Whether there is such an account.
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
