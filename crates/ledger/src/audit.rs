//! Reads entries for people: their own by their own list, a tenant's by its days. Records that fail verification are
//! not shown.

mod export;
mod search;

use crate::body::{ActionOutcome, Approval, Body, Closed, Decision, GivenApproval, NewChain, Opened, Weight};
use crate::day::Day;
use crate::record::Record;
use crate::row::{Key, broken};
use crate::signed_ledger::{SignedLedger, named};
use crate::signing::PublicKeys;
use crate::{SERVICE, names, receipt};
use agent::Actor;
use agent::Place;
use agent::approval::ApprovalId;
use agent::intent::Risk;
use agent::ports::{
    self, Audit, Ending, EntryId, EntryProof, Filter, FoundEntries, Millis, Outcome, PastEntry, Unavailable, Verdict,
    VerdictKind,
};
use async_trait::async_trait;
use futures::stream::BoxStream;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

#[async_trait]
impl Audit for SignedLedger {
    async fn entries_of(
        &self,
        actor: &Actor,
        times: Range<Millis>,
        most: usize,
    ) -> Result<Vec<PastEntry>, Unavailable> {
        let list = names::list_of(actor.tenant(), actor.issuer(), actor.subject());
        let lines = self.0.chains.own(&list, &times, most).await?;
        let records = self.records(&lines.iter().map(named).collect::<Result<Vec<_>, _>>()?).await?;
        // The items of the list are not signed, so ownership is decided by the record alone.
        let own = records.into_iter().filter(|(_, opened)| is_of(opened, actor) && times.contains(&opened.at));
        self.past(own.collect()).await
    }

    async fn search_own(
        &self,
        actor: &Actor,
        times: Range<Millis>,
        filter: &Filter,
        most: usize,
    ) -> Result<FoundEntries, Unavailable> {
        self.find_own(actor, times, filter, most).await
    }

    async fn search(
        &self,
        tenant: &str,
        times: Range<Millis>,
        filter: &Filter,
        most: usize,
    ) -> Result<FoundEntries, Unavailable> {
        self.find(tenant, times, filter, most).await
    }

    fn export(
        &self,
        tenant: &str,
        times: Range<Millis>,
        filter: Filter,
    ) -> BoxStream<'static, Result<Vec<PastEntry>, Unavailable>> {
        export::stream(self.clone(), tenant.to_owned(), times, filter)
    }

    async fn entry(&self, tenant: &str, entry: &EntryId) -> Result<Option<(PastEntry, EntryProof)>, Unavailable> {
        let Some((chain, seq)) = names::place(entry) else { return Ok(None) };
        if self.0.chains.record(chain, seq).await?.is_none() {
            return Ok(None);
        }
        let found = self.records(std::slice::from_ref(entry)).await?.pop();
        let Some((record, opened)) = found.filter(|(_, opened)| opened.tenant == tenant) else { return Ok(None) };
        let proof = EntryProof {
            chain: record.chain.clone(),
            number: record.seq,
            hash: record.hash.clone(),
            previous: record.previous.clone(),
            key: record.signed.key.clone(),
        };
        Ok(self.past(vec![(record, opened)]).await?.pop().map(|past| (past, proof)))
    }

    async fn receipt_of(&self, actor: &Actor, approval: &ApprovalId) -> Result<Option<String>, Unavailable> {
        match self.approved(actor.tenant(), approval).await? {
            Some((record, opened)) if is_of(&opened, actor) => self.make(record).await.map(Some),
            _ => Ok(None),
        }
    }

    async fn receipt(&self, tenant: &str, approval: &ApprovalId) -> Result<Option<String>, Unavailable> {
        match self.approved(tenant, approval).await? {
            Some((record, _)) => self.make(record).await.map(Some),
            None => Ok(None),
        }
    }
}

