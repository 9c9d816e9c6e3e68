//! The application's backend for one caller. It takes and returns the wire types of the pages, and translates them from
//! and to domain types.

mod account;
pub mod activity;
mod conversations;
pub(crate) mod convert;
pub(crate) mod errors;
pub(crate) mod export;
mod markdown;
pub(crate) mod message;
mod pages;
mod parts;
pub mod permissions;
pub mod role;
mod stream;
pub(crate) mod translate;
mod typeset;

pub use account::provider as provider_name;
pub(crate) use errors::{limited, not_now, unread};
pub use pages::rail::RoleHints;

use crate::services::Services;
use crate::session::{SessionId, short_hash};
use crate::zone::Zone;
use agent::ids::{ConversationId, IdempotencyKey};
use agent::ports::{Clock, Header, ListCursor};
use agent::prompts::OpenPrompt;
use agent::turn::Event;
use agent::{Actor, CallId};
use app::Texts;
use app::backend::{Backend, Place};
use app::pages::accounts::Provider;
use app::pages::activity::{Activity, EntryPage, Whose};
use app::pages::conversations::{Conversations, Deleted};
use app::pages::inbox::Notifications;
use app::pages::tools::Server;
use app::pages::{PageFailure, StandingItem, Waiting as Approval};
use app::wire::{ApiError, BadInput, Chat, Frame, Past, Posted, Rail, Replaced, Role, Talk, Waiting};
use async_trait::async_trait;
use convert::View;
use errors::{internal, malformed, not_posted, too_late};
use futures::stream::BoxStream;
use message::Message;
use pages::rail::{self, Column};
use parts::{Part, Parts};
use role::OPERATOR;
use std::fmt;
use std::sync::Arc;
use stream::{Beats, Stream};
use system::random;
use turns::cached_conversations::{ListPart, Log};
use turns::{Post, Watching, key};
use typeset::Typesetter;

/// Most conversations in one part of the list.
const LISTED: u32 = 50;

/// The backend, bound to its caller.
#[derive(Clone)]
pub struct ForCaller {
    services: Arc<Services>,
    actor: Actor,
    session: SessionId,
    zone: Zone,
}

impl ForCaller {
    /// Returns the backend of `actor`, whose session is `session`; times are shown in `zone`.
    #[must_use]
    pub fn new(services: Arc<Services>, actor: Actor, session: SessionId, zone: Zone) -> Self {
        Self { services, actor, session, zone }
    }

    /// Returns the header of one of the caller's conversations. Another person's conversation is reported like a
    /// missing one.
    async fn own(&self, conversation: &str) -> Result<Header, ApiError> {
        let id = id(conversation.to_owned())?;
        let header = self.services.conversations.header(&self.actor, &id).await.map_err(not_now)?;
        header.ok_or(ApiError::NotFound)
    }

    /// Returns the requested part of a conversation, with the text block that the model is still writing.
    fn shown(&self, id: &ConversationId, log: &Log, place: Option<Place>) -> Shown {
        let parts = Parts::of(log.events(), self.view());
        let before = |number| match parts.before(number) {
            Some((part, past)) => (part, Some(past)),
            None => (parts.last(), None),
        };
        let (Part { mut frames, earlier }, past) = match place {
            Some(Place::Before(number)) => before(number),
            Some(Place::At(number)) => parts.with(number),
            None => (parts.last(), None),
        };
        let (since, text) = self.services.turns.hub().partial(&key(&self.actor, id));
        if !text.is_empty() {
            frames.push(Typesetter::default().whole(since, &text));
        }
        Shown { frames, last: log.last(), past, earlier, replaced: parts.replaced() }
    }

    /// Returns the form in which the caller sees events.
    fn view(&self) -> View {
        View { reasoning: self.services.reasoning, texts: self.zone.texts() }
    }

    async fn say(
        &self,
        id: &ConversationId,
        message: Message,
        client: IdempotencyKey,
        replaces: Option<u64>,
    ) -> Result<Posted, ApiError> {
        let post =
            Post { text: message.into_text(), client, session: Some(self.session.tag()), replaces, arrival: None };
        let said = self.services.turns.say(&self.actor, id, post).await.map_err(not_posted)?;
        Ok(Posted { conversation: id.to_string(), said, next_client_id: random::text().map_err(internal)? })
    }
}

/// The part of a conversation that a page shows.
#[derive(Default)]
struct Shown {
    frames: Vec<Frame>,
    last: u64,
    past: Option<Past>,
    earlier: Option<u64>,
    replaced: Vec<Replaced>,
}

