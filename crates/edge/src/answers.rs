//! The pages and calls by which people answer requests for approval: their own, and those that others ask of them. The
//! answer becomes an event of the log that asks, where the first one wins.

use crate::backend::{convert, translate};
use crate::caller::Caller;
use crate::current_user::CurrentUser;
use crate::framed::{Frame, framed};
use crate::identity::Authenticated;
use crate::inbox::is_own;
use crate::page_error::PageError;
use crate::script_error::ScriptError;
use crate::services::Services;
use crate::session::SessionId;
use crate::standing;
use crate::zone::Zone;
use agent::Actor;
use agent::approval::{ApprovalId, Channel, Declined};
use agent::ports::{AnswerDevice, ApprovalRequest, Clock, Millis, ReadError, Unavailable};
use agent::standing::StandingChoice;
use app::pages::{AnsweredPage, ApprovePage, Destination, Obstacle, Waiting};
use approvals::passkey::{Answer, SignError};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, Redirect};
use axum::{Extension, Form, Json};
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use system::SystemClock;
use turns::AnswerError;

/// The session of the person who answers.
#[derive(Debug, Clone, Copy)]
struct Device {
    session: SessionId,
    authenticated: Authenticated,
}

/// A request that this person may answer, and the channel of their answer.
pub(crate) struct Found {
    pub(crate) request: ApprovalRequest,
    pub(crate) channel: Channel,
    asker: Actor,
}

/// The state of a question for the person who opens its page.
enum Standing {
    /// It has been answered, was withdrawn, or has ended.
    Closed,
    /// They may answer once the obstacle is gone.
    Hindered(Obstacle),
    /// They may answer.
    Open,
}

/// Returns the open request with this id, if it is this person's to answer. Another person's is reported like one that
/// does not exist.
pub(crate) async fn find(
    services: &Services,
    actor: &Actor,
    id: &str,
    now: Millis,
) -> Result<Option<Found>, ReadError> {
    let Ok(id) = ApprovalId::try_from(id.to_owned()) else { return Ok(None) };
    let Some(request) = services.requests.get(actor, &id, now).await? else { return Ok(None) };
    let channel = request.channel_of(actor);
    // The store sealed the evidence of the person who asks.
    let asker = Actor::attest(request.asker.clone());
    Ok(channel.map(|channel| Found { request, channel, asker }))
}

impl Found {
    /// Returns the state of the question for this person and device now.
    async fn standing(&self, services: &Services, device: Device, now: Millis) -> Result<Standing, ReadError> {
        let ApprovalRequest { question, place, .. } = &self.request;
        let asked = services.turns.asked_from(&self.asker, &place.conversation, &question.id).await?;
        let Some(asked) = asked else { return Ok(Standing::Closed) };
        // A message of unknown origin may come from any device, this one included.
        let is_same = asked.session.is_none_or(|session| session == device.session.tag());
        let is_old = self.request.sign_in_age.is_some_and(|age| !device.authenticated.is_within(age, now));
        // A second person is on another device than the one that asked in any case.
        let is_own = self.channel == Channel::Passkey;
        Ok(if is_own && self.request.device == AnswerDevice::Other && is_same {
            Standing::Hindered(Obstacle::SameDevice)
        } else if is_old {
            Standing::Hindered(Obstacle::SignInAgain)
        } else {
            Standing::Open
        })
    }
}

fn waiting(request: &ApprovalRequest, actor: &Actor, zone: &Zone, obstacle: Option<Obstacle>) -> Waiting {
    let is_own = is_own(request, actor);
    let question = &request.question;
    Waiting {
        id: question.id.to_string(),
        conversation: is_own.then(|| request.place.conversation.to_string()),
        code: question.code(),
        asker: (!is_own).then(|| text::visible(&request.asker.name)),
        summary: question.summary.clone(),
        effect: question.effect.clone().map(|effect| translate::effect(convert::effect(effect), zone.texts())),
        details: question.details.clone(),
        until: zone.full(question.until),
        obstacle,
        standing: request.standing.as_ref().filter(|_| is_own).map(standing::bounds),
    }
}

