//! The path of relations that leads from a person to a permission, by `Expand`. `Expand` shows one level and ignores
//! conditions (openfga.dev, "Relationship Queries"), so the search asks level by level, and a check decides.

use crate::client::failed;
use crate::{OpenFga, SERVICE, tuple, user};
use agent::Actor;
use agent::permission::Permission;
use agent::ports::{Decision, Explanation, Link, Subject, Unavailable};
use openfga::apis::relationship_queries_api as queries;
use openfga::models::{ConsistencyPreference, ExpandRequest, ExpandRequestTupleKey, Node};
use std::collections::BTreeSet;
use std::time::Duration;

/// Most levels that are expanded for one explanation.
const MOST_EXPANSIONS: usize = 16;

/// Most sets of people that one level leads to. Further ones are not searched.
const MOST_SETS: usize = 12;

/// Most sets that are named to a person who lacks the permission.
const MOST_HOLDERS: usize = 5;

/// Longest time for one explanation.
const LONGEST: Duration = Duration::from_secs(8);

/// Explains why `person` has the permission or lacks it.
pub(crate) async fn explain(
    fga: &OpenFga,
    person: &Actor,
    permission: &Permission,
) -> Result<Explanation, Unavailable> {
    let Ok(user) = user::of(person) else {
        return Ok(Explanation::Missing { holders: Vec::new(), ended: false, excluded: false });
    };
    let work = async {
        let decision = fga.decide_now(&user, permission).await?;
        let mut search = Search::new(fga, &user, permission);
        let found = search.run().await?;
        match (decision, found) {
            (Decision::Allow, Some(place)) => Ok(Explanation::Held { path: search.path(place) }),
            (Decision::Deny, Some(place)) => {
                let ended = fga.has_grant(&user, &search.levels[place].permission).await?;
                Ok(Explanation::Missing { holders: search.holders(), ended, excluded: !ended })
            }
            (Decision::Deny, None) if !search.cut => {
                Ok(Explanation::Missing { holders: search.holders(), ended: false, excluded: false })
            }
            (decision, None) => Ok(Explanation::Unclear(decision)),
        }
    };
    let late = |_| Err(Unavailable::new(SERVICE, "an explanation took too long"));
    tokio::time::timeout(LONGEST, work).await.unwrap_or_else(late)
}

/// A permission that leads to the one in question, and the level from which it was found.
struct Level {
    permission: Permission,
    from: Option<usize>,
}

/// A breadth-first search, which finds a shortest path.
struct Search<'a> {
    fga: &'a OpenFga,
    user: &'a str,
    levels: Vec<Level>,
    seen: BTreeSet<Permission>,
    /// Something was not searched.
    cut: bool,
}

impl<'a> Search<'a> {
    fn new(fga: &'a OpenFga, user: &'a str, permission: &Permission) -> Self {
        let first = Level { permission: permission.clone(), from: None };
        Self { fga, user, levels: vec![first], seen: [permission.clone()].into(), cut: false }
    }

    /// Returns the level that names the person or everybody.
    async fn run(&mut self) -> Result<Option<usize>, Unavailable> {
        let mut place = 0;
        while place < self.levels.len() {
            if place == MOST_EXPANSIONS {
                self.cut = true;
                break;
            }
            let level = self.fga.expand(&self.levels[place].permission).await?;
            let mut subjects = Vec::new();
            if let Some(root) = &level {
                collect(root, &mut subjects);
            }
            if subjects.iter().any(|own| own == self.user || own == "user:*") {
                return Ok(Some(place));
            }
            let sets: Vec<Permission> = subjects.iter().filter_map(|own| set(own)).collect();
            self.cut |= sets.len() > MOST_SETS;
            for permission in sets.into_iter().take(MOST_SETS) {
                if self.seen.insert(permission.clone()) {
                    self.levels.push(Level { permission, from: Some(place) });
                }
            }
            place += 1;
        }
        Ok(None)
    }

    /// The links from the person to the permission in question.
    fn path(&self, found: usize) -> Vec<Link> {
        let mut links = vec![Link { subject: Subject::Person, permission: self.levels[found].permission.clone() }];
        let mut place = found;
        while let Some(from) = self.levels[place].from {
            let subject = Subject::Set(self.levels[place].permission.clone());
            links.push(Link { subject, permission: self.levels[from].permission.clone() });
            place = from;
        }
        links
    }

    /// The sets that have the permission directly.
    fn holders(&self) -> Vec<Subject> {
        let direct = self.levels.iter().filter(|level| level.from == Some(0));
        direct.map(|level| Subject::Set(level.permission.clone())).take(MOST_HOLDERS).collect()
    }
}

/// Collects the subjects of a level: users, and sets of them as `object#relation`. Of a difference only the base grants.
fn collect(node: &Node, subjects: &mut Vec<String>) {
    if let Some(leaf) = &node.leaf {
        subjects.extend(leaf.users.iter().flat_map(|users| users.users.iter().cloned()));
        subjects.extend(leaf.computed.iter().map(|computed| computed.userset.clone()));
        let parents = leaf.tuple_to_userset.iter().flat_map(|parents| &parents.computed);
        subjects.extend(parents.map(|computed| computed.userset.clone()));
    }
    if let Some(difference) = &node.difference {
        collect(&difference.base, subjects);
    }
    for nodes in node.union.iter().chain(&node.intersection) {
        for node in &nodes.nodes {
            collect(node, subjects);
        }
    }
}

/// The set of people that `object#relation` names.
fn set(subject: &str) -> Option<Permission> {
    let (object, relation) = subject.split_once('#')?;
    Permission::new(relation, object).ok()
}

impl OpenFga {
    /// Returns the root of one level; `None` if the relation is not defined.
    async fn expand(&self, permission: &Permission) -> Result<Option<Node>, Unavailable> {
        let key = ExpandRequestTupleKey::new(permission.relation().to_owned(), permission.object().to_owned());
        let request = ExpandRequest {
            authorization_model_id: Some(self.client.config.model_id.clone()),
            consistency: Some(ConsistencyPreference::HigherConsistency),
            contextual_tuples: tuple::contextual(tuple::standing(permission)),
            ..ExpandRequest::new(key)
        };
        let store = &self.client.config.store_id;
        let ask = |configuration| {
            let request = request.clone();
            async move { queries::expand(&configuration, store, request).await }
        };
        let answer = self.client.send(ask).await?.map_err(failed("an expansion"))?;
        Ok(answer.tree.and_then(|tree| tree.root))
    }

    /// Returns whether the user was granted this permission for a time, which may be over.
    async fn has_grant(&self, user: &str, permission: &Permission) -> Result<bool, Unavailable> {
        let stored = self.stored(user, permission).await?;
        Ok(stored.is_some_and(|own| own.condition.is_some_and(|condition| condition.name == tuple::CONDITION)))
    }
}