#[async_trait]
impl Backend for ForCaller {
    async fn load(
        &self,
        conversation: Option<String>,
        place: Option<Place>,
        older: Option<String>,
    ) -> Result<Chat, ApiError> {
        // A cursor that cannot be parsed leads to the first part of the list.
        let after: Option<ListCursor> = older.and_then(|place| place.parse().ok());
        let id = conversation.map(ConversationId::try_from).transpose().map_err(|_| ApiError::NotFound)?;
        let part = ListPart { most: LISTED, after: after.as_ref() };
        let page = self.services.pages.page(&self.actor, id.as_ref(), part);
        let (page, others) = futures::join!(page, self.services.inbox.of(&self.services, &self.actor));
        let page = page.map_err(unread)?;
        let (head, shown) = match (&id, &page.conversation) {
            (None, _) => (None, Shown::default()),
            (Some(_), None) => return Err(ApiError::NotFound),
            (Some(id), Some((header, log))) => (Some(rail::head(header, &self.zone)), self.shown(id, log, place)),
        };
        let open = page.open.unwrap_or_default();
        let talk = Talk {
            owner: owner(&self.actor),
            asker: asker(&self.actor),
            conversation: id.as_ref().map(ToString::to_string),
            fresh: random::text().map_err(internal)?,
            client_id: random::text().map_err(internal)?,
            now: system::SystemClock.now(),
            frames: shown.frames,
            last: shown.last,
            past: shown.past,
            earlier: shown.earlier,
            replaced: shown.replaced,
            edit: None,
            elsewhere: waiting(open.clone(), id.as_ref(), self.zone.texts()),
            others,
        };
        let column = Column { listing: page.listing, after, open, others };
        Ok(Chat { rail: rail::rail(&self.actor, &self.zone, column, Vec::new()), head, talk })
    }

    fn asker(&self) -> String {
        asker(&self.actor)
    }

    async fn roles(&self) -> Vec<Role> {
        self.services.roles.of(&self.services, &self.actor).await
    }

    async fn rail(&self) -> Result<Rail, ApiError> {
        let page = self.services.pages.page(&self.actor, None, ListPart { most: LISTED, after: None });
        let others = self.services.inbox.of(&self.services, &self.actor);
        let (page, roles, others) = futures::join!(page, self.roles(), others);
        let page = page.map_err(unread)?;
        let column = Column { listing: page.listing, after: None, open: page.open.unwrap_or_default(), others };
        Ok(rail::rail(&self.actor, &self.zone, column, roles))
    }

    async fn activity(&self, whose: Whose, query: &str) -> Result<Activity, PageFailure> {
        pages::activity::activity(&self.services, &self.actor, &self.zone, whose, query).await
    }

    async fn activity_entry(&self, id: &str) -> Result<EntryPage, PageFailure> {
        pages::activity::one(&self.services, &self.actor, &self.zone, id).await
    }

    async fn accounts(&self) -> Result<Vec<Provider>, ApiError> {
        Ok(pages::accounts::accounts(&self.services, &self.actor, &self.zone).await)
    }

    async fn approvals(&self) -> Result<Vec<Approval>, ApiError> {
        crate::answers::waiting_for(&self.services, &self.actor, &self.zone).await.map_err(not_now)
    }

    async fn standing_approvals(&self) -> Result<Vec<StandingItem>, ApiError> {
        crate::standing::list(&self.services, &self.actor, &self.zone).await.map_err(not_now)
    }

    async fn notifications(&self) -> Result<Option<Notifications>, ApiError> {
        crate::notifications::settings(&self.services, &self.actor, &self.zone).await.map_err(not_now)
    }

    async fn remote_tools(&self) -> Result<Vec<Server>, PageFailure> {
        role::require(&self.services, &self.actor, OPERATOR).await.map_err(crate::tools::refused)?;
        let servers = self.services.remote_tools.look(&self.actor).await.map_err(not_now)?;
        Ok(servers.iter().map(|own| pages::tools::server(own, &self.zone)).collect())
    }

    async fn start(&self, conversation: String, text: String, client_id: String) -> Result<Posted, ApiError> {
        let message = Message::parse(&text)?;
        let client = client(client_id)?;
        let id = ConversationId::try_from(conversation).map_err(|_| malformed())?;
        self.services.turns.count_post(&self.actor).map_err(limited)?;
        let header = Header::new(id, message.title(), system::SystemClock.now());
        self.services.conversations.begin(&self.actor, &header).await.map_err(not_now)?;
        self.say(&header.id, message, client, None).await
    }

    async fn post(
        &self,
        conversation: String,
        text: String,
        client_id: String,
        replaces: Option<u64>,
    ) -> Result<Posted, ApiError> {
        let message = Message::parse(&text)?;
        let client = client(client_id)?;
        self.services.turns.count_post(&self.actor).map_err(limited)?;
        // The store appends nothing to a conversation that is not there.
        let id = id(conversation)?;
        self.say(&id, message, client, replaces).await
    }

    async fn resend(&self, conversation: String, said: u64) -> Result<Posted, ApiError> {
        let id = id(conversation)?;
        self.services.turns.count_post(&self.actor).map_err(limited)?;
        let part = ListPart { most: 1, after: None };
        let page = self.services.pages.page(&self.actor, Some(&id), part).await.map_err(unread)?;
        let (_, log) = page.conversation.ok_or(ApiError::NotFound)?;
        let text = log.events().find(|entry| entry.number == said).and_then(|entry| match &entry.event {
            Event::UserSaid { text, .. } => Some(text.clone()),
            _ => None,
        });
        let text = text.ok_or(ApiError::Invalid(BadInput::NotReplaceable))?;
        // A second press is the same message.
        self.say(&id, Message::parse(&text)?, client(format!("resend-{said}"))?, Some(said)).await
    }

