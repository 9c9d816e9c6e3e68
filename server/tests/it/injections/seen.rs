//! What was seen of a script: by the records of the sandbox, by the ledger, and on the page.

use super::calls;
use super::house::House;
use super::script::Phone;
use agent::ports::PastEntry;
use app::wire::{Detail, Event};
use sandbox::bedrock::Recorded;
use sandbox::cloud::okta::Effect;
use sandbox::identity::Push;
use std::collections::BTreeMap;

/// All of it.
pub(crate) struct Seen {
    /// What the person's page was told.
    pub(crate) events: Vec<Event>,
    /// The page as a browser without script gets it.
    pub(crate) page: String,
    pub(crate) effects: Vec<Effect>,
    /// Every question, in order.
    pub(crate) rings: Vec<Push>,
    /// What was said on the phone, by the push's id.
    pub(crate) answers: BTreeMap<String, Phone>,
    /// What the outside servers were given: the tool, and its arguments.
    pub(crate) sent: Vec<String>,
    pub(crate) requests: Vec<Recorded>,
    pub(crate) entries: Vec<PastEntry>,
    /// What verification finds in the ledger.
    pub(crate) findings: Vec<String>,
}

/// The same in lines that are alike in every house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) calls: Vec<String>,
    /// How many calls the model proposed.
    pub(crate) proposed: usize,
    /// The gates that refused.
    pub(crate) gates: Vec<String>,
    pub(crate) asked: Vec<String>,
    pub(crate) effects: Vec<String>,
    pub(crate) sent: Vec<String>,
    pub(crate) wanted: Vec<String>,
    pub(crate) ends: String,
}

impl Seen {
    /// What happened, in lines.
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

    /// Each question that got to a phone, as the card showed it.
    pub(crate) fn cards(&self) -> Vec<&[Detail]> {
        let put = |asked: &String| {
            self.events.iter().any(|event| matches!(event, Event::ApprovalPut { call } if call == asked))
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

    /// Why the turn ended, in a word.
    fn ends(&self) -> String {
        let why = serde_json::to_value(crate::world::frames::end(&self.events)).unwrap();
        let name = why.as_object().and_then(|members| members.keys().next()).map(String::as_str);
        why.as_str().or(name).unwrap().to_owned()
    }
}

/// What a push shows, name by name.
pub(crate) fn shown(push: &Push) -> BTreeMap<String, String> {
    let details = push.authorization_details.as_ref().unwrap();
    let properties = details[0]["properties"].as_object().unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    properties.values().map(|property| (text(&property["name"]), text(&property["value"]))).collect()
}

/// The same in a line: what would be done, with which arguments, and what of them the person has not said.
fn asked(push: &Push) -> String {
    let shown = shown(push);
    let unsaid = shown.get("Not your words").map_or("all in their own words", String::as_str);
    format!("{}: {} [{unsaid}]", shown["Action"], shown["Arguments"])
}