fn gone_page() -> PageError {
    PageError::absent("This request has been answered, was withdrawn, or has ended.")
}

/// Returns the requests that wait for `actor`; times are shown in `zone`.
pub(crate) async fn waiting_for(services: &Services, actor: &Actor, zone: &Zone) -> Result<Vec<Waiting>, Unavailable> {
    let all = services.requests.waiting_for(actor, SystemClock.now()).await?;
    Ok(all.iter().map(|request| waiting(request, actor, zone, None)).collect())
}

/// `GET /approve`: the inbox lists the requests.
pub(crate) async fn list() -> Redirect {
    Redirect::to("/inbox")
}

/// `GET /approve/{id}`: the question, as the asker's card shows it.
pub(crate) async fn page(
    State(services): State<Arc<Services>>,
    Path(id): Path<String>,
    CurrentUser(actor): CurrentUser,
    Extension(authenticated): Extension<Authenticated>,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let now = SystemClock.now();
    let found = find(&services, &actor, &id, now).await?.ok_or_else(gone_page)?;
    let device = Device { session: frame.session, authenticated };
    let mut obstacle = match found.standing(&services, device, now).await? {
        Standing::Closed => return Err(gone_page()),
        Standing::Hindered(obstacle) => Some(obstacle),
        Standing::Open => None,
    };
    if services.passkeys.list(&actor).await?.is_empty() {
        obstacle = Some(Obstacle::NoPasskey);
    }
    let waiting = waiting(&found.request, &actor, &frame.zone, obstacle);
    let title = waiting.summary.clone();
    let body = view! { <ApprovePage waiting/> }.into_any();
    framed(&services, actor, frame, (Destination::Inbox, &title), body).await
}

/// `GET /approve/{id}/done`: the page after an approval.
pub(crate) async fn done(
    State(services): State<Arc<Services>>,
    CurrentUser(actor): CurrentUser,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let body = view! { <AnsweredPage sentence="Your approval was recorded. You can close this page."/> }.into_any();
    framed(&services, actor, frame, (Destination::Inbox, "Approved"), body).await
}

/// `GET /approvals`: the requests that wait for the caller, as JSON.
pub(crate) async fn waiting_json(
    State(services): State<Arc<Services>>,
    Caller { actor, .. }: Caller,
) -> Result<Json<serde_json::Value>, ScriptError> {
    let all = services.requests.waiting_for(&actor, SystemClock.now()).await?;
    Ok(Json(all.iter().map(|request| json(request, &actor)).collect()))
}

fn json(request: &ApprovalRequest, actor: &Actor) -> serde_json::Value {
    let Waiting { id, code, asker, summary, effect, details, .. } = waiting(request, actor, &Zone::UTC, None);
    let details: Vec<_> = details.into_iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    let until = request.question.until;
    json!({ "id": id, "code": code, "asker": asker, "summary": summary, "effect": effect, "details": details, "until": until })
}

/// `GET /approvals/{id}`: the question, and the options by which the caller's authenticator signs it.
pub(crate) async fn question(
    State(services): State<Arc<Services>>,
    Path(id): Path<String>,
    Caller { actor, .. }: Caller,
) -> Result<Json<serde_json::Value>, ScriptError> {
    let found = find(&services, &actor, &id, SystemClock.now()).await?.ok_or(GONE)?;
    let mut answer = json(&found.request, &actor);
    answer["publicKey"] = services.passkeys.request(&actor, &found.request.question, None).await?;
    Ok(Json(answer))
}

pub(crate) const GONE: ScriptError =
    ScriptError::of(StatusCode::GONE, "This request has been answered, was withdrawn, or has ended.");

