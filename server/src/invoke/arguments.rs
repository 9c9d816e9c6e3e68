//! The arguments of `countersign invoke`. They hold no secrets: those come from variables.

use url::{Host, Url};

/// Arguments that are wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvokeUsage {
    /// An option that this command does not have, or that is given twice.
    #[error("{0} is unknown here, or given twice")]
    Unknown(String),
    /// An option without its value.
    #[error("{0} needs a value")]
    Value(&'static str),
    /// Something is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// An option that does not belong to the kind of caller.
    #[error("{0} does not belong to this kind of caller")]
    Misplaced(&'static str),
    /// A URL to which no secret may be sent.
    #[error("{0} must be an https URL, or an http URL of this machine")]
    Url(&'static str),
    /// A session id that no door accepts.
    #[error("--session needs 33 to 256 characters of visible ASCII")]
    Session,
}

/// The proof of the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// An access token in this variable.
    Token {
        /// The variable's name.
        variable: String,
    },
    /// A token that this client gets for itself (RFC 6749 section 4.4).
    Agent {
        /// The token endpoint.
        token_url: Url,
        /// `client_id`.
        client: String,
        /// The variable with `client_secret`.
        secret_variable: String,
        /// The API of the token; the door's URL without it.
        audience: Option<String>,
    },
    /// A web identity token of AWS STS, for the role of this environment (`GetWebIdentityToken`).
    Aws {
        /// The API of the token; the door's URL without it.
        audience: Option<String>,
    },
}

/// A prompt for a door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    pub(super) url: Url,
    pub(super) credential: Credential,
    pub(super) session: Option<String>,
    pub(super) key: Option<String>,
    pub(super) prompt: String,
}

/// The options with a value, in any order.
const OPTIONS: [&str; 7] =
    ["--token-env", "--session", "--key", "--token-url", "--client-id", "--secret-env", "--audience"];

impl Invocation {
    /// Reads the words after `invoke`.
    ///
    /// # Errors
    /// The first mistake.
    pub fn parse(words: &[&str]) -> Result<Self, InvokeUsage> {
        let mut values: [Option<&str>; OPTIONS.len()] = [None; OPTIONS.len()];
        let (mut plain, mut kind) = (Vec::new(), None);
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let unknown = || InvokeUsage::Unknown((*word).to_owned());
            if let Some(at) = OPTIONS.iter().position(|name| name == word) {
                let value = words.next().ok_or(InvokeUsage::Value(OPTIONS[at]))?;
                if values[at].replace(value).is_some() {
                    return Err(unknown());
                }
            } else if matches!(*word, "--agent" | "--aws") && kind.is_none() {
                kind = Some(*word);
            } else if word.starts_with("--") || plain.len() == 2 {
                return Err(unknown());
            } else {
                plain.push(*word);
            }
        }
        let [token, session, key, token_url, client, secret, audience] = values;
        let credential = match kind {
            Some("--agent") => agent(token, [token_url, client, secret, audience])?,
            Some(_) => role(token, [token_url, client, secret], audience)?,
            None => person(token, [token_url, client, secret, audience])?,
        };
        let mut plain = plain.into_iter();
        let url = url("URL", plain.next().ok_or(InvokeUsage::Missing("URL"))?)?;
        let prompt = plain.next().ok_or(InvokeUsage::Missing("PROMPT"))?.to_owned();
        if session.is_some_and(|id| !(33..=256).contains(&id.len()) || !id.bytes().all(|byte| byte.is_ascii_graphic()))
        {
            return Err(InvokeUsage::Session);
        }
        let owned = |value: Option<&str>| value.map(str::to_owned);
        Ok(Self { url, credential, session: owned(session), key: owned(key), prompt })
    }
}

fn person(token: Option<&str>, of_agents: [Option<&str>; 4]) -> Result<Credential, InvokeUsage> {
    if let Some(at) = of_agents.iter().position(Option::is_some) {
        return Err(InvokeUsage::Misplaced(OPTIONS[at + 3]));
    }
    let variable = token.ok_or(InvokeUsage::Missing("--token-env, --agent or --aws"))?.to_owned();
    Ok(Credential::Token { variable })
}

fn agent(
    token: Option<&str>,
    [token_url, client, secret, audience]: [Option<&str>; 4],
) -> Result<Credential, InvokeUsage> {
    if token.is_some() {
        return Err(InvokeUsage::Misplaced("--token-env"));
    }
    Ok(Credential::Agent {
        token_url: url("--token-url", token_url.ok_or(InvokeUsage::Missing("--token-url"))?)?,
        client: client.ok_or(InvokeUsage::Missing("--client-id"))?.to_owned(),
        secret_variable: secret.ok_or(InvokeUsage::Missing("--secret-env"))?.to_owned(),
        audience: audience.map(str::to_owned),
    })
}

fn role(token: Option<&str>, of_clients: [Option<&str>; 3], audience: Option<&str>) -> Result<Credential, InvokeUsage> {
    if token.is_some() {
        return Err(InvokeUsage::Misplaced("--token-env"));
    }
    match of_clients.iter().position(Option::is_some) {
        Some(at) => Err(InvokeUsage::Misplaced(OPTIONS[at + 3])),
        None => Ok(Credential::Aws { audience: audience.map(str::to_owned) }),
    }
}

/// Reads a URL to which a secret is sent.
fn url(name: &'static str, text: &str) -> Result<Url, InvokeUsage> {
    let url = Url::parse(text).map_err(|_| InvokeUsage::Url(name))?;
    let is_here = match url.host() {
        Some(Host::Domain(domain)) => domain == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_here);
    if is_safe && url.password().is_none() { Ok(url) } else { Err(InvokeUsage::Url(name)) }
}
