//! The people that a request is about.

use super::names::bare_name;
use super::rules::Kind;
use super::turn::Turn;
use super::wants::Want;
use super::words::stems;

/// Words for the person themselves.
const SELF: &[&str] = &["my", "me", "i", "mine", "i'm", "myself"];

/// Words for somebody who was named before.
const THEM: &[&str] = &["his", "her", "him", "their", "them", "she", "he"];

/// Returns the addresses of the people meant; empty if the person means themselves and the tool does not require a
/// person.
///
/// # Errors
/// The question that the model must ask first.
pub(super) fn people(want: &Want<'_>, is_required: bool, turn: &Turn<'_>) -> Result<Vec<String>, String> {
    if !want.addresses.is_empty() {
        return Ok(want.addresses.clone());
    }
    let first = stems(want.text).into_iter().find(|(_, word)| [SELF, THEM].concat().contains(&word.as_str()));
    let is_own = first.as_ref().is_some_and(|(_, word)| SELF.contains(&word.as_str()));
    let is_them = first.is_some() && !is_own;
    if let Some(name) = bare_name(want.text).filter(|_| !is_own) {
        return addressed(name, want.kind, turn).map(|address| vec![address]);
    }
    if let Some(address) = turn.mentioned.last().filter(|_| is_them) {
        return Ok(vec![address.clone()]);
    }
    if let Some(name) = bare_name(turn.said).filter(|_| !turn.says(SELF)) {
        return addressed(name, want.kind, turn).map(|address| vec![address]);
    }
    if !is_required && !is_them {
        return Ok(Vec::new());
    }
    let me = turn.me.clone().filter(|_| is_own);
    me.map(|address| vec![address]).ok_or_else(|| "For whom? Please give me an e-mail address.".into())
}

/// Returns the address of a person who is named without one: an address of that name that was mentioned before, or, to
/// look something up, one at the signed-in person's own domain. A change is never asked for by a guess.
pub(super) fn addressed(name: &str, kind: Kind, turn: &Turn<'_>) -> Result<String, String> {
    let is_of = |address: &&String| {
        let local = address.split('@').next().unwrap_or_default();
        local.eq_ignore_ascii_case(name)
    };
    let known = turn.mentioned.iter().rev().chain(&turn.me).find(is_of).cloned();
    let domain = turn.me.as_deref().and_then(|me| me.split_once('@')).map(|(_, domain)| domain);
    let guess = domain.map(|domain| format!("{}@{domain}", name.to_lowercase()));
    let guess = guess.filter(|_| kind == Kind::Read && name.chars().all(|c| c.is_ascii_alphabetic()));
    known.or(guess).ok_or_else(|| format!("Which {name} do you mean? Please give me an e-mail address."))
}
