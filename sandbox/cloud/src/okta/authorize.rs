//! Authentication of the caller, and authorization by scope and by target user. A callback validates the token itself.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Okta;
use super::directory::Directory;
use super::error::OktaError;
use super::gate::Base;
use super::user::User;

/// The group whose members have the administrator role.
const ADMINISTRATORS: &str = "Okta administrators";

/// The identity behind an access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The token's `sub`: a client, or a person by sign-in subject, Okta id or login.
    pub subject: String,
    /// The kind of token.
    pub bearer: Bearer,
    /// The granted scopes.
    pub scopes: Vec<String>,
}

impl Caller {
    /// Returns a person's login, or an application's subject.
    pub(super) fn name(&self, directory: &Directory) -> String {
        let person = directory.by_subject(&self.subject).filter(|_| self.bearer == Bearer::Person);
        person.map_or_else(|| self.subject.clone(), |own| own.login.clone())
    }
}

/// The kind of an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearer {
    /// An application's own token (service app): its scopes alone limit it.
    Service,
    /// A person's token: limited by the person's own permissions and by its scopes.
    Person,
}

/// Validates an access token; returns `None` if it is invalid or expired.
pub type Authenticate = Arc<dyn Fn(&str) -> Option<Caller> + Send + Sync>;

#[derive(Debug, Clone, Copy)]
pub(super) enum Scope {
    ReadUsers,
    ReadGroups,
    ManageUsers,
}

impl Scope {
    fn name(self) -> &'static str {
        match self {
            Self::ReadUsers => "okta.users.read",
            Self::ReadGroups => "okta.groups.read",
            Self::ManageUsers => "okta.users.manage",
        }
    }

    fn covered_by(self, granted: &[String]) -> bool {
        let broader = match self {
            Self::ReadUsers => "okta.users.manage",
            Self::ReadGroups => "okta.groups.manage",
            Self::ManageUsers => "okta.users.manage",
        };
        granted.iter().any(|scope| scope == self.name() || scope == broader)
    }
}

/// Rejects a request unless its token is valid and has the scope; handlers find the [`Caller`] in the extensions.
pub(super) async fn require(State((okta, scope)): State<(Okta, Scope)>, mut request: Request, next: Next) -> Response {
    let caller = match authenticate(&okta, &request) {
        Ok(caller) => caller,
        Err(error) => return error.into_response(),
    };
    if !scope.covered_by(&caller.scopes) {
        return insufficient(scope, &request);
    }
    request.extensions_mut().insert(caller);
    next.run(request).await
}

pub(super) fn authenticate(okta: &Okta, request: &Request) -> Result<Caller, OktaError> {
    let header = request.headers().get(header::AUTHORIZATION).ok_or_else(OktaError::no_session)?;
    let header = header.to_str().map_err(|_| OktaError::authentication_failed())?;
    match header.split_once(' ') {
        Some(("Bearer", token)) => {
            let caller = (okta.authenticate)(token).ok_or_else(OktaError::invalid_token)?;
            let own = okta.lock().directory.by_subject(&caller.subject).map(|own| own.status);
            match (caller.bearer, own) {
                (Bearer::Service, _) => Ok(caller),
                (Bearer::Person, Some(status)) if status.may_sign_in() => Ok(caller),
                (Bearer::Person, _) => Err(OktaError::invalid_token()),
            }
        }
        Some(("SSWS", _)) => {
            Err(OktaError::invalid_token().sin("an API token (SSWS) instead of an OAuth access token"))
        }
        _ => Err(OktaError::authentication_failed()),
    }
}

/// Rejects an insufficient scope. Okta's response has no body; everything is in the `WWW-Authenticate` header.
fn insufficient(scope: Scope, request: &Request) -> Response {
    let base = request.extensions().get::<Base>().map_or_else(String::new, |base| base.0.clone());
    let challenge = format!(
        "Bearer authorization_uri=\"{base}/oauth2/v1/authorize\", realm=\"{base}\", scope=\"{}\", \
         error=\"insufficient_scope\", error_description=\"The access token provided does not contain the required \
         scopes.\", resource=\"{}\"",
        scope.name(),
        request.uri().path(),
    );
    let mut response = StatusCode::FORBIDDEN.into_response();
    if let Ok(challenge) = HeaderValue::from_str(&challenge) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

/// Returns the user that `id` names, if the caller may access others or is that user reading their own record.
pub(super) fn target<'a>(
    directory: &'a Directory,
    caller: &Caller,
    id: &str,
    deed: Access,
) -> Result<&'a User, OktaError> {
    let own = person(directory, caller)?;
    let user = match (id, own) {
        ("me", Some(own)) => own,
        ("me", None) => return Err(OktaError::no_such_user(id).sin("`me` cannot be used by service apps")),
        _ => directory.find(id).ok_or_else(|| OktaError::no_such_user(id))?,
    };
    let allowed = own.is_none_or(|own| is_admin(directory, own) || (deed == Access::Read && own.id == user.id));
    if allowed { Ok(user) } else { Err(OktaError::forbidden()) }
}

/// Rejects a person without the administrator role who lists all users or groups.
pub(super) fn everybody(directory: &Directory, caller: &Caller) -> Result<(), OktaError> {
    let person = person(directory, caller)?;
    if person.is_none_or(|own| is_admin(directory, own)) { Ok(()) } else { Err(OktaError::forbidden()) }
}

/// Returns true if the user has the administrator role, by their job or, since Okta also assigns roles to groups, by a
/// group.
fn is_admin(directory: &Directory, user: &User) -> bool {
    user.is_admin() || directory.is_member(user, ADMINISTRATORS)
}

/// Returns the calling person, or `None` for an application. Rejects contractors, who may not use the API even for
/// their own record.
fn person<'a>(directory: &'a Directory, caller: &Caller) -> Result<Option<&'a User>, OktaError> {
    match caller.bearer {
        Bearer::Service => Ok(None),
        Bearer::Person => {
            let own = directory.by_subject(&caller.subject).filter(|own| own.may_use_api());
            own.map(Some).ok_or_else(OktaError::forbidden)
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Manage,
}
