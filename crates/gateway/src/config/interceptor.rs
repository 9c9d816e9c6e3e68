//! The configuration of interceptors.

use super::raw::Address;
use super::{ConfigError, Credential, FunctionArn, Limits, System, TargetConfig};
use crate::interceptors::{LARGEST_PAYLOAD, Passes};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// Longest time that an interceptor can be given. Each call waits for it.
const LONGEST: u64 = 15;

/// The interceptors of the doors.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InterceptorConfigs {
    /// The one that sees requests before they are carried out.
    pub(crate) request: Option<InterceptorConfig>,
    /// The one that sees answers before the client receives them.
    pub(crate) response: Option<InterceptorConfig>,
}

/// The configuration of one interceptor.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "RawInterceptor")]
pub(crate) struct InterceptorConfig {
    /// Its place, credential and limits.
    pub(crate) endpoint: TargetConfig,
    pub(crate) passes: Passes,
}

impl InterceptorConfigs {
    /// Returns each interceptor that is configured, with the name of its hook.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &InterceptorConfig)> {
        let request = self.request.iter().map(|own| ("request", own));
        request.chain(self.response.iter().map(|own| ("response", own)))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInterceptor {
    url: Option<Address>,
    function: Option<FunctionArn>,
    credential: Option<Credential>,
    seconds: Option<u64>,
    #[serde(default)]
    pass_request_headers: bool,
    #[serde(default)]
    pass_authorization: bool,
}

impl TryFrom<RawInterceptor> for InterceptorConfig {
    type Error = ConfigError;

    fn try_from(raw: RawInterceptor) -> Result<Self, ConfigError> {
        let (system, credential) = match (raw.url, raw.function, raw.credential) {
            (url, Some(function), None) => {
                let url = url.map_or_else(|| Address::try_from(function.endpoint()), Ok)?;
                let credential =
                    Credential::SigV4 { service: "lambda".to_owned(), region: function.region().to_owned() };
                (System::Lambda { url: url.0, function }, credential)
            }
            (Some(url), None, credential) => (System::Http { url: url.0 }, credential.unwrap_or_default()),
            _ => return Err(ConfigError::Interceptor),
        };
        if matches!(credential, Credential::ClientCredentials(_) | Credential::Person(_)) {
            return Err(ConfigError::InterceptorCredential);
        }
        let passes = match (raw.pass_request_headers, raw.pass_authorization) {
            (false, false) => Passes::Nothing,
            (true, false) => Passes::Headers,
            (true, true) => Passes::HeadersAndAuthorization,
            (false, true) => return Err(ConfigError::PassAuthorization),
        };
        let seconds = raw.seconds.unwrap_or(5);
        if !(1..=LONGEST).contains(&seconds) {
            return Err(ConfigError::InterceptorSeconds);
        }
        let limits = Limits { total: Duration::from_secs(seconds), answer_bytes: LARGEST_PAYLOAD };
        let endpoint = TargetConfig { system, only: None, credential, tools: BTreeMap::new(), limits };
        Ok(Self { endpoint, passes })
    }
}
