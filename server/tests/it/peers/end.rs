//! The end of a session, by the person or by the provider, and the fate of the refresh token.

use super::person;
use crate::world::TestApp;
use crate::world::browser::{Answer, Browser};
use peers::PeerError;
use peers::oidc::Provider;
use serde_json::Value;

/// Signs out with the button and follows the redirects.
pub(crate) async fn by_the_person(browser: &Browser) -> String {
    let home = browser.visit("/").await;
    let answer = browser.submit("/", "/auth/logout", &[]).await;
    if answer.status != 303 {
        return person::words(&answer);
    }
    let target = answer.location();
    let own = browser.url("/").origin();
    if target.origin() == own {
        let there = asks_again(browser).await;
        return format!("here alone; the provider {there}");
    }
    if !allows(&home, &target.origin().ascii_serialization()) {
        return "a browser blocks it: the page's form-action lacks the origin of the provider's page".to_owned();
    }
    let page = browser.follow(target.as_str()).await;
    let page = person::forms(browser, page, &[("logout", "yes")]).await;
    if page.url.origin() != own {
        return format!("stays at the provider: {}", person::words(&page));
    }
    format!("back at {}; the provider {}", page.url.path(), asks_again(browser).await)
}

/// Returns `true` if the page's policy lets a form lead to an origin (CSP 3: redirects of a submission count).
fn allows(page: &Answer, origin: &str) -> bool {
    let policy = page.header("content-security-policy");
    let allowed = policy.split(';').find_map(|part| part.trim().strip_prefix("form-action "));
    allowed.is_none_or(|sources| sources.split_whitespace().any(|source| source == origin))
}

async fn asks_again(browser: &Browser) -> &'static str {
    let page = browser.follow("/auth/login").await;
    if page.body.contains("name=\"account\"") { "asks for a new sign-in" } else { "still knows the person" }
}

/// Ends a session from the provider's side.
pub(crate) async fn by_the_provider(app: &TestApp, provider: &Provider) -> String {
    let bob = app.browser();
    person::sign_in(&bob, "bob").await;
    match provider.end_sessions("bob").await {
        Err(PeerError::Refused { error, .. }) if error.contains("has no back-channel logout") => String::new(),
        Err(error) => error.to_string(),
        Ok(_) if person::known(&bob).await.is_err() => "at once".to_owned(),
        Ok(_) => "accepted, and the session lives on".to_owned(),
    }
}

/// Describes the fate of the refresh tokens that the provider issued.
pub(crate) fn refresh_token(seen: &Value, api_tokens: bool) -> String {
    let count = |name: &str| seen[name].as_u64().unwrap_or_default();
    let fate = match (count("refresh_tokens"), count("revocations")) {
        (0, _) => return "none given".to_owned(),
        (_, 0) => "given; not revoked at sign-out",
        (_, _) => "given; revoked at sign-out",
    };
    if !api_tokens {
        return fate.to_owned();
    }
    let refused = seen["refused"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut refused: Vec<_> = refused.filter(|it| it.starts_with("/token: ")).collect();
    refused.dedup();
    let named = seen["refreshes"].as_array().is_some_and(|all| all.iter().any(|resource| resource != ""));
    match (named, refused.is_empty()) {
        (true, true) => format!("{fate}; used for a token of another API"),
        (false, true) => format!("{fate}; never used for another API"),
        (_, false) => format!("{fate}; the provider refuses a token of another API: {}", refused.join(", ")),
    }
}
