//! The store of a person is that of their tenant, and no other is asked.

use super::*;
use agent::access::{AccessGrant, GrantDuration};
use agent::ports::{AccessGrants, ApproverDirectory, Permissions};
use std::collections::BTreeMap;

fn person(tenant: &str) -> Actor {
    Actor::attest(Evidence { tenant: tenant.to_owned(), ..actor("ada").evidence().clone() })
}

fn everything(path: &str, _: &Value) -> (StatusCode, Value) {
    let answer = match path {
        "check" => json!({ "allowed": true }),
        "list-users" => json!({ "users": [{ "object": { "type": "user", "id": "bob" } }] }),
        _ => json!({}),
    };
    (StatusCode::OK, answer)
}

fn of<T>(tenant: &str, own: T) -> BTreeMap<String, T> {
    BTreeMap::from([(tenant.to_owned(), own)])
}

/// Every question that a port has, about this person; the kinds of the answers.
async fn ask_all(stores: &TenantStores, writers: &TenantWriters, person: &Actor) -> Vec<bool> {
    let (object, permission) = (Object::new("okta", "groups").unwrap(), permission("read_okta okta:groups"));
    let check = Check { relation: Relation("read_okta"), object: &object, facts: &[] };
    let grant = AccessGrant {
        person: person.clone(),
        permission: permission.clone(),
        from: NOW,
        duration: GrantDuration::Hour,
    };
    vec![
        stores.decide(person, check).await.is_ok(),
        stores.approvers(person, &object, &[]).await.is_ok(),
        stores.check_all(person, std::slice::from_ref(&permission), None).await.iter().all(Result::is_ok),
        stores.explain(person, &permission).await.is_ok(),
        stores.administrators(person, &permission).await.is_ok(),
        stores.is_grantable(person, &permission).await.is_ok(),
        writers.write(&grant).await.is_ok(),
        writers.remove(&grant).await.is_ok(),
    ]
}

#[tokio::test]
async fn a_tenant_without_a_store_is_never_asked_about_at_another_one() {
    let (config, asked) = serve(everything).await;
    let reader = Arc::new(fga(config.clone()));
    let writer = GrantWriter::new(config, Arc::new(Key), reader.clone()).unwrap();
    let (stores, writers) = (TenantStores::new(of("acme", reader)), TenantWriters::new(of("acme", writer)));
    for foreign in ["globex", "", "ACME", "acme "] {
        let answers = ask_all(&stores, &writers, &person(foreign)).await;
        assert!(answers.iter().all(|answered| !answered), "{foreign}: {answers:?}");
        assert!(!writers.serves(&person(foreign)), "{foreign}");
    }
    assert_eq!(asked.lock().unwrap().len(), 0, "the store of acme was not asked");
    let object = Object::new("okta", "groups").unwrap();
    let check = Check { relation: Relation("read_okta"), object: &object, facts: &[] };
    assert_eq!(stores.decide(&person("acme"), check).await.unwrap(), Decision::Allow);
    assert!(writers.serves(&person("acme")));
}

#[tokio::test]
async fn each_tenant_is_asked_about_at_its_own_store() {
    let (acme, of_acme) = server(json!({ "allowed": true })).await;
    let (globex, of_globex) = server(json!({ "allowed": false })).await;
    let stores = [("acme", acme), ("globex", globex)].map(|(name, store)| (name.to_owned(), Arc::new(store)));
    let stores = TenantStores::new(BTreeMap::from(stores));
    let object = Object::new("okta", "groups").unwrap();
    let check = Check { relation: Relation("read_okta"), object: &object, facts: &[] };
    let decided = (stores.decide(&person("acme"), check).await, stores.decide(&person("globex"), check).await);
    assert_eq!((decided.0.unwrap(), decided.1.unwrap()), (Decision::Allow, Decision::Deny));
    assert_eq!((of_acme.lock().unwrap().len(), of_globex.lock().unwrap().len()), (1, 1));
}
