//! The calls by which people turn notifications on and off in their browsers. `push.js` subscribes; a plain form removes.

use crate::caller::Caller;
use crate::current_user::CurrentUser;
use crate::logout::Auth;
use crate::page_error::PageError;
use crate::script_error::ScriptError;
use crate::services::Services;
use crate::session::short_hash;
use crate::zone::Zone;
use agent::Actor;
use agent::notifications::{NotSubscribed, Recipient, Subscription};
use agent::ports::{Clock, InvalidSubscription, Unavailable};
use app::pages::inbox::{Browser, Notifications};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Redirect;
use axum::{Form, Json};
use dynamo::DynamoSessions;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use system::SystemClock;

/// Longest wait of the inbox for a person's subscriptions: what waits for them is shown without.
const PATIENCE: Duration = Duration::from_secs(2);

/// The state of the call that subscribes.
#[derive(Debug, Clone)]
pub(crate) struct SubscribeState {
    /// The subscriptions.
    pub services: Arc<Services>,
    /// The sessions.
    pub auth: Auth,
}

/// A subscription as a browser describes it (`PushSubscription.toJSON()`, Push API, section 8).
#[derive(Deserialize)]
pub(crate) struct Subscribed {
    endpoint: String,
    keys: Keys,
}

#[derive(Deserialize)]
struct Keys {
    p256dh: String,
    auth: String,
}

/// `POST /notifications/subscribe`: tells the caller in this browser from now on. Repeating it for the same browser
/// renews its session.
pub(crate) async fn subscribe(
    State(SubscribeState { services, auth }): State<SubscribeState>,
    Caller { actor, session, .. }: Caller,
    headers: HeaderMap,
    Json(Subscribed { endpoint, keys }): Json<Subscribed>,
) -> Result<Json<serde_json::Value>, ScriptError> {
    services.turns.count_post(&actor).map_err(|_| TOO_FAST)?;
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let subscription = Subscription {
        id: id(&endpoint),
        endpoint,
        p256dh: keys.p256dh,
        auth: keys.auth,
        session: DynamoSessions::key_of(&session.0),
        label: label(agent),
        added: SystemClock.now(),
    };
    services.notifier.check(&subscription).map_err(|reason| match reason {
        InvalidSubscription::Off => OFF,
        InvalidSubscription::Endpoint => SERVICE,
        InvalidSubscription::Keys => BROKEN,
    })?;
    let goes_on = async {
        let user = auth.user(&session.0).await;
        user.map(|user| user.is_some()).map_err(|cause| Unavailable::new("the session store", cause))
    };
    match services.subscriptions.add_while(goes_on, &Recipient::from(&actor), subscription).await {
        Ok(()) => Ok(Json(json!({}))),
        Err(NotSubscribed::SignedOut) => Err(SIGNED_OUT),
        Err(NotSubscribed::Full) => Err(FULL),
        Err(NotSubscribed::Unavailable(error)) => Err(error.into()),
    }
}

const TOO_FAST: ScriptError =
    ScriptError::of(StatusCode::TOO_MANY_REQUESTS, "You are doing this very often. Try again in a minute.");
const SIGNED_OUT: ScriptError =
    ScriptError::of(StatusCode::UNAUTHORIZED, "You are signed out. Sign in, then try again.");
const OFF: ScriptError = ScriptError::of(StatusCode::NOT_FOUND, "Notifications are not set up here.");
const SERVICE: ScriptError =
    ScriptError::of(StatusCode::BAD_REQUEST, "Your company does not allow the notification service of this browser.");
const BROKEN: ScriptError = ScriptError::of(StatusCode::BAD_REQUEST, "This browser cannot be used for notifications.");
const FULL: ScriptError =
    ScriptError::of(StatusCode::CONFLICT, "You are notified in 10 browsers. Remove one to add another.");

/// Returns the id of the subscription with this address. `push.js` computes the same, to recognize its own browser.
fn id(endpoint: &str) -> String {
    short_hash(endpoint, 32)
}

/// The browser to remove.
#[derive(Debug, Deserialize)]
pub(crate) struct Removed {
    id: String,
}

/// `POST /notifications/remove`.
pub(crate) async fn remove(
    State(services): State<Arc<Services>>,
    CurrentUser(actor): CurrentUser,
    Form(Removed { id }): Form<Removed>,
) -> Result<Redirect, PageError> {
    services.subscriptions.remove(&Recipient::from(&actor), &id).await?;
    Ok(Redirect::to("/inbox"))
}

/// Returns the settings of the person's notifications; `None` if notifications are off.
pub(crate) async fn settings(
    services: &Services,
    actor: &Actor,
    zone: &Zone,
) -> Result<Option<Notifications>, Unavailable> {
    let Some(key) = services.notifier.key() else { return Ok(None) };
    let person = Recipient::from(actor);
    let list = services.subscriptions.list(&person);
    let all = tokio::time::timeout(PATIENCE, list).await;
    let all = all.unwrap_or_else(|_| Err(Unavailable::new("the store of notifications", "it took too long")))?;
    let browser = |own: Subscription| Browser { id: own.id, label: own.label, added: zone.full(own.added) };
    Ok(Some(Notifications { key: key.to_owned(), browsers: all.into_iter().map(browser).collect() }))
}

/// Names a browser by its `User-Agent`, from fixed words only. Most browsers also claim to be Chrome or Safari, so the
/// order matters.
fn label(agent: &str) -> String {
    let first =
        |words: &[(&str, &'static str)]| words.iter().find(|(word, _)| agent.contains(word)).map(|(_, name)| *name);
    let browser = first(&[
        ("Firefox/", "Firefox"),
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "Another browser".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_named_by_words_of_ours_alone() {
        for (agent, expected) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox, Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0",
                "Edge, Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36",
                "Chrome, Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari, iPhone",
            ),
            ("curl/8 <script>", "Another browser"),
            ("", "Another browser"),
        ] {
            assert_eq!(label(agent), expected);
        }
    }
}
