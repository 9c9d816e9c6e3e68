//! A person's saved filters: at most ten for each page, in one encrypted record.

use super::filter::{ActivityQuery, Wanted};
use crate::current_user::CurrentUser;
use crate::page_error::PageError;
use crate::services::Services;
use crate::zone::Zone;
use agent::Actor;
use agent::personal_records;
use agent::ports::{Clock, RecordKind};
use app::pages::PageFailure;
use app::pages::activity::{LONGEST_NAME, MOST_SAVED, SavedFilter, Whose};
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Redirect;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use system::SystemClock;
use text::visible;

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
    let read = personal_records::read(&*services.records, actor, RecordKind::ActivityFilters).await;
    let all: Vec<Stored> = read.unwrap_or_else(|error| {
        tracing::warn!(%error, "a person's saved filters cannot be read");
        Vec::new()
    });
    let own = all.into_iter().filter(|own| own.whose == whose.name());
    own.map(|own| SavedFilter { name: visible(&own.name), query: own.query }).collect()
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
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(not_saved(&format!("Give the filter a name of at most {LONGEST_NAME} characters.")));
    }
    if query.len() > LONGEST_QUERY {
        return Err(not_saved("This filter is too long to be saved. Use shorter words or fewer fields."));
    }
    // Only what a filter can hold is kept.
    let chosen = Wanted::read(&query).and_then(|own| ActivityQuery::parse(own, SystemClock.now(), &Zone::of(&headers)));
    let query = chosen.map_err(|error| PageFailure::Query(error.to_string()))?.chosen();
    services.turns.count_post(&actor).map_err(|_| too_fast("The filter was not saved"))?;
    let records = &*services.records;
    let new = Stored { whose: whose.name().to_owned(), name, query };
    let saved = personal_records::change(records, &actor, RecordKind::ActivityFilters, |all: &mut Vec<Stored>| {
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
    services.turns.count_post(&actor).map_err(|_| too_fast("The filter was not removed"))?;
    let gone = |own: &Stored| own.whose == whose.name() && visible(&own.name) == name;
    let removed = |all: &mut Vec<Stored>| all.retain(|own| !gone(own));
    personal_records::change(&*services.records, &actor, RecordKind::ActivityFilters, removed).await?;
    Ok(Redirect::to(whose.path()))
}

fn absent() -> PageError {
    PageError::absent("The address may be wrong.")
}

fn too_fast(title: &'static str) -> PageError {
    let sentence = "You are doing this very often. Try again in a minute.";
    PageError::plain(StatusCode::TOO_MANY_REQUESTS, title, sentence)
}

fn not_saved(sentence: &str) -> PageError {
    PageError::plain(StatusCode::UNPROCESSABLE_ENTITY, "The filter was not saved", sentence)
}
