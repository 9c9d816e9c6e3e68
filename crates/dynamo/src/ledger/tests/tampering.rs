//! Whatever is done to any item of the ledger is found, and says where.

use super::bench::{DAY, NOON, TABLE, actor, approval, checked, elevated, entry, instance, table};
use crate::item::{Item, n, s};
use crate::ledger::verify::{Finding, Scope, Wrong, heads, verify};
use crate::ledger::{DynamoLedger, Head, names};
use agent::ports::{Entry, EntryId, Ledger, Outcome, Verdict};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;

/// Two tenants, two days, yeses, outcomes, a refusal; what is left open is open.
async fn lived_in() -> (Client, DynamoLedger) {
    let client = table().await;
    let ledger = instance(&client);
    let (ada, eve) = (actor("acme", "ada"), actor("umbrella", "eve"));
    for day in 0..2 {
        let at = NOON + day * DAY;
        let id = ledger.open(elevated(&ada, at, day as u8)).await.unwrap();
        ledger.close(&id, Outcome::Done, at + 9).await.unwrap();
        let refused = Verdict::Refused("denied".into());
        ledger.open(Entry { verdict: refused, ..entry(&ada, at) }).await.unwrap();
        ledger.open(entry(&ada, at)).await.unwrap();
    }
    ledger.open(entry(&eve, NOON)).await.unwrap();
    assert_eq!(checked(&ledger).await.findings, []);
    (client, ledger)
}

async fn everything(client: &Client) -> Vec<Item> {
    client.scan().table_name(TABLE).send().await.unwrap().items.unwrap()
}

async fn put(client: &Client, item: &Item) {
    client.put_item().table_name(TABLE).set_item(Some(item.clone())).send().await.unwrap();
}

async fn remove(client: &Client, item: &Item) {
    let request = client.delete_item().table_name(TABLE);
    request.key("pk", item["pk"].clone()).key("sk", item["sk"].clone()).send().await.unwrap();
}

fn key(item: &Item) -> (&str, &str) {
    (item["pk"].as_s().unwrap(), item["sk"].as_s().unwrap())
}

/// Where a finding about this item must be: at the record, or at the entry that a mark is about.
fn is_about(finding: &Finding, item: &Item) -> bool {
    let (pk, sk) = key(item);
    let at = |id: &EntryId| {
        let (chain, seq) = names::place(id).unwrap();
        finding.chain == chain && finding.seq == Some(seq)
    };
    match item.get("entry") {
        Some(_) if pk.starts_with("ledger") => {
            finding.chain == pk && finding.seq == sk.strip_prefix("closed#").and_then(|seq| seq.parse().ok())
        }
        Some(entry) => at(&EntryId(entry.as_s().unwrap().clone())),
        None => finding.chain == pk && (sk == "head" || finding.seq == sk.parse().ok()),
    }
}

#[tokio::test]
async fn every_removal_of_an_item_is_found() {
    let (client, ledger) = lived_in().await;
    let items = everything(&client).await;
    assert!(items.len() > 30, "{}", items.len());
    for item in &items {
        remove(&client, item).await;
        let findings = checked(&ledger).await.findings;
        assert!(findings.iter().any(|finding| is_about(finding, item)), "{:?}: {findings:?}", key(item));
        put(&client, item).await;
    }
    assert_eq!(checked(&ledger).await.findings, [], "as before");
}

#[tokio::test]
async fn every_change_of_an_item_is_found() {
    let (client, ledger) = lived_in().await;
    for item in everything(&client).await {
        // That a record's other attributes are looked at is told without a table, in the tests of one chain.
        let attributes = item.keys().filter(|attribute| !matches!(attribute.as_str(), "pk" | "sk"));
        for attribute in attributes.filter(|attribute| !item.contains_key("body") || *attribute == "body") {
            let mut changed = item.clone();
            let value = match &item[attribute] {
                AttributeValue::S(text) => {
                    s(format!("{}{}", if text.starts_with('0') { "1" } else { "0" }, &text[1..]))
                }
                AttributeValue::N(number) => n(number.parse::<u64>().unwrap() + 1),
                other => panic!("{other:?}"),
            };
            changed.insert(attribute.clone(), value);
            put(&client, &changed).await;
            let findings = checked(&ledger).await.findings;
            assert!(
                findings.iter().any(|finding| is_about(finding, &item)),
                "{:?} {attribute}: {findings:?}",
                key(&item)
            );
        }
        let mut doomed = item.clone();
        doomed.insert("ttl".into(), n(1));
        put(&client, &doomed).await;
        let findings = checked(&ledger).await.findings;
        assert!(findings.iter().any(|finding| is_about(finding, &item)), "{:?} ttl: {findings:?}", key(&item));
        put(&client, &item).await;
    }
    assert_eq!(checked(&ledger).await.findings, [], "as before");
}

