//! The cache alone: a table of hits and misses, then concurrent callers.
#![expect(clippy::unwrap_used, reason = "a test")]

use super::*;
use agent::fakes::actor;
use agent::intent::Need;
use futures::FutureExt;
use futures::future::join_all;
use secrecy::ExposeSecret;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;

const HOUR: Duration = Duration::from_secs(3600);
const LONG: Lifetime = Lifetime { margin: Duration::from_secs(60), longest: HOUR, jitter: Duration::ZERO };

type Tokens = Cache<&'static str>;

/// A source that numbers its tokens: `t1`, `t2` …
#[derive(Default)]
struct Source {
    asked: AtomicUsize,
}

fn need(scopes: &[&str]) -> Need {
    Need { provider: "okta".to_owned(), scopes: scopes.iter().map(ToString::to_string).collect() }
}

fn ada() -> Key {
    Key::person(&actor("ada"))
}

/// Requests a token; the source issues it with the scopes `read` and `list`, for `subject` and the lifetime `life`.
async fn lend<R: Send + 'static>(
    cache: &Cache<R>,
    source: &Arc<Source>,
    scopes: &[&str],
    subject: &str,
    life: Duration,
) -> AccessToken {
    let (source, need, subject) = (source.clone(), need(scopes), SecretString::from(subject));
    let fetch = |mut locked: Locked<R>| async move {
        if let Some(token) = locked.cached(&need, Some(&subject))? {
            return Ok(token);
        }
        let token = SecretString::from(format!("t{}", source.asked.fetch_add(1, Ordering::SeqCst) + 1));
        let scopes = ["read", "list"].map(str::to_owned).into();
        Ok(locked.insert("okta", Fresh { token, scopes, expires_in: life, subject: Some(subject) }))
    };
    cache.access_token(ada(), "okta", fetch).await.unwrap()
}

