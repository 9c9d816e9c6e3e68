//! Polls, once per beat, what all open streams of this instance depend on: their sessions, and the open questions of
//! the people who watch. A thousand idle pages thereby cost a few requests per beat instead of two each.

use crate::session::SessionId;
use agent::Actor;
use agent::ports::{Clock, PromptLimiter, Unavailable};
use agent::prompts::OpenPrompt;
use async_trait::async_trait;
use dynamo::DynamoSessions;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use system::SystemClock;
use tokio::sync::watch;
use tower_sessions::session::Id;

/// Session lookup, many sessions at a time.
#[async_trait]
pub trait LivingSessions: Send + Sync {
    /// Returns those of the sessions that have not ended.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer.
    async fn living(&self, sessions: &[Id]) -> Result<HashSet<Id>, Unavailable>;
}

#[async_trait]
impl LivingSessions for DynamoSessions {
    async fn living(&self, sessions: &[Id]) -> Result<HashSet<Id>, Unavailable> {
        Self::living(self, sessions).await
    }
}

/// The state of a session and of its person, as of the last poll.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// `true` if the session has ended.
    pub ended: bool,
    /// The person's open questions.
    pub open: Known,
}

/// A person's open questions, as far as they are known.
#[derive(Debug, Clone, Default)]
pub enum Known {
    /// There was no poll yet.
    #[default]
    NotYet,
    /// The store did not answer.
    No,
    /// The open questions.
    Yes(Vec<OpenPrompt>),
}

/// Polls on behalf of the open streams of this instance.
pub struct Pulse {
    sessions: Arc<dyn LivingSessions>,
    prompts: Arc<dyn PromptLimiter>,
    watched: Mutex<HashMap<Id, Watched>>,
}

struct Watched {
    actor: Actor,
    state: watch::Sender<State>,
}

/// A stream's subscription to the pulse.
#[derive(Debug)]
pub struct SessionWatch {
    state: watch::Receiver<State>,
    pulse: Arc<Pulse>,
    session: Id,
}

impl Pulse {
    /// Starts a pulse that polls every `beat`, until its last handle is dropped.
    #[must_use]
    pub fn start(sessions: Arc<dyn LivingSessions>, prompts: Arc<dyn PromptLimiter>, beat: Duration) -> Arc<Self> {
        let pulse = Arc::new(Self { sessions, prompts, watched: Mutex::default() });
        let weak: Weak<Self> = Arc::downgrade(&pulse);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(beat).await;
                let Some(pulse) = weak.upgrade() else { return };
                pulse.poll().await;
            }
        });
        pulse
    }

    /// Subscribes a stream of `actor` to the state of its session.
    #[must_use]
    pub fn watch(self: &Arc<Self>, session: SessionId, actor: &Actor) -> SessionWatch {
        let SessionId(session) = session;
        let mut watched = self.watched();
        let entry = watched.entry(session);
        let entry =
            entry.or_insert_with(|| Watched { actor: actor.clone(), state: watch::channel(State::default()).0 });
        SessionWatch { state: entry.state.subscribe(), pulse: self.clone(), session }
    }

    async fn poll(&self) {
        let watched: Vec<(Id, Actor)> =
            self.watched().iter().map(|(session, watched)| (*session, watched.actor.clone())).collect();
        let sessions: Vec<Id> = watched.iter().map(|(session, _)| *session).collect();
        // A store that does not answer does not prove that a session has ended: the streams go on until the next poll,
        // and every action checks the session again.
        let living = self.sessions.living(&sessions).await.inspect_err(|error| {
            tracing::warn!(error = %error, sessions = sessions.len(), "sessions of open streams could not be looked up");
        });
        let actors: Vec<Actor> = watched.iter().map(|(_, actor)| actor.clone()).collect();
        let open = self.prompts.open_of(&actors, SystemClock.now()).await.inspect_err(|error| {
            tracing::warn!(error = %error, "people's open questions could not be read");
        });
        let mut open = open.ok().map(Vec::into_iter);
        for (session, _) in watched {
            let ended = living.as_ref().is_ok_and(|living| !living.contains(&session));
            let open = open.as_mut().and_then(Iterator::next).map_or(Known::No, Known::Yes);
            self.tell(session, State { ended, open });
        }
    }

    fn tell(&self, session: Id, state: State) {
        if let Some(watched) = self.watched().get(&session) {
            watched.state.send_replace(state);
        }
    }

    fn watched(&self) -> std::sync::MutexGuard<'_, HashMap<Id, Watched>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SessionWatch {
    /// Returns the state as of the last poll.
    #[must_use]
    pub fn state(&self) -> State {
        self.state.borrow().clone()
    }

    /// Completes when the session has ended; never, if it does not.
    pub async fn ended(&mut self) {
        if self.state.wait_for(|state| state.ended).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// The last stream of a session removes the session from the pulse.
impl Drop for SessionWatch {
    fn drop(&mut self) {
        let mut watched = self.pulse.watched();
        // This receiver is dropped after this function returns, so it still counts as one.
        let alone = |watched: &Watched| watched.state.receiver_count() <= 1;
        if watched.get(&self.session).is_some_and(alone) {
            watched.remove(&self.session);
        }
    }
}

impl fmt::Debug for Pulse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pulse").field("sessions", &self.watched().len()).finish_non_exhaustive()
    }
}
