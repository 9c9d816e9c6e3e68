//! Changes to a user: the lifecycle calls, deletion, and the end of sessions. Every change is logged as an [`Effect`].

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use sandbox_kit::canary;
use serde_json::json;

use super::authorize::{Access, Caller, target};
use super::error::OktaError;
use super::gate::Base;
use super::params::Params;
use super::user::{Provider, Status, User};
use super::{Change, Effect, Okta};

/// The result of a change for the user.
enum Outcome {
    Becomes(Status),
    Stays,
    Gone,
}

pub(super) async fn run(
    State(okta): State<Okta>,
    Extension(caller): Extension<Caller>,
    Extension(base): Extension<Base>,
    Path((id, operation)): Path<(String, String)>,
    params: Params,
) -> Result<Response, OktaError> {
    let done = |rule: fn(&User) -> Result<Outcome, OktaError>, deed| {
        okta.act(&caller, &id, |user| rule(user).map(|outcome| (deed, outcome)))
    };
    match operation.as_str() {
        "reset_password" => {
            params.only(&["sendEmail", "revokeSessions"])?;
            let send_email = params.required_flag("sendEmail")?;
            let revoke_sessions = params.flag("revokeSessions")?.unwrap_or(false);
            done(may_reset, Change::ResetPassword { send_email, revoke_sessions })?;
            let secret = || format!("{}/reset_password/{}", base.0, canary::secret("reset"));
            Ok(Json(if send_email { json!({}) } else { json!({"resetPasswordUrl": secret()}) }).into_response())
        }
        "expire_password" => {
            params.only(&["tempPassword"])?;
            let temp_password = params.flag("tempPassword")?.unwrap_or(false);
            let user = done(may_expire, Change::ExpirePassword { temp_password })?;
            Ok(if temp_password { temporary() } else { Json(user.json(&base.0)).into_response() })
        }
        "expire_password_with_temp_password" => {
            params.only(&["revokeSessions"])?;
            params.flag("revokeSessions")?;
            done(may_expire, Change::ExpirePassword { temp_password: true })?;
            Ok(temporary())
        }
        "suspend" => {
            params.only(&[])?;
            done(may_suspend, Change::Suspend).map(|_| StatusCode::OK.into_response())
        }
        "unsuspend" => {
            params.only(&[])?;
            done(may_unsuspend, Change::Unsuspend).map(|_| StatusCode::OK.into_response())
        }
        "deactivate" => {
            params.only(&["sendEmail"])?;
            params.flag("sendEmail")?;
            done(may_deactivate, Change::Deactivate).map(|_| StatusCode::OK.into_response())
        }
        _ => Err(OktaError::method_not_allowed()),
    }
}

/// Deactivates the user; a second call deletes them.
pub(super) async fn delete(
    State(okta): State<Okta>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    params: Params,
) -> Result<StatusCode, OktaError> {
    params.only(&["sendEmail"])?;
    params.flag("sendEmail")?;
    okta.act(&caller, &id, |user| match user.status {
        Status::Deprovisioned => Ok((Change::Delete, Outcome::Gone)),
        _ => Ok((Change::Deactivate, Outcome::Becomes(Status::Deprovisioned))),
    })?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn clear_sessions(
    State(okta): State<Okta>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    params: Params,
) -> Result<StatusCode, OktaError> {
    params.only(&["oauthTokens", "forgetDevices"])?;
    let oauth_tokens = params.flag("oauthTokens")?.unwrap_or(false);
    let forget_devices = params.flag("forgetDevices")?.unwrap_or(true);
    let deed = Change::ClearSessions { oauth_tokens, forget_devices };
    okta.act(&caller, &id, |_| Ok((deed, Outcome::Stays)))?;
    Ok(StatusCode::NO_CONTENT)
}

impl Okta {
    /// Finds the user, applies the rule, changes the status and logs the effect, all under one lock.
    fn act(
        &self,
        caller: &Caller,
        id: &str,
        rule: impl FnOnce(&User) -> Result<(Change, Outcome), OktaError>,
    ) -> Result<User, OktaError> {
        let now = self.clock.millis();
        let mut state = self.lock();
        let found = target(&state.directory, caller, id, Access::Manage)?.clone();
        let (what, outcome) = rule(&found)?;
        let by = caller.name(&state.directory);
        let gone = || OktaError::no_such_user(id);
        let user = state.directory.by_id_mut(&found.id).ok_or_else(gone)?;
        if let Outcome::Becomes(status) = outcome {
            user.become_status(status, now);
        }
        let user = user.clone();
        if let Outcome::Gone = outcome {
            state.directory.erase(&user.id);
        }
        let bearer = caller.bearer;
        state.effects.push(Effect { what, whom: user.login.clone(), at: now, by, bearer });
        Ok(user)
    }
}

fn may_reset(user: &User) -> Result<Outcome, OktaError> {
    match user.status {
        Status::Suspended | Status::Deprovisioned | Status::Staged => Err(OktaError::not_in_this_status()),
        _ if user.provider != Provider::Okta => Err(OktaError::reset_failed()),
        _ => Ok(Outcome::Becomes(Status::Recovery)),
    }
}

fn may_expire(user: &User) -> Result<Outcome, OktaError> {
    match user.status {
        Status::Active => Ok(Outcome::Becomes(Status::PasswordExpired)),
        _ => Err(OktaError::not_in_this_status()),
    }
}

fn may_suspend(user: &User) -> Result<Outcome, OktaError> {
    match user.status {
        Status::Active => Ok(Outcome::Becomes(Status::Suspended)),
        _ => Err(OktaError::wrong_status("Cannot suspend a user that is not active")),
    }
}

fn may_unsuspend(user: &User) -> Result<Outcome, OktaError> {
    match user.status {
        Status::Suspended => Ok(Outcome::Becomes(Status::Active)),
        _ => Err(OktaError::wrong_status("Cannot unsuspend a user that is not suspended")),
    }
}

fn may_deactivate(user: &User) -> Result<Outcome, OktaError> {
    match user.status {
        Status::Deprovisioned => Err(OktaError::not_in_this_status()),
        _ => Ok(Outcome::Becomes(Status::Deprovisioned)),
    }
}

fn temporary() -> Response {
    Json(json!({"tempPassword": canary::secret("temp")})).into_response()
}
