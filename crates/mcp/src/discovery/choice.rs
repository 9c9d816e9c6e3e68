//! The choice of tools: those that the operator wants, that can be offered, and no more than the limit. One tool too
//! many costs itself, not its server.

use super::{Client, End, Quarantined};
use crate::connection::Listed;
use crate::pin::{Definition, Pin};
use crate::remote::RemoteTool;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// Most names in one line of the log or the page.
const MOST_NAMED: usize = 10;

/// What a server offers and is not looked at, by the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// The names of tools beyond the limit of `most`.
    pub surplus: Vec<String>,
    /// The limit.
    pub most: usize,
    /// How many tools are not among the wanted ones.
    pub unwanted: usize,
    /// Wanted names that the server does not offer.
    pub missing: Vec<String>,
    /// The list was read no further than 1024 tools or 40 pages.
    pub cut: bool,
}

/// One note on a server's list, for the log and the operator's page.
#[derive(Debug, Clone, Copy)]
enum Note<'a> {
    Surplus(&'a [String], usize),
    Missing(&'a [String]),
    Unwanted(usize),
    Cut,
}

impl LeftOut {
    /// Everything that an operator should know of it, a sentence each; names as the server has them, uncleaned.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        self.all().map(|note| note.to_string()).collect()
    }

    /// Those that an operator should act on.
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
            Self::Cut => write!(f, "the list is longer than what is read of one (1024 tools, 40 pages)"),
        }
    }
}

fn listed(names: &[String]) -> String {
    let shown: Vec<_> = names.iter().take(MOST_NAMED).map(String::as_str).collect();
    let more = names.len().saturating_sub(MOST_NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", shown.join(", "))
}

/// The tools that are chosen, in the server's order.
#[derive(Debug, Default)]
pub(super) struct Choice {
    pub(super) fit: Vec<(Definition, Arc<RemoteTool>)>,
    pub(super) quarantined: Vec<Quarantined>,
    pub(super) left_out: LeftOut,
}

impl Client {
    /// Chooses among all that a server lists: pinned tools come before new ones, so that a new one takes nobody's place,
    /// and then they come by name, so that every instance chooses the same.
    pub(super) fn choose(&self, end: &Arc<End>, listed: Listed, pins: &[Pin]) -> Choice {
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

    /// The tools that can be offered at all.
    pub(super) fn fit_all(&self, end: &Arc<End>, wanted: Vec<Definition>) -> Choice {
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
    /// Keeps `most` tools: those first for which `rank` is least, then by name. Returns the names of the others.
    pub(super) fn limit<R: Ord>(&mut self, most: usize, rank: impl Fn(&str) -> R) -> Vec<String> {
        let mut names: Vec<_> = self.fit.iter().map(|(own, _)| own.name.clone()).collect();
        names.sort_by_cached_key(|name| (rank(name), name.clone()));
        let mut surplus = names.split_off(most.min(names.len()));
        surplus.sort();
        self.fit.retain(|(own, _)| surplus.binary_search(&own.name).is_err());
        surplus
    }
}

/// How many of these tools look like this, by the look.
pub(super) type Looks = BTreeMap<String, usize>;

fn looks(end: &End, all: &[Definition]) -> Looks {
    let mut looks = Looks::new();
    let names = all.iter().filter_map(|own| crate::name::Name::new(&end.server.name, &own.name).ok());
    names.flat_map(|name| name.looks()).for_each(|look| *looks.entry(look).or_default() += 1);
    looks
}