/// The answer of an authenticator, and the standing approval that the person gives with it.
#[derive(Debug, Deserialize)]
pub(crate) struct Approving {
    #[serde(flatten)]
    answer: Answer,
    standing: Option<StandingChoice>,
}

/// `POST /approvals/{id}`: approves the question by the caller's passkey.
pub(crate) async fn approve(
    State(services): State<Arc<Services>>,
    Path(id): Path<String>,
    Caller { actor, session, authenticated }: Caller,
    Json(Approving { answer, standing: choice }): Json<Approving>,
) -> Result<Json<serde_json::Value>, ScriptError> {
    let now = SystemClock.now();
    let found = find(&services, &actor, &id, now).await?.ok_or(GONE)?;
    let device = Device { session, authenticated };
    match found.standing(&services, device, now).await? {
        Standing::Closed => return Err(GONE),
        Standing::Hindered(Obstacle::SameDevice) => {
            return Err(ScriptError::of(
                StatusCode::FORBIDDEN,
                "Confirm this on another device than the one that asked.",
            ));
        }
        Standing::Hindered(_) => {
            return Err(ScriptError::of(StatusCode::FORBIDDEN, "Sign in again, then confirm this."));
        }
        Standing::Open => {}
    }
    let question = &found.request.question;
    let limits = choice.as_ref().map(|choice| standing::limits(&found, &actor, choice, now)).transpose()?;
    let given = match services.passkeys.sign(&actor, found.channel, question, &answer, limits, now).await {
        Ok(given) => given,
        Err(SignError::Unavailable(error)) => return Err(error.into()),
        Err(reason) => {
            tracing::warn!(%reason, approval = %question.id, "the answer of a passkey was refused");
            return Err(ScriptError::of(StatusCode::FORBIDDEN, "This passkey was not accepted. Use one of your own."));
        }
    };
    let conversation = &found.request.place.conversation;
    match services.turns.approve(&found.asker, conversation, &question.id, given.clone()).await {
        Ok(()) => {
            leave_inbox(&services, &actor, &found.request).await;
            if let Some(choice) = &choice {
                standing::keep(&services, &actor, &found, &given, choice, now).await?;
            }
            Ok(Json(json!({})))
        }
        Err(AnswerError::TooLate) => Err(GONE),
        Err(AnswerError::Log(error)) => Err(error.into()),
    }
}

/// Takes a request out of the inbox of the person who has answered it: it may wait for others still.
async fn leave_inbox(services: &Services, actor: &Actor, request: &ApprovalRequest) {
    if let Err(error) = services.requests.unlist(actor, request).await {
        tracing::warn!(error = %error, "an answered request stays in a list until it ends");
    }
    services.inbox.forget(actor).await;
}

/// The form by which a person declines.
#[derive(Debug, Deserialize)]
pub(crate) struct Decline {
    #[serde(default)]
    reason: String,
}

/// `POST /approvals/{id}/decline`: declines the question. The reason reaches the person who asks.
pub(crate) async fn decline(
    State(services): State<Arc<Services>>,
    Path(id): Path<String>,
    CurrentUser(actor): CurrentUser,
    Form(Decline { reason }): Form<Decline>,
) -> Result<Redirect, PageError> {
    let found = find(&services, &actor, &id, SystemClock.now()).await?.ok_or_else(gone_page)?;
    let reason: String = reason.trim().chars().take(Declined::LONGEST_REASON).collect();
    let declined = Declined {
        by: (!found.channel.is_own()).then(|| actor.name().to_owned()),
        reason: (!reason.is_empty()).then_some(reason),
    };
    let ApprovalRequest { question, place, .. } = &found.request;
    match services.turns.decline(&found.asker, &place.conversation, &question.id, declined).await {
        Ok(()) => {
            leave_inbox(&services, &actor, &found.request).await;
            Ok(Redirect::to("/approve"))
        }
        Err(AnswerError::TooLate) => Err(gone_page()),
        Err(AnswerError::Log(error)) => Err(error.into()),
    }
}