#[tokio::test]
async fn what_is_added_or_removed_whole_is_found() {
    let (client, ledger) = lived_in().await;
    let items = everything(&client).await;
    let chains: std::collections::BTreeSet<_> =
        items.iter().map(|item| key(item).0.to_owned()).filter(|pk| pk.starts_with("ledger")).collect();
    assert_eq!(chains.len(), 1 + 2 + 3, "{chains:?}");
    for chain in chains {
        let of_chain: Vec<_> = items.iter().filter(|item| key(item).0 == chain).collect();
        for item in &of_chain {
            remove(&client, item).await;
        }
        let findings = checked(&ledger).await.findings;
        let gone = Finding { chain: chain.clone(), seq: None, wrong: Wrong::ChainRemoved };
        assert!(findings.contains(&gone), "{chain}: {findings:?}");
        for item in of_chain {
            put(&client, item).await;
        }
    }

    let sample =
        |sk: &str| items.iter().find(|item| key(item).1 == sk && key(item).0.starts_with("ledger#acme")).unwrap();
    let spent = |id: &str, entry: &str| {
        Item::from([("pk".into(), s(names::spent("acme"))), ("sk".into(), s(id)), ("entry".into(), s(entry))])
    };
    let nowhere = names::entry(key(sample("head")).0, 99).0;
    let (first, of_a_read) = (names::entry(key(sample("head")).0, 1).0, names::entry(key(sample("head")).0, 4).0);
    let foreign =
        |pk: &str, of: &str| sample(of).clone().into_iter().chain([("pk".to_owned(), s(pk))]).collect::<Item>();
    let rows = [
        ("a mark of an entry that is not there", spent(approval(7).as_str(), &nowhere)),
        ("a mark of an entry that rests on another yes", spent(approval(7).as_str(), &first)),
        ("a mark of an entry that rests on none", spent(approval(7).as_str(), &of_a_read)),
        ("a mark of nothing", spent(approval(7).as_str(), "nothing")),
        ("a chain that is in no list", foreign("ledger#acme#2026-03-05#3", "000000000001")),
        ("a chain of a tenant that is in no list", foreign("ledger#secret#2026-03-05#3", "head")),
        ("something else", foreign("ledger#acme", "head")),
    ];
    for (what, item) in rows {
        put(&client, &item).await;
        assert_ne!(checked(&ledger).await.findings, [], "{what}");
        remove(&client, &item).await;
    }
    assert_eq!(checked(&ledger).await.findings, [], "as before");
}

