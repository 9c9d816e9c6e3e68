//! A sandbox with many people in this process, a server in another process, and signed-in browsers.

use crate::browser::Browser;
use crate::server::{Server, free_port};
use futures::{StreamExt, stream};
use reqwest::{Client, redirect};
use sandbox::cloud::okta::Limits;
use sandbox::{Sandbox, Settings};
use std::time::Duration;

/// People who sign in at the same time.
pub(crate) const AT_A_TIME: usize = 16;

pub(crate) struct House {
    pub(crate) sandbox: Sandbox,
    pub(crate) server: Server,
    /// URL of the server for browsers.
    pub(crate) url: String,
    http: Client,
    /// The variables of the server.
    pub(crate) variables: Vec<(String, String)>,
}

impl House {
    /// Starts both. The polling interval is Auth0's default; the model answers without pauses.
    pub(crate) async fn start(crowd: usize) -> Self {
        Self::start_with(crowd, |_, _| Vec::new()).await
    }

    /// Starts both, the server with more variables, which may depend on its URL and the sandbox.
    pub(crate) async fn start_with(crowd: usize, more: impl Fn(&str, &Sandbox) -> Vec<(String, String)>) -> Self {
        let port = free_port();
        let url = format!("http://localhost:{port}");
        let ciba = sandbox::identity::Ciba::default();
        // Disables Okta's rate limit: all actions happen within seconds.
        let okta = Limits { requests_per_minute: u32::MAX, ..Limits::default() };
        let settings = Settings { app_url: url.clone(), crowd, ciba, okta, ..Settings::for_tests() };
        let sandbox = Sandbox::start(settings).await.unwrap();
        let mut variables = sandbox.environment();
        variables.extend(more(&url, &sandbox));
        let server = Server::start(&variables, port).await;
        let http = Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
        Self { sandbox, server, url, http, variables }
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

/// Waits for a condition and returns the time it took; fails after `longest`.
pub(crate) async fn until(what: &str, longest: Duration, holds: impl Fn() -> bool) -> Duration {
    let begun = std::time::Instant::now();
    while !holds() {
        assert!(begun.elapsed() < longest, "{what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    begun.elapsed()
}
