//! Translates requests and abilities from domain types to what the pages show.

use crate::backend::provider_name;
use crate::zone::Zone;
use agent::access::{self, AccessRequest, AccessState, GrantDuration};
use agent::permission::Permission;
use agent::ports::Millis;
use app::pages::permissions::data as page;
use std::collections::BTreeMap;
use text::visible;

/// The time of a page, and the zone in which it shows times.
#[derive(Clone, Copy)]
pub(super) struct Now<'a> {
    pub(super) at: Millis,
    pub(super) zone: &'a Zone,
}

pub(super) fn ability(own: access::Ability, missing: &BTreeMap<Permission, page::MissingPermission>) -> page::Ability {
    let state = match own.state {
        access::AbilityState::Works => page::AbilityState::Works,
        access::AbilityState::NeedsConfirmation => page::AbilityState::NeedsConfirmation,
        access::AbilityState::NeedsAccount { provider } => {
            page::AbilityState::NeedsAccount { name: provider_name(&provider), provider }
        }
        access::AbilityState::NotPermitted(permission) => {
            let known = missing.get(&permission).cloned();
            page::AbilityState::NotPermitted(known.unwrap_or_else(|| super::bare(&permission)))
        }
        access::AbilityState::DependsOnArguments => page::AbilityState::DependsOnArguments,
        access::AbilityState::Unknown => page::AbilityState::Unknown,
    };
    page::Ability {
        tool: own.tool.0,
        system: own.example.map(|example| example.system.to_owned()),
        example: own.example.map(|example| example.text.to_owned()),
        state,
        depends_on_object: own.depends_on_object,
    }
}

pub(super) fn suggestion(own: access::Suggestion) -> page::Suggestion {
    let expect = match own.expect {
        access::Expectation::AnswersRightAway => page::Expectation::AnswersRightAway,
        access::Expectation::YouConfirm => page::Expectation::YouConfirm,
        access::Expectation::ConnectFirst { provider } => page::Expectation::ConnectFirst(provider_name(&provider)),
        access::Expectation::Unknown => page::Expectation::Unknown,
    };
    page::Suggestion { system: own.example.system.to_owned(), text: own.example.text.to_owned(), expect }
}

pub(super) fn own_request(own: &AccessRequest, now: Now<'_>) -> page::OwnRequest {
    page::OwnRequest {
        id: own.id.to_string(),
        relation: own.permission.relation().to_owned(),
        object: own.permission.object().to_owned(),
        tool: own.tool.0.clone(),
        reason: visible(&own.reason),
        duration: own.duration.to_string(),
        asked_at: now.zone.full(own.asked_at),
        conversation: own.place.as_ref().map(|place| place.conversation.to_string()),
        state: state(own, now),
    }
}

pub(super) fn request_to_answer(own: &AccessRequest, why: Vec<String>, now: Now<'_>) -> page::RequestToAnswer {
    let durations = GrantDuration::ALL.into_iter().filter(|duration| *duration <= own.duration);
    page::RequestToAnswer {
        id: own.id.to_string(),
        name: visible(&own.asker.name),
        email: own.asker.email.clone(),
        relation: own.permission.relation().to_owned(),
        object: own.permission.object().to_owned(),
        tool: own.tool.0.clone(),
        reason: visible(&own.reason),
        durations: durations.map(|own| page::Duration { value: own.name(), text: own.to_string() }).collect(),
        asked_at: now.zone.full(own.asked_at),
        why,
        state: state(own, now),
    }
}

pub(super) fn preview(own: access::RevocationPreview) -> page::RevocationPreview {
    let told =
        |permissions: std::collections::BTreeSet<Permission>| permissions.iter().map(ToString::to_string).collect();
    page::RevocationPreview {
        before: told(own.before),
        after: told(own.after),
        lost: own.lost.into_iter().map(|tool| tool.0).collect(),
    }
}

fn state(own: &AccessRequest, now: Now<'_>) -> page::RequestState {
    match &own.state {
        AccessState::Open | AccessState::Granting { .. } => page::RequestState::Open,
        AccessState::Granted { by, at, duration } => {
            let until = at.saturating_add(duration.millis());
            if own.is_active(now.at) {
                page::RequestState::Granted { by: visible(&by.name), until: now.zone.full(until) }
            } else {
                page::RequestState::Ended { at: now.zone.full(until) }
            }
        }
        AccessState::Declined { by, reason, .. } => {
            page::RequestState::Declined { by: visible(&by.name), reason: visible(reason) }
        }
        AccessState::Withdrawn { .. } => page::RequestState::Withdrawn,
        AccessState::NotNeeded { .. } => page::RequestState::NotNeeded,
        AccessState::Revoked { by, .. } => page::RequestState::Revoked { by: visible(&by.name) },
    }
}
