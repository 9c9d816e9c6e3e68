use super::{attribute, instance, store};
use crate::fakes::{DAY, NOON, actor, approval, elevated, entry, keys};
use crate::signed_ledger::pointer;
use crate::{LedgerStore, Value, names, receipt};
use agent::Actor;
use agent::ToolName;
use agent::actor::Evidence;
use agent::ports::{Audit, Entry, EntryId, Filter, Ledger, Outcome, PastEntry, Verdict, VerdictKind};
use futures::TryStreamExt;

fn times(entries: &[PastEntry]) -> Vec<i64> {
    entries.iter().map(|entry| (entry.at - NOON) / DAY).collect()
}

#[tokio::test]
async fn people_see_their_own_entries_and_auditors_those_of_their_tenant() {
    let store = store();
    let ledger = instance(&store);
    let (ada, bob, foreign) = (actor("acme", "ada"), actor("acme", "bob"), actor("umbrella", "ada"));
    for day in 0..4 {
        ledger.open(entry(&ada, NOON + day * DAY)).await.unwrap();
        ledger.open(entry(&foreign, NOON + day * DAY)).await.unwrap();
    }
    let verdict = Verdict::Refused("denied".into());
    ledger.open(Entry { verdict, ..entry(&actor("globex", "ada"), NOON) }).await.unwrap();
    ledger.open(entry(&actor("globex", "ada"), NOON + DAY)).await.unwrap();
    let other = Entry { tool: ToolName("reset".into()), ..entry(&bob, NOON + 2 * DAY + 1) };
    let id = ledger.open(other).await.unwrap();
    ledger.close(&id, Outcome::Unknown, NOON + 3 * DAY).await.unwrap();

    let ever = 0..NOON + 100 * DAY;
    for (actor, range, most, expected) in [
        (&ada, ever.clone(), 9, vec![3, 2, 1, 0]),
        (&ada, ever.clone(), 2, vec![3, 2]),
        (&ada, NOON + DAY..NOON + 3 * DAY, 9, vec![2, 1]),
        (&ada, NOON..NOON, 9, vec![]),
        (&bob, ever.clone(), 9, vec![2]),
        (&actor("acme", "eve"), ever.clone(), 9, vec![]),
    ] {
        let found = ledger.entries_of(actor, range, most).await.unwrap();
        assert_eq!(times(&found), expected, "{actor:?}");
        assert!(found.iter().all(|entry| entry.subject == actor.subject()));
    }
    let filter = |person: Option<&str>, tool: Option<&str>| Filter {
        person: person.map(str::to_owned),
        tool: tool.map(|tool| ToolName(tool.into())),
        verdict: None,
    };
    let of_kind = |verdict| Filter { verdict: Some(verdict), ..Filter::default() };
    for (tenant, range, filter, most, expected) in [
        ("acme", ever.clone(), filter(None, None), 9, vec![3, 2, 2, 1, 0]),
        ("acme", ever.clone(), filter(None, None), 2, vec![3, 2]),
        ("acme", ever.clone(), filter(Some("bob"), None), 9, vec![2]),
        ("acme", ever.clone(), filter(Some("ada"), Some("reset")), 9, vec![]),
        ("acme", NOON..NOON + DAY + 1, filter(None, Some("okta_groups")), 9, vec![1, 0]),
        ("umbrella", ever.clone(), filter(None, None), 9, vec![3, 2, 1, 0]),
        ("globex", ever.clone(), of_kind(VerdictKind::Refused), 9, vec![0]),
        ("globex", ever.clone(), of_kind(VerdictKind::Allowed), 9, vec![1]),
        ("nobody", ever.clone(), filter(None, None), 9, vec![]),
    ] {
        let found = ledger.search(tenant, range.clone(), &filter, most).await.unwrap();
        assert_eq!(times(&found.entries), expected, "{tenant} {filter:?}");
        assert_eq!(found.searched_to, None);
        let exported: Vec<_> = ledger.export(tenant, range, filter.clone()).try_concat().await.unwrap();
        let counted: Vec<_> = exported.iter().map(|entry| entry.at).collect();
        assert_eq!(found.decisions.iter().map(|(at, _)| *at).collect::<Vec<_>>(), counted, "{tenant} {filter:?}");
    }
    let ending = ledger.entries_of(&bob, ever, 1).await.unwrap().remove(0).ending.unwrap();
    assert_eq!((ending.outcome, ending.at, ending.took), (Outcome::Unknown, NOON + 3 * DAY, DAY - 1));
}

