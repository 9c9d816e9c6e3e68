//! The application's backend for one caller: wire types in, domain inside, wire types out.

mod account;
pub mod activity;
mod convert;
mod markdown;
mod message;
pub mod office;

pub(crate) use account::provider as provider_name;

use crate::random;
use crate::services::Services;
use crate::session::SessionId;
use crate::turns::{Heard, Watching, WithdrawError, key};
use agent::attention::Open;
use agent::ids::{ClientId, ConversationId};
use agent::ports::{Clock, Header, Unavailable};
use agent::{Actor, CallId};
use app::backend::Backend;
use app::wire::{ApiError, BadInput, Chat, Frame, Head, Me, Posted, Waiting};
use async_trait::async_trait;
use futures::stream::{BoxStream, StreamExt, unfold};
use message::Message;
use std::fmt;
use std::sync::Arc;

/// Most conversations in the list.
const LISTED: u32 = 50;

/// The backend, bound to its caller.
#[derive(Clone)]
pub struct ForCaller {
    services: Arc<Services>,
    actor: Actor,
    session: SessionId,
}

impl ForCaller {
    /// The backend of `actor`, whose session is `session`.
    #[must_use]
    pub fn new(services: Arc<Services>, actor: Actor, session: SessionId) -> Self {
        Self { services, actor, session }
    }

    /// The header of one of the caller's conversations. A stranger's is as absent as one that never was.
    async fn own(&self, conversation: &str) -> Result<Header, ApiError> {
        let id = ConversationId::try_from(conversation.to_owned()).map_err(|_| ApiError::NotFound)?;
        let header = self.services.conversations.header(&self.actor, &id).await.map_err(not_now)?;
        header.ok_or(ApiError::NotFound)
    }

    async fn say(&self, id: &ConversationId, message: Message, client: ClientId) -> Result<Posted, ApiError> {
        let said = self.services.turns.say(&self.actor, id, message.into_text(), client).await.map_err(not_now)?;
        Ok(Posted { conversation: id.to_string(), said: said.0, next_client_id: random::text().map_err(internal)? })
    }
}

#[async_trait]
impl Backend for ForCaller {
    async fn load(&self, conversation: Option<String>) -> Result<Chat, ApiError> {
        let list = self.services.conversations.list(&self.actor, LISTED);
        let (head, frames) = match &conversation {
            None => (None, Vec::new()),
            Some(id) => {
                let header = self.own(id).await?;
                let log = self.services.conversations.read_after(&self.actor, &header.id, 0).await.map_err(not_now)?;
                let mut frames: Vec<Frame> =
                    log.iter().filter_map(|event| convert::frame(event, self.services.thinking)).collect();
                let (since, text) = self.services.turns.hub().partial(&key(&self.actor, &header.id));
                if !text.is_empty() {
                    frames.push(Frame::Partial { since, text });
                }
                (Some(head(&header)), frames)
            }
        };
        let here = conversation.clone().and_then(|id| ConversationId::try_from(id).ok());
        let heads = list.await.map_err(not_now)?.iter().map(self::head).collect();
        Ok(Chat {
            me: me(&self.actor),
            head,
            fresh: random::text().map_err(internal)?,
            client_id: random::text().map_err(internal)?,
            heads,
            now: crate::clock::SystemClock.now(),
            frames,
            elsewhere: elsewhere(&self.services, &self.actor, here.as_ref()).await.unwrap_or_default(),
        })
    }

    async fn start(&self, conversation: String, text: String, client_id: String) -> Result<Posted, ApiError> {
        let message = Message::parse(&text)?;
        let client = client(client_id)?;
        let id = ConversationId::try_from(conversation).map_err(|_| malformed())?;
        let header = Header { id, title: message.title(), created: crate::clock::SystemClock.now() };
        self.services.conversations.begin(&self.actor, &header).await.map_err(not_now)?;
        self.say(&header.id, message, client).await
    }

    async fn post(&self, conversation: String, text: String, client_id: String) -> Result<Posted, ApiError> {
        let message = Message::parse(&text)?;
        let client = client(client_id)?;
        let header = self.own(&conversation).await?;
        self.say(&header.id, message, client).await
    }

    async fn withdraw(&self, conversation: String, said: u64) -> Result<(), ApiError> {
        let header = self.own(&conversation).await?;
        self.services.turns.withdraw(&self.actor, &header.id, said).await.map_err(too_late)
    }

    async fn stop(&self, conversation: String) -> Result<(), ApiError> {
        let header = self.own(&conversation).await?;
        self.services.turns.stop(&self.actor, &header.id).await.map_err(not_now)
    }

