use super::*;
use crate::fakes::MemorySubscriptions;
use futures::future::BoxFuture;

const NOW: Millis = 10_000_000;

fn ada() -> Recipient {
    Recipient { tenant: "acme".into(), principal: "ada".into() }
}

fn browser(number: usize, session: &str) -> Subscription {
    Subscription {
        id: number.to_string(),
        endpoint: format!("https://push.example/{number}"),
        p256dh: "key".into(),
        auth: "secret".into(),
        session: session.into(),
        label: "Firefox".into(),
        added: 1,
    }
}

fn notice(number: u8, occasion: Occasion) -> Notice {
    // Each byte becomes one of 32 letters.
    let mut bytes = [number; 26];
    bytes[0] = number / 32;
    let request = ApprovalId::from_random(bytes);
    Notice { to: ada(), request, occasion, until: NOW + 300_000 }
}

fn everybody() -> Subscriptions {
    Subscriptions::new(Arc::new(MemorySubscriptions::default()))
}

#[tokio::test]
async fn a_person_has_few_browsers_and_each_once() {
    let all = everybody();
    for number in 0..SubscriptionRecord::MOST {
        all.add(&ada(), browser(number, "s1")).await.unwrap();
    }
    all.add(&ada(), browser(3, "s2")).await.unwrap();
    assert!(matches!(all.add(&ada(), browser(99, "s1")).await, Err(NotSubscribed::Full)));
    all.remove(&ada(), "5").await.unwrap();
    all.remove(&ada(), "5").await.unwrap();
    all.end_session(&ada(), "s1").await.unwrap();
    let left = all.list(&ada()).await.unwrap();
    assert_eq!(left.iter().map(|own| own.id.as_str()).collect::<Vec<_>>(), ["3"]);
    assert!(!format!("{left:?}").contains("secret") && !format!("{left:?}").contains("push.example"));
}

#[tokio::test]
async fn a_person_is_told_of_a_request_once_and_reminded_once() {
    let all = everybody();
    assert!(all.claim(&notice(1, Occasion::Asked), NOW).await.unwrap().is_empty(), "no browser");
    all.add(&ada(), browser(1, "s1")).await.unwrap();
    use Occasion::{Asked, Reminder};
    for (number, occasion, at, sent) in [
        (1, Asked, NOW, 1),
        (1, Asked, NOW + 1, 0),
        (1, Reminder, NOW + 2, 1),
        (1, Reminder, NOW + 3, 0),
        (2, Asked, NOW + 4, 1),
        (3, Asked, NOW + 300_000, 0),
    ] {
        assert_eq!(all.claim(&notice(number, occasion), at).await.unwrap().len(), sent, "{number} {occasion:?} {at}");
    }
}

#[tokio::test]
async fn two_instances_tell_once() {
    let all = everybody();
    all.add(&ada(), browser(1, "s1")).await.unwrap();
    let notice = notice(1, Occasion::Asked);
    let (one, two) = futures::join!(all.claim(&notice, NOW), all.claim(&notice, NOW));
    assert_eq!(one.unwrap().len() + two.unwrap().len(), 1);
}

#[tokio::test]
async fn a_notice_is_not_lost_to_a_change_of_the_persons_browsers() {
    type Change = fn(Subscriptions) -> BoxFuture<'static, ()>;
    let changes: [(&str, Change, usize); 4] = [
        ("added", |all| Box::pin(async move { all.add(&ada(), browser(2, "s2")).await.unwrap() }), 3),
        ("removed", |all| Box::pin(async move { all.remove(&ada(), "1").await.unwrap() }), 1),
        ("signed out", |all| Box::pin(async move { all.end_session(&ada(), "other").await.unwrap() }), 1),
        (
            "told of another request",
            |all| Box::pin(async move { drop(all.claim(&notice(2, Occasion::Asked), NOW).await.unwrap()) }),
            2,
        ),
    ];
    for (what, change, told) in changes {
        let store = Arc::new(MemorySubscriptions::default());
        let all = Subscriptions::new(store.clone());
        all.add(&ada(), browser(1, "s1")).await.unwrap();
        all.add(&ada(), browser(9, "other")).await.unwrap();
        store.meanwhile(change(all.clone()));
        let notice = notice(1, Occasion::Asked);
        assert_eq!(all.claim(&notice, NOW).await.unwrap().len(), told, "{what}");
        assert!(all.claim(&notice, NOW).await.unwrap().is_empty(), "{what}: twice");
    }
}

#[tokio::test]
async fn a_browser_is_not_told_after_a_sign_out_that_ran_while_it_subscribed() {
    let down = || Err(Unavailable::new("the session store", "down"));
    for (goes_on, left) in [(Ok(true), 2), (Ok(false), 1), (down(), 1)] {
        let all = everybody();
        all.add(&ada(), browser(1, "s1")).await.unwrap();
        // The sign-out finds nothing to remove yet.
        all.end_session(&ada(), "s2").await.unwrap();
        let fits = matches!(goes_on, Ok(true));
        let added = all.add_while(std::future::ready(goes_on), &ada(), browser(2, "s2")).await;
        assert_eq!((added.is_ok(), all.list(&ada()).await.unwrap().len()), (fits, left), "{added:?}");
    }
}

#[test]
fn a_person_is_told_a_bounded_number_of_times_an_hour() {
    let mut record = SubscriptionRecord::default();
    record.add(browser(1, "s1")).unwrap();
    let told = |record: &mut SubscriptionRecord, from: u8, at: Millis| {
        let long = |number| Notice { until: at + 100 * 3_600_000, ..notice(number, Occasion::Asked) };
        (from..from + 40).filter(|number| record.claim(&long(*number), at)).count()
    };
    assert_eq!(told(&mut record, 0, NOW), SubscriptionRecord::MOST_AN_HOUR);
    assert_eq!(told(&mut record, 40, NOW + 3_599_999), 0);
    for hour in 1..5_u8 {
        assert_eq!(told(&mut record, 40 * hour, NOW + i64::from(hour) * 3_600_000), SubscriptionRecord::MOST_AN_HOUR);
    }
    assert_eq!(
        told(&mut record, 200, NOW + 6 * 3_600_000),
        0,
        "a hundred are remembered while their requests are open"
    );
}