/// An attacker who can write to the store can add an item to anyone's list. It must show neither another person's
/// entry nor an entry twice.
#[tokio::test]
async fn a_forged_list_item_shows_no_entry_of_another_person() {
    let store = store();
    let (ledger, ada, eve) = (instance(&store), actor("acme", "ada"), actor("acme", "eve"));
    let id = ledger.open(elevated(&ada, NOON, 1)).await.unwrap();
    let list = names::list_of(eve.tenant(), eve.issuer(), eve.subject());
    store.put(pointer(names::own(&list, NOON, &id), &id));
    assert!(ledger.entries_of(&eve, 0..NOON + 1, 9).await.unwrap().is_empty());
    let list = names::list_of(ada.tenant(), ada.issuer(), ada.subject());
    store.put(pointer(names::own(&list, NOON - 1, &id), &id));
    assert_eq!(times(&ledger.entries_of(&ada, 0..NOON + 1, 9).await.unwrap()), [0]);
    assert_eq!(ledger.receipt_of(&eve, &approval(1)).await.unwrap(), None);
}

#[tokio::test]
async fn only_the_owner_or_an_auditor_gets_a_receipt_and_only_of_valid_records() {
    let store = store();
    let (ledger, ada) = (instance(&store), actor("acme", "ada"));
    let id = ledger.open(elevated(&ada, NOON, 1)).await.unwrap();
    let open = ledger.receipt_of(&ada, &approval(1)).await.unwrap().unwrap();
    assert_eq!(receipt::verify(&open, &keys("k1").public()).unwrap().statement.ran, None);
    ledger.close(&id, Outcome::Done, NOON + 5).await.unwrap();

    let text = ledger.receipt_of(&ada, &approval(1)).await.unwrap().unwrap();
    let statement = receipt::verify(&text, &keys("k1").public()).unwrap().statement;
    assert_eq!(statement.ran.unwrap().to, NOON + 5);
    assert_eq!(
        (statement.asked.approval, statement.approved.into_iter().next().unwrap().subject),
        (approval(1), "ada".to_owned())
    );
    for (tenant, subject, number, there) in
        [("acme", "ada", 2, false), ("acme", "bob", 1, false), ("umbrella", "ada", 1, false), ("acme", "ada", 1, true)]
    {
        let found = ledger.receipt_of(&actor(tenant, subject), &approval(number)).await.unwrap();
        assert_eq!(found.is_some(), there, "{tenant} {subject} {number}");
    }
    assert_eq!(ledger.receipt("acme", &approval(1)).await.unwrap(), Some(text));
    assert_eq!(ledger.receipt("umbrella", &approval(1)).await.unwrap(), None);

    let (chain, seq) = names::place(&id).unwrap();
    let mut row = store.row(&names::record(chain, seq)).await.unwrap().unwrap();
    let body = attribute(&row, "body").replace("bob@acme.example", "eve@acme.example");
    row.attributes.insert("body".into(), Value::text(body));
    store.put(row);
    assert!(ledger.receipt_of(&ada, &approval(1)).await.is_err(), "no receipt is signed for a forged record");
    assert!(ledger.entries_of(&ada, 0..NOON + 1, 9).await.is_err(), "no forged record is shown");
}

#[tokio::test]
async fn a_person_is_found_by_subject_name_and_address_and_named_in_the_record() {
    let store = store();
    let ledger = instance(&store);
    let named = |subject: &str, name: &str| {
        let evidence = Evidence::of("https://idp.example/", subject, "acme");
        let email = Some(format!("{subject}.mail@acme.example"));
        Actor::attest(Evidence { name: name.to_owned(), email, ..evidence })
    };
    ledger.open(entry(&named("idp|1", "Ada Byron"), NOON)).await.unwrap();
    ledger.open(entry(&named("idp|2", "Bob Crane"), NOON + 1)).await.unwrap();
    for (wanted, expected) in [
        ("idp|1", vec!["Ada Byron"]),
        ("ada byron", vec!["Ada Byron"]),
        ("BOB", vec!["Bob Crane"]),
        ("idp|2.mail@acme.example", vec!["Bob Crane"]),
        ("acme.example", vec!["Bob Crane", "Ada Byron"]),
        ("idp", vec!["Bob Crane", "Ada Byron"]),
        ("eve", vec![]),
    ] {
        let filter = Filter { person: Some(wanted.to_owned()), ..Filter::default() };
        let found = ledger.search("acme", 0..NOON + DAY, &filter, 9).await.unwrap().entries;
        let names: Vec<_> = found.iter().map(|entry| entry.name.as_deref().unwrap()).collect();
        assert_eq!(names, expected, "{wanted}");
    }
}

