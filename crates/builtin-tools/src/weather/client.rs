//! Open-Meteo's geocoding and forecast APIs, as far as the tool needs them (open-meteo.com/en/docs).

use agent::tool::ToolError;
use reqwest::{StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// The name by which people know the service.
const SERVICE: &str = "the weather service";

/// Longest answer that is read, in bytes.
const LONGEST_BODY: usize = 64 * 1024;

/// The requested values of the current weather.
const CURRENT: &str = "temperature_2m,apparent_temperature,relative_humidity_2m,weather_code,wind_speed_10m";

/// The configuration of the client.
#[derive(Debug, Clone)]
pub struct Config {
    /// Base URL of the forecast API.
    pub forecast: Url,
    /// Base URL of the geocoding API.
    pub geocoding: Url,
    /// Longest wait for one answer.
    pub timeout: Duration,
}

/// A client of both APIs.
#[derive(Debug)]
pub(super) struct Client {
    http: reqwest::Client,
    config: Config,
}

/// A place.
#[derive(Debug, Deserialize)]
pub(super) struct Place {
    pub(super) name: String,
    #[serde(default)]
    pub(super) country: String,
    latitude: f64,
    longitude: f64,
}

/// The answer to a search. If nothing was found, it has no `results`.
#[derive(Deserialize)]
struct Places {
    #[serde(default)]
    results: Vec<Place>,
}

/// The current weather.
#[derive(Debug, Deserialize)]
pub(super) struct Current {
    pub(super) time: String,
    pub(super) temperature_2m: f64,
    pub(super) apparent_temperature: f64,
    pub(super) relative_humidity_2m: f64,
    pub(super) weather_code: u8,
    pub(super) wind_speed_10m: f64,
}

#[derive(Deserialize)]
struct Forecast {
    current: Current,
}

impl Client {
    pub(super) fn new(config: Config) -> Result<Self, reqwest::Error> {
        Ok(Self { http: http_client::client(config.timeout)?, config })
    }

    /// Returns the best-known place with this name.
    pub(super) async fn find(&self, name: &str) -> Result<Option<Place>, ToolError> {
        let query = [("name", name), ("count", "1"), ("language", "en"), ("format", "json")];
        let places: Places = self.get(&self.config.geocoding, "search", &query).await?;
        Ok(places.results.into_iter().next())
    }

    /// Returns the current weather at a place.
    pub(super) async fn current(&self, place: &Place) -> Result<Current, ToolError> {
        let (latitude, longitude) = (place.latitude.to_string(), place.longitude.to_string());
        let query = [("latitude", latitude.as_str()), ("longitude", &longitude), ("current", CURRENT)];
        let forecast: Forecast = self.get(&self.config.forecast, "forecast", &query).await?;
        Ok(forecast.current)
    }

    async fn get<T: DeserializeOwned>(&self, base: &Url, path: &str, query: &[(&str, &str)]) -> Result<T, ToolError> {
        let mut url = base.clone();
        url.path_segments_mut().map_err(|()| not_now("no base URL"))?.pop_if_empty().extend(["v1", path]);
        let answer = self.http.get(url).query(query).send().await;
        let answer = answer.map_err(|error| not_now(&error.without_url().to_string()))?;
        if answer.status() != StatusCode::OK {
            return Err(not_now(answer.status().as_str()));
        }
        let body = http_client::body(answer, LONGEST_BODY).await.map_err(|error| not_now(&error.to_string()))?;
        serde_json::from_slice(&body).map_err(|_| not_now("the answer cannot be read"))
    }
}

/// The error for any failure. Requests change nothing, so nothing was done.
fn not_now(cause: &str) -> ToolError {
    tracing::warn!(cause, "the weather service gave no answer");
    ToolError::Unavailable { service: SERVICE }
}
