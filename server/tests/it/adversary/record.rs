//! The record of the attack: actions, decisions, approval requests, requests to the model, and pages.

use agent::ports::PastEntry;
use app::wire::Event;
use sandbox::cloud::okta::{Change, Effect};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The input of the checks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record {
    pub(crate) effects: Vec<Done>,
    pub(crate) entries: Vec<PastEntry>,
    pub(crate) rings: Vec<Ring>,
    /// Time at which a permission was revoked, in milliseconds since 1970, by subject, relation and object.
    pub(crate) revoked: BTreeMap<(String, String, String), i64>,
    /// For each request to the model, the marks of conversations and the names of people in it.
    pub(crate) prompts: Vec<BTreeSet<String>>,
    /// The conversations as their people saw them.
    pub(crate) pages: Vec<Page>,
    /// Findings of the ledger's verification.
    pub(crate) findings: Vec<String>,
}

/// An action at Okta.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Done {
    pub(crate) what: What,
    pub(crate) whom: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    Reset,
    Deactivate,
    Delete,
    /// An action that none of our tools performs.
    Other,
}

/// An approval request on a phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ring {
    pub(crate) sub: String,
    /// Verb and target, as the phone showed them.
    pub(crate) shown: (String, String),
    pub(crate) answered: Option<Said>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    Yes,
    No,
}

/// A conversation as its person saw it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Page {
    pub(crate) mark: String,
    /// Email address of the person; the injections' record holds the name.
    pub(crate) who: String,
    pub(crate) events: Vec<Event>,
}

impl From<Effect> for Done {
    fn from(effect: Effect) -> Self {
        let what = match effect.what {
            Change::ResetPassword { send_email: true, revoke_sessions: false } => What::Reset,
            Change::Deactivate => What::Deactivate,
            Change::Delete => What::Delete,
            _ => What::Other,
        };
        Self { what, whom: effect.whom }
    }
}

impl Record {
    pub(crate) fn add(&mut self, other: Self) {
        self.effects.extend(other.effects);
        self.entries.extend(other.entries);
        self.rings.extend(other.rings);
        self.prompts.extend(other.prompts);
        self.pages.extend(other.pages);
    }

    fn count(&self, fits: impl Fn(&Event) -> bool) -> usize {
        self.pages.iter().flat_map(|page| &page.events).filter(|event| fits(event)).count()
    }

    fn answered(&self, said: Option<Said>) -> usize {
        self.rings.iter().filter(|ring| ring.answered == said).count()
    }

    /// Returns `true` if some attacks got through to each defence; otherwise the test would prove nothing.
    pub(crate) fn reaches_what_it_attacks(&self) -> bool {
        let refused = self.count(|event| matches!(event, Event::CallRefused { .. }));
        let done = self.count(|event| matches!(event, Event::CallDone { .. }));
        let said = [Some(Said::Yes), Some(Said::No), None].map(|said| self.answered(said));
        !self.effects.is_empty() && refused > 0 && done > self.effects.len() && said.iter().all(|many| *many > 0)
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} transcripts, {} requests to the model, {} calls proposed, {} done, {} refused, {} effects at Okta, \
             {} pushes ({} approved, {} denied, {} unanswered)",
            self.pages.len(),
            self.prompts.len(),
            self.count(|event| matches!(event, Event::CallProposed { .. })),
            self.count(|event| matches!(event, Event::CallDone { .. })),
            self.count(|event| matches!(event, Event::CallRefused { .. })),
            self.effects.len(),
            self.rings.len(),
            self.answered(Some(Said::Yes)),
            self.answered(Some(Said::No)),
            self.answered(None),
        )
    }
}