/// The limit, as it is documented: who puts everything back to an older state is found by witnessed heads, and not without.
#[tokio::test]
async fn an_older_state_is_found_by_witnessed_heads() {
    let (client, ledger) = lived_in().await;
    let before = everything(&client).await;
    let id = ledger.open(elevated(&actor("acme", "ada"), NOON + DAY, 9)).await.unwrap();
    ledger.close(&id, Outcome::Done, NOON + DAY + 1).await.unwrap();
    let witnessed: Vec<Head> = heads(&ledger, &Scope::default()).await.unwrap();
    assert_eq!(witnessed.len(), 6);
    let scope = Scope { witnessed, ..Scope::default() };
    assert_eq!(verify(&ledger, &scope).await.unwrap().findings, []);

    let put_back = async |all: bool| {
        for item in everything(&client).await {
            if !before.contains(&item) && (all || names::place(&id).unwrap().0 == key(&item).0) {
                remove(&client, &item).await;
            }
        }
        for item in &before {
            put(&client, item).await;
        }
    };
    let after = everything(&client).await;
    put_back(false).await;
    let findings = checked(&ledger).await.findings;
    assert_ne!(findings, [], "what refers to the removed records is left: {findings:?}");
    for item in after {
        put(&client, &item).await;
    }
    assert_eq!(checked(&ledger).await.findings, []);
    put_back(true).await;
    assert_eq!(checked(&ledger).await.findings, [], "nothing in the table tells");
    let findings = verify(&ledger, &scope).await.unwrap().findings;
    let (chain, seq) = names::place(&id).unwrap();
    let expected = Finding { chain: chain.to_owned(), seq: Some(seq + 1), wrong: Wrong::CutOff(seq - 1) };
    assert_eq!(findings, [expected]);

    for item in everything(&client).await {
        remove(&client, &item).await;
    }
    assert_eq!(checked(&ledger).await.findings, [], "an empty table is an empty ledger");
    assert_eq!(verify(&ledger, &scope).await.unwrap().findings.len(), 6, "but not to who has witnessed heads");
    let mut forged = scope.clone();
    forged.witnessed[0].seq += 1;
    let findings = verify(&ledger, &forged).await.unwrap().findings;
    assert!(findings.iter().any(|finding| matches!(finding.wrong, Wrong::WitnessedSignature(_))), "{findings:?}");
}

#[tokio::test]
async fn a_scope_looks_at_its_tenant_and_days_alone() {
    let (client, ledger) = lived_in().await;
    let doomed = everything(&client).await.into_iter().find(|item| {
        let (pk, sk) = key(item);
        pk.starts_with("ledger#acme#2026-03-02") && sk == "000000000003"
    });
    remove(&client, &doomed.unwrap()).await;
    let day = |text: &str| Some(text.parse().unwrap());
    for (tenant, from, to, wrong, chains) in [
        (None, None, None, true, 3),
        (Some("acme"), None, None, true, 2),
        (Some("umbrella"), None, None, false, 1),
        (Some("nobody"), None, None, false, 0),
        (None, day("2026-03-02"), None, true, 1),
        (None, None, day("2026-03-01"), false, 2),
        (None, day("2026-03-01"), day("2026-03-02"), true, 3),
        (None, day("2026-03-03"), None, false, 0),
    ] {
        let scope = Scope { tenant: tenant.map(str::to_owned), from, to, witnessed: Vec::new() };
        let report = verify(&ledger, &scope).await.unwrap();
        assert_eq!((report.findings.is_empty(), report.counts.chains), (!wrong, chains), "{scope:?} {report:?}");
    }
}

/// What our own code must never do, and a stolen key might: two deeds on one yes, an elevated one without any.
#[tokio::test]
async fn deeds_without_their_own_yes_are_found() {
    let client = table().await;
    let (ledger, ada) = (instance(&client), actor("acme", "ada"));
    let without = Entry { approval: None, ..elevated(&ada, NOON, 1) };
    let unsaid = elevated(&ada, NOON, 2);
    let unsaid = Entry { approval: unsaid.approval.map(|it| agent::ports::Approval { given: None, ..it }), ..unsaid };
    let mut unproven = elevated(&ada, NOON, 4);
    unproven.approval.as_mut().unwrap().given.as_mut().unwrap().evidence.pop();
    let mut expected = Vec::new();
    for entry in [without, unsaid, unproven] {
        expected.push(ledger.open(entry).await.unwrap());
    }
    let findings = checked(&ledger).await.findings;
    let found: Vec<_> = findings.iter().map(|finding| names::entry(&finding.chain, finding.seq.unwrap())).collect();
    assert_eq!(found, expected);
    assert!(findings.iter().all(|finding| finding.wrong == Wrong::NoYes), "{findings:?}");

    let first = ledger.open(elevated(&ada, NOON, 3)).await.unwrap();
    let mark = ledger.0.store.get(&names::spent("acme"), approval(3).as_str()).await.unwrap().unwrap();
    remove(&client, &mark).await;
    let second = ledger.open(elevated(&ada, NOON, 3)).await.unwrap();
    let findings = checked(&ledger).await.findings;
    let (chain, seq) = names::place(&second).unwrap();
    let twice = Finding { chain: chain.into(), seq: Some(seq), wrong: Wrong::SpentTwice(approval(3), first) };
    assert!(findings.contains(&twice), "{findings:?}");
}
