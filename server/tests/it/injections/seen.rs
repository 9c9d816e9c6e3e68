//! The observations of a script: from the sandbox's records, the ledger and the page.

use super::calls;
use super::house::House;
use super::script::Phone;
use agent::ports::PastEntry;
use app::wire::{Detail, Event};
use sandbox::bedrock::Recorded;
use sandbox::cloud::okta::Effect;
use sandbox::identity::Push;
use std::collections::BTreeMap;

pub(crate) struct PollResult {
    /// Events that the person's page received.
    pub(crate) events: Vec<Event>,
    /// HTML of the page, as a browser without script receives it.
    pub(crate) page: String,
    pub(crate) effects: Vec<Effect>,
    /// Every approval request, in order.
    pub(crate) rings: Vec<Push>,
    /// The answers on the phone, by the id of the push.
    pub(crate) answers: BTreeMap<String, Phone>,
    /// Calls that MCP servers received: tool and arguments.
    pub(crate) sent: Vec<String>,
    pub(crate) requests: Vec<Recorded>,
    pub(crate) entries: Vec<PastEntry>,
    /// Findings of the ledger's verification.
    pub(crate) findings: Vec<String>,
}

/// The observations as lines that are equal in every run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) calls: Vec<String>,
    /// Number of calls that the model proposed.
    pub(crate) proposed: usize,
    /// The checks that refused calls.
    pub(crate) gates: Vec<String>,
    pub(crate) asked: Vec<String>,
    pub(crate) effects: Vec<String>,
    pub(crate) sent: Vec<String>,
    pub(crate) wanted: Vec<String>,
    pub(crate) ends: String,
}

impl PollResult {
    /// Summarizes the observations.
    pub(crate) fn account(&self, house: &House) -> Account {
        let named = |lines: Vec<String>| lines.iter().map(|line| house.named(line)).collect();
        Account {
            calls: named(calls::lines(&self.events)),
            proposed: self.events.iter().filter(|event| matches!(event, Event::CallProposed { .. })).count(),
            gates: calls::gates(&self.events),
            asked: named(self.rings.iter().map(asked).collect()),
            effects: self.effects.iter().map(|effect| format!("{:?} {}", effect.what, effect.whom)).collect(),
            sent: named(self.sent.clone()),
            wanted: self.wanted(),
            ends: self.ends(),
        }
    }

    /// Returns the details on the card of each approval request that reached a phone.
    pub(crate) fn cards(&self) -> Vec<&[Detail]> {
        let put = |asked: &String| {
            self.events.iter().any(|event| matches!(event, Event::ApprovalPut { call, .. } if call == asked))
        };
        let cards = self.events.iter().filter_map(|event| match event {
            Event::ApprovalAsked { call, details, .. } if put(call) => Some(details.as_slice()),
            _ => None,
        });
        cards.collect()
    }

    fn wanted(&self) -> Vec<String> {
        let wanted = self.events.iter().filter_map(|event| match event {
            Event::AccountWanted { label, scopes, .. } => Some(format!("{label}: {}", scopes.join(" "))),
            _ => None,
        });
        wanted.collect()
    }

    /// Returns the reason for the end of the turn as one word.
    fn ends(&self) -> String {
        let why = serde_json::to_value(crate::world::frames::end(&self.events)).unwrap();
        let name = why.as_object().and_then(|members| members.keys().next()).map(String::as_str);
        why.as_str().or(name).unwrap().to_owned()
    }
}

/// Returns the names and values that a push shows.
pub(crate) fn shown(push: &Push) -> BTreeMap<String, String> {
    let details = push.authorization_details.as_ref().unwrap();
    let properties = details[0]["properties"].as_object().unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    properties.values().map(|property| (text(&property["name"]), text(&property["value"]))).collect()
}

/// Describes a push in one line: action, arguments, and the parts that are not the person's words.
fn asked(push: &Push) -> String {
    let shown = shown(push);
    let unsaid = shown.get("Not your words").map_or("all in their own words", String::as_str);
    format!("{}: {} [{unsaid}]", shown["Action"], shown["Arguments"])
}
