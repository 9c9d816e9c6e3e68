//! The handle of this stand-in. It must never know how a request is answered.

use axum::Router;
use sandbox_kit::{Clock, Sins};
use tokio::sync::watch;

use crate::http;
use crate::mischief::{Mischief, Queue};
use crate::obedience::Obedience;
use crate::plan::Block;
use crate::record::{Recorded, Records};
use crate::settings::Settings;

/// Amazon Bedrock Runtime for one sandbox. Clones share everything.
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
    /// A well-behaved Bedrock that nobody has asked anything.
    #[must_use]
    pub fn new(settings: Settings, clock: Clock, sins: Sins) -> Self {
        let (records, mischief) = (Records::default(), Queue::default());
        Self { settings, clock, sins, records, mischief, gates: watch::Sender::new(0) }
    }

    /// Its routes, to be served at the root of a loopback address: a signature covers the path that the client sees.
    ///
    /// Beside the two operations there are, for browser tests alone, `POST /_sandbox/mischief`, `POST /_sandbox/release` and
    /// `GET /_sandbox/requests`; the real service has none of them.
    pub fn router(&self) -> Router {
        http::router(self.clone())
    }

    /// Lets `mischief` befall the next valid request; further ones queue up behind it.
    pub fn next(&self, mischief: Mischief) {
        self.mischief.push(mischief);
    }

    /// Lets `mischief` befall every valid request for which none is queued; `None` ends that.
    pub fn always(&self, mischief: Option<Mischief>) {
        self.mischief.stand(mischief);
    }

    /// Behaves until `words` stand in the system prompt, in a tool's definition or in a tool's result, and then gives `answers`,
    /// one a request; after them it behaves again. What is queued comes first. The last order counts.
    pub fn obey(&self, words: impl Into<String>, answers: impl IntoIterator<Item = Vec<Block>>) {
        self.mischief.obey(Obedience { words: words.into(), answers: answers.into_iter().collect() });
    }

    /// How many answers of [`Bedrock::obey`] were not given so far.
    #[must_use]
    pub fn unobeyed(&self) -> usize {
        self.mischief.unobeyed()
    }

    /// Forgets all queued and standing mischief, and whom to obey.
    pub fn behave(&self) {
        self.mischief.clear();
    }

    /// Opens the gate for every answer that [`Mischief::Gate`] holds or will hold, among the requests made so far.
    pub fn release(&self) {
        self.gates.send_modify(|releases| *releases += 1);
    }

    /// The last 200 requests, refused ones too, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.records.all()
    }

    /// How many requests there ever were, refused ones too.
    #[must_use]
    pub fn request_count(&self) -> usize {
        self.records.count()
    }

    /// A gate that opens at the next release.
    pub(crate) fn gate(&self) -> watch::Receiver<u64> {
        self.gates.subscribe()
    }
}
