//! Reads the ledger: tenants from the list of tenants, chains from each tenant's list, and the rows beside them.

use super::chain::Chain;
use super::cross::{self, Fact, Facts};
use super::finding::{Finding, Report, Wrong};
use super::known::Known;
use super::{Head, Scope};
use crate::append::Writer;
use crate::body::{Body, Follows, NewChain, NewTenant};
use crate::names;
use crate::record::{NOTHING, Record};
use crate::row::{Key, Row};
use crate::signed_ledger::named_alone;
use agent::ports::Unavailable;
use std::collections::{BTreeMap, BTreeSet};

/// One pass over the ledger.
pub(super) struct Walk<'a> {
    writer: &'a Writer,
    scope: &'a Scope,
    report: Report,
    /// All partitions of chains that exist.
    there: BTreeSet<String>,
    /// Records that must exist, by chain.
    wanted: BTreeMap<String, Vec<Wanted>>,
}

/// A record that must exist.
struct Wanted {
    seq: u64,
    hash: String,
    /// The chain that was begun after it; `None` if its head was witnessed.
    followed_by: Option<String>,
}

/// A chain to verify.
struct Listed {
    chain: String,
    /// Hash that its first record must follow; `None` if the chain is not listed.
    first: Option<String>,
}

impl<'a> Walk<'a> {
    pub(super) fn of(writer: &'a Writer, scope: &'a Scope) -> Self {
        Self { writer, scope, report: Report::default(), there: BTreeSet::new(), wanted: BTreeMap::new() }
    }

    pub(super) async fn report(mut self) -> Result<Report, Unavailable> {
        for head in &self.scope.witnessed {
            match head.check(&self.writer.public) {
                Ok(()) => self.want(&head.chain, head.seq, &head.hash, None),
                Err(error) => self.find(&head.chain, Some(head.seq), Wrong::WitnessedSignature(error)),
            }
        }
        // Read before the lists, so that a chain that begins in the meantime is already listed when it is compared.
        self.there = self.writer.chains.0.partitions(names::CHAINS).await?;
        let strange = self.there.iter().filter(|name| *name != names::ROOT && names::tenant_of(name).is_none());
        let strange: Vec<_> = strange.cloned().collect();
        for name in strange {
            self.find(&name, None, Wrong::Unlisted);
        }
        for tenant in self.tenants().await? {
            self.report.counts.tenants += 1;
            self.tenant(&tenant).await?;
        }
        self.unmet();
        Ok(self.report)
    }

    pub(super) async fn heads(mut self) -> Result<Vec<Head>, Unavailable> {
        let mut chains = vec![names::ROOT.to_owned()];
        for tenant in self.tenants().await? {
            chains.push(names::index(&tenant));
            chains.extend(self.listed(&tenant).await?.into_iter().map(|listed| listed.chain));
        }
        let rows = self.writer.chains.all(chains.iter().map(|chain| names::head(chain))).await?;
        let mut heads = rows.iter().map(|(key, row)| Head::read(&key.partition, row)).collect::<Result<Vec<_>, _>>()?;
        heads.sort_by(|a, b| a.chain.cmp(&b.chain));
        Ok(heads)
    }

    /// Returns the listed tenants and those that are not listed although they have chains.
    async fn tenants(&mut self) -> Result<BTreeSet<String>, Unavailable> {
        let rows = self.writer.chains.0.partition(names::ROOT).await?;
        let mut tenants = BTreeSet::new();
        if !rows.is_empty() || !self.there.is_empty() {
            let root = self.check(names::ROOT, &rows, Some(NOTHING));
            tenants.extend(root.records.into_values().flatten().filter_map(|record| match record.body {
                Body::Tenant(NewTenant { tenant }) => Some(tenant),
                _ => None,
            }));
        }
        let unlisted: BTreeSet<_> = self.there.iter().filter_map(|chain| names::tenant_of(chain)).collect();
        for tenant in unlisted.difference(&tenants.clone()) {
            self.find(&names::index(tenant), None, Wrong::Unlisted);
            tenants.insert(tenant.clone());
        }
        tenants.retain(|name| self.scope.tenant.as_ref().is_none_or(|only| only == name));
        Ok(tenants)
    }

    async fn tenant(&mut self, tenant: &str) -> Result<(), Unavailable> {
        let mut facts = Facts::default();
        for listed in self.listed(tenant).await? {
            let rows = self.writer.chains.0.partition(&listed.chain).await?;
            let chain = self.check(&listed.chain, &rows, listed.first.as_deref());
            self.report.counts.chains += 1;
            self.collect(chain, &mut facts).await?;
        }
        let marks = self.writer.chains.0.partition(&names::spent_of(tenant)).await?;
        facts.spent.extend(marks.iter().map(|mark| (mark.key.sort.clone(), named_alone(mark))));
        self.outside(&mut facts).await?;
        let found = cross::check(&facts, self.scope, &Known::of(&self.report.findings));
        self.report.findings.extend(found);
        self.report.open.extend(cross::open(&facts));
        Ok(())
    }

