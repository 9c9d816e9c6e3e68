//! The settings of one tool of a target.

use super::{ConfigError, is_reserved};
use crate::template::{ObjectTemplate, Template};
use agent::intent::{Relation, Risk};
use http::Method;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The settings of one tool.
#[derive(Debug, Clone)]
pub(crate) struct ToolConfig {
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    /// Method and path, of tools that the configuration describes.
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) parameters: BTreeMap<String, Parameter>,
    pub(crate) risk: Risk,
    pub(crate) relation: Option<Relation>,
    pub(crate) object: Option<ObjectTemplate>,
    pub(crate) summary: Option<Template>,
    pub(crate) verb: Option<&'static str>,
    /// Agents without a person may be offered the tool.
    pub(crate) agents: bool,
}

/// An HTTP endpoint that the configuration describes.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    pub(crate) method: Method,
    pub(crate) path: Template,
}

/// A parameter that the configuration describes.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub(crate) struct Parameter {
    pub(crate) place: Option<ParameterPlace>,
    pub(crate) required: bool,
    pub(crate) schema: Value,
}

/// The place of a parameter in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ParameterPlace {
    Path,
    Query,
    Header,
    Body,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTool {
    name: Option<String>,
    description: Option<String>,
    method: Option<String>,
    path: Option<String>,
    #[serde(default)]
    parameters: BTreeMap<String, Parameter>,
    #[serde(default)]
    risk: RawRisk,
    relation: Option<String>,
    object: Option<String>,
    summary: Option<String>,
    verb: Option<String>,
    #[serde(default)]
    agents: bool,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum RawRisk {
    Read,
    #[default]
    Elevated,
}

impl Default for ToolConfig {
    /// The settings of a tool that the configuration does not name: it may do anything.
    fn default() -> Self {
        Self {
            name: None,
            description: None,
            endpoint: None,
            parameters: BTreeMap::new(),
            risk: Risk::Elevated,
            relation: None,
            object: None,
            summary: None,
            verb: None,
            agents: false,
        }
    }
}

impl ToolConfig {
    /// The JSON Schema of the described parameters.
    pub(crate) fn schema(&self) -> Value {
        let properties: Map<_, _> =
            self.parameters.iter().map(|(name, own)| (name.clone(), own.schema.clone())).collect();
        let required: Vec<_> =
            self.parameters.iter().filter(|(_, own)| own.required).map(|(name, _)| name.as_str()).collect();
        serde_json::json!({"type": "object", "properties": properties, "required": required})
    }
}

// Derived, it would borrow `verb` from the document.
impl<'de> Deserialize<'de> for ToolConfig {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(RawTool::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl TryFrom<RawTool> for ToolConfig {
    type Error = ConfigError;

    fn try_from(raw: RawTool) -> Result<Self, ConfigError> {
        let RawTool { name, description, method, path, parameters, risk, relation, object, summary, verb, agents } =
            raw;
        if description.as_ref().is_some_and(|text| !(1..=600).contains(&text.chars().count())) {
            return Err(ConfigError::Description);
        }
        let endpoint = match (method, path) {
            (None, None) => None,
            (Some(method), Some(path)) => Some(endpoint(&method, &path, &parameters)?),
            _ => return Err(ConfigError::Http),
        };
        let risk = match risk {
            RawRisk::Read => Risk::Read,
            RawRisk::Elevated => Risk::Elevated,
        };
        if risk == Risk::Read && endpoint.as_ref().is_some_and(|own| !own.only_reads()) {
            return Err(ConfigError::Risk);
        }
        Ok(Self {
            name,
            description,
            endpoint,
            parameters,
            risk,
            relation: relation.map(self::relation).transpose()?,
            object: object.map(|text| ObjectTemplate::new(&text).ok_or(ConfigError::Object)).transpose()?,
            summary: summary.map(|text| self::summary(&text)).transpose()?,
            verb: verb.map(self::verb).transpose()?,
            agents,
        })
    }
}

impl Endpoint {
    /// Returns `true` if HTTP defines the method as safe (RFC 9110 section 9.2.1).
    fn only_reads(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD)
    }
}

fn endpoint(method: &str, path: &str, parameters: &BTreeMap<String, Parameter>) -> Result<Endpoint, ConfigError> {
    let method = match method {
        "GET" => Method::GET,
        "HEAD" => Method::HEAD,
        "POST" => Method::POST,
        "PUT" => Method::PUT,
        "PATCH" => Method::PATCH,
        "DELETE" => Method::DELETE,
        _ => return Err(ConfigError::Method),
    };
    let path = Template::new(path).filter(|_| path.starts_with('/')).ok_or(ConfigError::Path)?;
    let mut in_path = BTreeSet::new();
    for (name, own) in parameters {
        match own.place {
            None => return Err(ConfigError::Parameter),
            Some(ParameterPlace::Path) if !own.required => return Err(ConfigError::Parameter),
            Some(ParameterPlace::Path) => drop(in_path.insert(name.as_str())),
            Some(ParameterPlace::Header) if is_reserved(&name.to_ascii_lowercase()) => {
                return Err(ConfigError::Header(name.clone()));
            }
            Some(ParameterPlace::Header | ParameterPlace::Query | ParameterPlace::Body) => {}
        }
    }
    if path.arguments().collect::<BTreeSet<_>>() != in_path {
        return Err(ConfigError::Path);
    }
    Ok(Endpoint { method, path })
}

fn relation(text: String) -> Result<Relation, ConfigError> {
    let good = (1..=50).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if good { Ok(Relation(crate::template::kept(text))) } else { Err(ConfigError::Relation) }
}

fn summary(text: &str) -> Result<Template, ConfigError> {
    let short = (1..=120).contains(&text.chars().count());
    Template::new(text).filter(|_| short).ok_or(ConfigError::Summary)
}

fn verb(text: String) -> Result<&'static str, ConfigError> {
    let good = (1..=24).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b' ');
    if good { Ok(crate::template::kept(text)) } else { Err(ConfigError::Verb) }
}

/// Members of a parameter's schema. Others would be ignored silently.
const SCHEMA: [&str; 5] = ["type", "description", "enum", "items", "properties"];

impl TryFrom<Map<String, Value>> for Parameter {
    type Error = ConfigError;

    fn try_from(mut raw: Map<String, Value>) -> Result<Self, ConfigError> {
        let place = raw.remove("in").map(serde_json::from_value).transpose().map_err(|_| ConfigError::Parameter)?;
        let required = match raw.remove("required") {
            None => true,
            Some(own) => own.as_bool().ok_or(ConfigError::Parameter)?,
        };
        if !raw.contains_key("type") || raw.keys().any(|name| !SCHEMA.contains(&name.as_str())) {
            return Err(ConfigError::Parameter);
        }
        Ok(Self { place, required, schema: Value::Object(raw) })
    }
}
