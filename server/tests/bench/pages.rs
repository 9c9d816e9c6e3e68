//! The cost of a page: response time, processor time, size of the document, requests to the store.

use crate::house::House;
use crate::streams::since;
use crate::{Budget, percentile, say};
use agent::Actor;
use agent::actor::Evidence;
use agent::ids::{ConversationId, IdempotencyKey};
use agent::ports::{Conversations, Header, Numbered};
use agent::turn::{Event, TurnEnd};
use countersign::config::{Config, Env};
use dynamo::DynamoConversations;
use std::sync::Arc;
use std::time::Instant;

/// Loads of each page.
const LOADS: usize = 300;
/// Messages of the conversations: a typical one, a long one, and the longest with a budget.
const LENGTHS: [usize; 3] = [20, 300, 2_000];

pub(crate) async fn run() {
    let house = House::start(0).await;
    let ada = house.signed_in("ada").await;
    for (place, messages) in LENGTHS.into_iter().enumerate() {
        let conversation = plant(&house, place, messages).await;
        let path = format!("/c/{conversation}");
        // The first load fills the log cache.
        let page = ada.visit(&path).await;
        assert_eq!(page.status, 200);
        let (busy, asked) = (house.server.busy(), house.sandbox.dynamo().requests());
        let mut times = Vec::new();
        for _ in 0..LOADS {
            let begun = Instant::now();
            assert_eq!(ada.visit(&path).await.status, 200);
            times.push(begun.elapsed());
        }
        let busy = (house.server.busy() - busy).as_secs_f64() * 1_000.0 / LOADS as f64;
        let asked = since(&asked, &house.sandbox.dynamo().requests());
        let total: u64 = asked.values().sum();
        say(&format!("a conversation of {messages} messages, {LOADS} loads"));
        let (median, slowest) = (percentile(&mut times, 50), percentile(&mut times, 99));
        say(&format!("  time until the last byte          {median:.1?} at the median, {slowest:.1?} at 99 of 100"));
        if messages == LENGTHS[0] {
            Budget { what: "processor time, ms", measured: busy, most: 0.6 }.say();
            Budget { what: "requests to the store", measured: total as f64 / LOADS as f64, most: 2.0 }.say();
        } else {
            say(&format!("  processor time, ms                {busy:.2}"));
        }
        say(&format!("  requests by kind                  {asked:?}"));
        let (kib, nodes) = (page.body.len() as f64 / 1024.0, page.body.matches('<').count() as f64 / 2.0);
        if messages == LENGTHS[2] {
            Budget { what: "HTML, KiB", measured: kib, most: 100.0 }.say();
            Budget { what: "elements, about", measured: nodes, most: 6_000.0 }.say();
        } else {
            say(&format!("  HTML, KiB                         {kib:.1}, about {nodes:.0} elements"));
        }
    }
}

/// Writes a conversation of Ada directly into the store.
async fn plant(house: &House, place: usize, messages: usize) -> ConversationId {
    let config = Config::read(&house.sandbox.environment().iter().cloned().collect::<Env>()).unwrap();
    let variable = |name: &str| house.sandbox.variable(name).unwrap();
    let credentials = aws_credential_types::Credentials::new(
        variable("AWS_ACCESS_KEY_ID"),
        variable("AWS_SECRET_ACCESS_KEY"),
        None,
        None,
        "bench",
    );
    let aws = aws_config::defaults(aws_config::BehaviorVersion::latest())
        .region(aws_config::Region::new(variable("AWS_REGION").to_owned()))
        .credentials_provider(credentials)
        .load()
        .await;
    let url = |url: &Option<url::Url>| url.as_ref().map(ToString::to_string);
    let secret = &config.aws.conversation_key_secret_id;
    let keyring = Arc::new(secrets::fetch_live_keyring(&aws, url(&config.aws.secrets_url), secret).await.unwrap());
    let store = dynamo::client(&aws, url(&config.aws.dynamodb_url));
    let store = DynamoConversations::new(store, config.aws.table.clone(), keyring);
    let ada = Actor::attest(Evidence::of(variable("OIDC_ISSUER"), "auth0|ada", config.tenant.clone()));
    let id = ConversationId::from_random([u8::try_from(place).unwrap() + 1; 26]);
    let header = Header::new(id.clone(), format!("{messages} messages"), 1_772_366_400_000);
    store.begin(&ada, &header).await.unwrap();
    let client = || IdempotencyKey::try_from("bench-client-0001".to_owned()).unwrap();
    let mut number = 0;
    for message in 0..messages / 2 {
        let said = number + 1;
        let words = format!(
            "Message {message}: the **VPN** does not connect from home; see `route -n` and [help](https://help.acme.example/{message})."
        );
        for event in [
            Event::UserSaid {
                text: format!("What about case {message}?"),
                client: client(),
                session: None,
                replaces: None,
                arrival: None,
            },
            Event::TurnStarted { said },
            Event::Said { text: words },
            Event::TurnEnded { said, why: TurnEnd::Done },
        ] {
            number += 1;
            store.append(&ada, &id, &Numbered { number, at: header.created, event }).await.unwrap();
        }
    }
    id
}
