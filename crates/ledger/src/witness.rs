//! Follows the heads of the ledger's chains, so that they can be kept out of reach of anyone who can write to the
//! store. [`crate::verify`] detects by them what was removed, replaced or put back afterwards.

use crate::append::Writer;
use crate::body::{Body, NewChain, NewTenant};
use crate::day::Day;
use crate::names;
use crate::record::{Head, Record};
use crate::seen::{Point, Regression};
use crate::signed_ledger::SignedLedger;
use agent::ports::Unavailable;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Number of remembered alarms, after which all are forgotten and can be raised again. Keeps a hostile store from
/// exhausting the memory.
const MOST_ALARMS: usize = 1000;

/// A chain that fails verification, or has lost records whose heads were witnessed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alarm {
    /// Name of the chain.
    pub chain: String,
    /// The defect of the chain.
    pub reason: String,
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.chain, self.reason)
    }
}

/// The result of one poll.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct WitnessPoll {
    /// Heads that are new since the last poll.
    pub heads: Vec<Head>,
    /// Alarms that were not raised before.
    pub alarms: Vec<Alarm>,
}

/// A reader of the ledger that knows the newest witnessed head of each chain.
#[derive(Debug)]
pub struct Witness {
    ledger: SignedLedger,
    newest: BTreeMap<String, Point>,
    /// The listed chains of entries, and those of which a head was witnessed.
    chains: BTreeSet<String>,
    /// The lists of chains by name, each with the number of the last record that was read.
    lists: BTreeMap<String, u64>,
    raised: BTreeSet<Alarm>,
    /// Set once every chain was polled. Later polls read only the chains of the newest two days, because older ones
    /// no longer grow.
    complete: bool,
}

impl Witness {
    /// Creates a witness that continues after `witnessed`, the heads that were kept before. Heads with an invalid
    /// signature are skipped; verification reports them.
    #[must_use]
    pub fn new(ledger: SignedLedger, witnessed: &[Head]) -> Self {
        let mut newest = BTreeMap::<String, Point>::new();
        for head in witnessed.iter().filter(|head| head.check(&ledger.0.public).is_ok()) {
            let point = newest.entry(head.chain.clone()).or_insert_with(|| Point::of(head));
            if point.seq < head.seq {
                *point = Point::of(head);
            }
        }
        // A witnessed chain is polled even if it is no longer listed.
        let chains = newest.keys().filter(|chain| names::day_of(chain).is_some()).cloned().collect();
        let lists =
            newest.keys().filter(|chain| names::day_of(chain).is_none()).map(|list| (list.clone(), 0)).collect();
        Self { ledger, newest, chains, lists, raised: BTreeSet::new(), complete: false }
    }

    /// Polls once. The first poll reads all chains; later ones read the lists of chains and the chains of `today` and
    /// the day before.
    ///
    /// # Errors
    /// [`Unavailable`] if the store did not answer. The next poll catches up.
    pub async fn look(&mut self, today: Day) -> Result<WitnessPoll, Unavailable> {
        let mut look = WitnessPoll::default();
        self.read_lists(&mut look).await?;
        let first = if self.complete { today.previous() } else { None };
        let recent = |chain: &&String| first.is_none_or(|first| names::day_of(chain).is_some_and(|day| first <= day));
        let chains: Vec<_> = self.lists.keys().chain(self.chains.iter().filter(recent)).cloned().collect();
        let mut rows = self.ledger.0.chains.all(chains.iter().map(|chain| names::head(chain))).await?;
        for chain in chains {
            let row = rows.remove(&names::head(&chain));
            let head = row.map(|row| Head::read(&chain, &row)).transpose();
            match head {
                Ok(head) => self.judge(&chain, head, &mut look).await?,
                Err(_) => self.raise(&chain, "the head is changed", &mut look),
            }
        }
        self.complete = true;
        Ok(look)
    }

    /// Accepts a head if the chain contains what was witnessed of it, or raises an alarm.
    async fn judge(&mut self, chain: &str, head: Option<Head>, look: &mut WitnessPoll) -> Result<(), Unavailable> {
        if let Some(Err(error)) = head.as_ref().map(|head| head.check(&self.writer().public)) {
            self.raise(chain, format!("the head: {error}"), look);
            return Ok(());
        }
        let before = self.newest.get(chain);
        if let Some(before) = before {
            match before.check(head.as_ref(), chain, &self.writer().chains).await {
                Ok(()) => {}
                Err(Regression::Unavailable(error)) => return Err(error),
                Err(regression) => {
                    self.raise(chain, regression, look);
                    return Ok(());
                }
            }
        }
        if let Some(head) = head.filter(|head| before.is_none_or(|before| before.seq < head.seq)) {
            self.newest.insert(chain.to_owned(), Point::of(&head));
            look.heads.push(head);
        }
        Ok(())
    }

    /// Reads the new records of the list of tenants and of their lists of chains.
    async fn read_lists(&mut self, look: &mut WitnessPoll) -> Result<(), Unavailable> {
        self.lists.entry(names::ROOT.to_owned()).or_default();
        let mut open: Vec<_> = self.lists.keys().cloned().collect();
        while let Some(list) = open.pop() {
            for body in self.read_list(&list, look).await? {
                match body {
                    Body::Tenant(NewTenant { tenant }) => {
                        let index = names::index(&tenant);
                        if self.lists.insert(index.clone(), 0).is_none() {
                            open.push(index);
                        }
                    }
                    Body::Chain(NewChain { chain, .. }) => {
                        self.chains.insert(chain);
                    }
                    Body::Opened(_) | Body::Closed(_) => {}
                }
            }
        }
        Ok(())
    }

    /// Returns the records of a list that were not read before, up to the first invalid one.
    async fn read_list(&mut self, list: &str, look: &mut WitnessPoll) -> Result<Vec<Body>, Unavailable> {
        let mut bodies = Vec::new();
        let mut last = self.lists.get(list).copied().unwrap_or_default();
        loop {
            let rows = self.writer().chains.some_after(list, last).await?;
            for row in &rows {
                let record = Record::read(list, row).ok().filter(|record| record.check(&self.writer().public).is_ok());
                let Some(record) = record else {
                    self.raise(list, format!("a record after number {last} is changed"), look);
                    return Ok(bodies);
                };
                last = record.seq;
                bodies.push(record.body);
            }
            if rows.is_empty() {
                self.lists.insert(list.to_owned(), last);
                return Ok(bodies);
            }
        }
    }

    fn raise(&mut self, chain: &str, reason: impl fmt::Display, look: &mut WitnessPoll) {
        let alarm = Alarm { chain: chain.to_owned(), reason: reason.to_string() };
        if self.raised.len() >= MOST_ALARMS {
            self.raised.clear();
        }
        if self.raised.insert(alarm.clone()) {
            look.alarms.push(alarm);
        }
    }

    fn writer(&self) -> &Writer {
        &self.ledger.0
    }
}
