//! Sign-in and its callback: plain routes, which work without any script.

use super::attempts::{Attempt, Attempts};
use super::identity::{STORE, SessionUser, Unnamed};
use super::logout::Auth;
use super::return_to::ReturnTo;
use super::trouble;
use crate::clock::SystemClock;
use ::dynamo::{BeginError, Keyring, SignInKey};
use ::oidc::{AuthorizationOptions, Callback, SignInError, SignedIn};
use agent::ports::Clock;
use app::wire::ApiError;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::collections::HashMap;
use time::OffsetDateTime;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};

/// The query of the link to the sign-in. Auth0 sends people with `organization` and `invitation` when they are invited.
#[derive(Debug, Deserialize)]
pub struct Login {
    return_to: Option<String>,
    organization: Option<String>,
    invitation: Option<String>,
}

/// `GET /auth/login`: gives state, nonce and verifier to this browser, sealed, and leads to the provider. Nothing is stored here.
pub async fn login(State(auth): State<Auth>, headers: HeaderMap, Query(login): Query<Login>) -> Response {
    let options = AuthorizationOptions { organization: login.organization, invitation: login.invitation };
    let not_now = |error: agent::ports::Unavailable| {
        tracing::error!(error = %error, "no sign-in can begin");
        trouble::answer(&headers, &ApiError::NotNow { service: error.service.to_owned() })
    };
    let (url, pending) = match auth.relying_party.begin(options).await {
        Ok(begun) => begun,
        Err(error) => return not_now(error),
    };
    let return_to = ReturnTo::parse(login.return_to.as_deref());
    let keyring = auth.keyring.now();
    match attempts(&auth, &keyring).keep(&headers, pending, &return_to) {
        Ok(cookies) => {
            let mut response = Redirect::to(url.as_str()).into_response();
            cookies.into_iter().for_each(|cookie| cookie.add_to(&mut response));
            response
        }
        Err(error) => not_now(error),
    }
}

fn attempts<'a>(auth: &Auth, keyring: &'a Keyring) -> Attempts<'a> {
    Attempts { keyring, cookies: auth.cookies, now: SystemClock.now() }
}

/// `GET /auth/callback`: completes the sign-in that this browser began with this state, and takes its cookie away.
pub async fn callback(State(auth): State<Auth>, headers: HeaderMap, Query(callback): Query<Callback>) -> Response {
    let state = callback.state.clone().unwrap_or_default();
    let keyring = auth.keyring.now();
    let Some(attempt) = attempts(&auth, &keyring).find(&headers, &state) else { return spent(&auth, &headers).await };
    let mut response = complete(&auth, &headers, attempt, callback).await;
    auth.cookies.forget_sign_in(&state).add_to(&mut response);
    response
}

async fn complete(auth: &Auth, headers: &HeaderMap, attempt: Attempt, callback: Callback) -> Response {
    match auth.relying_party.complete(attempt.pending, callback).await {
        Ok(person) => match enter(auth, headers, person).await {
            Ok(id) => {
                let mut response = Redirect::to(ReturnTo::parse(Some(&attempt.return_to)).as_str()).into_response();
                auth.cookies.keep_session(&id, auth.lifetime).add_to(&mut response);
                response
            }
            Err(EnterError::Unnamed(reason)) => {
                tracing::warn!(%reason, "a person signed in and cannot be named in FGA: see FGA_PRINCIPAL");
                unnamed(&reason)
            }
            Err(EnterError::Ended) => {
                tracing::info!("the provider ended a sign-in before its session began");
                refused()
            }
            Err(EnterError::Store(cause)) => {
                tracing::error!(cause, "a sign-in could not be kept");
                trouble::answer(headers, &ApiError::NotNow { service: STORE.to_owned() })
            }
        },
        Err(SignInError::Declined(code)) => {
            tracing::info!(code = %code.escape_debug(), "the provider declined a sign-in");
            let page =
                trouble::page("You are not signed in", "The sign-in was cancelled or not allowed. You can try again.");
            (StatusCode::FORBIDDEN, page).into_response()
        }
        Err(SignInError::Refused(cause)) => {
            tracing::warn!(cause, "a callback was refused");
            refused()
        }
        Err(SignInError::Unavailable(error)) => {
            tracing::error!(error = %error, "a sign-in could not be completed");
            trouble::answer(headers, &ApiError::NotNow { service: error.service.to_owned() })
        }
    }
}

