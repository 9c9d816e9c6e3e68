//! What is known after the adversary has played: what was done, decided, asked on phones, sent to the model and shown.

use agent::ports::PastEntry;
use app::wire::Event;
use sandbox::cloud::okta::{Deed, Effect};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Everything that the checks look at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record {
    pub(crate) effects: Vec<Done>,
    pub(crate) entries: Vec<PastEntry>,
    pub(crate) rings: Vec<Ring>,
    /// Since when somebody lacks a right, in milliseconds since 1970: subject, relation, object.
    pub(crate) revoked: BTreeMap<(String, String, String), i64>,
    /// What each request to the model held, by the marks of conversations and the names of people.
    pub(crate) prompts: Vec<BTreeSet<String>>,
    /// The mark of each conversation, its person, and what their page got to see.
    pub(crate) pages: Vec<Page>,
    /// What verification finds in the ledger.
    pub(crate) findings: Vec<String>,
}

/// Something that was done at Okta.
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
    /// No tool of ours does this.
    Other,
}

/// A push on a phone.
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

/// One conversation as its person saw it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Page {
    pub(crate) mark: String,
    /// The name of the person.
    pub(crate) who: String,
    pub(crate) events: Vec<Event>,
}

impl From<Effect> for Done {
    fn from(effect: Effect) -> Self {
        let what = match effect.what {
            Deed::ResetPassword { send_email: true, revoke_sessions: false } => What::Reset,
            Deed::Deactivate => What::Deactivate,
            Deed::Delete => What::Delete,
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

    /// Attacks that never get through prove nothing.
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
             {} pushes ({} yes, {} no, {} left alone)",
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
