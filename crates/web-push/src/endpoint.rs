//! The push services that are accepted. A browser tells us to which address we send, so only addresses of services that
//! the operator trusts are taken: a list of hosts, by `https`, on the standard port, at a public address.

use http_client::is_public;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::SocketAddr;
use url::{Host, Origin, Url};

/// Longest address of a subscription, in bytes. Those of the known services have fewer than 500.
const LONGEST: usize = 1024;

/// A list of push services could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be host names such as fcm.googleapis.com or *.push.apple.com, separated by spaces")]
pub struct InvalidServices;

/// The reason why an address is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefusedEndpoint {
    /// It is no URL, or too long.
    #[error("it is no URL")]
    NotUrl,
    /// It contains a user name, a password or a fragment.
    #[error("it contains credentials or a fragment")]
    Credentials,
    /// Not `https` on the standard port.
    #[error("it is not https on the standard port")]
    Scheme,
    /// Its host is not on the list.
    #[error("its host is not on the list")]
    Host,
}

/// The push services that an operator accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushServices(Vec<Pattern>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Pattern {
    Host(String),
    /// Any host below this one; never the host itself.
    Below(String),
    /// An origin on loopback, for development.
    Loopback(Origin),
}

impl PushServices {
    /// The services of the browsers, as their makers document them: Chrome and others (Firebase Cloud Messaging), Firefox
    /// (Autopush), Safari ("any subdomain of push.apple.com"), Edge (Windows Notification Service).
    pub const KNOWN: &str =
        "fcm.googleapis.com updates.push.services.mozilla.com *.push.apple.com *.notify.windows.com";

    /// Parses a list of hosts, separated by spaces. `*.` at the start stands for any host below. In development an origin
    /// on loopback, `http://127.0.0.1:4110`, is taken too.
    ///
    /// # Errors
    /// [`InvalidServices`] if an entry is neither.
    pub fn parse(text: &str) -> Result<Self, InvalidServices> {
        let patterns = text.split_whitespace().map(Pattern::parse).collect::<Option<Vec<_>>>();
        patterns.filter(|all| !all.is_empty()).map(Self).ok_or(InvalidServices)
    }

    /// Checks the address of a subscription.
    ///
    /// # Errors
    /// See [`RefusedEndpoint`].
    pub fn check(&self, endpoint: &str) -> Result<Url, RefusedEndpoint> {
        let url = Url::parse(endpoint).ok().filter(|_| endpoint.len() <= LONGEST).ok_or(RefusedEndpoint::NotUrl)?;
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(RefusedEndpoint::Credentials);
        }
        if self.0.contains(&Pattern::Loopback(url.origin())) {
            return Ok(url);
        }
        if url.scheme() != "https" || url.port().is_some() {
            return Err(RefusedEndpoint::Scheme);
        }
        // An address is never on the list, whatever its spelling.
        let Some(Host::Domain(host)) = url.host() else { return Err(RefusedEndpoint::Host) };
        if self.0.iter().any(|pattern| pattern.matches(host)) { Ok(url) } else { Err(RefusedEndpoint::Host) }
    }

    /// Returns whether a service on loopback is accepted, so that its address need not be public.
    pub(crate) fn is_for_development(&self) -> bool {
        self.0.iter().any(|pattern| matches!(pattern, Pattern::Loopback(_)))
    }
}

impl Pattern {
    fn parse(text: &str) -> Option<Self> {
        if text.contains("://") {
            let url = Url::parse(text).ok()?;
            let is_loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
            return (is_loopback && url.path() == "/" && url.query().is_none()).then(|| Self::Loopback(url.origin()));
        }
        let (name, pattern): (_, fn(String) -> Self) = match text.strip_prefix("*.") {
            Some(rest) => (rest, Self::Below),
            None => (text, Self::Host),
        };
        let is_name = name.contains('.') && name.split('.').all(|label| !label.is_empty());
        let host = Host::parse(name).ok().filter(|_| is_name)?;
        matches!(&host, Host::Domain(domain) if domain == name).then(|| pattern(name.to_owned()))
    }

