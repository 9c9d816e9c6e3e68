//! Open-Meteo, as much of it as an agent asks: the current weather at a place, and where a place is. No key is needed,
//! and none may be sent. The weather is made up, and the same at each asking.

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

/// The Open-Meteo stand-in. Clones share everything.
#[derive(Debug, Clone)]
pub struct OpenMeteo {
    /// Names of places that differ from the list: what is searched for, and what it is called then.
    renamed: Arc<Mutex<Vec<(String, String)>>>,
    clock: Clock,
    sins: Sins,
}

impl OpenMeteo {
    /// Open-Meteo at this clock's time.
    #[must_use]
    pub fn new(clock: Clock, sins: Sins) -> Self {
        Self { renamed: Arc::default(), clock, sins }
    }

    /// Whoever searches for this known place is told this name, whatever stands in it: anybody can edit a gazetteer.
    pub fn rename(&self, place: &str, name: &str) {
        let mut renamed = self.renamed.lock().unwrap_or_else(PoisonError::into_inner);
        renamed.push((place.to_owned(), name.to_owned()));
    }

    fn name_of(&self, place: &str) -> String {
        let renamed = self.renamed.lock().unwrap_or_else(PoisonError::into_inner);
        let found = renamed.iter().rev().find(|(own, _)| own == place);
        found.map_or_else(|| place.to_owned(), |(_, name)| name.clone())
    }

    /// `api.open-meteo.com` and `geocoding-api.open-meteo.com` in one.
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

/// Records what only a wrong client does; a credential here would be somebody's, gone to a stranger.
async fn record(State(weather): State<OpenMeteo>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    if request.headers().contains_key("authorization") || request.headers().contains_key("cookie") {
        weather.sin(format!("{path}: a credential, where none is wanted"));
    }
    let mut response = next.run(request).await;
    if let Some(Sinful(what)) = response.extensions_mut().remove::<Sinful>() {
        weather.sin(format!("{path}: {what}"));
    }
    response
}