    async fn withdraw(&self, conversation: String, said: u64) -> Result<(), ApiError> {
        let header = self.own(&conversation).await?;
        self.services.turns.withdraw(&self.actor, &header.id, said).await.map_err(too_late)
    }

    async fn stop(&self, conversation: String) -> Result<(), ApiError> {
        let header = self.own(&conversation).await?;
        self.services.turns.stop(&self.actor, &header.id).await.map_err(unread)
    }

    async fn cancel(&self, conversation: String, call: String) -> Result<(), ApiError> {
        let header = self.own(&conversation).await?;
        self.services.turns.cancel(&self.actor, &header.id, CallId(call)).await.map_err(too_late)
    }

    async fn rename(&self, conversation: String, title: String) -> Result<(), ApiError> {
        self.retitle(conversation, &title).await
    }

    async fn delete(&self, conversation: String) -> Result<Deleted, ApiError> {
        self.remove(conversation).await
    }

    async fn restore(&self, conversation: String) -> Result<(), ApiError> {
        let id = id(conversation)?;
        self.services.turns.restore(&self.actor, &id).await.map_err(conversations::unchanged)
    }

    async fn conversations(&self, query: &str) -> Result<Conversations, ApiError> {
        self.listed(query).await
    }

    async fn watch(&self, conversation: String, after: u64) -> Result<BoxStream<'static, Frame>, ApiError> {
        let place = self.services.turns.admission().stream(&self.actor).map_err(limited)?;
        let (turns, store) = (self.services.turns.clone(), self.services.conversations.clone());
        let (actor, id) = (self.actor.clone(), id(conversation)?);
        // Subscribed first: a deletion after the look at the header ends the stream.
        let watching = Watching::new(turns, store, actor.clone(), id.clone(), after, self.services.beat);
        self.own(id.as_str()).await?;
        let beating = self.services.pulse.watch(self.session, &actor);
        let services = self.services.clone();
        Ok(Stream {
            services,
            actor,
            id,
            watching,
            beating,
            _place: place,
            beats: Beats::None,
            elsewhere: None,
            typesetter: Typesetter::default(),
            view: self.view(),
        }
        .frames())
    }
}

/// Returns the questions that wait for the person outside the conversation `here`; `None` if they cannot be read. They
/// are only a hint: each question is recorded in the log of its own conversation.
async fn elsewhere(
    services: &Services,
    actor: &Actor,
    here: Option<&ConversationId>,
    t: Texts,
) -> Option<Vec<Waiting>> {
    match services.prompts.open(actor, system::SystemClock.now()).await {
        Ok(open) => Some(waiting(open, here, t)),
        Err(error) => {
            tracing::warn!(error = %error, "a person's open questions could not be read");
            None
        }
    }
}

fn waiting(open: Vec<OpenPrompt>, here: Option<&ConversationId>, t: Texts) -> Vec<Waiting> {
    let others = open.into_iter().filter(|open| Some(&open.place.conversation) != here);
    others
        .map(|open| Waiting {
            conversation: open.place.conversation.into(),
            summary: t.stored(&open.summary).into_owned(),
        })
        .collect()
}

/// Returns the greeting, with the given name if the provider sends one. A name like "Dorn, Eve" is not taken apart, and
/// a person who is known only by an address or an identifier is greeted without a name.
fn greeting(actor: &Actor, t: Texts) -> String {
    let first =
        || actor.name().split_whitespace().next().filter(|word| word.chars().all(|c| c.is_alphabetic() || c == '-'));
    match actor.given_name().or_else(first) {
        Some(name) => t.start_greeting(name),
        None => t.start_greeting_unnamed().to_owned(),
    }
}

/// Returns the person as a request to an administrator names them.
fn asker(actor: &Actor) -> String {
    match actor.email() {
        Some(email) if email != actor.name() => format!("{} ({email})", actor.name()),
        _ => actor.name().to_owned(),
    }
}

/// Returns the name of a person in the storage of their browser. It is not secret, and says nothing about the person.
pub(crate) fn owner(actor: &Actor) -> String {
    let whole = [actor.tenant(), actor.issuer(), actor.subject()].join("\n");
    short_hash(&whole, 8)
}

/// Parses the id of a conversation. One that cannot be parsed is reported like a missing one.
fn id(conversation: String) -> Result<ConversationId, ApiError> {
    ConversationId::try_from(conversation).map_err(|_| ApiError::NotFound)
}

fn client(id: String) -> Result<IdempotencyKey, ApiError> {
    IdempotencyKey::try_from(id).map_err(|_| malformed())
}

impl fmt::Debug for ForCaller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForCaller").field("actor", &self.actor).finish_non_exhaustive()
    }
}
