//! `GET /v1/search?name=`: finds places by the beginning of their name.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Query, State};
use serde_json::{Value, json};

use super::OpenMeteo;
use super::error::WeatherError;
use super::places::{PLACES, Place};

const KNOWN: [&str; 5] = ["name", "count", "language", "format", "countryCode"];

/// Searches for places; without a match, the response has no `results`.
pub(super) async fn search(
    State(weather): State<OpenMeteo>,
    query: Result<Query<BTreeMap<String, String>>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Value>, WeatherError> {
    let Query(params) = query.map_err(|_| WeatherError::bad_request("The query cannot be read"))?;
    for name in params.keys().filter(|name| !KNOWN.contains(&name.as_str())) {
        weather.sin(format!("/v1/search: unknown parameter {name}"));
    }
    let name = params.get("name").ok_or_else(|| WeatherError::bad_request("Parameter 'name' is required"))?;
    let count = params.get("count").map_or(Ok(10), |count| count.parse::<usize>());
    let count = count.ok().filter(|count| (1..=100).contains(count));
    let count = count.ok_or_else(|| WeatherError::bad_request("Parameter 'count' must be between 1 and 100."))?;
    if params.get("format").is_some_and(|format| format != "json") {
        return Err(WeatherError::bad_request("Only the format json is supported"));
    }
    let country = params.get("countryCode");
    let wanted = name.trim().to_lowercase();
    // One letter finds nothing; two letters find only an exact match.
    let fits = |place: &&Place| {
        let own = place.name.to_lowercase();
        let by_name = match wanted.chars().count() {
            0 | 1 => false,
            2 => own == wanted,
            _ => own.starts_with(&wanted),
        };
        by_name && country.is_none_or(|code| place.country_code.eq_ignore_ascii_case(code))
    };
    let results: Vec<Value> = PLACES.iter().filter(fits).take(count).map(|place| shown(&weather, place)).collect();
    let mut body = json!({"generationtime_ms": 0.5});
    if !results.is_empty() {
        body["results"] = json!(results);
    }
    Ok(Json(body))
}

fn shown(weather: &OpenMeteo, place: &Place) -> Value {
    json!({
        "id": place.id, "name": weather.name_of(place.name), "latitude": place.latitude, "longitude": place.longitude,
        "elevation": place.elevation, "feature_code": "PPL", "country_code": place.country_code,
        "timezone": place.timezone, "population": place.population, "country": place.country, "admin1": place.admin1,
    })
}
