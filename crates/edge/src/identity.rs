//! The signed-in person: reads the session and puts the [`Actor`] into the request.

use super::logout::Auth;
use super::page_error::PageError;
use crate::session::SessionId;
use agent::Actor;
use agent::actor::Evidence;
use agent::ports::Millis;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use oidc::SignedIn;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The claim that names a person in FGA.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// The `sub` claim.
    Subject,
    /// The e-mail address, if it is verified.
    VerifiedEmail,
    /// Another claim, for example Entra's `oid`.
    Claim(String),
}

/// The rules by which the claims of a sign-in become an actor.
#[derive(Debug, Clone)]
pub struct PrincipalMapping {
    /// The claim that names a person in FGA.
    pub principal: Principal,
    /// The claim with the person's id in the directory whose tools act on users.
    pub directory_claim: Option<Arc<str>>,
    /// The organization of people whose sign-in names none.
    pub tenant: Arc<str>,
}

impl PrincipalMapping {
    /// Returns the claims beyond the standard ones that the sign-in must bring.
    pub fn claims(&self) -> impl Iterator<Item = String> {
        let principal = match &self.principal {
            Principal::Claim(claim) => Some(claim.clone()),
            Principal::Subject | Principal::VerifiedEmail => None,
        };
        let directory = self.directory_claim.as_deref().map(str::to_owned);
        [principal, directory].into_iter().flatten().filter(|claim| claim != "sub")
    }
}

/// The facts about a person by which FGA names them, from a sign-in or from an access token.
pub(crate) struct Named<'a> {
    pub(crate) subject: &'a str,
    pub(crate) email: Option<&'a str>,
    pub(crate) email_verified: bool,
    /// Looks up another claim.
    pub(crate) claim: &'a dyn Fn(&str) -> Option<String>,
}

impl Named<'_> {
    /// Returns the id of the person in FGA.
    pub(crate) fn principal(&self, rule: &Principal) -> Result<String, Unnamed> {
        Ok(match rule {
            Principal::Subject => self.subject.to_owned(),
            Principal::VerifiedEmail => match (self.email, self.verified_email()) {
                (None, _) => return Err(Unnamed::NoEmail),
                (Some(_), None) => return Err(Unnamed::UnverifiedEmail),
                (Some(_), Some(email)) => email,
            },
            Principal::Claim(claim) => self.claim(claim).ok_or_else(|| Unnamed::NoClaim(claim.clone()))?,
        })
    }

    /// Returns the e-mail address if the provider verified it: one for which nobody vouches could be a colleague's.
    pub(crate) fn verified_email(&self) -> Option<String> {
        self.email.filter(|_| self.email_verified).map(str::to_owned)
    }

    pub(crate) fn claim(&self, name: &str) -> Option<String> {
        if name == "sub" { Some(self.subject.to_owned()) } else { (self.claim)(name) }
    }
}

/// The reason why FGA cannot name a person whom the provider signed in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unnamed {
    /// The sign-in brought no e-mail address.
    #[error("the provider sent no e-mail address")]
    NoEmail,
    /// The address is not verified.
    #[error("the provider did not verify the e-mail address")]
    UnverifiedEmail,
    /// The sign-in lacks the claim that names people.
    #[error("the provider did not send the claim {0}")]
    NoClaim(String),
}

/// A signed-in person as the sealed session holds them.
#[derive(Clone, Serialize, Deserialize)]
pub struct SessionUser {
    issuer: String,
    subject: String,
    name: String,
    given_name: Option<String>,
    email: Option<String>,
    email_verified: bool,
    username: Option<String>,
    claims: BTreeMap<String, String>,
    organization: Option<String>,
    /// The time of the authentication at the provider, in seconds since 1970, if the provider named it.
    #[serde(default)]
    auth_time: Option<i64>,
    /// The ID token, which is sent as a hint at sign-out.
    id_token: String,
}

impl SessionUser {
    /// The key of this entry in the session's data.
    pub const KEY: &'static str = "known";

    /// Converts a completed sign-in. A person without a name is shown by their address, else by their subject.
    #[must_use]
    pub fn new(person: SignedIn) -> Self {
        let name = person.name.or_else(|| person.email.clone()).unwrap_or_else(|| person.subject.clone());
        Self {
            issuer: person.issuer,
            subject: person.subject,
            name,
            given_name: person.given_name,
            email: person.email,
            email_verified: person.email_verified,
            username: person.username,
            claims: person.claims,
            organization: person.organization,
            auth_time: person.auth_time,
            id_token: person.id_token.expose_secret().to_owned(),
        }
    }

    /// Returns the ID token of the sign-in.
    #[must_use]
    pub fn id_token(&self) -> SecretString {
        SecretString::from(self.id_token.clone())
    }

    /// Returns the time at which the provider authenticated the person, in milliseconds since 1970, if it named it.
    pub(super) fn authenticated(&self) -> Authenticated {
        Authenticated(self.auth_time.map(|at| at.saturating_mul(1000)))
    }

