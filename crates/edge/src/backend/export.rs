//! The export of conversations: a stream with one chunk for each, so that memory holds one conversation at a time.

mod json;
mod markdown;

use super::limited;
use crate::page_error::PageError;
use crate::services::Services;
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{Header, ListCursor, Listing, Millis, Numbered, ReadError, Unavailable};
use app::Texts;
use futures::stream::{BoxStream, StreamExt, try_unfold};
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use turns::Place;

/// Conversations that are listed at once.
const LISTED: u32 = 50;

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Markdown,
    Json,
}

impl Form {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "markdown" => Some(Self::Markdown),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// The conversations to export.
pub(crate) enum Scope {
    All,
    One(Box<Header>),
}

/// A running export.
pub(crate) struct Export {
    services: Arc<Services>,
    actor: Actor,
    form: Form,
    /// The texts of the person's language, for people; data is English.
    texts: Texts,
    /// The time at which it began.
    began: Millis,
    stage: Stage,
    ready: VecDeque<Header>,
    written: HashSet<ConversationId>,
    /// The export's place within the person's limit of streams.
    _place: Place,
}

/// The next step of an export.
enum Stage {
    /// Write the beginning, and then the list or the conversations that are ready.
    Begin(Scope),
    /// List the conversations after this one.
    List(Option<ListCursor>),
    /// List those that were used since the export began, from the newest on: they have moved to the part of the list that
    /// was read before.
    ListAgain(Option<ListCursor>),
    /// Write the end.
    End,
    Ended,
}

/// A conversation as it is written. Without its log, the log is damaged.
struct Record<'a> {
    header: &'a Header,
    log: Option<Vec<Numbered>>,
    first: bool,
}

impl Export {
    /// Begins an export.
    pub(crate) fn begin(
        services: &Arc<Services>,
        actor: Actor,
        form: Form,
        scope: Scope,
        now: Millis,
    ) -> Result<Self, PageError> {
        let place = services.turns.admission().stream(&actor).map_err(|limit| PageError::Api(limited(limit)))?;
        let (ready, written) = (VecDeque::new(), HashSet::new());
        let stage = Stage::Begin(scope);
        let texts = app::texts();
        Ok(Self { services: services.clone(), actor, form, texts, began: now, stage, ready, written, _place: place })
    }

    /// Returns the export as chunks of text. An error breaks the download off, so that a part is not taken for the whole.
    pub(crate) fn chunks(self) -> BoxStream<'static, Result<String, Unavailable>> {
        try_unfold(self, |mut export| async move {
            let chunk = export.next().await.inspect_err(|error| {
                tracing::warn!(error = %error, "an export was broken off");
            })?;
            Ok(chunk.map(|chunk| (chunk, export)))
        })
        .boxed()
    }

    async fn next(&mut self) -> Result<Option<String>, Unavailable> {
        loop {
            while let Some(header) = self.ready.pop_front() {
                if let Some(chunk) = self.write(&header).await? {
                    return Ok(Some(chunk));
                }
            }
            match std::mem::replace(&mut self.stage, Stage::Ended) {
                Stage::Begin(scope) => {
                    self.stage = match scope {
                        Scope::All => Stage::List(None),
                        Scope::One(header) => {
                            self.ready.push_back(*header);
                            Stage::End
                        }
                    };
                    return Ok(Some(match self.form {
                        Form::Markdown => markdown::beginning(&self.actor, self.began, self.texts),
                        Form::Json => json::beginning(&self.actor, self.began),
                    }));
                }
                Stage::List(after) => {
                    let Listing { headers, next } = self.list(after.as_ref()).await?;
                    self.ready.extend(headers);
                    self.stage = next.map_or(Stage::ListAgain(None), |next| Stage::List(Some(next)));
                }
                Stage::ListAgain(after) => {
                    let Listing { headers, next } = self.list(after.as_ref()).await?;
                    let began = self.began;
                    let next = next.filter(|next| next.used >= began);
                    self.ready.extend(headers.into_iter().filter(|header| header.used >= began));
                    self.stage = next.map_or(Stage::End, |next| Stage::ListAgain(Some(next)));
                }
                Stage::End => {
                    return Ok(Some(match self.form {
                        Form::Markdown => String::new(),
                        Form::Json => json::END.to_owned(),
                    }));
                }
                Stage::Ended => return Ok(None),
            }
        }
    }

    async fn list(&self, after: Option<&ListCursor>) -> Result<Listing, Unavailable> {
        self.services.conversations.list(&self.actor, LISTED, after).await
    }

    /// Writes a conversation once; `None` for one that is written already, or was deleted meanwhile.
    async fn write(&mut self, header: &Header) -> Result<Option<String>, Unavailable> {
        if self.written.contains(&header.id) {
            return Ok(None);
        }
        let log = match self.services.conversations.read_after(&self.actor, &header.id, 0).await {
            Ok(log) => Some(log),
            Err(ReadError::Unreadable { .. }) => None,
            Err(ReadError::Deleted) => return Ok(None),
            Err(ReadError::Unavailable(error)) => return Err(error),
        };
        let record = Record { header, log, first: self.written.is_empty() };
        let text = match self.form {
            Form::Markdown => markdown::conversation(&record, self.texts),
            Form::Json => json::conversation(&record),
        };
        self.written.insert(header.id.clone());
        Ok(Some(text))
    }
}
