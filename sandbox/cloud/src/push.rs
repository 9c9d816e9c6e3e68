//! A push service (RFC 8030) and the browsers behind it. It checks what the known services check and more, so that a request
//! that they would refuse or misunderstand is a sin here; and it decrypts each message with the keys of its browser.

mod browser;
mod request;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use sandbox_kit::{Clock, Sins};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use browser::Keys;
use request::{Headers, Refusal};

/// A message that a browser received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The subscription.
    pub id: String,
    /// The decrypted text.
    pub text: String,
    /// Seconds for which the service keeps it.
    pub ttl_s: u32,
    /// A message with the same topic replaces it.
    pub topic: Option<String>,
    /// Its urgency.
    pub urgency: String,
    /// The contact that the sender names.
    pub contact: String,
    /// Its time, in milliseconds since 1970.
    pub at: i64,
}

/// The description of a subscription that a browser gives its page (`PushSubscription.toJSON()`).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Subscription {
    /// The address for messages.
    pub endpoint: String,
    /// The keys.
    pub keys: PublicKeys,
}

/// The keys of a subscription, in base64url.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PublicKeys {
    /// The public key.
    pub p256dh: String,
    /// The authentication secret.
    pub auth: String,
}

/// The push service. Clones share its state.
#[derive(Debug, Clone)]
pub struct Push {
    /// The origin of its addresses, and the audience of tokens.
    origin: String,
    state: Arc<Mutex<Inner>>,
    /// The number of requests so far, accepted or not.
    requests: Arc<watch::Sender<usize>>,
    clock: Clock,
    sins: Sins,
}

#[derive(Debug, Default)]
struct Inner {
    browsers: BTreeMap<String, Browser>,
    messages: Vec<Message>,
}

#[derive(Debug)]
struct Browser {
    keys: Keys,
    /// The key that senders must sign with (RFC 8292, section 4).
    sender: String,
    is_open: bool,
}

impl Push {
    /// Creates the service at `origin`.
    #[must_use]
    pub fn new(origin: String, clock: Clock, sins: Sins) -> Self {
        Self { origin, state: Arc::default(), requests: Arc::new(watch::Sender::new(0)), clock, sins }
    }

    /// Subscribes a new browser; `sender` is the public key of the application server. `None` if the machine has no
    /// randomness.
    #[must_use]
    pub fn subscribe(&self, sender: &str) -> Option<Subscription> {
        let (keys, id) = (Keys::generate()?, browser::random_name()?);
        let (p256dh, auth) = keys.public();
        let endpoint = format!("{}/push/{id}", self.origin);
        self.lock().browsers.insert(id, Browser { keys, sender: sender.to_owned(), is_open: true });
        Some(Subscription { endpoint, keys: PublicKeys { p256dh, auth } })
    }

    /// Ends all subscriptions, as browsers do when a person withdraws the permission.
    pub fn end_all(&self) {
        self.lock().browsers.values_mut().for_each(|browser| browser.is_open = false);
    }

    /// Returns all messages so far, oldest first.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.lock().messages.clone()
    }

    /// Waits for this many requests since the start, accepted or not.
    pub async fn until(&self, requests: usize) {
        // The sender lives as long as this value.
        let _ = self.requests.subscribe().wait_for(|own| *own >= requests).await;
    }

    /// Returns the routes: for application servers `/push/{id}`, for browsers `/subscriptions`.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/push/{id}", post(receive))
            .route("/subscriptions", post(subscribe))
            .with_state(self.clone())
    }

    fn receive(&self, id: &str, headers: &HeaderMap, body: &[u8]) -> Result<String, Refusal> {
        let mut state = self.lock();
        let browser = state.browsers.get(id).ok_or(Refusal::gone(StatusCode::NOT_FOUND))?;
        if !browser.is_open {
            return Err(Refusal::gone(StatusCode::GONE));
        }
        let now = self.clock.seconds();
        let contact = request::authorized(headers, &self.origin, &browser.sender, now)?;
        let Headers { ttl_s, topic, urgency } = Headers::parse(headers)?;
        if body.len() > 4096 {
            return Err(Refusal::of(StatusCode::PAYLOAD_TOO_LARGE, "the body has more than 4096 bytes"));
        }
        let text = browser.keys.decrypt(body).map_err(|why| Refusal::of(StatusCode::BAD_REQUEST, why))?;
        let at = self.clock.millis();
        state.messages.push(Message { id: id.to_owned(), text, ttl_s, topic, urgency, contact, at });
        Ok(format!("{}/message/{}", self.origin, state.messages.len()))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn receive(State(push): State<Push>, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let received = push.receive(&id, &headers, &body);
    push.requests.send_modify(|own| *own += 1);
    match received {
        Ok(location) => (StatusCode::CREATED, [(header::LOCATION, location)]).into_response(),
        Err(refusal) => {
            if let Some(sin) = &refusal.sin {
                push.sins.commit("push", sin.clone());
            }
            (refusal.status, refusal.sin.unwrap_or_default()).into_response()
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subscribe {
    application_server_key: String,
}

async fn subscribe(State(push): State<Push>, Json(wish): Json<Subscribe>) -> Response {
    match push.subscribe(&wish.application_server_key) {
        Some(subscription) => Json(subscription).into_response(),
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