    /// Derives the actor by the rules of `mapping`.
    ///
    /// # Errors
    /// [`Unnamed`] when the claim that names people in FGA is absent or not trustworthy.
    pub fn actor(&self, mapping: &PrincipalMapping) -> Result<Actor, Unnamed> {
        let named = Named {
            subject: &self.subject,
            email: self.email.as_deref(),
            email_verified: self.email_verified,
            claim: &|name| self.claims.get(name).cloned(),
        };
        let tenant = self.organization.clone().unwrap_or_else(|| mapping.tenant.to_string());
        Ok(Actor::attest(Evidence {
            principal: named.principal(&mapping.principal)?,
            name: self.name.clone(),
            given_name: self.given_name.clone(),
            email: named.verified_email(),
            username: self.username.clone(),
            directory_id: mapping.directory_claim.as_deref().and_then(|claim| named.claim(claim)),
            ..Evidence::of(&self.issuer, &self.subject, tenant)
        }))
    }
}

impl std::fmt::Debug for SessionUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SessionUser").field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// The time at which the provider authenticated the person of a request, in milliseconds since 1970; `None` if the
/// provider does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Authenticated(pub(crate) Option<Millis>);

impl Authenticated {
    /// Time by which the provider's clock may be ahead, in milliseconds.
    const AHEAD: Millis = 60_000;

    /// Returns whether that was at most `age` milliseconds before `now`.
    pub(crate) fn is_within(self, age: Millis, now: Millis) -> bool {
        self.0.is_some_and(|at| at <= now + Self::AHEAD && now - at <= age)
    }
}

/// Paths that need no sign-in, or that read the session themselves.
const OPEN: [&str; 6] =
    ["/pkg/", "/health/", "/auth/login", "/auth/callback", "/auth/logout", super::origin::BACKCHANNEL_LOGOUT];

/// Puts the actor, and the session that they are signed in by, into the request, if there is one. A session store that
/// does not answer means "not available now", never "signed out".
pub async fn identify(State(auth): State<Auth>, mut request: Request, next: Next) -> Response {
    let open = OPEN.iter().any(|prefix| request.uri().path().starts_with(prefix));
    let id = auth.cookies.session(request.headers()).filter(|_| !open);
    if let Some(id) = id {
        let user = match auth.user(&id).await {
            Ok(user) => user,
            Err(cause) => {
                tracing::error!(cause, "the session store does not answer");
                return PageError::not_now(STORE).into_response();
            }
        };
        let authenticated = user.as_ref().map(SessionUser::authenticated);
        match user.map(|user| user.actor(&auth.mapping)) {
            Some(Ok(actor)) => {
                request.extensions_mut().insert(actor);
                request.extensions_mut().insert(authenticated.unwrap_or(Authenticated(None)));
                request.extensions_mut().insert(SessionId(id));
            }
            Some(Err(unnamed)) => tracing::warn!(reason = %unnamed, "a signed-in person has no FGA name any more"),
            None => {}
        }
    }
    next.run(request).await
}

/// The session store's name in messages to people.
pub(super) const STORE: &str = "the session store";

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    fn person() -> SignedIn {
        SignedIn {
            issuer: "https://idp.example".to_owned(),
            subject: "s-1".to_owned(),
            name: Some("Ada Byron".to_owned()),
            given_name: None,
            email: Some("ada@acme.example".to_owned()),
            email_verified: true,
            username: None,
            claims: BTreeMap::from([("oid".to_owned(), "o-1".to_owned())]),
            sid: None,
            issued_at: 0,
            auth_time: None,
            organization: None,
            id_token: "t".into(),
            refresh_token: None,
        }
    }

    fn mapping(principal: Principal) -> PrincipalMapping {
        PrincipalMapping { principal, directory_claim: Some("oid".into()), tenant: "acme".into() }
    }

    #[test]
    fn a_person_is_named_by_the_configured_claim_or_refused_with_a_reason() {
        let claim = |name: &str| Principal::Claim(name.to_owned());
        let unverified = SignedIn { email_verified: false, ..person() };
        let without = SignedIn { email: None, ..person() };
        let rows = [
            (person(), Principal::Subject, Ok("s-1")),
            (person(), Principal::VerifiedEmail, Ok("ada@acme.example")),
            (unverified, Principal::VerifiedEmail, Err(Unnamed::UnverifiedEmail)),
            (without, Principal::VerifiedEmail, Err(Unnamed::NoEmail)),
            (person(), claim("oid"), Ok("o-1")),
            (person(), claim("sub"), Ok("s-1")),
            (person(), claim("upn"), Err(Unnamed::NoClaim("upn".to_owned()))),
        ];
        for (signed_in, principal, expected) in rows {
            let actor = SessionUser::new(signed_in).actor(&mapping(principal.clone()));
            assert_eq!(actor.as_ref().map(Actor::principal).map_err(Clone::clone), expected, "{principal:?}");
        }
    }

    #[test]
    fn an_unverified_address_and_a_missing_claim_name_nobody() {
        let person = SignedIn { email_verified: false, claims: BTreeMap::new(), name: None, ..person() };
        let actor = SessionUser::new(person).actor(&mapping(Principal::Subject)).unwrap();
        assert_eq!((actor.email(), actor.directory_id(), actor.name()), (None, None, "ada@acme.example"));
    }

    #[test]
    fn an_authentication_without_a_time_is_never_recent() {
        for (at, expected) in [
            (None, false),
            (Some(1_000_000), true),
            (Some(400_000), true),
            (Some(399_999), false),
            (Some(1_060_000), true),
            (Some(1_060_001), false),
        ] {
            assert_eq!(Authenticated(at).is_within(600_000, 1_000_000), expected, "{at:?}");
        }
    }
}
