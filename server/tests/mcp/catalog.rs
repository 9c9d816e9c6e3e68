//! All servers together, as turns use them: listed once, with a short wait, and known when they do not respond.

use crate::world::{TENANT, World, name};
use agent::actor::Evidence;
use agent::fakes::actor;
use agent::intent::Need;
use agent::ports::{CredentialError, CredentialProvider, Toolboxes};
use agent::{Actor, Toolbox};
use axum::http::StatusCode;
use mcp::Catalog;
use sandbox::mcp::hostile::{Reply, Strikes, offers};
use std::sync::Arc;
use std::time::{Duration, Instant};

impl World {
    /// Returns a catalog of both servers with an empty cache, as after a start.
    fn catalog(&self) -> Catalog {
        Catalog::new(Toolbox::default(), self.fresh_client(), Arc::new(crate::world::TwoTokens))
    }

    fn listings(&self) -> usize {
        self.hostile.requests().iter().filter(|request| request.method.as_deref() == Some("tools/list")).count()
    }
}

async fn names(catalog: &Catalog, who: &Actor) -> Vec<String> {
    catalog.toolbox(who).await.names().map(|name| name.0.clone()).collect()
}

const BOTH: [&str; 2] = ["hostile___weather", "tasks___get_tasks"];

fn need(server: &str) -> Need {
    Need { provider: format!("mcp:{server}"), scopes: Vec::new() }
}

#[tokio::test]
async fn concurrent_turns_list_a_server_once_for_each_person() {
    let world = World::new().await;
    let (catalog, people) = (world.catalog(), ["ada", "bob", "cy"].map(actor));
    let turns = (0..30).map(|i| names(&catalog, &people[i % 3]));
    for offered in futures::future::join_all(turns).await {
        assert_eq!(offered, BOTH);
    }
    assert_eq!(world.listings(), 3);
    assert_eq!(names(&catalog, &people[0]).await, BOTH);
    assert_eq!(world.listings(), 3, "no further listing a minute later");
    // The same person in another organization counts as another person.
    let elsewhere = Actor::attest(Evidence { tenant: "elsewhere".to_owned(), ..people[0].evidence().clone() });
    assert_eq!(names(&catalog, &elsewhere).await, BOTH);
    assert_eq!(world.listings(), 4);
}

#[tokio::test]
async fn a_hanging_server_costs_a_turn_three_seconds_once_and_its_tools_stay_known() {
    let world = World::new().await;
    let ada = actor("ada");
    assert_eq!(names(&world.catalog(), &ada).await, BOTH);
    let catalog = world.catalog();
    world.hostile.reply(Strikes::Everything, Reply::Slow);
    for longest in [4, 1] {
        let begun = Instant::now();
        assert_eq!(names(&catalog, &ada).await, BOTH);
        assert!(begun.elapsed() < Duration::from_secs(longest), "{:?}", begun.elapsed());
    }
    let Err(CredentialError::Unavailable(error)) = catalog.access_token(&ada, &need("hostile")).await else { panic!() };
    assert_eq!(error.service, "the MCP server hostile");
    assert!(catalog.access_token(&ada, &need("tasks")).await.is_ok(), "the other server answers");
    // The server responds again while the first request still hangs.
    world.hostile.repent();
    assert!(catalog.access_token(&ada, &need("hostile")).await.is_ok());
}

#[tokio::test]
async fn a_failure_that_is_not_an_outage_is_left_to_the_call() {
    let (world, ada) = (World::new().await, actor("ada"));
    for (reply, lent) in [
        (Reply::Status(StatusCode::FORBIDDEN, "x-y", "z".into()), true),
        (Reply::Redirect("http://elsewhere.test/".to_owned()), true),
        (Reply::Status(StatusCode::SERVICE_UNAVAILABLE, "x-y", "z".into()), false),
    ] {
        world.hostile.reply(Strikes::Everything, reply.clone());
        assert_eq!(world.catalog().access_token(&ada, &need("hostile")).await.is_ok(), lent, "{reply:?}");
    }
    assert!(world.catalog().access_token(&ada, &need("elsewhere")).await.is_err());
}

#[tokio::test]
async fn attack_44_an_acceptance_of_one_organization_does_not_count_in_another() {
    let world = World::new().await;
    let (catalog, ada) = (world.catalog(), actor("ada"));
    let other = Actor::attest(Evidence { tenant: "elsewhere".to_owned(), ..ada.evidence().clone() });
    for who in [&ada, &other] {
        assert_eq!(names(&catalog, who).await, BOTH);
    }
    world.hostile.offer(offers::redescribed());
    let catalog = world.catalog();
    for who in [&ada, &other] {
        assert_eq!(names(&catalog, who).await, ["tasks___get_tasks"]);
    }
    let looks = catalog.look(&ada).await.unwrap();
    let hostile = looks.iter().find(|look| look.server.name == name("hostile")).unwrap();
    let proposed = hostile.pins[0].proposed.as_ref().unwrap();
    assert_eq!(ada.tenant(), TENANT);
    let digest = proposed.digest().unwrap();
    catalog.accept(&ada, &name("hostile"), "weather", &digest).await.unwrap();
    assert_eq!(names(&catalog, &ada).await, BOTH);
    assert_eq!(names(&catalog, &other).await, ["tasks___get_tasks"]);
}