    fn matches(&self, host: &str) -> bool {
        match self {
            Self::Host(own) => own == host,
            Self::Below(own) => host.strip_suffix(own).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
            Self::Loopback(_) => false,
        }
    }
}

/// Resolves names to public addresses only: a name on the list that leads into our own network is not followed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PublicOnly;

/// The name has no address, or one that is not public.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the name does not resolve to public addresses only")]
struct NotPublic;

fn only_public(addresses: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, NotPublic> {
    let is_public = !addresses.is_empty() && addresses.iter().all(|address| is_public(address.ip()));
    if is_public { Ok(addresses) } else { Err(NotPublic) }
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let addresses: Addrs = Box::new(only_public(found.collect())?.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_accepted_services_are_taken() {
        use RefusedEndpoint::{Credentials, Host, NotUrl, Scheme};
        let known = PushServices::parse(PushServices::KNOWN).unwrap();
        let long = format!("https://fcm.googleapis.com/{}", "x".repeat(LONGEST));
        for (endpoint, refused) in [
            ("https://fcm.googleapis.com/fcm/send/abc:def", None),
            ("https://FCM.googleapis.com/fcm/send/abc", None),
            ("https://updates.push.services.mozilla.com/wpush/v2/abc", None),
            ("https://web.push.apple.com/abc", None),
            ("https://wns2-par02p.notify.windows.com/w/?token=abc", None),
            ("http://fcm.googleapis.com/fcm/send/abc", Some(Scheme)),
            ("https://fcm.googleapis.com:8443/fcm/send/abc", Some(Scheme)),
            ("https://fcm.googleapis.com.evil.example/abc", Some(Host)),
            ("https://evil.example/fcm.googleapis.com", Some(Host)),
            ("https://push.apple.com/abc", Some(Host)),
            ("https://evilpush.apple.com/abc", Some(Host)),
            ("https://.push.apple.com/abc", Some(Host)),
            ("https://fcm.googleapis.com./abc", Some(Host)),
            ("https://127.0.0.1/abc", Some(Host)),
            ("https://[::1]/abc", Some(Host)),
            ("https://169.254.169.254/latest/meta-data", Some(Host)),
            ("https://2130706433/abc", Some(Host)),
            ("https://localhost/abc", Some(Host)),
            ("http://127.0.0.1:4110/abc", Some(Scheme)),
            ("https://user@fcm.googleapis.com/abc", Some(Credentials)),
            ("https://fcm.googleapis.com/abc#part", Some(Credentials)),
            ("file:///etc/passwd", Some(Scheme)),
            ("", Some(NotUrl)),
            (&long, Some(NotUrl)),
        ] {
            assert_eq!(known.check(endpoint).err(), refused, "{endpoint}");
        }
    }

    #[test]
    fn a_list_names_hosts_and_in_development_an_origin_on_loopback() {
        for (list, valid) in [
            ("push.example", true),
            ("*.push.example", true),
            ("push.example *.other.example", true),
            ("http://127.0.0.1:4110", true),
            ("", false),
            ("*", false),
            ("*.com", false),
            ("https://push.example", false),
            ("http://10.0.0.1:80", false),
            ("push.example/path", false),
            ("10.0.0.1", false),
            ("Push.example", false),
            ("a..b", false),
        ] {
            assert_eq!(PushServices::parse(list).is_ok(), valid, "{list}");
        }
        let local = PushServices::parse("http://127.0.0.1:4110").unwrap();
        assert!(local.check("http://127.0.0.1:4110/push/1").is_ok());
        assert_eq!(local.check("http://127.0.0.1:4111/push/1").err(), Some(RefusedEndpoint::Scheme));
    }

    #[test]
    fn a_name_that_leads_into_a_private_network_is_not_followed() {
        let taken = |all: &[&str]| only_public(all.iter().map(|it| it.parse().unwrap()).collect()).is_ok();
        for (addresses, public) in [
            (&["142.250.1.1:0"][..], true),
            (&["142.250.1.1:0", "10.0.0.1:0"], false),
            (&["127.0.0.1:0"], false),
            (&["[::1]:0"], false),
            (&["169.254.169.254:0"], false),
            (&[], false),
        ] {
            assert_eq!(taken(addresses), public, "{addresses:?}");
        }
    }
}
