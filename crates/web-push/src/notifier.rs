//! The notifier: sends each notice to every browser of the person, in the background.

use crate::encryption::{BrowserKeys, encrypt};
use crate::endpoint::{PublicOnly, PushServices};
use crate::vapid::{Contact, VapidKey};
use agent::notifications::{Notice, Subscription, Subscriptions};
use agent::ports::{Clock, InvalidSubscription, Millis, Notifier};
use futures::future::join_all;
use reqwest::{StatusCode, header};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Longest time of one request to a push service.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Most notices that are being sent at once on one instance; further ones are dropped.
const AT_ONCE: usize = 64;

/// The message. It says nothing of the request: the push service learns its length, a stolen phone nothing more than that
/// somebody waits.
const MESSAGE: &[u8] = br#"{"waits":"approval"}"#;

/// The topic (RFC 8030, section 5.4): a newer message replaces an older one that was not delivered yet.
const TOPIC: &str = "approval";

/// Sends notices by Web Push.
#[derive(Clone)]
pub struct WebPush(Arc<Inner>);

struct Inner {
    key: VapidKey,
    contact: Contact,
    services: PushServices,
    subscriptions: Subscriptions,
    clock: Arc<dyn Clock>,
    client: reqwest::Client,
    places: Arc<Semaphore>,
}

/// The result of sending one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sent {
    /// The service took it.
    Accepted,
    /// The subscription has ended (RFC 8030, section 7.3; services also answer 410).
    Ended,
    /// Anything else.
    Failed,
}

impl WebPush {
    /// Creates the notifier. `key` and `contact` identify this server to the push services `services`.
    ///
    /// # Errors
    /// An error if no HTTP client can be created on this machine.
    pub fn new(
        key: VapidKey,
        contact: Contact,
        services: PushServices,
        subscriptions: Subscriptions,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, reqwest::Error> {
        let (client, places) = (client(&services)?, Arc::new(Semaphore::new(AT_ONCE)));
        Ok(Self(Arc::new(Inner { key, contact, services, subscriptions, clock, client, places })))
    }
}

/// Creates the client of the requests to push services. It ignores proxies of the environment: a proxy resolves names
/// itself, after the check of the address, and may reach networks that this machine does not.
fn client(services: &PushServices) -> Result<reqwest::Client, reqwest::Error> {
    let builder = http_client::builder(TIMEOUT).no_proxy();
    let is_for_development = services.is_for_development();
    let builder = if is_for_development { builder } else { builder.dns_resolver(Arc::new(PublicOnly)) };
    builder.build()
}

impl Notifier for WebPush {
    fn key(&self) -> Option<&str> {
        Some(self.0.key.public())
    }

    fn check(&self, own: &Subscription) -> Result<(), InvalidSubscription> {
        self.0.services.check(&own.endpoint).map_err(|reason| {
            tracing::warn!(%reason, "the address of a subscription was refused");
            InvalidSubscription::Endpoint
        })?;
        BrowserKeys::parse(&own.p256dh, &own.auth).map(|_| ()).map_err(|_| InvalidSubscription::Keys)
    }

    fn notify(&self, notice: Notice) {
        let Ok(place) = self.0.places.clone().try_acquire_owned() else {
            tracing::warn!(approval = %notice.request, "a notification was dropped: too many are being sent");
            return;
        };
        let inner = self.0.clone();
        tokio::spawn(async move {
            inner.deliver(&notice).await;
            drop(place);
        });
    }
}

impl Inner {
    async fn deliver(&self, notice: &Notice) {
        let now = self.clock.now();
        let browsers = match self.subscriptions.claim(notice, now).await {
            Ok(browsers) => browsers,
            Err(error) => {
                tracing::warn!(error = %error, "a person could not be notified");
                return;
            }
        };
        let left_s = (notice.until - now).div_euclid(1000).max(0);
        let sent = join_all(browsers.iter().map(|browser| self.send(browser, left_s, now))).await;
        let accepted = sent.iter().filter(|sent| **sent == Sent::Accepted).count();
        if !browsers.is_empty() {
            let (approval, occasion) = (&notice.request, notice.occasion);
            tracing::info!(%approval, ?occasion, browsers = browsers.len(), accepted, "a person was notified");
        }
        for (browser, _) in browsers.iter().zip(sent).filter(|(_, sent)| *sent == Sent::Ended) {
            if let Err(error) = self.subscriptions.remove(&notice.to, &browser.id).await {
                tracing::warn!(error = %error, "a subscription that has ended could not be removed");
            }
        }
    }

    /// Sends one message, once: a repeated one could ring twice.
    async fn send(&self, browser: &Subscription, ttl_s: i64, now: Millis) -> Sent {
        match self.request(browser, ttl_s, now).await {
            Ok(StatusCode::NOT_FOUND | StatusCode::GONE) => Sent::Ended,
            Ok(status) if status.is_success() => Sent::Accepted,
            Ok(status) => {
                tracing::warn!(status = status.as_u16(), "a push service refused a message");
                Sent::Failed
            }
            Err(reason) => {
                tracing::warn!(reason, "a message could not be sent to a push service");
                Sent::Failed
            }
        }
    }

    async fn request(&self, browser: &Subscription, ttl_s: i64, now: Millis) -> Result<StatusCode, String> {
        // Checked again: the operator's list may have become shorter.
        let url = self.services.check(&browser.endpoint).map_err(|reason| reason.to_string())?;
        let keys = BrowserKeys::parse(&browser.p256dh, &browser.auth).map_err(|error| error.to_string())?;
        let body = encrypt(&keys, MESSAGE).map_err(|error| error.to_string())?;
        let authorization = self.key.authorization(&url.origin(), &self.contact, now.div_euclid(1000));
        let request = self
            .client
            .post(url)
            .header(header::AUTHORIZATION, authorization.map_err(|error| error.to_string())?)
            .header(header::CONTENT_ENCODING, "aes128gcm")
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header("ttl", ttl_s)
            .header("topic", TOPIC)
            .header("urgency", "high")
            .body(body);
        // The URL is a capability (RFC 8030, section 8.1), so it stays out of the log.
        let answer = request.send().await.map_err(|error| error.without_url().to_string())?;
        Ok(answer.status())
    }
}

impl fmt::Debug for WebPush {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebPush").field("services", &self.0.services).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