/// Case, lifetime in the cache, lifetime of the tokens, scopes and subject of the second request, and the second token.
type Row = (&'static str, Lifetime, Duration, &'static [&'static str], &'static str, &'static str);

#[tokio::test]
async fn a_cached_token_is_returned_only_if_it_serves_the_need() {
    let minute = Duration::from_secs(60);
    let rows: [Row; 10] = [
        ("a hit", LONG, HOUR, &["read"], "rt", "t1"),
        ("all its scopes", LONG, HOUR, &["list", "read"], "rt", "t1"),
        ("too few scopes", LONG, HOUR, &["read", "write"], "rt", "t2"),
        ("another sign-in", LONG, HOUR, &["read"], "rt2", "t2"),
        ("one that ends within the margin", LONG, minute, &["read"], "rt", "t2"),
        ("one that ends after the margin", LONG, minute * 2, &["read"], "rt", "t1"),
        ("one that has ended", Lifetime { longest: Duration::from_nanos(1), ..LONG }, HOUR, &["read"], "rt", "t2"),
        ("a token without a lifetime", LONG, Duration::ZERO, &["read"], "rt", "t2"),
        ("a token that never expires", LONG, Duration::MAX, &["read"], "rt", "t1"),
        ("a cache without a lifetime", Lifetime { longest: Duration::ZERO, ..LONG }, HOUR, &["read"], "rt", "t2"),
    ];
    for (row, lifetime, life, scopes, subject, expected) in rows {
        let (cache, source) = (Tokens::new(lifetime), Arc::default());
        lend(&cache, &source, &["read"], "rt", life).await;
        let second = lend(&cache, &source, scopes, subject, life).await;
        assert_eq!(second.token().expose_secret(), expected, "{row}");
    }
}

#[test]
fn jitter_spreads_the_ends_of_tokens_and_never_prolongs_them() {
    let jitter = Duration::from_secs(30);
    let lives: Vec<_> = (0..200).map(|_| Lifetime { jitter, ..LONG }.of(Duration::from_secs(660))).collect();
    let (most, least) = (Duration::from_secs(600), Duration::from_secs(570));
    assert!(lives.iter().all(|life| (least..=most).contains(life)), "{lives:?}");
    assert!(lives.iter().any(|life| *life < most) && lives.windows(2).any(|two| two[0] != two[1]));
    let most = Lifetime { longest: Duration::from_secs(300), ..LONG }.of(HOUR);
    assert_eq!(most, Duration::from_secs(300), "however long the token works");
}

#[tokio::test]
async fn a_rejected_token_is_dropped_and_remembered_and_no_other_is() {
    let (cache, source) = (Tokens::new(LONG), Arc::default());
    let first = lend(&cache, &source, &[], "rt", HOUR).await;
    first.refused().await;
    let second = lend(&cache, &source, &[], "rt", HOUR).await;
    assert_eq!(second.token().expose_secret(), "t2");
    first.refused().await;
    assert_eq!(lend(&cache, &source, &[], "rt", HOUR).await.token().expose_secret(), "t2");
    let locked = cache.idle(ada()).unwrap();
    for (age, token, expected) in [(HOUR, "t1", true), (HOUR, "t2", false), (Duration::ZERO, "t1", false)] {
        assert_eq!(locked.was_refused_within(age, &SecretString::from(token)), expected, "{age:?} {token}");
    }
}

#[tokio::test]
async fn many_callers_fetch_once_and_forgetting_fetches_anew() {
    let (cache, source) = (Cache::<Infallible>::new(LONG), Arc::default());
    let lent = join_all((0..8).map(|_| lend(&cache, &source, &["read"], "rt", HOUR))).await;
    assert!(lent.iter().all(|access_token| access_token.token().expose_secret() == "t1"));
    cache.forget(&ada());
    assert_eq!(lend(&cache, &source, &["read"], "rt", HOUR).await.token().expose_secret(), "t2");
}

/// Requests a token from a source that fails as soon as `gate` has a permit.
async fn failing(
    cache: &Tokens,
    asked: &Arc<AtomicUsize>,
    gate: &Arc<Semaphore>,
) -> Result<AccessToken, CredentialError> {
    let (asked, gate) = (asked.clone(), gate.clone());
    let fetch = |mut locked: Locked<_>| async move {
        locked.cached(&need(&[]), None)?;
        asked.fetch_add(1, Ordering::SeqCst);
        gate.acquire().await.unwrap().forget();
        Err(locked.failed(Unavailable::new("Okta", "silent")))
    };
    cache.access_token(ada(), "okta", fetch).await
}

#[tokio::test]
async fn waiting_callers_share_a_failure_and_later_callers_fetch_again() {
    let (cache, asked, gate) = (Cache::new(LONG), Arc::default(), Arc::new(Semaphore::new(0)));
    let mut waiting = Box::pin(join_all((0..5).map(|_| failing(&cache, &asked, &gate))));
    assert!(waiting.as_mut().now_or_never().is_none());
    gate.add_permits(5);
    for lent in waiting.await {
        assert_eq!(lent.unwrap_err().to_string(), "Okta is not available: silent");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1, "only one caller fetched");
    gate.add_permits(1);
    failing(&cache, &asked, &gate).await.unwrap_err();
    assert_eq!(asked.load(Ordering::SeqCst), 2, "a later caller fetches again");
    let locked = cache.idle(ada()).unwrap();
    assert!(locked.has_failed_within(HOUR) && !locked.has_failed_within(Duration::ZERO));
}

#[tokio::test]
async fn work_outlives_its_caller_and_shutdown_waits_for_it_and_starts_none() {
    let (cache, gate) = (Tokens::new(LONG), Arc::new(Semaphore::new(0)));
    let done = Arc::new(AtomicUsize::new(0));
    let work = |gate: &Arc<Semaphore>, done: &Arc<AtomicUsize>| {
        let (gate, done) = (gate.clone(), done.clone());
        move |locked: Locked<_>| async move {
            gate.acquire().await.unwrap().forget();
            drop(locked);
            done.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }
    };
    let mut caller = Box::pin(cache.exclusive(ada(), work(&gate, &done)));
    let mut next = Box::pin(cache.exclusive(ada(), work(&gate, &done)));
    assert!(caller.as_mut().now_or_never().is_none() && next.as_mut().now_or_never().is_none());
    drop(caller);
    assert!(cache.idle(ada()).is_none(), "the work still holds the slot");
    let mut settled = Box::pin(cache.settle());
    assert!(settled.as_mut().now_or_never().is_none(), "shutdown waits for the work");
    gate.add_permits(2);
    settled.await;
    assert_eq!(done.load(Ordering::SeqCst), 1);
    assert_eq!(next.await.unwrap_err().to_string(), "the vault is not available: this server is shutting down");
    assert_eq!(done.load(Ordering::SeqCst), 1, "no work starts after the shutdown");
}

#[tokio::test]
async fn a_full_cache_drops_idle_entries_and_none_in_use_or_not_yet_stored() {
    let cache = Tokens::bounded(LONG, 2);
    let key = |who: &str| Key::person(&actor(who));
    let idle = cache.slot(key("idle")).map(|_| ());
    assert!(idle.is_ok());
    let mut locked = cache.idle(key("ada")).unwrap();
    assert!(locked.keep("rotated", async || Err::<(), _>(Unavailable::new("the store", "full"))).await.is_err());
    drop(locked);
    let in_use = cache.idle(key("bob")).unwrap();
    assert_eq!(cache.slots().len(), 2, "the idle entry was dropped");
    let refused = cache.exclusive(key("eve"), |_| async { Ok(()) }).await.unwrap_err();
    assert_eq!(refused.to_string(), "the vault is not available: too many tokens are in use at once");
    assert!(cache.exclusive(key("ada"), |_| async { Ok(()) }).await.is_ok(), "existing entries stay usable");
    drop(in_use);
    assert!(cache.exclusive(key("eve"), |_| async { Ok(()) }).await.is_ok(), "an entry that is idle again is dropped");
    let mut locked = cache.idle(key("ada")).unwrap();
    assert_eq!(locked.take_unkept(), Some("rotated"), "a rotation that is not yet stored is kept");
}

#[tokio::test]
async fn a_rotation_is_kept_until_it_is_stored() {
    let cache = Tokens::new(LONG);
    // Number of failures of the store, and whether the rotation is then stored.
    for (fails, taken) in [(0, true), (1, true), (5, true), (6, false)] {
        let tries = AtomicUsize::new(0);
        let mut locked = cache.idle(ada()).unwrap();
        let write = async || match tries.fetch_add(1, Ordering::SeqCst) {
            tried if tried < fails => Err(Unavailable::new("the store", "full")),
            tried => Ok(tried),
        };
        let kept = locked.keep("rotated", write).await;
        assert_eq!(kept.ok(), taken.then_some(fails), "{fails}");
        assert_eq!(locked.take_unkept(), (!taken).then_some("rotated"), "{fails}");
    }
}

/// Concurrent callers wait together for one failing store and share its error.
#[tokio::test]
async fn callers_who_waited_for_a_failing_store_do_not_wait_again() {
    let (cache, tries) = (Tokens::new(LONG), Arc::new(AtomicUsize::new(0)));
    let keep = async || {
        let tries = tries.clone();
        let work = |mut locked: Locked<_>| async move {
            let rotation = locked.take_unkept().unwrap_or("rotated");
            let full = async || {
                tries.fetch_add(1, Ordering::SeqCst);
                Err(Unavailable::new("the store", "full"))
            };
            Ok(locked.keep(rotation, full).await?)
        };
        cache.exclusive::<(), _>(ada(), work).await.unwrap_err().to_string()
    };
    for error in join_all([keep(), keep(), keep()]).await {
        assert_eq!(error, "the store is not available: full");
    }
    assert_eq!(tries.load(Ordering::SeqCst), 6);
    assert_eq!(cache.idle(ada()).unwrap().take_unkept(), Some("rotated"), "the rotation is not lost");
}

#[tokio::test]
async fn a_rotated_refresh_token_keeps_the_cached_access_tokens() {
    let (cache, source) = (Tokens::new(LONG), Arc::default());
    lend(&cache, &source, &[], "rt", HOUR).await;
    for (old, fresh, subject, expected) in
        [("rt", "rt2", "rt2", "t1"), ("rt", "rt3", "rt2", "t1"), ("rt2", "rt3", "rt2", "t2")]
    {
        cache.idle(ada()).unwrap().rebind(&SecretString::from(old), &SecretString::from(fresh));
        let lent = lend(&cache, &source, &[], subject, HOUR).await;
        assert_eq!(lent.token().expose_secret(), expected, "{old} by {fresh}");
    }
}

#[tokio::test]
async fn no_token_is_returned_for_another_key() {
    let (cache, eve) = (Tokens::new(LONG), actor("eve"));
    let source = Arc::default();
    lend(&cache, &source, &[], "rt", HOUR).await;
    for key in [Key::Application, Key::person(&eve), Key::account(&actor("ada"), "okta"), Key::account(&eve, "okta")] {
        let cached = cache.idle(key).unwrap().cached(&need(&[]), Some(&SecretString::from("rt"))).unwrap();
        assert!(cached.is_none());
    }
}
