//! The door of the AgentCore runtime contract: `POST /invocations` answers a prompt with a whole turn, as a stream or as one
//! object, `GET /ws` answers many over one WebSocket, and `GET /ping` says if a turn runs.
//! (docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-http-protocol-contract.html)

mod answer;
mod ping;
mod socket;
mod telling;

use super::DoorState;
use super::conversation::Session;
use super::person::proved;
use super::refusal::Refusal;
use crate::backend::errors::{internal, limited, not_now, not_posted};
use crate::backend::message::Message;
use crate::log;
use agent::Actor;
use agent::ids::{ConversationId, IdempotencyKey};
use agent::ports::{Clock, Header};
use agent::via::Arrival;
use answer::{place, stream, whole};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use callers::Caller;
use serde::Deserialize;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use turns::Post;

/// Name of the door, in the configuration and in the ids of conversations.
pub const NAME: &str = "runtime";

/// Port on which AgentCore Runtime expects a container that speaks this protocol.
/// (docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-http-protocol-contract.html)
pub const PORT: u16 = 8080;

/// Largest request body, in bytes: well above the longest message.
const LARGEST_BODY: usize = 512 * 1024;

/// Header with the idempotency key of a prompt: the same key with the same prompt is the same message, whose answer is told
/// again from its beginning. So a caller that lost its stream joins the turn again.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The routes of the door.
pub fn router(state: &DoorState) -> Router {
    let metadata = state.door.metadata_path();
    Router::new()
        .route("/invocations", post(invoke))
        .route("/ws", get(socket::open))
        .route(&metadata, get(super::metadata))
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY))
        .route("/ping", get(ping::ping))
        .with_state(state.clone())
        .layer(CatchPanicLayer::new())
        .layer(from_fn(log::line))
}

/// The body of `/invocations`. Anything but text in `prompt` is refused: some frameworks run a `toolUse` block that stands
/// there.
#[derive(Deserialize)]
struct Prompt {
    prompt: String,
}

/// `POST /invocations`.
async fn invoke(State(state): State<DoorState>, request: Request) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let caller = state.door.authorize(&parts).await?;
    let session = session(&parts.headers)?;
    let body = axum::body::to_bytes(body, LARGEST_BODY).await;
    let prompt = prompt(&body.map_err(|_| Refusal::Malformed("The body cannot be read, or is too large."))?)?;
    let key = key(&parts.headers)?;
    let asked = ask(&state, &caller, &session, prompt, key).await?;
    // Held until the answer has ended.
    let place = place(&state, &asked.actor)?;
    let streams = parts.headers.get_all(header::ACCEPT).iter().any(accepts_stream);
    let mut answer = if streams { stream(&state, &asked, place) } else { whole(&state, &asked).await.into_response() };
    if let Ok(id) = HeaderValue::from_str(session.as_str()) {
        answer.headers_mut().insert(Session::HEADER, id);
    }
    Ok(answer)
}

fn accepts_stream(accept: &HeaderValue) -> bool {
    accept.to_str().is_ok_and(|accept| accept.contains("text/event-stream"))
}

fn session(headers: &HeaderMap) -> Result<Session, Refusal> {
    let mut given = headers.get_all(Session::HEADER).iter();
    match (given.next(), given.next()) {
        (Some(id), None) => id.to_str().ok().and_then(Session::parse),
        _ => None,
    }
    .ok_or(Refusal::Malformed(
        "One header X-Amzn-Bedrock-AgentCore-Runtime-Session-Id of 33 to 256 characters is needed.",
    ))
}

fn prompt(body: &Bytes) -> Result<Message, Refusal> {
    let Prompt { prompt } = serde_json::from_slice(body)
        .map_err(|_| Refusal::Malformed("The body must be JSON with a text in prompt: {\"prompt\": \"…\"}."))?;
    Ok(Message::parse(&prompt)?)
}

fn key(headers: &HeaderMap) -> Result<IdempotencyKey, Refusal> {
    // A header that is no text is no key either.
    key_of(headers.get(IDEMPOTENCY_KEY).map(|key| key.to_str().unwrap_or_default()))
}

/// Returns the key that the caller chose, or a new one.
fn key_of(chosen: Option<&str>) -> Result<IdempotencyKey, Refusal> {
    match chosen {
        None => {
            let random = system::random::text().map_err(internal)?;
            IdempotencyKey::try_from(random).map_err(|_| Refusal::Malformed("No key could be made."))
        }
        Some(key) => IdempotencyKey::try_from(key.to_owned()).map_err(|_| {
            Refusal::Malformed("The idempotency key must be 8 to 64 characters of A-Z, a-z, 0-9, - and _.")
        }),
    }
}

/// A prompt that was accepted.
struct Asked {
    actor: Actor,
    conversation: ConversationId,
    /// Number of the message.
    said: u64,
    /// End of the caller's credential, in seconds since 1970.
    expires_at: i64,
}

/// Posts the prompt into the conversation of the session, which begins with it.
async fn ask(
    state: &DoorState,
    caller: &Caller,
    session: &Session,
    message: Message,
    client: IdempotencyKey,
) -> Result<Asked, Refusal> {
    let (actor, via) = proved(caller, NAME, state)?;
    let conversation = session.conversation(&actor, via.client.as_deref(), NAME);
    let services = &state.services;
    services.turns.count_post(&actor).map_err(limited)?;
    let header = Header::new(conversation.clone(), message.title(), system::SystemClock.now());
    services.conversations.begin(&actor, &header).await.map_err(not_now)?;
    let arrival = Some(Box::new(Arrival { via, call: None }));
    let post = Post { text: message.into_text(), client, session: None, replaces: None, arrival };
    let said = services.turns.say(&actor, &conversation, post).await.map_err(not_posted)?;
    Ok(Asked { actor, conversation, said, expires_at: caller.expires_at() })
}
