//! The scenarios: the person's messages, their answer on the phone, and a change of mind.

use sandbox::cloud::okta::Change;
use sandbox::identity::Answer;

#[derive(Debug)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// The messages, posted one right after another.
    pub(crate) says: &'static [&'static str],
    /// The answer on the phone; `None` leaves the request unanswered.
    pub(crate) phone: Option<Answer>,
    pub(crate) mind: Mind,
    /// Number of events in the log without a kill; one less if a stop takes effect before it is recorded.
    pub(crate) events: u64,
    /// Actions at Okta without a kill.
    pub(crate) effects: &'static [(Done, &'static str)],
    pub(crate) care: Care,
}

/// The person's change of mind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mind {
    Stays,
    /// Withdraws the approval request once it is on the phone, but then approves it on the phone.
    Cancels,
    /// Stops the turn once the approval request is on the phone, but then approves it on the phone.
    StopsTheRinging,
    /// Stops the turn once the first words are on the page.
    StopsTheWords,
}

/// The choice of kills for a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Care {
    /// A kill at every event.
    Every,
    /// Only a kill while the approval is pending, because the scenario takes half a minute.
    Ringing,
}

/// The effects of tools on people at Okta.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Done {
    Reset,
    Deactivated,
    Deleted,
    /// An effect that no tool has.
    Other,
}

impl From<Change> for Done {
    fn from(deed: Change) -> Self {
        match deed {
            Change::ResetPassword { .. } => Self::Reset,
            Change::Deactivate => Self::Deactivated,
            Change::Delete => Self::Deleted,
            Change::ExpirePassword { .. } | Change::Suspend | Change::Unsuspend | Change::ClearSessions { .. } => {
                Self::Other
            }
        }
    }
}

/// Returns the effects of a tool, in order; none for a tool that only reads.
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

/// All scenarios.
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

/// An approved password reset.
pub(crate) const RESETS: Scenario = asked("reset", &[RESET], Answer::Approve, 11, &[(Done::Reset, BOB)]);