impl SignedLedger {
    /// Returns the entry that used an approval.
    pub(crate) async fn approved(
        &self,
        tenant: &str,
        approval: &ApprovalId,
    ) -> Result<Option<(Record, Opened)>, Unavailable> {
        let Some(entry) = self.spent(tenant, approval).await? else { return Ok(None) };
        let found = self.records(&[entry]).await?.pop();
        let rests = |opened: &Opened| {
            let own = opened.approval.as_ref().is_some_and(|own| own.id == *approval);
            own && opened.tenant == tenant && opened.decision == Decision::Allowed
        };
        Ok(found.filter(|(_, opened)| rests(opened)))
    }

    async fn make(&self, opened: Record) -> Result<String, Unavailable> {
        let entry = names::entry(&opened.chain, opened.seq);
        let closed = self.closings(&[entry]).await?.into_values().next().map(|(record, _)| record);
        receipt::make(opened, closed, self.0.keys())
            .map_err(|error| Unavailable::new(SERVICE, format!("the receipt could not be issued: {error}")))
    }

    /// Returns the chains of the days within these times.
    async fn days(&self, tenant: &str, times: &Range<Millis>) -> Result<BTreeMap<Day, Vec<String>>, Unavailable> {
        let index = names::index(tenant);
        let (first, last) = (Day::of(times.start), Day::of(times.end));
        let mut days = BTreeMap::<Day, Vec<String>>::new();
        for record in self.sound_records(&index).await? {
            let Body::Chain(NewChain { chain, .. }) = record.body else { continue };
            let Some(day) = names::day_of(&chain) else { continue };
            if first.is_none_or(|first| first <= day) && last.is_none_or(|last| day <= last) {
                days.entry(day).or_default().push(chain);
            }
        }
        Ok(days)
    }

    async fn opened_in(&self, chain: &str) -> Result<Vec<(Record, Opened)>, Unavailable> {
        Ok(self.sound_records(chain).await?.into_iter().filter_map(opened).collect())
    }

    /// Returns the verified records of a whole chain. A day can have thousands of signatures, so they are checked on
    /// the blocking pool and not on the threads that serve requests.
    async fn sound_records(&self, chain: &str) -> Result<Vec<Record>, Unavailable> {
        let rows = self.0.chains.records(chain).await?;
        let (public, chain) = (self.0.public.clone(), chain.to_owned());
        let check = move || rows.iter().map(|row| sound(Record::read(&chain, row)?, &public)).collect();
        let checked = tokio::task::spawn_blocking(check).await;
        checked.unwrap_or_else(|error| Err(Unavailable::new(SERVICE, format!("a chain could not be checked: {error}"))))
    }

    /// Returns the records of these entries in the given order, without duplicates.
    pub(crate) async fn records(&self, entries: &[EntryId]) -> Result<Vec<(Record, Opened)>, Unavailable> {
        let place = |entry| names::place(entry).ok_or_else(|| broken("entry"));
        let keys = entries.iter().map(|entry| place(entry).map(|(chain, seq)| names::record(chain, seq)));
        let mut keys = keys.collect::<Result<Vec<_>, _>>()?;
        let mut once = BTreeSet::new();
        keys.retain(|key| once.insert(key.clone()));
        let rows = self.0.chains.all(keys.clone()).await?;
        let record =
            |key: Key| self.sound(Record::read(&key.partition, rows.get(&key).ok_or_else(|| broken("entry"))?)?);
        let records = keys.into_iter().map(record).collect::<Result<Vec<_>, Unavailable>>()?;
        Ok(records.into_iter().filter_map(opened).collect())
    }

    /// Returns the records that close these entries, by entry.
    async fn closings(&self, entries: &[EntryId]) -> Result<BTreeMap<String, (Record, Closed)>, Unavailable> {
        let places = entries.iter().filter_map(names::place);
        let marks = self.0.chains.all(places.map(|(chain, seq)| names::closed(chain, seq))).await?;
        let keys = marks.values().map(|mark| {
            let by = named(mark)?;
            let (chain, seq) = names::place(&by).ok_or_else(|| broken("entry"))?;
            Ok(names::record(chain, seq))
        });
        let keys = keys.collect::<Result<Vec<_>, Unavailable>>()?;
        let mut closings = BTreeMap::new();
        for (key, row) in self.0.chains.all(keys).await? {
            let record = self.sound(Record::read(&key.partition, &row)?)?;
            if let Body::Closed(closed) = record.body.clone() {
                closings.insert(closed.entry.0.clone(), (record, closed));
            }
        }
        Ok(closings)
    }

