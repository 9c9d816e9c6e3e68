//! The abilities of a person now, tool by tool, and four things to offer them first.

use crate::intent::{Need, Risk};
use crate::permission::Permission;
use crate::ports::{Decision, Permissions, Unavailable};
use crate::tool::Example;
use crate::{Actor, Tool, ToolName, Toolbox};
use std::collections::BTreeSet;

/// Most suggestions on the first screen.
const MOST_SUGGESTIONS: usize = 4;

/// A tool and what it can do for the person now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ability {
    /// The tool.
    pub tool: ToolName,
    /// The system and a request in everyday words. `None` for tools of other servers, whose texts are not ours.
    pub example: Option<Example>,
    /// The risk of its calls.
    pub risk: Risk,
    /// The answer.
    pub state: AbilityState,
    /// The object of a call decides as well, such as the user whose password is reset.
    pub depends_on_object: bool,
}

/// The state of a tool for a person. Only the guard decides about a call; this tells people what to expect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AbilityState {
    /// Works at once.
    Works,
    /// Works after the person has approved it.
    NeedsConfirmation,
    /// The person must connect an account first.
    NeedsAccount {
        /// The provider.
        provider: String,
    },
    /// The person lacks a permission.
    NotPermitted(Permission),
    /// The arguments of a call decide which permission it needs.
    DependsOnArguments,
    /// A service did not answer, so nothing is promised.
    Unknown,
}

/// The state of the account that a tool needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// One is connected, or the application uses its own.
    Usable,
    /// None is connected, it lacks scopes, or several are.
    Missing,
    /// The keeper of accounts did not answer.
    Unknown,
}

/// Returns the state of each offered tool for `actor`, in the order of their names, by one batch of checks.
pub async fn overview(
    permissions: &dyn Permissions,
    actor: &Actor,
    tools: &Toolbox,
    account: &(dyn Fn(&Need) -> AccountState + Sync),
) -> Vec<Ability> {
    let required: BTreeSet<Permission> = tools.offered().filter_map(|tool| tool.requires()).collect();
    let required: Vec<Permission> = required.into_iter().collect();
    let answers = permissions.check_all(actor, &required, None).await;
    let answer = |permission: &Permission| -> Option<Decision> {
        let place = required.binary_search(permission).ok()?;
        match answers.get(place)? {
            Ok(decision) => Some(*decision),
            Err(error) => {
                log(error);
                None
            }
        }
    };
    let ability = |tool: &dyn Tool| {
        let state = match tool.requires() {
            None => AbilityState::DependsOnArguments,
            Some(permission) => match answer(&permission) {
                None => AbilityState::Unknown,
                Some(Decision::Deny) => AbilityState::NotPermitted(permission),
                Some(Decision::Allow) => permitted(tool, account),
            },
        };
        Ability {
            tool: tool.spec().name.clone(),
            example: tool.example(),
            risk: tool.risk(),
            state,
            depends_on_object: tool.lookup().is_some(),
        }
    };
    tools.offered().map(ability).collect()
}

/// The state of a tool that the person may call.
fn permitted(tool: &dyn Tool, account: &(dyn Fn(&Need) -> AccountState + Sync)) -> AbilityState {
    let need = tool.account().map(|account| account.need);
    match (need.as_ref().map(account), need) {
        (Some(AccountState::Missing), Some(need)) => AbilityState::NeedsAccount { provider: need.provider },
        (Some(AccountState::Unknown), _) => AbilityState::Unknown,
        _ if tool.risk() == Risk::Elevated => AbilityState::NeedsConfirmation,
        _ => AbilityState::Works,
    }
}

fn log(error: &Unavailable) {
    tracing::warn!(error = %error, "a permission could not be looked up for an overview");
}

/// Something that a person can ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The tool.
    pub tool: ToolName,
    /// The system and the request.
    pub example: Example,
    /// The next thing that happens.
    pub expect: Expectation,
}

/// The next thing that happens when the person asks for a suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expectation {
    /// It is answered at once.
    AnswersRightAway,
    /// The person is asked to approve it.
    YouConfirm,
    /// The person is asked to connect an account.
    ConnectFirst {
        /// The provider.
        provider: String,
    },
    /// A service did not answer: the request can be tried, and nothing is promised.
    Unknown,
}

/// Returns up to four suggestions: what works at once before what needs something, and other systems before a second
/// suggestion of the same. What is not known to work is suggested only if it merely reads.
#[must_use]
pub fn suggestions(abilities: &[Ability]) -> Vec<Suggestion> {
    let mut found: Vec<Suggestion> = abilities.iter().filter_map(suggestion).collect();
    found.sort_by_key(|own| match own.expect {
        Expectation::AnswersRightAway => 0,
        Expectation::YouConfirm => 1,
        Expectation::ConnectFirst { .. } => 2,
        Expectation::Unknown => 3,
    });
    let mut systems = BTreeSet::new();
    let (first, more): (Vec<_>, Vec<_>) = found.into_iter().partition(|own| systems.insert(own.example.system));
    first.into_iter().chain(more).take(MOST_SUGGESTIONS).collect()
}

fn suggestion(ability: &Ability) -> Option<Suggestion> {
    let expect = match &ability.state {
        AbilityState::Works => Expectation::AnswersRightAway,
        AbilityState::NeedsConfirmation => Expectation::YouConfirm,
        AbilityState::NeedsAccount { provider } => Expectation::ConnectFirst { provider: provider.clone() },
        AbilityState::Unknown if ability.risk == Risk::Read => Expectation::Unknown,
        AbilityState::Unknown | AbilityState::NotPermitted(_) | AbilityState::DependsOnArguments => return None,
    };
    Some(Suggestion { tool: ability.tool.clone(), example: ability.example?, expect })
}
