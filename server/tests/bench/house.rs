//! A sandbox with a crowd in this process, one server in another, and people who are signed in.

use crate::browser::Browser;
use crate::server::{Server, free_port};
use futures::{StreamExt, stream};
use reqwest::{Client, redirect};
use sandbox::cloud::okta::Limits;
use sandbox::{Sandbox, Settings};
use std::time::Duration;

/// How many people come at a time.
pub(crate) const AT_A_TIME: usize = 16;

pub(crate) struct House {
    pub(crate) sandbox: Sandbox,
    pub(crate) server: Server,
    /// Where people reach the server.
    url: String,
    http: Client,
}

impl House {
    /// Phones are asked as often as Auth0 allows by default; the model does not pause.
    pub(crate) async fn start(crowd: usize) -> Self {
        let port = free_port();
        let url = format!("http://localhost:{port}");
        let ciba = sandbox::identity::Ciba::default();
        // All deeds are done within seconds, and Okta's own limit is not what is measured.
        let okta = Limits { requests_per_minute: u32::MAX, ..Limits::default() };
        let settings = Settings { app_url: url.clone(), crowd, ciba, okta, ..Settings::for_tests() };
        let sandbox = Sandbox::start(settings).await.unwrap();
        let server = Server::start(&sandbox.environment(), port).await;
        let http = Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
        Self { sandbox, server, url, http }
    }

    pub(crate) async fn signed_in(&self, who: &str) -> Browser {
        let browser = Browser::of(self.http.clone(), &self.url);
        let home = browser.sign_in(who).await;
        assert_eq!(home.status, 200, "{who} is signed in: {}", home.body);
        browser
    }

    pub(crate) async fn crowd(&self, many: usize) -> Vec<Browser> {
        let people = (1..=many).map(|number| async move { self.signed_in(&format!("crowd-{number:04}")).await });
        stream::iter(people).buffered(AT_A_TIME).collect().await
    }
}

/// Waits for something that must come, and says how long it took.
pub(crate) async fn until(what: &str, longest: Duration, holds: impl Fn() -> bool) -> Duration {
    let begun = std::time::Instant::now();
    while !holds() {
        assert!(begun.elapsed() < longest, "{what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    begun.elapsed()
}
