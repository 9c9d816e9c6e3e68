//! The document as written, before it is checked.

use super::{
    ConfigError, FunctionArn, GatewayConfig, InterceptorConfigs, Limits, System, TargetConfig, TargetName, ToolConfig,
};
use egress::{Listed, check};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;
use untrusted::skeleton;
use url::Url;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Gateway {
    #[serde(default)]
    allow: Vec<Address>,
    #[serde(default)]
    targets: BTreeMap<TargetName, TargetConfig>,
    #[serde(default)]
    interceptors: InterceptorConfigs,
}

/// An `http` or `https` URL without user information, query and fragment.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Address(pub(super) Url);

impl TryFrom<String> for Address {
    type Error = ConfigError;

    fn try_from(text: String) -> Result<Self, ConfigError> {
        let url = Url::parse(&text).map_err(|_| ConfigError::Url)?;
        let plain = url.username().is_empty() && url.password().is_none();
        let bare = url.query().is_none() && url.fragment().is_none();
        let web = matches!(url.scheme(), "http" | "https");
        if web && plain && bare { Ok(Self(url)) } else { Err(ConfigError::Url) }
    }
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Credential {
    None {},
    ApiKey {
        header: Option<String>,
        query: Option<String>,
        prefix: Option<String>,
        secret_id: Option<String>,
        secret_env: Option<String>,
    },
    ClientCredentials {
        token_url: Address,
        client_id: String,
        secret_id: Option<String>,
        secret_env: Option<String>,
        audience: Option<String>,
        #[serde(default)]
        scopes: Vec<String>,
    },
    Person {
        audience: Option<String>,
        account: Option<String>,
        #[serde(default)]
        scopes: Vec<String>,
    },
    #[serde(rename = "sigv4")]
    SigV4 {
        service: String,
        region: String,
    },
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Kind {
    OpenApi,
    Http,
    Lambda,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Target {
    kind: Kind,
    url: Option<Address>,
    document: Option<PathBuf>,
    function: Option<FunctionArn>,
    only: Option<BTreeSet<String>>,
    credential: Option<super::Credential>,
    #[serde(default)]
    tools: BTreeMap<String, ToolConfig>,
    limits: Option<RawLimits>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLimits {
    seconds: Option<u64>,
    answer_bytes: Option<usize>,
}

impl<'de> Deserialize<'de> for TargetConfig {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(Target::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl TryFrom<Target> for TargetConfig {
    type Error = ConfigError;

    fn try_from(raw: Target) -> Result<Self, ConfigError> {
        let Target { kind, url, document, function, only, credential, tools, limits } = raw;
        let endpoints = tools.values().filter(|tool| tool.endpoint.is_some()).count();
        let placed = tools.values().any(|tool| tool.parameters.values().any(|own| own.place.is_some()));
        let mut credential = credential.map_or(Ok(super::Credential::None), |own| match kind {
            Kind::Lambda => Err(ConfigError::Lambda),
            _ => Ok(own),
        })?;
        let system = match (kind, url, document, function) {
            (Kind::OpenApi, Some(url), Some(path), None) if endpoints == 0 => {
                if tools.values().any(|tool| !tool.parameters.is_empty()) {
                    return Err(ConfigError::OpenApi);
                }
                System::OpenApi { url: url.0, path, document: None }
            }
            (Kind::OpenApi, ..) => return Err(ConfigError::OpenApi),
            (Kind::Http, Some(url), None, None) if endpoints == tools.len() && only.is_none() => {
                System::Http { url: url.0 }
            }
            (Kind::Http, ..) => return Err(ConfigError::Http),
            (Kind::Lambda, url, None, Some(function)) if endpoints == 0 && only.is_none() && !placed => {
                let url = url.map_or_else(|| Address::try_from(function.endpoint()), Ok)?;
                let region = function.region().to_owned();
                credential = super::Credential::SigV4 { service: "lambda".to_owned(), region };
                System::Lambda { url: url.0, function }
            }
            (Kind::Lambda, ..) => return Err(ConfigError::Lambda),
        };
        if tools.is_empty() && !matches!(system, System::OpenApi { .. }) {
            return Err(ConfigError::NoTools);
        }
        let limits = limits.map_or_else(|| Ok(Limits::default()), Limits::try_from)?;
        Ok(Self { system, only, credential, tools, limits })
    }
}

impl TryFrom<RawLimits> for Limits {
    type Error = ConfigError;

    fn try_from(raw: RawLimits) -> Result<Self, ConfigError> {
        let standard = Self::default();
        let total = raw.seconds.map_or(standard.total, Duration::from_secs);
        let answer_bytes = raw.answer_bytes.unwrap_or(standard.answer_bytes);
        // Shorter than the time that a turn gives a call; otherwise the outcome of a call could remain unknown.
        let sound = (1..=18).contains(&total.as_secs()) && (1024..=8 * 1024 * 1024).contains(&answer_bytes);
        if sound { Ok(Self { total, answer_bytes }) } else { Err(ConfigError::Limits) }
    }
}

impl TryFrom<Gateway> for GatewayConfig {
    type Error = ConfigError;

    fn try_from(raw: Gateway) -> Result<Self, ConfigError> {
        let Gateway { allow, targets, interceptors } = raw;
        let own = Self { allow: allow.into_iter().map(|own| own.0).collect(), targets, interceptors };
        let listed = Listed::new(&own.allow);
        for (hook, interceptor) in own.interceptors.iter() {
            let url = interceptor.endpoint.url();
            check(url, &listed).map_err(|error| ConfigError::EgressOfInterceptor(hook, error))?;
        }
        let all: Vec<_> = own.targets.iter().collect();
        for (at, (name, target)) in all.iter().enumerate() {
            let token = match &target.credential {
                super::Credential::ClientCredentials(client) => Some(&client.token_url),
                _ => None,
            };
            for url in std::iter::once(target.url()).chain(token) {
                check(url, &listed).map_err(|error| ConfigError::Egress(name.to_string(), error))?;
            }
            for (other, second) in &all[..at] {
                if skeleton(name.as_str()) == skeleton(other.as_str()) {
                    return Err(ConfigError::Alike(other.to_string(), name.to_string()));
                }
                if shares_audience(target, second) {
                    return Err(ConfigError::SharedAudience(other.to_string(), name.to_string()));
                }
            }
        }
        Ok(own)
    }
}

fn shares_audience(one: &TargetConfig, other: &TargetConfig) -> bool {
    let audience = |target: &TargetConfig| match &target.credential {
        super::Credential::Person(super::PersonToken::Audience { audience, .. }) => Some(audience.clone()),
        _ => None,
    };
    one.url().origin() != other.url().origin() && audience(one).is_some_and(|own| Some(own) == audience(other))
}
