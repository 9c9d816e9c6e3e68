//! Who is calling: reads the session and puts the [`Actor`] into the request.

use super::trouble;
use crate::config::Principal;
use ::identity::SignedIn;
use agent::Actor;
use agent::actor::Evidence;
use app::wire::ApiError;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tower_sessions::Session;
use tower_sessions::session::Error;

/// What decides how a person is named.
#[derive(Debug, Clone)]
pub struct Naming {
    /// What names a person in FGA.
    pub principal: Principal,
    /// The organization of people whose sign-in names none.
    pub tenant: Arc<str>,
}

/// A signed-in person as the sealed session holds them.
#[derive(Clone, Serialize, Deserialize)]
pub struct Known {
    issuer: String,
    subject: String,
    name: String,
    email: Option<String>,
    email_verified: bool,
    organization: Option<String>,
    /// For the hint at logout.
    id_token: String,
}

impl Known {
    /// The session's entry.
    pub const KEY: &'static str = "known";

    /// The person who signed in.
    #[must_use]
    pub fn new(who: SignedIn) -> Self {
        Self {
            issuer: who.issuer,
            subject: who.subject,
            name: who.name,
            email: who.email,
            email_verified: who.email_verified,
            organization: who.organization,
            id_token: who.id_token.expose_secret().to_owned(),
        }
    }

    /// The ID token of the sign-in.
    #[must_use]
    pub fn id_token(&self) -> SecretString {
        SecretString::from(self.id_token.clone())
    }

    /// The actor; `None` when FGA names people by an address that the provider does not vouch for.
    #[must_use]
    pub fn actor(&self, naming: &Naming) -> Option<Actor> {
        let principal = match naming.principal {
            Principal::Subject => self.subject.clone(),
            Principal::VerifiedEmail => self.email.clone().filter(|_| self.email_verified)?,
        };
        Some(Actor::attest(Evidence {
            issuer: self.issuer.clone(),
            subject: self.subject.clone(),
            tenant: self.organization.clone().unwrap_or_else(|| naming.tenant.to_string()),
            principal,
            name: self.name.clone(),
            // An address that nobody vouches for could be a colleague's.
            email: self.email.clone().filter(|_| self.email_verified),
        }))
    }
}

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Known").field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// Puts the actor into the request, if there is one. A store that does not answer is "not now", never "signed out".
pub async fn identify(State(naming): State<Naming>, mut request: Request, next: Next) -> Response {
    let session = request.extensions().get::<Session>().cloned();
    let wanted = ["/pkg/", "/health/", "/auth/"].iter().all(|prefix| !request.uri().path().starts_with(prefix));
    if let (Some(session), true) = (session, wanted) {
        match session.get::<Known>(Known::KEY).await {
            Ok(known) => {
                if let Some(actor) = known.and_then(|known| known.actor(&naming)) {
                    request.extensions_mut().insert(actor);
                }
            }
            Err(Error::Store(tower_sessions::session_store::Error::Backend(cause))) => {
                tracing::error!(cause, "the session store does not answer");
                let error = ApiError::NotNow { service: "the session store".to_owned() };
                return trouble::answer(request.headers(), &error);
            }
            // Sealed with a key that is gone, moved, or planted: no session.
            Err(error) => tracing::error!(error = %error, "a session could not be opened"),
        }
    }
    next.run(request).await
}
