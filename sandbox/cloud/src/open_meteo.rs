//! A stand-in for the part of Open-Meteo that an agent uses: the current weather at a place, and the search for a
//! place. It needs no credentials, and a client must not send any. The weather is made up, and the same at each
//! request.

mod error;
mod forecast;
mod geocoding;
mod places;

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use sandbox_kit::{Clock, Sins};

use error::{Sinful, WeatherError};

/// The Open-Meteo stand-in. Clones share all state.
#[derive(Debug, Clone)]
pub struct OpenMeteo {
    /// Renamed places: the name in the list, and the name in responses.
    renamed: Arc<Mutex<Vec<(String, String)>>>,
    clock: Clock,
    sins: Sins,
}

impl OpenMeteo {
    /// Creates an Open-Meteo that reports the time of this clock.
    #[must_use]
    pub fn new(clock: Clock, sins: Sins) -> Self {
        Self { renamed: Arc::default(), clock, sins }
    }

    /// Changes the name that a search for this known place returns, to any text: in reality anybody can edit a
    /// gazetteer.
    pub fn rename(&self, place: &str, name: &str) {
        let mut renamed = self.renamed.lock().unwrap_or_else(PoisonError::into_inner);
        renamed.push((place.to_owned(), name.to_owned()));
    }

    fn name_of(&self, place: &str) -> String {
        let renamed = self.renamed.lock().unwrap_or_else(PoisonError::into_inner);
        let found = renamed.iter().rev().find(|(own, _)| own == place);
        found.map_or_else(|| place.to_owned(), |(_, name)| name.clone())
    }

    /// Returns the routes of `api.open-meteo.com` and `geocoding-api.open-meteo.com` in one router.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/v1/forecast", get(forecast::forecast))
            .route("/v1/search", get(geocoding::search))
            .fallback(async || WeatherError::not_found())
            .method_not_allowed_fallback(async || WeatherError::not_found())
            .with_state(self.clone())
            .layer(from_fn_with_state(self.clone(), record))
    }

    fn sin(&self, what: impl Into<String>) {
        self.sins.commit("open-meteo", what);
    }
}

/// Records sins, among them any credential: sending one here would leak it to a third party.
async fn record(State(weather): State<OpenMeteo>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    if request.headers().contains_key("authorization") || request.headers().contains_key("cookie") {
        weather.sin(format!("{path}: an unneeded credential"));
    }
    let mut response = next.run(request).await;
    if let Some(Sinful(what)) = response.extensions_mut().remove::<Sinful>() {
        weather.sin(format!("{path}: {what}"));
    }
    response
}
