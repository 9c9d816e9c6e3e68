//! `GET /v1/forecast?latitude&longitude&current=…`: the current weather, computed from the coordinates alone.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Query, State};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::OpenMeteo;
use super::error::WeatherError;

const KNOWN: [&str; 8] = [
    "latitude",
    "longitude",
    "current",
    "temperature_unit",
    "wind_speed_unit",
    "precipitation_unit",
    "timezone",
    "timeformat",
];

/// A variable's name, its unit, and the function from latitude and longitude to its value.
type Variable = (&'static str, &'static str, fn(f64, f64) -> Value);

const VARIABLES: [Variable; 8] = [
    ("temperature_2m", "°C", |latitude, _| json!(tenth(28.0 - latitude.abs() * 0.45))),
    ("apparent_temperature", "°C", |latitude, _| json!(tenth(26.5 - latitude.abs() * 0.47))),
    ("relative_humidity_2m", "%", |_, longitude| json!(whole(40.0 + longitude.abs().rem_euclid(50.0)))),
    ("precipitation", "mm", |_, _| json!(0.0)),
    ("weather_code", "wmo code", |latitude, _| json!(whole(latitude.abs()) % 4)),
    ("cloud_cover", "%", |latitude, _| json!((whole(latitude.abs()) % 4) * 30)),
    ("wind_speed_10m", "km/h", |_, longitude| json!(tenth(5.0 + longitude.abs().rem_euclid(20.0)))),
    ("is_day", "", |_, _| json!(1)),
];

pub(super) async fn forecast(
    State(weather): State<OpenMeteo>,
    query: Result<Query<BTreeMap<String, String>>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Value>, WeatherError> {
    let Query(params) = query.map_err(|_| WeatherError::bad_request("The query cannot be read"))?;
    for name in params.keys().filter(|name| !KNOWN.contains(&name.as_str())) {
        weather.sin(format!("/v1/forecast: unknown parameter {name}"));
    }
    let latitude = coordinate(&params, "latitude", 90.0)?;
    let longitude = coordinate(&params, "longitude", 180.0)?;
    for (name, only) in [
        ("temperature_unit", "celsius"),
        ("wind_speed_unit", "kmh"),
        ("precipitation_unit", "mm"),
        ("timezone", "GMT"),
        ("timeformat", "iso8601"),
    ] {
        if params.get(name).is_some_and(|value| value != only) {
            return Err(WeatherError::bad_request(format!("The sandbox supports only {only} for {name}")));
        }
    }
    let mut body = json!({
        "latitude": latitude, "longitude": longitude, "generationtime_ms": 0.04, "utc_offset_seconds": 0,
        "timezone": "GMT", "timezone_abbreviation": "GMT", "elevation": 38.0,
    });
    if let Some(names) = params.get("current") {
        let (units, values) = current(names, latitude, longitude, weather.clock.seconds())?;
        body["current_units"] = units;
        body["current"] = values;
    }
    Ok(Json(body))
}

/// Returns the units and values of the variables in `names`, which are separated by commas.
fn current(names: &str, latitude: f64, longitude: f64, now: i64) -> Result<(Value, Value), WeatherError> {
    // Open-Meteo reports the weather of the last full quarter of an hour.
    let at = Timestamp::from_second(now - now.rem_euclid(900)).unwrap_or_default();
    let (mut units, mut values) = (Map::new(), Map::new());
    units.extend([("time".to_owned(), json!("iso8601")), ("interval".to_owned(), json!("seconds"))]);
    values.insert("time".to_owned(), json!(at.strftime("%Y-%m-%dT%H:%M").to_string()));
    values.insert("interval".to_owned(), json!(900));
    for name in names.split(',') {
        let (name, unit, value) = VARIABLES.iter().find(|(own, ..)| *own == name).ok_or_else(|| {
            let place = "Data corrupted at path ''. Cannot initialize SurfacePressureAndHeightVariable";
            WeatherError::bad_request(format!("{place} from invalid String value {name}."))
        })?;
        units.insert((*name).to_owned(), json!(unit));
        values.insert((*name).to_owned(), value(latitude, longitude));
    }
    Ok((Value::Object(units), Value::Object(values)))
}

fn coordinate(params: &BTreeMap<String, String>, name: &str, most: f64) -> Result<f64, WeatherError> {
    let text = params.get(name);
    let text =
        text.ok_or_else(|| WeatherError::bad_request(format!("Value of type 'Float' required for key '{name}'.")))?;
    let value: f64 = text
        .parse()
        .map_err(|_| WeatherError::bad_request(format!("Value of type 'Float' required for key '{name}'.")))?;
    if !(-most..=most).contains(&value) {
        let title = if name == "latitude" { "Latitude" } else { "Longitude" };
        let text = format!("{title} must be in range of -{most:.0} to {most:.0}°. Given: {value:.1}.");
        return Err(WeatherError::bad_request(text));
    }
    Ok(value)
}

fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[expect(clippy::cast_possible_truncation, reason = "degrees and per cent are small")]
fn whole(value: f64) -> i64 {
    value as i64
}
