//! The server against a third-party OpenID Provider with each of its profiles (`Character`), most of which imitate a
//! vendor or one peculiarity: people sign in, ask, approve and sign out as with the sandbox.
//!
//! The file `testing/peers.md` holds the results. When they change, this test fails; `UPDATE_TABLES=1` writes the new
//! table.

mod approval;
mod conversation;
mod end;
pub(crate) mod house;
pub(crate) mod person;
mod table;

use crate::world::aws;
use countersign::wiring::examine;
use futures::StreamExt;
use peers::oidc;

/// Providers that run at the same time; most of the time is waiting for polls.
const AT_A_TIME: usize = 4;

/// Profiles with which the same conversation is recorded.
const RECORDED: [&str; 3] = ["Auth0", "Okta", "Keycloak"];

const CONVERSATIONS: &str = include_str!("../../../testing/conversations.md");

const TABLE: &str = include_str!("../../../testing/peers.md");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_kind_of_third_party_provider_is_supported() {
    let characters = oidc::characters().unwrap();
    let rows: Vec<_> = futures::stream::iter(characters)
        .map(|character| async move {
            let row = tokio::spawn(house::live(character.clone())).await;
            row.map_err(|error| format!("{}: {error}", character.name))
        })
        .buffered(AT_A_TIME)
        .collect()
        .await;
    let broken: Vec<_> = rows.iter().filter_map(|row| row.as_ref().err()).collect();
    assert!(broken.is_empty(), "{broken:#?}");
    let rows: Vec<_> = rows.into_iter().flatten().collect();
    crate::tables::compare_at("testing/peers.md", &table::render(&rows), TABLE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doctor_reports_what_a_provider_without_approvals_lacks() {
    let characters = oidc::characters().unwrap();
    let google = characters.iter().find(|character| character.name == "Google").unwrap();
    let house = house::start(google).await.unwrap();
    let report = examine(&house.app.config, &aws(&house.app.sandbox).await).await;
    assert!(report.is_well(), "{report}");
    let lacks: Vec<_> = report.abilities.iter().filter(|ability| !ability.works).map(|ability| ability.name).collect();
    assert_eq!(lacks, ["approvals", "tokens for MCP", "provider sign-out", "back-channel logout"], "{report}");
    assert!(report.to_string().contains("people approve with passkeys"), "{report}");
    house.app.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_conversation_is_had_with_three_providers() {
    let characters = oidc::characters().unwrap();
    let mut recorded = conversation::HEAD.to_owned();
    for name in RECORDED {
        let character = characters.iter().find(|character| character.name == name).unwrap();
        recorded += &conversation::record(character).await;
    }
    crate::tables::compare_at("testing/conversations.md", &recorded, CONVERSATIONS);
}