    async fn past(&self, records: Vec<(Record, Opened)>) -> Result<Vec<PastEntry>, Unavailable> {
        let ids: Vec<_> = records.iter().map(|(record, _)| names::entry(&record.chain, record.seq)).collect();
        let mut closings = self.closings(&ids).await?;
        let entries = ids.into_iter().zip(records);
        Ok(entries
            .map(|(id, (_, opened))| {
                let ending = closings.remove(&id.0).map(|(_, closed)| ending(closed));
                past(id, opened, ending)
            })
            .collect())
    }

    fn sound(&self, record: Record) -> Result<Record, Unavailable> {
        sound(record, &self.0.public)
    }
}

fn sound(record: Record, public: &PublicKeys) -> Result<Record, Unavailable> {
    let wrong = |flaw| Unavailable::new(SERVICE, format!("the ledger fails verification at {}: {flaw}", record.chain));
    record.check(public).map_err(wrong)?;
    Ok(record)
}

fn opened(record: Record) -> Option<(Record, Opened)> {
    let Body::Opened(opened) = record.body.clone() else { return None };
    Some((record, opened))
}

fn is_of(opened: &Opened, actor: &Actor) -> bool {
    let who = &opened.on_behalf_of;
    (opened.tenant.as_str(), who.issuer.as_str(), who.subject.as_str())
        == (actor.tenant(), actor.issuer(), actor.subject())
}

fn fits(filter: &Filter, opened: &Opened) -> bool {
    let confirmed = || opened.approval.as_ref().is_some_and(|approval| !approval.given.is_empty());
    filter.person.as_ref().is_none_or(|person| opened.on_behalf_of.is_meant(person))
        && filter.tool.as_ref().is_none_or(|tool| *tool == opened.tool)
        && filter.verdict.is_none_or(|wanted| match wanted {
            VerdictKind::Confirmed => kind(&opened.decision) == VerdictKind::Allowed && confirmed(),
            kind => kind == self::kind(&opened.decision),
        })
}

const fn kind(decision: &Decision) -> VerdictKind {
    match decision {
        Decision::Allowed => VerdictKind::Allowed,
        Decision::Refused { .. } => VerdictKind::Refused,
    }
}

fn past(id: EntryId, opened: Opened, ending: Option<Ending>) -> PastEntry {
    let given = |GivenApproval { channel, issuer, subject, at, evidence, assertion, standing }| ports::GivenApproval {
        channel,
        issuer,
        subject,
        at,
        evidence,
        assertion,
        standing,
    };
    PastEntry {
        id,
        at: opened.at,
        issuer: opened.on_behalf_of.issuer,
        subject: opened.on_behalf_of.subject,
        kind: opened.on_behalf_of.kind,
        name: opened.on_behalf_of.name,
        email: opened.on_behalf_of.email,
        way: opened.way,
        place: opened.conversation.zip(opened.call).map(|(conversation, call)| Place { conversation, call }),
        tool: opened.tool,
        intent: opened.intent,
        relation: opened.relation,
        object: opened.object,
        risk: match opened.risk {
            Weight::Read => Risk::Read,
            Weight::Elevated => Risk::Elevated,
        },
        approval: opened.approval.map(|Approval { id, digest, given: all }| ports::Approval {
            id,
            digest,
            given: all.into_iter().map(given).collect(),
        }),
        policy: opened.policy,
        verdict: match opened.decision {
            Decision::Allowed => Verdict::Allowed,
            Decision::Refused { reason } => Verdict::Refused(reason),
        },
        ending,
    }
}

fn ending(closed: Closed) -> Ending {
    let outcome = match closed.outcome {
        ActionOutcome::Done => Outcome::Done,
        ActionOutcome::NotDone { reason } => Outcome::NotDone(reason),
        ActionOutcome::Unknown => Outcome::Unknown,
    };
    Ending { outcome, at: closed.at, took: closed.took }
}
