//! Who calls, what the token lets them do, and on whom. The token itself is judged by a callback.

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

/// The group that has the administrator's role.
const ADMINISTRATORS: &str = "Okta administrators";

/// Whom an access token speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The token's `sub`: a client; or a person, by sign-in subject, id or login.
    pub subject: String,
    /// Whose token it is.
    pub bearer: Bearer,
    /// The scopes that were granted.
    pub scopes: Vec<String>,
}

impl Caller {
    /// A person's login, or an application's subject.
    pub(super) fn name(&self, directory: &Directory) -> String {
        let person = directory.by_subject(&self.subject).filter(|_| self.bearer == Bearer::Person);
        person.map_or_else(|| self.subject.clone(), |own| own.login.clone())
    }
}

/// Whose token it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearer {
    /// An application's own (a service app): its scopes alone say what it may do.
    Service,
    /// A person's: it may do what the person may, and only within its scopes.
    Person,
}

/// Judges an access token: `None` when it isn't valid here and now.
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

/// Lets a request through whose token is valid and has the scope; handlers find the [`Caller`] in the extensions.
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

fn authenticate(okta: &Okta, request: &Request) -> Result<Caller, OktaError> {
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
        Some(("SSWS", _)) => Err(OktaError::invalid_token().sin("an API token (SSWS) where OAuth is to be used")),
        _ => Err(OktaError::authentication_failed()),
    }
}

/// Okta's answer has no body; everything is in the header.
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

/// The user that `id` names, if the caller may at all act on others or is that user reading themselves.
pub(super) fn target<'a>(
    directory: &'a Directory,
    caller: &Caller,
    id: &str,
    deed: Access,
) -> Result<&'a User, OktaError> {
    let own = person(directory, caller)?;
    let user = match (id, own) {
        ("me", Some(own)) => own,
        ("me", None) => return Err(OktaError::no_such_user(id).sin("`me` is not for service apps")),
        _ => directory.find(id).ok_or_else(|| OktaError::no_such_user(id))?,
    };
    let allowed = own.is_none_or(|own| is_admin(directory, own) || (deed == Access::Read && own.id == user.id));
    if allowed { Ok(user) } else { Err(OktaError::forbidden()) }
}

/// Refuses a person without an administrator's role who asks for everybody.
pub(super) fn everybody(directory: &Directory, caller: &Caller) -> Result<(), OktaError> {
    let person = person(directory, caller)?;
    if person.is_none_or(|own| is_admin(directory, own)) { Ok(()) } else { Err(OktaError::forbidden()) }
}

/// An administrator's role comes with the job or, as Okta assigns roles to groups too, with a group.
fn is_admin(directory: &Directory, user: &User) -> bool {
    user.is_admin() || directory.is_member(user, ADMINISTRATORS)
}

/// The person who calls, unless it is an application. Contractors may do nothing by the API, not even about themselves.
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