    /// Returns the tenant's chains in scope: the listed ones and those that exist without being listed.
    async fn listed(&mut self, tenant: &str) -> Result<Vec<Listed>, Unavailable> {
        let index = names::index(tenant);
        let rows = self.writer.chains.0.partition(&index).await?;
        let list = self.check(&index, &rows, Some(NOTHING));
        let mut listed = Vec::new();
        for record in list.records.into_values().flatten() {
            let Body::Chain(NewChain { chain, follows }) = record.body else { continue };
            if !self.scope.holds(&chain) {
                continue;
            }
            if let Some(Follows { chain: before, seq, hash }) = &follows
                && self.scope.holds(before)
            {
                self.want(before, *seq, hash, Some(chain.clone()));
            }
            let first = Some(follows.map_or(NOTHING.to_owned(), |follows| follows.hash));
            listed.push(Listed { chain, first });
        }
        let names: BTreeSet<_> = listed.iter().map(|listed: &Listed| listed.chain.clone()).collect();
        let is_of = |chain: &&String| {
            let looked_at = names::day_of(chain).is_none() || self.scope.holds(chain);
            **chain != index && names::tenant_of(chain).as_deref() == Some(tenant) && looked_at
        };
        let unlisted: Vec<_> = self.there.difference(&names).filter(is_of).cloned().collect();
        for chain in unlisted {
            self.find(&chain, None, Wrong::Unlisted);
            listed.push(Listed { chain, first: None });
        }
        Ok(listed)
    }

    /// Checks a chain by itself and that it contains the records that must exist.
    fn check(&mut self, name: &str, rows: &[Row], first: Option<&str>) -> Chain {
        let chain = Chain::of(name, rows);
        self.report.findings.extend(chain.check(first, &self.writer.public));
        let mut wanted = self.wanted.remove(name).unwrap_or_default();
        wanted.retain(|wanted| chain.hash(wanted.seq) != Some(wanted.hash.as_str()));
        // One lost witnessed head makes all later ones of the chain fail, so only the first is reported.
        let witnessed = wanted.iter().filter(|wanted| wanted.followed_by.is_none()).map(|wanted| wanted.seq).min();
        if let Some(seq) = witnessed {
            self.find(name, Some(seq), chain.lost(seq));
        }
        for (seq, next) in wanted.into_iter().filter_map(|wanted| Some((wanted.seq, wanted.followed_by?))) {
            self.find(name, Some(seq), Wrong::NotFollowed(next));
        }
        chain
    }

    async fn collect(&mut self, chain: Chain, facts: &mut Facts) -> Result<(), Unavailable> {
        self.report.counts.records += chain.records.len() as u64;
        facts.marks.extend(chain.marks.into_iter().map(|(seq, by)| (names::entry(&chain.name, seq).0, by)));
        let known = Known::of(self.report.findings.iter().filter(|finding| finding.chain == chain.name));
        let mut own = Vec::new();
        for (seq, record) in chain.records {
            let id = names::entry(&chain.name, seq);
            let Some(Record { hash, body, .. }) = record.filter(|_| !known.has(&id)) else {
                continue;
            };
            match body {
                Body::Opened(opened) => {
                    self.report.counts.entries += 1;
                    let who = &opened.on_behalf_of;
                    let list = names::list_of(&opened.tenant, &who.issuer, &who.subject);
                    own.push((id.clone(), names::own(&list, opened.at, &id)));
                    facts.entries.insert(id.0, Fact::of(hash, &opened));
                }
                Body::Closed(closed) => {
                    facts.closings.insert(id.0, closed);
                }
                Body::Chain(_) | Body::Tenant(_) => {}
            }
        }
        let lines = self.writer.chains.all(own.iter().map(|(_, key)| key.clone())).await?;
        for (id, key) in own {
            if let Some(fact) = facts.entries.get_mut(&id.0) {
                fact.own = lines.get(&key).and_then(named_alone).as_ref() == Some(&id);
            }
        }
        Ok(())
    }

    /// Adds the outcomes that were written on days out of scope for entries in scope.
    async fn outside(&self, facts: &mut Facts) -> Result<(), Unavailable> {
        let outside = facts.marks.values().flatten().filter(|by| !facts.closings.contains_key(&by.0));
        let keys: Vec<_> = outside.filter_map(names::place).map(|(chain, seq)| names::record(chain, seq)).collect();
        for (Key { partition: chain, .. }, row) in self.writer.chains.all(keys).await? {
            let record = Record::read(&chain, &row).ok().filter(|record| record.check(&self.writer.public).is_ok());
            if let Some(Record { seq, body: Body::Closed(closed), .. }) = record {
                facts.closings.insert(names::entry(&chain, seq).0, closed);
            }
        }
        Ok(())
    }

    fn want(&mut self, chain: &str, seq: u64, hash: &str, followed_by: Option<String>) {
        self.wanted.entry(chain.to_owned()).or_default().push(Wanted { seq, hash: hash.to_owned(), followed_by });
    }

    /// Reports chains that must contain records but do not exist at all, one finding a chain.
    fn unmet(&mut self) {
        for (chain, wanted) in std::mem::take(&mut self.wanted) {
            let in_days = names::day_of(&chain).is_none() || self.scope.holds(&chain);
            let tenant = self.scope.tenant.is_none() || self.scope.tenant == names::tenant_of(&chain);
            let first = wanted.into_iter().filter(|_| in_days && tenant).min_by_key(|wanted| wanted.seq);
            if let Some(Wanted { seq, followed_by, .. }) = first {
                self.find(&chain, Some(seq), followed_by.map_or(Wrong::WitnessedGone, Wrong::NotFollowed));
            }
        }
    }

    fn find(&mut self, chain: &str, seq: Option<u64>, wrong: Wrong) {
        self.report.findings.push(Finding { chain: chain.to_owned(), seq, wrong });
    }
}