    async fn cancel(&self, conversation: String, call: String) -> Result<(), ApiError> {
        let header = self.own(&conversation).await?;
        self.services.turns.cancel(&self.actor, &header.id, CallId(call)).await.map_err(too_late)
    }

    async fn watch(&self, conversation: String, after: u64) -> Result<BoxStream<'static, Frame>, ApiError> {
        let header = self.own(&conversation).await?;
        let (turns, store) = (self.services.turns.clone(), self.services.conversations.clone());
        let (actor, id) = (self.actor.clone(), header.id);
        let watching = Watching::new(turns, store, actor.clone(), id.clone(), after, self.services.beat);
        let state = Some((watching, self.services.clone(), self.session));
        Ok(unfold(state, move |state| {
            let (actor, id) = (actor.clone(), id.clone());
            async move {
                let (mut watching, services, session) = state?;
                let frame = loop {
                    break match watching.next().await {
                        Heard::Event(event) => match convert::frame(&event, services.thinking) {
                            Some(frame) => frame,
                            None => continue,
                        },
                        Heard::Partial(since, text) => Frame::Partial { since, text },
                        Heard::Delta(since, text) => Frame::Delta { since, text },
                        // A session that was ended elsewhere ends its streams within one beat.
                        Heard::Beat if !services.lives(session).await => {
                            return Some((Frame::Fault { error: ApiError::SignedOut }, None));
                        }
                        Heard::Beat => Frame::Beat { elsewhere: elsewhere(&services, &actor, Some(&id)).await },
                        Heard::Lost(service) => {
                            let error = ApiError::NotNow { service: service.to_owned() };
                            return Some((Frame::Fault { error }, None));
                        }
                        Heard::Closing => return None,
                    };
                };
                Some((frame, Some((watching, services, session))))
            }
        })
        .boxed())
    }
}

/// What waits for the person's yes outside the conversation `here`; none, if that is not known now. It is a hint: what is
/// asked stands in its own conversation's log.
async fn elsewhere(services: &Services, actor: &Actor, here: Option<&ConversationId>) -> Option<Vec<Waiting>> {
    match services.attention.open(actor, crate::clock::SystemClock.now()).await {
        Ok(open) => {
            let others = open.into_iter().filter(|open| Some(&open.place.conversation) != here);
            let waiting = |open: Open| Waiting { conversation: open.place.conversation.into(), summary: open.summary };
            Some(others.map(waiting).collect())
        }
        Err(error) => {
            tracing::warn!(error = %error, "what a person has open could not be read");
            None
        }
    }
}

/// The person as pages show them.
pub(crate) fn me(actor: &Actor) -> Me {
    Me { name: actor.name().to_owned(), greeting: greeting(actor), email: actor.email().map(str::to_owned) }
}

/// The greeting, by the given name if the provider names it. A name like "Dorn, Eve" is not taken apart, and a person who is
/// known by an address or an identifier alone is greeted without a name.
fn greeting(actor: &Actor) -> String {
    let first =
        || actor.name().split_whitespace().next().filter(|word| word.chars().all(|c| c.is_alphabetic() || c == '-'));
    match actor.given_name().or_else(first) {
        Some(name) => format!("What can I do for you, {name}?"),
        None => "What can I do for you?".to_owned(),
    }
}

fn head(header: &Header) -> Head {
    Head { id: header.id.to_string(), title: header.title.clone() }
}

fn client(id: String) -> Result<ClientId, ApiError> {
    ClientId::try_from(id).map_err(|_| malformed())
}

const fn malformed() -> ApiError {
    ApiError::Invalid(BadInput::Malformed)
}

fn too_late(error: WithdrawError) -> ApiError {
    match error {
        WithdrawError::TooLate => ApiError::Invalid(BadInput::TooLate),
        WithdrawError::Unavailable(error) => not_now(error),
    }
}

fn not_now(error: Unavailable) -> ApiError {
    tracing::warn!(error = %error, "a request could not be served");
    ApiError::NotNow { service: error.service.to_owned() }
}

/// The log and the person get the same number.
fn internal(error: impl fmt::Display) -> ApiError {
    let id = random::text().unwrap_or_else(|_| "none".to_owned());
    tracing::error!(error = %error, error.id = %id, "a request failed");
    ApiError::Internal { id }
}

impl fmt::Debug for ForCaller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForCaller").field("actor", &self.actor).finish_non_exhaustive()
    }
}
