//! The rule for outgoing requests: `https` to public addresses, plus the origins that the configuration lists. An
//! address is checked after resolution, and the connection goes to the checked address.

pub use http_client::is_public;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::error::Error;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};

/// Longest time for a connection.
const LONGEST_CONNECT: Duration = Duration::from_secs(5);

/// The reason why a request is forbidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EgressError {
    /// Not `https`, and not listed.
    #[error("only https is allowed")]
    Scheme,
    /// The URL contains a user name or a password.
    #[error("an address with credentials is not allowed")]
    Credentials,
    /// It is, or resolves to, an address of this machine or of a network that is not public.
    #[error("the address is not public")]
    NotPublic,
    /// The name has no address.
    #[error("the name has no address")]
    Unresolved,
    /// No client could be created on this machine.
    #[error("the HTTP client could not be created")]
    NoClient,
}

/// Resolves host names.
#[async_trait]
pub trait Lookup: Send + Sync + fmt::Debug {
    /// Returns all addresses; the port is irrelevant.
    ///
    /// # Errors
    /// An error if the name cannot be resolved.
    async fn lookup(&self, host: &str) -> std::io::Result<Vec<IpAddr>>;
}

/// The operating system's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn lookup(&self, host: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Origins that may be reached although they are neither `https` nor public. Scheme, host and port must match exactly.
#[derive(Debug, Clone, Default)]
pub struct Listed(Vec<url::Origin>);

impl Listed {
    /// Collects the origins of these URLs.
    #[must_use]
    pub fn new<'a>(urls: impl IntoIterator<Item = &'a Url>) -> Self {
        Self(urls.into_iter().map(Url::origin).collect())
    }

    fn has(&self, url: &Url) -> bool {
        let origin = url.origin();
        origin.is_tuple() && self.0.contains(&origin)
    }
}

/// Checks whether a request may go to `url`, without resolving its host name.
///
/// # Errors
/// See [`EgressError`].
pub fn check(url: &Url, listed: &Listed) -> Result<(), EgressError> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err(EgressError::Credentials);
    }
    if listed.has(url) {
        return Ok(());
    }
    if url.scheme() != "https" {
        return Err(EgressError::Scheme);
    }
    // The parser has normalized every spelling of an address: decimal, hexadecimal, octal, short.
    let address = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        Some(Host::Domain(_)) => return Ok(()),
        None => return Err(EgressError::Scheme),
    };
    if is_public(address) { Ok(()) } else { Err(EgressError::NotPublic) }
}

/// Creates a client for requests to `url`. Unless the origin is listed, it connects only to public addresses. It ignores
/// proxies of the environment: a proxy resolves names itself, after the check, and may
/// reach networks that this machine does not.
///
/// # Errors
/// See [`EgressError`].
pub fn client(
    url: &Url,
    listed: &Listed,
    lookup: &Arc<dyn Lookup>,
    total: Duration,
) -> Result<reqwest::Client, EgressError> {
    check(url, listed)?;
    // An error of its own: a connection that was not made has sent nothing.
    let builder = http_client::builder(total).no_proxy().connect_timeout(LONGEST_CONNECT.min(total / 2));
    let reach = if listed.has(url) { Reach::Anywhere } else { Reach::Public };
    let resolver = Resolver { lookup: lookup.clone(), reach };
    builder.dns_resolver(Arc::new(resolver)).build().map_err(|_| EgressError::NoClient)
}

/// Returns the egress error that caused an error of the HTTP client, if one did.
#[must_use]
pub fn reason(error: &reqwest::Error) -> Option<EgressError> {
    let mut source: Option<&(dyn Error + 'static)> = error.source();
    while let Some(own) = source {
        if let Some(reason) = own.downcast_ref::<EgressError>() {
            return Some(*reason);
        }
        source = own.source();
    }
    None
}

#[derive(Debug, Clone, Copy)]
enum Reach {
    Public,
    Anywhere,
}

struct Resolver {
    lookup: Arc<dyn Lookup>,
    reach: Reach,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, reach) = (self.lookup.clone(), self.reach);
        Box::pin(async move {
            let addresses = lookup.lookup(name.as_str()).await.map_err(|_| EgressError::Unresolved)?;
            if addresses.is_empty() {
                return Err(EgressError::Unresolved.into());
            }
            // DNS rebinding starts with a private address among public ones.
            if matches!(reach, Reach::Public) && !addresses.iter().all(|address| is_public(*address)) {
                return Err(EgressError::NotPublic.into());
            }
            let addresses: Addrs = Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests;
