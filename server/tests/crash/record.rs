//! What is known after a run: what was posted, what the log, the ledger, the phone and Okta say, and what the page shows.

use crate::page::Sight;
use crate::phone::Answered;
use crate::scenario::Done;
use agent::ports::{Numbered, PastEntry};
use app::state::Transcript;

/// Everything that the checks look at.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// The subject of the person.
    pub(crate) who: String,
    pub(crate) posts: Vec<Post>,
    pub(crate) log: Vec<Numbered>,
    pub(crate) entries: Vec<PastEntry>,
    pub(crate) pushes: Vec<Ring>,
    pub(crate) effects: Vec<Effect>,
    /// The page that was open all the time.
    pub(crate) page: Sight,
    /// What a reload shows.
    pub(crate) reloaded: Transcript,
    /// What verification finds in the ledger.
    pub(crate) findings: Vec<String>,
    /// What the services outside complain of.
    pub(crate) sins: Vec<String>,
}

/// A message that the server took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Post {
    pub(crate) client: String,
    pub(crate) text: String,
}

/// A push on the phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ring {
    pub(crate) code: String,
    pub(crate) sub: String,
    pub(crate) answered: Option<Answered>,
}

/// What was done to somebody at Okta.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Effect {
    pub(crate) what: Done,
    pub(crate) whom: String,
    /// When, in milliseconds since 1970.
    pub(crate) at: i64,
}
