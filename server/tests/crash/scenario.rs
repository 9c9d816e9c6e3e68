//! What a person does in one run: the words, the phone, and whether they change their mind.

use sandbox::cloud::okta::Deed;
use sandbox::identity::Answer;

/// One row of the table.
#[derive(Debug)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// The messages, posted one right after another.
    pub(crate) says: &'static [&'static str],
    /// What is answered on the phone; `None` leaves it ringing.
    pub(crate) phone: Option<Answer>,
    pub(crate) mind: Mind,
    /// How many events the log has when nobody is killed. One less when a stop is faster than the note of it.
    pub(crate) events: u64,
    /// What was done at Okta when nobody was killed.
    pub(crate) effects: &'static [(Done, &'static str)],
    pub(crate) care: Care,
}

/// Whether the person changes their mind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mind {
    Stays,
    /// Takes the question back when the page says that the phone rings, and says yes on the phone all the same.
    Cancels,
    /// Stops the turn when the page says that the phone rings, and says yes on the phone all the same.
    StopsTheRinging,
    /// Stops the turn when the first words are on the page.
    StopsTheWords,
}

/// How thoroughly it is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Care {
    /// At every event.
    Every,
    /// While the phone rings, since it takes half a minute.
    Ringing,
}

/// What the tools do to people at Okta.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Done {
    Reset,
    Deactivated,
    Deleted,
    /// What no tool does.
    Other,
}

impl From<Deed> for Done {
    fn from(deed: Deed) -> Self {
        match deed {
            Deed::ResetPassword { .. } => Self::Reset,
            Deed::Deactivate => Self::Deactivated,
            Deed::Delete => Self::Deleted,
            Deed::ExpirePassword { .. } | Deed::Suspend | Deed::Unsuspend | Deed::ClearSessions { .. } => Self::Other,
        }
    }
}

/// What a tool does, in its order; nothing for one that only reads.
pub(crate) fn deeds_of(tool: &str) -> &'static [Done] {
    match tool {
        "okta_reset_password" => &[Done::Reset],
        "okta_disable_user" => &[Done::Deactivated],
        "okta_delete_user" => &[Done::Deactivated, Done::Deleted],
        _ => &[],
    }
}

const BOB: &str = "bob@acme.example";
const RESET: &str = "Reset the password of bob@acme.example";
const STORY: &str = "Tell me a long story";

const fn row(name: &'static str, says: &'static [&'static str], events: u64) -> Scenario {
    Scenario { name, says, phone: None, mind: Mind::Stays, events, effects: &[], care: Care::Every }
}

const fn asked(
    name: &'static str,
    says: &'static [&'static str],
    phone: Answer,
    events: u64,
    effects: &'static [(Done, &'static str)],
) -> Scenario {
    Scenario { phone: Some(phone), effects, ..row(name, says, events) }
}

/// Everything that people do.
pub(crate) const SCENARIOS: &[Scenario] = &[
    RESETS,
    row("read groups", &["What are my Okta groups?"], 7),
    asked("denied", &[RESET], Answer::Deny, 10, &[]),
    asked("disable", &["Disable bob@acme.example"], Answer::Approve, 10, &[(Done::Deactivated, BOB)]),
    asked(
        "delete",
        &["Delete bob@acme.example"],
        Answer::Approve,
        11,
        &[(Done::Deactivated, BOB), (Done::Deleted, BOB)],
    ),
    asked(
        "two resets",
        &["Reset the passwords of bob@acme.example and grace@acme.example"],
        Answer::Approve,
        17,
        &[(Done::Reset, BOB), (Done::Reset, "grace@acme.example")],
    ),
    row("story", &[STORY], 4),
    asked("queued", &[STORY, RESET], Answer::Approve, 15, &[(Done::Reset, BOB)]),
    Scenario { mind: Mind::Cancels, ..asked("cancelled", &[RESET], Answer::Approve, 10, &[]) },
    Scenario { mind: Mind::StopsTheRinging, ..asked("stopped ringing", &[RESET], Answer::Approve, 10, &[]) },
    Scenario { mind: Mind::StopsTheWords, ..row("stopped story", &[STORY], 5) },
    Scenario { care: Care::Ringing, ..row("expired", &[RESET], 10) },
];

/// The reset of a password, approved.
pub(crate) const RESETS: Scenario = asked("reset", &[RESET], Answer::Approve, 11, &[(Done::Reset, BOB)]);
