use super::*;
use crate::encoded;
use agent::approval::ApprovalId;
use agent::fakes::{FixedClock, MemorySubscriptions};
use agent::notifications::{Occasion, Recipient};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use std::sync::Mutex;

const NOW: Millis = 2_000_000;

/// A push service that answers by the path of the subscription, and records the paths and headers.
#[derive(Clone, Default)]
struct Service(Arc<Mutex<Vec<(String, HeaderMap, usize)>>>);

async fn answer(State(Service(seen)): State<Service>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    seen.lock().unwrap().push((uri.path().to_owned(), headers, body.len()));
    match uri.path().trim_start_matches('/').parse::<u16>() {
        Ok(307) => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "/201")]).into_response(),
        Ok(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Err(_) => StatusCode::CREATED.into_response(),
    }
}

struct House {
    push: WebPush,
    url: String,
    service: Service,
}

async fn house() -> House {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let service = Service::default();
    let router = Router::new().fallback(answer).with_state(service.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let key = VapidKey::from_pem(&VapidKey::generate().unwrap()).unwrap();
    let contact = Contact::parse("mailto:it@acme.example").unwrap();
    let services = PushServices::parse(&url).unwrap();
    let subscriptions = Subscriptions::new(Arc::new(MemorySubscriptions::default()));
    let clock = FixedClock::default();
    clock.advance(NOW);
    let push = WebPush::new(key, contact, services, subscriptions, Arc::new(clock)).unwrap();
    House { push, url, service }
}

impl House {
    async fn subscribe(&self, path: &str) {
        let browser = Subscription {
            id: path.to_owned(),
            endpoint: format!("{}/{path}", self.url),
            p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4".into(),
            auth: encoded(&[7; 16]),
            session: "s".into(),
            label: "Firefox".into(),
            added: 1,
        };
        self.push.check(&browser).unwrap();
        self.push.0.subscriptions.add(&ada(), browser).await.unwrap();
    }

    async fn left(&self) -> Vec<String> {
        self.push.0.subscriptions.list(&ada()).await.unwrap().into_iter().map(|own| own.id).collect()
    }

    fn seen(&self) -> Vec<String> {
        let mut paths: Vec<_> = self.service.0.lock().unwrap().iter().map(|(path, ..)| path.clone()).collect();
        paths.sort();
        paths
    }
}

fn ada() -> Recipient {
    Recipient { tenant: "acme".into(), principal: "ada".into() }
}

fn notice(number: u8) -> Notice {
    let request = ApprovalId::from_random([number; 26]);
    Notice { to: ada(), request, occasion: Occasion::Asked, until: NOW + 299_999 }
}

#[tokio::test]
async fn a_message_says_how_long_it_counts_and_replaces_an_older_one() {
    let house = house().await;
    house.subscribe("one").await;
    house.push.0.deliver(&notice(1)).await;
    house.push.0.deliver(&notice(1)).await;
    assert_eq!(house.seen(), ["/one"], "once");
    let (_, headers, length) = house.service.0.lock().unwrap()[0].clone();
    for (name, expected) in
        [("ttl", "299"), ("topic", "approval"), ("urgency", "high"), ("content-encoding", "aes128gcm")]
    {
        assert_eq!(headers[name], expected, "{name}");
    }
    assert!(headers["authorization"].to_str().unwrap().starts_with("vapid t="));
    assert_eq!(length, 86 + MESSAGE.len() + 17);
}

#[tokio::test]
async fn a_subscription_that_has_ended_is_removed_and_a_failure_changes_nothing() {
    let house = house().await;
    for path in ["201", "307", "404", "410", "429", "500"] {
        house.subscribe(path).await;
    }
    house.push.0.deliver(&notice(1)).await;
    assert_eq!(
        house.seen(),
        ["/201", "/307", "/404", "/410", "/429", "/500"],
        "no redirect is followed, nothing repeated"
    );
    assert_eq!(house.left().await, ["201", "307", "429", "500"]);
}

#[tokio::test]
async fn a_subscription_at_another_service_receives_nothing() {
    let (house, other) = (house().await, house().await);
    house.subscribe("one").await;
    let moved = Subscription {
        endpoint: format!("{}/two", other.url),
        ..house.push.0.subscriptions.list(&ada()).await.unwrap().remove(0)
    };
    assert_eq!(house.push.check(&moved), Err(InvalidSubscription::Endpoint));
    // The operator's list became shorter after the browser had subscribed.
    house.push.0.subscriptions.add(&ada(), moved).await.unwrap();
    house.push.0.deliver(&notice(1)).await;
    assert!(house.seen().is_empty() && other.seen().is_empty());
}

#[tokio::test]
async fn what_is_too_much_at_once_is_dropped_and_delays_nobody() {
    let house = house().await;
    house.subscribe("one").await;
    let all = house.push.0.places.clone().acquire_many_owned(u32::try_from(AT_ONCE).unwrap()).await.unwrap();
    house.push.notify(notice(1));
    drop(all);
    house.push.notify(notice(2));
    // All places are free again once the second notice is delivered.
    drop(house.push.0.places.acquire_many(u32::try_from(AT_ONCE).unwrap()).await.unwrap());
    assert_eq!(house.seen(), ["/one"]);
}

/// A proxy resolves names itself, so the check of the resolved addresses would not hold.
#[test]
fn no_proxy_of_the_machine_is_used() {
    // The client lists its proxies, the system's included, in its `Debug` text.
    let of_the_machine = http_client::builder(TIMEOUT).build().unwrap();
    assert!(format!("{of_the_machine:?}").contains("proxies"), "{of_the_machine:?}");
    for services in ["http://127.0.0.1:1", PushServices::KNOWN] {
        let own = client(&PushServices::parse(services).unwrap()).unwrap();
        assert!(!format!("{own:?}").contains("proxies"), "{own:?}");
    }
}
