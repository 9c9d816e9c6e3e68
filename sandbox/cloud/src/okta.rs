//! A stand-in for the users and groups of Okta's management API, with a log of every change to a user. Must not depend
//! on the format of access tokens: a callback validates them.

mod authorize;
mod directory;
mod effects;
mod error;
mod gate;
mod groups;
mod lifecycle;
mod list;
mod paging;
mod params;
mod user;
mod userinfo;
mod users;

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post};
use sandbox_kit::{Clock, People, Person, Sins};

pub use authorize::{Authenticate, Bearer, Caller};
pub use directory::{DirectoryError, Group};
pub use effects::{Change, Effect};
pub use user::{Provider, Status};

use authorize::{Scope, require};
use directory::Directory;
use error::OktaError;
use gate::Window;

/// The page size and the rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most entries of a page, at least 1.
    pub page_size: usize,
    /// Requests allowed in each minute of the clock. With 0, responses look like those by which Okta reports its limit
    /// on concurrent requests.
    pub requests_per_minute: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { page_size: 200, requests_per_minute: 600 }
    }
}

/// The Okta stand-in. Clones share all state.
#[derive(Clone)]
pub struct Okta {
    state: Arc<Mutex<State>>,
    authenticate: Authenticate,
    clock: Clock,
    sins: Sins,
}

struct State {
    directory: Directory,
    effects: Vec<Effect>,
    limits: Limits,
    window: Window,
}

impl std::fmt::Debug for Okta {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Okta").field("limits", &self.lock().limits).finish_non_exhaustive()
    }
}

impl Okta {
    /// Creates an organisation of these people and their groups.
    #[must_use]
    pub fn new(people: &People, limits: Limits, authenticate: Authenticate, clock: Clock, sins: Sins) -> Self {
        let directory = Directory::of(people);
        let state = State { directory, effects: Vec::new(), limits, window: Window::default() };
        Self { state: Arc::new(Mutex::new(state)), authenticate, clock, sins }
    }

    /// Returns the routes of the HTTP API.
    pub fn router(&self) -> Router {
        let needs = |scope: Scope| from_fn_with_state((self.clone(), scope), require);
        let read_users = Router::new()
            .route("/api/v1/users", get(list::users))
            .route("/api/v1/users/{id}/groups", get(groups::of_user))
            .route_layer(needs(Scope::ReadUsers));
        let read_groups = Router::new().route("/api/v1/groups", get(groups::all)).route_layer(needs(Scope::ReadGroups));
        let manage = Router::new()
            .route("/api/v1/users/{id}/lifecycle/{operation}", post(lifecycle::run))
            .route("/api/v1/users/{id}/sessions", delete(lifecycle::clear_sessions))
            .route_layer(needs(Scope::ManageUsers));
        let read_user = get(users::one).route_layer(needs(Scope::ReadUsers));
        let delete_user = delete(lifecycle::delete).route_layer(needs(Scope::ManageUsers));
        read_users
            .merge(read_groups)
            .merge(manage)
            .route("/api/v1/users/{id}", read_user.merge(delete_user))
            .route("/oauth2/v1/userinfo", get(userinfo::userinfo))
            .method_not_allowed_fallback(async || OktaError::method_not_allowed())
            .fallback(async || OktaError::method_not_allowed())
            .with_state(self.clone())
            .layer(from_fn_with_state(self.clone(), gate::pass))
    }

    /// Returns every change to a user, oldest first.
    #[must_use]
    pub fn effects(&self) -> Vec<Effect> {
        self.lock().effects.clone()
    }

    /// Returns all groups with the logins of their members, sorted by name.
    #[must_use]
    pub fn groups(&self) -> Vec<Group> {
        self.lock().directory.groups()
    }

    /// Adds a person to a group, which is created if it doesn't exist.
    ///
    /// # Errors
    /// Fails if no user has this login.
    pub fn add_to_group(&self, login: &str, group: &str) -> Result<(), DirectoryError> {
        let now = self.clock.millis();
        self.lock().directory.join(login, group, now)
    }

    /// Removes a person from a group.
    ///
    /// # Errors
    /// Fails if no user has this login, the group doesn't exist, or it is the built-in group of everybody.
    pub fn remove_from_group(&self, login: &str, group: &str) -> Result<(), DirectoryError> {
        let now = self.clock.millis();
        self.lock().directory.leave(login, group, now)
    }

    /// Adds a user with their groups.
    pub fn hire(&self, person: &Person) {
        self.lock().directory.hire(person);
    }

    /// Changes a user's login; the id and the e-mail address stay.
    ///
    /// # Errors
    /// Fails if no user has the old login.
    pub fn rename(&self, login: &str, new: &str) -> Result<(), DirectoryError> {
        self.lock().directory.rename(login, new)
    }

    /// Returns the status of the user with this login; `None` if there is no such user.
    #[must_use]
    pub fn status(&self, login: &str) -> Option<Status> {
        self.lock().directory.by_login(login).map(|user| user.status)
    }

    /// Changes a user's status as if by another system; not recorded as an effect.
    ///
    /// # Errors
    /// Fails if no user has this login.
    pub fn set_status(&self, login: &str, status: Status) -> Result<(), DirectoryError> {
        let now = self.clock.millis();
        self.lock().directory.by_login_mut(login)?.become_status(status, now);
        Ok(())
    }

    /// Sets the directory that manages the user's password; not recorded as an effect.
    ///
    /// # Errors
    /// Fails if no user has this login.
    pub fn set_provider(&self, login: &str, provider: Provider) -> Result<(), DirectoryError> {
        self.lock().directory.by_login_mut(login)?.provider = provider;
        Ok(())
    }

    /// Sets page size and rate limit from the next request on.
    pub fn set_limits(&self, limits: Limits) {
        self.lock().limits = limits;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
