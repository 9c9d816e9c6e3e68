//! The selection of tools: those that the operator wants, that can be offered, up to the limit. A tool beyond the limit
//! is omitted without affecting its server's others.

use super::{Client, Quarantined, ServerEndpoint};
use crate::connection::Listed;
use crate::pin::{Definition, Pin};
use crate::remote::RemoteTool;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// Most names in one line of the log or the page.
const MOST_NAMED: usize = 10;

/// The tools that a server offers and that the configuration excludes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// The names of tools beyond the limit of `most`.
    pub surplus: Vec<String>,
    /// The limit.
    pub most: usize,
    /// The number of tools that the operator does not want.
    pub unwanted: usize,
    /// Wanted names that the server does not offer.
    pub missing: Vec<String>,
    /// Reading stopped at 1024 tools or 40 pages.
    pub cut: bool,
}

/// A note about a server's list, for the log and the operator's page.
#[derive(Debug, Clone, Copy)]
enum Note<'a> {
    Surplus(&'a [String], usize),
    Missing(&'a [String]),
    Unwanted(usize),
    Cut,
}

impl LeftOut {
    /// All notes for an operator, a sentence each. Names are those of the server, uncleaned.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        self.all().map(|note| note.to_string()).collect()
    }

    /// The notes that call for action by an operator.
    pub(super) fn warnings(&self) -> impl Iterator<Item = String> {
        self.all().filter(|note| !matches!(note, Note::Unwanted(_))).map(|note| note.to_string())
    }

    fn all(&self) -> impl Iterator<Item = Note<'_>> {
        let surplus = (!self.surplus.is_empty()).then_some(Note::Surplus(&self.surplus, self.most));
        let missing = (!self.missing.is_empty()).then_some(Note::Missing(&self.missing));
        let unwanted = (self.unwanted > 0).then_some(Note::Unwanted(self.unwanted));
        [surplus, missing, unwanted, self.cut.then_some(Note::Cut)].into_iter().flatten()
    }
}

impl fmt::Display for Note<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Surplus(names, most) => write!(
                f,
                "{} more than the limit of {most} tools, left out: {}. Name the wanted ones with `only`, or raise `limits.tools`",
                names.len(),
                listed(names)
            ),
            Self::Missing(names) => write!(f, "named by `only` and not offered by the server: {}", listed(names)),
            Self::Unwanted(count) => write!(f, "{count} not named by `only`, left out"),
            Self::Cut => write!(f, "the list is longer than the limit (1024 tools, 40 pages)"),
        }
    }
}

fn listed(names: &[String]) -> String {
    let shown: Vec<_> = names.iter().take(MOST_NAMED).map(String::as_str).collect();
    let more = names.len().saturating_sub(MOST_NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", shown.join(", "))
}

/// The selected tools, in the server's order.
#[derive(Debug, Default)]
pub(super) struct Choice {
    pub(super) fit: Vec<(Definition, Arc<RemoteTool>)>,
    pub(super) quarantined: Vec<Quarantined>,
    pub(super) left_out: LeftOut,
}

impl Client {
    /// Selects among all tools that a server lists: pinned tools take precedence over new ones, so that a new tool
    /// displaces none, then the order of names decides, so that all instances select the same tools.
    pub(super) fn choose(&self, end: &Arc<ServerEndpoint>, listed: Listed, pins: &[Pin]) -> Choice {
        let Listed { tools, cut } = listed;
        let all: Vec<_> = tools.iter().map(Definition::from).collect();
        let missing = match cut {
            true => Vec::new(),
            false => end.server.missing(all.iter().map(|own| own.name.as_str())),
        };
        let (wanted, unwanted): (Vec<_>, Vec<_>) = all.into_iter().partition(|own| end.server.wants(&own.name));
        let pinned: BTreeSet<_> = pins.iter().map(|pin| pin.definition.name.as_str()).collect();
        let mut choice = self.fit_all(end, wanted);
        let surplus = choice.limit(end.server.limits.most_tools, |name| !pinned.contains(name));
        let most = end.server.limits.most_tools;
        choice.left_out = LeftOut { surplus, most, unwanted: unwanted.len(), missing, cut };
        choice
    }

    /// Sorts the tools into those that can be offered and those to quarantine.
    pub(super) fn fit_all(&self, end: &Arc<ServerEndpoint>, wanted: Vec<Definition>) -> Choice {
        let looks = looks(end, &wanted);
        let mut choice = Choice::default();
        for definition in wanted {
            match self.fit(end, &definition, &looks) {
                Ok(tool) => choice.fit.push((definition, tool)),
                Err(why) => choice.quarantined.push(Quarantined { definition, why }),
            }
        }
        choice
    }
}

impl Choice {
    /// Keeps `most` tools: those with the least `rank` first, then by name. Returns the names of the others.
    pub(super) fn limit<R: Ord>(&mut self, most: usize, rank: impl Fn(&str) -> R) -> Vec<String> {
        let mut names: Vec<_> = self.fit.iter().map(|(own, _)| own.name.clone()).collect();
        names.sort_by_cached_key(|name| (rank(name), name.clone()));
        let mut surplus = names.split_off(most.min(names.len()));
        surplus.sort();
        self.fit.retain(|(own, _)| surplus.binary_search(&own.name).is_err());
        surplus
    }
}

/// The number of tools that share each look.
pub(super) type Looks = BTreeMap<String, usize>;

fn looks(end: &ServerEndpoint, all: &[Definition]) -> Looks {
    let mut looks = Looks::new();
    let names = all.iter().filter_map(|own| crate::name::Name::new(&end.server.name, &own.name).ok());
    names.flat_map(|name| name.looks()).for_each(|look| *looks.entry(look).or_default() += 1);
    looks
}