/// The reason is in the log alone: whoever forged the callback learns nothing.
fn refused() -> Response {
    let page =
        trouble::page("You are not signed in", "This sign-in could not be verified, or was used before. Begin again.");
    (StatusCode::BAD_REQUEST, page).into_response()
}

/// The answer to a callback that belongs to no sign-in in progress. A person who is signed in has opened an old address, or
/// finished in another tab: they go on. For anybody else it is refused.
async fn spent(auth: &Auth, headers: &HeaderMap) -> Response {
    if let Some(id) = auth.cookies.session(headers)
        && matches!(auth.user(&id).await, Ok(Some(_)))
    {
        return Redirect::to("/").into_response();
    }
    tracing::warn!(cause = "unknown state", "a callback was refused");
    refused()
}

/// The page of a person whom the provider signed in and FGA cannot name. It says the reason and whom to tell.
fn unnamed(reason: &Unnamed) -> Response {
    let missing = match reason {
        Unnamed::NoEmail => "it did not send your e-mail address",
        Unnamed::UnverifiedEmail => "it did not confirm your e-mail address",
        Unnamed::NoClaim(_) => "it did not send the account detail that identifies you here",
    };
    let sentence = format!(
        "Your company's sign-in service knows you, but {missing}, so your permissions cannot be looked up. Please tell the \
         person who runs this help desk; their log names the setting to change."
    );
    (StatusCode::FORBIDDEN, trouble::page("You are not signed in here", &sentence)).into_response()
}

/// A sign-in that did not become a session.
enum EnterError {
    Unnamed(Unnamed),
    Ended,
    Store(String),
}

impl From<BeginError> for EnterError {
    fn from(error: BeginError) -> Self {
        match error {
            BeginError::Ended => Self::Ended,
            BeginError::Store(error) => Self::Store(error.to_string()),
        }
    }
}

/// Begins the person's session, under a new id, so that one planted before is worth nothing; the session that this browser had
/// ends. Its end is fixed now: nothing prolongs it.
async fn enter(auth: &Auth, headers: &HeaderMap, person: SignedIn) -> Result<Id, EnterError> {
    let store = |error: &dyn std::fmt::Display| EnterError::Store(error.to_string());
    let sign_in = SignInKey {
        issuer: person.issuer.clone(),
        subject: person.subject.clone(),
        sid: person.sid.clone(),
        issued_at: person.issued_at,
    };
    let refresh_token = person.refresh_token.clone();
    let user = SessionUser::new(person);
    let actor = user.actor(&auth.mapping).map_err(EnterError::Unnamed)?;
    if let Some(before) = auth.cookies.session(headers) {
        auth.sessions.delete(&before).await.map_err(|error| store(&error))?;
    }
    let data = HashMap::from([
        (SessionUser::KEY.to_owned(), serde_json::to_value(user).map_err(|error| store(&error))?),
        (SignInKey::FIELD.to_owned(), serde_json::to_value(sign_in).map_err(|error| store(&error))?),
    ]);
    let expiry_date = OffsetDateTime::now_utc() + auth.lifetime;
    let mut record = Record { id: Id::default(), data, expiry_date };
    auth.sessions.begin(&mut record).await?;
    if let Some(token) = refresh_token {
        let (now, until) = (SystemClock.now(), expiry_date.unix_timestamp());
        // The sign-in is whole without it; only no account can be used, and the card says to sign in again.
        if let Err(error) = auth.grants.keep(&actor, &record.id, &token, now, until).await {
            tracing::error!(error = %error, "a refresh token could not be kept");
        }
    }
    Ok(record.id)
}
