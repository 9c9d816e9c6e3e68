//! A person's saved filters: at most ten for each page, in one encrypted record.

use super::filter::{ActivityQuery, Wanted};
use crate::current_user::CurrentUser;
use crate::page_error::PageError;
use crate::services::Services;
use crate::zone::Zone;
use agent::Actor;
use agent::ports::{Clock, RecordKind, Unavailable};
use app::pages::PageFailure;
use app::pages::activity::{LONGEST_NAME, MOST_SAVED, SavedFilter, Whose};
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Redirect;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use system::SystemClock;
use text::visible;

/// Most attempts at a change of the record while others change it.
const TRIES: u32 = 4;

/// Longest query of a saved filter, in bytes.
const LONGEST_QUERY: usize = 1_000;

/// A stored filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Stored {
    /// The page, as forms name it.
    whose: String,
    name: String,
    query: String,
}

/// Returns the filters that a person saved for a page; none if they cannot be read, as the page works without them.
pub(crate) async fn of(services: &Services, actor: &Actor, whose: Whose) -> Vec<SavedFilter> {
    let read = services.records.read(actor, RecordKind::ActivityFilters).await;
    let plain = read.map(|(plain, _)| plain).unwrap_or_else(|error| {
        tracing::warn!(%error, "a person's saved filters cannot be read");
        Vec::new()
    });
    let own = stored(&plain).into_iter().filter(|own| own.whose == whose.name());
    own.map(|own| SavedFilter { name: visible(&own.name), query: own.query }).collect()
}

fn stored(plain: &[u8]) -> Vec<Stored> {
    serde_json::from_slice(plain).unwrap_or_default()
}

/// The fields of the form that saves a filter.
#[derive(Debug, Deserialize)]
pub(crate) struct Saving {
    whose: String,
    name: String,
    query: String,
}

/// `POST /activity/filters/save`: saves a filter. One of the same name is replaced.
pub(crate) async fn save(
    State(services): State<Arc<Services>>,
    CurrentUser(actor): CurrentUser,
    headers: HeaderMap,
    Form(Saving { whose, name, query }): Form<Saving>,
) -> Result<Redirect, PageError> {
    let whose = Whose::named(&whose).ok_or_else(absent)?;
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || query.len() > LONGEST_QUERY {
        let sentence = format!("Give the filter a name of at most {LONGEST_NAME} characters.");
        return Err(not_saved(&sentence));
    }
    // Only what a filter can hold is kept.
    let chosen = Wanted::read(&query).and_then(|own| ActivityQuery::parse(own, SystemClock.now(), &Zone::of(&headers)));
    let query = chosen.map_err(|error| PageFailure::Query(error.to_string()))?.chosen();
    services.turns.count_post(&actor).map_err(|_| too_fast())?;
    let new = Stored { whose: whose.name().to_owned(), name, query };
    let saved = change(&services, &actor, |all| {
        all.retain(|own| (&own.whose, &own.name) != (&new.whose, &new.name));
        let fits = all.iter().filter(|own| own.whose == new.whose).count() < MOST_SAVED;
        if fits {
            all.push(new.clone());
        }
        fits
    });
    if saved.await? {
        return Ok(Redirect::to(&format!("{}?{}", whose.path(), new.query)));
    }
    Err(not_saved(&format!("You have {MOST_SAVED} saved filters. Remove one to save another.")))
}

/// The fields of the form that removes a filter.
#[derive(Debug, Deserialize)]
pub(crate) struct Removing {
    whose: String,
    name: String,
}

/// `POST /activity/filters/remove`: removes a filter.
pub(crate) async fn remove(
    State(services): State<Arc<Services>>,
    CurrentUser(actor): CurrentUser,
    Form(Removing { whose, name }): Form<Removing>,
) -> Result<Redirect, PageError> {
    let whose = Whose::named(&whose).ok_or_else(absent)?;
    let gone = |own: &Stored| own.whose == whose.name() && visible(&own.name) == name;
    change(&services, &actor, |all| {
        all.retain(|own| !gone(own));
        true
    })
    .await?;
    Ok(Redirect::to(whose.path()))
}

/// Changes the record unless `change` declines. Returns whether it did not.
async fn change(
    services: &Services,
    actor: &Actor,
    change: impl Fn(&mut Vec<Stored>) -> bool,
) -> Result<bool, Unavailable> {
    for _ in 0..TRIES {
        let (plain, version) = services.records.read(actor, RecordKind::ActivityFilters).await?;
        let before = stored(&plain);
        let mut after = before.clone();
        if !change(&mut after) {
            return Ok(false);
        }
        let plain = serde_json::to_vec(&after).map_err(|error| Unavailable::new("this server", error.to_string()))?;
        if after == before || services.records.replace(actor, RecordKind::ActivityFilters, &plain, version).await? {
            return Ok(true);
        }
    }
    Err(Unavailable::new("this server", "the saved filters were changed by others all the time"))
}

fn absent() -> PageError {
    PageError::absent("The address may be wrong.")
}

fn too_fast() -> PageError {
    let sentence = "You are doing this very often. Try again in a minute.";
    PageError::plain(StatusCode::TOO_MANY_REQUESTS, "The filter was not saved", sentence)
}

fn not_saved(sentence: &str) -> PageError {
    PageError::plain(StatusCode::UNPROCESSABLE_ENTITY, "The filter was not saved", sentence)
}
