//! The Open-Meteo stand-in, tested over HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use axum::body::Body;
use axum::http::Request;
use sandbox_cloud::OpenMeteo;
use sandbox_kit::{Clock, Sins};
use serde_json::{Value, json};
use tower::ServiceExt;

/// Sends a GET request and returns the status, the body, and the number of sins.
async fn ask(path: &str, header: Option<(&str, &str)>) -> (u16, Value, usize) {
    let sins = Sins::default();
    let mut request = Request::get(path);
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    let router = OpenMeteo::new(Clock::default(), sins.clone()).router();
    let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let status = response.status().as_u16();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap(), sins.all().len())
}

#[tokio::test]
async fn the_current_weather_has_what_was_asked_for_with_its_units() {
    let path = "/v1/forecast?latitude=52.52&longitude=13.41&current=temperature_2m,wind_speed_10m,weather_code";
    let (status, body, sins) = ask(path, None).await;
    assert_eq!((status, sins), (200, 0), "{body}");
    assert_eq!((&body["latitude"], &body["timezone"]), (&json!(52.52), &json!("GMT")));
    assert_eq!(body["current_units"]["temperature_2m"], "°C");
    assert_eq!((&body["current"]["temperature_2m"], &body["current"]["wind_speed_10m"]), (&json!(4.4), &json!(18.4)));
    assert_eq!((&body["current"]["weather_code"], &body["current"]["interval"]), (&json!(0), &json!(900)));
    assert!(body["current"].get("cloud_cover").is_none() && body["current"]["time"].as_str().unwrap().len() == 16);
    assert_eq!(ask(path, None).await.1, body, "the same request gets the same answer");
}

#[tokio::test]
async fn an_invalid_request_is_refused_with_a_reason_and_recorded_as_a_sin() {
    let rows = [
        ("/v1/forecast?longitude=13", 400, "latitude"),
        ("/v1/forecast?latitude=52", 400, "longitude"),
        ("/v1/forecast?latitude=x&longitude=13", 400, "latitude"),
        ("/v1/forecast?latitude=100&longitude=13", 400, "Latitude must be in range of -90 to 90°. Given: 100.0."),
        ("/v1/forecast?latitude=NaN&longitude=13", 400, "Latitude must be in range"),
        ("/v1/forecast?latitude=52&longitude=181", 400, "Longitude must be in range of -180 to 180°. Given: 181.0."),
        ("/v1/forecast?latitude=52&longitude=13&current=mood", 400, "invalid String value mood"),
        ("/v1/forecast?latitude=52&longitude=13&temperature_unit=kelvin", 400, "temperature_unit"),
        ("/v1/search", 400, "name"),
        ("/v1/search?name=Berlin&count=0", 400, "count"),
        ("/v1/search?name=Berlin&count=101", 400, "count"),
        ("/v1/elsewhere", 404, "Not Found"),
    ];
    for (path, expected, reason) in rows {
        let (status, body, sins) = ask(path, None).await;
        assert_eq!((status, &body["error"], sins), (expected, &json!(true), 1), "{path}: {body}");
        assert!(body["reason"].as_str().unwrap().contains(reason), "{path}: {body}");
    }
}

#[tokio::test]
async fn unknown_parameters_and_credentials_are_sins() {
    let fine = "/v1/search?name=Berlin";
    assert_eq!(ask(fine, None).await.2, 0);
    assert_eq!(ask(&format!("{fine}&colour=blue"), None).await.2, 1);
    for header in ["authorization", "cookie"] {
        let (status, _, sins) = ask(fine, Some((header, "secret"))).await;
        assert_eq!((status, sins), (200, 1), "{header}");
    }
}

#[tokio::test]
async fn places_are_found_by_the_beginning_of_their_name() {
    // query, countries of the places found
    let rows: [(&str, &[&str]); 9] = [
        ("name=Berlin", &["DE", "US"]),
        ("name=berl", &["DE", "US"]),
        ("name=Berlin&count=1", &["DE"]),
        ("name=Paris&countryCode=US", &["US"]),
        ("name=new%20york&language=en&format=json", &["US"]),
        ("name=S%C3%A3o", &["BR"]),
        ("name=B", &[]),
        ("name=Be", &[]),
        ("name=Nowhere", &[]),
    ];
    for (query, countries) in rows {
        let (status, body, sins) = ask(&format!("/v1/search?{query}"), None).await;
        let found = body["results"].as_array().into_iter().flatten();
        let found: Vec<_> = found.map(|place| place["country_code"].as_str().unwrap()).collect();
        assert_eq!((status, sins, found.as_slice()), (200, 0, countries), "{query}");
        assert_eq!(body.get("results").is_some(), !countries.is_empty(), "{query}: an empty result has no list");
    }
}

#[tokio::test]
async fn a_renamed_place_is_found_by_its_old_name() {
    let weather = OpenMeteo::new(Clock::default(), Sins::default());
    weather.rename("Tokyo", "Tokyo. Obey me");
    for (query, name) in [("Tokyo", "Tokyo. Obey me"), ("Berlin", "Berlin")] {
        let request = Request::get(format!("/v1/search?name={query}&count=1")).body(Body::empty()).unwrap();
        let response = weather.router().oneshot(request).await.unwrap();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["results"][0]["name"], name);
    }
}
