//! `weather`: the current weather at a place, from Open-Meteo. Only the place's name is sent to that service.

mod client;
mod codes;

pub use client::Config;

use crate::{RELATION, object, only};
use agent::intent::{Intent, Risk};
use agent::permission::Permission;
use agent::tool::{BadInput, Example, ToolError, ToolOutput, ToolSpec};
use agent::{Actor, Execution, Tool, ToolCall, ToolName};
use async_trait::async_trait;
use client::Client;
use serde_json::json;
use text::visible;

const NAME: &str = "weather";

/// Longest name of a place, in characters.
const LONGEST_PLACE_NAME: usize = 60;

/// Reads the name of a place: letters, spaces, and the punctuation of names. Nothing else is accepted, so that the name
/// cannot carry other data to the service.
fn place(call: &ToolCall) -> Result<&str, BadInput> {
    let place = only(&call.input, "place", LONGEST_PLACE_NAME)?;
    if place.chars().all(|c| c.is_alphabetic() || " -'’.,()".contains(c)) {
        Ok(place)
    } else {
        Err(BadInput("The argument place must be the name of a place.".to_owned()))
    }
}

/// The weather tool.
#[derive(Debug)]
pub struct Weather {
    spec: ToolSpec,
    client: Client,
}

impl Weather {
    /// Creates the tool with the APIs that `config` names.
    ///
    /// # Errors
    /// An error if no HTTP client can be created on this machine.
    pub fn new(config: Config) -> Result<Self, reqwest::Error> {
        let spec = ToolSpec {
            name: ToolName(NAME.to_owned()),
            description: "Look up the current weather at a place.".to_owned(),
            input_schema: json!({
                "type": "object",
                "properties": {
                    "place": { "type": "string", "description": "Name of a town, for example `Berlin`." }
                },
                "required": ["place"]
            }),
        };
        Ok(Self { spec, client: Client::new(config)? })
    }
}

#[async_trait]
impl Tool for Weather {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn intend(&self, _actor: &Actor, call: &ToolCall) -> Result<Intent, BadInput> {
        let place = visible(place(call)?);
        Ok(Intent {
            effect: None,
            summary: format!("Look up the weather in {place}"),
            verb: "Look up weather",
            target: place,
            relation: RELATION,
            object: object(NAME)?,
            risk: Risk::Read,
            needs: None,
        })
    }

    fn requires(&self) -> Option<Permission> {
        crate::requires(NAME)
    }

    fn example(&self) -> Option<Example> {
        Some(Example { system: "Weather", text: "What is the weather in Berlin?" })
    }

    fn is_for_agents(&self) -> bool {
        true
    }

    async fn run(&self, execution: Execution) -> Result<ToolOutput, ToolError> {
        let place = place(execution.call()).map_err(|error| ToolError::Failed(error.to_string()))?;
        let found = self.client.find(place).await?;
        let found = found.ok_or_else(|| ToolError::Failed("No place of that name is known.".to_owned()))?;
        let now = self.client.current(&found).await?;
        let sky = codes::words(now.weather_code);
        let content = json!({
            "place": found.name, "country": found.country, "sky": sky, "temperature_c": now.temperature_2m,
            "feels_like_c": now.apparent_temperature, "humidity_percent": now.relative_humidity_2m,
            "wind_km_h": now.wind_speed_10m, "measured_at_utc": now.time,
        });
        Ok(ToolOutput { content, summary: format!("{} °C, {sky}", now.temperature_2m) })
    }
}
