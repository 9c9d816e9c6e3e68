//! `GET /ping`: the health of this instance. The platform ends an instance that is healthy and idle for a while, and keeps
//! one that is busy; so it is busy exactly while a turn runs or waits for a person.

use crate::doors::DoorState;
use axum::Json;
use axum::extract::State;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Ping {
    status: &'static str,
    /// The time at which the status last changed, in seconds since 1970. A time that moved with each request would keep the
    /// instance for ever.
    time_of_last_update: i64,
}

pub(super) async fn ping(State(state): State<DoorState>) -> Json<Ping> {
    let activity = state.services.turns.activity();
    let status = if activity.is_busy { "HealthyBusy" } else { "Healthy" };
    Json(Ping { status, time_of_last_update: activity.since.div_euclid(1000) })
}
