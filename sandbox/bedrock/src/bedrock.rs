//! The handle of the Bedrock stand-in. Must not depend on how a request is answered.

use axum::Router;
use sandbox_kit::{Clock, Sins};
use tokio::sync::watch;

use crate::http;
use crate::mischief::{Mischief, Queue};
use crate::obedience::Obedience;
use crate::plan::Block;
use crate::record::{Recorded, Records};
use crate::settings::Settings;

/// The Amazon Bedrock Runtime of one sandbox. Clones share all state.
#[derive(Debug, Clone)]
pub struct Bedrock {
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) sins: Sins,
    pub(crate) records: Records,
    pub(crate) mischief: Queue,
    gates: watch::Sender<u64>,
}

impl Bedrock {
    /// Creates a well-behaved Bedrock without recorded requests.
    #[must_use]
    pub fn new(settings: Settings, clock: Clock, sins: Sins) -> Self {
        let (records, mischief) = (Records::default(), Queue::default());
        Self { settings, clock, sins, records, mischief, gates: watch::Sender::new(0) }
    }

    /// Returns its routes, to be served at the root of a loopback address, because a signature covers the path that
    /// the client sees.
    ///
    /// Besides the two operations, browser tests use `POST /_sandbox/mischief`, `POST /_sandbox/release` and
    /// `GET /_sandbox/requests`, none of which exists in the real service.
    pub fn router(&self) -> Router {
        http::router(self.clone())
    }

    /// Queues `mischief` for one valid request, after those queued before it.
    pub fn next(&self, mischief: Mischief) {
        self.mischief.push(mischief);
    }

    /// Applies `mischief` to every valid request for which none is queued; `None` ends that.
    pub fn always(&self, mischief: Option<Mischief>) {
        self.mischief.stand(mischief);
    }

    /// Makes the model follow an injected instruction: once `words` occur in the system prompt, a tool's definition or
    /// a tool's result, it gives `answers`, one per request, and then behaves again. Queued mischief takes precedence.
    /// A later call replaces an earlier one.
    pub fn obey(&self, words: impl Into<String>, answers: impl IntoIterator<Item = Vec<Block>>) {
        self.mischief.obey(Obedience { words: words.into(), answers: answers.into_iter().collect() });
    }

    /// Returns the number of answers of [`Bedrock::obey`] that have not been given yet.
    #[must_use]
    pub fn unobeyed(&self) -> usize {
        self.mischief.unobeyed()
    }

    /// Clears all queued and standing mischief, and the instruction of [`Bedrock::obey`].
    pub fn behave(&self) {
        self.mischief.clear();
    }

    /// Opens the gate for every answer that [`Mischief::Gate`] holds or will hold, among the requests made so far.
    pub fn release(&self) {
        self.gates.send_modify(|releases| *releases += 1);
    }

    /// Returns the last 200 requests, oldest first, including rejected ones.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.records.all()
    }

    /// Returns the number of requests since the start, including rejected ones.
    #[must_use]
    pub fn request_count(&self) -> usize {
        self.records.count()
    }

    /// Returns a gate that opens at the next release.
    pub(crate) fn gate(&self) -> watch::Receiver<u64> {
        self.gates.subscribe()
    }
}