/// A filter that fits nothing must not read a year of chains for one page, and the page must not look complete.
#[tokio::test]
async fn a_search_reads_a_bounded_number_of_chains_and_says_how_far_back_it_came() {
    let store = store();
    let ledger = instance(&store);
    let ada = actor("acme", "ada");
    for day in 0..120 {
        ledger.open(entry(&ada, NOON + day * DAY)).await.unwrap();
    }
    let filter = Filter { person: Some("nobody".to_owned()), ..Filter::default() };
    let found = ledger.search("acme", 0..NOON + 200 * DAY, &filter, 9).await.unwrap();
    assert!(found.entries.is_empty() && found.decisions.is_empty());
    let reached = found.searched_to.unwrap();
    assert_eq!((reached - NOON).div_euclid(DAY), 23, "96 of 120 days");
    let rest = ledger.search("acme", 0..reached, &Filter::default(), 999).await.unwrap();
    assert_eq!((rest.entries.len(), rest.searched_to), (24, None), "the next search continues there");
}

#[tokio::test]
async fn a_long_list_of_ones_own_is_searched_in_parts_without_a_gap() {
    let store = store();
    let (ledger, ada) = (instance(&store), actor("acme", "ada"));
    for number in 0..1_210 {
        ledger.open(entry(&ada, NOON + number / 3)).await.unwrap();
    }
    let found = ledger.search_own(&ada, 0..NOON + DAY, &Filter::default(), 9).await.unwrap();
    let reached = found.searched_to.unwrap();
    assert_eq!(found.entries.len(), 9);
    assert_eq!(found.decisions.len(), 1_210 - usize::try_from(reached - NOON).unwrap() * 3, "all down to there");
    let rest = ledger.search_own(&ada, 0..reached, &Filter::default(), 9).await.unwrap();
    assert_eq!((found.decisions.len() + rest.decisions.len(), rest.searched_to), (1_210, None));
}

#[tokio::test]
async fn an_export_is_whole_in_parts_of_bounded_size_and_refuses_a_gap() {
    let store = store();
    let ada = actor("acme", "ada");
    let ledger = instance(&store);
    for number in 0..350 {
        ledger.open(entry(&ada, NOON + number)).await.unwrap();
        instance(&store).open(entry(&ada, NOON + DAY + number)).await.unwrap();
    }
    let export = || ledger.export("acme", 0..NOON + 9 * DAY, Filter::default());
    let parts: Vec<_> = export().try_collect().await.unwrap();
    assert!(parts.iter().all(|part| part.len() <= 100));
    let at: Vec<_> = parts.iter().flatten().map(|entry| entry.at).collect();
    assert_eq!(at.len(), 700);
    assert!(at.is_sorted_by(|newer, older| newer >= older), "newest first");
    let id = parts[5][50].id.clone();
    let (chain, seq) = names::place(&id).unwrap();
    store.remove(&names::record(chain, seq));
    assert!(export().try_collect::<Vec<_>>().await.is_err(), "a removed record is not the end");
}

#[tokio::test]
async fn an_entry_is_found_with_its_place_and_only_in_its_tenant() {
    let store = store();
    let (ledger, ada) = (instance(&store), actor("acme", "ada"));
    let id = ledger.open(entry(&ada, NOON)).await.unwrap();
    let (found, proof) = ledger.entry("acme", &id).await.unwrap().unwrap();
    let (chain, seq) = names::place(&id).unwrap();
    assert_eq!((found.id, proof.chain.as_str(), proof.number), (id.clone(), chain, seq));
    let row = store.row(&names::record(chain, seq)).await.unwrap().unwrap();
    assert_eq!(proof.hash, attribute(&row, "hash"));
    assert!(ledger.entry("umbrella", &id).await.unwrap().is_none());
    let absent = EntryId(format!("{chain} 000000000099"));
    assert!(ledger.entry("acme", &absent).await.unwrap().is_none());
    let mut changed = row;
    changed.attributes.insert("body".into(), Value::text(attribute(&changed, "body").replace("bob", "eve")));
    store.put(changed);
    assert!(ledger.entry("acme", &id).await.is_err(), "a changed record is not shown");
}
