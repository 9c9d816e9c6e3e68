//! The record of a run: messages, log, ledger, phone, effects at Okta, and the page.

use crate::page::Sight;
use crate::phone::Answered;
use crate::scenario::Done;
use agent::ports::{Numbered, PastEntry};
use app::state::Transcript;

/// The input of the checks.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// Subject of the person.
    pub(crate) who: String,
    pub(crate) posts: Vec<Post>,
    pub(crate) log: Vec<Numbered>,
    pub(crate) entries: Vec<PastEntry>,
    pub(crate) pushes: Vec<Ring>,
    pub(crate) effects: Vec<Effect>,
    /// The page that was open the whole time.
    pub(crate) page: Sight,
    /// The page after a reload.
    pub(crate) reloaded: Transcript,
    /// Findings of the ledger's verification.
    pub(crate) findings: Vec<String>,
    /// Protocol violations that the sandbox's services recorded.
    pub(crate) sins: Vec<String>,
}

/// A message that the server accepted.
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

/// An action at Okta.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Effect {
    pub(crate) what: Done,
    pub(crate) whom: String,
    /// Time in milliseconds since 1970.
    pub(crate) at: i64,
}
