//! The calls by which people give standing approvals on the page of a request, and revoke them in their inbox.

use crate::answers::{self, Found, GONE};
use crate::caller::Caller;
use crate::current_user::CurrentUser;
use crate::page_error::PageError;
use crate::script_error::ScriptError;
use crate::services::Services;
use crate::zone::Zone;
use agent::Actor;
use agent::approval::{ApprovalId, Channel, SignedApproval, StandingLimits};
use agent::ports::{Clock, Millis, Unavailable};
use agent::standing::{StandingApproval, StandingChoice, StandingOffer};
use app::pages::{StandingBounds, StandingItem};
use approvals::standing::GiveError;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::{Form, Json};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use system::SystemClock;

/// The fields of the page of a request.
#[derive(Debug, Deserialize)]
pub(crate) struct Fields {
    uses: u32,
    minutes: u32,
    #[serde(default)]
    others: String,
}

impl Fields {
    /// Returns the choice, with one name for each line that is not empty.
    fn choice(self, now: Millis) -> StandingChoice {
        let mut others: Vec<String> = Vec::new();
        for name in self.others.lines().map(str::trim).filter(|name| !name.is_empty()) {
            if !others.iter().any(|other| other == name) {
                others.push(name.to_owned());
            }
        }
        StandingChoice { uses: self.uses, until: now + Millis::from(self.minutes) * 60_000, others }
    }
}

/// `POST /approvals/{id}/standing`: the options by which the caller's authenticator signs the question together with
/// the limits of a standing approval, and the choice that the answer must bring along.
pub(crate) async fn options(
    State(services): State<Arc<Services>>,
    Path(id): Path<String>,
    Caller { actor, .. }: Caller,
    Json(fields): Json<Fields>,
) -> Result<Json<serde_json::Value>, ScriptError> {
    let now = SystemClock.now();
    let found = answers::find(&services, &actor, &id, now).await?.ok_or(GONE)?;
    let choice = fields.choice(now);
    let limits = limits(&found, &actor, &choice, now)?;
    let options = services.passkeys.request(&actor, &found.request.question, Some(&limits)).await?;
    Ok(Json(json!({ "publicKey": options, "standing": choice })))
}

/// Returns the limits that the person signs with their answer.
pub(crate) fn limits(
    found: &Found,
    actor: &Actor,
    choice: &StandingChoice,
    now: Millis,
) -> Result<StandingLimits, ScriptError> {
    let offer = found.request.standing.as_ref().filter(|_| found.channel == Channel::Passkey);
    let offer = offer
        .ok_or(ScriptError::of(StatusCode::FORBIDDEN, "Your company does not allow to approve this in advance."))?;
    offer.limits(actor, &found.request.question, choice, now).map_err(|reason| {
        tracing::info!(%reason, "the limits of a standing approval were refused");
        ScriptError::of(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Check the number, the minutes and the names, then confirm again.",
        )
    })
}

/// Keeps the standing approval that was given with an answer that counts.
pub(crate) async fn keep(
    services: &Services,
    actor: &Actor,
    found: &Found,
    given: &SignedApproval,
    choice: &StandingChoice,
    now: Millis,
) -> Result<(), ScriptError> {
    match services.standing.give(actor, &found.request.question, given, &choice.others, now).await {
        Ok(()) => Ok(()),
        Err(GiveError::TooMany(_)) => Err(ScriptError::of(
            StatusCode::CONFLICT,
            "This was confirmed. You have too many standing approvals to give another one: revoke one in your inbox.",
        )),
        Err(GiveError::Unavailable(error)) => {
            tracing::warn!(error = %error, "a standing approval could not be kept");
            Err(ScriptError::of(
                StatusCode::SERVICE_UNAVAILABLE,
                "This was confirmed. The standing approval may not have been saved: look in your inbox.",
            ))
        }
    }
}

/// The standing approval to revoke.
#[derive(Debug, Deserialize)]
pub(crate) struct Revoked {
    id: String,
}

/// `POST /standing/revoke`.
pub(crate) async fn revoke(
    State(services): State<Arc<Services>>,
    CurrentUser(actor): CurrentUser,
    Form(Revoked { id }): Form<Revoked>,
) -> Result<Redirect, PageError> {
    if let Ok(id) = ApprovalId::try_from(id) {
        services.standing.revoke(&actor, &id, SystemClock.now()).await?;
    }
    Ok(Redirect::to("/inbox"))
}

/// Returns the bounds of an offer as the page of the request shows them.
pub(crate) fn bounds(offer: &StandingOffer) -> StandingBounds {
    StandingBounds {
        uses: offer.uses,
        minutes: u32::try_from(offer.longest / 60_000).unwrap_or(0),
        takes_others: offer.takes_others(),
        most_others: u32::try_from(StandingLimits::MOST_OTHERS).unwrap_or(u32::MAX),
    }
}

/// Returns the person's standing approvals for the inbox; times are shown in `zone`.
pub(crate) async fn list(services: &Services, actor: &Actor, zone: &Zone) -> Result<Vec<StandingItem>, Unavailable> {
    let all = services.standing.list(actor, SystemClock.now()).await?;
    Ok(all.iter().map(|own| item(own, zone)).collect())
}

fn item(own: &StandingApproval, zone: &Zone) -> StandingItem {
    StandingItem {
        id: own.limits.id.to_string(),
        code: own.limits.id.code(),
        summary: own.summary.clone(),
        others: own.others.iter().map(|name| text::shown(name)).collect(),
        left: own.left(),
        uses: own.limits.uses,
        until: zone.full(own.limits.until),
    }
}
