//! The configuration of the targets: a TOML document, parsed strictly. Unknown members and settings that contradict each
//! other stop the start.

mod credential;
mod error;
mod function;
mod interceptor;
mod raw;
mod tool;

pub use credential::{ClientCredentials, Credential, PersonToken, Secret};
pub(crate) use credential::{KeyPlace, is_reserved};
pub use error::ConfigError;
pub(crate) use function::FunctionArn;
pub(crate) use interceptor::InterceptorConfig;
pub use interceptor::InterceptorConfigs;
pub(crate) use tool::{ParameterPlace, ToolConfig};

use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// The configuration of all targets.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(try_from = "raw::Gateway")]
pub struct GatewayConfig {
    /// The URLs whose origins need be neither `https` nor public.
    pub allow: Vec<Url>,
    /// Each target by its name.
    pub targets: BTreeMap<TargetName, TargetConfig>,
    /// The interceptors of the doors.
    pub interceptors: InterceptorConfigs,
}

/// The name of a target: 1 to 24 characters of `[a-z0-9-]`. Its tools are called `<name>___<tool>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct TargetName(String);

/// The configuration of one target.
#[derive(Debug, Clone)]
pub struct TargetConfig {
    pub(crate) system: System,
    pub(crate) only: Option<BTreeSet<String>>,
    pub(crate) credential: Credential,
    pub(crate) tools: BTreeMap<String, ToolConfig>,
    pub(crate) limits: Limits,
}

/// The system behind a target.
#[derive(Debug, Clone)]
pub(crate) enum System {
    /// An HTTP API with an `OpenAPI` document, which [`GatewayConfig::load`] reads.
    OpenApi { url: Url, path: PathBuf, document: Option<Arc<Value>> },
    /// HTTP endpoints that the configuration describes.
    Http { url: Url },
    /// A function of AWS Lambda; `url` is the endpoint of the Lambda API.
    Lambda { url: Url, function: FunctionArn },
}

/// The limits of one target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest time for one call.
    pub total: Duration,
    /// Longest HTTP response, in bytes.
    pub answer_bytes: usize,
}

impl Default for Limits {
    /// 15 s, less than the time limit of a call in a turn, and 1 MiB.
    fn default() -> Self {
        Self { total: Duration::from_secs(15), answer_bytes: 1024 * 1024 }
    }
}

impl GatewayConfig {
    /// Parses the document.
    ///
    /// # Errors
    /// The first mistake with its place.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Reads the `OpenAPI` documents, JSON or YAML, by `read`.
    ///
    /// # Errors
    /// The target whose document cannot be read, and the reason.
    pub fn load(mut self, read: impl Fn(&Path) -> std::io::Result<String>) -> Result<Self, String> {
        for (name, target) in &mut self.targets {
            let System::OpenApi { path, document, .. } = &mut target.system else { continue };
            let text = read(path).map_err(|error| format!("[targets.{name}] document: cannot be read: {error}"))?;
            // YAML 1.2 contains JSON, but a YAML parser is slower and takes other scalars.
            let json = serde_json::from_str(&text).or_else(|_| serde_yaml_ng::from_str(&text));
            let read = json.map_err(|error| format!("[targets.{name}] document: neither JSON nor YAML: {error}"))?;
            *document = Some(Arc::new(read));
        }
        Ok(self)
    }

    /// Returns every secret that the targets and interceptors need.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.credentials().filter_map(Credential::secret)
    }

    fn credentials(&self) -> impl Iterator<Item = &Credential> {
        let interceptors = self.interceptors.iter().map(|(_, own)| &own.endpoint);
        self.targets.values().chain(interceptors).map(|own| &own.credential)
    }

    /// Returns the targets whose tools need an access token of the identity provider, with its audience.
    pub fn audiences(&self) -> impl Iterator<Item = (&TargetName, &str)> {
        self.targets.iter().filter_map(|(name, target)| match &target.credential {
            Credential::Person(PersonToken::Audience { audience, .. }) => Some((name, audience.as_str())),
            _ => None,
        })
    }

    /// Returns the targets whose tools need a person's connected account, with its provider.
    pub fn accounts(&self) -> impl Iterator<Item = (&TargetName, &str)> {
        self.targets.iter().filter_map(|(name, target)| match &target.credential {
            Credential::Person(PersonToken::Account { account, .. }) => Some((name, account.as_str())),
            _ => None,
        })
    }

    /// Returns the targets that the application calls with its own access token.
    pub fn clients(&self) -> impl Iterator<Item = (&TargetName, &ClientCredentials)> {
        self.targets.iter().filter_map(|(name, target)| match &target.credential {
            Credential::ClientCredentials(own) => Some((name, own)),
            _ => None,
        })
    }

    /// Returns `true` if a target or an interceptor needs AWS credentials.
    #[must_use]
    pub fn needs_aws(&self) -> bool {
        self.credentials().any(|own| matches!(own, Credential::SigV4 { .. }))
    }
}

impl TargetConfig {
    /// The address of the target, for people.
    #[must_use]
    pub fn url(&self) -> &Url {
        match &self.system {
            System::OpenApi { url, .. } | System::Http { url } | System::Lambda { url, .. } => url,
        }
    }
}

impl TargetName {
    /// Returns the name, or `None` if it has other characters or another length.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        ((1..=24).contains(&name.len()) && name.chars().all(good)).then(|| Self(name.to_owned()))
    }

    /// The text of the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The provider in the needs of its tools, such as `target:orders`.
    #[must_use]
    pub fn provider(&self) -> String {
        format!("target:{self}")
    }
}

impl TryFrom<String> for TargetName {
    type Error = ConfigError;

    fn try_from(name: String) -> Result<Self, ConfigError> {
        Self::new(&name).ok_or(ConfigError::Name)
    }
}

impl fmt::Display for TargetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
