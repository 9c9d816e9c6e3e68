//! The users and groups part of Okta's management API, with a log of everything that was done to anybody.
//! It must never know how access tokens are made: a callback vouches for them.

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
mod users;

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post};
use sandbox_kit::{Clock, People, Person, Sins};

pub use authorize::{Authenticate, Bearer, Caller};
pub use directory::{DirectoryError, Group};
pub use effects::{Deed, Effect};
pub use user::{Provider, Status};

use authorize::{Scope, require};
use directory::Directory;
use error::OktaError;
use gate::Window;

/// How much Okta gives, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most entries of a page, at least 1.
    pub page_size: usize,
    /// Requests allowed in each minute of the clock; 0 is how Okta reports its limit on concurrent requests.
    pub requests_per_minute: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { page_size: 200, requests_per_minute: 600 }
    }
}

/// The Okta stand-in. Clones share everything.
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
    /// An organisation of these people and their groups.
    #[must_use]
    pub fn new(people: &People, limits: Limits, authenticate: Authenticate, clock: Clock, sins: Sins) -> Self {
        let directory = Directory::of(people);
        let state = State { directory, effects: Vec::new(), limits, window: Window::default() };
        Self { state: Arc::new(Mutex::new(state)), authenticate, clock, sins }
    }

    /// The HTTP API.
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
            .method_not_allowed_fallback(async || OktaError::method_not_allowed())
            .fallback(async || OktaError::method_not_allowed())
            .with_state(self.clone())
            .layer(from_fn_with_state(self.clone(), gate::pass))
    }

    /// Everything that was done to anybody, oldest first.
    #[must_use]
    pub fn effects(&self) -> Vec<Effect> {
        self.lock().effects.clone()
    }

    /// All groups with the logins of their members, by name.
    #[must_use]
    pub fn groups(&self) -> Vec<Group> {
        self.lock().directory.groups()
    }

    /// Puts a person into a group, which is made if it is new.
    ///
    /// # Errors
    /// When nobody has this login.
    pub fn add_to_group(&self, login: &str, group: &str) -> Result<(), DirectoryError> {
        let now = self.clock.millis();
        self.lock().directory.join(login, group, now)
    }

    /// Takes a person out of a group.
    ///
    /// # Errors
    /// When nobody has this login, the group doesn't exist, or it is the built-in group of everybody.
    pub fn remove_from_group(&self, login: &str, group: &str) -> Result<(), DirectoryError> {
        let now = self.clock.millis();
        self.lock().directory.leave(login, group, now)
    }

    /// Takes somebody on, with their groups.
    pub fn hire(&self, person: &Person) {
        self.lock().directory.hire(person);
    }

    /// Gives a user another login; the id and the e-mail address stay.
    ///
    /// # Errors
    /// When nobody has the old login.
    pub fn rename(&self, login: &str, new: &str) -> Result<(), DirectoryError> {
        self.lock().directory.rename(login, new)
    }

    /// The status of the user with this login; `None` when there is none.
    #[must_use]
    pub fn status(&self, login: &str) -> Option<Status> {
        self.lock().directory.by_login(login).map(|user| user.status)
    }

    /// Gives a user another status, as if it had come about elsewhere; not an effect.
    ///
    /// # Errors
    /// When nobody has this login.
    pub fn set_status(&self, login: &str, status: Status) -> Result<(), DirectoryError> {
        let now = self.clock.millis();
        self.lock().directory.by_login_mut(login)?.become_status(status, now);
        Ok(())
    }

    /// Says where the user's password lives; not an effect.
    ///
    /// # Errors
    /// When nobody has this login.
    pub fn set_provider(&self, login: &str, provider: Provider) -> Result<(), DirectoryError> {
        self.lock().directory.by_login_mut(login)?.provider = provider;
        Ok(())
    }

    /// Changes page size and rate limit from the next request on.
    pub fn set_limits(&self, limits: Limits) {
        self.lock().limits = limits;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
